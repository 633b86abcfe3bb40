package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// App is everything that can run in the service.
type App struct {
	Entries []*Entry // sorted by the path of their file, line, method (those that change something first)
	// Handlers are the registered exception handlers: the exception class (Qual or project class) and the function.
	Handlers []ExceptionHandler
	// Startup are lifespan and start-up functions, and Scripts functions only reached from `if __name__ == "__main__"`,
	// command-line frameworks, migrations and tests: their findings never rank above note.
	Startup map[*program.Function]bool
	// Version is the pinned FastAPI version ("0.115.2"), "" when unknown.
	Version string
	// Unresolved lists what could not be followed while the application was put together, in source order: routes may be missing.
	Unresolved []Unresolved
	scripts    map[*program.Function]bool // run by a command line or a main block
}

// Unresolved is a place where routes may have been missed.
type Unresolved struct {
	Module *program.Module
	Pos    int32
	Reason string // "the router that is included is not known"
}

// EntryKind tells what starts an entry point.
type EntryKind uint8

// The kinds of entry points.
const (
	Route      EntryKind = iota // path operation
	WebSocket                   //
	Worker                      // queue worker: Celery, Dramatiq, ARQ, RQ, taskiq, project-registered actors
	Job                         // scheduled job or a loop started by the lifespan
	Middleware                  // runs around every request
)

// Entry is one entry point.
type Entry struct {
	Kind     EntryKind
	Method   string // "POST"; "WS", "TASK", "JOB", "MIDDLEWARE" for the other kinds
	Path     string // full path with all prefixes ("/api/v1/orders/{order_id}"); the function's name for the kinds without one
	Function *program.Function
	// Class is set when the handler is a method of a class-based view; its constructor parameters and annotated class attributes are dependencies too.
	Class *program.Class
	// Depends are the dependencies of `dependencies=[…]` of app, routers, include_router and the route, outermost first.
	Depends []Dependency
	// Stream tells that the path operation yields (SSE, JSON lines).
	Stream bool
	// Captured are the arguments and variables of the functions around a nested handler, by name: what `model` is in the handler
	// that make_router(Order) defines. Nil for a handler of the top level.
	Captured map[string]Capture
	// Made are the arguments by name of which the object is made, once, whose method the function is: of a middleware class, or one that
	// registers its own methods. Nil when every request has an object of its own.
	Made map[string]Capture
	// Receives tells that a message broker hands it what others publish.
	Receives bool
	// Alone tells that the scheduler never runs two of this job at once.
	Alone bool
	// Apart tells that several of this job run at once, each with something of its own: `for url in machines: create_task(feed(url))`.
	Apart bool
	Line  int
}

// Capture is an argument as the caller wrote it: an expression and where it stands.
type Capture struct {
	Value python.Expr
	Scope program.Scope
	at    *frame
}

// Local returns what a variable of the code around the expression is.
func (c Capture) Local(name string) (Capture, bool) {
	v, ok := c.at.lookup(name)
	if !ok || v.src == nil || v.src.expr == c.Value {
		return Capture{}, false
	}
	return v.src.capture(), true
}

// Dependency is one Depends(...) or Security(...).
type Dependency struct {
	Call  python.Expr   // the expression of the callable; nil for a bare Depends() whose class is the annotation's
	Class *program.Type // the annotation's type, for a bare Depends()
	Scope program.Scope // where Call stands
	// UseCache is false for use_cache=False. Function is true for scope="function".
	UseCache, Function bool
	// MaxConcurrency is set for max_concurrency=…; Node is the Depends call itself, whose identity is the gate's.
	MaxConcurrency bool
	Node           *python.Call
}

// ExceptionHandler is one registered handler.
type ExceptionHandler struct {
	Class    program.Ref // the exception
	Function *program.Function
}
