package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

type value = effects.Value

// Limits of one entry point. What they cut is counted in the trace's notes.
const (
	maxDepth        = 24
	maxSteps        = 60000
	maxDependencies = 1000
)

// opWork is what an operation counts in steps: it is kept, and looked at for as long as the scan lasts.
const opWork = 50

// interp runs one entry point.
type interp struct {
	*effects.World
	prog       lens
	app        *fastapi.App
	entry      *fastapi.Entry // whose trace this is
	shared     *Shared
	learned    *learned
	entries    map[string]*value         // what lies in dictionaries of the process, by place
	singles    map[*program.Class]*value // see single
	globals    map[*program.Binding]*value
	cached     map[*program.Function]*value // decorated functions
	memos      map[string]*value            // what caches answer
	defaults   map[paramKey]*value          // default values
	depends    map[dependKey]*value
	stack      []*program.Function
	lineage    []*program.Function // see descent
	solving    []*program.Function // whose parameters are being found, each a dependency of the one before
	frames     []*frame            // the activations that are under way
	steps      int
	most       int             // how many there may be
	limit      int             // what the scan has left for the entry point, 0 where only its own limits count
	resolved   int             // dependencies asked for so far
	places     []*effects.Site // the stack of current places, of which place are in use
	place      int
	arms       int // enclosing branch arms
	attrWrites []attrWrite
	armStart   int // where the writes of the arm that runs begin in attrWrites
	armObjects int // how many objects there were when the arm that runs began
	branch     int // numbers branches without a check
	dead       bool
	raised     []string // names of what the last raise statement raised
	loops      int
	broken     []breakOut                // where the current loop was left by a break
	spent      map[*program.Function]int // steps inside each function: one that takes too many is not run again
	own        map[*program.Function]int // those of them that are not inside functions that it calls
	inner      int                       // steps inside what the function that runs has called
	answers    map[*program.Function][]answer
	idle       map[*program.Function]bool // of functions that did nothing to the world when they last ran: nothing is missed without them
	lasting    int                        // enclosing calls of cached functions: what they make outlives the request
	tasks      []deferred
	gates      []string     // gates of the function's own scope that the request holds
	open       []string     // those that are open again
	streams    []*generator // bodies of responses that are still to be sent
	coroutines []*coroutine // calls of async functions that were not awaited on the spot
	spawned    []*pendingTask
	done       []*pendingTask  // tasks that ran
	spans      [][2]int        // the operations that evaluating each argument of the current call gave
	spansFree  [][2]int        // room for spans
	bound      *value          // the method of a library that was looked up last, when nobody has it yet
	passed     []*value        // methods that were called and are of no more use: room for others
	calls      []*effects.Call // calls of libraries that are over, the same

	sessionObjects map[int]Session
	inputs         map[string]bool       // names of what the client sends
	asked          map[int]*effects.Pred // by the number of a decision: what it asks of what the client sends
	reached        map[*program.Function]bool
	ctxRequest     bool   // the entry point is a request: parameters come from the client
	around         *frame // what the functions around the handler gave it
	handlerStart   int
	making         []*program.Function // the constructors that run for objects of which only the type is known
	choices        map[any]int         // numbers what an interface or a callable is, by the first of its decisions
	early          int                 // enclosing dependencies that are torn down before the answer (scope="function")
	yielded        func(*value) *value // what a yield in the current generator does
	filled         map[string]*value   // what start-up code puts into shared places
	rehearsed      map[*program.Function]bool
	registries     map[string][]effects.Pair // what imports put into containers
	ran            map[string]bool           // the names of containers for which imports were run
}

// frame is one activation of a function, class body or module.
type frame struct {
	scope           program.Scope
	vars            *bindings
	lent            bool // vars belong to the code before the current arm, too: set copies them first
	up              *frame
	base            *effects.Ctx
	self            *value
	class           *program.Class // the class that holds the running method, for super()
	ret             *value
	one             *value          // what every return gave, nil when they gave different things
	left            []*effects.Ctx  // under which decisions it was left by a return
	given           []*effects.Ctx  // those that gave something
	ways            [2]*effects.Ctx // the room of the first in given and in left: most functions return once
	refused, denied bool            // a return gave nothing: None, or something else that is false
	module          bool
	cell            string // names the frame when a function that lives as long as the process has closed over it
}

// set gives a variable a value.
func (f *frame) set(name string, v *value) {
	f.own()
	f.vars.put(name, v)
}

// own makes the variables the frame's own. An arm of a branch begins with those of the code before it, and most arms set none.
func (f *frame) own() {
	if f.lent {
		f.vars, f.lent = f.vars.clone(), false
	}
}

// exits tells how a block can be left.
type exits uint8

const (
	falls exits = 1 << iota
	breaks
	continues
	returns
	raises
)

func newInterp(sh *Shared) *interp {
	in := &interp{
		World:          effects.NewWorld(sh.Program, sh.Schema),
		prog:           lens{Program: sh.Program},
		app:            sh.App,
		shared:         sh,
		globals:        map[*program.Binding]*value{},
		cached:         map[*program.Function]*value{},
		depends:        map[dependKey]*value{},
		sessionObjects: map[int]Session{},
		inputs:         map[string]bool{},
		spent:          map[*program.Function]int{},
		most:           maxSteps,
		own:            map[*program.Function]int{},
		answers:        map[*program.Function][]answer{},
		idle:           map[*program.Function]bool{},
		memos:          map[string]*value{}, defaults: map[paramKey]*value{},
		learned: sh.shelf.take(),
	}
	in.Use(sh.Own)
	in.World.Looked = func(m *program.Module) { in.prog.looks.module(m) }
	in.World.Call = func(callee *value, args []*value, kw []effects.Keyword) *value { return in.call(callee, args, kw, nil) }
	in.World.Defer = in.deferCall
	in.World.Worker = in.worker
	in.World.Started = in.started
	in.World.Entry = in.keptEntry
	in.World.Referenced = in.referenced
	in.World.Fields = func(v *value) []effects.Keyword {
		if v == nil {
			return nil
		}
		return in.fieldsOf(v)
	}
	in.World.Typed = func(t *program.Type, sym string) *value { return in.typed(t, sym) }
	return in
}

// enter makes n the current place and returns the one before, for leave. The sites of places are used again; what keeps one
// asks it to Keep.
func (in *interp) enter(f *frame, n python.Node) *effects.Site {
	old := in.Site
	if in.place == len(in.places) {
		in.places = append(in.places, new(effects.Site))
	}
	s := in.places[in.place]
	in.place++
	*s = effects.Site{Module: f.scope.Module, Function: f.scope.Function, Node: n}
	if old != nil && old.Function == f.scope.Function && old.Module == f.scope.Module {
		s.Up, s.Depth = old.Up, old.Depth
	} else {
		s.Up = old
		if old != nil {
			s.Depth = old.Depth + 1
		}
	}
	in.Site = s
	return old
}

func (in *interp) leave(old *effects.Site) {
	in.place--
	in.Site = old
}

// work is what was done so far, in steps.
func (in *interp) work() int { return in.steps + opWork*len(in.Ops) }

// exhausted tells whether there is no more room to follow anything.
func (in *interp) exhausted() bool {
	return in.steps > in.most || in.limit > 0 && in.work() > in.limit
}

// noteExhausted notes what it was that there is no more of, and tells whether there was anything.
func (in *interp) noteExhausted() bool {
	switch {
	case in.steps > in.most:
		in.Note(effects.TooLong)
	case in.exhausted():
		in.Note(effects.TooDear)
	default:
		return false
	}
	return true
}

func (in *interp) block(f *frame, body []python.Stmt) exits {
	out := falls
	for _, s := range body {
		in.steps++
		if in.exhausted() {
			return out
		}
		e := in.stmt(f, s)
		if in.dead {
			in.dead = false
			e = e&^falls | raises
		}
		out = out&^falls | e
		if e&falls == 0 {
			break
		}
	}
	return out
}

// armEnd is how an arm of a branch ended: the way it left, the variables and attributes, and the decisions made inside.
type armEnd struct {
	exits exits
	vars  *bindings
	same  bool // vars are those from before the branch
	ctx   *effects.Ctx
	base  *effects.Ctx
	attrs []attrWrite // what it gave attributes of older objects, where it goes on
}

// arm runs one arm of a branch on a copy of the variables.
func (in *interp) arm(f *frame, check int, arm int8, run func() exits) armEnd {
	before, lent, ctx := f.vars, f.lent, in.Ctx
	f.lent = true
	in.Ctx = in.under(check, arm, effects.Stays, nil)
	base := in.Ctx
	in.imply(check, arm, effects.Stays, nil)
	e, writes := in.inArm(run)
	if e&falls == 0 {
		in.mayTakeWrites(writes) // of a function that returned there, or where the exception is caught
		writes = nil
	}
	end := armEnd{e, f.vars, f.vars == before, in.Ctx, base, writes}
	f.vars, f.lent = before, lent
	in.Ctx = ctx
	return end
}

// goesOn is the arm of an if without else: nothing is done under the decision, so that nobody asks for it.
func (in *interp) goesOn(f *frame, test *value) armEnd {
	before, lent := f.vars, f.lent
	f.lent = true
	in.narrow(f, test, false)
	end := armEnd{exits: falls, vars: f.vars, same: f.vars == before, ctx: in.Ctx, base: in.Ctx}
	f.vars, f.lent = before, lent
	return end
}

// imply adds what a decision says of a function that gave its value: whoever gets something from it, and not nothing, got it on the
// only way that gives anything.
func (in *interp) imply(check int, arm int8, leaves effects.Leaving, exc []string) {
	if check < 0 || check >= len(in.Ops) {
		return
	}
	p := in.Ops[check].Pred
	if p == nil || !p.Certain(arm) {
		return
	}
	for _, u := range p.Uses {
		if u.Left == nil || u.Left.Way() == nil || !gives(u, arm == 1) {
			continue
		}
		var chain []*effects.Ctx
		for c := u.Left.Way().At; c != nil && c != u.Left.Way().Base; c = c.Up {
			chain = append(chain, c)
		}
		for _, c := range slices.Backward(chain) {
			if c.Arm < 2 {
				in.Ctx = in.under(c.Check, c.Arm, leaves, exc)
				in.Ctx.Implied = true
				if leaves == effects.Raises && c.Leaves == effects.LeavesFunction {
					c.Exc = exc // what was done in the function was done under this: who gets nothing from it raises
				}
			}
		}
	}
}

// gives tells whether a leaf of a decision, which holds or not, says that its left side is something.
func gives(u effects.PredUse, holds bool) bool {
	switch u.Op {
	case "true":
		return holds
	case "false":
		return !holds
	case "exists":
		return holds && u.Left.Way().OrNone
	case "not exists":
		return !holds && u.Left.Way().OrNone
	}
	return false
}

// inherit makes the decisions inside an arm whose other side left count for what follows the branch.
func (in *interp) inherit(end armEnd) {
	var chain []*effects.Ctx
	for c := end.ctx; c != nil && c != end.base; c = c.Up {
		if c.Leaves != effects.Stays {
			chain = append(chain, c)
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		in.Ctx = in.under(chain[i].Check, chain[i].Arm, chain[i].Leaves, chain[i].Exc)
		in.Ctx.Implied = chain[i].Implied
	}
}

// reachedBy makes the decisions that lead to a place inside base count for what follows: no other way leads on.
func (in *interp) reachedBy(place, base *effects.Ctx) {
	var chain []*effects.Ctx
	for c := place; c != nil && c != base; c = c.Up {
		chain = append(chain, c)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		in.Ctx = in.under(chain[i].Check, chain[i].Arm, effects.Raises, nil)
	}
}

func (in *interp) under(check int, arm int8, leaves effects.Leaving, exc []string) *effects.Ctx {
	c := effects.Ctx{Check: check, Arm: arm, Leaves: leaves}
	if leaves == effects.Raises {
		c.Exc = exc
	}
	return in.Ctx.Then(c)
}

// decide runs two arms of a decision and joins what is left. An arm that leaves makes the decision count for what follows.
func (in *interp) decide(f *frame, check int, then, otherwise func() exits) exits {
	return in.decideOn(f, check, nil, then, otherwise)
}

// decideOn is decide, where nothing is done on the other arm if that is nil: there test does not hold.
func (in *interp) decideOn(f *frame, check int, test *value, then, otherwise func() exits) exits {
	from := len(in.Ops)
	a := in.arm(f, check, 1, then)
	in.refuse(from, a.exits == raises)
	exc1 := in.raised
	from = len(in.Ops)
	var b armEnd
	if otherwise == nil {
		b = in.goesOn(f, test)
	} else {
		b = in.arm(f, check, 0, otherwise)
	}
	in.refuse(from, b.exits == raises)
	exc2 := in.raised
	switch {
	case a.exits&falls != 0 && b.exits&falls != 0:
		if a.same && b.same {
			f.lent = true
		} else {
			if a.same {
				a.vars = a.vars.clone()
			}
			f.vars, f.lent = joinUnder(a.vars, b.vars, in.decided(check)), false
		}
		in.joinWrites(a.attrs, b.attrs)
		in.inherit(a)
		in.inherit(b)
	case a.exits&falls != 0:
		f.vars, f.lent = a.vars, a.same
		in.takeWrites(a.attrs)
		in.Ctx = in.under(check, 1, leaving(b.exits), exc2)
		in.imply(check, 1, leaving(b.exits), exc2)
		in.inherit(a)
	case b.exits&falls != 0:
		f.vars, f.lent = b.vars, b.same
		in.takeWrites(b.attrs)
		in.Ctx = in.under(check, 0, leaving(a.exits), exc1)
		in.imply(check, 0, leaving(a.exits), exc1)
		in.inherit(b)
	}
	return a.exits | b.exits
}

// refuse notes of the operations since from whether what they are done for ends in an exception.
func (in *interp) refuse(from int, refused bool) {
	for i := from; refused && i < len(in.Ops); i++ {
		in.Ops[i].Refused = true
	}
}

// leaving tells how far a decision reaches whose other arm leaves by e: the nearest way out counts.
func leaving(e exits) effects.Leaving {
	switch {
	case e&(breaks|continues) != 0:
		return effects.LeavesLoop
	case e&returns != 0:
		return effects.LeavesFunction
	}
	return effects.Raises
}

// decided returns what a decision rests on.
func (in *interp) decided(check int) effects.Deps {
	if check < 0 || check >= len(in.Ops) {
		return nil
	}
	return effects.Deps32(in.Ops[check].From)
}

// keepReaching rebuilds the decisions made since base after the end of a function or loop: only those that reach further count on.
func (in *interp) keepReaching(base *effects.Ctx, keep func(*effects.Ctx) bool) {
	var kept []*effects.Ctx
	for c := in.Ctx; c != nil && c != base; c = c.Up {
		if c.Leaves != effects.Stays && keep(c) {
			kept = append(kept, c)
		}
	}
	in.Ctx = base
	for i := len(kept) - 1; i >= 0; i-- {
		in.Ctx = in.under(kept[i].Check, kept[i].Arm, kept[i].Leaves, kept[i].Exc)
		in.Ctx.Implied = kept[i].Implied
	}
}

// keepReturning makes the decisions that lead to every return of a function count for what follows its call, where nothing but a
// return leads out of it: `if allowed: return user`, and an exception for everybody else.
func (in *interp) keepReturning(f *frame) {
	if len(f.left) == 0 {
		return
	}
	var chain []*effects.Ctx
	for c := f.left[0]; c != nil && c != f.base; c = c.Up {
		if c.Check >= 0 && !decidedIn(in.Ctx, f.base, c) && !slices.ContainsFunc(f.left[1:], func(other *effects.Ctx) bool { return !decidedIn(other, f.base, c) }) {
			chain = append(chain, c)
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		in.Ctx = in.under(chain[i].Check, chain[i].Arm, effects.Raises, in.raised)
	}
}

// decidedIn tells whether a place, back to base, lies under a decision on the same side.
func decidedIn(place, base, decision *effects.Ctx) bool {
	for c := place; c != nil && c != base; c = c.Up {
		if c.Check == decision.Check && c.Arm == decision.Arm {
			return true
		}
	}
	return false
}

// control returns the operations that decide whether the current point is reached, back to base.
func (in *interp) control(base *effects.Ctx) effects.Deps {
	var d effects.Deps
	for c := in.Ctx; c != nil && c != base; c = c.Up {
		if c.Check >= 0 && c.Check < len(in.Ops) {
			d = d.With(effects.Deps32(in.Ops[c.Check].From))
		}
	}
	return d
}

// check records a decision on v and returns its number: the operation's index, or a negative number when it looks at nothing of the world.
func (in *interp) check(v *value) int {
	deps := v.AllDeps()
	if v.Pred == nil {
		deps = v.PresenceDeps(true)
	}
	if len(deps) > 0 {
		op := effects.Op{Pred: v.Pred}
		op.Kind = kindCheck
		op.From = deps.Ints()
		if v.Pred == nil {
			op.Pred = effects.Asking(effects.PredUse{Left: v, Op: "true"})
		}
		if i := in.Emit(op); i >= 0 {
			return i
		}
	}
	in.branch++
	if v.Pred != nil && slices.ContainsFunc(v.Pred.Uses, func(u effects.PredUse) bool { return u.Left != nil && u.Right != nil && u.Left.Sym != "" }) {
		if in.asked == nil {
			in.asked = map[int]*effects.Pred{}
		}
		in.asked[-in.branch] = v.Pred
	}
	return -in.branch
}
