package program

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// Names that a module has only when somebody asks for them, by a function __getattr__ of its own (PEP 562):
//
//	def __getattr__(name):
//	    if name == "Base":
//	        from app.base import Base
//	        return Base
//	    return getattr(importlib.import_module("app.registry"), name)

// lazily is what a module's __getattr__ gives for a name, Unknown where it has none or the source does not tell.
func (p *Program) lazily(m *Module, name string, depth int) Ref {
	b := m.Names["__getattr__"]
	if b == nil || b.Function == nil || b.Function.Def == nil || len(b.Function.Params) == 0 || depth > deep || strings.HasPrefix(name, "__") {
		return Ref{}
	}
	l := lazy{p, b.Function, b.Function.Params[0].Name, name, depth + 1}
	return l.given(b.Function.Def.Body)
}

// lazy is one name that is asked of a module's __getattr__.
type lazy struct {
	p     *Program
	f     *Function
	param string
	name  string
	depth int
}

// given is what the first return of some statements gives that is reached for the name and can be read.
func (l *lazy) given(body []python.Stmt) Ref {
	for _, s := range body {
		var r Ref
		switch s := s.(type) {
		case *python.Return:
			return l.value(s.Value, 0)
		case *python.If:
			is, known := l.asks(s.Test)
			if is || !known {
				r = l.given(s.Body)
			}
			if r.Kind == Unknown && !is {
				r = l.given(s.Else)
			}
		case *python.Try:
			r = l.given(s.Body)
		}
		if r.Kind != Unknown {
			return r
		}
	}
	return Ref{}
}

// asks tells whether a condition holds for the name, and whether that is known: name == "Base", name in ("Base", "Row").
func (l *lazy) asks(test python.Expr) (holds, known bool) {
	c, ok := test.(*python.Compare)
	if !ok || len(c.Ops) != 1 || !l.isParam(c.Left) {
		return false, false
	}
	switch c.Ops[0] {
	case python.Eq:
		text := textOf(c.Comparators[0])
		return text == l.name, text != ""
	case python.In:
		if t, ok := c.Comparators[0].(*python.Tuple); ok {
			for _, e := range t.Elts {
				holds = holds || textOf(e) == l.name
			}
			return holds, true
		}
	}
	return false, false
}

func (l *lazy) isParam(e python.Expr) bool {
	n, ok := e.(*python.Name)
	return ok && n.ID == l.param
}

// value is what an expression of the function is, for the name.
func (l *lazy) value(e python.Expr, steps int) Ref {
	if steps > 8 {
		return Ref{}
	}
	if call, ok := e.(*python.Call); ok {
		switch l.p.resolve(l.f.Scope(), call.Func, l.depth).Qual {
		case "builtins.getattr":
			if len(call.Args) < 2 {
				return Ref{}
			}
			attr := l.text(call.Args[1], steps+1)
			if of := l.value(call.Args[0], steps+1); of.Kind == ToModule && of.Module != l.f.Module && attr != "" {
				return l.p.member(of, attr, l.depth+1)
			}
		case "importlib.import_module":
			if len(call.Args) > 0 {
				return l.module(l.text(call.Args[0], steps+1))
			}
		}
		return Ref{}
	}
	if n, ok := e.(*python.Name); ok {
		if v := l.local(n.ID); v != nil {
			return l.value(v, steps+1)
		}
	}
	return l.p.resolve(l.f.Scope(), e, l.depth)
}

// local is what a name of the function is assigned, nil for other names.
func (l *lazy) local(name string) (value python.Expr) {
	python.Walk(l.f.Def, func(n python.Node) bool {
		if a, ok := n.(*python.Assign); ok && len(a.Targets) == 1 && value == nil {
			switch t := a.Targets[0].(type) {
			case *python.Name:
				if t.ID == name {
					value = a.Value
				}
			case *python.Tuple: // module, attr = table[name]
				for i, e := range t.Elts {
					if x, ok := e.(*python.Name); ok && x.ID == name {
						value = l.part(a.Value, i)
					}
				}
			}
		}
		return value == nil
	})
	return value
}

// part is a part of what an expression stands for, nil where it is no tuple.
func (l *lazy) part(e python.Expr, i int) python.Expr {
	if t, ok := l.entry(e).(*python.Tuple); ok && i < len(t.Elts) {
		return t.Elts[i]
	}
	return nil
}

// entry is what a table of the module holds under the name: _modules[name], _modules.get(name). Any other expression is itself.
func (l *lazy) entry(e python.Expr) python.Expr {
	var table python.Expr
	switch e := e.(type) {
	case *python.Subscript:
		if l.isParam(e.Slice) {
			table = e.Value
		}
	case *python.Call:
		if get, ok := e.Func.(*python.Attribute); ok && get.Attr == "get" && len(e.Args) > 0 && l.isParam(e.Args[0]) {
			table = get.Value
		}
	}
	if table == nil {
		return e
	}
	if d, ok := l.p.assigned(l.f.Scope(), table, l.depth).(*python.Dict); ok {
		for i, k := range d.Keys {
			if k != nil && textOf(k) == l.name {
				return d.Values[i]
			}
		}
	}
	return e
}

// text is the text that an expression of the function is, for the name; "" where the source does not tell.
func (l *lazy) text(e python.Expr, steps int) string {
	if steps > 8 || e == nil {
		return ""
	}
	if l.isParam(e) {
		return l.name
	}
	switch e := l.entry(e).(type) {
	case *python.Name:
		return l.text(l.local(e.ID), steps+1)
	case *python.JoinedStr:
		out := ""
		for _, v := range e.Values {
			piece := textOf(v)
			if field, ok := v.(*python.FormattedValue); ok {
				if piece = l.text(field.Value, steps+1); piece == "" {
					return ""
				}
			}
			out += piece
		}
		return out
	default:
		return textOf(e)
	}
}

// module is the module of the project with a name, which may be written from the package of __getattr__ on.
func (l *lazy) module(name string) Ref {
	own := l.f.Module
	if rest, ok := strings.CutPrefix(name, "."); ok {
		if !own.Package || strings.HasPrefix(rest, ".") {
			return Ref{}
		}
		name = own.Name + "." + rest
	}
	if m := l.p.Module(own, name); m != nil {
		return moduleRef(m)
	}
	return Ref{}
}
