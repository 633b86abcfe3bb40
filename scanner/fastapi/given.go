package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// An application that is put together by hand is given its parts: `create_app(orders=SqlOrders(sessions))`. What the factory would
// have taken without them (`if orders is None: orders = MemoryOrders()`) does not serve then.

// isGiven tells whether the code that runs was handed something for a variable, and it is not None.
func (r *reader) isGiven(v value) bool {
	if v.src == nil {
		return false
	}
	switch c := v.src.origin().expr.(type) {
	case *python.Constant:
		return c.Kind != python.ConstNone
	case *python.Name, *python.Attribute, *python.Subscript:
		return v.kind != unknown
	}
	return true
}

// missing returns the variable of which a test says that it was not given, "" for another test: `x is None`, `not x`.
func missing(test python.Expr) string {
	switch t := test.(type) {
	case *python.UnaryOp:
		if n, ok := t.Operand.(*python.Name); ok && t.Op == python.Not {
			return n.ID
		}
	case *python.Compare:
		n, ok := t.Left.(*python.Name)
		if !ok || len(t.Ops) != 1 || t.Ops[0] != python.Is {
			return ""
		}
		if c, ok := t.Comparators[0].(*python.Constant); ok && c.Kind == python.ConstNone {
			return n.ID
		}
	}
	return ""
}

// branch runs both arms of a decision: what is registered in either may be there. A variable that was given keeps its value in the
// arm for one that was not.
func (r *reader) branch(s *python.If, at *frame) {
	name := missing(s.Test)
	v, known := at.lookup(name)
	known = known && !at.top() && r.isGiven(v)
	r.exec(s.Body, at)
	if known {
		at.set(name, v)
	}
	r.exec(s.Else, at)
}

// compositions runs the functions that call an application factory with its parts, before the factory is run by itself.
func (r *reader) compositions(wanted func(*program.Module) bool) {
	factories := map[*program.Function]bool{}
	var calls [][]byte
	for _, m := range r.p.Modules {
		if !r.texts[m].assembles || !wanted(m) {
			continue
		}
		for _, f := range r.functions[m] {
			if f.Def != nil && f.Outer == nil && !r.entered[f] && len(f.Params) > 0 && r.makesApp(f) {
				factories[f] = true
				calls = append(calls, []byte(f.Name+"("))
			}
		}
	}
	if len(factories) == 0 {
		return
	}
	for _, m := range r.p.Modules {
		if !wanted(m) || !anyOf(m.File.Source, calls) {
			continue
		}
		for _, f := range r.functions[m] {
			if f.Def == nil || f.Outer != nil || r.entered[f] {
				continue
			}
			ownCalls(f.Def.Body, func(call *python.Call) {
				ref := r.p.Resolve(f.Scope(), call.Func)
				if ref.Kind == program.ToFunction && factories[ref.Function] && len(call.Args)+len(call.Keywords) > 0 && !r.entered[f] {
					r.runAlone(f)
				}
			})
		}
	}
}
