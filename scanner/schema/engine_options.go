package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// engineOptions reads isolation level and autocommit from the arguments of create_engine.
func (r *reader) engineOptions(e *EngineInfo, s program.Scope, call *python.Call) {
	level := func(v python.Expr) {
		text, ok := r.text(s, v)
		if !ok {
			return
		}
		e.Isolation = strings.ToUpper(strings.ReplaceAll(text, "_", " "))
		e.Autocommit = e.Isolation == "AUTOCOMMIT"
	}
	for _, k := range call.Keywords {
		switch k.Name {
		case "isolation_level":
			level(k.Value)
		case "execution_options":
			level(r.entry(s, k.Value, "isolation_level"))
		case "connect_args":
			r.connectArgs(e, s, k.Value)
		}
	}
}

// allAutocommit tells whether every engine that the application makes commits each statement by itself. One that does, beside others
// that do not, is there for something apart: a maintenance statement, a lock, a replica that is only read.
func (r *reader) allAutocommit() bool {
	for _, f := range r.calls {
		if f.name != "create_engine" && f.name != "create_async_engine" {
			continue
		}
		if path := r.place(f.scope.Module, f.call).Path; isTestPath(path) || isScript(path) || r.isMigration(f.scope.Module) {
			continue
		}
		var e EngineInfo
		r.engineOptions(&e, f.scope, f.call)
		if e.Isolation != "AUTOCOMMIT" {
			return false
		}
	}
	return true
}

// entry is the value of a key in a dictionary display, or in one that a name was set to.
func (r *reader) entry(s program.Scope, e python.Expr, key string) python.Expr {
	d, ok := e.(*python.Dict)
	if !ok {
		if value, _ := r.valueOf(s, e); value != nil {
			d, ok = value.(*python.Dict)
		}
	}
	if !ok {
		if call, isCall := e.(*python.Call); isCall && lastName(call.Func) == "dict" {
			return keyword(call, key)
		}
		return nil
	}
	for i, k := range d.Keys {
		if text, _ := constText(k); text == key {
			return d.Values[i]
		}
	}
	return nil
}

func (r *reader) connectArgs(e *EngineInfo, s program.Scope, args python.Expr) {
	if isFalse(r.entry(s, args, "autocommit")) { // sqlite3 of Python 3.12: a transaction is always open
		e.SQLiteBegin = DeferredBegin
	}
	options, _ := r.text(s, r.entry(s, args, "options"))
	if settings := r.entry(s, args, "server_settings"); settings != nil {
		level, _ := r.text(s, r.entry(s, settings, "default_transaction_isolation"))
		options += " default_transaction_isolation=" + level
	}
	if _, level, ok := strings.Cut(options, "default_transaction_isolation="); ok && level != "" {
		level = strings.ToUpper(strings.NewReplacer(`\ `, " ", "_", " ", "'", "").Replace(level))
		for _, known := range []string{"SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED"} {
			if strings.HasPrefix(level, known) {
				e.Isolation = known
			}
		}
	}
}
