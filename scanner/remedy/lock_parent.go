package remedy

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// lockParent locks the row that a foreign key of the set names, before the set is looked at.
func (m *Mender) lockParent(r *race.Race) []change {
	read := r.Op(r.Read)
	if r.Table == nil || read.Site.Function == nil || !locks(r, r.Read) {
		return nil
	}
	f := read.Site.Module.File
	session, queries := receiver(f, read.Site.Node)
	st, ok := enclosing(read.Site.Function, read.Site.Node.Pos())
	if !ok || session == "" {
		return nil
	}
	loop := loopAround(read.Site.Function, read.Site.Node.Pos())
	for _, c := range byOwner(read.Res.Where) {
		column := r.Table.Columns[c.Column]
		if c.Op != "=" || column == nil || column.Target == "" {
			continue
		}
		parent, key, ok := strings.Cut(column.Target, ".")
		value := comparedWith(f, st.node(), column.Attribute)
		t := m.Schema.Table(parent)
		if !ok || t == nil || t.Class == nil || value == "" || loop != nil && changesIn(loop, value) {
			continue // one row after the other would be locked, in an order that another request may turn round
		}
		model, named, ok := m.modelIn(read.Site.Module, t.Class)
		if !ok {
			continue
		}
		wait := ""
		if awaited(f, read.Site.Node) {
			wait = "await "
		}
		before := st.node()
		if loop != nil && !strings.Contains(f.Text(loop), ".commit(") {
			before = loop
		}
		at := lineStart(f, before.Pos())
		if strings.TrimSpace(string(f.Source[at:before.Pos()])) != "" {
			return nil
		}
		if queries {
			line := fmt.Sprintf("%s%s.query(%s.%s).filter(%s.%s == %s).with_for_update().first()%s", indent(f, before), session, model, key, model, key, value, newline(f))
			return append(named, change{f, at, at, line})
		}
		line := fmt.Sprintf("%s%s%s.execute(select(%s.%s).where(%s.%s == %s).with_for_update())%s",
			indent(f, before), wait, session, model, key, model, key, value, newline(f))
		imports, ok := imported(read.Site.Module, "sqlalchemy", "select")
		if !ok {
			return nil
		}
		return append(merge(imports, named), change{f, at, at, line})
	}
	return nil
}

// byOwner puts first what rows are looked for by that belongs to one person: it stands in the way of the fewest, and all who ask for the same rows
// have to choose the same parent.
func byOwner(where []interleave.Cond) []interleave.Cond {
	rank := func(c interleave.Cond) int {
		i := slices.IndexFunc([]string{"user", "owner", "customer", "member", "account"}, func(word string) bool { return strings.Contains(c.Column, word) })
		return (i + 6) % 6 // behind the others where there is none
	}
	out := slices.Clone(where)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return rank(a) < rank(b) || rank(a) == rank(b) && a.Column < b.Column
	})
	return out
}

// loopAround is the outermost loop of a function around an offset, nil without one.
func loopAround(fn *program.Function, at int32) python.Stmt {
	for _, s := range around(fn, at) {
		switch s.(type) {
		case *python.For, *python.While:
			return s
		}
	}
	return nil
}

// changesIn tells whether a loop gives a name that an expression mentions another value.
func changesIn(loop python.Stmt, value string) bool {
	changed := false
	names := effects.Names(value)
	given := func(target python.Expr) {
		python.Walk(target, func(n python.Node) bool {
			v, ok := n.(*python.Name)
			changed = changed || ok && slices.Contains(names, v.ID)
			return !changed
		})
	}
	python.Walk(loop, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.For:
			given(n.Target)
		case *python.Assign:
			for _, t := range n.Targets {
				if _, plain := t.(*python.Attribute); !plain {
					given(t)
				}
			}
		}
		return !changed
	})
	return changed
}

// receiver is the session on which a read is made: what the chain of calls begins with, and no query or result in the middle of it, which
// have methods of the same names. queries tells that the session is asked by its query.
func receiver(f *python.File, n python.Node) (session string, queries bool) {
	call, _ := n.(*python.Call)
	for depth := 0; call != nil && depth < 12; depth++ {
		inner, name := called(call)
		attr, ok := inner.Func.(*python.Attribute)
		if !ok {
			return "", false
		}
		below, _ := called(attr.Value)
		if below == nil && slices.Contains([]string{"execute", "scalar", "scalars", "exec", "get", "get_one", "query"}, name) {
			return f.Text(attr.Value), name == "query"
		}
		call = below
	}
	return "", false
}

// comparedWith is what an attribute is compared with in a statement: `Project.owner_id == user.id`.
func comparedWith(f *python.File, st python.Stmt, attribute string) string {
	text := ""
	python.Walk(st, func(n python.Node) bool {
		c, ok := n.(*python.Compare)
		if !ok || len(c.Ops) != 1 || text != "" {
			return true
		}
		if a, ok := c.Left.(*python.Attribute); ok && a.Attr == attribute && c.Ops[0] == python.Eq {
			text = f.Text(c.Comparators[0])
		}
		return true
	})
	return text
}
