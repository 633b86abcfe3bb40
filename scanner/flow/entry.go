package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Trace is what one entry point does to the world.
type Trace struct {
	Entry *fastapi.Entry
	Ops   []effects.Op
	// Assumed tells that the function is not registered anywhere that could be read: nobody who calls it was found.
	Assumed bool
	// Thread tells that the entry runs in a thread pool.
	Thread bool
	// Autoflush tells that a query of an ORM's session sends what is pending first.
	Autoflush bool
	// AnswersFirst tells that the version of FastAPI is seen, and answers before it tears dependencies of the request's scope down.
	AnswersFirst bool
	// Tasks are the parts that run beside the rest, Sessions what is known of its sessions by their number.
	Tasks    []Task
	Sessions map[int]Session
	// Inputs are the names of what the client sends.
	Inputs map[string]bool
	// Asked is with which literals decisions that look at nothing but what the client sends compare what is stored, by the number of the
	// decision.
	Asked map[int]*effects.Pred
	// Bases gives for each operation the read whose answer it looks at, -1 for none; Acts tells which operations change the world in a
	// way that a check could have been about, and Tested on which a later decision rests. Reads are, by the name of a table or collection,
	// the operations that look for rows by what stands in a column, Rewrites those that give rows or keys of that name other values. The
	// search for races fills them in.
	Bases           []int32
	Acts, Tested    []bool
	Reads, Rewrites map[string][]int32
	// Work is what it took to follow the entry point, in steps.
	Work int
	// Notes counts what could not be followed.
	Notes map[string]int
	// Gaps tell before which operations something was not followed.
	Gaps []int
	// Reached are the project functions that the entry ran.
	Reached map[*program.Function]bool
	// Looked are the modules in which the trace looked, where that is watched; see Shared.
	Looked map[*program.Module]bool

	changed map[int]effects.Op // see Change
	passage *Passage           // nil before anybody asked
}

// Any tells whether something is so of any operation.
func (t *Trace) Any(so func(op *effects.Op) bool) bool { return t.AnyAfter(-1, so) }

// AnyAfter tells whether something is so of any operation that comes after one.
func (t *Trace) AnyAfter(at int, so func(op *effects.Op) bool) bool {
	for i := at + 1; i < len(t.Ops); i++ {
		if so(&t.Ops[i]) {
			return true
		}
	}
	return false
}

// Flushes tells whether an operation sends first what its session holds back: a query of an ORM's session.
func (t *Trace) Flushes(op *effects.Op) bool {
	return t.Autoflush && op.Kind == interleave.Read && op.Session != 0 && op.Rare().Driver == "" && !op.Related && op.Res.Store == interleave.Table
}

// dependKey identifies a dependency within one request, as FastAPI's own cache does.
type dependKey struct {
	fn   *program.Function
	cls  *program.Class
	self *effects.Object
}

type deferred struct {
	callee *value
	args   []*value
	kw     []effects.Keyword
	task   Task
	ctx    *effects.Ctx
	// lineage is what put it off; see descent.
	lineage []*program.Function
}

// TraceEntry follows one entry point, with no more work than limit unless that is 0.
func TraceEntry(sh *Shared, e *fastapi.Entry, limit int) *Trace {
	in := newInterp(sh)
	in.limit = limit
	in.reached = map[*program.Function]bool{}
	if sh.Watched {
		in.prog.looks = newLooks()
	}
	in.Ops = in.learned.ops[:0]
	in.run(e)
	in.noteExhausted()
	t := &Trace{
		Entry: e, Ops: slices.Clone(in.Ops), Tasks: in.tasksOf(), Sessions: in.sessionObjects, Inputs: in.inputs, Asked: in.askedOf(), Work: in.work(), Notes: in.World.Notes, Gaps: in.World.Gaps, Reached: in.reached,
		Thread: e.Function != nil && !e.Function.Async, Autoflush: sh.Schema != nil && sh.Schema.Engine.Autoflush,
		AnswersFirst: in.answersFirst(),
	}
	if l := in.prog.looks; l != nil {
		t.Looked = l.modules
	}
	clear(in.Ops)
	in.learned.ops = in.Ops[:0]
	sh.shelf.put(in.learned)
	// Values of the trace lead back here, through the functions and generators among them. Nobody asks what the request had in its hands
	// any more, and it is more than what the trace says.
	*in.World, *in = effects.World{}, interp{}
	return t
}

func (in *interp) run(e *fastapi.Entry) {
	fn := e.Function
	if fn == nil || fn.Def == nil && fn.Lambda == nil {
		return
	}
	in.Site = &effects.Site{Module: fn.Module, Function: fn, Node: nodeOf(fn)}
	in.prog.looks.function(fn)
	in.prog.looks.class(e.Class)
	in.entry = e
	in.ctxRequest = e.Kind == fastapi.Route || e.Kind == fastapi.WebSocket || e.Kind == fastapi.Middleware
	in.Phase = effects.Dependency
	if e.Kind == fastapi.Route {
		in.Verb = e.Method
	}
	if in.ctxRequest {
		in.Catch = registered(in.app)
	}
	in.around = in.surroundings(e)
	in.dependAll(e.Depends, 0, func() { in.handler(e, fn) })
	if !in.order().tasksInside {
		in.runStreams()
		in.runTasks()
	}
	in.leftCoroutines()
	in.leftTasks()
}

// registered are the engine errors that the application's exception handlers turn into answers.
func registered(a *fastapi.App) *effects.Catch {
	c := &effects.Catch{}
	for _, h := range a.Handlers {
		name := effects.Last(h.Class.Qual)
		if name != "Exception" && name != "BaseException" {
			c.Errors |= engineErrors[name]
		}
	}
	if c.Errors == 0 {
		return nil
	}
	return c
}

func nodeOf(fn *program.Function) python.Node {
	if fn.Def != nil {
		return fn.Def
	}
	return fn.Lambda
}

// dependAll resolves the i-th and following dependencies and then runs next inside all of them.
func (in *interp) dependAll(deps []fastapi.Dependency, i int, next func()) {
	if i == len(deps) || in.dead {
		if !in.dead {
			next()
		}
		return
	}
	in.depend(deps[i], "dependency", func(*value) { in.dependAll(deps, i+1, next) })
}

// handler binds the parameters of the path operation and runs it.
func (in *interp) handler(e *fastapi.Entry, fn *program.Function) {
	var self *value
	start := func() {
		callee := in.funcValue(fn, in.around)
		if callee.Kind == effects.FuncRef && self != nil {
			callee = bind(callee, self)
		}
		in.solve(fn, self != nil, func(kw []effects.Keyword) {
			in.Phase = effects.Handler
			in.beginAnew()
			in.handlerStart = len(in.Ops)
			v := in.call(callee, nil, kw, nil)
			if g, ok := generatorOf(v); ok {
				in.stream(g)
			}
			in.dead = false
			in.openGates()
			in.leftCoroutines()
			if in.order().tasksInside && in.early == 0 {
				in.runStreams()
			}
			in.Phase = effects.Teardown
			in.Catch = nil // the answer is out: no handler can change it any more
			in.afterAnswer()
		})
	}
	if e.Class == nil || fn.Static {
		start()
		return
	}
	if fn.ClassMethod {
		self = &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: e.Class}}
		start()
		return
	}
	if e.Kind == fastapi.Middleware || e.Made != nil && !in.asksFor(e.Class.Method("__init__")) {
		self = in.madeOnce(e)
		start()
		return
	}
	in.instantiate(e.Class, func(v *value) { self = v; start() })
}

// asksFor tells whether a constructor declares dependencies.
func (in *interp) asksFor(init *program.Function) bool {
	return init != nil && slices.ContainsFunc(init.Params, func(p program.Param) bool {
		_, ok := in.dependencyOf(init.Header(), p)
		return ok
	})
}

// madeOnce is the object of a middleware class, or of one that registers its own methods, which all requests share.
func (in *interp) madeOnce(e *fastapi.Entry) *value {
	names := make([]string, 0, len(e.Made))
	for name := range e.Made {
		names = append(names, name)
	}
	slices.Sort(names)
	var kw []effects.Keyword
	if e.Kind == fastapi.Middleware {
		kw = append(kw, effects.Keyword{Name: "app", Value: effects.Opaque("app", nil)})
	}
	for _, name := range names {
		kw = append(kw, effects.Keyword{Name: name, Value: in.captured(&frame{}, e.Made[name], 0)})
	}
	c := e.Class
	in.Muted++
	v := in.construct(&value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: c, Qual: c.Qualname}, Sym: c.Name}, nil, kw, nil)
	in.Muted--
	return in.share(v, c.Module.Name+"."+c.Name)
}

// order is the order of teardown and background tasks, which changed with FastAPI's versions (truth matrix, section 6).
type order struct{ tasksInside, teardownAfterResponse bool }

func (in *interp) order() order {
	major, minor, ok := version(in.app.Version)
	if !ok || major > 0 || minor >= 118 || minor < 106 {
		return order{tasksInside: true, teardownAfterResponse: true}
	}
	return order{}
}

// answersFirst tells whether the client is seen to have its answer before what a dependency does behind its yield: a version that is
// pinned, or the lowest that is allowed, says so.
func (in *interp) answersFirst() bool {
	if in.app.Version != "" {
		return in.order().teardownAfterResponse
	}
	if in.Schema == nil {
		return false
	}
	major, minor, ok := version(in.Schema.Minimum["fastapi"])
	return ok && (major > 0 || minor >= 118)
}

func version(v string) (major, minor int, ok bool) {
	parts := strings.Split(v, ".")
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return major, minor, err1 == nil && err2 == nil
}

// solve finds a value for every parameter of a path operation or dependency and runs next with them; without any where a function
// depends on itself, which no application that starts does.
func (in *interp) solve(fn *program.Function, bound bool, next func([]effects.Keyword)) {
	around := in.solving
	if slices.Contains(around, fn) || len(around) > maxDepth {
		in.Note(effects.TooDeep)
		next(nil)
		return
	}
	params := fn.Params
	if bound && len(params) > 0 {
		params = params[1:]
	}
	in.solving = append(around[:len(around):len(around)], fn)
	in.solveParams(fn, params, nil, func(kw []effects.Keyword) {
		within := in.solving
		in.solving = around
		next(kw)
		in.solving = within
	})
	in.solving = around
}

func (in *interp) solveParams(fn *program.Function, params []program.Param, kw []effects.Keyword, next func([]effects.Keyword)) {
	kw = slices.Clip(kw)
	scope := program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}
	for i, p := range params {
		if in.dead {
			return
		}
		if p.Kind == program.VarPositional || p.Kind == program.VarKeyword {
			continue
		}
		if dep, ok := in.dependencyOf(scope, p); ok {
			if in.entry != nil && in.entry.Function == fn {
				dep = in.entry.Told(dep)
			}
			if name, class := in.localClass(fn, p.Annotation); dep.Call == nil && class != nil {
				dep.Call, dep.Scope = name, fn.Outer.Scope()
			}
			in.depend(dep, p.Name, func(v *value) {
				in.solveParams(fn, params[i+1:], append(slices.Clip(kw), effects.Keyword{Name: p.Name, Value: v}), next)
			})
			return
		}
		var given *value
		if !in.ctxRequest && p.Default != nil {
			given = in.quiet(scope, p.Default) // whoever calls an entry point of this kind brings a value of its own
		} else {
			given = in.input(fn, p)
		}
		kw = append(kw, effects.Keyword{Name: p.Name, Value: given})
	}
	if !in.dead {
		next(kw)
	}
}

// input is a value that the client sends.
func (in *interp) input(fn *program.Function, p program.Param) *value {
	v := effects.Opaque(p.Name, nil)
	if in.ctxRequest && in.Muted == 0 {
		in.inputs[p.Name] = true
	}
	if p.Annotation == nil {
		return v
	}
	t := in.prog.Annotation(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation)
	if _, class := in.localClass(fn, p.Annotation); class != nil {
		t = program.Type{Ref: program.Ref{Kind: program.ToClass, Class: class, Qual: class.Qualname}}
	}
	if in.ctxRequest && t.Ref.Class != nil && in.tableOf(t.Ref.Class) != nil {
		// A table model as a request body is a new row, not one of the table's.
		row := in.newRow(t.Ref.Class, nil, nil)
		row.Sym = p.Name
		return row
	}
	tv := in.typed(&t, in.partName(&t, p.Name))
	in.validateInput(tv, &t)
	return tv
}

// depend resolves one dependency, from the request's cache when it is there already, and runs next with its value.
func (in *interp) depend(dep fastapi.Dependency, name string, next func(*value)) {
	var callee *value
	switch {
	case dep.Call != nil:
		callee = in.quietIn(dep.Scope, in.around, dep.Call)
	case dep.Class != nil:
		callee = in.refValue(dep.Class.Ref)
	}
	if callee == nil {
		next(effects.Opaque(name, nil))
		return
	}
	// Whatever comes after a dependency is done inside it. Two that each ask for two more, and none of them kept, are millions soon.
	if in.resolved++; in.resolved > maxDependencies {
		in.Note(effects.TooLong)
		next(effects.Opaque(name, nil))
		return
	}
	if p := callee.Pick(effects.FuncRef, effects.ClassRef, effects.Instance, effects.ExtObject, effects.ExtRef, effects.BoundExt); p != nil {
		callee = p
	}
	key := dependKey{fn: callee.Ref().Function, cls: callee.Ref().Class, self: callee.Obj}
	if callee.Self != nil {
		key.self = callee.Self.Obj
	}
	if v, ok := in.depends[key]; ok && dep.UseCache && key != (dependKey{}) {
		next(v)
		return
	}
	done := func(v *value) {
		in.depends[key] = v
		next(v)
	}
	end := ending{early: dep.Function}
	if dep.MaxConcurrency && dep.Node != nil {
		end.gate = "gate:" + strconv.Itoa(int(dep.Node.Pos())) + ":" + dep.Scope.Module.Name
		op := effects.Op{Target: "max_concurrency"}
		op.Kind, op.Name, op.Scope = interleave.Acquire, end.gate, interleave.ProcessLock
		in.Emit(op)
		if end.early {
			in.gates = append(in.gates, end.gate)
		}
	}
	if len(in.stack) > maxDepth {
		done(effects.Opaque(name, nil))
		return
	}
	if !dep.Function {
		in.runDependency(callee, name, end, done)
		return
	}
	in.early++
	in.runDependency(callee, name, end, done)
	in.early--
	in.afterAnswer()
}

// afterAnswer sends streamed bodies and runs background tasks, when everything that FastAPI tears down before them is torn down.
func (in *interp) afterAnswer() {
	if in.order().tasksInside && in.early == 0 {
		in.runStreams()
		in.runTasks()
	}
}

// ending is what happens when a dependency is left: the gate it opens again, and whether that is before the response.
type ending struct {
	gate  string
	early bool // scope="function"
}

// openGates opens the gates of the function's own scope: they close before any dependency of the request's scope is torn down.
func (in *interp) openGates() {
	for _, gate := range in.gates {
		in.releaseGate(gate)
		in.open = append(in.open, gate)
	}
	in.gates = nil
}

// tearDown begins the teardown of a dependency. One of the function's own scope ends before the response: its errors can still
// become an answer.
func (in *interp) tearDown(end ending) {
	in.Phase = effects.Teardown
	in.Catch = nil
	if end.early {
		in.Phase = effects.Handler
		in.Catch = registered(in.app)
	}
}

func (in *interp) releaseGate(gate string) {
	if gate != "" && !slices.Contains(in.open, gate) {
		op := effects.Op{Target: "max_concurrency"}
		op.Kind, op.Name, op.Scope = interleave.Release, gate, interleave.ProcessLock
		in.Emit(op)
	}
}

func (in *interp) runDependency(callee *value, name string, end ending, done func(*value)) {
	phase := in.Phase
	switch callee.Kind {
	case effects.FuncRef:
		fn := callee.Ref().Function
		if v := in.standsFor(fn, name); v != nil {
			done(v)
			return
		}
		in.site(fn)
		in.solve(fn, callee.Self != nil && !fn.Static, func(kw []effects.Keyword) {
			in.callDependency(callee, kw, end, done)
		})
	case effects.ClassRef:
		if callee.Ref().Class == nil {
			done(effects.Opaque(name, nil))
			return
		}
		in.instantiate(callee.Ref().Class, done)
	case effects.Instance:
		m := callee.Obj.Class.Method("__call__")
		if m == nil {
			done(effects.Opaque(name, nil))
			return
		}
		in.site(m)
		in.solve(m, true, func(kw []effects.Keyword) {
			in.callDependency(bind(in.funcValue(m, nil), callee), kw, end, done)
		})
	case effects.ExtObject:
		if p, ok := callee.Obj.Extra.(*partial); ok && p.callee.Kind == effects.FuncRef {
			fn := p.callee.Ref().Function
			params := fn.Params
			if p.callee.Self != nil && len(params) > 0 {
				params = params[1:]
			}
			if len(p.args) <= len(params) {
				params = params[len(p.args):]
			}
			var free []program.Param
			for _, q := range params {
				given := false
				for _, k := range p.kw {
					given = given || k.Name == q.Name
				}
				if !given {
					free = append(free, q)
				}
			}
			in.solveParams(fn, free, nil, func(kw []effects.Keyword) {
				in.yieldOrCall(in.call(p.callee, p.args, append(append([]effects.Keyword{}, p.kw...), kw...), nil), end, done)
			})
			return
		}
		done(effects.Opaque(name, nil))
	default:
		in.Phase = phase
		v := effects.Opaque(name, nil)
		done(v)
	}
}

func (in *interp) site(fn *program.Function) {
	if fn != nil {
		in.Site = &effects.Site{Module: fn.Module, Function: fn, Node: nodeOf(fn)}
	}
}

func (in *interp) callDependency(callee *value, kw []effects.Keyword, end ending, done func(*value)) {
	if in.dead {
		return
	}
	if in.Phase < effects.Dependency {
		in.Phase = effects.Dependency
	}
	in.site(callee.Ref().Function) // and not where what it depends on was found
	in.yieldOrCall(in.sparing(callee, kw), end, done)
}

// sparing calls a dependency and leaves half of the steps that there are for what comes after it: where finding out who calls takes them
// all, nothing would be known of the handler.
func (in *interp) sparing(callee *value, kw []effects.Keyword) *value {
	most, limit := in.most, in.limit
	in.most = in.steps + (most-in.steps)/2
	if limit > 0 {
		in.limit = in.work() + max(0, limit-in.work())/2
	}
	v := in.call(callee, nil, kw, nil)
	cut := in.noteExhausted()
	in.most, in.limit = most, limit
	if cut && !in.exhausted() {
		in.dead = false
		return in.declared(callee.Ref().Function, effects.Opaque(callee.Ref().Function.Name, nil))
	}
	return v
}

// yieldOrCall runs done inside a dependency that yields, or after one that returns.
func (in *interp) yieldOrCall(v *value, end ending, done func(*value)) {
	if in.dead {
		return
	}
	g, ok := generatorOf(v)
	if !ok {
		in.releaseGate(end.gate) // a gate that returns is free again before the handler runs
		done(v)
		return
	}
	ran := false
	in.runGenerator(g, func(y *value) {
		if !ran {
			ran = true
			done(y)
			in.dead = false
			in.tearDown(end)
		}
	})
	if !ran {
		in.dead = false
		done(effects.Opaque("", nil))
	}
	in.releaseGate(end.gate)
}

// instantiate makes an object of a class whose constructor parameters and annotated attributes are dependencies.
func (in *interp) instantiate(c *program.Class, done func(*value)) {
	if impls := in.implementations(c); len(impls) == 1 {
		c = impls[0] // by which app.dependency_overrides, or a container, replaces it
	}
	ref := &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: c, Qual: c.Qualname}, Sym: c.Name}
	finish := func(v *value) { in.classDepends(c, v, done) }
	init := c.Method("__init__")
	if init == nil || in.isData(c) && in.tableOf(c) == nil {
		if in.isData(c) {
			o := in.NewObject()
			o.Class = c
			in.classDepends(c, &value{Kind: effects.Instance, Obj: o, Sym: c.Name}, done)
			return
		}
		finish(in.construct(ref, nil, nil, nil))
		return
	}
	in.solve(init, true, func(kw []effects.Keyword) { finish(in.construct(ref, nil, kw, nil)) })
}

// classDepends gives a value to every class attribute that declares a dependency (`db: Session = Depends(get_db)`).
func (in *interp) classDepends(c *program.Class, v *value, done func(*value)) {
	type field struct {
		name string
		dep  fastapi.Dependency
	}
	var fields []field
	mro := c.MRO()
	for i := len(mro) - 1; i >= 0; i-- {
		k := mro[i]
		for _, name := range k.Order {
			b := k.Names[name]
			if b == nil || b.Function != nil || b.Class != nil {
				continue
			}
			p := program.Param{Name: name, Annotation: b.Annotation, Default: b.Value}
			if dep, ok := in.dependencyOf(program.Scope{Module: k.Module, Class: k}, p); ok {
				fields = append(fields, field{name, dep})
			}
		}
	}
	var next func(i int)
	next = func(i int) {
		if i == len(fields) {
			done(v)
			return
		}
		in.depend(fields[i].dep, fields[i].name, func(fv *value) {
			if v.Obj != nil {
				if v.Obj.Attrs == nil {
					v.Obj.Attrs = map[string]*value{}
				}
				v.Obj.Attrs[fields[i].name] = fv
			}
			next(i + 1)
		})
	}
	next(0)
}

// worker is the function of the worker to which a job of this name is sent.
func (in *interp) worker(name string) *value {
	fn := in.app.Worker(name)
	if fn == nil {
		return nil
	}
	in.prog.looks.module(fn.Module)
	return in.funcValue(fn, nil)
}

// deferCall queues work that runs after the response or beside the request.
func (in *interp) deferCall(callee *value, args []*value, kw []effects.Keyword, how string) {
	if in.Muted > 0 {
		return
	}
	t := Task{Kind: Background, Site: in.Site.Keep(), Launch: len(in.Ops), Join: -1, Sessions: in.Sessions(), Repeated: in.loops > 0, Effect: -1}
	if fn := callee.Ref().Function; how == "job" && fn != nil && fn.Class == nil && len(fn.Params) > 0 && fn.Params[0].Name == "self" {
		args = append([]*value{effects.Opaque("task", nil)}, args...) // bind=True
	}
	if how == "job" {
		t.Kind, t.Effect = Job, len(in.Ops)-1
	}
	in.tasks = append(in.tasks, deferred{callee, args, kw, t, in.Ctx, in.descent()})
}

func (in *interp) runTasks() {
	for len(in.tasks) > 0 {
		t := in.tasks[0]
		in.tasks = in.tasks[1:]
		phase, site, ctx := in.Phase, in.Site, in.Ctx
		in.Phase, in.Site, in.Ctx = effects.Deferred, t.task.Site, t.ctx
		t.task.Start = len(in.Ops)
		v := in.descending(t.lineage, func() *value { return in.call(t.callee, t.args, t.kw, nil) })
		if g, ok := generatorOf(v); ok {
			in.drain(g)
		}
		t.task.End = len(in.Ops)
		in.done = append(in.done, &pendingTask{task: t.task})
		in.dead = false
		in.Phase, in.Site, in.Ctx = phase, site, ctx
	}
}
