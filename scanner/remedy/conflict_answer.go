package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// answer are the lines of the except clause, without indentation.
func (c *conflict) answer() (lines []string, ok bool) {
	undo := func() {
		if c.session != "" && (c.commits || !c.nests()) {
			lines = append(lines, c.wait+c.session+".rollback()")
		}
	}
	step := unit(c.f, c.fn)
	refused, node := refusal(c.r, c.fn)
	if node != nil && !refusesWhatIsThere(c.r) {
		return nil, false // what it refuses is something else than a row that is there
	}
	if node != nil && (c.writesBefore(node) || c.swallowed(node)) {
		return nil, false
	}
	switch node := node.(type) {
	case *python.Raise:
		if c.wait != "" && c.asksRows(node) {
			return nil, false // a session that was rolled back loads them again, which nothing here waits for
		}
		if c.session != "" {
			lines = append(lines, c.wait+c.session+".rollback()")
		}
		if !strings.Contains(refused, " from ") {
			refused += " from None"
		}
		return append(lines, refused), true
	case *python.Return:
		undo()
		if c.found == "" && c.mentionsLooked(node) {
			return nil, false // it answers with what the request has found, and that is not known to be the row alone
		}
		if !mentions(node, c.found) {
			return append(lines, refused), true
		}
		if !c.looksAgain() {
			return nil, false
		}
		lines = append(lines, dedented(c.f, c.look)...)
		return append(lines, "if "+c.found+" is None:", step+"raise", refused), true
	}
	// The row is made where it is missing, and the request goes on with it.
	if c.found == "" || c.check.Pos() > c.block[c.from].Pos() || c.block[c.from].Pos() >= c.check.Stop() || !c.asksForNone() || !c.looksAgain() || c.leavesUnbound() {
		return nil, false
	}
	undo()
	lines = append(lines, dedented(c.f, c.look)...)
	return append(lines, "if "+c.found+" is None:", step+"raise"), true
}

// writesBefore tells whether the branch that ends with a statement writes into the table before, or anything before it answers: then it does
// its work with the row that is there, and who only answered so would leave the work out.
func (c *conflict) writesBefore(end python.Stmt) bool {
	from := end.Pos()
	for _, i := range c.r.Deciding() {
		if st, ok := c.r.Op(i).Site.Node.(*python.If); ok && last(st.Body) == end {
			from = st.Body[0].Pos()
		}
	}
	_, answers := end.(*python.Return)
	return slices.ContainsFunc(c.r.Trace.Ops, func(op effects.Op) bool {
		switch op.Kind {
		case interleave.Add, interleave.Insert, interleave.Assign, interleave.Update, interleave.Delete, interleave.Remove:
			at := siteIn(op.Site, c.fn)
			return (answers || op.Res.Name == c.r.Resource()) && at != nil && at.Node != nil && from <= at.Node.Pos() && at.Node.Pos() < end.Stop()
		}
		return false
	})
}

// swallowed tells whether a clause for any exception lies around the statements that insert, and not around the check: a refusal that is
// raised there is answered as an error.
func (c *conflict) swallowed(end python.Stmt) bool {
	if _, raises := end.(*python.Raise); !raises {
		return false
	}
	return slices.ContainsFunc(around(c.fn, c.block[c.from].Pos()), func(s python.Stmt) bool {
		try, ok := s.(*python.Try)
		if !ok || !tries(try, c.block[c.from].Pos()) || tries(try, end.Pos()) {
			return false
		}
		for _, h := range try.Handlers {
			if name := lastName(h.Type); h.Type == nil || name == "Exception" || name == "BaseException" {
				return !raisesAgain(h)
			}
			if raisesAgain(h) {
				return false // the refusal, as it seems
			}
		}
		return false
	})
}

// looksAgain tells whether the request can ask the database after the violation: a session answers nothing before it is rolled back, unless
// another one looks than the one that inserts.
func (c *conflict) looksAgain() bool {
	return c.session != "" || !sessions(c.library) || c.r.Op(c.r.Read).Session != c.r.Op(c.r.Act).Session
}

// asksForNone tells whether the check is one for nothing found.
func (c *conflict) asksForNone() bool {
	test := c.f.Text(c.check.Test)
	return test == c.found+" is None" || test == "not "+c.found
}

// leavesUnbound tells whether the statements that insert give something else a value, which what follows may look at.
func (c *conflict) leavesUnbound() bool {
	found := false
	for _, s := range c.block[c.from : c.to+1] {
		python.Walk(s, func(n python.Node) bool {
			if a, ok := n.(*python.Assign); ok {
				for _, target := range a.Targets {
					v, plain := target.(*python.Name)
					_, attribute := target.(*python.Attribute)
					found = found || !attribute && (!plain || v.ID != c.found)
				}
			}
			return !found
		})
	}
	return found
}

// refusesWhatIsThere tells whether the request is refused, at the latest, where it finds the row that it looks for: the insert is then reached
// only without one.
func refusesWhatIsThere(r *race.Race) bool {
	for _, c := range r.Deciding() {
		p := r.Op(c).Pred
		if p == nil || len(p.Uses) > 1 && p.Or == goesOnWhen(r, c) {
			continue
		}
		for _, u := range p.Uses {
			if there, asked := asksForTheRow(&u); asked && there != goesOnWhen(r, c) {
				return true
			}
		}
	}
	return false
}

// asksForTheRow tells whether a comparison asks whether what was read is there, and nothing about its columns; there is what it asks for.
func asksForTheRow(u *effects.PredUse) (there, asked bool) {
	if u.Left == nil || u.Left.SrcCol != "" {
		return false, false
	}
	switch u.Op {
	case "true", "exists":
		return true, true
	case "false", "not exists":
		return false, true
	case ">", ">=", "!=": // of a number, that it is not 0
		none := map[bool]string{true: "1", false: "0"}[u.Op == ">="]
		return true, u.Right != nil && (u.Right.IsNone() && u.Op == "!=" || written(u.Right.Sym) == none)
	case "=":
		return false, u.Right != nil && (u.Right.IsNone() || written(u.Right.Sym) == "0")
	}
	return false, false
}

// mentions tells whether a name stands in a piece of source.
func mentions(n python.Node, name string) bool {
	found := false
	python.Walk(n, func(n python.Node) bool {
		if v, ok := n.(*python.Name); ok && v.ID == name {
			found = true
		}
		return !found
	})
	return found
}

// mentionsLooked tells whether a piece of source names something that the statement which looks for the row assigns.
func (c *conflict) mentionsLooked(n python.Node) bool {
	read := siteIn(c.r.Op(c.r.Read).Site, c.fn)
	if read == nil {
		return false
	}
	st, ok := enclosing(c.fn, read.Node.Pos())
	if !ok {
		return false
	}
	a, ok := st.node().(*python.Assign)
	if !ok {
		return false
	}
	found := false
	for _, target := range a.Targets {
		python.Walk(target, func(x python.Node) bool {
			if v, ok := x.(*python.Name); ok {
				found = found || mentions(n, v.ID)
			}
			return !found
		})
	}
	return found
}

// asksRows tells whether a piece of source asks for an attribute of a row that a session has loaded.
func (c *conflict) asksRows(n python.Node) bool {
	frame := siteIn(c.r.Op(slices.Min(c.r.Deciding())).Site, c.fn)
	found := false
	python.Walk(n, func(n python.Node) bool {
		if a, ok := n.(*python.Attribute); ok {
			if v, plain := a.Value.(*python.Name); plain && frame != nil {
				_, row := rowIn(c.r.Trace, frame, v.ID)
				found = found || row
			}
		}
		return !found
	})
	return found
}
