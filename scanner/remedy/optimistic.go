package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// versionNames are what projects call the column that counts the changes of a row.
var versionNames = []string{"version", "version_id", "version_no", "version_number", "row_version", "lock_version", "revision", "rev"}

// versionOf is the attribute of a column of whole numbers that counts the changes of a row, "" where a table has none, or where the ORM
// counts by itself.
func versionOf(t *schema.Table) string {
	if t == nil || t.VersionColumn != "" {
		return ""
	}
	for _, name := range versionNames {
		c := t.Columns[name]
		if c == nil || c.Nullable || !strings.Contains(strings.ToLower(c.Type), "int") {
			continue
		}
		if c.Attribute != "" {
			return c.Attribute
		}
		return name
	}
	return ""
}

// changedMeanwhile is how a function that answers with HTTPException refuses whose row has changed in the meantime, "" where it does not.
func changedMeanwhile(fn *program.Function) string {
	if fn == nil || fn.Def == nil {
		return ""
	}
	b, text := fn.Module.Names["HTTPException"], fn.Module.File.Text(fn.Def)
	if b == nil || b.Import == nil || family(b.Import.Module) != "fastapi" && family(b.Import.Module) != "starlette" || !strings.Contains(text, "raise HTTPException(") {
		return ""
	}
	switch {
	case strings.Contains(text, "status.HTTP_"):
		return "raise HTTPException(status_code=status.HTTP_409_CONFLICT)"
	case strings.Contains(text, "HTTPException(status_code="):
		return "raise HTTPException(status_code=409)"
	}
	return "raise HTTPException(409)"
}

// comparable tells whether a column can be compared with what was read of it: a document has no equality in every engine, and a number that
// is not exact may come back as another one.
func comparable(t *schema.Table, column string) bool {
	if t == nil || t.Columns[column] == nil {
		return true
	}
	kind := strings.ToLower(t.Columns[column].Type)
	return !slices.ContainsFunc([]string{"json", "array", "pickle", "hstore", "float", "double", "real", "binary", "blob", "bytes", "list", "dict", "vector"}, func(w string) bool {
		return strings.Contains(kind, w)
	})
}

// versioned writes what was computed from the row only where its version is the one that was read, and counts it.
func (g *guard) versioned(s python.Stmt, target *python.Attribute, value string) []change {
	version, object := versionOf(g.r.Table), g.f.Text(target.Value)
	if version == "" || version == target.Attr || strings.Contains(g.f.Text(g.fn.Def), object+"."+version) {
		return nil // the project does with it what it wants
	}
	key := primary(g.r)
	statement := fmt.Sprintf("update(%[1]s).where(%[1]s.%[2]s == %[3]s.%[2]s, %[1]s.%[4]s == %[3]s.%[4]s).values(%[5]s=%[6]s, %[4]s=%[1]s.%[4]s + 1)",
		g.model, key, object, version, target.Attr, value)
	return []change{{g.f, s.Pos(), s.Stop(), g.claim(s, statement)}}
}

// counted is an assignment of a column that is computed from the column alone, which the database can compute.
type counted struct {
	m             *Mender
	r             *race.Race
	fn            *program.Function
	f             *python.File
	st            python.Stmt
	target        *python.Attribute
	object, model string
	value         string // as an expression on the table
	imports       []change
	wait          string
}

// computedHere is the title of a repair that stays with the object that was loaded.
const computedHere = "let the database compute the new value"

// counts lets the database compute a new value from the latest one. What is done with the new value afterwards is done with the one that the
// statement returns.
func (m *Mender) counts(r *race.Race) (title string, out []change) {
	c := m.newCounted(r)
	if c == nil {
		return "", nil
	}
	uses, whole := c.later()
	switch {
	case len(uses) == 0 && c.sentBefore(whole):
		return computedHere, append(c.imports, change{c.f, c.st.Pos(), c.st.Stop(), c.f.Text(c.target) + " = " + c.value})
	case len(uses) > 0 && len(whole) == 0 && !c.given():
		return "let the database compute the new value and return it", c.returned(uses)
	}
	return "", nil
}

// given tells whether the function was given the object, so that others go on with it.
func (c *counted) given() bool {
	return slices.ContainsFunc(c.fn.Params, func(p program.Param) bool { return p.Name == c.object })
}

// sentBefore tells whether the new value has been computed, and can be asked for, before anybody uses the object as a whole: until then it
// holds an expression. A coroutine has to load it anew, which it can only wait for where that is written.
func (c *counted) sentBefore(whole []*python.Name) bool {
	until := c.fn.Def.Stop()
	switch {
	case len(whole) > 0:
		until = whole[0].Pos()
	case !c.given():
		return true
	}
	wanted := []string{"commit", "flush", "refresh"}
	if c.wait != "" {
		wanted = wanted[2:]
	}
	sent := false
	python.Walk(c.fn.Def, func(n python.Node) bool {
		if call, ok := n.(*python.Call); ok && call.Pos() >= c.st.Stop() && call.Pos() < until {
			_, name := called(call)
			sent = sent || slices.Contains(wanted, name) && (name != "refresh" || len(call.Args) > 0 && c.f.Text(call.Args[0]) == c.object)
		}
		return !sent
	})
	return sent
}

func (m *Mender) newCounted(r *race.Race) *counted {
	act := r.Op(r.Act)
	if r.Table == nil || r.Table.Class == nil || act.Kind != interleave.Assign || len(r.Columns) != 1 || len(r.Acts) != 1 || act.Site.Function == nil {
		return nil
	}
	column := r.Columns[0]
	fn, module := act.Site.Function, act.Site.Module
	st, ok := enclosing(fn, act.Site.Node.Pos())
	if !ok || len(demands(r, column)) > 0 || keepsCopy(r, column) || !adds(r.Table, column, true) || module.Names[r.Table.Class.Name] == nil {
		return nil
	}
	c := &counted{m: m, r: r, fn: fn, f: module.File, st: st.node(), model: r.Table.Class.Name}
	if c.target, c.value = assigned(c.f, c.st, c.model); c.target != nil && !c.coalesce() {
		return nil
	}
	if c.target == nil || columnOf(r, c.target.Attr) != column || spansLines(c.f, c.st) {
		return nil
	}
	object, plain := c.target.Value.(*python.Name)
	if !plain || !strings.Contains(c.value, c.model+"."+c.target.Attr) || c.refers(object.ID) || strings.Contains(r.Table.Class.Module.File.Text(r.Table.Class.Def), "validates(") {
		return nil
	}
	for _, s := range around(fn, c.st.Pos()) {
		switch s.(type) {
		case *python.For, *python.While:
			return nil // what follows may come before it, too
		}
	}
	c.object = object.ID
	c.wait, ok = waits(r, act.Session, fn)
	if !ok {
		return nil
	}
	return c
}

// coalesce writes a value that begins with the column or, where it is empty, with 0 as the database says it: `(row.count or 0) + n`. It is
// false where the name that this takes means something else.
func (c *counted) coalesce() (ok bool) {
	s, plain := c.st.(*python.Assign)
	if !plain {
		return true
	}
	sum, is := s.Value.(*python.BinOp)
	if !is || sum.Op != python.Add && sum.Op != python.Sub || !computable(c.f, sum.Right, c.target.Value) {
		return true
	}
	either, is := sum.Left.(*python.BoolOp)
	if !is || !either.Or || len(either.Values) != 2 || c.f.Text(either.Values[0]) != c.f.Text(c.target) || c.f.Text(either.Values[1]) != "0" {
		return true
	}
	column := c.model + "." + c.target.Attr
	if mayBeNull(c.r.Table, columnOf(c.r, c.target.Attr)) {
		column = "func.coalesce(" + column + ", 0)"
		if c.imports, ok = imported(c.fn.Module, "sqlalchemy", "func"); !ok {
			return false
		}
	}
	c.value = column + string(c.f.Source[c.opening(sum):sum.Stop()])
	return true
}

// opening is the offset behind the left side of a sum, and the brackets around it.
func (c *counted) opening(sum *python.BinOp) int32 {
	at := sum.Left.Stop()
	for at < sum.Right.Pos() && strings.IndexByte(") \t", c.f.Source[at]) >= 0 {
		at++
	}
	for at > sum.Left.Stop() && c.f.Source[at-1] != ')' {
		at--
	}
	return at
}

// refers tells whether the new value looks at anything of the object but the column itself.
func (c *counted) refers(object string) bool {
	found := false
	value := python.Node(nil)
	switch s := c.st.(type) {
	case *python.Assign:
		value = s.Value
	case *python.AugAssign:
		value = s.Value
	}
	python.Walk(value, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Attribute:
			if v, ok := n.Value.(*python.Name); ok && v.ID == object {
				found = found || n.Attr != c.target.Attr
				return false
			}
		case *python.Name:
			found = found || n.ID == object
		}
		return !found
	})
	return found
}

// later is what the function does with the object behind the assignment: where it asks for the new value, and where it uses the object as a
// whole. To add it to the session again and to load it anew are no uses.
func (c *counted) later() (uses []*python.Attribute, whole []*python.Name) {
	inside := map[python.Node]bool{}
	python.Walk(c.fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Attribute:
			if v, ok := n.Value.(*python.Name); ok && v.ID == c.object {
				inside[v] = true
				if n.Pos() >= c.st.Stop() && n.Attr == c.target.Attr {
					uses = append(uses, n)
				}
			}
		case *python.Call:
			if _, name := called(n); (name == "refresh" || name == "add") && len(n.Args) > 0 {
				inside[n.Args[0]] = true
			}
		case *python.Name:
			if n.ID == c.object && n.Pos() >= c.st.Stop() && !inside[n] {
				whole = append(whole, n)
			}
		}
		return true
	})
	return uses, whole
}

// returned executes the update where it stands and gives its result to what asked for the new value.
func (c *counted) returned(uses []*python.Attribute) []change {
	session := c.m.sessionIn(c.r.Trace, c.r.Op(c.r.Act).Site, c.r.Op(c.r.Act).Session)
	if session == "" || c.m.oldAlchemy() || slices.Contains([]string{"mysql", "mariadb", "oracle", ""}, c.m.Schema.Engine.Name) {
		return nil
	}
	imports, ok := imported(c.fn.Module, "sqlalchemy", "update")
	if !ok {
		return nil
	}
	name := c.target.Attr
	if c.fn.Local[name] || c.fn.Module.Names[name] != nil {
		if name = c.object + "_" + name; c.fn.Local[name] {
			return nil
		}
	}
	key := primary(c.r)
	in, step, nl := indent(c.f, c.st), unit(c.f, c.fn), newline(c.f)
	statement := fmt.Sprintf("update(%[1]s).where(%[1]s.%[2]s == %[3]s.%[2]s).values(%[4]s=%[5]s).returning(%[1]s.%[4]s)", c.model, key, c.object, c.target.Attr, c.value)
	text := name + " = " + c.wait + session + ".scalar(" + statement + ")"
	if len(in)+len(text) > widest {
		text = name + " = " + c.wait + session + ".scalar(" + nl + in + step + statement + nl + in + ")"
	}
	out := append(slices.Concat(imports, c.imports), change{c.f, c.st.Pos(), c.st.Stop(), text})
	for _, u := range uses {
		if !c.reads(u) {
			return nil
		}
		out = append(out, change{c.f, u.Pos(), u.Stop(), name})
	}
	return out
}

// reads tells that an attribute is not assigned.
func (c *counted) reads(u *python.Attribute) bool {
	st, ok := enclosing(c.fn, u.Pos())
	if !ok {
		return false
	}
	switch s := st.node().(type) {
	case *python.Assign:
		return !slices.ContainsFunc(s.Targets, func(t python.Expr) bool { return t.Pos() <= u.Pos() && u.Pos() < t.Stop() })
	case *python.AugAssign:
		return s.Target.Pos() > u.Pos() || u.Pos() >= s.Target.Stop()
	}
	return true
}
