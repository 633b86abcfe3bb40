package flow

import (
	"slices"
	"strconv"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Conditions: what a decision rests on, and what is known of how it comes out.

func negate(v *value) *value {
	switch v.Truth() {
	case "True":
		return effects.Bool(false)
	case "False":
		return effects.Bool(true)
	}
	sym := "not " + v.Sym
	if v.Pred == nil {
		return &value{Sym: sym, Deps: v.PresenceDeps(true), Pred: effects.Asking(effects.PredUse{Left: v, Op: "false"})}
	}
	if len(v.Pred.Uses) == 1 {
		return &value{Sym: sym, Deps: v.AllDeps(), Pred: effects.Asking(v.Pred.Uses[0].Opposite())}
	}
	out := &value{Sym: sym, Deps: v.AllDeps(), Pred: &effects.Pred{Or: !v.Pred.Or && len(v.Pred.Uses) > 1}}
	for _, u := range v.Pred.Uses {
		out.Pred.Uses = append(out.Pred.Uses, u.Opposite())
	}
	return out
}

// holdsSome tells whether a mapping is known to have an entry.
func holdsSome(v *value) bool {
	return v.Kind == effects.Mapping && slices.ContainsFunc(v.Pairs, func(p effects.Pair) bool { return p.Key != nil && p.Key.Kind == effects.Const })
}

func (in *interp) boolOp(f *frame, e *python.BoolOp) *value {
	var uses []effects.PredUse
	var deps effects.Deps
	var last *value
	decides := false // a condition is among the operands: what counts is whether it holds, not which value comes out
	for i := range e.Values {
		v := in.operand(f, e, i, last)
		t := v.Truth()
		if e.Or && i < len(e.Values)-1 && holdsSome(v) {
			t = "True" // `given or {}`, where something was given
		}
		if key := v.KeyOf(); e.Or && key != nil && !key.Fresh {
			t = "True" // `id or uuid4()`, where the row is there
		}
		if e.Or && t == "True" || !e.Or && t == "False" {
			if i == 0 {
				return v
			}
			if !e.Or { // and: certainly false at the end, but what came before decides too
				return v
			}
			if v.Kind == effects.Const && last != nil {
				stand := *v
				stand.SetInsteadOf(last)
				v = &stand
			}
			last = v
			deps = deps.With(v.AllDeps())
			break
		}
		if t != "" && (i < len(e.Values)-1 || !e.Or && v.Kind == effects.Const && len(uses) > 0) {
			continue // `user is None and required`, where it is: the others decide
		}
		deps = deps.With(v.AllDeps())
		if v.Pred != nil {
			decides = true
			uses = append(uses, leaves(v, e.Or)...)
		} else if t == "" {
			uses = append(uses, effects.PredUse{Left: v, Op: "true"})
		}
		if e.Or {
			last = effects.Join(last, v)
		} else {
			last = v
		}
	}
	if len(uses) == 0 && last != nil {
		return last
	}
	if last != nil && (len(uses) == 1 || e.Or && !decides && last.Kind != effects.Unknown) {
		return last.Depending(deps)
	}
	return &value{Deps: deps, Pred: &effects.Pred{Uses: uses, Or: e.Or}}
}

// maxLeaves bounds what one condition brings into another: a variable that holds a condition can be asked several times in the next one,
// and that again.
const maxLeaves = 200

// leaves returns the leaves of a condition for one that joins it with others by or, or by and. One that has too many of them counts as one.
func leaves(v *value, or bool) []effects.PredUse {
	if len(v.Pred.Uses) > maxLeaves {
		return []effects.PredUse{{Left: &value{Sym: v.Sym, Deps: v.AllDeps()}, Op: "true"}}
	}
	return v.Pred.Leaves(or)
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
		right := in.comparator(f, op, e.Comparators[i])
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
					both.Pred.Uses = append(both.Pred.Uses, leaves(p, p.Pred.Or)...)
				}
			}
			out = both
		}
		left = right
	}
	return out
}

// comparator is the right side of a comparison. To look for a key among the keys of a dictionary is to look for it in the dictionary: one
// entry is asked about, not how many there are.
func (in *interp) comparator(f *frame, op python.CmpOperator, x python.Expr) *value {
	call, ok := x.(*python.Call)
	if !ok || op != python.In && op != python.NotIn || len(call.Args)+len(call.Keywords) > 0 {
		return in.eval(f, x)
	}
	if a, ok := call.Func.(*python.Attribute); !ok || a.Attr != "keys" {
		return in.eval(f, x)
	}
	old := in.enter(f, call)
	defer in.leave(old)
	callee := in.eval(f, call.Func)
	if d := callee.Self; callee.Kind == effects.BoundExt && d != nil && d.Kind == effects.ExtObject && effects.IsContainer(d.Obj.Qual) {
		return d
	}
	return in.callValue(f, callee, call, false)
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
		return &value{Deps: left.PresenceDeps(false), Sym: left.Sym + " " + kind, Pred: effects.Asking(effects.PredUse{Left: left, Op: kind, Right: right})}
	}
	return &value{
		Sym:  left.Sym + op + right.Sym,
		Deps: left.AllDeps().With(right.AllDeps()),
		Pred: effects.Asking(effects.PredUse{Left: left, Op: op, Right: right}),
	}
}

func (in *interp) membership(left *value, op string, right *value) *value {
	if began := in.shared.fixed(right); began != nil {
		return in.compare(left, op, began)
	}
	if v := in.special(right, []*value{left}, "__contains__"); v != nil {
		if op == "not in" {
			return negate(v)
		}
		return v
	}
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
	return in.pairIn(left, op, right)
}

// pairIn tells what `(order.state, to) in ALLOWED` asks of the one thing in the tuple that is not known, where the tuples of the set are:
// whether it is one of those that stand beside the others. nil where more than one thing is open.
func (in *interp) pairIn(left *value, op string, right *value) *value {
	if left.Kind != effects.Sequence || left.Elem != nil || len(left.Items) < 2 || right.Kind != effects.Sequence || right.Elem != nil || len(right.Items) == 0 {
		return nil
	}
	open := -1
	for i, it := range left.Items {
		if it.Kind == effects.Const {
			continue
		}
		if open >= 0 {
			return nil
		}
		open = i
	}
	beside := &value{Kind: effects.Sequence}
	for _, tuple := range right.Items {
		if tuple.Kind != effects.Sequence || tuple.Elem != nil || len(tuple.Items) != len(left.Items) {
			return nil
		}
		fits := true
		for i, it := range tuple.Items {
			if it.Kind != effects.Const {
				return nil
			}
			fits = fits && (i == open || it.Sym == left.Items[i].Sym)
		}
		if fits && open >= 0 {
			beside.Items = append(beside.Items, tuple.Items[open])
		} else if fits {
			return effects.Bool(op == "in")
		}
	}
	if len(beside.Items) == 0 {
		return effects.Bool(op != "in")
	}
	return in.compare(left.Items[open], op, beside)
}

func (in *interp) ifExp(f *frame, e *python.IfExp) *value {
	t := in.truth(in.eval(f, e.Test))
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
