package schema

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// walker visits the calls and string constants of a module in source order, with the function or class they stand in.
type walker struct {
	scope program.Scope
	byDef map[*python.FunctionDef]*program.Function
	class map[*python.ClassDef]*program.Class
	call  func(program.Scope, *python.Call)
	text  func(program.Scope, *python.Constant)
	joint func(program.Scope, *python.JoinedStr)
}

func (w *walker) body(list []python.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w *walker) within(scope program.Scope, list []python.Stmt) {
	outer := w.scope
	w.scope = scope
	w.body(list)
	w.scope = outer
}

func (w *walker) stmt(s python.Stmt) {
	switch s := s.(type) {
	case *python.FunctionDef:
		w.exprs(s.Decorators)
		scope := w.scope
		if f := w.byDef[s]; f != nil {
			scope.Function = f
		}
		w.within(scope, s.Body)
	case *python.ClassDef:
		for _, k := range s.Keywords {
			w.expr(k.Value)
		}
		scope := w.scope
		if c := w.class[s]; c != nil {
			scope = program.Scope{Module: c.Module, Class: c, Function: scope.Function}
		}
		w.within(scope, s.Body)
	case *python.Return:
		w.expr(s.Value)
	case *python.Assign:
		w.expr(s.Value)
	case *python.AugAssign:
		w.expr(s.Value)
	case *python.AnnAssign:
		w.expr(s.Value)
	case *python.For:
		w.expr(s.Iter)
		w.body(s.Body)
		w.body(s.Else)
	case *python.While:
		w.expr(s.Test)
		w.body(s.Body)
		w.body(s.Else)
	case *python.If:
		w.expr(s.Test)
		w.body(s.Body)
		w.body(s.Else)
	case *python.With:
		for _, item := range s.Items {
			w.expr(item.Context)
		}
		w.body(s.Body)
	case *python.Match:
		w.expr(s.Subject)
		for _, c := range s.Cases {
			w.body(c.Body)
		}
	case *python.Try:
		w.body(s.Body)
		for _, h := range s.Handlers {
			w.body(h.Body)
		}
		w.body(s.Else)
		w.body(s.Finally)
	case *python.Raise:
		w.expr(s.Exc)
	case *python.Assert:
		w.expr(s.Test)
	case *python.ExprStmt:
		if _, isDoc := s.Value.(*python.Constant); !isDoc { // a docstring is no SQL
			w.expr(s.Value)
		}
	case *python.BadStmt:
		w.body(s.Body)
	}
}

func (w *walker) exprs(list []python.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

// expr visits an expression. Chains such as a.b().c() + d + … lean to the left as deep as the source is long, so that
// spine is walked in a loop.
func (w *walker) expr(e python.Expr) {
	var spine []python.Expr
	for e != nil {
		spine = append(spine, e)
		switch n := e.(type) {
		case *python.BinOp:
			e = n.Left
		case *python.Attribute:
			e = n.Value
		case *python.Subscript:
			e = n.Value
		case *python.Call:
			e = n.Func
		default:
			e = nil
		}
	}
	for i := len(spine) - 1; i >= 0; i-- {
		w.node(spine[i])
	}
}

// node visits an expression but for its leftmost part.
func (w *walker) node(e python.Expr) {
	switch e := e.(type) {
	case *python.Call:
		w.call(w.scope, e)
		w.exprs(e.Args)
		for _, k := range e.Keywords {
			w.expr(k.Value)
		}
	case *python.Constant:
		if e.Kind == python.ConstStr {
			w.text(w.scope, e)
		}
	case *python.JoinedStr:
		w.joint(w.scope, e)
	case *python.BoolOp:
		w.exprs(e.Values)
	case *python.NamedExpr:
		w.expr(e.Value)
	case *python.BinOp:
		w.expr(e.Right)
	case *python.UnaryOp:
		w.expr(e.Operand)
	case *python.Lambda:
		w.expr(e.Body)
	case *python.IfExp:
		w.exprs([]python.Expr{e.Test, e.Body, e.Else})
	case *python.Dict:
		w.exprs(e.Keys)
		w.exprs(e.Values)
	case *python.Set:
		w.exprs(e.Elts)
	case *python.Comp:
		w.exprs([]python.Expr{e.Elt, e.Value})
		for _, g := range e.Generators {
			w.expr(g.Iter)
		}
	case *python.Await:
		w.expr(e.Value)
	case *python.Yield:
		w.expr(e.Value)
	case *python.YieldFrom:
		w.expr(e.Value)
	case *python.Compare:
		w.expr(e.Left)
		w.exprs(e.Comparators)
	case *python.Subscript:
		w.expr(e.Slice)
	case *python.Starred:
		w.expr(e.Value)
	case *python.List:
		w.exprs(e.Elts)
	case *python.Tuple:
		w.exprs(e.Elts)
	}
}
