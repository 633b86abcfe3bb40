package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A context manager is a decorator as well: `@database.transaction()`, or `@unit()` of a function that contextlib made one of. Every
// call of the function then runs inside it.

// manager is a decorator expression that gives a context manager.
type manager struct {
	scope program.Scope
	up    *frame
	expr  python.Expr
}

// around marks a function whose calls run inside a context manager.
func around(v *value, scope program.Scope, f *frame, d python.Expr) *value {
	c := *v
	c.Elem = &value{}
	c.Elem.SetEnv(&manager{scope, f, d})
	return &c
}

func managerOf(callee *value) (*manager, bool) {
	if callee.Kind != effects.FuncRef || callee.Elem == nil {
		return nil, false
	}
	m, ok := callee.Elem.Env().(*manager)
	return m, ok
}

// activateWithin runs a function inside the context manager that decorates it, made anew for each call.
func (in *interp) activateWithin(m *manager, callee *value, fn *program.Function, args []*value, kw []effects.Keyword) *value {
	v := effects.None
	in.prog.looks.module(m.scope.Module)
	f := &frame{scope: m.scope, vars: &bindings{}, up: m.up, module: m.up == nil}
	in.within(f, in.quietIn(m.scope, m.up, m.expr), fn.Async, func(*value) exits {
		v = in.activate(callee, fn, args, kw, func(f *frame) exits { return in.body(f, fn) })
		if in.dead {
			return raises
		}
		return falls
	})
	return v
}
