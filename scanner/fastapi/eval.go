package fastapi

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// eval is what an expression is. Its calls take effect: routes are registered, routers included.
func (r *reader) eval(e python.Expr, at *frame) value {
	if at.depth > 6*maxDepth {
		return value{}
	}
	switch e := e.(type) {
	case *python.Constant:
		if s, ok := e.Str(); ok {
			return textValue(s)
		}
		return value{kind: unknown}
	case *python.JoinedStr:
		return r.joined(e, at)
	case *python.Name:
		return r.name(e, at)
	case *python.Attribute:
		return r.attribute(e, at)
	case *python.Call:
		return r.once(e, at)
	case *python.Await:
		return r.eval(e.Value, at)
	case *python.List:
		return r.display(e.Elts, at)
	case *python.Tuple:
		return r.display(e.Elts, at)
	case *python.Set:
		return r.display(e.Elts, at)
	case *python.Dict:
		return r.dictionary(e, at)
	case *python.BinOp:
		if e.Op == python.Add {
			return plus(r.eval(e.Left, deeper(at)), r.eval(e.Right, at))
		}
	case *python.BoolOp:
		if n, ok := e.Values[0].(*python.Name); ok && e.Or { // orders or MemoryOrders()
			if v, ok := at.lookup(n.ID); ok && r.isGiven(v) {
				return v
			}
		}
		return r.firstKnown(e.Values, at)
	case *python.IfExp:
		return r.firstKnown([]python.Expr{e.Body, e.Else}, at)
	case *python.NamedExpr:
		v := r.eval(e.Value, at)
		r.bindTarget(e.Target, v, e.Value, at)
		return v
	case *python.Lambda:
		if f := r.p.LambdaOf(at.scope, e); f != nil {
			return value{kind: function, ref: program.Ref{Kind: program.ToFunction, Module: f.Module, Function: f}, env: at}
		}
	case *python.Subscript:
		return r.subscript(e, at)
	case *python.Comp:
		return r.comprehension(e, at)
	}
	return value{}
}

// deeper is the same frame, one step nearer to the limit of nesting.
func deeper(at *frame) *frame {
	f := *at
	f.depth++
	return &f
}

func (r *reader) display(elts []python.Expr, at *frame) value {
	elts = elts[:min(len(elts), maxRoutes)]
	items := make([]value, 0, len(elts))
	for _, x := range elts {
		if s, ok := x.(*python.Starred); ok {
			items = append(items, r.eval(s.Value, at).elements()...)
			continue
		}
		v := r.eval(x, at)
		if v.src == nil {
			v.src = &source{x, at}
		}
		items = append(items, v)
	}
	return listValue(items)
}

func (r *reader) dictionary(e *python.Dict, at *frame) value {
	v := listValue(nil)
	v.kind = dict
	for i, k := range e.Keys {
		if i >= maxRoutes {
			break
		}
		if k == nil {
			more := r.eval(e.Values[i], at)
			if more.kind == dict {
				v.keys = append(v.keys, more.keys...)
				*v.items = append(*v.items, more.elements()...)
			}
			continue
		}
		v.keys = append(v.keys, r.eval(k, at).asText())
		*v.items = append(*v.items, r.eval(e.Values[i], at))
	}
	return v
}

// comprehension runs a list comprehension over known elements, for its effects and its items.
func (r *reader) comprehension(e *python.Comp, at *frame) value {
	if len(e.Generators) != 1 || e.Kind == python.DictComp {
		return value{}
	}
	g := &e.Generators[0]
	in := &frame{scope: at.scope, outer: at, vars: map[string]value{}, depth: at.depth + 1}
	var out []value
	for i, x := range r.eval(g.Iter, at).elements() {
		if i >= maxUnroll {
			break
		}
		r.bindTarget(g.Target, x, nil, in)
		out = append(out, r.eval(e.Elt, in))
	}
	return listValue(out)
}

func (r *reader) firstKnown(list []python.Expr, at *frame) value {
	var out value
	for _, x := range list {
		if v := r.eval(x, at); out.kind == unknown {
			out = v
		}
	}
	return out
}

func plus(a, b value) value {
	switch {
	case a.kind == list && b.kind == list:
		return listValue(append(append([]value{}, *a.items...), *b.items...))
	case a.kind == text || b.kind == text:
		return textValue(a.asText() + b.asText())
	}
	return value{}
}

func (r *reader) joined(e *python.JoinedStr, at *frame) value {
	var b strings.Builder
	for _, part := range e.Values {
		switch part := part.(type) {
		case *python.Constant:
			s, _ := part.Str()
			b.WriteString(s)
		case *python.FormattedValue:
			b.WriteString(r.eval(part.Value, at).asText())
		}
	}
	return textValue(b.String())
}

func (r *reader) name(n *python.Name, at *frame) value {
	if v, ok := at.lookup(n.ID); ok {
		return v
	}
	if n.ID == "self" && at.self != nil {
		return value{kind: instance, obj: at.self}
	}
	ref := r.p.Lookup(at.scope, n.ID)
	if ref.Kind == program.ToValue && ref.Module == at.scope.Module && at.top() {
		ref.Binding = inForce(ref.Binding, n.Pos())
	}
	return r.reference(ref, at)
}

// inForce returns the binding that a name has at a place of the top level, where a later one does not count yet.
func inForce(b *program.Binding, pos int32) *program.Binding {
	for range maxUnroll {
		if b.Earlier == nil || b.Earlier.Value == nil || b.Value == nil || pos >= b.Value.Stop() {
			break
		}
		b = b.Earlier
	}
	return b
}

// reference is what a resolved name is.
func (r *reader) reference(ref program.Ref, at *frame) value {
	switch ref.Kind {
	case program.ToFunction:
		return value{kind: function, ref: ref, env: enclosing(at, ref.Function.Outer)}
	case program.ToClass:
		return value{kind: class, ref: ref}
	case program.ToModule:
		return value{kind: module, ref: ref}
	case program.ToExternal:
		return value{kind: external, ref: ref}
	case program.ToValue:
		return r.binding(ref)
	}
	return value{}
}

// enclosing finds the frame in which a nested function was defined.
func enclosing(at *frame, outer *program.Function) *frame {
	for f := at; f != nil && outer != nil; f = f.outer {
		if f.scope.Function == outer {
			return f
		}
	}
	return nil
}

// binding is what a module-level or class-level variable is. After app = Middleware(app), routes are still put on the app.
func (r *reader) binding(ref program.Ref) value {
	v := r.bound(ref)
	for range 8 {
		if v.kind != instance || v.obj.router || ref.Binding.Earlier == nil || ref.Binding.Earlier.Value == nil {
			break
		}
		ref.Binding = ref.Binding.Earlier
		if under := r.bound(ref); under.kind == instance && under.obj.router {
			return under
		}
	}
	return v
}

func (r *reader) bound(ref program.Ref) value {
	b := ref.Binding
	if b.Value == nil {
		if len(b.Sets) > 0 && b.Sets[0].Element < 0 {
			return r.eval(b.Sets[0].Value, &frame{scope: b.Sets[0].Function.Scope(), depth: 1})
		}
		return r.declared(ref)
	}
	at := &frame{scope: program.Scope{Module: ref.Module, Class: ref.Class}, depth: 1}
	key := exprKey{ref.Module, b.Value}
	v, known := r.exprs[key]
	if !known {
		if r.pending[key] {
			return value{}
		}
		r.pending[key] = true
		v = r.eval(b.Value, at)
		delete(r.pending, key)
		r.exprs[key] = v // lists must be the same each time: others append to them
	}
	if b.Element >= 0 {
		items := v.elements()
		if v.kind != list || b.Element >= len(items) {
			return value{}
		}
		return items[b.Element]
	}
	if v.kind == unknown {
		return r.declared(ref)
	}
	return v
}

// declared is an instance of the class that a variable is annotated with.
func (r *reader) declared(ref program.Ref) value {
	if ref.Binding.Annotation == nil {
		return value{}
	}
	t := r.p.Annotation(program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding.Annotation)
	key := exprKey{ref.Module, ref.Binding.Annotation}
	if v, ok := r.exprs[key]; ok {
		return v
	}
	v := r.ofType(t)
	r.exprs[key] = v
	return v
}

func (r *reader) attribute(e *python.Attribute, at *frame) value {
	// The program knows dotted names of modules and classes; objects are known here.
	if ref := r.p.Resolve(at.scope, e.Value); ref.Kind == program.ToModule && !shadowed(e.Value, at) {
		return r.reference(r.p.Member(ref, e.Attr), at)
	}
	return r.member(r.eval(e.Value, deeper(at)), e.Attr, at)
}

// shadowed tells whether the name at the left end of a dotted expression is a variable of the running code.
func shadowed(e python.Expr, at *frame) bool {
	for {
		switch n := e.(type) {
		case *python.Attribute:
			e = n.Value
		case *python.Name:
			_, ok := at.lookup(n.ID)
			return ok
		default:
			return false
		}
	}
}

func (r *reader) subscript(e *python.Subscript, at *frame) value {
	v := r.eval(e.Value, at)
	switch v.kind {
	case dict:
		key := r.eval(e.Slice, at)
		for i, k := range v.keys {
			if key.kind == text && k == key.text {
				return v.elements()[i]
			}
		}
	case class: // Router[Order](...)
		return v
	}
	return value{}
}
