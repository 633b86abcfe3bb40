package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// Coroutines and tasks: what a request starts and does not wait for on the spot.

// TaskKind tells how a task was started.
type TaskKind uint8

// The kinds of tasks.
const (
	Gathered   TaskKind = iota // gather, a task group, wait: the request waits for it
	Spawned                    // create_task: it runs beside the request and, unless awaited, beyond it
	Background                 // after the response
	Job                        // on a queue, in another process
)

// Task is a part of a trace that runs beside the rest of it.
type Task struct {
	Kind TaskKind
	Site *effects.Site
	// Launch is the number of operations that came before the task was started; Start and End bound its own; Join is the number of
	// the first operation that comes certainly after it, -1 when nobody waits for it.
	Launch, Start, End, Join int
	// Sessions counts the sessions that were known when the task was started: those with a larger number are the task's own.
	Sessions int
	// Repeated tells that several such tasks run at once (a loop, a comprehension).
	Repeated bool
	// Cancelled tells that the request ends the task itself, at the latest when it is over.
	Cancelled bool
	// Library tells that the task is a call of a library and not of a function of the project.
	Library bool
	// Effect is the operation by which a job was sent, -1 for other kinds.
	Effect int
}

// coroutine is a call of an async function that runs when somebody awaits it or makes a task of it.
type coroutine struct {
	callee *value
	args   []*value
	kw     []effects.Keyword
	site   *effects.Site
	ctx    *effects.Ctx
	ran    bool
	result *value
	// lineage is what made it; see descent.
	lineage []*program.Function
}

// pendingTask is a task that was started and has not been run yet.
type pendingTask struct {
	run      func() *value
	task     Task
	ctx      *effects.Ctx
	result   *value
	ranAlone bool
	loops    int // around the place where it was started
}

// coroutineOf makes the coroutine of a call that is not awaited, nil when the callee is not an async function of the project.
func (in *interp) coroutineOf(callee *value, args []*value, kw []effects.Keyword) *value {
	if callee == nil || callee.Kind != effects.FuncRef || callee.Ref().Function == nil {
		return nil
	}
	fn := callee.Ref().Function
	if !fn.Async || fn.Generator || fn.ContextManager {
		return nil
	}
	o := in.NewObject()
	o.Qual = "coroutine"
	c := &coroutine{callee: callee, args: args, kw: kw, site: in.Site.Keep(), ctx: in.Ctx, lineage: in.descent()}
	o.Extra = c
	if in.Muted == 0 {
		in.coroutines = append(in.coroutines, c)
	}
	return &value{Kind: effects.ExtObject, Obj: o, Sym: spelled(fn.Name, args, kw)}
}

// finish runs the coroutines and joins the tasks among the alternatives of v and returns what they give; ok is false when v holds none.
func (in *interp) finish(v *value) (out *value, ok bool) {
	for _, it := range v.Alternatives() {
		if it == nil || it.Obj == nil {
			continue
		}
		switch x := it.Obj.Extra.(type) {
		case *coroutine:
			out, ok = effects.Join(out, in.runCoroutine(x)), true
		case *pendingTask:
			if x.loops == in.loops {
				x.task.Repeated = false // awaited in the same round of the loop
			}
			out, ok = effects.Join(out, in.join(x)), true
		}
	}
	if !ok {
		return v, false
	}
	return out.Depending(v.Deps), true
}

func (in *interp) runCoroutine(c *coroutine) *value {
	if c.ran {
		if c.result == nil {
			return effects.Opaque("", nil)
		}
		return c.result
	}
	c.ran = true
	site := in.Site
	in.Site = c.site
	c.result = in.descending(c.lineage, func() *value { return in.call(c.callee, c.args, c.kw, nil) })
	in.Site = site
	return c.result
}

// launch starts a task.
func (in *interp) launch(kind TaskKind, repeated bool, run func() *value) *value {
	lineage := in.descent()
	p := &pendingTask{run: func() *value { return in.descending(lineage, run) }, ctx: in.Ctx, loops: in.loops}
	p.task = Task{Kind: kind, Site: in.Site.Keep(), Launch: len(in.Ops), Join: -1, Sessions: in.Sessions(), Repeated: repeated || in.loops > 0, Effect: -1}
	if in.Muted == 0 {
		in.spawned = append(in.spawned, p)
	}
	o := in.NewObject()
	o.Qual, o.Extra = "asyncio.Task", p
	return &value{Kind: effects.ExtObject, Obj: o, Sym: "task"}
}

// launchValue starts a task from a coroutine, nil when v is none.
func (in *interp) launchValue(v *value, repeated bool) *value {
	for _, it := range v.Alternatives() {
		if it == nil || it.Obj == nil {
			continue
		}
		switch x := it.Obj.Extra.(type) {
		case *coroutine:
			if x.ran {
				return it
			}
			x.ran = true
			again := *x
			again.ran = false
			return in.launch(Spawned, repeated, func() *value { return in.runCoroutine(&again) })
		case *pendingTask:
			return it
		}
	}
	return nil
}

// join waits for a task: what it does happened before this point.
func (in *interp) join(p *pendingTask) *value {
	if p.ranAlone {
		return p.result
	}
	p.ranAlone = true
	dead, ctx := in.dead, in.Ctx
	p.task.Start = len(in.Ops)
	p.result = p.run()
	p.task.End = len(in.Ops)
	p.task.Join = len(in.Ops)
	in.dead, in.Ctx = dead, ctx
	in.done = append(in.done, p)
	return p.result
}

// together runs what gather and its kin are given: all of it is under way until the last has ended.
func (in *interp) together(args []*value, spans [][2]int) []*value {
	var out []*value
	first := len(in.done)
	for i, a := range args {
		if i < len(spans) && spans[i][1] > spans[i][0] {
			t := Task{Kind: Gathered, Site: in.Site.Keep(), Launch: spans[i][0], Start: spans[i][0], End: spans[i][1], Sessions: in.Sessions(), Library: true, Effect: -1}
			t.Repeated = a.Name == "*"
			in.done = append(in.done, &pendingTask{task: t})
		}
		out = append(out, in.beside(a, a.Name == "*"))
	}
	for _, p := range in.done[first:] {
		p.task.Join = len(in.Ops)
	}
	return out
}

// beside runs one argument of gather, with everything in it.
func (in *interp) beside(a *value, repeated bool) *value {
	if a.Kind == effects.Sequence {
		out := &value{Kind: effects.Sequence, Name: a.Name}
		for _, it := range a.Items {
			out.Items = append(out.Items, in.beside(it, repeated))
		}
		if a.Elem != nil {
			out.Elem = in.beside(a.Elem, true)
		}
		return out
	}
	found := false
	var out *value
	for _, it := range a.Alternatives() {
		if it == nil || it.Obj == nil {
			continue
		}
		switch x := it.Obj.Extra.(type) {
		case *coroutine:
			found = true
			if !x.ran {
				p := &pendingTask{run: func() *value { return in.runCoroutine(x) }}
				p.task = Task{Kind: Gathered, Site: x.site, Launch: len(in.Ops), Sessions: in.Sessions(), Repeated: repeated, Effect: -1}
				out = effects.Join(out, in.join(p))
			}
		case *pendingTask:
			found = true
			x.task.Repeated = x.task.Repeated || repeated
			out = effects.Join(out, in.join(x))
		}
	}
	if !found || out == nil {
		return a
	}
	return out
}

// consume runs the coroutines that are handed to something unknown: whoever takes them will await them.
func (in *interp) consume(args []*value, kw []effects.Keyword) {
	for _, a := range args {
		if a != nil && a.Obj != nil {
			if c, ok := a.Obj.Extra.(*coroutine); ok {
				in.runCoroutine(c)
			}
		}
	}
	for _, k := range kw {
		if k.Value.Obj != nil {
			if c, ok := k.Value.Obj.Extra.(*coroutine); ok {
				in.runCoroutine(c)
			}
		}
	}
}

// leftCoroutines runs what nobody was seen to await: it is awaited somewhere that could not be followed.
func (in *interp) leftCoroutines() {
	for len(in.coroutines) > 0 {
		c := in.coroutines[0]
		in.coroutines = in.coroutines[1:]
		if c.ran {
			continue
		}
		ctx := in.Ctx
		in.Ctx = c.ctx
		in.runCoroutine(c)
		in.Ctx, in.dead = ctx, false
	}
}

// leftTasks runs the tasks that nobody waits for: they go on when the request is over.
func (in *interp) leftTasks() {
	for len(in.spawned) > 0 {
		p := in.spawned[0]
		in.spawned = in.spawned[1:]
		if p.ranAlone {
			continue
		}
		phase := in.Phase
		in.Phase = effects.Deferred
		ctx := in.Ctx
		in.Ctx = p.ctx
		in.join(p)
		in.Ctx = ctx
		p.task.Join = -1
		in.Phase, in.dead = phase, false
	}
}

// group is a task group: everything started in it has ended when its block is left.
type group struct {
	tasks []*pendingTask
	loops int
	waits bool // also for what a library does
}

func (in *interp) groupStart(g *group, v *value) {
	if v == nil || v.Obj == nil {
		return
	}
	if p, ok := v.Obj.Extra.(*pendingTask); ok {
		p.task.Kind = Gathered
		p.task.Repeated = in.loops > g.loops
		g.tasks = append(g.tasks, p)
	}
}

func (in *interp) groupEnd(g *group) {
	for _, p := range g.tasks {
		in.join(p)
	}
	for _, p := range g.tasks {
		p.task.Join = len(in.Ops)
	}
	if g.waits {
		in.Suspend(true)
	}
	g.tasks, g.waits = nil, false
}

// tasksOf returns the tasks of a finished trace.
func (in *interp) tasksOf() []Task {
	var out []Task
	for _, p := range in.done {
		out = append(out, p.task)
	}
	return out
}

// taskCall models what starts, gathers and awaits tasks; nil when the name is none of theirs.
func (in *interp) taskCall(qual string, c *effects.Call) *value {
	spans := in.spans
	switch qual {
	case "asyncio.gather", "asyncio.wait", "asyncio.as_completed":
		before := len(in.Ops)
		out := in.together(c.Args, spans)
		if len(in.Ops) == before && !anySpan(spans) {
			in.Suspend(true)
		} else {
			in.Suspend(false)
		}
		return &value{Kind: effects.Sequence, Items: flat(out)}
	case "asyncio.shield", "asyncio.wait_for":
		if len(c.Args) == 0 {
			return nil
		}
		if v, ok := in.finish(c.Args[0]); ok {
			return v
		}
		in.Suspend(true)
		return c.Args[0]
	case "asyncio.create_task", "asyncio.ensure_future":
		if len(c.Args) == 0 {
			return nil
		}
		if v := in.launchValue(c.Args[0], false); v != nil {
			return v
		}
		return effects.Opaque("task", nil)
	case "anyio.create_task_group":
		return in.libraryObject("anyio.TaskGroup", c)
	case "starlette.background.BackgroundTask", "fastapi.background.BackgroundTask":
		if len(c.Args) > 0 {
			in.deferCall(c.Args[0], c.Args[1:], c.Kw, "background")
			return effects.Opaque("background task", nil)
		}
	}
	return nil
}

// flat opens the sequences among gathered results.
func flat(vs []*value) []*value {
	var out []*value
	for _, v := range vs {
		if v.Kind == effects.Sequence && v.Name == "*" && v.Elem == nil {
			out = append(out, v.Items...)
			continue
		}
		out = append(out, v)
	}
	return out
}

func anySpan(spans [][2]int) bool {
	for _, s := range spans {
		if s[1] > s[0] {
			return true
		}
	}
	return false
}

// taskMethod models the methods of task groups and event loops that start tasks; nil when the method is none of theirs.
func (in *interp) taskMethod(recv *value, name string, c *effects.Call) *value {
	g, grouped := groupOf(recv)
	switch name {
	case "time":
		if len(c.Args) == 0 && (strings.HasSuffix(recv.Sym, "get_running_loop()") || strings.HasSuffix(recv.Sym, "get_event_loop()")) {
			return effects.Opaque("now", nil) // the clock of the loop
		}
	case "create_task":
		if len(c.Args) == 0 {
			return nil
		}
		v := in.launchValue(c.Args[0], false)
		if v == nil && grouped {
			g.waits = true
			if anySpan(in.spans) {
				in.together(c.Args[:1], in.spans[:1])
			}
		}
		if v != nil && grouped {
			in.groupStart(g, v)
		}
		return v
	case "start_soon", "start":
		if !grouped || len(c.Args) == 0 {
			return nil
		}
		callee, args := c.Args[0], c.Args[1:]
		v := in.launch(Gathered, false, func() *value { return in.call(callee, args, nil, nil) })
		in.groupStart(g, v)
		return v
	case "cancel":
		if recv.Obj != nil {
			if p, ok := recv.Obj.Extra.(*pendingTask); ok {
				p.task.Cancelled = true
				return effects.Opaque("cancelled", nil)
			}
		}
	case "run_until_complete", "run":
		if len(c.Args) == 1 && strings.Contains(recv.Sym, "loop") {
			if v, ok := in.finish(c.Args[0]); ok {
				return v
			}
		}
	}
	return nil
}

// groupOf returns the task group that a value is, one of the library's or one of a class that inherits it.
func groupOf(v *value) (*group, bool) {
	if v == nil || v.Obj == nil {
		return nil, false
	}
	qual := v.Obj.Qual
	if (v.Kind == effects.Instance || v.Kind == effects.Super) && v.Obj.Class != nil {
		qual = baseQual(v.Obj.Class)
	} else if v.Kind != effects.ExtObject {
		return nil, false
	}
	g, ok := v.Obj.Extra.(*group)
	if !ok && (effects.Last(qual) != "TaskGroup" || v.Obj.Extra != nil && v.Kind != effects.ExtObject) {
		return nil, false
	}
	if !ok {
		g = &group{}
		v.Obj.Extra = g
	}
	return g, true
}

// Session is what is known of a session or connection of a trace.
type Session struct {
	Name   string // as the code calls it
	Qual   string
	Shared bool // an object of the whole process
}

// heldSession remembers the object behind a session's number.
func (in *interp) heldSession(recv *value) {
	if recv == nil || recv.Obj == nil || recv.Obj.Num == 0 || recv.Guess || in.Muted > 0 {
		return
	}
	if _, ok := in.sessionObjects[recv.Obj.Num]; ok {
		return
	}
	s := Session{Name: recv.Sym, Qual: recv.Obj.Qual, Shared: recv.Obj.Cell != ""}
	if s.Qual == "" && recv.Obj.Class != nil {
		s.Qual = baseQual(recv.Obj.Class)
	}
	in.sessionObjects[recv.Obj.Num] = s
}

func baseQual(c *program.Class) string {
	for _, k := range c.MRO() {
		for _, b := range k.Bases {
			if b.Class == nil && b.Qual != "" {
				return b.Qual
			}
		}
	}
	return c.Name
}
