package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A row that must be there before another one is inserted: the membership of whoever calls, the parent of what is added. One more
// row in that set turns no such decision, so an insert is no rival of it.

// wantsRow tells whether all that the decisions before an insert ask of the set is that it has a row, and nothing is reckoned from it.
// Where something is, the race is in that, and the decisions are none.
func (r *Race) wantsRow() bool {
	if read := r.Op(r.Read); r.Relation != SetInsert || !isRow(read) {
		return false
	}
	if r.bothWays() {
		return true
	}
	for _, c := range r.Checks {
		if !r.impliesRow(c) && !r.admits(c) {
			return false
		}
	}
	if r.Derived && r.computes() {
		r.Checks = nil
		return false
	}
	return len(r.Checks) > 0
}

// bothWays tells whether the act would need that the row is there and that it is not: one decision is on what was found, and the other
// finds None because nothing was looked for. No request that looks goes that way.
func (r *Race) bothWays() bool {
	there, gone := false, false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil || len(p.Uses) != 1 {
			continue
		}
		if is, about := r.showsRow(p.Uses[0], r.holdsAt(c), 0); is && about {
			there = there || r.alwaysAsked(c)
			continue
		}
		is, about := r.showsRow(p.Uses[0], !r.holdsAt(c), 0)
		gone = gone || is && about && within(r.Op(r.Act).Ctx, r.Op(c).Ctx)
	}
	return there && gone
}

// alwaysAsked tells whether whoever reads what was read comes to a decision, or leaves before.
func (r *Race) alwaysAsked(check int) bool {
	read := r.Op(r.Read).Ctx
	for c := r.Op(check).Ctx; c != nil; c = c.Up {
		if c.Leaves == effects.Stays && !decidedAbove(read, c) {
			return false
		}
	}
	return true
}

func decidedAbove(ctx, decision *effects.Ctx) bool {
	for c := ctx; c != nil; c = c.Up {
		if c.Check == decision.Check && c.Arm == decision.Arm {
			return true
		}
	}
	return false
}

// admits tells whether a decision is one on what the caller may do, taken on rows that say who belongs where, and answered by a refusal
// of that kind: one more row there lets nobody be refused. What asks for a number, or that somebody is not there yet, is no such decision.
func (r *Race) admits(check int) bool {
	p := r.Op(check).Pred
	denies := r.raisesNamed(check, deniedWords)
	if p == nil || !matches(r.Resource(), authorityTables) || !r.turnsAway(check) && !denies {
		return false
	}
	holds := r.holdsAt(check)
	found := false
	for _, u := range p.Uses {
		if !r.About(u.Left) && !r.About(u.Right) {
			continue
		}
		op := u.Op
		if op == "?" {
			op = u.Within
		}
		if !holds {
			op = effects.Opposite(op)
		}
		switch op {
		case "true", "exists", "=", "in":
		case "false", "not exists":
			if !denies || u.Left == nil || u.Left.Kind != effects.Sequence || u.Left.Src != 0 {
				return false
			}
			// nothing stands on the list of what the caller may not do
		default:
			return false
		}
		if r.isTally(u.Left) || r.isTally(u.Right) {
			return false
		}
		found = true
	}
	return found
}

// staysThere tells whether a write leaves a document where it was, and changes nothing of what was asked: whether it is there, or what
// some of its fields hold. The other fields may be changed by anybody, unless the act stores the whole document as it was read. To make
// one where there was none, as an upsert does, is something else.
func (r *Race) staysThere(op *effects.Op) bool {
	read := r.Op(r.Read)
	if r.Relation != SameRow || !isDocument(read) || read.Res.Aggregate != interleave.Rows || r.Derived || len(r.Checks) == 0 || r.wipes(op) {
		return false
	}
	if op.Kind == interleave.Delete {
		return r.patchesOnly()
	}
	if op.Kind != interleave.Update && op.Kind != interleave.Assign || op.Upsert || op.Drops || op.Flags&interleave.OnConflictUpdate != 0 || writesAny(op.Set, whereColumns(read.Res.Where)) {
		return false
	}
	return !slices.ContainsFunc(r.Checks, func(c int) bool {
		fields, known := r.documentFields(c)
		return !known || len(fields) > 0 && (len(op.Set) == 0 || writesField(renewed(op), fields))
	})
}

// renewed are the fields that a write of a document gives something else than what was read of it: `{"$set": document}` puts back those that
// nobody has changed.
func renewed(op *effects.Op) []interleave.Assignment {
	return slices.DeleteFunc(slices.Clone(op.Set), func(a interleave.Assignment) bool { return a.Value == op.Res.Name+"["+op.Res.Key+"]."+a.Column })
}

// patchesOnly tells whether all that the request does is to change a document where it is found: it changes nothing when somebody has
// taken it away.
func (r *Race) patchesOnly() bool {
	for i := r.Read + 1; i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		if op.Kind == interleave.Effect && op.External != "message" && r.follows(i) {
			return false
		}
		if slices.Contains(r.Acts, i) && (op.Kind != interleave.Update || op.Upsert || op.Flags&(interleave.OnConflictUpdate|interleave.AllColumns) != 0) {
			return false
		}
	}
	return true
}

// documentFields returns the fields of a document that a decision looks at, and whether all of them are known.
func (r *Race) documentFields(check int) ([]string, bool) {
	if len(r.Uses) == 0 {
		return askedFields(r.Trace, check, r.Read, r.Act)
	}
	var fields []string
	for _, d := range r.Op(check).From {
		switch use := r.Op(d); {
		case slices.Contains(r.Uses, d) && len(use.Res.Columns) > 0:
			fields = append(fields, use.Res.Columns...)
		case d == r.Read && len(r.Op(r.Read).Res.Columns) == 0, !slices.Contains(r.Uses, d) && d != r.Read:
			// that it is there at all, or something else than the document
		default:
			return nil, false
		}
	}
	return fields, true
}

// writesField tells whether a write changes one of the fields of a document, a part of one, or what one is a part of.
func writesField(set []interleave.Assignment, fields []string) bool {
	return writesAny(set, fields) || slices.ContainsFunc(set, func(a interleave.Assignment) bool {
		return slices.ContainsFunc(fields, func(f string) bool {
			return strings.HasPrefix(a.Column, f+".") || strings.HasPrefix(f, a.Column+".")
		})
	})
}

// deniedWords are parts of the names of exceptions that say that the caller may not do something, whatever they answer.
var deniedWords = append([]string{"authorization", "denied"}, forbiddenWords...)

// raisesNamed tells whether a decision is answered by an exception of a class whose name holds one of the words.
func (r *Race) raisesNamed(check int, words []string) bool {
	return r.raises(check, func(name string) bool { return matches(name, words) })
}

// raises tells whether an exception with such a name is raised when a decision falls the other way.
func (r *Race) raises(check int, named func(string) bool) bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check == check {
			return slices.ContainsFunc(c.Exc, named)
		}
	}
	return false
}

// About tells whether a value comes from what was read.
func (r *Race) About(v *effects.Value) bool {
	return v.DerivesFrom(r.Read) || slices.ContainsFunc(r.Uses, v.DerivesFrom)
}

// computes tells whether a value of the new row is reckoned from what was read, a number or an amount, and not only copied.
func (r *Race) computes() bool {
	return r.Op(r.Read).Res.Aggregate != interleave.Rows || slices.ContainsFunc(r.Op(r.Act).Set, func(a interleave.Assignment) bool {
		return strings.ContainsAny(a.Value, "+*%") || strings.Contains(a.Value, "len(") || strings.Contains(a.Value, "max(")
	})
}

// impliesRow tells whether the act happens only if what a decision asked about was there.
func (r *Race) impliesRow(check int) bool {
	op := r.Op(check)
	if assertsPresence(op) {
		return true
	}
	if !r.asksOrNeedsNot(check) {
		return false // the act is reached without it as well: `if found: if found.user_id == me: return found`
	}
	if op.Rare().Demands != "" {
		return true // it would have raised
	}
	p := op.Pred
	if p == nil {
		return false
	}
	holds := r.holdsAt(check)
	all := p.Certain(map[bool]int8{true: 1}[holds]) // every term is as it must be; else one of them is enough
	found := false
	for _, u := range p.Uses {
		is, about := r.showsRow(u, holds, 0)
		switch {
		case all && about && !is:
			return false // `member is not None and member.invites < limit`: more than that it is there
		case !all && !is:
			return false
		}
		found = found || is
	}
	return found
}

// AsksPresence tells whether nothing is decided on but that there is what was looked for.
func (r *Race) AsksPresence() bool {
	thing := func(u effects.PredUse) bool {
		return (u.Op == "exists" || u.Op == "not exists") && u.Left != nil && u.Left.SrcCol == ""
	}
	return !slices.ContainsFunc(r.Checks, func(c int) bool {
		p := r.Op(c).Pred
		return !r.impliesRow(c) && (p == nil || len(p.Uses) == 0 || slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool { return !thing(u) }))
	})
}

// asksOrNeedsNot tells whether the act is reached without a decision only where the request has nothing to look for: `if parent_id: if not
// find(parent_id): raise`.
func (r *Race) asksOrNeedsNot(check int) bool {
	act := r.Op(r.Act).Ctx
	if within(act, r.Op(check).Ctx) {
		return true
	}
	if !under(act, check) {
		return false
	}
	for c := r.Op(check).Ctx; c != nil; c = c.Up {
		if c.Leaves != effects.Stays || holds(act, c) {
			continue
		}
		if !encloses(c, r.Op(r.Read).Ctx) || c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) {
			return false
		}
	}
	return true
}

// encloses tells whether what stands in a context stands in an arm.
func encloses(arm, ctx *effects.Ctx) bool {
	for c := ctx; c != nil; c = c.Up {
		if c == arm || c.Check >= 0 && c.Check == arm.Check && c.Arm == arm.Arm {
			return true
		}
	}
	return false
}

// assertsPresence recognises `assert row is not None`: what the author knows to be there, for whoever reads or checks types.
func assertsPresence(op *effects.Op) bool {
	if _, ok := op.Site.Node.(*python.Assert); !ok || op.Pred == nil {
		return false
	}
	return !slices.ContainsFunc(op.Pred.Uses, func(u effects.PredUse) bool { return u.Op != "exists" && u.Op != "true" })
}

// showsRow tells whether a comparison is about the set, and then whether a row is there when it comes out as it must.
func (r *Race) showsRow(u effects.PredUse, holds bool, depth int) (is, about bool) {
	op := u.Op
	if op == "?" {
		op = u.Within
	}
	if !holds {
		op = effects.Opposite(op)
	}
	if inner := answers(u.Left); len(inner) > 0 && (op == "true" || op == "false") && depth < 3 {
		is = true
		for _, in := range inner {
			i, a := r.showsRow(in, op == "true", depth+1)
			is, about = is && (i || !a), about || a
		}
		return is && about, about
	}
	for _, v := range [...]*effects.Value{u.Left, u.Right} {
		if v == nil || !v.DerivesFrom(r.Read) && !r.lookedAt(v) {
			continue
		}
		about = true
		switch {
		case v == u.Right && (op == "in" || op == "not in") && !r.CountedBeside():
			return op == "in", true // among what was made of the rows there is one that is asked for
		case v.Pick(effects.Mapping) != nil && int(v.Src)-1 != r.Read:
			return op == "true" || op == "exists", true // `found = dict(row); found["tags"] = …`: it was found, whatever was put into it
		case v.Kind == effects.Union && v.Pick(effects.Instance) != nil && r.Op(r.Read).Res.Aggregate == interleave.Rows:
			return op == "true" || op == "exists", true // an object made of the row, or None
		case r.countsRows(v):
			return r.enoughWith(op, u), true
		case r.lookedAt(v):
			return r.oneRow(), true // an attribute of the row, and of no other that may come
		case int(v.Src)-1 == r.Read && (v.SrcCol == "" || !strings.HasPrefix(v.SrcCol, "#")) && r.Op(r.Read).Res.Aggregate == interleave.Rows:
			return op == "true" || op == "exists", true
		}
		return false, true // what was made of them
	}
	return false, false
}

// CountedBeside tells whether rows are counted by a sub-query, and the statement around it decides by their number which rows of another
// table it gives: the rooms of which fewer are booked than there are.
func (r *Race) CountedBeside() bool {
	read := r.Op(r.Read)
	return read.Flags&interleave.SameStatement != 0 && (read.Res.Aggregate == interleave.Count || read.Res.Aggregate == interleave.Sum)
}

// GoesWith tells whether the new row has to go with those that are there already: what it brings is looked for among what they hold, and
// it is refused where nobody has it.
func (r *Race) GoesWith() bool {
	return r.Relation == SetInsert && !r.CountedBeside() && slices.ContainsFunc(r.Checks, func(c int) bool {
		p, holds := r.Op(c).Pred, r.holdsAt(c)
		return p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			op := u.Op
			if op == "?" {
				op = u.Within
			}
			if !holds {
				op = effects.Opposite(op)
			}
			return op == "in" && u.Left != nil && u.Right != nil && r.About(u.Right) && !r.About(u.Left)
		})
	})
}

// enoughWith tells whether a comparison asks for so many rows or more, or for as many as there are of something else, as when each that the
// caller names must be there: where there are enough, one more is no less.
func (r *Race) enoughWith(op string, u effects.PredUse) bool {
	switch mine, theirs := r.countsRows(u.Left), r.countsRows(u.Right); {
	case mine && !r.About(u.Right):
		return op == ">" || op == ">=" || op == "=" && countsAny(u.Right)
	case theirs && !r.About(u.Left):
		return op == "<" || op == "<=" || op == "=" && countsAny(u.Left)
	}
	return false
}

// countsRows tells whether a value is how many rows were found, or how many different ones of what they hold.
func (r *Race) countsRows(v *effects.Value) bool {
	if v == nil || !r.About(v) {
		return false
	}
	return countsAny(v) || int(v.Src)-1 == r.Read && r.Op(r.Read).Res.Aggregate == interleave.Count
}

// countsAny tells whether a value is how many there are of something.
func countsAny(v *effects.Value) bool { return v != nil && strings.HasPrefix(v.Sym, "len(") }

// lookedAt tells whether a value is an attribute of the row that was read.
func (r *Race) lookedAt(v *effects.Value) bool {
	return v.Src != 0 && slices.Contains(r.Uses, int(v.Src)-1) && v.SrcCol != ""
}

// oneRow tells whether there is at most one row that can be read: of several, the latest may be another one after an insert.
func (r *Race) oneRow() bool {
	if r.Table == nil {
		return false
	}
	var cols, rest []string
	for _, c := range r.Op(r.Read).Res.Where {
		switch {
		case c.Op == "=" && !c.SubQuery:
			cols = append(cols, c.Column)
		case c.Op == "is null":
			rest = append(rest, c.Column+" is null")
		}
	}
	_, ok := r.Table.UniqueWhere(cols, rest)
	return ok
}
