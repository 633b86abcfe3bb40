package program

import "github.com/middlebrick/middlebrick/scanner/python"

func (c *collector) exprs(list []python.Expr, at place) {
	for _, e := range list {
		c.expr(e, at)
	}
}

// expr looks for what binds names or makes functions inside an expression: walrus, lambda, yield. The left child is followed in
// a loop, so that a chain of a million attributes needs no stack.
func (c *collector) expr(e python.Expr, at place) {
	for e != nil {
		switch n := e.(type) {
		case *python.Name, *python.Constant:
			return
		case *python.Attribute:
			e = n.Value
		case *python.Call:
			c.exprs(n.Args, at)
			for _, k := range n.Keywords {
				c.expr(k.Value, at)
			}
			e = n.Func
		case *python.Subscript:
			c.expr(n.Slice, at)
			e = n.Value
		case *python.BinOp:
			c.expr(n.Right, at)
			e = n.Left
		case *python.Compare:
			c.exprs(n.Comparators, at)
			e = n.Left
		case *python.Starred:
			e = n.Value
		case *python.UnaryOp:
			e = n.Operand
		case *python.Await:
			e = n.Value
		case *python.Yield:
			c.yields(at)
			e = n.Value
		case *python.YieldFrom:
			c.yields(at)
			e = n.Value
		case *python.NamedExpr:
			c.walrus(n, at)
			e = n.Value
		case *python.FormattedValue:
			if n.FormatSpec != nil {
				c.exprs(n.FormatSpec.Values, at)
			}
			e = n.Value
		default:
			c.compound(e, at)
			return
		}
	}
}

// compound reads the expressions with several children of equal rank.
func (c *collector) compound(e python.Expr, at place) {
	switch n := e.(type) {
	case *python.BoolOp:
		c.exprs(n.Values, at)
	case *python.IfExp:
		c.expr(n.Test, at)
		c.expr(n.Body, at)
		c.expr(n.Else, at)
	case *python.Dict:
		c.exprs(n.Keys, at)
		c.exprs(n.Values, at)
	case *python.Set:
		c.exprs(n.Elts, at)
	case *python.List:
		c.exprs(n.Elts, at)
	case *python.Tuple:
		c.exprs(n.Elts, at)
	case *python.Slice:
		c.expr(n.Lower, at)
		c.expr(n.Upper, at)
		c.expr(n.Step, at)
	case *python.JoinedStr:
		c.exprs(n.Values, at)
	case *python.Comp:
		c.expr(n.Elt, at)
		c.expr(n.Value, at)
		for i := range n.Generators {
			g := &n.Generators[i]
			c.expr(g.Iter, at)
			c.exprs(g.Ifs, at)
		}
	case *python.Lambda:
		c.lambda(n, at)
	}
}

func (c *collector) lambda(n *python.Lambda, at place) {
	f := &Function{Name: "<lambda>", Qualname: at.prefix + "<lambda>", Module: c.m, Class: at.class, Outer: at.fn, Lambda: n}
	c.signature(f, n.Args, at)
	c.funcs = append(c.funcs, f)
	if c.m.lambdas == nil {
		c.m.lambdas = map[*python.Lambda]*Function{}
	}
	c.m.lambdas[n] = f
	c.expr(n.Body, place{fn: f, prefix: f.Qualname + "."})
}

func (c *collector) yields(at place) {
	if at.fn != nil && at.class == nil {
		at.fn.Generator = true
	}
}

// walrus binds in the function around, out of comprehensions too.
func (c *collector) walrus(n *python.NamedExpr, at place) {
	if n.Target == nil {
		return
	}
	c.bind(at, &Binding{Name: n.Target.ID, Value: n.Value, Element: -1, Pos: n.Pos()})
}

func (c *collector) pattern(p python.Pattern, at place) {
	switch p := p.(type) {
	case *python.MatchSequence:
		c.patterns(p.Patterns, at)
	case *python.MatchMapping:
		c.patterns(p.Patterns, at)
		c.capture(p.Rest, at)
	case *python.MatchClass:
		c.patterns(p.Patterns, at)
		c.patterns(p.KwdPatterns, at)
	case *python.MatchStar:
		c.capture(p.Name, at)
	case *python.MatchAs:
		if p.Pattern != nil {
			c.pattern(p.Pattern, at)
		}
		c.capture(p.Name, at)
	case *python.MatchOr:
		c.patterns(p.Patterns, at)
	}
}

func (c *collector) patterns(list []python.Pattern, at place) {
	for _, p := range list {
		c.pattern(p, at)
	}
}

func (c *collector) capture(name string, at place) {
	if name != "" {
		c.local(name, at)
	}
}

// decorate sets what the decorators make of a function, by the last part of their name, seen through a renamed import.
func decorate(f *Function) {
	if f.Def == nil {
		return
	}
	for _, e := range f.Def.Decorators {
		if call, ok := e.(*python.Call); ok {
			e = call.Func
		}
		switch decoratorName(f.Module, e) {
		case "staticmethod":
			f.Static = true
		case "classmethod":
			f.ClassMethod = true
		case "property", "cached_property", "hybrid_property", "abstractproperty", "async_cached_property":
			f.Property = true
		case "abstractmethod":
			f.Abstract = true
		case "contextmanager", "asynccontextmanager":
			f.ContextManager = true
		}
	}
	if f.Class != nil && (f.Name == "__init_subclass__" || f.Name == "__class_getitem__") {
		f.ClassMethod = true
	}
	if f.Class != nil && f.Name == "__new__" {
		f.Static = true
	}
}

func decoratorName(m *Module, e python.Expr) string {
	switch e := e.(type) {
	case *python.Attribute:
		return e.Attr
	case *python.Name:
		if b := m.Names[e.ID]; b != nil && b.Import != nil && b.Import.Name != "" {
			return b.Import.Name
		}
		return e.ID
	}
	return ""
}
