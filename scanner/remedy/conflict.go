package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// conflict handles the violation of a unique constraint in the function that looks first.
type conflict struct {
	r       *race.Race
	fn      *program.Function
	f       *python.File
	session string
	wait    string // "await " where the session is asynchronous
	// look is the statement that looks for the row, and found the variable that it sets; nil and "" when it sets none.
	look  python.Stmt
	found string
	check *python.If
	// block holds the statements that insert, from and to is where they stand in it.
	block           []python.Stmt
	from, to        int
	commits         bool
	library, raised string // the exception of the second insert, and where it is imported from
}

// duplicateKey is what a collection with a unique index raises.
const duplicateKey = "DuplicateKeyError"

// violation is the exception of the second insert and the module that has it: each library has its own. ok is false where it is not known,
// or where the violation breaks a transaction that nothing here can end.
func violation(r *race.Race) (module, name string, ok bool) {
	act := r.Op(r.Act)
	switch {
	case act.Res.Store == interleave.KeyValue:
		return "pymongo.errors", duplicateKey, true
	case act.Driver == "asyncpg":
		return "asyncpg", "UniqueViolationError", !inTransaction(r)
	case act.Driver != "":
		return "", "", false
	case r.Table == nil || r.Table.ORM == schema.SQLAlchemy || r.Table.ORM == schema.SQLModel || r.Table.ORM == schema.NoORM:
		return "sqlalchemy.exc", "IntegrityError", true
	case r.Table.ORM == schema.Tortoise:
		return "tortoise.exceptions", "IntegrityError", !inTransaction(r)
	case r.Table.ORM == schema.Peewee:
		return "peewee", "IntegrityError", !inTransaction(r)
	case r.Table.ORM == schema.Django:
		return "django.db", "IntegrityError", !inTransaction(r)
	}
	return "", "", false
}

// inTransaction tells whether the request begins a transaction before it inserts.
func inTransaction(r *race.Race) bool {
	return slices.ContainsFunc(r.Trace.Ops[:r.Act], func(op effects.Op) bool { return op.Kind == interleave.Begin })
}

// sessions tells whether the library sends what it is given through a session, which answers nothing after a violation until it is rolled back.
func sessions(module string) bool { return module == "sqlalchemy.exc" }

// handleConflict catches the violation where the row is flushed or committed, and answers as the check does: with its refusal, with
// what the check returns when it finds the row, or by going on with the row that the other request made.
func (m *Mender) handleConflict(r *race.Race) []change {
	c := m.newConflict(r)
	if c == nil {
		return nil
	}
	except, ok := c.answer()
	if !ok {
		return nil
	}
	module := r.Op(slices.Min(r.Deciding())).Site.Module
	imports, ok := imported(module, c.library, c.raised)
	if !ok {
		return nil
	}
	return append(imports, c.tried(except)...)
}

func (m *Mender) newConflict(r *race.Race) *conflict {
	checks := r.Deciding()
	library, raised, known := violation(r)
	if len(checks) == 0 || !known {
		return nil
	}
	decision := r.Op(slices.Min(checks)).Site
	c := &conflict{r: r, fn: decision.Function, f: decision.Module.File, library: library, raised: raised}
	if sessions(library) {
		c.session = m.sessionIn(r.Trace, decision, r.Op(r.Act).Session)
		var ok bool
		if c.wait, ok = waits(r, r.Op(r.Act).Session, c.fn); !ok {
			return nil
		}
	}
	c.check, _ = decision.Node.(*python.If)
	act := siteIn(r.Op(r.Act).Site, c.fn)
	if act == nil || c.check == nil {
		return nil
	}
	st, ok := enclosing(c.fn, act.Node.Pos())
	if !ok {
		return nil
	}
	if caughtBy(c.fn, act.Node.Pos(), raised) {
		return nil // somebody thought of it, and decided otherwise
	}
	if m.insertsOthers(act.Node, r.Op(r.Act).Res.Name) {
		return nil // it inserts into tables of which this may not be true
	}
	c.block, c.from, c.to = st.block, st.at, st.at
	for i, s := range st.block[st.at:] {
		if e, is := s.(*python.ExprStmt); is {
			if _, name := called(e.Value); name == "commit" || name == "flush" {
				c.to = st.at + i
				break
			}
		}
	}
	for _, s := range c.block[c.from : c.to+1] {
		if spansLines(c.f, s) {
			return nil
		}
	}
	c.commits = c.commitsInside()
	if read := siteIn(r.Op(r.Read).Site, c.fn); read != nil {
		if look, ok := enclosing(c.fn, read.Node.Pos()); ok && !spansLines(c.f, look.node()) {
			if a, is := look.node().(*python.Assign); is && len(a.Targets) == 1 {
				if v, is := a.Targets[0].(*python.Name); is {
					c.look, c.found = a, v.ID
				}
			}
		}
	}
	return c
}

// caughtBy tells whether a try around an offset has a clause for an exception by its name.
func caughtBy(fn *program.Function, at int32, exception string) bool {
	return slices.ContainsFunc(around(fn, at), func(s python.Stmt) bool {
		try, ok := s.(*python.Try)
		return ok && len(try.Body) > 0 && at < try.Body[len(try.Body)-1].Stop() && slices.ContainsFunc(try.Handlers, func(h *python.ExceptHandler) bool {
			return h.Type != nil && strings.Contains(fn.Module.File.Text(h.Type), exception)
		})
	})
}

// commitsInside tells whether the statements that insert end the transaction too: then no savepoint can be around them.
func (c *conflict) commitsInside() bool {
	for i := range c.r.Trace.Ops {
		op := &c.r.Trace.Ops[i]
		if op.Kind != interleave.Commit {
			continue
		}
		if s := siteIn(op.Site, c.fn); s != nil && s.Node != nil && c.block[c.from].Pos() <= s.Node.Pos() && s.Node.Pos() < c.block[c.to].Stop() {
			return true
		}
	}
	return false
}

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

// nests tells whether a savepoint can hold the insert, so that what the request did before stays.
func (c *conflict) nests() bool { return c.session != "" && !c.commits }

// tried puts the statements that insert into a try. What follows them in a block that makes a missing row belongs to its else.
func (c *conflict) tried(except []string) []change {
	first, last := c.block[c.from], c.block[c.to]
	in, step, nl := indent(c.f, first), unit(c.f, c.fn), newline(c.f)
	savepoint := c.nests() && !strings.HasPrefix(except[len(except)-1], "raise ")
	var b strings.Builder
	b.WriteString("try:" + nl)
	deeper := step
	if savepoint {
		with := "with "
		if c.wait != "" {
			with = "async with "
		}
		b.WriteString(in + step + with + c.session + ".begin_nested():" + nl)
		deeper += step
	}
	end := last.Stop() + int32(len(remark(c.f, last.Stop())))
	b.WriteString(shifted(c.f, first.Pos(), end, in, deeper) + nl)
	b.WriteString(in + "except " + c.raised + ":" + nl)
	for _, line := range except {
		b.WriteString(under(line, in+step, nl) + nl)
	}
	if !leavesWith(except) && c.to+1 < len(c.block) {
		rest := c.block[c.to+1:]
		for _, s := range rest {
			if spansLines(c.f, s) {
				return nil
			}
		}
		b.WriteString(in + "else:" + nl + shifted(c.f, rest[0].Pos(), rest[len(rest)-1].Stop(), in, step) + nl)
		end = rest[len(rest)-1].Stop()
	}
	return []change{{c.f, first.Pos(), end, strings.TrimSuffix(b.String(), nl)}}
}

// leavesWith tells whether the last line of an except clause leaves the function.
func leavesWith(lines []string) bool {
	last := lines[len(lines)-1] // a refusal is one entry, of however many lines
	return strings.HasPrefix(last, "raise") || strings.HasPrefix(last, "return")
}

// shifted is a piece of source that begins with a statement, indented deeper.
func shifted(f *python.File, from, to int32, in, step string) string {
	return deeper(string(f.Source[from:to]), in, step, newline(f))
}
