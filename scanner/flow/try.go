package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// engineErrors are the exceptions by which drivers and ORMs report what the engine refused.
var engineErrors = map[string]interleave.Errors{
	"IntegrityError":               interleave.UniqueViolation | interleave.CheckViolation,
	"UniqueViolation":              interleave.UniqueViolation,
	"UniqueViolationError":         interleave.UniqueViolation,
	"ExclusionViolation":           interleave.UniqueViolation,
	"ExclusionViolationError":      interleave.UniqueViolation,
	"UniqueConstraintError":        interleave.UniqueViolation,
	"DuplicateKeyError":            interleave.UniqueViolation,
	"RevisionIdWasChanged":         interleave.UniqueViolation | interleave.StaleVersion,
	"CheckViolation":               interleave.CheckViolation,
	"CheckViolationError":          interleave.CheckViolation,
	"IntegrityConstraintViolation": interleave.UniqueViolation | interleave.CheckViolation,
	"StaleDataError":               interleave.StaleVersion,
	"SerializationError":           interleave.SerializationFailure,
	"SerializationFailure":         interleave.SerializationFailure,
	"DeadlockDetected":             interleave.Deadlock,
	"DeadlockDetectedError":        interleave.Deadlock,
	"TransactionRollbackError":     interleave.SerializationFailure | interleave.Deadlock,
	"LockNotAvailable":             interleave.LockNotAvailable,
	"LockNotAvailableError":        interleave.LockNotAvailable,
	"OperationalError":             interleave.SerializationFailure | interleave.Deadlock | interleave.LockNotAvailable,
	"DBAPIError":                   allErrors &^ interleave.StaleVersion,
	"DatabaseError":                allErrors &^ interleave.StaleVersion,
	"PostgresError":                allErrors &^ interleave.StaleVersion,
	"SQLAlchemyError":              allErrors,
	"Exception":                    allErrors,
	"BaseException":                allErrors,
	"FileExistsError":              interleave.UniqueViolation,
	"OSError":                      interleave.UniqueViolation,
	"WriteError":                   interleave.UniqueViolation,
	"PyMongoError":                 interleave.UniqueViolation | interleave.StaleVersion,
	"OperationFailure":             interleave.UniqueViolation | interleave.StaleVersion,
	"NotUniqueError":               interleave.UniqueViolation,
	"WatchError":                   interleave.StaleVersion,
}

const allErrors = interleave.UniqueViolation | interleave.SerializationFailure | interleave.Deadlock |
	interleave.CheckViolation | interleave.StaleVersion | interleave.LockNotAvailable

func (in *interp) tryStmt(f *frame, s *python.Try) exits {
	in.branch++
	id := -in.branch
	f.own()
	base, before := in.Ctx, f.vars
	types := make([][]string, len(s.Handlers))
	catch := &effects.Catch{Up: in.Catch}
	if in.Catch != nil {
		catch.Errors, catch.Retries, catch.Depth = in.Catch.Errors, in.Catch.Retries, in.Catch.Depth+1
	}
	for i, h := range s.Handlers {
		types[i] = in.caught(f, h.Type)
		errs := handled(types[i], h)
		if !in.failsBy(h, errs) {
			catch.Errors |= errs
		}
		if errs != 0 && in.loops > 0 && comesBack(h.Body) {
			catch.Retries = true
		}
	}
	in.Catch = catch
	from := len(in.Ops)
	e := in.block(f, s.Body)
	in.Catch = catch.Up
	if e&falls != 0 && len(s.Else) == 0 && swallows(types, s.Handlers) {
		in.swallow(from)
	}
	if answered := in.answeredByRaising(from, types); answered >= 0 && len(s.Handlers) > 0 {
		id = answered
	}
	if e&falls != 0 && len(s.Else) > 0 {
		e = e&^falls | in.block(f, s.Else)
	}
	if len(s.Handlers) > 0 {
		f.own() // the variables at the end of the body are joined into those of the clauses
	}
	after := f.vars
	guards, ran := in.Ctx, len(in.Ops)
	var handlerExits exits
	raised := make([][]string, len(s.Handlers)) // what a clause raises instead
	only := int8(0)                             // the clause that alone falls through, -1 for several
	onlyOf := id                                // the decision whose arm it is
	out := e
	vars := after
	if e&falls == 0 {
		vars = nil
	}
	for i, h := range s.Handlers {
		in.Ctx = base
		f.vars, f.lent = join(before.clone(), after), false
		decision, clause := id, int8(min(2+i, 100))
		if c := raisedBy(guards, base, types[i]); c != nil {
			in.Ctx, decision, clause = c.Up, c.Check, 1-c.Arm
		}
		end := in.arm(f, decision, clause, func() exits {
			if h.Name != "" {
				f.set(h.Name, effects.Opaque("exception", nil))
			}
			return in.block(f, h.Body)
		})
		eh, va := end.exits, end.vars
		in.mayTakeWrites(end.attrs)
		for i := from; eh != raises && i < ran; i++ {
			in.Ops[i].Refused = false // the exception is caught, and the request may go on
		}
		out |= eh
		if eh == raises && len(in.raised) > 1 {
			raised[i] = in.raised
		}
		if eh&falls != 0 {
			if only, onlyOf = clause, decision; handlerExits&falls != 0 {
				only = -1
			}
			if vars == nil {
				vars = va
			} else {
				vars = join(vars.clone(), va)
			}
		}
		handlerExits |= eh
	}
	if vars == nil {
		vars = after
	}
	f.vars = vars
	in.Ctx = guards
	if len(s.Handlers) > 0 {
		in.rescope(base, types, raised, handlerExits)
	}
	if e&falls == 0 && handlerExits&falls != 0 { // what follows happens only where a clause caught something
		switch {
		case id >= 0:
			in.Ctx = in.under(id, 2, leaving(e), nil)
		case only >= 0:
			in.Ctx = in.under(onlyOf, only, leaving(e), nil)
		}
	}
	if e&raises != 0 && len(s.Handlers) > 0 && caughtAll(types) {
		out = out&^raises | handlerExits&raises
	}
	if len(s.Finally) > 0 {
		in.Cleanup++
		ran := len(in.Ops)
		ef := in.block(f, s.Finally)
		in.freesOnAnyWay(base, ran)
		in.Cleanup--
		if ef&falls == 0 {
			out = ef
		} else {
			out |= ef &^ falls
		}
	}
	return out
}

// raisedBy returns the one decision of the body of a try statement whose other arm raises what a clause names, nil where it is none or
// not the only one: the clause is that arm.
func raisedBy(c, base *effects.Ctx, names []string) *effects.Ctx {
	var found *effects.Ctx
	for ; c != nil && c != base; c = c.Up {
		if c.Check < 0 || c.Arm > 1 || c.Leaves != effects.Raises || !slices.ContainsFunc(names, func(n string) bool { return !broad[n] && slices.Contains(c.Exc, n) }) {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// broad are classes of exceptions that many raise.
var broad = map[string]bool{"Exception": true, "BaseException": true, "RuntimeError": true, "SQLAlchemyError": true, "HTTPException": true}

// answeredByRaising records the decision of a try statement whose body asked something that raises when nothing is there, and
// returns its number, -1 when nothing did.
func (in *interp) answeredByRaising(from int, types [][]string) int {
	var asked effects.Deps
	for i := from; i < len(in.Ops); i++ {
		if in.Ops[i].Raises || noEntry(&in.Ops[i], types) {
			asked = asked.With(effects.Dep(i))
		}
	}
	if len(asked) == 0 {
		return -1
	}
	return in.check(&value{Deps: asked, Pred: &effects.Pred{}})
}

// noEntry tells whether an operation looks for an entry of a container of the process, or for an attribute, and a clause names what is raised
// when there is none.
func noEntry(op *effects.Op, types [][]string) bool {
	if op.Kind != interleave.Read || op.Res.Store != interleave.Memory {
		return false
	}
	class := "AttributeError"
	if op.Res.Key != "*" {
		class = "KeyError"
	}
	return slices.ContainsFunc(types, func(names []string) bool {
		return slices.Contains(names, class) || class == "KeyError" && slices.Contains(names, "LookupError")
	})
}

// rescope adjusts decisions inside a try body whose other arm raises what a handler catches: they reach as far as the handler leaves, and
// where it raises something else instead, that is what the other arm raises.
func (in *interp) rescope(base *effects.Ctx, types, raised [][]string, handlers exits) {
	var chain []*effects.Ctx
	for c := in.Ctx; c != nil && c != base; c = c.Up {
		chain = append(chain, c)
	}
	in.Ctx = base
	for i := len(chain) - 1; i >= 0; i-- {
		c := chain[i]
		leaves, exc := c.Leaves, c.Exc
		if clause := catcher(types, exc); leaves == effects.Raises && clause >= 0 {
			switch {
			case handlers&falls != 0:
				continue
			case handlers&(breaks|continues) != 0:
				leaves = effects.LeavesLoop
			case handlers&returns != 0:
				leaves = effects.LeavesFunction
			case raised[clause] != nil:
				exc = raised[clause]
			}
		}
		in.Ctx = in.under(c.Check, c.Arm, leaves, exc)
	}
}

// catcher returns the number of the clause that catches an exception with these names, -1 when none does.
func catcher(types [][]string, exc []string) int {
	return slices.IndexFunc(types, func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return n == "BaseException" || slices.Contains(exc, n) })
	})
}

func caughtAll(types [][]string) bool { return catcher(types, []string{"Exception"}) >= 0 }

// caught returns the class names that an except clause names.
func (in *interp) caught(f *frame, t python.Expr) []string {
	switch t := t.(type) {
	case nil:
		return []string{"BaseException"}
	case *python.Tuple:
		var out []string
		for _, e := range t.Elts {
			out = append(out, in.caught(f, e)...)
		}
		return out
	default:
		v := in.eval(f, t)
		if v.Kind == effects.Sequence {
			var out []string
			for _, it := range v.Items {
				out = append(out, refName(it))
			}
			return out
		}
		if n := refName(v); n != "" {
			return []string{n}
		}
		if a, ok := t.(*python.Attribute); ok {
			return []string{a.Attr}
		}
	}
	return nil
}

func refName(v *value) string {
	switch {
	case v.Ref().Class != nil:
		return v.Ref().Class.Name
	case v.Ref().Qual != "":
		return effects.Last(v.Ref().Qual)
	case v.Name != "":
		return v.Name
	}
	return ""
}

// handled returns the engine errors that an except clause really deals with: not those that it only raises again.
func handled(types []string, h *python.ExceptHandler) interleave.Errors {
	var errs interleave.Errors
	for _, t := range types {
		errs |= engineErrors[t]
	}
	if errs == 0 || len(h.Body) == 0 {
		return errs
	}
	if r, ok := h.Body[len(h.Body)-1].(*python.Raise); ok {
		if r.Exc == nil {
			if answers(h) {
				return errs
			}
			return 0
		}
		if n, ok := r.Exc.(*python.Name); ok && n.ID == h.Name {
			return 0
		}
		if errs == allErrors && is500(r.Exc) {
			return 0
		}
	}
	return errs
}

// failsBy tells whether a clause is how a piece of work that nobody waits for fails: around all of it, for whatever comes, to note that it
// came. What the work was to do is not done, as if nobody had caught anything.
func (in *interp) failsBy(h *python.ExceptHandler, errs interleave.Errors) bool {
	if errs != allErrors || len(in.stack) != 1 || in.loops > 0 || in.ctxRequest && in.Phase < effects.Deferred {
		return false
	}
	again := func(n python.Node) bool {
		c, ok := n.(*python.Call)
		return ok && strings.Contains(strings.ToLower(c.Name()), "retry")
	}
	for _, s := range h.Body {
		switch s := s.(type) {
		case *python.Return:
			return false
		case *python.Raise:
			if s.Exc != nil && again(s.Exc) {
				return false
			}
		case *python.ExprStmt:
			if again(s.Value) {
				return false
			}
		}
	}
	return true
}

// swallows tells whether the violation of a unique key is caught by a clause that does nothing about it but tell a log.
func swallows(types [][]string, handlers []*python.ExceptHandler) bool {
	for i, h := range handlers {
		if handled(types[i], h)&interleave.UniqueViolation == 0 {
			continue
		}
		return !slices.ContainsFunc(h.Body, func(s python.Stmt) bool {
			switch s := s.(type) {
			case *python.Pass:
				return false
			case *python.ExprStmt:
				return !tellsLog(s.Value)
			}
			return true
		})
	}
	return false
}

// tellsLog tells whether an expression is a comment or a call of a logger.
func tellsLog(e python.Expr) bool {
	switch e := e.(type) {
	case *python.Constant:
		return true
	case *python.Call:
		a, ok := e.Func.(*python.Attribute)
		return ok && slices.Contains([]string{"debug", "info", "warning", "error", "exception", "log"}, a.Attr)
	}
	return false
}

// swallow notes of the inserts since from that nobody learns whether they were refused.
func (in *interp) swallow(from int) {
	for i := from; i < len(in.Ops); i++ {
		if op := &in.Ops[i]; op.Kind == interleave.Insert && op.Flags&interleave.OnConflictUpdate == 0 {
			op.Swallowed = true
		}
	}
}

// answers tells whether an except clause returns something on some way, or raises something of its own, before it raises again.
func answers(h *python.ExceptHandler) bool {
	found := false
	for _, s := range h.Body {
		python.Walk(s, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.Return:
				found = true
			case *python.Raise:
				again, _ := n.Exc.(*python.Name)
				found = found || n.Exc != nil && (again == nil || again.ID != h.Name) && !is500(n.Exc)
			}
			return !found
		})
	}
	return found
}

// is500 tells whether a raised HTTPException says "internal server error".
func is500(e python.Expr) bool {
	c, ok := e.(*python.Call)
	if !ok {
		return false
	}
	args := slices.Clone(c.Args)
	for _, k := range c.Keywords {
		if k.Name == "status_code" {
			args = append(args, k.Value)
		}
	}
	for _, a := range args {
		switch a := a.(type) {
		case *python.Constant:
			if a.Raw == "500" {
				return true
			}
		case *python.Attribute:
			if strings.Contains(a.Attr, "500") || a.Attr == "INTERNAL_SERVER_ERROR" {
				return true
			}
		}
	}
	return false
}

// comesBack tells whether an except clause inside a loop lets the loop go round again.
func comesBack(body []python.Stmt) bool {
	if len(body) == 0 {
		return true
	}
	switch body[len(body)-1].(type) {
	case *python.Raise, *python.Return, *python.Break:
		return false
	}
	return true
}

// withItems runs `with` from its i-th item on.
func (in *interp) withItems(f *frame, s *python.With, i int) exits {
	if i == len(s.Items) {
		return in.block(f, s.Body)
	}
	item := s.Items[i]
	v := in.eval(f, item.Context)
	if in.dead {
		return raises
	}
	base, ran := in.Ctx, 0
	bind := func(entered *value) exits {
		if item.Target != nil {
			in.assign(f, item.Target, entered)
		}
		out := in.withItems(f, s, i+1)
		ran = len(in.Ops)
		return out
	}
	out := in.within(f, v, s.Async, bind)
	in.freesOnAnyWay(base, ran)
	return out
}

// freesOnAnyWay makes the release of a lock, as the last of what a statement does, happen on whatever way the statement is left: who returns
// out of its middle gives the lock back as well.
func (in *interp) freesOnAnyWay(base *effects.Ctx, from int) {
	for i := from; i < len(in.Ops); i++ {
		if op := &in.Ops[i]; op.Kind == interleave.Release && op.Ctx == in.Ctx {
			op.Ctx = base
		}
	}
}

// within enters a context manager, runs body with what it gives, and leaves it.
func (in *interp) within(f *frame, v *value, async bool, body func(*value) exits) exits {
	if u := v.Pick(effects.ExtObject, effects.Instance, effects.BoundExt); u != nil {
		v = u
	}
	if g, ok := generatorOf(v); ok {
		out := falls
		ran := false
		in.runGenerator(g, func(y *value) {
			if !ran {
				ran = true
				out = body(y)
			}
		})
		if !ran {
			out = body(effects.Opaque("", v.Deps))
		}
		return out
	}
	if g, ok := groupOf(v); ok && (v.Kind == effects.ExtObject || v.Obj.Class.Method("__aenter__") == nil) {
		g.loops = in.loops
		out := body(v)
		in.groupEnd(g)
		return out
	}
	if v.Kind == effects.ExtObject {
		if t, ok := v.Obj.Extra.(*attempts); ok {
			out := falls
			in.tried(t.again, func() { out = body(v) })
			return out
		}
	}
	if v.Kind == effects.Instance && v.Obj.Class != nil {
		enter, exit := "__enter__", "__exit__"
		if async || v.Obj.Class.Method(enter) == nil {
			enter, exit = "__aenter__", "__aexit__"
		}
		if v.Obj.Class.Method(enter) != nil {
			entered := in.method(f, v, enter, nil, nil, nil)
			if entered == nil || entered.Kind == effects.Unknown && entered.Sym == "" {
				entered = v
			}
			out := body(entered)
			none := []*value{effects.None, effects.None, effects.None}
			in.method(f, v, exit, none, nil, nil)
			return out
		}
	}
	if v.Kind == effects.ExtObject || v.Kind == effects.Instance {
		family := in.family(v)
		if async && family == "connection" {
			in.Suspend(false) // until the pool has one to give, or it is opened
		}
		if entered, ok := in.World.EnterContext(family, v); ok {
			out := body(entered)
			in.World.ExitContext(family, v, out&falls == 0 && out&raises != 0 && out&returns == 0)
			return out
		}
	}
	// contextlib.suppress(IntegrityError) handles what it names.
	if v.Kind == effects.ExtObject && v.Obj.Qual == "contextlib.suppress" {
		catch := &effects.Catch{Up: in.Catch}
		if in.Catch != nil {
			catch.Errors = in.Catch.Errors
		}
		for _, a := range v.Obj.Args {
			catch.Errors |= engineErrors[refName(a)]
		}
		in.Catch = catch
		out := body(effects.None)
		in.Catch = catch.Up
		return out | falls
	}
	if async {
		in.Suspend(false)
	}
	if entered := in.declaredContext(v); entered != nil {
		return body(entered)
	}
	return body(v)
}
