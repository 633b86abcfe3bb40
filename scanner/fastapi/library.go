package fastapi

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// callExternal is what calling something outside the project gives.
func (r *reader) callExternal(qual string, e *python.Call, at *frame) value {
	ref := program.Ref{Kind: program.ToExternal, Qual: qual}
	switch {
	case isRouter(qual):
		o := r.object(ref)
		r.configure(o, e, at)
		return value{kind: instance, obj: o}
	case workerDecorators[qual]:
		return r.workerDecorator(e, at)
	case jobDecorators[qual]:
		return r.jobDecorator(e, at)
	case strings.HasPrefix(qual, "classy_fastapi.") && routing[lastName(qual)] && at.class != nil:
		return r.route(r.classRouter(at.class), lastName(qual), e, at)
	}
	switch qual {
	case "functools.partial", "functools.partialmethod", "functools.cache", "functools.lru_cache", "builtins.staticmethod":
		if args := r.arguments(e, at); len(args) > 0 {
			v := args[0]
			v.src = &source{e, at} // with what the call binds, not the bare function
			return v
		}
		return value{}
	case "functools.wraps", "functools.update_wrapper":
		if args := r.arguments(e, at); len(args) > 0 {
			under := args[len(args)-1]
			return value{kind: wraps, under: &under}
		}
		return value{}
	case "importlib.import_module":
		return r.importModule(e, at)
	case "pydantic.Field", "pydantic.fields.Field", "dataclasses.field", "sqlmodel.Field":
		args, named := r.arguments(e, at), r.keywords(e, at)
		return pick(args, 0, named, "default")
	case "os.getenv", "os.environ.get", "decouple.config", "environs.Env.str":
		args, named := r.arguments(e, at), r.keywords(e, at)
		return pick(append(args, value{}, value{}), 1, named, "default")
	}
	return r.builtin(qual, e, at)
}

// dictOf is dict(other, key=value).
func (r *reader) dictOf(e *python.Call, at *frame) value {
	named := r.keywords(e, at)
	if args := r.arguments(e, at); len(args) == 1 && args[0].kind == dict {
		for i, k := range args[0].keys {
			if _, ok := named[k]; !ok {
				if named == nil {
					named = map[string]value{}
				}
				named[k] = args[0].elements()[i]
			}
		}
	} else if len(args) > 0 {
		return value{}
	}
	return rest(named, nil)
}

// builtin runs the few builtins that appear between a router and its include.
func (r *reader) builtin(qual string, e *python.Call, at *frame) value {
	if strings.HasPrefix(qual, "starlette.") || strings.HasPrefix(qual, "fastapi.") {
		if v, ok := r.routeObject(lastName(qual), e, at); ok {
			return v
		}
	}
	if qual == "builtins.dict" {
		return r.dictOf(e, at)
	}
	args := r.effects(e, at)
	switch qual {
	case "builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed", "builtins.set":
		if len(args) == 1 {
			return args[0]
		}
		return listValue(nil)
	case "builtins.str":
		if len(args) == 1 {
			return textValue(args[0].asText())
		}
	case "builtins.enumerate":
		if len(args) > 0 {
			return numbered(args[0])
		}
	case "builtins.zip":
		return zipped(args)
	case "builtins.getattr":
		if len(args) > 1 && args[1].kind == text {
			return r.member(args[0], args[1].text, at)
		}
		return value{}
	}
	if strings.HasPrefix(qual, "builtins.") {
		return value{}
	}
	return value{kind: instance, obj: &object{qual: qual}}
}

// classRouter is the router of a class whose methods carry the routes (classy-fastapi): its instances have it as `router`.
func (r *reader) classRouter(k *program.Class) *object {
	o := r.classes[k]
	if o == nil {
		o = r.object(program.Ref{Kind: program.ToExternal, Qual: "fastapi.APIRouter"})
		r.classes[k] = o
	}
	return o
}

// addResource reads fastapi-utils' api.add_resource(Orders(), "/orders"): each method named like an HTTP method is a route.
func (r *reader) addResource(args []value) {
	if len(args) < 2 || args[0].kind != instance || args[0].obj.class == nil {
		return
	}
	k := args[0].obj.class
	for _, path := range args[1:] {
		reg := &registration{on: r.classRouter(k), kind: Route, path: r.path(path)}
		r.endpointClass(reg, value{kind: class, ref: program.Ref{Kind: program.ToClass, Module: k.Module, Class: k}})
	}
}

func numbered(v value) value {
	pairs := make([]value, len(v.elements()))
	for i, x := range v.elements() {
		pairs[i] = listValue([]value{{kind: number}, x})
	}
	return listValue(pairs)
}

func zipped(args []value) value {
	var rows []value
	for i := 0; len(args) > 0 && i < len(args[0].elements()); i++ {
		row := make([]value, len(args))
		for j, a := range args {
			if i < len(a.elements()) {
				row[j] = a.elements()[i]
			}
		}
		rows = append(rows, listValue(row))
	}
	return listValue(rows)
}

func (r *reader) importModule(e *python.Call, at *frame) value {
	args := r.arguments(e, at)
	if len(args) == 0 || args[0].kind != text || strings.Contains(args[0].text, hole) {
		return value{}
	}
	name := args[0].text
	if rel := strings.TrimLeft(name, "."); rel != name {
		name = r.p.Absolute(at.scope.Module, rel, len(name)-len(rel))
	}
	m := r.p.Module(at.scope.Module, name)
	if m == nil {
		return value{}
	}
	return value{kind: module, ref: program.Ref{Kind: program.ToModule, Module: m, Qual: m.Name}}
}

func lastName(qual string) string { return qual[strings.LastIndexByte(qual, '.')+1:] }

// routeObject makes the objects of route lists: FastAPI(routes=[Mount("/v1", app), APIRoute("/x", f)], middleware=[Middleware(M)]).
func (r *reader) routeObject(name string, e *python.Call, at *frame) (value, bool) {
	switch name {
	case "APIRoute", "Route":
		return r.listedRoute(Route, e, at), true
	case "APIWebSocketRoute", "WebSocketRoute":
		return r.listedRoute(WebSocket, e, at), true
	case "Mount":
		return r.listedMount(e, at), true
	case "Middleware":
		return r.listedMiddleware(e, at), true
	}
	return value{}, false
}

func (r *reader) listedRoute(kind EntryKind, e *python.Call, at *frame) value {
	args, named := r.arguments(e, at), r.keywords(e, at)
	reg := &registration{kind: kind, path: r.path(pick(args, 0, named, "path")), deps: r.dependencyValue(named["dependencies"])}
	if kind == Route {
		reg.methods = methodNames(pick(args, -1, named, "methods"))
	}
	endpoint := pick(args, 1, named, "endpoint")
	return value{kind: route, reg: reg, under: &endpoint}
}

func (r *reader) listedMount(e *python.Call, at *frame) value {
	args, named := r.arguments(e, at), r.keywords(e, at)
	child := pick(args, 1, named, "app")
	if routes, ok := named["routes"]; ok {
		o := r.object(program.Ref{Kind: program.ToExternal, Qual: "starlette.routing.Router"})
		for _, x := range routes.elements() {
			r.addRouteObject(o, x)
		}
		child = value{kind: instance, obj: o}
	}
	return value{kind: route, text: "mount", reg: &registration{path: r.path(pick(args, 0, named, "path"))}, under: &child}
}

func (r *reader) listedMiddleware(e *python.Call, at *frame) value {
	args, named := r.arguments(e, at), r.keywords(e, at)
	return value{kind: route, reg: &registration{then: func(value) { r.addMiddleware(args, named) }}, under: &value{}}
}

func sortedNames(m map[string]value) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
