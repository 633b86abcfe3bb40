package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
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
			return negate(in.truth(v))
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
		return referring(effects.ClassRef, r, r.Class.Name)
	case program.ToFunction:
		return in.funcValue(r.Function, nil)
	case program.ToModule:
		return referring(effects.ModuleRef, r, "")
	case program.ToExternal:
		return referring(effects.ExtRef, r, effects.Last(r.Qual))
	case program.ToValue:
		return in.global(r)
	}
	return effects.Opaque("", nil)
}

// referring is a value that names something. The reference is copied here, because most that are looked up are not kept.
func referring(kind effects.Kind, r program.Ref, sym string) *value {
	return &value{Kind: kind, To: &r, Sym: sym}
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

func (in *interp) sequence(f *frame, elts []python.Expr) *value {
	out := &value{Kind: effects.Sequence}
	if len(elts) > 0 {
		out.Items = make([]*value, 0, len(elts))
	}
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
	if len(e.Keys) > 0 {
		out.Pairs = make([]effects.Pair, 0, len(e.Keys))
	}
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
	if op == python.Mult && l.Kind == effects.Sequence && in.Muted > 0 { // [None] * 40, of module or class level
		return &value{Kind: effects.Sequence, Name: l.Name, Elem: in.element(l), Deps: l.Deps.With(r.AllDeps())}
	}
	if op == python.BitOr && l.Kind == effects.Mapping && r.Kind == effects.Mapping {
		return &value{Kind: effects.Mapping, Pairs: append(append([]effects.Pair{}, l.Pairs...), r.Pairs...), Deps: l.Deps.With(r.Deps)}
	}
	from := l.Source()
	if l.InsteadOf() != nil {
		from = l.InsteadOf().Source() // (row.count or 1) + 1
	}
	if op == python.Add && r.Kind == effects.Const {
		if highest := effects.Highest(in.World, l); highest != nil {
			l, from = highest, highest
		}
	}
	v := effects.Opaque("("+l.Sym+binOps[op]+r.Sym+")", l.AllDeps().With(r.AllDeps()))
	if op == python.Add && r.Kind == effects.Const {
		effects.CountedOn(in.World, v, from, r)
	}
	if (op == python.Add || op == python.Sub) && r.Kind == effects.Const && r.Sym == "1" && from.Src != 0 {
		v.SetStep(from.SrcCol)
	}
	return v
}

func (in *interp) lambda(f *frame, e *python.Lambda) *value {
	fn := in.prog.LambdaOf(f.scope, e)
	v := &value{Kind: effects.FuncRef, To: &program.Ref{Kind: program.ToFunction, Function: fn}}
	v.SetEnv(f)
	return v
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
