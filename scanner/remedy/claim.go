package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// guarded makes check and write one statement, whose row count is tested, in the way in which the project writes the row.
// exact compares with what was read instead of repeating what was checked, which also holds where a new value was computed from it.
func (m *Mender) guarded(r *race.Race, exact bool) []change { return m.claimed(r, exact, false) }

// claimed writes the guarded statement; versioned compares the version of the row instead of its columns.
func (m *Mender) claimed(r *race.Race, exact, versioned bool) []change {
	if len(r.Acts) == 0 || r.Table == nil || r.Table.Class == nil {
		return nil
	}
	act := r.Op(r.Act)
	fn, module := act.Site.Function, act.Site.Module
	st, ok := enclosing(fn, act.Site.Node.Pos())
	refused, _ := refusal(r, fn)
	if stale, node := refusalOf(r, fn, looksAtAny); exact && (node == nil || !refuses(r, fn)) {
		refused = changedMeanwhile(fn)
	} else if exact {
		refused = stale
		if changed := changedMeanwhile(fn); changed != "" && measures(r, node) {
			refused = changed // there may be enough all the same
		}
	}
	if ok && slices.ContainsFunc(lookedAt(r), func(c string) bool { return assignedEarlier(fn, attributeOf(r, c), st.node().Pos()) }) {
		return nil // the statement would meet the request's own write
	}
	if !ok || refused == "" || spansLines(module.File, st.node()) {
		return nil
	}
	model, imports, ok := m.modelIn(module, r.Table.Class)
	if !ok || committedBefore(r, fn, st.node()) || exact && doneBefore(r) {
		return nil
	}
	g := &guard{m: m, r: r, fn: fn, f: module.File, session: m.sessionIn(r.Trace, act.Site, act.Session), model: model, refused: refused, exact: exact, versions: versioned, old: m.oldAlchemy()}
	if g.wait, ok = waits(r, act.Session, fn); !ok {
		return nil
	}
	verb, changes := g.write(st.node())
	if changes == nil {
		return nil
	}
	if verb != "" {
		named, ok := imported(module, "sqlalchemy", verb)
		if !ok {
			return nil
		}
		imports = append(imports, named...)
	}
	return append(imports, changes...)
}

// committedBefore tells whether the request commits something between its decision and a statement on the way there: who is refused at the
// statement has left that behind.
func committedBefore(r *race.Race, fn *program.Function, act python.Stmt) bool {
	path := around(fn, act.Pos())
	for i := r.Read + 1; i < r.Act; i++ {
		op := r.Op(i)
		if op.Kind != interleave.Commit {
			continue
		}
		s := siteIn(op.Site, fn)
		if s == nil || s.Node == nil || s.Node.Pos() >= act.Pos() {
			continue
		}
		aside := slices.ContainsFunc(around(fn, s.Node.Pos()), func(st python.Stmt) bool {
			check, ok := st.(*python.If)
			return ok && !slices.Contains(path, st) && (leaves(check.Body) || leaves(check.Else))
		})
		if !aside {
			return true
		}
	}
	return false
}

// measures tells whether the check that ends with a statement asks for more or less of what the rival changes, and not whether something is
// what it was.
func measures(r *race.Race, end python.Stmt) bool {
	return slices.ContainsFunc(r.Deciding(), func(i int) bool {
		st, ok := r.Op(i).Site.Node.(*python.If)
		if !ok || last(st.Body) != end {
			return false
		}
		f, found := r.Op(i).Site.Module.File, false
		python.Walk(st.Test, func(n python.Node) bool {
			c, ok := n.(*python.Compare)
			found = found || ok && (saysContested(r, f, c) || !saysAny(r, f, c)) && slices.ContainsFunc(c.Ops, func(op python.CmpOperator) bool {
				return op == python.Lt || op == python.LtE || op == python.Gt || op == python.GtE
			})
			return !found
		})
		return found
	})
}

// doneBefore tells whether the request does something outside of the database between what it read and the act, which a refusal would not undo.
func doneBefore(r *race.Race) bool {
	for i := r.Read; i < r.Act; i++ {
		if op := r.Op(i); op.Kind == interleave.Effect || op.Res.Store == interleave.File && op.Kind != interleave.Read {
			return true
		}
	}
	return false
}

// assignedEarlier tells whether a function assigns an attribute before an offset.
func assignedEarlier(fn *program.Function, attribute string, before int32) bool {
	found := false
	python.Walk(fn.Def, func(n python.Node) bool {
		var target python.Expr
		switch n := n.(type) {
		case *python.Assign:
			target = n.Targets[0]
		case *python.AugAssign:
			target = n.Target
		}
		a, ok := target.(*python.Attribute)
		found = found || ok && a.Attr == attribute && a.Pos() < before
		return !found
	})
	return found
}

// oldAlchemy tells whether the project says that it uses SQLAlchemy 1.
func (m *Mender) oldAlchemy() bool {
	version := m.Schema.Versions["sqlalchemy"]
	if version == "" {
		version = m.Schema.Minimum["sqlalchemy"]
	}
	return strings.HasPrefix(version, "1.")
}

// guard writes one guarded statement.
type guard struct {
	m              *Mender
	r              *race.Race
	fn             *program.Function
	f              *python.File
	session, model string
	refused        string
	wait           string // "await " where the session is asynchronous
	exact          bool
	versions       bool
	computed       string // the column whose new value the database computes from the latest one
	old            bool   // before SQLAlchemy 2, which applies to the loaded objects no condition that it cannot evaluate
}

// write replaces the statement that acts. verb is the function of SQLAlchemy that the new text needs.
func (g *guard) write(s python.Stmt) (verb string, out []change) {
	switch s := s.(type) {
	case *python.Assign, *python.AugAssign:
		if target, value := assigned(g.f, s, g.model); target != nil {
			if strings.Contains(value, g.model+".") && (!adds(g.r.Table, columnOf(g.r, target.Attr), true) || !ofColumns(g.r, value, g.model)) {
				if value = asPython(g.f, s); !g.exact {
					return "", nil
				}
			}
			if g.versions {
				return "update", g.versioned(s, target, value)
			}
			return "update", g.update(s, target, value)
		}
	case *python.ExprStmt:
		call, name := called(s.Value)
		if call == nil || len(call.Args) == 0 {
			return "", nil
		}
		if object, ok := call.Args[0].(*python.Name); ok && name == "delete" {
			return "delete", g.remove(s, call, object)
		}
		if inner, _ := called(call.Args[0]); inner != nil && name == "execute" {
			return "", g.tested(s, call)
		}
	}
	return "", nil
}

// update is an UPDATE in place of an assignment to an attribute.
func (g *guard) update(s python.Stmt, target *python.Attribute, value string) []change {
	if strings.Contains(value, g.model+"."+target.Attr) {
		g.computed = columnOf(g.r, target.Attr)
	}
	terms := g.terms()
	if g.session == "" || value == "" || len(terms) == 0 || len(terms) > mostTerms {
		return nil
	}
	if !g.exact && stores(g.r, columnOf(g.r, target.Attr)) && g.computed == "" {
		return nil // the condition may still hold, and the value be computed from an old one
	}
	terms = append([]string{g.row(target.Value)}, terms...)
	return []change{{g.f, s.Pos(), s.Stop(), g.claim(s, dml{verb: "update", model: g.model, where: terms, values: target.Attr + "=" + value})}}
}

// remove is a DELETE in place of session.delete.
func (g *guard) remove(s *python.ExprStmt, call *python.Call, object *python.Name) []change {
	attr, ok := call.Func.(*python.Attribute)
	if !ok || g.f.Text(attr.Value) != g.session {
		return nil // a repository has such a method, too
	}
	return []change{{g.f, s.Pos(), s.Stop(), g.claim(s, dml{verb: "delete", model: g.model, where: []string{g.row(object)}})}}
}

// row is the term that names the row of an object.
func (g *guard) row(object python.Expr) string {
	key := primary(g.r)
	return fmt.Sprintf("%s.%s == %s.%s", g.model, key, g.f.Text(object), key)
}

// mostTerms is how many conditions a statement of ours has at most: nobody keeps up a longer list by hand.
const mostTerms = 4

// claim executes a statement and refuses when it found no row.
func (g *guard) claim(s python.Stmt, w dml) string {
	in, step, nl := indent(g.f, s), unit(g.f, g.fn), newline(g.f)
	return w.call("claimed = "+g.wait+g.session+".execute(", in, step, nl) + nl + in + "if claimed.rowcount == 0:" + nl + under(g.refused, in+step, nl)
}

// tested adds what was checked to the condition of a write that the project executes itself, and tests its row count.
func (g *guard) tested(s *python.ExprStmt, call *python.Call) []change {
	statement := g.f.Text(call.Args[0])
	if strings.HasPrefix(statement, "text(") || strings.HasPrefix(statement, "insert(") {
		return nil
	}
	changes := []change{{g.f, s.Pos(), s.Pos(), "claimed = "}}
	if missing := slices.DeleteFunc(g.terms(), func(term string) bool { return strings.Contains(statement, term) }); len(missing) > 0 {
		at := lastWhere(call.Args[0])
		if at < 0 {
			return nil
		}
		changes = append(changes, change{g.f, at, at, ".where(" + strings.Join(missing, ", ") + ")"})
	}
	in, nl := indent(g.f, s), newline(g.f)
	return append(changes, change{g.f, behind(g.f, s), behind(g.f, s), nl + in + "if claimed.rowcount == 0:" + nl + under(g.refused, in+unit(g.f, g.fn), nl)})
}

// lastWhere is the offset behind the where() of a statement, -1 without one.
func lastWhere(e python.Expr) int32 {
	for call, name := called(e); call != nil; {
		if name == "where" || name == "filter" {
			return call.Stop()
		}
		attr, ok := call.Func.(*python.Attribute)
		if !ok {
			return -1
		}
		call, name = called(attr.Value)
	}
	return -1
}

// terms are the checked conditions as terms of a WHERE clause; none when one of them cannot be written as such.
func (g *guard) terms() []string {
	if g.exact {
		return g.seen()
	}
	terms, ok := conditions(g.r, g.fn, g.r.Op(g.r.Act).Site.Node)
	if !ok {
		return nil
	}
	w := vocabulary{model: g.model, orm: schema.SQLAlchemy}
	var out []string
	for _, c := range terms {
		if c.unasked && c.column == g.computed {
			continue
		}
		if c.clause != "" {
			if strings.HasPrefix(c.clause, ".") {
				c.clause = g.model + c.clause
			}
			out = append(out, c.clause)
			continue
		}
		if c.value == unknown {
			return nil
		}
		if literal(c.value) {
			c.value = strings.ReplaceAll(c.value, "'", quote(g.f))
		}
		t := term{attributeOf(g.r, c.column), c.op, c.value}
		if c.op == "!=" && c.nullable {
			if g.old {
				return nil
			}
			out = append(out, g.model+"."+t.column+".is_distinct_from("+t.value+")") // None is unlike every value to Python
			continue
		}
		out = append(out, w.expression(t))
	}
	return out
}

// seen are comparisons with what was read and may be something else by now; none when its name is not known.
func (g *guard) seen() (out []string) {
	terms, _ := conditions(g.r, g.fn, g.r.Op(g.r.Act).Site.Node)
	for _, c := range onceEach(terms) {
		if c.unasked && c.column == g.computed || !g.m.rewritten(g.r, c.column) {
			continue
		}
		if c.seen == "" {
			c.seen = g.looked(c.column)
		}
		if c.seen == "" || !comparable(g.r, c.column) {
			return nil
		}
		out = append(out, g.model+"."+attributeOf(g.r, c.column)+" == "+c.seen)
	}
	return out
}

// looked is how the function asks for a column of the row where nothing is decided on it, "" where it does not.
func (g *guard) looked(column string) string {
	for _, u := range g.r.Uses {
		op := g.r.Op(u)
		if a, ok := op.Site.Node.(*python.Attribute); ok && op.Site.Function == g.fn && a.Attr == attributeOf(g.r, column) {
			if _, plain := a.Value.(*python.Name); plain {
				return g.f.Text(a)
			}
		}
	}
	return ""
}

func primary(r *race.Race) string { return primaryOf(r.Table) }

func primaryOf(t *schema.Table) string {
	if t == nil {
		return "id"
	}
	for _, name := range t.Order {
		if c := t.Columns[name]; c.Primary {
			if c.Attribute != "" {
				return c.Attribute
			}
			return c.Name
		}
	}
	return "id"
}

// wrapped puts a statement into a try whose except clause runs some lines.
func wrapped(f *python.File, fn *program.Function, s python.Stmt, exception string, before []string, refused string) change {
	in, step, nl := indent(f, s), unit(f, fn), newline(f)
	var b strings.Builder
	b.WriteString("try:" + nl)
	for i, line := range strings.Split(strings.ReplaceAll(f.Text(s), "\r\n", "\n"), "\n") {
		switch {
		case i == 0:
			b.WriteString(in + step + line)
		case line == "":
		default:
			b.WriteString(step + line)
		}
		b.WriteString(nl)
	}
	b.WriteString(in + "except " + exception + ":" + nl)
	for _, line := range append(before, refused) {
		b.WriteString(under(line, in+step, nl) + nl)
	}
	return change{f, s.Pos(), s.Stop(), strings.TrimSuffix(b.String(), nl)}
}

// siteIn is the place in a function from which an operation is reached.
func siteIn(s *effects.Site, fn *program.Function) *effects.Site {
	for ; s != nil; s = s.Up {
		if s.Function == fn {
			return s
		}
	}
	return nil
}
