package flow

import (
	"sort"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// maxWords bounds in how many steps the variables of the code around a captured argument are followed.
const maxWords = 4

// surroundings is the frame around a handler that a function made: the arguments and variables of that function, as its caller
// gave them (`model` in the handler that make_router(Order) defines). Nil for a handler of the top level.
func (in *interp) surroundings(e *fastapi.Entry) *frame {
	outer := e.Function.Outer
	if outer == nil || len(e.Captured) == 0 && outer.Class == nil {
		return nil
	}
	in.prog.looks.function(outer)
	f := &frame{scope: outer.Scope(), vars: &bindings{}}
	if c := outer.Class; c != nil && !outer.Static && !outer.ClassMethod && len(outer.Params) > 0 {
		// The handler is written inside a method that registers it: what that method calls self is one object for all requests.
		self := outer.Params[0].Name
		f.self = in.share(in.typedClass(c, self, nil), c.Module.Name+"."+c.Name)
		f.vars.put(self, f.self)
	}
	names := make([]string, 0, len(e.Captured))
	for name := range e.Captured {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, own := range [2]bool{false, true} { // arguments first: variables are made of them
		for _, name := range names {
			c := e.Captured[name]
			if (c.Scope.Function == f.scope.Function) != own {
				continue
			}
			v := in.captured(f, c, 0)
			if own {
				v = in.share(v, outer.Module.Name+"."+outer.Qualname+"."+name) // made once, when the routes are, and the same for all requests
			}
			f.vars.put(name, v)
		}
	}
	return f
}

// captured evaluates what the code around a handler gave it, seen from the frame around the handler. What the argument is made of
// (`SqlOrders(sessions)`) are variables of the code that wrote it.
func (in *interp) captured(around *frame, c fastapi.Capture, depth int) *value {
	if c.Scope.Function == nil || c.Scope.Function == around.scope.Function {
		return in.quietIn(c.Scope, around, c.Value)
	}
	in.prog.looks.module(c.Scope.Module)
	up := &frame{scope: c.Scope, vars: &bindings{}}
	python.Walk(c.Value, func(n python.Node) bool {
		if name, ok := n.(*python.Name); ok && depth < maxWords && up.vars.get(name.ID) == nil {
			if local, ok := c.Local(name.ID); ok {
				up.vars.put(name.ID, in.captured(around, local, depth+1))
			}
		}
		return true
	})
	return in.quietIn(c.Scope, up, c.Value)
}

// localClass is the variable of the function around a handler by which the handler names the class of a parameter, with that class:
// service, in routes_of(service) around `async def create(items: service = Depends())`. Nil for any other annotation.
func (in *interp) localClass(fn *program.Function, annotation python.Expr) (*python.Name, *program.Class) {
	if annotation == nil || in.around == nil || in.entry == nil || in.entry.Function != fn {
		return nil, nil
	}
	n, ok := in.prog.Marked(fn.Outer.Scope(), annotation).(*python.Name)
	if !ok {
		return nil, nil
	}
	if v := in.around.vars.get(n.ID); v != nil && v.Kind == effects.ClassRef {
		return n, v.Ref().Class
	}
	return nil, nil
}
