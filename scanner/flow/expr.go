package flow

import (
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// eval runs an expression and returns its value, never nil.
func (in *interp) eval(f *frame, e python.Expr) *value {
	in.steps++
	if v := in.expr(f, e); v != nil {
		return v
	}
	return effects.Opaque("", nil)
}

func (in *interp) expr(f *frame, e python.Expr) *value {
	switch e := e.(type) {
	case *python.Constant:
		return in.constant(e)
	case *python.Name:
		return in.name(f, e)
	case *python.Attribute:
		old := in.enter(f, e)
		recv := in.eval(f, e.Value)
		in.bound = nil
		steps := in.steps
		v := in.attribute(f, recv, e.Attr, e)
		if in.steps != steps {
			in.bound = nil // code ran, and may have kept it
		}
		in.leave(old)
		return v
	case *python.Call:
		old := in.enter(f, e)
		v := in.callExpr(f, e, false)
		in.leave(old)
		return v
	case *python.Await:
		return in.await(f, e)
	case *python.BoolOp:
		return in.boolOp(f, e)
	case *python.Compare:
		return in.comparison(f, e)
	case *python.UnaryOp:
		v := in.eval(f, e.Operand)
		if e.Op == python.Not {
			return negate(v)
		}
		if e.Op == python.Invert && (v.Kind == effects.Expr || v.Kind == effects.Column) {
			return effects.NotSQL(v)
		}
		if v.Kind == effects.Const && e.Op == python.USub {
			return &value{Kind: effects.Const, Sym: "-" + v.Sym}
		}
		return effects.Opaque("-"+v.Sym, v.AllDeps())
	case *python.BinOp:
		return in.binary(in.eval(f, e.Left), e.Op, in.eval(f, e.Right))
	case *python.NamedExpr:
		v := in.eval(f, e.Value)
		in.assignName(f, e.Target.ID, v)
		return v
	case *python.IfExp:
		return in.ifExp(f, e)
	case *python.Tuple:
		return in.sequence(f, e.Elts)
	case *python.List:
		return in.mutableDisplay(in.sequence(f, e.Elts), "builtins.list")
	case *python.Set:
		return in.mutableDisplay(in.sequence(f, e.Elts), "builtins.set")
	case *python.Dict:
		return in.dict(f, e)
	case *python.Subscript:
		old := in.enter(f, e)
		v := in.subscript(f, e)
		in.leave(old)
		return v
	case *python.JoinedStr:
		return in.joined(f, e)
	case *python.FormattedValue:
		return in.eval(f, e.Value)
	case *python.Lambda:
		return in.lambda(f, e)
	case *python.Comp:
		return in.comprehension(f, e)
	case *python.Starred:
		return in.starred(in.eval(f, e.Value))
	case *python.Yield:
		return in.yield(f, e.Value)
	case *python.YieldFrom:
		v := in.eval(f, e.Value)
		return in.yieldValue(in.element(v))
	case *python.Slice:
		return effects.Opaque("slice", nil)
	}
	return nil
}

// starred is `*v` in a display or call: the items of v, and Elem for more of them whose number is not known.
func (in *interp) starred(v *value) *value {
	out := &value{Kind: effects.Sequence, Deps: v.AllDeps(), Items: v.Items}
	if v.Kind != effects.Sequence || v.Elem != nil {
		out.Elem = in.element(v)
	}
	return out
}

func constant(c *python.Constant) *value {
	switch c.Kind {
	case python.ConstStr:
		if s, ok := c.Str(); ok {
			return effects.Text(s)
		}
	case python.ConstNone:
		return effects.None
	case python.ConstTrue:
		return effects.Bool(true)
	case python.ConstFalse:
		return effects.Bool(false)
	case python.ConstInt, python.ConstFloat:
		return &value{Kind: effects.Const, Sym: strings.ReplaceAll(c.Raw, "_", "")}
	}
	return effects.Opaque("", nil)
}

func (in *interp) name(f *frame, e *python.Name) *value {
	name := e.ID
	for fr := f; fr != nil; fr = fr.up {
		if i := fr.vars.index(name); i >= 0 {
			v := fr.vars.list[i].value
			if fr.cell != "" && rebinds(f, fr, name) {
				return in.readCell(fr.cell+"."+name, "", v)
			}
			return v
		}
	}
	if f.scope.Function != nil {
		for fn := f.scope.Function; fn != nil; fn = fn.Outer {
			if nf := fn.NestedFuncs[name]; nf != nil {
				return in.funcValue(nf, f)
			}
		}
	}
	key := namedIn{e, f.scope.Function}
	if v := in.learned.names[key]; v != nil {
		return in.known(v)
	}
	r := in.prog.Lookup(f.scope, name)
	v := in.refValue(r)
	switch r.Kind {
	case program.ToClass, program.ToModule, program.ToExternal:
		in.learned.names[key] = v
	}
	return v
}

// rebinds tells whether the running function, or one around it inside the frame, declares the name nonlocal.
func rebinds(f, holder *frame, name string) bool {
	for fr := f; fr != nil && fr != holder; fr = fr.up {
		if fn := fr.scope.Function; fn != nil && fn.Nonlocals[name] {
			return true
		}
	}
	return false
}

// refValue turns what a name refers to into a value.
func (in *interp) refValue(r program.Ref) *value {
	in.prog.looks.ref(&r)
	switch r.Kind {
	case program.ToClass:
		return &value{Kind: effects.ClassRef, To: &r, Sym: r.Class.Name}
	case program.ToFunction:
		return in.funcValue(r.Function, nil)
	case program.ToModule:
		return &value{Kind: effects.ModuleRef, To: &r}
	case program.ToExternal:
		return &value{Kind: effects.ExtRef, To: &r, Sym: effects.Last(r.Qual)}
	case program.ToValue:
		return in.global(r)
	}
	return effects.Opaque("", nil)
}

func (in *interp) await(f *frame, e *python.Await) *value {
	if c, ok := e.Value.(*python.Call); ok {
		old := in.enter(f, c)
		v := in.callExpr(f, c, true)
		in.leave(old)
		return v
	}
	v := effects.AwaitRecords(in.World, in.eval(f, e.Value))
	if r, ok := in.finish(v); ok {
		return r
	}
	in.Suspend(true)
	return v
}

func negate(v *value) *value {
	switch v.Truth() {
	case "True":
		return effects.Bool(false)
	case "False":
		return effects.Bool(true)
	}
	out := &value{Sym: "not " + v.Sym, Deps: v.AllDeps(), Pred: &effects.Pred{}}
	if v.Pred == nil {
		out.Deps = v.PresenceDeps(true)
		out.Pred.Uses = []effects.PredUse{{Left: v, Op: "false"}}
		return out
	}
	out.Pred.Or = !v.Pred.Or && len(v.Pred.Uses) > 1
	for _, u := range v.Pred.Uses {
		u.Op, u.Of = effects.Opposite(u.Op), u.Of.Opposite()
		out.Pred.Uses = append(out.Pred.Uses, u)
	}
	return out
}

func (in *interp) boolOp(f *frame, e *python.BoolOp) *value {
	out := &value{Pred: &effects.Pred{Or: e.Or}}
	var last *value
	decides := false // a condition is among the operands: what counts is whether it holds, not which value comes out
	for i := range e.Values {
		v := in.operand(f, e, i, last)
		t := v.Truth()
		if e.Or && t == "True" || !e.Or && t == "False" {
			if i == 0 {
				return v
			}
			if !e.Or { // and: certainly false at the end, but what came before decides too
				return v
			}
			last = v
			out.Deps = out.Deps.With(v.AllDeps())
			break
		}
		if t != "" && i < len(e.Values)-1 {
			continue
		}
		out.Deps = out.Deps.With(v.AllDeps())
		if v.Pred != nil {
			decides = true
			out.Pred.Uses = append(out.Pred.Uses, v.Pred.Leaves(e.Or)...)
		} else if t == "" {
			out.Pred.Uses = append(out.Pred.Uses, effects.PredUse{Left: v, Op: "true"})
		}
		if e.Or {
			last = effects.Join(last, v)
		} else {
			last = v
		}
	}
	if len(out.Pred.Uses) == 0 && last != nil {
		return last
	}
	if last != nil && (len(out.Pred.Uses) == 1 || e.Or && !decides && last.Kind != effects.Unknown) {
		return last.Depending(out.Deps)
	}
	return out
}

// operand evaluates one operand of `a or b`, `a and b`. What stands behind a thing that was looked for is done only where it was not found:
// `find(name) or create(name)`. Behind a condition it is one more condition.
func (in *interp) operand(f *frame, e *python.BoolOp, i int, first *value) *value {
	x := e.Values[i]
	if !e.Or || i != 1 || !in.found(first) || !calls(x) {
		return in.eval(f, x)
	}
	n := len(in.Ops)
	check := in.check(first)
	if check < 0 {
		return in.eval(f, x)
	}
	var v *value
	in.decide(f, check, func() exits { return falls }, func() exits { v = in.eval(f, x); return falls })
	if len(in.Ops) == n+1 {
		in.Ops = in.Ops[:n] // it did nothing
	}
	return v
}

// found tells whether a value is a row or document that was looked for.
func (in *interp) found(v *value) bool {
	if v == nil || v.Pred != nil || len(v.AllDeps()) == 0 {
		return false
	}
	if v.Pick(effects.Entity) != nil {
		return true
	}
	i := int(v.Src) - 1
	return i >= 0 && i < len(in.Ops) && v.SrcCol == "" && in.Ops[i].Kind == interleave.Read && in.Ops[i].Res.Aggregate == interleave.Rows &&
		(in.Ops[i].Res.Store == interleave.Table || in.Ops[i].Res.Store == interleave.KeyValue)
}

// calls tells whether an expression calls something.
func calls(x python.Expr) bool {
	found := false
	python.Walk(x, func(n python.Node) bool {
		_, call := n.(*python.Call)
		found = found || call
		return !found
	})
	return found
}

var cmpOps = map[python.CmpOperator]string{
	python.Eq: "=", python.NotEq: "!=", python.Lt: "<", python.LtE: "<=", python.Gt: ">", python.GtE: ">=",
	python.Is: "=", python.IsNot: "!=", python.In: "in", python.NotIn: "not in",
}

func (in *interp) comparison(f *frame, e *python.Compare) *value {
	left := in.eval(f, e.Left)
	var out *value
	for i, op := range e.Ops {
		right := in.eval(f, e.Comparators[i])
		var v *value
		if identity := op == python.Is || op == python.IsNot; identity && right.IsNone() && left.Kind == effects.Column {
			v = effects.Bool(op == python.IsNot) // is asks for the object, which a model's column is, and makes no condition
		} else {
			v = in.compare(left, cmpOps[op], right)
		}
		if out == nil {
			out = v
		} else {
			both := &value{Deps: out.AllDeps().With(v.AllDeps()), Pred: &effects.Pred{}}
			for _, p := range []*value{out, v} {
				if p.Pred != nil {
					both.Pred.Uses = append(both.Pred.Uses, p.Pred.Uses...)
				}
			}
			out = both
		}
		left = right
	}
	return out
}

// whoRuns tells whether a value names the thread, task or process that runs. `_owner is threading.current_thread()` asks nothing of
// what is kept that anybody else could change: who has put himself there finds himself there, and nobody else can put him there.
func whoRuns(v *value) bool {
	switch v.Sym {
	case "current_thread()", "get_ident()", "get_native_id()", "current_task()", "get_current_task()", "getpid()":
		return v.Src == 0
	}
	return false
}

// compare returns the truth of `left op right`, or the condition in a statement when a column is compared.
func (in *interp) compare(left *value, op string, right *value) *value {
	if left.Kind == effects.Column || left.Kind == effects.Expr || right.Kind == effects.Column || right.Kind == effects.Expr && right.Col != nil {
		return effects.CompareSQL(left, op, right)
	}
	if v := in.dialect(left, op, right); v != nil {
		return v
	}
	if whoRuns(left) || whoRuns(right) {
		return effects.Opaque("whether it is who runs", nil)
	}
	if op == "in" || op == "not in" {
		if v := in.membership(left, op, right); v != nil {
			return v
		}
	}
	if left.Kind == effects.Const && right.Kind == effects.Const {
		switch op {
		case "=":
			return effects.Bool(left.Sym == right.Sym)
		case "!=":
			return effects.Bool(left.Sym != right.Sym)
		}
		if a, err := strconv.ParseFloat(left.Sym, 64); err == nil {
			if b, err := strconv.ParseFloat(right.Sym, 64); err == nil {
				switch op {
				case "<":
					return effects.Bool(a < b)
				case "<=":
					return effects.Bool(a <= b)
				case ">":
					return effects.Bool(a > b)
				case ">=":
					return effects.Bool(a >= b)
				}
			}
		}
	}
	if (op == "=" || op == "!=") && (in.foundBy(left, right) || in.foundBy(right, left)) {
		return effects.Bool(op == "=")
	}
	if right.IsNone() && (op == "=" || op == "!=") {
		switch left.Kind {
		case effects.ClassRef, effects.FuncRef, effects.ModuleRef, effects.ExtRef, effects.Statement, effects.Sequence, effects.Mapping:
			if left.Src == 0 {
				return effects.Bool(op == "!=")
			}
		case effects.Instance, effects.ExtObject:
			if left.Obj.Extra != effects.Maybe && !left.OrNone() {
				return effects.Bool(op == "!=")
			}
		}
		kind := "not exists"
		if op == "!=" {
			kind = "exists"
		}
		return &value{Deps: left.PresenceDeps(false), Sym: left.Sym + " " + kind, Pred: &effects.Pred{Uses: []effects.PredUse{{Left: left, Op: kind, Right: right}}}}
	}
	return &value{
		Sym:  left.Sym + op + right.Sym,
		Deps: left.AllDeps().With(right.AllDeps()),
		Pred: &effects.Pred{Uses: []effects.PredUse{{Left: left, Op: op, Right: right}}},
	}
}

func (in *interp) membership(left *value, op string, right *value) *value {
	if right.Kind == effects.ExtObject && right.Obj != nil {
		if v := in.method(nil, right, "__contains__", []*value{left}, nil, nil); v != nil && len(v.Deps) > 0 {
			v = &value{Deps: v.Deps.With(left.AllDeps()), Sym: v.Sym, Pred: &effects.Pred{Uses: []effects.PredUse{{Left: v, Op: "exists"}}}}
			if op == "not in" {
				return negate(v)
			}
			return v
		}
	}
	if right.Kind == effects.Sequence && right.Elem == nil && left.Kind == effects.Const {
		all := true
		for _, it := range right.Items {
			if it.Kind != effects.Const {
				all = false
			} else if it.Sym == left.Sym {
				return effects.Bool(op == "in")
			}
		}
		if all {
			return effects.Bool(op != "in")
		}
	}
	return nil
}

func (in *interp) ifExp(f *frame, e *python.IfExp) *value {
	t := in.eval(f, e.Test)
	switch t.Truth() {
	case "True":
		return in.eval(f, e.Body)
	case "False":
		return in.eval(f, e.Else)
	}
	var a, b *value
	check := in.check(t)
	in.decide(f, check, func() exits { a = in.eval(f, e.Body); return falls }, func() exits { b = in.eval(f, e.Else); return falls })
	v := effects.Join(a, b).Depending(t.AllDeps())
	if a != nil && b != nil && a.IsNone() != b.IsNone() && v.NoneOrThere(false) { // as_order(row) if row.state == "open" else None
		at, c := &effects.Ctx{Up: in.Ctx, Check: check}, *v
		if b.IsNone() {
			at.Arm = 1
		}
		c.SetWay(&effects.Way{At: at, Base: in.Ctx, OrNone: true})
		v = &c
	}
	return v
}

func (in *interp) sequence(f *frame, elts []python.Expr) *value {
	out := &value{Kind: effects.Sequence}
	for _, e := range elts {
		v := in.eval(f, e)
		if _, ok := e.(*python.Starred); ok {
			out.Items = append(out.Items, v.Items...)
			out.Elem = effects.Join(out.Elem, v.Elem)
			out.Deps = out.Deps.With(v.Deps)
			continue
		}
		out.Items = append(out.Items, v)
	}
	if len(out.Items) > 64 {
		out.Items = out.Items[:64]
	}
	return out
}

// mutableDisplay keeps a display as it is; a module-level one becomes a shared container when it is bound to its name.
func (in *interp) mutableDisplay(v *value, qual string) *value {
	v.Name = qual
	return v
}

func (in *interp) dict(f *frame, e *python.Dict) *value {
	out := &value{Kind: effects.Mapping, Name: "builtins.dict"}
	for i, k := range e.Keys {
		if k == nil {
			v := in.eval(f, e.Values[i])
			if v.Kind == effects.Mapping {
				out.Pairs = append(out.Pairs, v.Pairs...)
			} else {
				out.Pairs = append(out.Pairs, effects.Pair{Value: v})
			}
			continue
		}
		out.Pairs = append(out.Pairs, effects.Pair{Key: in.eval(f, k), Value: in.eval(f, e.Values[i])})
	}
	return out
}

func (in *interp) joined(f *frame, e *python.JoinedStr) *value {
	parts := make([]*value, 0, len(e.Values))
	for _, p := range e.Values {
		parts = append(parts, in.eval(f, p))
	}
	return template(parts...)
}

var binOps = map[python.Operator]string{
	python.Add: "+", python.Sub: "-", python.Mult: "*", python.MatMult: "@", python.Div: "/", python.Mod: "%", python.Pow: "**",
	python.LShift: "<<", python.RShift: ">>", python.BitOr: "|", python.BitXor: "^", python.BitAnd: "&", python.FloorDiv: "//",
}

func (in *interp) binary(l *value, op python.Operator, r *value) *value {
	if l.Kind == effects.Column || l.Kind == effects.Expr || r.Kind == effects.Column || r.Kind == effects.Expr {
		return effects.BinarySQL(l, binOps[op], r)
	}
	if op == python.Div && l.Obj != nil || op == python.Div && l.Kind == effects.ExtObject {
		if v := in.method(nil, l, "__truediv__", []*value{r}, nil, nil); v != nil && v.Kind == effects.ExtObject {
			return v
		}
	}
	if op == python.Div {
		if v := effects.PathBelow(in.World, l, r); v != nil {
			return v
		}
	}
	if v := concatenated(l, op, r); v != nil {
		return v
	}
	if op == python.Add {
		if l.Kind == effects.Sequence && r.Kind == effects.Sequence {
			return &value{Kind: effects.Sequence, Items: append(append([]*value{}, l.Items...), r.Items...), Elem: effects.Join(l.Elem, r.Elem), Deps: l.Deps.With(r.Deps)}
		}
	}
	if op == python.BitOr && l.Kind == effects.Mapping && r.Kind == effects.Mapping {
		return &value{Kind: effects.Mapping, Pairs: append(append([]effects.Pair{}, l.Pairs...), r.Pairs...), Deps: l.Deps.With(r.Deps)}
	}
	if op == python.Add && r.Kind == effects.Const {
		if highest := effects.Highest(in.World, l); highest != nil {
			l = highest
		}
	}
	v := effects.Opaque("("+l.Sym+binOps[op]+r.Sym+")", l.AllDeps().With(r.AllDeps()))
	if (op == python.Add || op == python.Sub) && r.Kind == effects.Const && r.Sym == "1" && l.Src != 0 {
		v.SetStep(l.SrcCol)
	}
	return v
}

func (in *interp) lambda(f *frame, e *python.Lambda) *value {
	fn := in.prog.LambdaOf(f.scope, e)
	v := &value{Kind: effects.FuncRef, To: &program.Ref{Kind: program.ToFunction, Function: fn}}
	v.SetEnv(f)
	return v
}

func (in *interp) comprehension(f *frame, e *python.Comp) *value {
	old, lent := f.vars, f.lent
	f.lent = true
	var deps effects.Deps
	known := true
	var items []*value
	var filter *effects.Pred
	for i, g := range e.Generators {
		it := in.eval(f, g.Iter)
		deps = deps.With(it.AllDeps())
		if g.Async {
			in.Suspend(false)
		}
		// A comprehension over a known display keeps its items. One that only leaves out what was not given keeps the others.
		if i == 0 && len(e.Generators) == 1 && len(g.Ifs) <= 1 && it.Elem == nil && len(it.Items) > 0 && len(it.Items) <= 16 && it.Kind == effects.Sequence {
			given := ""
			if len(g.Ifs) == 1 {
				given = asksWhetherGiven(g.Ifs[0])
			}
			if len(g.Ifs) == 0 || given != "" {
				for _, x := range it.Items {
					in.assign(f, g.Target, x)
					if given == "" || f.vars.get(given) == nil || !f.vars.get(given).IsNone() {
						items = append(items, in.compElt(f, e))
					}
				}
				continue
			}
		}
		known = false
		in.assign(f, g.Target, in.element(it))
		for _, cond := range g.Ifs {
			c := in.eval(f, cond)
			deps = deps.With(c.AllDeps())
			if len(e.Generators) == 1 && len(g.Ifs) == 1 {
				filter = c.Pred
			}
		}
	}
	var out *value
	if known && len(items) > 0 {
		out = &value{Kind: effects.Sequence, Items: items, Deps: deps}
	} else {
		elt := in.compElt(f, e)
		out = &value{Kind: effects.Sequence, Elem: elt, Deps: deps.With(elt.AllDeps())}
		if filter != nil {
			out.SetFilter(filter)
		}
	}
	f.vars, f.lent = old, lent
	if e.Kind == python.DictComp {
		if known && len(items) > 0 {
			m := &value{Kind: effects.Mapping, Name: "builtins.dict"}
			for _, it := range items {
				m.Pairs = append(m.Pairs, effects.Pair{Key: it.Items[0], Value: it.Items[1]})
			}
			return m
		}
		if in.Muted > 0 && out.Elem != nil && len(out.Elem.Items) == 2 && keptAs(out.Elem.Items[1]) != (kept{}) {
			return &value{Kind: effects.Mapping, Name: "builtins.dict", Pairs: []effects.Pair{{Value: out.Elem.Items[1]}}}
		}
		if e := out.Elem; e != nil && len(e.Items) == 2 && e.Items[1].Kind == effects.Entity {
			// {p.id: p for p in products}: whatever is looked up in it is one of the rows, or nothing
			return &value{Kind: effects.Mapping, Name: "builtins.dict", Deps: out.Deps, Pairs: []effects.Pair{{Key: effects.Opaque("each key", e.Items[0].AllDeps()), Value: e.Items[1]}}}
		}
		return effects.Opaque("", out.Deps)
	}
	return out
}

// asksWhetherGiven is the name of which a condition asks whether it is None; empty for other conditions.
func asksWhetherGiven(e python.Expr) string {
	c, ok := e.(*python.Compare)
	if !ok || len(c.Ops) != 1 || c.Ops[0] != python.IsNot {
		return ""
	}
	n, ok := c.Left.(*python.Name)
	if right, none := c.Comparators[0].(*python.Constant); !ok || !none || right.Kind != python.ConstNone {
		return ""
	}
	return n.ID
}

func (in *interp) compElt(f *frame, e *python.Comp) *value {
	k := in.eval(f, e.Elt)
	if e.Kind != python.DictComp {
		return k
	}
	return &value{Kind: effects.Sequence, Items: []*value{k, in.eval(f, e.Value)}}
}

// element returns what iterating over v gives.
func (in *interp) element(v *value) *value {
	if v == nil {
		return effects.Opaque("", nil)
	}
	v.Lend()
	switch v.Kind {
	case effects.Sequence:
		out := v.Elem
		for _, it := range v.Items {
			out = effects.Join(out, it)
		}
		if out == nil {
			out = effects.Opaque("", nil)
		}
		return out.Depending(v.Deps)
	case effects.Union:
		var out *value
		for _, it := range v.Items {
			if !it.IsNone() {
				out = effects.Join(out, in.element(it))
			}
		}
		if out != nil {
			return out.Depending(v.Deps)
		}
	case effects.Rows:
		if v.Elem != nil {
			return v.Elem.Depending(v.Deps)
		}
	case effects.Statement:
		if r := in.libraryMethod(v, "__iter__", nil, nil, nil); r != nil {
			return r
		}
	case effects.Mapping:
		var out *value
		for _, p := range v.Pairs {
			out = effects.Join(out, p.Key)
		}
		if out != nil {
			return out
		}
	case effects.ExtObject:
		if _, ok := v.Obj.Extra.(*attempts); ok {
			return v // each attempt is told by what follows it
		}
		if g, ok := generatorOf(v); ok {
			return in.drain(g)
		}
		if r := in.method(nil, v, "__iter__", nil, nil, nil); r != nil && r != v {
			return r
		}
	}
	if v.Elem != nil {
		return v.Elem.Depending(v.Deps)
	}
	if v.Type() != nil && len(v.Type().Args) > 0 {
		return in.typed(&v.Type().Args[0], v.Sym+"[]").Depending(v.Deps)
	}
	return effects.Opaque(v.Sym+"[]", v.AllDeps())
}

// item returns v[i].
func (in *interp) item(v *value, i int) *value {
	switch v.Kind {
	case effects.Sequence:
		if v.Elem == nil && i >= 0 && i < len(v.Items) {
			return v.Items[i].Depending(v.Deps)
		}
		return in.element(v)
	case effects.Rows:
		if v.Elem != nil {
			return v.Elem.Depending(v.Deps)
		}
	case effects.Union:
		var out *value
		for _, it := range v.Items {
			if !it.IsNone() {
				out = effects.Join(out, in.item(it, i))
			}
		}
		if out != nil {
			return out.Depending(v.Deps)
		}
	}
	if len(v.Items) > i && i >= 0 {
		return v.Items[i].Depending(v.Deps)
	}
	return effects.Opaque(v.Sym+"["+strconv.Itoa(i)+"]", v.AllDeps())
}

func (in *interp) subscript(f *frame, e *python.Subscript) *value {
	recv := in.eval(f, e.Value)
	recv.Lend()
	if _, ok := e.Slice.(*python.Slice); ok {
		return recv
	}
	return in.subscripted(f, recv, in.eval(f, e.Slice), e)
}

// subscripted is what recv holds under a key; e is what asks for it.
func (in *interp) subscripted(f *frame, recv, key *value, e python.Expr) *value {
	switch recv.Kind {
	case effects.ClassRef, effects.ExtRef:
		if m := in.moduleNamed(key); m != nil && recv.Ref().Qual == "sys.modules" {
			return m
		}
		return recv
	case effects.Sequence:
		if name, ok := key.Str(); ok && recv.Src != 0 {
			return in.column(recv, name)
		}
		if key.Kind == effects.Const {
			if i, err := strconv.Atoi(key.Sym); err == nil {
				if i < 0 {
					i += len(recv.Items)
				}
				return in.item(recv, i)
			}
		}
		return in.element(recv).Depending(key.AllDeps())
	case effects.Mapping:
		return lookupPair(recv, key)
	case effects.Rows:
		if recv.Elem != nil {
			return recv.Elem.Depending(recv.Deps)
		}
	case effects.Entity:
		if name, ok := key.Str(); ok {
			return in.attribute(f, recv, name, e)
		}
	}
	if recv.Kind == effects.Union {
		if p := recv.Pick(effects.Entity, effects.ExtObject, effects.Instance, effects.Mapping, effects.Sequence); p != nil {
			if name, ok := key.Str(); ok && p.Kind == effects.Entity {
				return in.attribute(f, p, name, e)
			}
			recv = p
		}
	}
	if name, ok := key.Str(); ok && recv.Kind == effects.Unknown && recv.Src != 0 {
		return in.column(recv, name)
	}
	if v := in.method(f, recv, "__getitem__", []*value{key}, nil, nil); v != nil {
		return v
	}
	if name, ok := key.Str(); ok && recv.Src != 0 && recv.SrcCol == "" {
		return in.Field(recv, name)
	}
	out := effects.Opaque(recv.Sym+"["+key.Sym+"]", recv.AllDeps().With(key.AllDeps()))
	out.Src, out.SrcCol = recv.Src, recv.SrcCol
	return out
}

// column is a column of a row that a statement read, by its name: row["state"], row.state.
func (in *interp) column(row *value, name string) *value {
	if v := row.Named(name); v != nil {
		return v
	}
	out := effects.Opaque(row.Sym+"."+name, row.Deps)
	out.Src, out.SrcCol = row.Src, name
	if key := in.DocumentKey(row, name); key != "" {
		out.Sym = key
	}
	if row.Obj != nil && row.Obj.Key != "" && effects.IsPrimary(row.Obj.Table, name) {
		out.SetKeyOf(row.Obj)
	}
	return out
}

func lookupPair(m *value, key *value) *value {
	var out *value
	for _, p := range m.Pairs {
		if p.Key != nil && key.Kind == effects.Const && p.Key.Sym == key.Sym {
			return p.Value
		}
		out = effects.Join(out, p.Value)
	}
	if key.Kind == effects.Const || out == nil {
		return effects.Opaque(m.Sym+"["+key.Sym+"]", m.AllDeps().With(key.AllDeps()))
	}
	return out.Depending(key.AllDeps())
}

func (in *interp) yield(f *frame, e python.Expr) *value {
	v := effects.None
	if e != nil {
		v = in.eval(f, e)
	}
	return in.yieldValue(v)
}

func (in *interp) yieldValue(v *value) *value {
	if in.yielded != nil {
		return in.yielded(v)
	}
	return effects.None
}
