package schema

import (
	"fmt"
	"path"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// sessions reads the factories and constructors of sessions.
func (r *reader) sessions() {
	for _, f := range r.calls {
		switch f.name {
		case "sessionmaker", "async_sessionmaker", "Session", "AsyncSession":
			if !r.makesSessions(f) {
				continue // requests.Session, boto3.Session, a local variable of that name
			}
			r.s.Sessions[f.call] = &SessionInfo{
				ExpireOnCommit: !isFalse(r.option(f, "expire_on_commit")), Autoflush: !isFalse(r.option(f, "autoflush")),
				Autocommit: isTrue(r.option(f, "autocommit")), Place: r.place(f.scope.Module, f.call)}
		}
	}
}

// makesSessions tells that a call is SQLAlchemy's or SQLModel's, or that of a class derived from theirs.
func (r *reader) makesSessions(f foundCall) bool {
	e := f.call.Func
	if sub, ok := e.(*python.Subscript); ok {
		e = sub.Value
	}
	switch ref := r.p.Resolve(f.scope, e); ref.Kind {
	case program.ToExternal:
		return strings.HasPrefix(ref.Qual, "sqlalchemy.") || strings.HasPrefix(ref.Qual, "sqlmodel.")
	case program.ToClass:
		return ref.Class != nil && ref.Class.IsSubclass("sqlalchemy.orm.Session", "sqlalchemy.ext.asyncio.AsyncSession", "sqlmodel.Session", "sqlmodel.ext.asyncio.session.AsyncSession")
	}
	return keyword(f.call, "expire_on_commit") != nil || keyword(f.call, "autoflush") != nil
}

// option is a keyword of a call, also one given by **options.
func (r *reader) option(f foundCall, name string) python.Expr {
	if e := keyword(f.call, name); e != nil {
		return e
	}
	for _, k := range f.call.Keywords {
		if k.Name == "" {
			if e := r.entry(f.scope, k.Value, name); e != nil {
				return e
			}
		}
	}
	return nil
}

// anySession tells whether a setting, which is on unless it is turned off, holds for any session factory of the application, or,
// where there is none, for any session.
func (r *reader) anySession(on func(*SessionInfo) bool) bool {
	var factories, sessions, onFactories, onSessions int
	for call, s := range r.s.Sessions {
		if isTestPath(s.Place.Path) || isScript(s.Place.Path) {
			continue
		}
		n := 0
		if on(s) {
			n = 1
		}
		if strings.HasSuffix(lastName(call.Func), "sessionmaker") {
			factories++
			onFactories += n
		} else {
			sessions++
			onSessions += n
		}
	}
	if factories > 0 {
		return onFactories > 0
	}
	return sessions == 0 || onSessions > 0
}

// beginListener finds the event listener by which SQLite transactions begin at once: the recipe of SQLAlchemy's own
// documentation, with BEGIN or BEGIN IMMEDIATE.
func (r *reader) beginListener() BeginMode {
	mode := LegacyBegin
	for _, f := range r.calls {
		fn := f.scope.Function
		if f.name != "exec_driver_sql" || fn == nil || len(f.call.Args) == 0 || isTestPath(f.scope.Module.File.Path) || !r.listensToBegin(fn) {
			continue
		}
		text, _ := r.text(f.scope, f.call.Args[0])
		switch words := strings.Fields(strings.ToUpper(text)); {
		case len(words) == 0 || words[0] != "BEGIN":
		case len(words) > 1 && (words[1] == "IMMEDIATE" || words[1] == "EXCLUSIVE"):
			mode = ImmediateBegin
		default:
			mode = max(mode, DeferredBegin)
		}
	}
	return mode
}

func (r *reader) listensToBegin(fn *program.Function) bool {
	if fn.Def == nil {
		return false
	}
	for _, d := range fn.Def.Decorators {
		if call, ok := d.(*python.Call); ok && lastName(call.Func) == "listens_for" && len(call.Args) > 1 {
			event, _ := constText(call.Args[1])
			return event == "begin"
		}
	}
	for _, f := range r.calls {
		if f.name == "listen" && len(f.call.Args) > 2 {
			event, _ := constText(f.call.Args[1])
			if ref := r.p.Resolve(f.scope, f.call.Args[2]); event == "begin" && (ref.Function == fn || lastName(f.call.Args[2]) == fn.Name) {
				return true
			}
		}
	}
	return false
}

// servers reads what Python code says about processes: uvicorn.run(workers=…) and gunicorn's configuration module.
func (r *reader) servers() {
	for _, f := range r.calls {
		if f.name != "run" || !strings.HasPrefix(r.qual(f.scope, f.call.Func), "uvicorn") {
			continue
		}
		place := r.place(f.scope.Module, f.call)
		if e := keyword(f.call, "workers"); e != nil {
			r.workersValue("uvicorn.run", f.scope, e, place)
		} else if !isTrue(keyword(f.call, "reload")) {
			r.f.work(workersFact{count: 1, place: place, why: "uvicorn.run is called without a number of workers, which means one"})
		}
	}
	for _, m := range r.p.Modules {
		if m.File == nil {
			continue
		}
		base := strings.ToLower(path.Base(m.File.Path))
		if b := m.Names["workers"]; b != nil && b.Value != nil && strings.HasPrefix(base, "gunicorn") {
			r.workersValue("gunicorn", program.Scope{Module: m}, b.Value, r.place(m, b.Value))
		}
	}
}

func (r *reader) workersValue(server string, s program.Scope, e python.Expr, place Place) {
	if call, ok := e.(*python.Call); ok && lastName(call.Func) == "int" && len(call.Args) == 1 {
		e = call.Args[0]
	}
	if c, ok := e.(*python.Constant); ok {
		if n, ok := c.Int(); ok {
			r.f.workersOption(server, fmt.Sprint(n), place)
			return
		}
		if c.Kind == python.ConstNone {
			return
		}
	}
	if options := r.options(s, e); len(options) > 0 {
		r.f.workersOption(server, options[0].text, place)
		return
	}
	if text := source(s.Module, e); strings.Contains(text, "cpu_count") {
		r.f.workersOption(server, text, place)
	}
}
