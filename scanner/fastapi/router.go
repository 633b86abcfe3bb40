package fastapi

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// routing are the methods of routers that make routes, as decorators.
var routing = map[string]bool{
	"get": true, "post": true, "put": true, "delete": true, "patch": true, "head": true, "options": true, "trace": true,
	"api_route": true, "route": true, "websocket": true, "websocket_route": true,
}

// assembling are the methods that put an application together.
var assembling = map[string]bool{
	"include_router": true, "add_api_route": true, "add_route": true, "add_api_websocket_route": true, "add_websocket_route": true,
	"add_middleware": true, "add_exception_handler": true, "exception_handler": true, "add_event_handler": true, "on_event": true,
}

// looksLikePath tells whether a call has the path of a route: client.get("https://…") and cache.get("key") have none.
func looksLikePath(e *python.Call) bool {
	var path python.Expr
	if len(e.Args) > 0 {
		path = e.Args[0]
	}
	for _, k := range e.Keywords {
		if k.Name == "path" {
			path = k.Value
		}
	}
	for range 100 {
		sum, ok := path.(*python.BinOp)
		if !ok {
			break
		}
		path = sum.Left
	}
	switch p := path.(type) {
	case *python.Constant:
		s, ok := p.Str()
		return ok && (s == "" || s[0] == '/')
	case *python.JoinedStr:
		return true
	}
	return false
}

// objectCall calls a method of an app, a router or an object of a library.
func (r *reader) objectCall(o *object, name string, e *python.Call, at *frame) value {
	if name == "__init__" {
		if o.router {
			r.configure(o, e, at)
		}
		return value{}
	}
	if o.router {
		return r.route(o, name, e, at)
	}
	if o.qual != "" {
		return r.libraryCall(o, name, e, at)
	}
	if routing[name] && looksLikePath(e) || assembling[name] {
		o.router = true // a class whose base is unknown, used as a router
		return r.route(o, name, e, at)
	}
	r.effects(e, at)
	return value{}
}

// configure applies the arguments of APIRouter(…) or FastAPI(…).
func (r *reader) configure(o *object, e *python.Call, at *frame) {
	named := r.keywords(e, at)
	if v, ok := named["prefix"]; ok {
		o.prefix = r.path(v)
	}
	if o.app {
		o.prefix = "" // FastAPI has none
	}
	o.deps = append(o.deps, r.dependencyValue(named["dependencies"])...)
	for _, x := range named["routes"].elements() {
		r.addRouteObject(o, x)
	}
	r.lifespan(named["lifespan"])
	for _, name := range [2]string{"on_startup", "on_shutdown"} {
		for _, x := range named[name].elements() {
			r.startup(x)
		}
	}
	for _, x := range named["middleware"].elements() {
		r.addRouteObject(o, x)
	}
	if h := named["exception_handlers"]; h.kind == dict && h.src != nil {
		r.handlerDict(h.src.expr, h.src.at)
	}
}

// dependencyValue reads dependencies from an evaluated argument, in the words in which it was written.
func (r *reader) dependencyValue(v value) []Dependency {
	if v.src == nil {
		return nil
	}
	return r.dependencies(v.src.expr, v.src.at)
}

// path is a value as a path; None and the like give the empty one.
func (r *reader) path(v value) string {
	if v.src != nil {
		if c, ok := v.src.expr.(*python.Constant); ok && c.Kind != python.ConstStr {
			return ""
		}
	}
	return v.asText()
}

// route handles the methods of apps and routers.
func (r *reader) route(o *object, name string, e *python.Call, at *frame) value {
	switch name {
	case "get", "post", "put", "delete", "patch", "head", "options", "trace":
		return r.decorator(o, Route, []string{strings.ToUpper(name)}, e, at)
	case "api_route", "route":
		return r.decorator(o, Route, nil, e, at)
	case "websocket", "websocket_route":
		return r.decorator(o, WebSocket, nil, e, at)
	case "add_api_route", "add_route":
		r.add(o, Route, e, at)
	case "add_api_websocket_route", "add_websocket_route":
		r.add(o, WebSocket, e, at)
	case "include_router":
		r.include(o, e, at)
	case "mount":
		r.mount(o, e, at)
	default:
		return r.around(o, name, e, at)
	}
	return value{}
}

// decorator reads router.get("/path", …): the registration that waits for its function.
func (r *reader) decorator(o *object, kind EntryKind, methods []string, e *python.Call, at *frame) value {
	args, named := r.arguments(e, at), r.keywords(e, at)
	reg := &registration{on: o, kind: kind, methods: methods, path: r.path(pick(args, 0, named, "path")), deps: r.dependencyValue(named["dependencies"])}
	if methods == nil && kind == Route {
		reg.methods = methodNames(pick(args, -1, named, "methods"))
	}
	return value{kind: register, reg: reg}
}

// pick returns a positional or named argument.
func pick(args []value, i int, named map[string]value, name string) value {
	if v, ok := named[name]; ok {
		return v
	}
	if i >= 0 && i < len(args) {
		return args[i]
	}
	if i >= 0 {
		return textValue("")
	}
	return value{}
}

func methodNames(v value) []string {
	var out []string
	for _, x := range v.elements() {
		if x.kind == text {
			out = append(out, strings.ToUpper(x.text))
		}
	}
	if len(out) == 0 {
		return []string{"GET"}
	}
	sort.Strings(out)
	return out
}

// add reads router.add_api_route("/path", endpoint, methods=[…]).
func (r *reader) add(o *object, kind EntryKind, e *python.Call, at *frame) {
	args, named := r.arguments(e, at), r.keywords(e, at)
	endpoint := pick(args, 1, named, "endpoint")
	if _, ok := named["route"]; ok {
		endpoint = named["route"]
	}
	reg := &registration{on: o, kind: kind, path: r.path(pick(args, 0, named, "path")), deps: r.dependencyValue(named["dependencies"]),
		site: e, within: at.scope.Module}
	if kind == Route {
		reg.methods = methodNames(pick(args, -1, named, "methods"))
	}
	r.complete(reg, endpoint)
}

// complete registers a function.
func (r *reader) complete(reg *registration, fn value) {
	if reg.then != nil {
		reg.then(fn)
		return
	}
	if fn.kind == class {
		r.endpointClass(reg, fn)
		return
	}
	f, k := fn.target()
	if f == nil {
		if reg.site != nil && fn.kind != external && !fn.handedIn {
			r.unresolved(reg.within, reg.site, "the handler of a route is not known")
		}
		return
	}
	if len(reg.on.routes) >= maxRoutes {
		return
	}
	done := *reg
	done.fn, done.class, done.made = f, k, fn.made()
	if f.Outer != nil {
		done.env = fn.inside()
	}
	if f.Class != nil && !f.Static && k == nil {
		done.class = f.Class // a method decorated in the body of a class-based view
	}
	reg.on.routes = append(reg.on.routes, done)
}

// endpointClass registers the methods of a class used as an endpoint (Starlette's HTTPEndpoint).
func (r *reader) endpointClass(reg *registration, fn value) {
	for _, name := range []string{"get", "post", "put", "delete", "patch", "head", "options"} {
		if f := fn.ref.Class.Method(name); f != nil {
			done := *reg
			done.fn, done.class, done.methods = f, fn.ref.Class, []string{strings.ToUpper(name)}
			reg.on.routes = append(reg.on.routes, done)
		}
	}
}

// include reads parent.include_router(child, prefix=…, dependencies=…).
func (r *reader) include(o *object, e *python.Call, at *frame) {
	args, named := r.arguments(e, at), r.keywords(e, at)
	child := pick(args, 0, named, "router")
	if child.kind == module { // include_router(orders): the module's router
		child = r.member(child, "router", at)
	}
	if child.kind != instance {
		if child.handedIn {
			return
		}
		r.unresolved(at.scope.Module, e, "the router that is included is not known")
		return
	}
	if child.obj == o {
		return
	}
	child.obj.router, child.obj.linked = true, true
	l := link{child: child.obj, deps: r.dependencyValue(named["dependencies"])}
	if v, ok := named["prefix"]; ok {
		l.prefix = r.path(v)
	} else if len(args) > 1 {
		l.prefix = r.path(args[1])
	}
	o.links = append(o.links, l)
}

// unresolved notes a place where routes may be missing, once.
func (r *reader) unresolved(m *program.Module, call *python.Call, reason string) {
	r.app.missed(Unresolved{m, call.Pos(), reason})
}

func (a *App) missed(u Unresolved) {
	for _, v := range a.Unresolved[max(0, len(a.Unresolved)-50):] {
		if v == u {
			return
		}
	}
	if len(a.Unresolved) < 1000 {
		a.Unresolved = append(a.Unresolved, u)
	}
}

// mount reads app.mount("/path", subapp).
func (r *reader) mount(o *object, e *python.Call, at *frame) {
	args, named := r.arguments(e, at), r.keywords(e, at)
	r.mountAt(o, r.path(pick(args, 0, named, "path")), pick(args, 1, named, "app"))
}

func (r *reader) mountAt(o *object, path string, child value) {
	if child.kind == instance && child.obj != o && child.obj.router {
		child.obj.linked = true
		o.links = append(o.links, link{child: child.obj, prefix: strings.TrimSuffix(path, "/"), mount: true})
	}
}

// addRouteObject adds APIRoute(…), Mount(…), Middleware(…) from a list.
func (r *reader) addRouteObject(o *object, v value) {
	if v.kind != route || v.reg == nil {
		return
	}
	reg := *v.reg
	reg.on = o
	switch {
	case reg.then != nil:
		reg.then(*v.under)
	case v.text == "mount":
		r.mountAt(o, reg.path, *v.under)
	default:
		r.complete(&reg, *v.under)
	}
}
