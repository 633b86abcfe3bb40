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
	if c.asks != nil {
		if !c.looksAgain() || c.lost(c.asks) || c.session == "" && c.commitsAfter() {
			return nil, false
		}
		undo()
		return append(lines, strings.Join(dedented(c.f, c.asks), "\n"), "raise"), true
	}
	refused, node := c.refusal()
	if node != nil && !refusesWhatIsThere(c.r) {
		return nil, false // what it refuses is something else than a row that is there
	}
	if node == nil || c.writesBefore(node) {
		arm, ok := c.repeated()
		if ok && c.looksAgain() && !c.dropsWork() && !(c.session == "" && c.commitsAfter()) && !c.lost(arm...) && !c.lost(c.look...) {
			undo()
			lines = append(lines, c.lookLines()...)
			lines = append(lines, "if "+c.found+" is None:", step+"raise")
			for _, s := range arm {
				lines = append(lines, strings.Join(dedented(c.f, s), "\n"))
			}
			return lines, true
		}
		if node != nil {
			return c.calledAgain()
		}
	}
	switch node := node.(type) {
	case *python.Raise:
		if c.wait != "" && c.asksRows(node) {
			return nil, false // a session that was rolled back loads them again, which nothing here waits for
		}
		undo := ""
		if _, h := c.swallowing(node); h != nil {
			undo = c.undone(h)
		}
		if undo == "" && c.session != "" {
			undo = c.wait + c.session + ".rollback()"
		}
		if undo != "" {
			lines = append(lines, undo)
		}
		if !strings.Contains(refused, " from ") {
			refused += " from None"
		}
		return append(lines, refused), true
	case *python.Return:
		if c.session == "" && c.commitsAfter() {
			return nil, false // the session is not at hand to be rolled back, and who commits it would meet the violation again
		}
		undo()
		if c.found == "" && c.mentionsLooked(node) {
			return nil, false // it answers with what the request has found, and that is not known to be the row alone
		}
		if !mentions(node, c.found) {
			return append(lines, refused), true
		}
		if !c.looksAgain() || c.lost(c.look...) {
			return nil, false
		}
		lines = append(lines, c.lookLines()...)
		return append(lines, "if "+c.found+" is None:", step+"raise", refused), true
	}
	// The row is made where it is missing, and the request goes on with it, or does with one that is there what it does then.
	then, ok := c.otherwise()
	if !ok || !c.looksAgain() || c.leavesUnbound() || c.dropsWork() {
		return c.calledAgain()
	}
	undo()
	lines = append(lines, c.lookLines()...)
	return append(append(lines, "if "+c.found+" is None:", step+"raise"), then...), true
}

// refusal is how the check refuses the request, also where only some requests come to the check, as those that bring what may be left out:
// whoever violates the constraint has brought it.
func (c *conflict) refusal() (text string, node python.Stmt) {
	if text, node = refusal(c.r, c.fn); node != nil {
		return text, node
	}
	for _, d := range c.r.Deciding() {
		check, ok := c.r.Op(d).Site.Node.(*python.If)
		if !ok || c.r.Op(d).Site.Function != c.fn {
			continue
		}
		if end, raises := ending(check.Body).(*python.Raise); raises && !spansLines(c.f, end) && c.optional(check, end) {
			return strings.Join(dedented(c.f, end), "\n"), end
		}
	}
	return "", nil
}

// optional tells whether nothing but conditions keeps a request from a check, and what it refuses with is known to all that insert behind.
func (c *conflict) optional(check *python.If, end *python.Raise) bool {
	insert := c.block[c.from].Pos()
	for _, s := range around(c.fn, check.Pos()) {
		if s.Pos() <= insert && insert < s.Stop() {
			continue
		}
		if _, condition := s.(*python.If); !condition || insert < s.Pos() {
			return false
		}
		made := false
		python.Walk(end, func(n python.Node) bool {
			v, ok := n.(*python.Name)
			made = made || ok && assignsName(c.f, s, v.ID)
			return !made
		})
		if made {
			return false
		}
	}
	return true
}

func (c *conflict) lookLines() (out []string) {
	for _, s := range c.look {
		out = append(out, dedented(c.f, s)...)
	}
	return out
}

// otherwise is what the check does with a row that is there, where its other arm inserts: nothing, or a few plain statements. ok is false where
// the check is no such one.
func (c *conflict) otherwise() (lines []string, ok bool) {
	if c.found == "" || c.check.Pos() > c.block[c.from].Pos() || c.block[c.from].Pos() >= c.check.Stop() {
		return nil, false
	}
	arm := c.check.Else
	switch inserts := inElse(c.check, c.block[c.from].Pos()); {
	case !inserts && c.asksForNone():
	case inserts && c.asksForOne() && &c.check.Else[0] == &c.block[0]:
		arm = c.check.Body
	default:
		return nil, false
	}
	if !c.plainly(arm) {
		return nil, false
	}
	for _, s := range arm {
		if _, nothing := s.(*python.Pass); !nothing {
			lines = append(lines, strings.Join(dedented(c.f, s), "\n"))
		}
	}
	return lines, true
}

// commitsAfter tells whether somebody else commits the session when the function has returned, as a dependency does.
func (c *conflict) commitsAfter() bool {
	for i := c.r.Act; i < len(c.r.Trace.Ops); i++ {
		if op := c.r.Op(i); op.Kind == interleave.Commit && op.Session == c.r.Op(c.r.Act).Session && siteIn(op.Site, c.fn) == nil {
			return true
		}
	}
	return false
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
	return c.r.Trace.Any(func(op *effects.Op) bool {
		switch op.Kind {
		case interleave.Add, interleave.Insert, interleave.Assign, interleave.Update, interleave.Delete, interleave.Remove:
			at := siteIn(op.Site, c.fn)
			return (answers || op.Res.Name == c.r.Resource()) && at != nil && at.Node != nil && from <= at.Node.Pos() && at.Node.Pos() < end.Stop()
		}
		return false
	})
}

// swallowing is a try with a clause for any exception around the statements that insert, and not around the check, and that clause: a refusal
// that is raised within is answered as an error.
func (c *conflict) swallowing(end python.Stmt) (*python.Try, *python.ExceptHandler) {
	if _, raises := end.(*python.Raise); !raises {
		return nil, nil
	}
	at := c.block[c.from].Pos()
	for _, s := range around(c.fn, at) {
		try, ok := s.(*python.Try)
		if !ok || !tries(try, at) || tries(try, end.Pos()) {
			continue
		}
		for _, h := range try.Handlers {
			again := raisesAgain(h) // the refusal, as it seems
			if name := lastName(h.Type); !again && (h.Type == nil || name == "Exception" || name == "BaseException") {
				return try, h
			}
			if again {
				break
			}
		}
	}
	return nil, nil
}

// beside writes the clause before the one for any exception: the try is there, sends the row, and inserts nothing else.
func (c *conflict) beside(try *python.Try, any *python.ExceptHandler, except []string) []change {
	end := last(try.Body).Stop()
	if c.r.Trace.Any(func(op *effects.Op) bool {
		at := siteIn(op.Site, c.fn)
		inside := at != nil && at.Node != nil && try.Pos() <= at.Node.Pos() && at.Node.Pos() < end
		return inside && (op.Kind == interleave.Add || op.Kind == interleave.Insert) && op.Res.Store == interleave.Table && op.Res.Name != c.r.Resource()
	}) || !c.sends(try.Pos(), end) {
		return nil
	}
	in, nl := indent(c.f, any), newline(c.f)
	as, lines := c.toldApart(except)
	text := "except " + c.raised + as + ":" + nl
	for _, line := range lines {
		text += under(line, in+unit(c.f, c.fn), nl) + nl
	}
	return []change{{c.f, any.Pos(), any.Pos(), text + in}}
}

// undone is how the clause for any exception ends the transaction, "" where it does not begin with that.
func (c *conflict) undone(h *python.ExceptHandler) string {
	if s, ok := h.Body[0].(*python.ExprStmt); ok {
		if _, name := called(s.Value); name == "rollback" {
			return c.f.Text(s)
		}
	}
	return ""
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

// asksForOne tells whether the check is one for something found.
func (c *conflict) asksForOne() bool {
	test := c.f.Text(c.check.Test)
	return test == c.found || test == c.found+" is not None"
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
		if p == nil || len(p.Uses) > 1 && p.Or == goesOnWhen(r, c) && !asksOnlyForTheRow(r, p) {
			continue
		}
		for _, u := range p.Uses {
			if there, asked := asksForTheRow(r, &u); asked && there != goesOnWhen(r, c) {
				return true
			}
		}
	}
	return false
}

// asksOnlyForTheRow tells whether all that a test asks is whether there is a row, in several words: `count and count > 0`.
func asksOnlyForTheRow(r *race.Race, p *effects.Pred) bool {
	first, _ := asksForTheRow(r, &p.Uses[0])
	for i := range p.Uses {
		if there, asked := asksForTheRow(r, &p.Uses[i]); !asked || there != first {
			return false
		}
	}
	return true
}

// asksForTheRow tells whether a comparison asks whether what was read is there, and nothing about its columns; there is what it asks for.
func asksForTheRow(r *race.Race, u *effects.PredUse) (there, asked bool) {
	if u.Left == nil || u.Left.SrcCol != "" && (u.Left.SrcCol != primary(r) || u.Op != "true" && u.Op != "false") {
		return false, false // every row has its key
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

// asksRows tells whether a piece of source asks for an attribute of a row that the session which inserts has loaded, other than the one that is looked for.
func (c *conflict) asksRows(n python.Node) bool {
	frame := siteIn(c.r.Op(slices.Min(c.r.Deciding())).Site, c.fn)
	found := false
	python.Walk(n, func(n python.Node) bool {
		if a, ok := n.(*python.Attribute); ok {
			if v, plain := a.Value.(*python.Name); plain && frame != nil && v.ID != c.found {
				row, is := rowIn(c.r.Trace, frame, v.ID)
				found = found || is && row.session == c.r.Op(c.r.Act).Session
			}
		}
		return !found
	})
	return found
}
