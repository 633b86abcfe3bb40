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

// maxRefreshes bounds how many places are tried for one race: each costs a scan.
const maxRefreshes = 3

// refreshes are the ways to load an object once more, with its lock, before what can go stale is looked at: in the function that decides,
// then in those that call it. Of a row that is checked it is the row itself; where rows are counted, an object that the count is about or
// that holds the limit.
func (m *Mender) refreshes(r *race.Race) (out []refresh) {
	if kind := r.Op(r.Read).Kind; kind != interleave.Read && kind != interleave.Refresh {
		return nil
	}
	looks := append(slices.Clone(r.Deciding()), r.Uses...)
	if r.Relation.Group() == "set" || len(looks) == 0 {
		looks = append(looks, r.Read)
	}
	if len(r.Checks) == 0 {
		looks = append(looks, r.Act)
	}
	slices.Sort(looks)
	checks := slices.Sorted(slices.Values(r.Deciding()))
	if !locks(r, looks[0]) {
		// What a dependency asks of the row, as whether there is one, may end with a commit before the request looks at the rest.
		for looks = looks[1:]; len(looks) > 0 && !locks(r, looks[0]); {
			looks = looks[1:]
		}
		checks = slices.DeleteFunc(checks, func(c int) bool { return len(looks) == 0 || c < looks[0] })
		if len(checks) == 0 {
			return nil
		}
	}
	decider := r.Op(looks[0]).Site
	if len(checks) > 0 && len(r.Checks) > 0 {
		decider = r.Op(checks[0]).Site
	}
	for site, depth := decider, 0; site != nil && depth < 3 && len(out) < maxRefreshes; site, depth = caller(site), depth+1 {
		if site.Function == nil {
			continue
		}
		f := &refresher{m: m, r: r, frame: site, fn: site.Function, file: site.Module.File}
		for _, c := range f.changes(looks) {
			if len(out) < maxRefreshes && !slices.ContainsFunc(out, func(o refresh) bool { return slices.Equal(o.changes, c.changes) }) {
				c.shared = c.shared || m.passedByReaders(r, f.fn, r.Resource())
				out = append(out, c)
			}
		}
	}
	return out
}

// refresh is one way to load an object once more. It is shared where other entry points would take the lock as well, who only read, and where
// it locks one row after the other in a loop, in an order that another request may turn round.
type refresh struct {
	changes []change
	shared  bool
}

// caller is the place from which the function of a site was called.
func caller(s *effects.Site) *effects.Site { return outermost(s).Up }

// refresher looks for a place in one function.
type refresher struct {
	m     *Mender
	r     *race.Race
	frame *effects.Site
	fn    *program.Function
	file  *python.File
	wait  string // "await " where the session is asynchronous
}

// row is the row that a variable holds and how the function spells its session; ok is false unless its lock is one that the act waits for:
// of the row itself or, where rows are counted or looked for, of another one that the session of the request has loaded.
func (f *refresher) row(name string) (row held, session string, ok bool) {
	row, ok = rowIn(f.r.Trace, f.frame, name)
	if !ok || row.session != f.r.Op(f.r.Read).Session || f.r.Relation.Group() != "set" && row.table != f.r.Table {
		return held{}, "", false
	}
	session = f.m.sessionIn(f.r.Trace, f.frame, row.session)
	return row, session, session != ""
}

func (f *refresher) changes(looks []int) (out []refresh) {
	var nodes []python.Node
	for _, i := range looks {
		if s := siteIn(f.r.Op(i).Site, f.fn); s != nil && s.Node != nil {
			nodes = append(nodes, s.Node)
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	first := slices.MinFunc(nodes, func(a, b python.Node) int { return int(a.Pos() - b.Pos()) })
	places := around(f.fn, first.Pos())
	for n := len(places); n > 1 && isElif(f.file, places[n-1]); n-- {
		places = places[:n-1] // nothing stands between the branches
	}
	for _, name := range f.names(nodes) {
		row, session, ok := f.row(name)
		if !ok {
			continue
		}
		if f.wait, ok = waits(f.r, row.session, f.fn); !ok {
			continue
		}
		for i := range places {
			// The innermost statement first, then the outermost.
			st := places[len(places)-1-i]
			if i > 0 && i < len(places)-1 {
				continue
			}
			at := lineStart(f.file, st.Pos())
			if f.asksIfThere(st, name) {
				at = lineStop(f.file, st.Stop())
			}
			bound, looped := f.boundAt(name, at)
			if bound < 0 || bound > at || at <= st.Pos() && strings.TrimSpace(string(f.file.Source[at:st.Pos()])) != "" || f.assigns(name, at) {
				continue // not there yet; an elif; or a refresh would drop what was assigned before
			}
			out = append(out, refresh{[]change{{f.file, at, at, f.line(st, name, session, row.table, at)}}, looped})
		}
	}
	return out
}

// asksIfThere tells whether a statement does nothing but leave where the variable holds no row.
func (f *refresher) asksIfThere(st python.Stmt, name string) bool {
	s, ok := st.(*python.If)
	if !ok || len(s.Else) > 0 || !leaves(s.Body) {
		return false
	}
	test := f.file.Text(s.Test)
	return test == name+" is None" || test == "not "+name
}

// around are the statements of a function that hold an offset, the outermost first.
func around(fn *program.Function, at int32) (out []python.Stmt) {
	if fn.Def == nil {
		return nil
	}
	for block := fn.Def.Body; block != nil; {
		var inside []python.Stmt
		for _, s := range block {
			if s.Pos() <= at && at < s.Stop() {
				out = append(out, s)
				for _, b := range blocks(s) {
					if len(b) > 0 && b[0].Pos() <= at && at < b[len(b)-1].Stop() {
						inside = b
					}
				}
			}
		}
		block = inside
	}
	return out
}

// assigns tells whether an attribute of the variable is assigned before an offset.
func (f *refresher) assigns(name string, before int32) bool {
	found := false
	python.Walk(f.fn.Def, func(n python.Node) bool {
		var target python.Expr
		switch n := n.(type) {
		case *python.Assign:
			target = n.Targets[0]
		case *python.AugAssign:
			target = n.Target
		}
		if a, ok := target.(*python.Attribute); ok && a.Pos() < before && f.file.Text(a.Value) == name {
			found = true
		}
		return !found
	})
	return found
}

// line is the new statement before another one. Relationships that were loaded stay loaded: only the columns that are looked at
// afterwards are fetched again, where the model has any relationship.
func (f *refresher) line(st python.Stmt, name, session string, t *schema.Table, at int32) string {
	in, nl, step := indent(f.file, st), newline(f.file), unit(f.file, f.fn)
	before := ""
	if !opensWith(f.file, st, name) && f.mayBeNone(name, at) && !f.never(name, at) {
		before = in + "if " + name + " is not None:" + nl
		in += step
	}
	call := fmt.Sprintf("%s%s.refresh(%s, with_for_update=True)", f.wait, session, name)
	if names := f.looked(t, name, at); related(t) && len(names) > 0 {
		listed := strings.ReplaceAll(quoted(names), `"`, quote(f.file))
		call = fmt.Sprintf("%s%s.refresh(%s, attribute_names=[%s], with_for_update=True)", f.wait, session, name, listed)
		if len(in)+len(call) > widest {
			if len(in)+len(step)+len(listed)+len("attribute_names=[],") > widest {
				inner := nl + in + step + step
				listed = inner + strings.ReplaceAll(listed, ", ", ","+inner) + "," + nl + in + step
			}
			call = fmt.Sprintf("%s%s.refresh(%s%s%s%s,%s%s%sattribute_names=[%s],%s%s%swith_for_update=True,%s%s)", f.wait, session,
				nl, in, step, name, nl, in, step, listed, nl, in, step, nl, in)
		}
	}
	return before + in + call + nl
}

// opensWith tells whether a statement begins by asking for an attribute of a variable, which it can only do when it is not None.
func opensWith(f *python.File, st python.Stmt, name string) bool {
	var e python.Expr
	switch s := st.(type) {
	case *python.If:
		e = s.Test
	case *python.AugAssign:
		e = s.Target
	case *python.Assign:
		e = s.Value
		if a, ok := s.Targets[0].(*python.Attribute); ok && f.Text(a.Value) == name {
			return true
		}
	}
	for e != nil {
		switch x := e.(type) {
		case *python.BoolOp:
			e = x.Values[0]
		case *python.Compare:
			e = x.Left
		case *python.UnaryOp:
			e = x.Operand
		case *python.BinOp:
			e = x.Left
		case *python.Call:
			e = x.Func
		case *python.Subscript:
			e = x.Value
		case *python.Attribute:
			if f.Text(x.Value) == name {
				return true
			}
			e = x.Value
		default:
			return false
		}
	}
	return false
}

// related tells whether a model has relationships.
func related(t *schema.Table) bool { return t != nil && len(t.Relationships) > 0 }

// looked are the attributes of the variable that the function asks for from an offset on, and those that are checked.
func (f *refresher) looked(t *schema.Table, name string, from int32) (out []string) {
	if t == nil {
		return nil
	}
	isColumn := func(attr string) bool {
		for _, c := range t.Columns {
			if !c.Primary && (c.Attribute == attr || c.Attribute == "" && c.Name == attr) {
				return true
			}
		}
		return false
	}
	python.Walk(f.fn.Def, func(n python.Node) bool {
		if a, ok := n.(*python.Attribute); ok && a.Pos() >= from && isColumn(a.Attr) && f.file.Text(a.Value) == name && !slices.Contains(out, a.Attr) {
			out = append(out, a.Attr)
		}
		return true
	})
	if t == f.r.Table {
		for _, c := range f.r.Columns {
			if a := attributeOf(f.r, c); isColumn(a) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// leaves tells whether a block ends by leaving.
func leaves(block []python.Stmt) bool {
	if len(block) == 0 {
		return false
	}
	switch block[len(block)-1].(type) {
	case *python.Raise, *python.Return, *python.Continue, *python.Break:
		return true
	}
	return false
}
