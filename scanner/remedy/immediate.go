package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// immediate lets the transactions of SQLite begin as those of a writer, as SQLAlchemy's own documentation has it, so that the next one looks when the
// one before has ended. Readers wait then, too. Who has two sessions open at once would wait for himself.
func (m *Mender) immediate(r *race.Race) []change {
	if r.Engine != interleave.SQLiteDefault || !alchemy(r) || driver(r, r.Op(r.Read)) != "" || m.Program == nil || slices.ContainsFunc(m.Traces, sessionsMeet) {
		return nil
	}
	var at *program.Module
	var made *program.Binding
	for _, mod := range m.Program.Modules {
		if strings.Contains(mod.File.Path, "test") {
			continue
		}
		for _, b := range mod.Names {
			call, ok := b.Value.(*python.Call)
			if !ok || call.Name() != "create_engine" && call.Name() != "create_async_engine" || len(call.Args)+len(call.Keywords) == 0 {
				continue
			}
			if made != nil {
				return nil
			}
			at, made = mod, b
		}
	}
	if made == nil {
		return nil
	}
	f := at.File
	call := made.Value.(*python.Call)
	i := slices.IndexFunc(f.Body, func(s python.Stmt) bool { return s.Pos() <= call.Pos() && call.Pos() < s.Stop() })
	imports, ok := imported(at, "sqlalchemy", "event")
	if i < 0 || !ok {
		return nil
	}
	engine := made.Name
	if call.Name() == "create_async_engine" {
		engine += ".sync_engine"
	}
	q, nl, step := quote(f), newline(f), "    "
	lines := []string{
		"@event.listens_for(" + engine + ", " + q + "connect" + q + ")",
		"def _begin_nothing_by_itself(connection, record):",
		step + "connection.isolation_level = None",
		"", "",
		"@event.listens_for(" + engine + ", " + q + "begin" + q + ")",
		"def _begin_as_writer(connection):",
		step + "connection.exec_driver_sql(" + q + "BEGIN IMMEDIATE" + q + ")",
	}
	text := nl + nl + nl + strings.Join(lines, nl) + nl
	if _, plain := f.Body[i].(*python.Assign); !plain || len(call.Args) == 0 || !ofSQLite(at, call.Args[0]) {
		lines = slices.Delete(lines, 4, 5)
		text = nl + nl + "if " + engine + ".dialect.name == " + q + "sqlite" + q + ":" + nl
		for _, line := range lines {
			text += strings.TrimRight(step+line, " ") + nl
		}
	}
	end := behind(f, f.Body[i])
	if strings.HasPrefix(string(f.Source[end:]), nl+nl) {
		text = strings.TrimSuffix(text, nl) // a line stays free
	}
	return append(imports, change{f, end, end, text})
}

// ofSQLite tells whether an expression is the address of a file of SQLite, wherever the program runs.
func ofSQLite(m *program.Module, e python.Expr) bool {
	if v, ok := e.(*python.Name); ok && m.Names[v.ID] != nil {
		e = m.Names[v.ID].Value
	}
	c, ok := e.(*python.Constant)
	return ok && strings.HasPrefix(strings.Trim(c.Raw, `"'`), "sqlite")
}

// sessionsMeet tells whether a request begins to work with a session while another one of its own is in a transaction.
func sessionsMeet(t *flow.Trace) bool {
	open := 0
	for i := range t.Ops {
		op := &t.Ops[i]
		switch {
		case op.Kind == interleave.Commit || op.Kind == interleave.Rollback || op.Kind == interleave.Close:
			if op.Session == open {
				open = 0
			}
		case op.Res.Store != interleave.Table || op.Session == 0:
		case open != 0 && open != op.Session:
			return true
		default:
			open = op.Session
		}
	}
	return false
}
