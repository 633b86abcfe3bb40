package schema

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// classOf finds the class of an object: self, an instance made by its class, a function that returns one, or an
// annotated name.
func (r *reader) classOf(s program.Scope, e python.Expr, depth int) *program.Class {
	r.steps++
	if depth > maxNesting || r.steps > maxSteps {
		return nil
	}
	switch e := e.(type) {
	case *python.Name:
		if f := s.Function; f != nil && f.Class != nil && len(f.Params) > 0 && f.Params[0].Name == e.ID {
			return f.Class
		}
		return r.classOfName(s, e, depth)
	case *python.Call:
		ref := r.p.Resolve(s, e.Func)
		if ref.Kind == program.ToClass {
			return ref.Class
		}
		if ref.Kind == program.ToFunction && ref.Function != nil {
			return r.classReturned(ref.Function, depth)
		}
	case *python.Attribute:
		if ref := r.p.Resolve(s, e); ref.Kind == program.ToClass {
			return ref.Class
		} else if ref.Kind == program.ToValue && ref.Binding != nil {
			return r.classOfBinding(program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding, depth)
		}
		if c := r.classOf(s, e.Value, depth+1); c != nil {
			if b, owner := c.Attr(e.Attr); b != nil {
				return r.classOfBinding(program.Scope{Module: owner.Module, Class: owner}, b, depth)
			}
		}
	}
	return nil
}

func (r *reader) classOfName(s program.Scope, e *python.Name, depth int) *program.Class {
	if f := s.Function; f != nil && f.Local[e.ID] {
		for _, p := range f.Params {
			if p.Name == e.ID && p.Annotation != nil {
				return r.p.Annotation(s, p.Annotation).Ref.Class
			}
		}
		var found *program.Class
		if f.Def != nil {
			assignments(f.Def.Body, func(target string, value python.Expr) {
				if target == e.ID && found == nil {
					found = r.classOf(s, value, depth+1)
				}
			})
		}
		return found
	}
	ref := r.p.Lookup(s, e.ID)
	switch {
	case ref.Kind == program.ToClass:
		return ref.Class
	case ref.Kind == program.ToValue && ref.Binding != nil:
		return r.classOfBinding(program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding, depth)
	}
	return nil
}

func (r *reader) classOfBinding(s program.Scope, b *program.Binding, depth int) *program.Class {
	if b.Class != nil {
		return b.Class
	}
	if b.Function != nil {
		return r.classReturned(b.Function, depth)
	}
	if b.Value != nil {
		if c := r.classOf(s, b.Value, depth+1); c != nil {
			return c
		}
	}
	if b.Annotation != nil {
		return r.p.Annotation(s, b.Annotation).Ref.Class
	}
	return nil
}

func (r *reader) classReturned(f *program.Function, depth int) *program.Class {
	s := program.Scope{Module: f.Module, Function: f, Class: f.Class}
	if f.Def != nil && f.Def.Returns != nil {
		if c := r.p.Annotation(program.Scope{Module: f.Module, Class: f.Class}, f.Def.Returns).Ref.Class; c != nil {
			return c
		}
	}
	for _, e := range returns(f) {
		if c := r.classOf(s, e, depth+1); c != nil {
			return c
		}
	}
	return nil
}
