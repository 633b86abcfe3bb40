package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// The application is assembled by ordinary Python: routers are made in functions, handed around, included in loops. The reader
// therefore runs a very small part of the language on abstract values: routers and apps as objects, strings as text with holes,
// functions and classes as themselves, everything else unknown.

type valueKind uint8

const (
	unknown  valueKind = iota
	text               // a string; what is not literal in it reads {…}
	list               // list or tuple
	dict               // string keys only
	function           // a function, with the object it is bound to
	class
	module
	external // something outside the project: ref.Qual
	instance // obj
	method   // a method of an object from outside: obj.name
	super    // super() inside a method of class ref.Class, on obj
	register // what router.get("/x") returns: a decorator that registers
	wraps    // what functools.wraps(f) returns
	number
	route // a route object: APIRoute(path, endpoint)
)

// value is what an expression is.
type value struct {
	kind  valueKind
	text  string
	ref   program.Ref
	obj   *object
	env   *frame // the frame around a nested function
	items *[]value
	keys  []string
	reg   *registration
	under *value // the function that a wrapper wraps
	src   *source
	// handedIn marks an argument that nobody gave: the function was run by itself.
	handedIn bool
}

// source is where a value was written: it lets a dependency handed in as an argument be told in the caller's words.
type source struct {
	expr python.Expr
	at   *frame
}

// textValue is a string; one that no path can be is not kept.
func textValue(s string) value {
	if len(s) > 4096 {
		s = hole
	}
	return value{kind: text, text: s}
}

func listValue(items []value) value { return value{kind: list, items: &items} }

// hole stands for the part of a path that the source does not tell.
const hole = "{…}"

// asText returns a value as part of a path.
func (v value) asText() string {
	if v.kind == text {
		return v.text
	}
	return hole
}

// elements returns the items of a list or the values of a dict.
func (v value) elements() []value {
	if v.items == nil {
		return nil
	}
	return *v.items
}

// captures tells the variables of the functions around a nested function, each in the words of the outermost code that wrote it.
func (f *frame) captures() map[string]Capture {
	var out map[string]Capture
	for ; f != nil; f = f.outer {
		if f.scope.Function == nil {
			continue
		}
		for name, v := range f.vars {
			if _, inner := out[name]; inner || v.src == nil || v.kind == instance && v.obj.router || v.kind == function && v.obj == nil && v.ref.Function.Outer == f.scope.Function {
				continue
			}
			if out == nil {
				out = map[string]Capture{}
			}
			out[name] = v.src.capture()
		}
	}
	return out
}

// capture tells a value in the words of the outermost code that wrote it.
func (s *source) capture() Capture {
	s = s.origin()
	return Capture{Value: s.expr, Scope: s.at.scope, at: s.at}
}

// origin follows arguments that are themselves parameters of the caller.
func (s *source) origin() *source {
	for range maxDepth {
		n, ok := s.expr.(*python.Name)
		if !ok {
			break
		}
		v, ok := s.at.lookup(n.ID)
		if !ok || v.src == nil || v.src == s {
			break
		}
		s = v.src
	}
	return s
}

// target returns the function that would run when the value is called, seen through wrappers, and its class for a bound method.
func (v value) target() (*program.Function, *program.Class) {
	for v.under != nil {
		v = *v.under
	}
	switch v.kind {
	case function:
		f := v.ref.Function
		if v.obj != nil && f.Class != nil {
			return f, v.obj.class
		}
		return f, nil
	case instance:
		if v.obj.class != nil {
			if f := v.obj.class.Method("__call__"); f != nil {
				return f, v.obj.class
			}
		}
	}
	return nil, nil
}

// made returns of what the object was made to which the function that target names is bound, nil for no such object.
func (v value) made() map[string]Capture {
	for v.under != nil {
		v = *v.under
	}
	if v.obj == nil {
		return nil
	}
	return v.obj.made
}

// inside returns the frame around the function that target names.
func (v value) inside() *frame {
	for v.under != nil {
		v = *v.under
	}
	return v.env
}

// object is an app, a router, or an instance of any class.
type object struct {
	qual   string         // class outside the project: "fastapi.FastAPI", "celery.Celery"
	class  *program.Class // class of the project
	router bool           // an APIRouter or FastAPI, or something used like one
	app    bool
	prefix string
	deps   []Dependency
	routes []registration
	links  []link
	attrs  map[string]value
	made   map[string]Capture // the arguments of its constructor by name; nil when it was not seen being made
	linked bool               // some other router includes it
	order  int
}

// link is an include_router or a mount.
type link struct {
	child  *object
	prefix string
	deps   []Dependency
	mount  bool // an application of its own: dependencies around it do not reach in
}

// registration is one route, complete once the function is known.
type registration struct {
	on      *object
	kind    EntryKind
	methods []string
	path    string
	deps    []Dependency
	fn      *program.Function
	class   *program.Class
	env     *frame             // around fn, when it is nested
	made    map[string]Capture // of what the object was made whose method fn is
	site    *python.Call
	within  *program.Module
	// then is set for what is no route: a worker, a handler, a start-up function.
	then func(value)
}

// frame holds the names of one execution: a function's, or what loops at a module's top level bind.
type frame struct {
	scope  program.Scope
	vars   map[string]value
	outer  *frame
	self   *object
	class  *program.Class // class whose method runs, for super()
	result value
	depth  int
}

func (f *frame) set(name string, v value) {
	if f.vars == nil {
		f.vars = map[string]value{}
	}
	f.vars[name] = v
}

func (f *frame) lookup(name string) (value, bool) {
	for ; f != nil; f = f.outer {
		if v, ok := f.vars[name]; ok {
			return v, true
		}
	}
	return value{}, false
}
