package fastapi

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// ofType is an unknown value of a known type: an instance for routers, apps and classes of the project.
func (r *reader) ofType(t program.Type) value {
	switch t.Ref.Kind {
	case program.ToClass:
		return value{kind: instance, obj: r.object(t.Ref)}
	case program.ToExternal:
		if isRouter(t.Ref.Qual) || strings.HasPrefix(t.Ref.Qual, "celery.") || strings.HasPrefix(t.Ref.Qual, "apscheduler.") {
			return value{kind: instance, obj: r.object(t.Ref)}
		}
	}
	return value{}
}

// object makes an instance of a class.
func (r *reader) object(of program.Ref) *object {
	o := &object{order: len(r.objects)}
	switch of.Kind {
	case program.ToClass:
		o.class = of.Class
		o.app = isApp(of.Class.IsSubclass)
		o.router = o.app || r.makesRouters(of.Class)
	case program.ToExternal:
		o.qual = of.Qual
		o.app = hasSuffix(of.Qual, "FastAPI", "Starlette")
		o.router = isRouter(of.Qual)
	}
	r.objects = append(r.objects, o)
	return o
}

var appClasses = []string{"fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette"}

var routerClasses = []string{"fastapi.APIRouter", "fastapi.routing.APIRouter", "fastapi.routers.APIRouter", "starlette.routing.Router"}

func isApp(subclass func(...string) bool) bool { return subclass(appClasses...) }

// isRouter tells by the qualified name whether a class outside the project is a router or an app. Routers of other libraries
// (InferringRouter, VersionedAPIRouter, SQLAlchemyCRUDRouter) derive from FastAPI's.
func isRouter(qual string) bool {
	i := strings.LastIndexByte(qual, '.')
	name := qual[i+1:]
	if strings.HasPrefix(qual, "flask") || strings.HasPrefix(qual, "aiogram") || strings.HasPrefix(qual, "faststream") || strings.HasPrefix(qual, "django") {
		return false
	}
	return strings.HasSuffix(name, "APIRouter") || strings.HasSuffix(name, "FastAPI") || name == "InferringRouter" ||
		strings.HasSuffix(name, "CRUDRouter") || qual == "starlette.applications.Starlette" || qual == "starlette.routing.Router"
}

func isRouterClass(k *program.Class) bool {
	if k.IsSubclass(routerClasses...) || k.IsSubclass(appClasses...) {
		return true
	}
	for _, c := range k.MRO() {
		for _, b := range c.Bases {
			if b.Class == nil && isRouter(b.Qual) {
				return true
			}
		}
	}
	return false
}

func (r *reader) member(v value, attr string, at *frame) value {
	switch v.kind {
	case module, class, external:
		m := r.reference(r.p.Member(v.ref, attr), at)
		if v.kind == class && m.kind == unknown {
			return r.ofClassAttr(v, attr)
		}
		return m
	case instance:
		return r.objectMember(v.obj, attr, at)
	case super:
		return r.superMember(v, attr)
	case text:
		if attr == "value" { // of an Enum member
			return v
		}
		return value{kind: method, text: attr, under: &v}
	case function, list, dict, register, route:
		return value{kind: method, text: attr, under: &v}
	}
	return value{}
}

func (r *reader) ofClassAttr(v value, attr string) value {
	if o := r.classes[v.ref.Class]; o != nil && attr == "router" {
		return value{kind: instance, obj: o}
	}
	return value{}
}

func (r *reader) objectMember(o *object, attr string, at *frame) value {
	if v, ok := o.attrs[attr]; ok {
		return v
	}
	if o.router && attr == "router" {
		return value{kind: instance, obj: o} // app.router takes the same calls as the app
	}
	if o.router && attr == "prefix" {
		return textValue(o.prefix)
	}
	if o.class != nil {
		if b, _ := o.class.Attr(attr); b != nil {
			if b.Function != nil {
				return r.bind(b.Function, o)
			}
			return r.reference(r.p.Member(program.Ref{Kind: program.ToClass, Module: o.class.Module, Class: o.class}, attr), at)
		}
		if router := r.classes[o.class]; router != nil && attr == "router" {
			return value{kind: instance, obj: router}
		}
	}
	return value{kind: method, text: attr, obj: o}
}

// bind makes a bound method; a property is read at once.
func (r *reader) bind(f *program.Function, o *object) value {
	v := value{kind: function, ref: program.Ref{Kind: program.ToFunction, Module: f.Module, Function: f, Class: f.Class}, obj: o}
	if f.Property {
		if r.registers(f) || lastReturn(f) != nil {
			return r.run(v, nil, nil, &frame{scope: f.Scope(), depth: 1})
		}
		return value{}
	}
	return v
}

func (r *reader) superMember(v value, attr string) value {
	mro := v.obj.class.MRO()
	past := false
	for _, k := range mro {
		if past {
			if b := k.Names[attr]; b != nil && b.Function != nil {
				return r.bind(b.Function, v.obj)
			}
		}
		past = past || k == v.ref.Class
	}
	return value{kind: method, text: attr, obj: v.obj, under: &v}
}
