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
	// look are the statements that look for the row, one that asks and perhaps one that takes the row out of the answer, and found the variable
	// that they set; nil and "" when they set none.
	look  []python.Stmt
	found string
	check *python.If
	// asks is the statement by which the function that inserts lets another one look and refuse, nil where it looks itself.
	asks *python.ExprStmt
	// block holds the statements that insert, from and to is where they stand in it.
	block    []python.Stmt
	from, to int
	// commits tells that they end the transaction, too: then no savepoint can be around them; and sent that what they insert reaches the
	// database while they are run.
	commits, sent   bool
	library, raised string             // the exception of the second insert, and where it is imported from
	keys            []schema.UniqueKey // what exists once in the table, with the key that it is to get
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
	case driver(r, act) == "asyncpg":
		return "asyncpg", "UniqueViolationError", !inTransaction(r)
	case driver(r, act) != "":
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
// what the check returns when it finds the row, or by going on with the row that the other request made. Added are the keys that the table is
// to get by the same repair.
func (m *Mender) handleConflict(r *race.Race, added ...schema.UniqueKey) []change {
	c := m.newConflict(r)
	if c == nil {
		return nil
	}
	if r.Table != nil {
		c.keys = slices.Concat(r.Table.Unique, added)
	}
	except, ok := c.answer()
	if !ok {
		return nil
	}
	imports, ok := imported(c.fn.Module, c.library, c.raised)
	if !ok {
		return nil
	}
	changes := c.tried
	if _, node := c.refusal(); node != nil {
		if try, h := c.swallowing(node); h != nil {
			changes = func(except []string) []change { return c.beside(try, h, except) }
		}
	}
	if handled := changes(except); handled != nil {
		return append(imports, handled...)
	}
	return nil
}

func (m *Mender) newConflict(r *race.Race) *conflict {
	checks := r.Deciding()
	library, raised, known := violation(r)
	if len(checks) == 0 || !known {
		return nil
	}
	decision := r.Op(slices.Min(checks)).Site
	asks, asking := askedFor(r, decision)
	if asks != nil {
		decision = asking
	}
	c := &conflict{r: r, fn: decision.Function, f: decision.Module.File, library: library, raised: raised, asks: asks}
	if sessions(library) {
		if c.session = m.sessionIn(r.Trace, decision, r.Op(r.Act).Session); c.session == "" {
			c.session = m.lentSession(r.Trace, decision.Function, r.Op(r.Act).Session)
		}
		var ok bool
		if c.wait, ok = waits(r, r.Op(r.Act).Session, c.fn); !ok {
			return nil
		}
	}
	c.check, _ = decision.Node.(*python.If)
	act := siteIn(r.Op(r.Act).Site, c.fn)
	if act == nil || c.check == nil && asks == nil {
		return nil
	}
	st, ok := enclosing(c.fn, act.Node.Pos())
	if !ok {
		return nil
	}
	if caughtBy(c.fn, act.Node.Pos(), raised, false) || caughtBelow(r.Op(r.Act).Site, act) || caughtBy(c.fn, sentAt(r, act), raised, false) {
		return nil // somebody thought of it, and decided otherwise
	}
	if m.insertsOthers(act.Node, r.Op(r.Act).Res.Name) {
		return nil // it inserts into tables of which this may not be true
	}
	c.block, c.from, c.to = st.block, st.at, st.at
	for i, s := range st.block[st.at:] {
		if e, is := s.(*python.ExprStmt); is {
			if call, name := called(e.Value); name == "commit" || name == "flush" {
				if c.session != "" && awaited(c.f, call) != (c.wait != "") {
					return nil // nobody waits for it, or nobody has to: it is not known what it does
				}
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
	from, to := c.block[c.from].Pos(), c.block[c.to].Stop()
	c.commits, c.sent = c.does(from, to, interleave.Commit), c.sends(from, to)
	if read := siteIn(r.Op(r.Read).Site, c.fn); read != nil {
		if look, ok := enclosing(c.fn, read.Node.Pos()); ok && !spansLines(c.f, look.node()) {
			if a, is := look.node().(*python.Assign); is && len(a.Targets) == 1 {
				if v, is := a.Targets[0].(*python.Name); is {
					c.look, c.found = []python.Stmt{a}, v.ID
					c.takesOut(look)
				}
			}
		}
	}
	return c
}

// takesOut adds the statement that takes the row out of the answer, where it follows the one that asks: `row = result.scalar_one_or_none()`.
func (c *conflict) takesOut(look statement) {
	if look.at+1 >= len(look.block) {
		return
	}
	next, ok := look.block[look.at+1].(*python.Assign)
	if !ok || len(next.Targets) != 1 || spansLines(c.f, next) {
		return
	}
	v, plain := next.Targets[0].(*python.Name)
	call, _ := called(next.Value)
	for call != nil {
		attr, ok := call.Func.(*python.Attribute)
		if !ok || len(call.Args) > 0 {
			return
		}
		if root, is := attr.Value.(*python.Name); is {
			if plain && root.ID == c.found {
				c.look, c.found = append(c.look, next), v.ID
			}
			return
		}
		call, _ = called(attr.Value)
	}
}

// caughtBy tells whether a try around an offset has a clause for an exception by its name; for good asks for one that lets none out again.
func caughtBy(fn *program.Function, at int32, exception string, forGood bool) bool {
	return slices.ContainsFunc(around(fn, at), func(s python.Stmt) bool {
		try, ok := s.(*python.Try)
		return ok && tries(try, at) && slices.ContainsFunc(try.Handlers, func(h *python.ExceptHandler) bool {
			return h.Type != nil && strings.Contains(fn.Module.File.Text(h.Type), exception) && !(forGood && raisesAgain(h))
		})
	})
}

// tries tells whether an offset in a try statement lies in its body, where its clauses catch what is raised.
func tries(try *python.Try, at int32) bool {
	end := last(try.Body)
	return end != nil && try.Pos() <= at && at < end.Stop()
}

// answersViolation tells whether the deciding function, or what it calls to insert, answers a violation already.
func answersViolation(r *race.Race) bool {
	if len(r.Deciding()) == 0 {
		return false
	}
	_, raised, known := violation(r)
	fn := r.Op(slices.Min(r.Deciding())).Site.Function
	act := siteIn(r.Op(r.Act).Site, fn)
	return act != nil && (caughtBelow(r.Op(r.Act).Site, act) || known && (caughtBy(fn, act.Node.Pos(), raised, true) || caughtBy(fn, sentAt(r, act), raised, true)))
}

// sentAt is where the function that inserts at a place lets what it has added be sent: there, where it does not.
func sentAt(r *race.Race, act *effects.Site) int32 {
	for i := r.Act + 1; i < len(r.Trace.Ops); i++ {
		if op := r.Op(i); op.Kind == interleave.Flush || op.Kind == interleave.Commit {
			if s := siteIn(op.Site, act.Function); s != nil && s.Node != nil {
				return s.Node.Pos()
			}
		}
	}
	return act.Node.Pos()
}

// caughtBelow tells whether a function between two places has a clause that lets no violation out: it ends with something else than the same
// exception again.
func caughtBelow(inner, outer *effects.Site) bool {
	for s := inner; s != nil && s != outer; s = s.Up {
		if s.Function == nil || s.Function.Def == nil || s.Node == nil || s.Function == outer.Function {
			continue
		}
		for _, st := range around(s.Function, s.Node.Pos()) {
			try, ok := st.(*python.Try)
			if !ok || !tries(try, s.Node.Pos()) {
				continue
			}
			if slices.ContainsFunc(try.Handlers, func(h *python.ExceptHandler) bool { return catchesViolation(s.Module.File, h) && !raisesAgain(h) }) {
				return true
			}
		}
	}
	return false
}

// catchesViolation tells whether a clause is one for the violation of a constraint, by whatever name.
func catchesViolation(f *python.File, h *python.ExceptHandler) bool {
	if h.Type == nil {
		return true
	}
	text := f.Text(h.Type)
	return slices.ContainsFunc([]string{"IntegrityError", "UniqueViolation", "DuplicateKey", "SQLAlchemyError", "DBAPIError", "DatabaseError", "BaseException"}, func(name string) bool { return strings.Contains(text, name) }) ||
		lastName(h.Type) == "Exception"
}

// raisesAgain tells whether a clause ends with the exception that it caught.
func raisesAgain(h *python.ExceptHandler) bool {
	again, ok := last(h.Body).(*python.Raise)
	return ok && again.Exc == nil
}

// does tells whether the request does something of some kind in a piece of the function.
func (c *conflict) does(from, to int32, kinds ...interleave.Kind) bool {
	return c.r.Trace.Any(func(op *effects.Op) bool {
		if !slices.Contains(kinds, op.Kind) {
			return false
		}
		s := siteIn(op.Site, c.fn)
		return s != nil && s.Node != nil && from <= s.Node.Pos() && s.Node.Pos() < to
	})
}

// sends tells whether what is added there reaches the database there: a violation is raised nowhere else.
func (c *conflict) sends(from, to int32) bool {
	return !sessions(c.library) || c.r.Op(c.r.Act).Kind != interleave.Add || c.does(from, to, interleave.Flush, interleave.Commit)
}

// nests tells whether a savepoint can hold the insert, so that what the request did before stays.
func (c *conflict) nests() bool { return c.session != "" && !c.commits }

// tried puts the statements that insert into a try. What follows them in a block that makes a missing row belongs to its else.
func (c *conflict) tried(except []string) []change {
	first, last := c.block[c.from], c.block[c.to]
	in, step, nl := indent(c.f, first), unit(c.f, c.fn), newline(c.f)
	savepoint := c.nests() && !strings.HasPrefix(except[len(except)-1], "raise ")
	flushes := !savepoint && !c.sent
	if (savepoint || flushes) && c.unfinished() {
		return nil
	}
	if _, leaves := last.(*python.Return); flushes && (leaves || c.session == "") {
		return nil
	}
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
	end := behind(c.f, last)
	b.WriteString(shifted(c.f, first.Pos(), end, in, deeper) + nl)
	if flushes {
		b.WriteString(in + step + c.wait + c.session + ".flush()" + nl)
	}
	as, except := c.toldApart(except)
	b.WriteString(in + "except " + c.raised + as + ":" + nl)
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
		b.WriteString(in + "else:" + nl + shifted(c.f, rest[0].Pos(), behind(c.f, rest[len(rest)-1]), in, step) + nl)
		end = behind(c.f, rest[len(rest)-1])
	}
	return []change{{c.f, first.Pos(), end, strings.TrimSuffix(b.String(), nl)}}
}

// unfinished tells whether the request gives the row columns that it must have only after it was added: the end of a savepoint sends it before.
func (c *conflict) unfinished() bool {
	act := c.r.Op(c.r.Act)
	if act.Kind != interleave.Add || act.Obj == 0 || c.r.Table == nil {
		return false
	}
	given := func(column string) bool {
		return slices.ContainsFunc(act.Set, func(s interleave.Assignment) bool { return s.Column == column || s.Column == "*" })
	}
	lacks := func(column string) bool {
		k := c.r.Table.Columns[column]
		return k != nil && !k.Nullable && !k.Filled && k.Default == "" && !k.Primary && !k.Computed && !given(column)
	}
	for i := c.r.Act + 1; i < len(c.r.Trace.Ops); i++ {
		op := c.r.Op(i)
		if op.Kind != interleave.Assign || op.Obj != act.Obj {
			continue
		}
		for _, s := range op.Set {
			if lacks(s.Column) {
				return true
			}
			if s.Column != "*" {
				continue
			}
			for name, k := range c.r.Table.Columns {
				if k.Target == "" && lacks(name) { // a foreign key may be given as the row that it names
					return true
				}
			}
		}
	}
	return false
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
