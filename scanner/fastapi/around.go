package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// around handles what runs around requests: middleware, exception handlers, start-up functions.
func (r *reader) around(o *object, name string, e *python.Call, at *frame) value {
	switch name {
	case "middleware":
		return then(func(fn value) { r.middleware(fn) })
	case "exception_handler":
		if len(e.Args) > 0 {
			exc := r.exception(e.Args[0], at)
			return then(func(fn value) { r.handler(exc, fn) })
		}
	case "on_event":
		return then(func(fn value) { r.startup(fn) })
	case "add_middleware":
		r.addMiddleware(r.arguments(e, at), r.keywords(e, at))
	case "add_exception_handler":
		r.addHandler(e, at)
	case "add_event_handler":
		if args := r.arguments(e, at); len(args) > 1 {
			r.startup(args[1])
		}
	default:
		r.keywords(e, at)
		r.effects(e, at)
	}
	return value{}
}

// then is a decorator that hands its function on.
func then(f func(value)) value { return value{kind: register, reg: &registration{then: f}} }

func (r *reader) middleware(fn value) {
	if f, k := fn.target(); f != nil {
		r.addAround(f, k, fn.env.captures(), nil)
	}
}

// addAround makes the entry of a middleware: every request runs it, so it races with itself and with every route. The object of a
// class is made once, when the application is put together, of what it is given there.
func (r *reader) addAround(f *program.Function, k *program.Class, captured, made map[string]Capture) {
	key := entryKey{fn: f, class: k, method: "MIDDLEWARE"}
	if r.entries[key] || len(r.app.Entries) >= maxRoutes {
		return
	}
	r.entries[key] = true
	if k == nil && !f.Static {
		k = f.Class
	}
	r.app.Entries = append(r.app.Entries, &Entry{
		Kind: Middleware, Method: "MIDDLEWARE", Path: f.Module.Name + "." + f.Qualname, Function: f, Class: k, Captured: captured, Made: made, Line: line(f),
	})
}

// addMiddleware reads add_middleware(Class, …) and Middleware(Class, …): the class's dispatch or __call__, or a dispatch function.
func (r *reader) addMiddleware(args []value, named map[string]value) {
	cls := pick(args, 0, named, "middleware_class")
	if d, ok := named["dispatch"]; ok {
		r.middleware(d)
		return
	}
	if cls.kind != class {
		r.middleware(cls)
		return
	}
	for _, name := range [2]string{"dispatch", "__call__"} {
		if f := cls.ref.Class.Method(name); f != nil {
			r.addAround(f, cls.ref.Class, nil, inSource(named))
			return
		}
	}
}

// inSource tells arguments in the words in which they were written.
func inSource(named map[string]value) map[string]Capture {
	out := map[string]Capture{}
	for name, v := range named {
		if v.src != nil {
			out[name] = Capture{Value: v.src.expr, Scope: v.src.at.scope}
		}
	}
	return out
}

// exception resolves the class or status code of an exception handler.
func (r *reader) exception(e python.Expr, at *frame) program.Ref {
	if c, ok := e.(*python.Constant); ok && c.Kind == python.ConstInt {
		return program.Ref{Qual: c.Raw}
	}
	v := r.eval(e, at)
	return v.ref
}

func (r *reader) handler(exc program.Ref, fn value) {
	if f, _ := fn.target(); f != nil {
		for _, h := range r.app.Handlers {
			if h.Function == f && h.Class.Qual == exc.Qual {
				return
			}
		}
		r.app.Handlers = append(r.app.Handlers, ExceptionHandler{Class: exc, Function: f})
	}
}

func (r *reader) addHandler(e *python.Call, at *frame) {
	exc, fn := keywordOrArg(e, 0, "exc_class_or_status_code"), keywordOrArg(e, 1, "handler")
	if exc != nil && fn != nil {
		r.handler(r.exception(exc, at), r.eval(fn, at))
	}
}

func keywordOrArg(e *python.Call, i int, name string) python.Expr {
	for _, k := range e.Keywords {
		if k.Name == name {
			return k.Value
		}
	}
	if i < len(e.Args) {
		return e.Args[i]
	}
	return nil
}

// handlerDict reads exception_handlers={Error: handler}.
func (r *reader) handlerDict(e python.Expr, at *frame) {
	if _, ok := e.(*python.Dict); !ok {
		ref := r.p.Resolve(at.scope, e)
		if ref.Kind != program.ToValue {
			return
		}
		e, at = ref.Binding.Value, &frame{scope: program.Scope{Module: ref.Module}}
	}
	d, ok := e.(*python.Dict)
	if !ok {
		return
	}
	for i, k := range d.Keys {
		if k != nil {
			r.handler(r.exception(k, at), r.eval(d.Values[i], at))
		}
	}
}

// lifespan notes a lifespan function and the loops that it starts.
func (r *reader) lifespan(v value) {
	if v.kind == external || v.kind == unknown {
		return
	}
	r.startup(v)
}

func (r *reader) startup(v value) {
	f, _ := v.target()
	if f == nil || r.app.Startup[f] {
		return
	}
	r.app.Startup[f] = true
	r.jobsOf(f, map[*program.Function]bool{}, 0)
}
