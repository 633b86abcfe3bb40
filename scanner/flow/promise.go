package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Promises are functions without a body of their own: methods of an abstract class or a protocol, which another class keeps.

// OnlyPromised tells whether a function says what it is called with and what it gives, and leaves the doing to somebody else.
// `pass` alone does not: a hook that does nothing is done.
func OnlyPromised(fn *program.Function) bool {
	if fn.Def == nil {
		return false
	}
	promised := fn.Abstract
	for _, s := range fn.Def.Body {
		switch s := s.(type) {
		case *python.Pass:
		case *python.ExprStmt:
			c, ok := s.Value.(*python.Constant)
			if !ok {
				return false
			}
			promised = promised || c.Kind == python.ConstEllipsis
		case *python.Raise:
			if !saysNotImplemented(s.Exc) {
				return false
			}
			promised = true
		default:
			return false
		}
	}
	return promised
}

func saysNotImplemented(e python.Expr) bool {
	if c, ok := e.(*python.Call); ok {
		e = c.Func
	}
	n, ok := e.(*python.Name)
	return ok && n.ID == "NotImplementedError"
}

// leavesOpen tells whether an object of the class would have a method that nobody wrote. A method of its own that only says that there
// is no such thing here is written, as long as the class does something else.
func leavesOpen(c *program.Class) bool {
	refused, kept := false, false
	for _, k := range c.MRO() {
		for _, name := range k.Order {
			if b := k.Names[name]; b == nil || b.Function == nil || !OnlyPromised(b.Function) {
				continue
			}
			own, owner := c.Attr(name)
			switch {
			case own == nil || own.Function == nil || !OnlyPromised(own.Function):
				kept = true
			case owner != c || own.Function.Abstract:
				return true
			default:
				refused = true
			}
		}
	}
	return refused && !kept
}

// actsOffstage tells whether a class belongs to tests and scripts.
func (in *interp) actsOffstage(c *program.Class) bool {
	for _, name := range c.Order {
		if b := c.Names[name]; b != nil && b.Function != nil {
			return in.app.Offstage(b.Function)
		}
	}
	return false
}

// promisedResult is what the call of a promise gives: nobody knows more than its annotation says.
func (in *interp) promisedResult(callee *value, fn *program.Function, args []*value, kw []effects.Keyword) *value {
	return in.declared(fn, unknownCall(&value{Kind: effects.Unknown, Sym: fn.Name, Deps: callee.Deps}, args, kw))
}
