package fastapi

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// once evaluates a call; one that stands at a module's top level is evaluated only once, whoever asks.
func (r *reader) once(e *python.Call, at *frame) value {
	if !at.top() || at.vars != nil || at.outer != nil {
		return r.call(e, at)
	}
	key := exprKey{at.scope.Module, e}
	if v, ok := r.exprs[key]; ok {
		return v
	}
	r.exprs[key] = value{} // for a call that leads back here
	v := r.call(e, at)
	r.exprs[key] = v
	return v
}

func (r *reader) call(e *python.Call, at *frame) value {
	if n, ok := e.Func.(*python.Name); ok && n.ID == "super" && at.self != nil {
		return value{kind: super, obj: at.self, ref: program.Ref{Class: at.class}}
	}
	fn := r.eval(e.Func, deeper(at))
	switch fn.kind {
	case function:
		return r.callFunction(fn, e, at)
	case class:
		return r.construct(fn, e, at)
	case external:
		return r.callExternal(fn.ref.Qual, e, at)
	case method:
		return r.callMethod(fn, e, at)
	case register:
		if len(e.Args) > 0 {
			v := r.eval(e.Args[0], at)
			r.complete(fn.reg, v)
			return v
		}
	case instance:
		if fn.obj.class != nil {
			if f := fn.obj.class.Method("__call__"); f != nil {
				return r.callFunction(r.bind(f, fn.obj), e, at)
			}
			break
		}
		return r.decorated(e, at)
	case unknown:
		return r.callUnknown(e, at)
	}
	return value{}
}

// callUnknown handles a call of something that could not be resolved. `router.get("/orders")` on an unknown router is still a
// route; for anything else the arguments are evaluated for their effects.
func (r *reader) callUnknown(e *python.Call, at *frame) value {
	if a, ok := e.Func.(*python.Attribute); ok {
		if routing[a.Attr] && looksLikePath(e) || assembling[a.Attr] {
			if o := r.adopt(a.Value, at); o != nil {
				return r.route(o, a.Attr, e, at)
			}
		}
	}
	return r.decorated(e, at)
}

// decorated is what a library's decorator makes of a function when it is called by hand, `requires(scopes)(handler)`: the function.
func (r *reader) decorated(e *python.Call, at *frame) value {
	args := r.effects(e, at)
	if _, ok := e.Func.(*python.Call); ok && len(args) == 1 && len(e.Keywords) == 0 && args[0].kind == function {
		return args[0]
	}
	return value{}
}

// adopt makes an object for a variable that is used like a router but about which nothing else is known.
func (r *reader) adopt(e python.Expr, at *frame) *object {
	o := &object{router: true, order: len(r.objects)}
	v := value{kind: instance, obj: o}
	switch e := e.(type) {
	case *python.Name:
		for f := at; f != nil; f = f.outer {
			if _, ok := f.vars[e.ID]; ok {
				f.vars[e.ID] = v
				r.objects = append(r.objects, o)
				return o
			}
		}
		ref := r.p.Lookup(at.scope, e.ID)
		if ref.Kind == program.ToValue && ref.Binding.Value != nil && !notRouters[r.calledName(ref)] {
			r.exprs[exprKey{ref.Module, ref.Binding.Value}] = v
			r.objects = append(r.objects, o)
			return o
		}
	case *python.Attribute:
		if self := r.eval(e.Value, deeper(at)); self.kind == instance {
			if _, ok := self.obj.attrs[e.Attr]; !ok || self.obj.attrs[e.Attr].kind == unknown {
				r.setAttr(self.obj, e.Attr, v)
				r.objects = append(r.objects, o)
				return o
			}
		}
	}
	return nil
}

// calledName is the top-level package of the call that made a value.
func (r *reader) calledName(ref program.Ref) string {
	call, ok := ref.Binding.Value.(*python.Call)
	if !ok {
		return ""
	}
	top, _, _ := strings.Cut(r.p.Resolve(program.Scope{Module: ref.Module}, call.Func).Qual, ".")
	return top
}

// notRouters are packages whose objects take the same decorators but are no part of a FastAPI application.
var notRouters = map[string]bool{"flask": true, "quart": true, "sanic": true, "aiohttp": true, "bottle": true, "litestar": true,
	"respx": true, "responses": true, "httpx": true, "requests": true, "robyn": true, "blacksheep": true, "falcon": true}

// effects evaluates the arguments of a call.
func (r *reader) effects(e *python.Call, at *frame) []value {
	out := make([]value, len(e.Args))
	for i, a := range e.Args {
		if s, ok := a.(*python.Starred); ok {
			a = s.Value
		}
		out[i] = r.eval(a, at)
		if out[i].src == nil {
			out[i].src = &source{a, at}
		}
	}
	for _, k := range e.Keywords {
		if worthwhile(k.Value) {
			r.eval(k.Value, at)
		}
	}
	return out
}

// worthwhile tells whether evaluating an argument can have an effect.
func worthwhile(e python.Expr) bool {
	switch e.(type) {
	case *python.Call, *python.Name, *python.List, *python.Dict, *python.Await:
		return true
	}
	return false
}

// keywords evaluates the named arguments, `**kwargs` included.
func (r *reader) keywords(e *python.Call, at *frame) map[string]value {
	var out map[string]value
	for _, k := range e.Keywords {
		v := r.eval(k.Value, at)
		if out == nil {
			out = map[string]value{}
		}
		if k.Name == "" {
			for i, name := range v.keys {
				out[name] = v.elements()[i]
			}
			continue
		}
		if v.src == nil {
			v.src = &source{k.Value, at}
		}
		out[k.Name] = v
	}
	return out
}

func (r *reader) callFunction(fn value, e *python.Call, at *frame) value {
	f := fn.ref.Function
	if !r.registers(f) && len(f.NestedClasses) == 0 && !r.handsRouting(e, at) {
		r.effects(e, at)
		return r.plainResult(fn, e, at)
	}
	plain := fn.env == nil && fn.obj == nil && len(e.Args) == 0 && len(e.Keywords) == 0
	if plain {
		if v, ok := r.results[f]; ok {
			return v
		}
	}
	v := r.run(fn, r.arguments(e, at), r.keywords(e, at), at)
	if plain && (!v.isBareRouter() || f.Def != nil && len(f.Def.Decorators) > 0) {
		r.results[f] = v
	}
	return v
}

// isBareRouter tells whether a value is a router that has nothing in it yet: a function that makes one, `make_router()`, gives each
// module one of its own to fill, if no decorator keeps the first.
func (v value) isBareRouter() bool {
	return v.kind == instance && v.obj.router && !v.obj.app && len(v.obj.routes) == 0 && len(v.obj.links) == 0
}

// handsRouting tells whether a call hands on a method that makes routes, `protected(router.get, "/orders")`: what is called so makes
// one of it.
func (r *reader) handsRouting(e *python.Call, at *frame) bool {
	for _, x := range e.Args {
		if r.isRouting(x, at) {
			return true
		}
	}
	return slices.ContainsFunc(e.Keywords, func(k *python.Keyword) bool { return r.isRouting(k.Value, at) })
}

func (r *reader) isRouting(x python.Expr, at *frame) bool {
	a, ok := x.(*python.Attribute)
	return ok && routing[a.Attr] && r.eval(a, at).makesRoutes()
}

// makesRoutes tells whether a value is a method of a router that makes routes.
func (v value) makesRoutes() bool {
	return v.kind == method && v.obj != nil && v.obj.router && routing[v.text]
}

// holdsRouting tells whether a function was made with a method that makes routes at hand.
func (f *frame) holdsRouting() bool {
	for ; f != nil; f = f.outer {
		for _, v := range f.vars {
			if v.makesRoutes() {
				return true
			}
		}
	}
	return false
}

func (r *reader) arguments(e *python.Call, at *frame) []value {
	out := make([]value, 0, len(e.Args))
	for _, a := range e.Args {
		if s, ok := a.(*python.Starred); ok {
			out = append(out, r.eval(s.Value, at).elements()...)
			continue
		}
		v := r.eval(a, at)
		if v.src == nil {
			v.src = &source{a, at}
		}
		out = append(out, v)
	}
	return out
}

// plainResult is what a function that registers nothing returns: a literal, or an instance of the class that it is said to return.
func (r *reader) plainResult(fn value, e *python.Call, at *frame) value {
	f := fn.ref.Function
	if k := r.p.InstanceOf(at.scope, e); k != nil {
		key := exprKey{f.Module, nil}
		if f.Def != nil && len(e.Args) == 0 {
			key.e = f.Def.Returns
			if v, ok := r.exprs[key]; ok && key.e != nil {
				return v
			}
		}
		v := value{kind: instance, obj: r.object(program.Ref{Kind: program.ToClass, Module: k.Module, Class: k})}
		if key.e != nil {
			r.exprs[key] = v
		}
		return v
	}
	ret := lastReturn(f)
	if ret == nil || at.depth > maxDepth {
		return value{}
	}
	switch n := ret.(type) {
	case *python.Name:
		if g := f.NestedFuncs[n.ID]; g != nil { // a closure: make_lifespan(settings)
			return value{kind: function, ref: program.Ref{Kind: program.ToFunction, Module: g.Module, Function: g}, under: r.wrapped(f, g, e, at)}
		}
	case *python.Constant, *python.JoinedStr, *python.BinOp, *python.Attribute:
		return r.run(fn, r.arguments(e, at), r.keywords(e, at), at)
	}
	return value{}
}

// wrapped is the argument around which a function makes a wrapper: the one that the wrapper calls; nil for none.
func (r *reader) wrapped(f, wrapper *program.Function, e *python.Call, at *frame) *value {
	if wrapper.Def == nil {
		return nil
	}
	called := map[string]bool{}
	ownCalls(wrapper.Def.Body, func(call *python.Call) {
		if n, ok := call.Func.(*python.Name); ok {
			called[n.ID] = true
		}
	})
	for i := range f.Params {
		if i >= len(e.Args) || !called[f.Params[i].Name] {
			continue
		}
		if v := r.eval(e.Args[i], at); v.kind == function {
			return &v
		}
	}
	return nil
}

// run executes a function's body with arguments.
func (r *reader) run(fn value, args []value, named map[string]value, at *frame) value {
	f := fn.ref.Function
	if f == nil || at.depth >= maxDepth || r.calls >= maxCalls {
		return value{}
	}
	r.calls++
	r.entered[f] = true
	in := &frame{scope: f.Scope(), vars: map[string]value{}, outer: fn.env, depth: at.depth + 1, self: fn.obj}
	if f.Class != nil {
		in.class = f.Class
	} else if fn.env != nil {
		in.class, in.self = fn.env.class, fn.env.self
	}
	if fn.obj != nil && !f.Static {
		args = append([]value{{kind: instance, obj: fn.obj}}, args...)
	}
	if f.ClassMethod && fn.obj == nil && f.Class != nil {
		args = append([]value{{kind: class, ref: program.Ref{Kind: program.ToClass, Module: f.Module, Class: f.Class}}}, args...)
	}
	r.bindParams(f, args, named, in)
	if f.Lambda != nil {
		return r.eval(f.Lambda.Body, in)
	}
	r.exec(f.Def.Body, in)
	return in.result
}

func (r *reader) bindParams(f *program.Function, args []value, named map[string]value, in *frame) {
	used := map[string]bool{}
	next := 0
	for i := range f.Params {
		q := &f.Params[i]
		switch q.Kind {
		case program.VarPositional:
			if next > len(args) {
				next = len(args)
			}
			in.set(q.Name, listValue(append([]value{}, args[next:]...)))
			next = len(args)
			continue
		case program.VarKeyword:
			in.set(q.Name, rest(named, used))
			continue
		}
		v, given := named[q.Name]
		used[q.Name] = true
		if !given && q.Kind != program.KeywordOnly && next < len(args) {
			v, given = args[next], true
			next++
		}
		if !given && q.Default != nil {
			at := &frame{scope: f.Header(), depth: in.depth, outer: in.outer}
			v = r.eval(q.Default, at)
			if f != r.alone { // nobody says that the default is what it gets
				v.src = &source{q.Default, at}
			}
		}
		if v.kind == unknown && q.Annotation != nil {
			t := r.ofType(r.p.Annotation(f.Header(), q.Annotation))
			t.src = v.src
			v = t
		}
		v.handedIn = v.kind == unknown && !given
		in.set(q.Name, v)
	}
}

// rest is the value of **kwargs.
func rest(named map[string]value, used map[string]bool) value {
	v := listValue(nil)
	v.kind = dict
	for _, name := range sortedNames(named) {
		if !used[name] {
			v.keys = append(v.keys, name)
			*v.items = append(*v.items, named[name])
		}
	}
	return v
}

// construct makes an instance of a project class and runs its __init__ if that registers anything.
func (r *reader) construct(fn value, e *python.Call, at *frame) value {
	k := fn.ref.Class
	o := r.object(fn.ref)
	o.made = given(k.Method("__init__"), e, at)
	v := value{kind: instance, obj: o}
	if routed := r.classes[k]; routed != nil {
		o.router, o.links = true, append(o.links, link{child: routed})
		routed.linked = true
	}
	r.initialize(v, e, at)
	return v
}

// given tells by name, in the words of who wrote them, the arguments with which a call makes an object.
func given(init *program.Function, e *python.Call, at *frame) map[string]Capture {
	out := map[string]Capture{}
	if init == nil {
		return out
	}
	for i, a := range e.Args {
		if _, ok := a.(*python.Starred); ok || i+1 >= len(init.Params) {
			break
		}
		out[init.Params[i+1].Name] = (&source{a, at}).capture()
	}
	for _, k := range e.Keywords {
		if k.Name != "" {
			out[k.Name] = (&source{k.Value, at}).capture()
		}
	}
	return out
}

func (r *reader) initialize(v value, e *python.Call, at *frame) {
	init := v.obj.class.Method("__init__")
	if init == nil {
		if v.obj.router {
			r.configure(v.obj, e, at)
		} else {
			r.effects(e, at)
		}
		return
	}
	if !v.obj.router && !r.registers(init) && !r.anyRegisters(v.obj.class) {
		r.effects(e, at)
		return
	}
	r.run(r.bind(init, v.obj), r.arguments(e, at), r.keywords(e, at), at)
}

// anyRegisters tells whether some method of a class registers anything: then its instances must know their attributes.
func (r *reader) anyRegisters(k *program.Class) bool {
	for _, c := range k.MRO() {
		for _, name := range c.Order {
			if b := c.Names[name]; b.Function != nil && r.registers(b.Function) {
				return true
			}
		}
	}
	return false
}
