package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

type verdict uint8

const (
	undecided verdict = iota
	deciding
	no
	yes
)

// registers tells whether running a function can register something: it makes a router, includes one, decorates a route, or calls
// a function of the project that does. Only such functions are run.
func (r *reader) registers(f *program.Function) bool { return r.decide(f, 0) == yes }

func (r *reader) decide(f *program.Function, depth int) verdict {
	if f == nil || depth > 60 {
		return no
	}
	if v := r.builds[f]; v != undecided {
		return v
	}
	r.builds[f] = deciding
	v := no
	s := f.Scope()
	look := func(n python.Node) bool {
		if call, ok := n.(*python.Call); ok && v != yes && r.callRegisters(s, call, depth) {
			v = yes
		}
		return v != yes
	}
	if f.Lambda != nil {
		python.Walk(f.Lambda.Body, look)
	} else {
		for _, st := range f.Def.Body {
			python.Walk(st, look)
		}
	}
	r.builds[f] = v
	return v
}

func (r *reader) callRegisters(s program.Scope, call *python.Call, depth int) bool {
	if directly(call) {
		return true
	}
	switch ref := r.p.Resolve(s, call.Func); ref.Kind {
	case program.ToExternal:
		return isRouter(ref.Qual) || workerDecorators[ref.Qual] || jobDecorators[ref.Qual] || isQueue(ref.Qual)
	case program.ToClass:
		return isRouterClass(ref.Class) || r.decide(ref.Class.Method("__init__"), depth+1) == yes
	case program.ToFunction:
		return r.decide(ref.Function, depth+1) == yes
	}
	if a, ok := call.Func.(*python.Attribute); ok {
		if g, _ := r.method(s, a); g != nil {
			return r.decide(g, depth+1) == yes
		}
	}
	return false
}

// directly tells a call that registers by its looks: x.include_router(…), x.get("/path") as a decorator.
func directly(call *python.Call) bool {
	a, ok := call.Func.(*python.Attribute)
	if !ok {
		return false
	}
	if assembling[a.Attr] || a.Attr == "api_route" || a.Attr == "mount" {
		return true
	}
	return routing[a.Attr] && len(call.Args) > 0 && looksLikePath(call)
}

// leftovers runs the functions that assemble something but that no module calls: an application factory named on the command
// line of the server, a plug-in hook. Who gives a factory its parts comes first, then the factories, as they call the others.
func (r *reader) leftovers(wanted func(*program.Module) bool) {
	r.compositions(wanted)
	var late []*program.Function
	for _, m := range r.p.Modules {
		if !r.texts[m].assembles || !wanted(m) {
			continue
		}
		for _, f := range r.functions[m] {
			switch {
			case f.Def == nil || f.Outer != nil || r.entered[f] || !r.registersItself(f) || r.overrides(f):
			case r.makesApp(f):
				r.runAlone(f)
			default:
				late = append(late, f)
			}
		}
	}
	for _, f := range late {
		if !r.entered[f] {
			r.runAlone(f)
		}
	}
}

// overrides tells a router class's own version of a router's method: it is no assembling code but its tool.
func (r *reader) overrides(f *program.Function) bool {
	return f.Class != nil && (routing[f.Name] || assembling[f.Name]) && r.makesRouters(f.Class)
}

// registersItself is registers without the functions it calls.
func (r *reader) registersItself(f *program.Function) bool {
	found := false
	s := f.Scope()
	for _, st := range f.Def.Body {
		python.Walk(st, func(n python.Node) bool {
			if call, ok := n.(*python.Call); ok && !found {
				found = directly(call) || isRouterRef(r.p.Resolve(s, call.Func))
			}
			return !found
		})
	}
	return found
}

func isRouterRef(ref program.Ref) bool {
	return ref.Kind == program.ToExternal && isRouter(ref.Qual) || ref.Kind == program.ToClass && isRouterClass(ref.Class)
}

func (r *reader) makesApp(f *program.Function) bool {
	found := false
	s := f.Scope()
	ownCalls(f.Def.Body, func(call *python.Call) {
		ref := r.p.Resolve(s, call.Func)
		found = found || ref.Kind == program.ToExternal && hasSuffix(ref.Qual, "FastAPI") || ref.Kind == program.ToClass && isApp(ref.Class.IsSubclass)
	})
	return found
}

// runAlone runs a function with unknown arguments; a method on a fresh instance.
func (r *reader) runAlone(f *program.Function) {
	v := value{kind: function, ref: program.Ref{Kind: program.ToFunction, Module: f.Module, Function: f, Class: f.Class}}
	at := &frame{scope: program.Scope{Module: f.Module}}
	if f.Class != nil && !f.Static {
		self := r.selfOf(f.Class, at)
		if r.entered[f] {
			return
		}
		v.obj = self
	}
	r.alone = f
	r.run(v, nil, nil, at)
	r.alone = nil
}

// selfOf makes the instance on which the methods of a class are run, its __init__ run first.
func (r *reader) selfOf(k *program.Class, at *frame) *object {
	if o := r.selves[k]; o != nil {
		return o
	}
	o := r.object(program.Ref{Kind: program.ToClass, Module: k.Module, Class: k})
	r.selves[k] = o
	if init := k.Method("__init__"); init != nil {
		r.run(r.bind(init, o), nil, nil, at)
	}
	return o
}
