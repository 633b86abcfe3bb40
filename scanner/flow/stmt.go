package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

const kindCheck = interleave.Check

func (in *interp) stmt(f *frame, s python.Stmt) exits {
	old := in.enter(f, s)
	e := in.execute(f, s)
	in.leave(old)
	return e
}

func (in *interp) execute(f *frame, s python.Stmt) exits {
	switch s := s.(type) {
	case *python.ExprStmt:
		if b, ok := s.Value.(*python.BoolOp); ok {
			return in.shortCircuit(f, b.Values, b.Or)
		}
		in.eval(f, s.Value)
	case *python.Assign:
		v := in.eval(f, s.Value)
		for _, t := range s.Targets {
			in.assign(f, t, v)
		}
	case *python.AnnAssign:
		if s.Value != nil {
			in.assign(f, s.Target, in.declaring(f.scope, s.Annotation, in.declaredAs(f.scope, s.Annotation, in.eval(f, s.Value))))
		}
	case *python.AugAssign:
		in.augment(f, s)
	case *python.Return:
		return in.doReturn(f, s)
	case *python.If:
		return in.ifStmt(f, s)
	case *python.For:
		return in.forStmt(f, s)
	case *python.While:
		return in.whileStmt(f, s)
	case *python.With:
		return in.withItems(f, s, 0)
	case *python.Try:
		return in.tryStmt(f, s)
	case *python.Match:
		return in.matchStmt(f, s)
	case *python.Raise:
		return in.doRaise(f, s)
	case *python.Assert:
		v := in.eval(f, s.Test)
		if v.Truth() == "" {
			return in.decide(f, in.check(v), func() exits { return falls }, func() exits { in.raised = []string{"AssertionError", "Exception"}; return raises })
		}
	case *python.Break:
		in.broken = append(in.broken, breakOut{in.Ctx, f.vars.clone()})
		return breaks
	case *python.Continue:
		return continues
	case *python.Delete:
		for _, t := range s.Targets {
			in.deleteTarget(f, t)
		}
	case *python.FunctionDef:
		if fn := in.nested(f, s.Name); fn != nil {
			f.set(s.Name, in.funcValue(fn, f))
		}
	case *python.ClassDef:
		if f.scope.Function != nil && f.scope.Function.NestedClasses[s.Name] != nil {
			c := f.scope.Function.NestedClasses[s.Name]
			f.set(s.Name, &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: c, Qual: c.Qualname}})
		}
	case *python.Import, *python.ImportFrom:
		in.localImport(f, s)
	}
	return falls
}

func (in *interp) nested(f *frame, name string) *program.Function {
	if f.scope.Function == nil {
		return nil
	}
	return f.scope.Function.NestedFuncs[name]
}

func (in *interp) doReturn(f *frame, s *python.Return) exits {
	v := effects.None
	if s.Value != nil {
		v = in.eval(f, s.Value)
	}
	if in.dead {
		return raises
	}
	switch {
	case v.IsNone():
		f.refused = true
	case v.Truth() == "False":
		f.denied = true
	default:
		if f.given == nil {
			f.given = f.ways[:0:1]
		}
		f.given = append(f.given, in.Ctx)
	}
	if f.left == nil {
		f.one, f.left = v, f.ways[1:1]
	} else if f.one != nil {
		f.one = effects.Both(f.one, v)
	}
	v = v.Depending(in.control(f.base))
	f.left = append(f.left, in.Ctx)
	if f.ret == nil {
		f.ret = v
	} else {
		f.ret = effects.Join(f.ret, v)
	}
	return returns
}

func (in *interp) doRaise(f *frame, s *python.Raise) exits {
	if s.Exc != nil {
		v := in.eval(f, s.Exc)
		in.dead = false
		in.raised = in.excNames(v)
	} else {
		in.raised = []string{"Exception"}
	}
	return raises
}

// excNames returns the names of an exception's class and its bases.
func (in *interp) excNames(v *value) []string {
	names := make([]string, 0, 4)
	ref := *v.Ref()
	switch {
	case v.Obj != nil && v.Obj.Class != nil:
		ref = program.Ref{Kind: program.ToClass, Class: v.Obj.Class}
	case v.Obj != nil && v.Obj.Qual != "":
		names = append(names, effects.Last(v.Obj.Qual))
		switch {
		case saysOneOf(v.Obj, "403", "1008"):
			names = append(names, effects.Forbidden)
		case saysOneOf(v.Obj, "429"):
			names = append(names, effects.TooMany)
		}
	}
	if ref.Class != nil {
		names = append(names, in.codesOf(ref.Class)...)
		for _, c := range ref.Class.MRO() {
			names = append(names, c.Name)
			for _, b := range c.Bases {
				if b.Class == nil && b.Qual != "" {
					names = append(names, effects.Last(b.Qual))
				}
			}
		}
	} else if ref.Qual != "" {
		names = append(names, effects.Last(ref.Qual))
	}
	return append(names, "Exception")
}

// saysOneOf tells whether an exception of the framework answers with one of some codes.
func saysOneOf(o *effects.Object, codes ...string) bool {
	code := o.Kw["status_code"]
	if code == nil {
		code = o.Kw["code"]
	}
	if code == nil && len(o.Args) > 0 {
		code = o.Args[0]
	}
	return code != nil && slices.ContainsFunc(codes, func(c string) bool { return strings.Contains(code.Sym, c) })
}

func (in *interp) ifStmt(f *frame, s *python.If) exits {
	v := in.truth(in.eval(f, s.Test))
	if in.dead {
		return raises
	}
	switch v.Truth() {
	case "True":
		return in.block(f, s.Body)
	case "False":
		return in.block(f, s.Else)
	}
	check, then := in.check(v), func() exits { in.narrow(f, v, true); return in.refusing(f, s.Body) }
	if len(s.Else) == 0 {
		return in.decideOn(f, check, v, then, nil)
	}
	return in.decide(f, check, then, func() exits { in.narrow(f, v, false); return in.refusing(f, s.Else) })
}

// shortCircuit runs `test and act()` or `test or act()`, of which nobody takes the value: what stands behind the test is done where it holds,
// or where it does not.
func (in *interp) shortCircuit(f *frame, operands []python.Expr, or bool) exits {
	v := in.eval(f, operands[0])
	if in.dead || len(operands) == 1 {
		return falls
	}
	rest := func() exits { return in.shortCircuit(f, operands[1:], or) }
	stop := func() exits { return falls }
	switch {
	case or && v.Truth() == "True" || !or && v.Truth() == "False":
		return falls
	case v.Truth() != "":
		return rest()
	case or:
		return in.decide(f, in.check(v), stop, rest)
	}
	return in.decide(f, in.check(v), rest, stop)
}

// refusing runs an arm of a branch, and notes of one that gives nothing where the function gives something that what it does is no more
// than clearing up: `if expired: delete(token); return None`.
func (in *interp) refusing(f *frame, arm []python.Stmt) exits {
	from := len(in.Ops)
	e := in.block(f, arm)
	if e == returns && in.Muted == 0 {
		last, ok := arm[len(arm)-1].(*python.Return)
		in.refuse(from, ok && isNothing(last.Value) && f.scope.Function != nil && givesSomething(f.scope.Function))
	}
	return e
}

// isNothing tells whether what is returned is None or False, or nothing at all.
func isNothing(e python.Expr) bool {
	if e == nil {
		return true
	}
	c, ok := e.(*python.Constant)
	return ok && (c.Kind == python.ConstNone || c.Kind == python.ConstFalse)
}

// givesSomething tells whether a function returns something else than None and False on one of its ways.
func givesSomething(fn *program.Function) bool {
	if fn.Def == nil || fn.Generator {
		return false
	}
	return fn.AnyReturn(func(r *python.Return) bool { return !isNothing(r.Value) })
}

// narrow drops None from the alternatives of a tested variable on the arm where it cannot be None, and notes of a variable of which
// constants it is one, or which object it is.
func (in *interp) narrow(f *frame, test *value, holds bool) {
	if test.Pred == nil || test.Pred.Or == holds && len(test.Pred.Uses) > 1 {
		return
	}
	for _, u := range test.Pred.Uses {
		if names := oneOf(u, holds); len(names) > 0 {
			known := *u.Left
			known.SetAmong(names)
			f.replace(u.Left, &known)
			continue
		}
		if same := equalThing(u, holds); same != nil {
			f.replace(u.Left, same.Depending(u.Left.Deps))
			continue
		}
		if u.Left == nil || u.Left.Kind != effects.Union {
			continue
		}
		present := u.Op == "exists" || u.Op == "true" || u.Op == "!=" && u.Right.IsNone()
		if u.Op == "not exists" || u.Op == "=" && u.Right.IsNone() || u.Op == "false" {
			present = false
		} else if !present {
			continue
		}
		if present != holds {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(u.Left.Items), func(v *value) bool { return v.IsNone() })
		if len(rest) == 0 || len(rest) == len(u.Left.Items) {
			continue
		}
		repl := rest[0]
		for _, r := range rest[1:] {
			repl = effects.Join(repl, r)
		}
		f.replace(u.Left, repl.Depending(u.Left.Deps))
	}
}

// equalThing is the object that something of which nothing is known turned out to be: of all that lies in a pool, the one that was asked for.
func equalThing(u effects.PredUse, holds bool) *value {
	asks := "="
	if !holds {
		asks = "!="
	}
	if u.Op != asks || u.Left == nil || u.Right == nil || u.Left.Kind != effects.Unknown || u.Right.Kind != effects.Instance && u.Right.Kind != effects.ExtObject {
		return nil
	}
	return u.Right
}

// oneOf returns the constants of which one is what a comparison asks about, where it holds, or fails; nil for other comparisons.
func oneOf(u effects.PredUse, holds bool) []*value {
	asks := "in"
	if !holds {
		asks = "not in"
	}
	if u.Op != asks || u.Left == nil || u.Right == nil || u.Right.Kind != effects.Sequence || u.Right.Elem != nil || slices.ContainsFunc(u.Right.Items, func(v *value) bool { return v.Kind != effects.Const }) {
		return nil
	}
	return u.Right.Items
}

// replace gives the variables that hold a value another one.
func (f *frame) replace(old, repl *value) {
	for i := range f.vars.list {
		if f.vars.list[i].value == old {
			f.own()
			f.vars.list[i].value = repl
		}
	}
}

func (in *interp) forStmt(f *frame, s *python.For) exits {
	left := in.broken
	defer func() { in.broken = left }()
	it := in.eval(f, s.Iter)
	if in.dead {
		return raises
	}
	if s.Async {
		in.Suspend(strings.HasSuffix(it.Sym, ".stream()")) // the body of the request comes as fast as the client sends it
	}
	// A short display of constants is unrolled: `for model in (A, B)`.
	if it.Kind == effects.Sequence && it.Elem == nil && len(it.Items) > 0 && len(it.Items) <= 12 {
		in.broken = nil
		out := falls
		for _, item := range it.Items {
			out = in.loopBody(f, s.Target, item, s.Body) | out&^falls
			if out&falls == 0 {
				break
			}
		}
		if out&falls != 0 {
			out = out&^falls | in.block(f, s.Else)
		}
		return in.brokenOut(f, out)
	}
	f.own()
	before := f.vars
	if s.Async && in.listens(it) {
		in.Endless++
		defer func() { in.Endless-- }()
		in.Suspend(true)
	}
	in.broken = nil
	base := in.Ctx
	e := in.eachOf(f, s, it)
	endless := in.endless(f, s.Iter)
	if endless && len(in.broken) == 1 {
		in.reachedBy(in.broken[0].ctx, base) // it counts for ever: only this break leads out of the loop
	}
	if e&falls == 0 { // zero rounds are possible
		f.vars, f.lent = before, false
	}
	e2 := in.block(f, s.Else)
	if e2&falls == 0 && !endless && len(in.broken) == 1 {
		in.reachedBy(in.broken[0].ctx, base) // whoever finds none leaves in the else
	}
	return e&^falls | in.brokenOut(f, e2)
}

// endless tells whether an iterator never ends.
func (in *interp) endless(f *frame, iter python.Expr) bool {
	c, ok := iter.(*python.Call)
	return ok && in.prog.Resolve(f.scope, c.Func).Qual == "itertools.count"
}

// loopBody runs a loop's body once. What a break or continue decides does not reach past the loop.
func (in *interp) loopBody(f *frame, target python.Expr, item *value, body []python.Stmt) exits {
	base := in.Ctx
	if target != nil {
		in.assign(f, target, item)
	}
	in.loops++
	e := in.block(f, body)
	in.loops--
	in.keepReaching(base, func(c *effects.Ctx) bool { return c.Leaves > effects.LeavesLoop })
	if e&(breaks|continues) != 0 {
		e |= falls
	}
	return e &^ (breaks | continues)
}

// listens tells whether an asynchronous loop runs over what a client or a channel sends.
func (in *interp) listens(it *value) bool {
	for _, name := range [...]string{".iter_text", ".iter_json", ".iter_bytes", ".listen(", ".subscribe("} {
		if strings.Contains(it.Sym, name) {
			return true
		}
	}
	return false
}

func (in *interp) whileStmt(f *frame, s *python.While) exits {
	v := in.eval(f, s.Test)
	if in.dead {
		return raises
	}
	in.Endless++
	defer func() { in.Endless-- }()
	if v.Truth() == "True" {
		left := in.broken
		in.broken = nil
		base := in.Ctx
		e := in.loopBody(f, nil, nil, s.Body)
		if len(in.broken) == 1 {
			in.reachedBy(in.broken[0].ctx, base) // only this break leads out of the loop
		}
		e = in.brokenOut(f, e)
		in.broken = left
		return e
	}
	check := in.check(v)
	left := in.broken
	in.broken = nil
	e := in.decide(f, check, func() exits {
		e := in.loopBody(f, nil, nil, s.Body)
		if len(in.broken) == 0 && in.looksForName(check) {
			e &^= falls // the first name is as good as the ones it would try next: go on with the one that was tested
		}
		return e
	}, func() exits { return in.block(f, s.Else) })
	if check >= 0 && len(in.broken) == 0 && in.claims(check) {
		in.Ctx = in.under(check, 0, effects.Raises, nil) // the loop goes on as long as the test holds
	}
	e = in.brokenOut(f, e|falls)
	in.broken = left
	return e
}

// looksForName tells whether a decision asks whether there is a file of a name, a key, or a row of one that the client brings: a code that is
// drawn by lot is not drawn twice.
func (in *interp) looksForName(check int) bool {
	return check >= 0 && slices.ContainsFunc(in.Ops[check].From, func(op int) bool {
		o := &in.Ops[op]
		switch {
		case o.Kind != interleave.Read:
			return false
		case o.Res.Store == interleave.File:
			return o.Res.Aggregate == interleave.Exists
		case o.Res.Store == interleave.KeyValue:
			return o.Res.Key != "" && in.asksPresence(check, op)
		}
		return o.Res.Store == interleave.Table && in.asksPresence(check, op) &&
			slices.ContainsFunc(o.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && mentions(in.inputs, c.Value) })
	})
}

// asksPresence tells whether all that a decision asks is whether a read has found something.
func (in *interp) asksPresence(check, read int) bool {
	p := in.Ops[check].Pred
	return p != nil && len(p.Uses) == 1 && p.Uses[0].Left != nil && int(p.Uses[0].Left.Src)-1 == read && (p.Uses[0].Op == "true" || p.Uses[0].Op == "exists")
}

// claims tells whether a decision looks at what a write or a lock answered, and at nothing that was read since.
func (in *interp) claims(check int) bool {
	from := in.Ops[check].From
	if len(from) == 0 {
		return false
	}
	switch in.Ops[slices.Max(from)].Kind {
	case interleave.Insert, interleave.Update, interleave.Delete, interleave.Acquire:
		return true
	}
	return false
}

func (in *interp) matchStmt(f *frame, s *python.Match) exits {
	subject := in.eval(f, s.Subject)
	if in.dead {
		return raises
	}
	return in.cases(f, subject, s.Cases)
}

func (in *interp) cases(f *frame, subject *value, cases []*python.MatchCase) exits {
	if len(cases) == 0 {
		return falls
	}
	c := cases[0]
	old := in.enter(f, c.Pattern) // the decision stands at its case
	pred := in.pattern(f, subject, c.Pattern)
	in.leave(old)
	if c.Guard != nil {
		pred = both(pred, in.eval(f, c.Guard))
	}
	run := func() exits { return in.block(f, c.Body) }
	switch pred.Truth() {
	case "True":
		if c.Guard == nil {
			return run()
		}
	case "False":
		return in.cases(f, subject, cases[1:])
	}
	old = in.enter(f, c.Pattern)
	check := in.check(pred)
	in.leave(old)
	return in.decide(f, check, run, func() exits { return in.cases(f, subject, cases[1:]) })
}

// pattern binds the names of a pattern and returns the condition under which it matches.
func (in *interp) pattern(f *frame, subject *value, p python.Pattern) *value {
	unknown := &value{Deps: subject.AllDeps(), Pred: &effects.Pred{Uses: []effects.PredUse{{Left: subject, Op: "?"}}}}
	switch p := p.(type) {
	case *python.MatchValue:
		return in.compare(subject, "=", in.eval(f, p.Value))
	case *python.MatchSingleton:
		return in.compare(subject, "=", in.eval(f, p.Value))
	case *python.MatchAs:
		out := effects.Bool(true)
		if p.Pattern != nil {
			out = in.pattern(f, subject, p.Pattern)
		}
		if p.Name != "" {
			f.set(p.Name, subject)
		}
		return out
	case *python.MatchOr:
		out := &value{Pred: &effects.Pred{Or: true}}
		for _, q := range p.Patterns {
			v := in.pattern(f, subject, q)
			out.Deps = out.Deps.With(v.AllDeps())
			if v.Pred != nil {
				out.Pred.Uses = append(out.Pred.Uses, leaves(v, v.Pred.Or)...)
			}
		}
		return out
	case *python.MatchClass:
		if subject.Pick(effects.Entity) != nil {
			unknown.Pred.Uses[0].Op = "exists"
		}
		for i, name := range p.KwdAttrs {
			unknown = both(unknown, in.pattern(f, in.attribute(f, subject, name, p.Cls), p.KwdPatterns[i]))
		}
		for _, q := range p.Patterns {
			in.pattern(f, effects.Opaque("", subject.Deps), q)
		}
	case *python.MatchSequence:
		for i, q := range p.Patterns {
			unknown = both(unknown, in.pattern(f, in.item(subject, i), q))
		}
	case *python.MatchMapping:
		for i, q := range p.Patterns {
			unknown = both(unknown, in.pattern(f, in.subscripted(f, subject, in.eval(f, p.Keys[i]), p.Keys[i]), q))
		}
	case *python.MatchStar:
		if p.Name != "" {
			f.set(p.Name, effects.Opaque("", subject.Deps))
		}
	}
	return unknown
}

// both is the condition that two conditions hold, of a pattern, its parts and its guard.
func both(a, b *value) *value {
	switch {
	case b.Truth() == "True" || a.Truth() == "False":
		return a
	case a.Truth() == "True" || b.Truth() == "False":
		return b
	}
	out := &value{Deps: a.AllDeps().With(b.AllDeps()), Pred: &effects.Pred{}}
	for _, v := range [...]*value{a, b} {
		switch {
		case v.Pred == nil:
			out.Pred.Uses = append(out.Pred.Uses, effects.PredUse{Left: v, Op: "true"})
		default:
			out.Pred.Uses = append(out.Pred.Uses, leaves(v, false)...)
		}
	}
	return out
}

func (in *interp) deleteTarget(f *frame, t python.Expr) {
	switch t := t.(type) {
	case *python.Subscript:
		recv := in.eval(f, t.Value)
		key := in.eval(f, t.Slice)
		in.method(f, recv, "__delitem__", []*value{key}, nil, nil)
	case *python.Attribute:
		in.eval(f, t.Value)
	case *python.Name:
		f.own()
		f.vars.drop(t.ID)
	}
}

func (in *interp) localImport(f *frame, s python.Stmt) {
	bind := func(name string, imp *program.Import) {
		b := &program.Binding{Name: name, Import: imp, Element: -1}
		f.set(name, in.refValue(in.prog.Follow(f.scope.Module, b)))
	}
	switch s := s.(type) {
	case *python.Import:
		for _, a := range s.Names {
			if a.AsName != "" {
				bind(a.AsName, &program.Import{Module: a.Name})
			} else {
				bind(effects.Root(a.Name), &program.Import{Module: effects.Root(a.Name)})
			}
		}
	case *python.ImportFrom:
		mod := in.prog.Absolute(f.scope.Module, s.Module, s.Level)
		for _, a := range s.Names {
			name := a.AsName
			if name == "" {
				name = a.Name
			}
			if a.Name != "*" {
				bind(name, &program.Import{Module: mod, Name: a.Name})
			}
		}
	}
}
