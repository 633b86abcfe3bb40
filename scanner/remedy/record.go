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

// saved is a call of save on an active record, with the attributes that the function gave it before.
type saved struct {
	r      *race.Race
	fn     *program.Function
	f      *python.File
	st     *python.ExprStmt
	object string
	set    []term // column = value
	record vocabulary
	// imports tells that values are computed by the store, on F objects.
	imports bool
}

// savedGuarded writes what a record was given by one statement in the place of save, with what was checked as its condition.
func (m *Mender) savedGuarded(r *race.Race) []change {
	s := newSaved(r)
	if s == nil {
		return nil
	}
	key := primary(r)
	where := []term{{key, "==", s.object + "." + key}}
	refused := ""
	if checked, text, ok := s.guarded(where); ok {
		where, refused = checked, text
	} else if slices.ContainsFunc(s.set, func(t term) bool { return !strings.Contains(t.value, s.record.model+".") }) {
		return nil // without a condition only what the store computes may be written
	}
	call := s.record.await + s.record.lookup(where) + ".update(" + s.record.join(s.set, ", ", s.pair) + ")"
	switch s.record.orm {
	case schema.Django:
		if s.record.await != "" {
			call = strings.Replace(call, ".update(", ".aupdate(", 1)
		}
	case schema.Peewee:
		call = fmt.Sprintf("%s.update(%s).where(%s).execute()", s.record.model, s.record.join(s.set, ", ", s.pair), s.record.join(where, ", ", s.record.expression))
	}
	in, step, nl := indent(s.f, s.st), unit(s.f, s.fn), newline(s.f)
	text := call
	if refused != "" {
		text = "claimed = " + call + nl + in + "if claimed == 0:" + nl + under(refused, in+step, nl)
	}
	changes := []change{{s.f, s.st.Pos(), s.st.Stop(), text}}
	if s.imports {
		imports, ok := imported(r.Op(r.Act).Site.Module, map[schema.ORM]string{schema.Tortoise: "tortoise.expressions", schema.Django: "django.db.models"}[s.record.orm], "F")
		if !ok {
			return nil
		}
		changes = append(imports, changes...)
	}
	return changes
}

func newSaved(r *race.Race) *saved {
	act := r.Op(r.Act)
	call, _ := act.Site.Node.(*python.Call)
	if call == nil || act.Site.Function == nil || r.Table == nil || r.Table.Class == nil || act.Kind != interleave.Update {
		return nil
	}
	s := &saved{r: r, fn: act.Site.Function, f: act.Site.Module.File, record: words(r)}
	st, ok := enclosing(s.fn, call.Pos())
	if !ok || act.Site.Module.Names[r.Table.Class.Name] == nil || s.hooked() {
		return nil
	}
	inner, name := (*python.Call)(nil), ""
	if s.st, ok = st.node().(*python.ExprStmt); ok {
		inner, name = called(s.st.Value)
	}
	attr, isAttr := call.Func.(*python.Attribute)
	if name == "save" && s.record.orm == schema.Django {
		s.record.await = ""
	}
	if inner != call || name != "save" && (name != "asave" || s.record.orm != schema.Django) || !isAttr || slices.ContainsFunc(call.Keywords, func(k *python.Keyword) bool { return k.Name == "using_db" || k.Name == "force_insert" }) {
		return nil
	}
	object, isName := attr.Value.(*python.Name)
	if !isName {
		return nil
	}
	s.object = object.ID
	if !s.assigned(st.block[:st.at]) || len(s.set) == 0 {
		return nil
	}
	return s
}

// hooked tells whether saving does more than writing what was assigned: a save of the project's own, or a time that is set by itself.
func (s *saved) hooked() bool {
	for _, c := range s.r.Table.Class.MRO() {
		if c.Names["save"] != nil || strings.Contains(strings.ReplaceAll(c.Module.File.Text(c.Def), "auto_now_add", ""), "auto_now") {
			return true
		}
	}
	return false
}

// assigned collects what the object is given in the block before; ok is false when it is given something elsewhere, too, or once more.
func (s *saved) assigned(block []python.Stmt) bool {
	here := 0
	for _, st := range block {
		target, value := s.assignment(st)
		if target == "" {
			continue
		}
		if slices.ContainsFunc(s.set, func(t term) bool { return t.column == target }) {
			return false
		}
		here++
		s.set = append(s.set, term{target, "=", value})
	}
	all := 0
	python.Walk(s.fn.Def, func(n python.Node) bool {
		if st, ok := n.(python.Stmt); ok {
			if target, _ := s.assignment(st); target != "" {
				all++
			}
		}
		return true
	})
	return here == all
}

// assignment is the attribute of the object that a statement assigns, and what the store is told to make of it: the new value of the
// object or, where it is computed from the old one, the same on the column.
func (s *saved) assignment(st python.Stmt) (column, value string) {
	var target *python.Attribute
	switch st := st.(type) {
	case *python.Assign:
		if len(st.Targets) == 1 {
			target, _ = st.Targets[0].(*python.Attribute)
		}
	case *python.AugAssign:
		target, _ = st.Target.(*python.Attribute)
	default:
		return "", ""
	}
	if target == nil || s.f.Text(target.Value) != s.object {
		return "", ""
	}
	_, text := assigned(s.f, st, s.record.model)
	if !strings.Contains(text, s.record.model+"."+target.Attr) || !adds(s.r.Table, columnOf(s.r, target.Attr), false) || strings.Contains(text, "(") || strings.Contains(text, "\n") {
		if a, ok := st.(*python.Assign); ok {
			if c, ok := a.Value.(*python.Constant); ok {
				return target.Attr, c.Raw
			}
		}
		return target.Attr, s.object + "." + target.Attr
	}
	s.imports = s.imports || s.record.orm == schema.Tortoise || s.record.orm == schema.Django
	return target.Attr, text
}

func (s *saved) pair(t term) string {
	value := s.record.onRecord(t.value)
	return t.column + "=" + strings.ReplaceAll(value, `"`, quote(s.f))
}

// guarded adds what was checked to the condition.
func (s *saved) guarded(where []term) (all []term, refused string, ok bool) {
	refused, _ = refusal(s.r, s.fn)
	terms, ok := conditions(s.r, s.fn, s.st)
	if refused == "" || !ok {
		return nil, "", false
	}
	for _, c := range terms {
		if c.value == unknown || s.stale(c.column) || c.op == "!=" && c.nullable && s.record.orm == schema.Peewee {
			return nil, "", false
		}
		value := c.value
		if value[0] == '\'' {
			value = quote(s.f) + value[1:len(value)-1] + quote(s.f)
		}
		where = append(where, term{c.column, c.op, value})
	}
	return where, refused, true
}

// stale tells whether the statement would store what was computed from the old value of a column, and not what the store computes.
func (s *saved) stale(column string) bool {
	return s.r.Derived && slices.ContainsFunc(s.set, func(t term) bool { return t.column == column && t.value == s.object+"."+column })
}

// lockRecord adds the row lock to the query that loads a record.
func lockRecord(r *race.Race) []change {
	read := r.Op(r.Read)
	call, ok := read.Site.Node.(*python.Call)
	if !ok || read.Lock.Strength != interleave.NoLock || r.Engine.SQLite() || r.Table.Class == nil {
		return nil
	}
	f, model := read.Site.Module.File, r.Table.Class.Name
	attr, ok := call.Func.(*python.Attribute)
	if !ok {
		return nil
	}
	direct := f.Text(attr.Value) == model
	if r.Table.ORM == schema.Django {
		if f.Text(attr.Value) == model+".objects" || slices.Contains([]string{"get", "aget", "first", "afirst"}, attr.Attr) {
			return []change{{f, attr.Value.Stop(), attr.Value.Stop(), ".select_for_update()"}}
		}
		return nil
	}
	if r.Table.ORM == schema.Tortoise {
		switch {
		case direct && slices.Contains([]string{"get", "get_or_none", "filter", "first"}, attr.Attr):
			return []change{{f, attr.Value.Stop(), attr.Value.Stop(), ".select_for_update()"}}
		case !direct && slices.Contains([]string{"get", "get_or_none", "first"}, attr.Attr):
			return []change{{f, attr.Value.Stop(), attr.Value.Stop(), ".select_for_update()"}}
		}
		return nil
	}
	if direct && (attr.Attr == "get" || attr.Attr == "get_or_none") && len(call.Args) > 0 && len(call.Keywords) == 0 {
		end := map[string]string{"get": ".get()", "get_or_none": ".first()"}[attr.Attr]
		return []change{
			{f, attr.Value.Stop(), call.Args[0].Pos(), ".select().where("},
			{f, call.Stop(), call.Stop(), ".for_update()" + end},
		}
	}
	if !direct && (attr.Attr == "get" || attr.Attr == "first") {
		return []change{{f, attr.Value.Stop(), attr.Value.Stop(), ".for_update()"}}
	}
	return nil
}
