package schema

import (
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/sql"
)

// revision is one Alembic migration.
type revision struct {
	module *program.Module
	id     string
	down   []string
}

// isRevision tells whether a module is an Alembic migration.
func isRevision(m *program.Module) bool {
	return m != nil && m.Names["revision"] != nil && m.Names["down_revision"] != nil
}

// isMigration tells that a module belongs to the migrations of any tool.
func (r *reader) isMigration(m *program.Module) bool {
	if m == nil || m.File == nil {
		return false
	}
	return isRevision(m) || strings.Contains("/"+m.File.Path, "/migrations/") || strings.Contains("/"+m.File.Path, "/alembic/")
}

// migrations applies the revisions in the order of their graph and joins the outcome with the models.
func (r *reader) migrations() {
	h := r.rawHistory()
	revisions := order(r.revisions())
	for _, rev := range revisions {
		r.upgrade(h, rev.module)
	}
	r.s.Heads = heads(revisions)
	r.join(h)
}

func (r *reader) revisions() []*revision {
	var list []*revision
	for _, m := range r.p.Modules {
		if !isRevision(m) || isTestPath(m.File.Path) {
			continue
		}
		s := program.Scope{Module: m}
		rev := &revision{module: m}
		rev.id, _ = r.text(s, m.Names["revision"].Value)
		for _, e := range elements(m.Names["down_revision"].Value) {
			if id, ok := r.text(s, e); ok {
				rev.down = append(rev.down, id)
			}
		}
		list = append(list, rev)
	}
	return list
}

// order sorts revisions so that each comes after those it follows; of several possible ones the one whose path is
// first. Revisions in a circle come last, in the order of their paths.
func order(list []*revision) []*revision {
	sort.SliceStable(list, func(i, j int) bool { return list[i].module.File.Path < list[j].module.File.Path })
	byID := map[string]*revision{}
	for _, rev := range list {
		byID[rev.id] = rev
	}
	waits := map[*revision]int{}
	followers := map[string][]*revision{}
	var ready, sorted []*revision
	for _, rev := range list {
		for _, d := range rev.down {
			if byID[d] != nil && byID[d] != rev {
				waits[rev]++
				followers[d] = append(followers[d], rev)
			}
		}
		if waits[rev] == 0 {
			ready = append(ready, rev)
		}
	}
	placed := map[*revision]bool{}
	for len(ready) > 0 {
		rev := ready[0]
		ready = ready[1:]
		sorted = append(sorted, rev)
		placed[rev] = true
		for _, f := range followers[rev.id] {
			if waits[f]--; waits[f] == 0 {
				ready = append(ready, f)
			}
		}
	}
	for _, rev := range list {
		if !placed[rev] {
			sorted = append(sorted, rev)
		}
	}
	return sorted
}

// heads are the revisions that no other one follows.
func heads(list []*revision) []Revision {
	var out []Revision
	for _, rev := range list {
		if rev.id != "" && !slices.ContainsFunc(list, func(other *revision) bool { return slices.Contains(other.down, rev.id) }) {
			out = append(out, Revision{rev.id, rev.module.File, len(rev.down) == 0})
		}
	}
	return out
}

// migration is the run of one upgrade function.
type migration struct {
	r     *reader
	h     *history
	scope program.Scope
	batch map[string]string // table by the name of a batch_alter_table block
	depth int
}

func (r *reader) upgrade(h *history, m *program.Module) {
	b := m.Names["upgrade"]
	if b == nil || b.Function == nil || b.Function.Def == nil {
		return
	}
	run := &migration{r: r, h: h, batch: map[string]string{}}
	run.function(b.Function)
}

// function runs the body of upgrade, or of a function of the same migration that it calls.
func (m *migration) function(f *program.Function) {
	if m.depth > 5 || f.Def == nil {
		return
	}
	m.depth++
	outer := m.scope
	m.scope = program.Scope{Module: f.Module, Function: f}
	m.body(f.Def.Body)
	m.scope = outer
	m.depth--
}

func (m *migration) body(list []python.Stmt) {
	for _, st := range list {
		switch st := st.(type) {
		case *python.ExprStmt:
			m.expr(st.Value)
		case *python.Assign:
			m.expr(st.Value)
		case *python.With:
			m.with(st)
		case *python.FunctionDef, *python.ClassDef:
		default:
			for _, b := range blocks(st) {
				m.body(b)
			}
		}
	}
}

// with runs `with op.batch_alter_table("orders") as batch:`.
func (m *migration) with(st *python.With) {
	for _, item := range st.Items {
		call, ok := item.Context.(*python.Call)
		name, named := item.Target.(*python.Name)
		if ok && named && lastName(call.Func) == "batch_alter_table" {
			m.batch[name.ID], _ = m.r.text(m.scope, argument(call, 0, "table_name"))
		}
	}
	m.body(st.Body)
}

func (m *migration) expr(e python.Expr) {
	call, ok := e.(*python.Call)
	if !ok {
		return
	}
	switch f := call.Func.(type) {
	case *python.Name: // a helper of the migration itself
		if ref := m.r.p.Lookup(m.scope, f.ID); ref.Kind == program.ToFunction && ref.Function != nil && ref.Function.Module == m.scope.Module {
			m.function(ref.Function)
		}
	case *python.Attribute:
		if f.Attr == "execute" || f.Attr == "exec_driver_sql" {
			m.execute(call)
			return
		}
		if n, ok := f.Value.(*python.Name); ok {
			if table, ok := m.batch[n.ID]; ok {
				m.operation(call, f.Attr, table, true)
			} else {
				m.operation(call, f.Attr, "", false)
			}
		}
	}
}

// execute applies raw DDL.
func (m *migration) execute(call *python.Call) {
	if len(call.Args) == 0 {
		return
	}
	e := call.Args[0]
	if inner, ok := e.(*python.Call); ok && len(inner.Args) > 0 { // text(…), DDL(…)
		e = inner.Args[0]
	}
	text, ok := m.r.text(m.scope, e)
	if j, joined := e.(*python.JoinedStr); !ok && joined {
		text = m.r.joined(m.scope, j)
	}
	if !definesTable(text) && !strings.Contains(strings.ToLower(text), "drop table") {
		return
	}
	for _, s := range sql.Parse(text) {
		if s.Definition != nil {
			m.h.apply(s.Definition, m.r.place(m.scope.Module, call), true)
		}
	}
}

// operation applies one operation of op, or of a batch, where the table is not an argument.
func (m *migration) operation(call *python.Call, name, table string, batch bool) {
	args := call.Args
	next := func(key string) python.Expr {
		if len(args) > 0 {
			e := args[0]
			args = args[1:]
			return e
		}
		return keyword(call, key)
	}
	tableArg := func(key string) string {
		if batch {
			return table
		}
		text, _ := m.r.text(m.scope, next(key))
		return text
	}
	nameArg := func(key string) string { return m.r.nameOf(m.scope, next(key)) }
	switch name {
	case "create_table":
		m.createTable(call)
	case "drop_table":
		m.h.drop(tableArg("table_name"))
	case "rename_table":
		from := tableArg("old_table_name")
		if to, ok := m.r.text(m.scope, next("new_table_name")); ok {
			m.h.rename(from, to)
		}
	case "add_column":
		m.addColumn(tableArg("table_name"), next("column"))
	case "drop_column":
		t := tableArg("table_name")
		m.h.table(t).dropColumn(nameArg("column_name"))
	case "alter_column":
		m.alterColumn(tableArg("table_name"), nameArg("column_name"), call)
	case "create_unique_constraint", "create_primary_key":
		k := UniqueKey{Name: nameArg("constraint_name"), Primary: name == "create_primary_key"}
		t := tableArg("table_name")
		m.addKey(t, k, next("columns"), call)
	case "create_index":
		k := UniqueKey{Name: nameArg("index_name")}
		t := tableArg("table_name")
		if isTrue(keyword(call, "unique")) {
			m.addKey(t, k, next("columns"), call)
		} else {
			m.h.table(t).plain[k.Name] = true
			m.h.indexes[k.Name] = bare(t)
		}
	case "drop_index":
		m.dropIndex(nameArg("index_name"), call, args, table)
	case "drop_constraint":
		constraint := nameArg("constraint_name")
		l := m.h.table(tableArg("table_name"))
		if kind, _ := m.r.text(m.scope, keyword(call, "type_")); kind == "primary" {
			l.dropPrimary()
		} else if kind != "foreignkey" && kind != "check" {
			l.dropKey(constraint)
		}
	case "create_exclude_constraint":
		constraint := nameArg("constraint_name")
		l := m.h.table(tableArg("table_name"))
		t, c := l.view(), *call
		c.Args = args
		m.r.exclude(t, m.scope, &c, m.r.place(m.scope.Module, call))
		for _, x := range t.Exclusions {
			l.exclusions = append(l.exclusions, Exclusion{Name: constraint, Equal: x.Equal})
		}
	case "create_check_constraint":
		next("constraint_name")
		l := m.h.table(tableArg("table_name"))
		if text := m.r.condition(m.scope, next("condition")); text != "" {
			l.checks = append(l.checks, text)
		}
	}
}

func (m *migration) addKey(table string, k UniqueKey, columns python.Expr, call *python.Call) {
	l := m.h.table(table)
	k.From = m.r.place(m.scope.Module, call)
	t := l.view()
	m.r.keyParts(t, &k, m.scope, elements(columns))
	m.r.partial(t, &k, m.scope, call)
	l.addKey(m.h, k)
}

// view is an empty table for the readers that need one.
func (l *ledger) view() *Table { return newTable(l.name, NoORM) }

func (m *migration) createTable(call *python.Call) {
	name, ok := m.r.text(m.scope, argument(call, 0, "table_name"))
	if !ok {
		return
	}
	l := m.h.create(name, m.r.place(m.scope.Module, call))
	l.schema, _ = m.r.text(m.scope, keyword(call, "schema"))
	t := l.view()
	m.r.tableCall(t, m.scope, call)
	for _, name := range t.Order {
		l.addColumn(t.Columns[name])
	}
	for _, k := range t.Unique {
		l.addKey(m.h, k)
	}
	l.checks = append(l.checks, t.Checks...)
	l.exclusions = append(l.exclusions, t.Exclusions...)
}

func (m *migration) addColumn(table string, e python.Expr) {
	call, ok := e.(*python.Call)
	if !ok {
		return
	}
	l := m.h.table(table)
	t := l.view()
	l.addColumn(m.r.coreColumn(t, m.scope, call))
	for _, k := range t.Unique {
		l.addKey(m.h, k)
	}
}

func (m *migration) alterColumn(table, column string, call *python.Call) {
	l := m.h.table(table)
	if c := l.columns[column]; c != nil {
		if e := keyword(call, "nullable"); e != nil {
			c.Nullable = isTrue(e)
		}
	}
	if to, ok := m.r.text(m.scope, keyword(call, "new_column_name")); ok && to != "" {
		l.renameColumn(column, to)
	}
}

// dropIndex ends an index; its table is given, or known from its making.
func (m *migration) dropIndex(name string, call *python.Call, rest []python.Expr, table string) {
	if table == "" {
		table, _ = m.r.text(m.scope, keyword(call, "table_name"))
	}
	if table == "" && len(rest) > 0 {
		table, _ = m.r.text(m.scope, rest[0])
	}
	if table == "" {
		table = m.h.indexes[name]
	}
	if table != "" {
		m.h.table(table).dropKey(name)
		return
	}
	for _, l := range m.h.tables {
		l.dropKey(name)
	}
}
