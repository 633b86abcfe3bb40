package remedy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// makeUnique declares the missing constraint in the model, adds the migration for it where the project has migrations, and handles
// its error. Whether the table holds rows that exist twice already cannot be seen from here.
func (m *Mender) makeUnique(r *race.Race) (changes []change, created []finding.Edit) {
	t := r.Table
	if t == nil || t.Class == nil || r.ScopedKey() != nil || t.ORM != schema.SQLAlchemy && t.ORM != schema.SQLModel {
		return nil, nil
	}
	heads, known := m.heads(t)
	if !known {
		return nil, nil
	}
	k, ok := keyOf(r)
	if !ok || !onlyWithout(r) || makesSeveral(r, k) {
		return nil, nil
	}
	if engine := m.Schema.Engine.Name; len(k.filter) > 0 && engine != "postgresql" && engine != "sqlite" && engine != "" {
		return nil, nil // an index without its condition would forbid more
	}
	handled := m.handleConflict(r, schema.UniqueKey{Columns: k.columns()})
	// SQLite adds no constraint to a table that exists, but an index: model and revision say the same, or the next revision would say it again.
	index := k.folded || len(k.filter) > 0 || len(heads) > 0 && m.Schema.Engine.Name == "sqlite"
	declared := declareUnique(t, k, index)
	if handled == nil && !answersViolation(r) || declared == nil {
		return nil, nil
	}
	if len(heads) > 0 {
		created = []finding.Edit{revise(heads, t, k, index)}
	}
	return merge(declared, handled), created
}

// heads are the revisions that the next one follows: those in the folder whose revisions make the table, or else in the one that is nearest to
// the model, as each service of a repository may have its own; none where the project has no revisions. Several of one folder are joined again by
// the one that follows them. One that follows none is not what those beside it have come to. known is false where there is no telling.
func (m *Mender) heads(t *schema.Table) (next []*schema.Revision, known bool) {
	model, nearest := t.Class.Module.File.Path, -1
	if folder := path.Dir(t.Made.Path); slices.ContainsFunc(m.Schema.Heads, func(h schema.Revision) bool { return path.Dir(h.File.Path) == folder }) {
		model = t.Made.Path
	}
	alone := func(h *schema.Revision) bool {
		return h.First && slices.ContainsFunc(m.Schema.Heads, func(o schema.Revision) bool { return !o.First && path.Dir(o.File.Path) == path.Dir(h.File.Path) })
	}
	for i := range m.Schema.Heads {
		h := &m.Schema.Heads[i]
		switch near := sharedFolders(h.File.Path, model); {
		case alone(h) || near < nearest:
		case near > nearest:
			next, nearest, known = []*schema.Revision{h}, near, true
		case path.Dir(h.File.Path) != path.Dir(next[0].File.Path):
			known = false
		default:
			next = append(next, h)
		}
	}
	return next, known || len(m.Schema.Heads) == 0
}

// sharedFolders is how many folders two paths have in common.
func sharedFolders(a, b string) int {
	x, y := strings.Split(path.Dir(a), "/"), strings.Split(path.Dir(b), "/")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// onlyWithout tells whether the request inserts only where it found no row. One that goes on with a row that is there, as with an old one,
// wants several of them.
func onlyWithout(r *race.Race) bool {
	if o := r.Op(r.Read).Object; o != nil && o.Newest != "" {
		return false
	}
	if site := r.Op(r.Read).Site; site.Function != nil && site.Function.Def != nil && site.Node != nil {
		text := site.Module.File.Text(site.Function.Def)
		if st, ok := enclosing(site.Function, site.Node.Pos()); ok {
			if look := site.Module.File.Text(st.node()); strings.Contains(look, "select(") || strings.Contains(look, ".query(") {
				text = look
			}
		}
		if joinsRows(text) {
			return false // what is joined belongs to what is looked for
		}
	}
	return refusesWhatIsThere(r)
}

// makesSeveral tells whether the request makes several rows with one key after it has looked once, as a list of what everybody begins with.
func makesSeveral(r *race.Race, k uniqueKey) bool {
	act := r.Op(r.Act)
	for s := act.Site; s != nil; s = s.Up {
		if s.Function == nil || s.Node == nil {
			continue
		}
		if loop := loopAround(s.Function, s.Node.Pos()); loop != nil {
			look := siteIn(r.Op(r.Read).Site, s.Function)
			again := look != nil && look.Node != nil && loop.Pos() <= look.Node.Pos() && look.Node.Pos() < loop.Stop()
			if !again && !slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool {
				return slices.Contains(k.columns(), a.Column) && changesIn(loop, a.Value) || a.Column == "*"
			}) {
				return true
			}
		}
		if len(r.Deciding()) > 0 && s.Function == r.Op(slices.Min(r.Deciding())).Site.Function {
			break
		}
	}
	return false
}

// joinsRows tells whether a function joins tables: what begins with a quote joins texts.
func joinsRows(text string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], ".join(")
		if i < 0 {
			return strings.Contains(text, "outerjoin(")
		}
		at += i
		if at > 0 && text[at-1] != '"' && text[at-1] != '\'' {
			return true
		}
		at++
	}
}

// merge joins changes of which some may be the same.
func merge(a, b []change) []change {
	out := a
	for _, c := range b {
		if !slices.Contains(a, c) {
			out = append(out, c)
		}
	}
	return out
}

// declareUnique adds the key to __table_args__, as a constraint or as an index.
func declareUnique(t *schema.Table, k uniqueKey, index bool) []change {
	module := t.Class.Module
	f := module.File
	declared, names := fmt.Sprintf("UniqueConstraint(%s, name=%q)", quoted(k.parts), k.name(t.Name)), []string{"UniqueConstraint"}
	if index {
		declared, names = k.index(t.Name, "postgresql", "sqlite"), []string{"Index"}
		if strings.Contains(declared, "text(") {
			names = append(names, "text")
		}
	}
	if !strings.Contains(declared, "'") { // which a value in the condition has
		declared = strings.ReplaceAll(declared, `"`, quote(f))
	}
	var changes []change
	for _, name := range names {
		c, ok := imported(module, "sqlalchemy", name)
		if !ok {
			return nil
		}
		changes = append(changes, c...)
	}
	switch b, where := t.Class.Attr("__table_args__"); {
	case where == nil:
	case where != t.Class:
		return nil
	default:
		switch args := b.Value.(type) {
		case *python.Tuple:
			if len(args.Elts) > 0 {
				return append(changes, element(f, args, declared))
			}
		case *python.Dict: // the options alone
			return append(changes, change{f, args.Pos(), args.Pos(), "(" + declared + ", "}, change{f, args.Stop(), args.Stop(), ")"})
		}
		return nil
	}
	var after python.Stmt
	for _, s := range t.Class.Def.Body {
		if a, ok := s.(*python.Assign); ok && f.Text(a.Targets[0]) == "__tablename__" {
			after = s
		}
	}
	body := t.Class.Def.Body
	if len(body) == 0 || t.Parent != nil {
		return nil
	}
	in, nl := indent(f, body[0]), newline(f)
	line := "__table_args__ = (" + declared + ",)"
	if step := strings.Repeat(" ", 4); len(in)+len(line) > widest {
		line = "__table_args__ = (" + nl + in + step + brokenCall(declared, in+step, step, nl) + "," + nl + in + ")"
	}
	lead := nl + in
	if after == nil { // the base names the table
		switch first := body[0].(type) {
		case *python.ExprStmt:
			if !isText(first.Value) {
				return nil
			}
			after, lead = first, nl+nl+in
		case *python.FunctionDef, *python.ClassDef: // which may begin with a decorator
			return nil
		default:
			return append(changes, change{f, first.Pos(), first.Pos(), line + nl + nl + in})
		}
	}
	return append(changes, change{f, behind(f, after), behind(f, after), lead + line})
}

// element adds an element to a tuple: as the last one, or before the dictionary of options, which has to be the last.
func element(f *python.File, tuple *python.Tuple, text string) change {
	last := tuple.Elts[len(tuple.Elts)-1]
	if in := string(f.Source[lineStart(f, last.Pos()):last.Pos()]); strings.TrimSpace(in) == "" {
		text = brokenCall(text, in, "    ", newline(f))
	}
	if _, options := last.(*python.Dict); options {
		at, between := last.Pos(), " "
		if line := string(f.Source[lineStart(f, at):at]); strings.TrimSpace(line) == "" {
			between = newline(f) + line
		}
		return change{f, at, at, text + "," + between}
	}
	return appended(f, last.Stop(), tuple.Stop(), text)
}

// appended adds something behind the last element of a list that ends before an offset, on a line of its own where the last one has one.
func appended(f *python.File, last, end int32, text string) change {
	rest := string(f.Source[last:end])
	comma := strings.IndexByte(rest, ',')
	if line := string(f.Source[lineStart(f, last):last]); strings.ContainsRune(rest, '\n') {
		line = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		at := last
		if comma >= 0 {
			at += int32(comma) + 1
			return change{f, at, at, newline(f) + line + text + ","}
		}
		return change{f, at, at, "," + newline(f) + line + text}
	}
	if comma >= 0 {
		at := last + int32(comma) + 1
		return change{f, at, at, " " + text}
	}
	return change{f, last, last, ", " + text}
}

// revise is a revision after the heads, as a file of its own beside them.
func revise(heads []*schema.Revision, t *schema.Table, k uniqueKey, index bool) finding.Edit {
	name, last := k.name(t.Name), heads[len(heads)-1]
	id := nextRevision(last.ID, name)
	revises, follows := last.ID, strconv.Quote(last.ID)
	if len(heads) > 1 {
		var ids []string
		for _, h := range heads {
			ids = append(ids, h.ID)
		}
		revises, follows = strings.Join(ids, ", "), "("+quoted(ids)+")"
	}
	in := ""
	if t.Schema != "" {
		in = fmt.Sprintf(", schema=%q", t.Schema)
	}
	up := fmt.Sprintf("op.create_unique_constraint(%q, %q, [%s]%s)", name, t.Name, quoted(k.parts), in)
	down := fmt.Sprintf("op.drop_constraint(%q, %q, type_=\"unique\"%s)", name, t.Name, in)
	imports := ""
	if index {
		condition := ""
		if len(k.filter) > 0 {
			where := strings.Join(k.filter, " AND ")
			condition = fmt.Sprintf(", postgresql_where=sa.text(%q), sqlite_where=sa.text(%q)", where, where)
		}
		up = fmt.Sprintf("op.create_index(%q, %q, [%s], unique=True%s%s)", name, t.Name, k.spelled("sa.text"), condition, in)
		down = fmt.Sprintf("op.drop_index(%q, table_name=%q%s)", name, t.Name, in)
		if strings.Contains(up, "sa.") {
			imports = "import sqlalchemy as sa\n"
		}
	}
	up, down = brokenCall(up, "    ", "    ", "\n"), brokenCall(down, "    ", "    ", "\n")
	text := fmt.Sprintf(`"""%s exists once for each %s

Revision ID: %s
Revises: %s
"""
%sfrom alembic import op

revision = %q
down_revision = %s
branch_labels = None
depends_on = None


def upgrade() -> None:
    %s


def downgrade() -> None:
    %s
`, t.Name, strings.Join(k.parts, ", "), id, revises, imports, id, follows, up, down)
	return finding.Edit{Path: path.Join(path.Dir(last.File.Path), id+"_"+name+".py"), StartLine: 1, EndLine: 0, Text: text}
}

// nextRevision names a revision as the project does: the next number, or twelve hexadecimal digits.
func nextRevision(head, name string) string {
	if n, err := strconv.Atoi(head); err == nil {
		return fmt.Sprintf("%0*d", len(head), n+1)
	}
	sum := sha256.Sum256([]byte(head + name))
	return hex.EncodeToString(sum[:6])
}
