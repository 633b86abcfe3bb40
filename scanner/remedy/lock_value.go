package remedy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// lockValue lets PostgreSQL lock what is looked for before the request looks, where there may be no row that could be locked: who looks for
// the same waits until the transaction ends. It is taken in the function that looks or, where others only read through it, in one that calls it.
func (m *Mender) lockValue(r *race.Race) []change {
	read := r.Op(r.Read)
	if !postgres(r) || m.elsewhere() && driver(r, read) != "asyncpg" || read.Kind != interleave.Read || !lasts(r, r.Read) {
		return nil
	}
	if driver(r, read) == "asyncpg" && begun(r) {
		return m.lockedBeforeText(r)
	}
	if r.Table == nil || !alchemy(r) || driver(r, read) != "" {
		return nil
	}
	texts := soughtValues(r)
	for site, depth := read.Site, 0; site != nil && texts != nil && depth < 3; depth++ {
		if site.Function == nil || site.Function.Def == nil {
			return nil
		}
		if !m.passedByReaders(r, site.Function, r.Resource()) {
			if c := m.lockedValue(r, site, texts); c != nil {
				return c
			}
		}
		up := caller(site)
		texts, site = givenBy(site, up, texts), up
	}
	return nil
}

// elsewhere tells whether the project may run on something else than PostgreSQL, as in its tests: no other engine has that function.
func (m *Mender) elsewhere() bool {
	if m.Schema.Engine.Name != "postgresql" {
		return true
	}
	if m.others == nil {
		others := slices.ContainsFunc(m.Schema.Others, func(e schema.EngineInfo) bool { return e.Name != "postgresql" && e.Name != "" }) ||
			slices.ContainsFunc(m.Program.Modules, func(mod *program.Module) bool { return otherEngine.Match(mod.File.Source) })
		m.others = &others
	}
	return *m.others
}

// otherEngine is the beginning of an address, or a choice, of another engine.
var otherEngine = regexp.MustCompile(`\b(mysql|mariadb|sqlite|oracle|mssql)(\+\w+)?://|["'](mysql|mariadb|sqlite|oracle|mssql)(\+\w+)?["']`)

// soughtValue is a column by which rows are looked for and what it is compared with, as a function says it.
type soughtValue struct{ column, text string }

// soughtValues are the values that the function which reads looks for, "" for one that it does not say itself; nil where a lock of them would not
// be one of what is looked for.
func soughtValues(r *race.Race) (out []soughtValue) {
	read := r.Op(r.Read)
	out = []soughtValue{}
	for _, c := range byOwner(read.Res.Where) {
		if c.Column == "" || c.Op != "=" || c.Value != "" && literal(c.Value) {
			continue // a state or a bound: whoever agrees in the rest waits, too
		}
		if effects.FoldedColumn(c.Column) != "" {
			return nil
		}
		fn, attr, text := read.Site.Function, attributeOf(r, c.Column), ""
		python.Walk(fn.Def, func(n python.Node) bool {
			if s, ok := n.(python.Stmt); ok && text == "" {
				text = comparedWith(read.Site.Module.File, s, attr)
			}
			return text == ""
		})
		if text == "" && takes(fn, attr) {
			text = attr
		}
		out = append(out, soughtValue{attr, text})
	}
	return out
}

// takes tells whether a function has a parameter and leaves it what it is.
func takes(fn *program.Function, name string) bool {
	return slices.ContainsFunc(fn.Params, func(p program.Param) bool { return p.Name == name }) && !rebinds(fn, name)
}

// givenBy are the values as the function says them that calls the one at hand; nil where it does not pass them on as they are.
func givenBy(site, up *effects.Site, texts []soughtValue) (out []soughtValue) {
	call, ok := callOf(outermost(site))
	if !ok || up == nil {
		return nil
	}
	fn, f := site.Function, up.Module.File
	for _, v := range texts {
		var given python.Expr
		switch {
		case v.text == "":
			given = namedBy(f, call, v.column)
		case takes(fn, v.text):
			given = argument(call, fn, v.text)
		}
		if given == nil || !isPath(given) {
			return nil
		}
		out = append(out, soughtValue{v.column, f.Text(given)})
	}
	return out
}

// namedBy is what a call gives for a column that it names: by a keyword, or by the argument behind its name.
func namedBy(f *python.File, call *python.Call, column string) python.Expr {
	if value := keywordOf(call, column); value != nil {
		return value
	}
	given := slices.Clone(call.Args)
	for _, k := range call.Keywords {
		given = append(given, k.Value)
	}
	for i, e := range given[:max(len(given)-1, 0)] {
		if c, ok := e.(*python.Constant); ok && strings.Trim(c.Raw, `"'`) == column {
			return given[i+1]
		}
	}
	return nil
}

// outermost is the frame of a function that was entered by a call of the project.
func outermost(site *effects.Site) *effects.Site {
	for site.Up != nil && site.Up.Function == site.Function {
		site = site.Up
	}
	return site
}

// lockedValue writes the lock before the statement of a function that looks, or lets another function look.
func (m *Mender) lockedValue(r *race.Race, site *effects.Site, texts []soughtValue) []change {
	fn, f := site.Function, site.Module.File
	session := m.sessionIn(r.Trace, site, r.Op(r.Read).Session)
	wait, waitable := waits(r, r.Op(r.Read).Session, fn)
	if session == "" || !waitable {
		return nil
	}
	imports, ok := importedTogether(fn.Module, "sqlalchemy", "func", "select")
	if !ok {
		return nil
	}
	lock := before(site, wait+session+".execute(select(func.pg_advisory_xact_lock(func.hashtext("+lockName(r, texts, quote(f))+"))))", texts)
	if lock == nil {
		return nil
	}
	return append(imports, lock...)
}

// lockedBeforeText writes the lock before SQL that looks, of all that the SQL is given.
func (m *Mender) lockedBeforeText(r *race.Race) []change {
	site := r.Op(r.Read).Site
	session, _ := connection(site.Module.File, site.Node)
	call, ok := site.Node.(*python.Call)
	if !ok || session == "" || site.Function == nil || len(call.Keywords) > 0 || m.passedByReaders(r, site.Function, r.Resource()) {
		return nil
	}
	var texts []soughtValue
	for _, a := range call.Args[1:] {
		if !isPath(a) {
			return nil
		}
		texts = append(texts, soughtValue{text: site.Module.File.Text(a)})
	}
	q := quote(site.Module.File)
	return before(site, "await "+session+".execute("+q+"SELECT pg_advisory_xact_lock(hashtext($1))"+q+", "+lockName(r, texts, q)+")", texts)
}

// connection is the connection of asyncpg on which a call sends SQL.
func connection(f *python.File, n python.Node) (name string, ok bool) {
	call, _ := n.(*python.Call)
	if call == nil || len(call.Args) == 0 {
		return "", false
	}
	attr, ok := call.Func.(*python.Attribute)
	if !ok || !isPath(attr.Value) || !awaited(f, call) {
		return "", false
	}
	return f.Text(attr.Value), true
}

// before writes a lock on a line of its own before the statement that looks. In a loop one lock after the other would be taken, in an order that
// another request may turn round.
func before(site *effects.Site, lock string, texts []soughtValue) []change {
	f := site.Module.File
	st, ok := enclosing(site.Function, site.Node.Pos())
	if !ok || loopAround(site.Function, site.Node.Pos()) != nil || isElif(f, st.node()) {
		return nil
	}
	if slices.ContainsFunc(texts, func(v soughtValue) bool { return v.text == "" || strings.ContainsAny(v.text, "\"'{}\\\n") }) {
		return nil
	}
	at := lineStart(f, st.node().Pos())
	in, alone := startsLine(f, st.node().Pos())
	if !alone {
		return nil
	}
	nl := newline(f)
	return []change{{f, at, at, in + brokenCall(lock, in, unit(f, site.Function), nl) + nl}}
}

// lockName is the text of which the lock is one: the table and what is looked for in it.
func lockName(r *race.Race, texts []soughtValue, q string) string {
	name := effects.Last(r.Resource())
	if len(texts) == 0 {
		return q + name + q
	}
	for _, v := range texts {
		name += ":{" + v.text + "}"
	}
	return "f" + q + name + q
}
