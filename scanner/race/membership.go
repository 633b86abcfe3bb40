package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A set that is counted before one of its rows leaves it: what the decision asks must be how many rows there are, or whether there
// is another one, and the act must take its row out of the set. A row that is looked up and then changed is one row.

// countsWhatLeaves tells whether a decision of the candidate asks for the number of rows, or for another row than the one that
// goes, and whether the act writes what the rows were counted by.
func (r *Race) countsWhatLeaves() bool {
	if r.wantsFew() || r.takesSurplus() || r.takesAll() || r.handsOver() || r.onlyOne() {
		return false
	}
	read, act := r.Op(r.Read), r.Op(r.Act)
	if act.Kind == interleave.Update || act.Kind == interleave.Assign {
		by := whereColumns(read.Res.Where)
		for _, c := range r.Columns {
			// Of a row that was merely selected with all its columns nothing is known but what the columns are for.
			if len(read.Res.Columns) < 2 || !isOrdinary(c) && !strings.Contains(c, "updated") {
				by = append(by, c)
			}
		}
		if !writesNamed(act.Set, by) || joins(act.Set, read.Res.Where) {
			return false
		}
	}
	if read.Res.Aggregate == interleave.Count || read.Res.Aggregate == interleave.Sum {
		return !r.asksIfKnown() && r.sparesLast()
	}
	for _, c := range read.Res.Where {
		if c.Op == "!=" && !isConstant(c.Value) && r.namesRow(c.Column) {
			return true // another row than this one
		}
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil && (r.asksForNumber(p, r.holdsAt(c)) || r.asksForOthers(p, r.holdsAt(c))) {
			return true
		}
	}
	return false
}

// onlyOne tells whether the store lets no more than one of the counted rows exist: of an owner for each customer there is never another.
func (r *Race) onlyOne() bool {
	if r.Table == nil || len(r.Table.Unique) == 0 {
		return false
	}
	var cols, given []string
	for _, c := range r.Op(r.Read).Res.Where {
		switch {
		case c.SubQuery:
		case c.Op == "=" && isConstant(c.Value):
			given = append(given, c.Column+" = "+c.Value)
		case c.Op == "=":
			cols = append(cols, c.Column)
		case c.Op == "is null" || c.Op == "is not null":
			given = append(given, c.Column+" "+c.Op)
		}
	}
	if len(cols) == 0 {
		return false
	}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		for _, u := range p.Uses {
			for _, v := range [...]*effects.Value{u.Left, u.Right} {
				if v == nil || !r.isTally(v) {
					continue
				}
				if _, one := r.Table.UniqueWhere(cols, append(given[:len(given):len(given)], keptBy(v.Self)...)); one {
					return true
				}
			}
		}
	}
	return false
}

// keptBy returns what the rows that were counted have in common, as SQL, where a comprehension kept them for one constant.
func keptBy(v *effects.Value) []string {
	if v == nil || v.Filter() == nil || !v.Filter().Certain(1) {
		return nil
	}
	var out []string
	for _, u := range v.Filter().Uses {
		if u.Op == "=" && u.Left != nil && u.Left.SrcCol != "" && u.Right != nil && u.Right.Kind == effects.Const {
			out = append(out, u.Left.SrcCol+" = "+u.Right.Sym)
		}
	}
	return out
}

// namesRow tells whether a column tells one row from another.
func (r *Race) namesRow(column string) bool {
	if namesNumber(column) || r.Table == nil {
		return true
	}
	c := r.Table.Column(column)
	_, unique := r.Table.UniqueOn([]string{column})
	return unique || c != nil && (c.Primary || c.Target != "")
}

// asksIfKnown tells whether all that is asked of a number is that there is one: `if total is None`.
func (r *Race) asksIfKnown() bool {
	asked := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			return false
		}
		for _, u := range p.Uses {
			if u.Left == nil || !u.Left.DerivesFrom(r.Read) {
				continue
			}
			if u.Op != "exists" && u.Op != "not exists" {
				return false
			}
			asked = true
		}
	}
	return asked
}

// joins tells whether a row that is given these values belongs to the set because of them: it does not leave.
func joins(set []interleave.Assignment, where []interleave.Cond) bool {
	return slices.ContainsFunc(where, func(c interleave.Cond) bool {
		v, ok := assigned(set, c.Column)
		return ok && c.Op == "=" && v != "" && v == c.Value
	})
}

// asksForNumber tells whether a condition compares how many rows there are, or looks for one with another key.
func (r *Race) asksForNumber(p *effects.Pred, holds bool) bool {
	for _, u := range p.Uses {
		if sizes(u) {
			continue // whether as many were found as were asked for, or any at all
		}
		if r.isTally(u.Left) || r.isTally(u.Right) {
			if few, _ := r.asksFew(u, holds, 0); !few && !r.letsLastGo(u, holds) {
				return true
			}
			continue // one row less turns no such decision
		}
		if (u.Op == "=" || u.Op == "!=") && isKey(u.Left) && isKey(u.Right) && !r.goes(u.Left) && !r.goes(u.Right) {
			return true
		}
	}
	return false
}

// goes tells whether a key is that of the row that leaves: it is the other one that was looked for, and not one that stays.
func (r *Race) goes(key *effects.Value) bool {
	return key.DerivesFrom(r.Read) && key.Sym != "" && key.Sym == r.Op(r.Act).Res.Key
}

// takesAll tells whether all rows are deleted that were counted: nobody wants one of them to remain.
func (r *Race) takesAll() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if act.Kind != interleave.Delete || act.Obj != 0 || len(act.Res.Where) == 0 || act.Res.Key != "" && !strings.Contains(act.Res.Key, "=") {
		return false
	}
	return !slices.ContainsFunc(act.Res.Where, func(c interleave.Cond) bool {
		return c.Value == "" || c.SubQuery || !slices.ContainsFunc(read.Res.Where, func(d interleave.Cond) bool {
			return d.Column == c.Column && d.Op == c.Op && d.Value == c.Value && !d.SubQuery
		})
	})
}

// sparesLast tells whether the decisions on a number may keep the last row of those that were counted from leaving: where they are plainly
// met by a single one, or ask no more than whether something that was made of the number holds, they do not.
func (r *Race) sparesLast() bool {
	if r.countsOthers() {
		return true
	}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil && r.Op(c).Rare().Demands != "" {
			continue // that there is an answer at all
		}
		if p == nil || slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool { return r.sparesLastBy(u, r.holdsAt(c), 0) }) {
			return true
		}
	}
	return false
}

func (r *Race) sparesLastBy(u effects.PredUse, holds bool, depth int) bool {
	about := r.looksAt(u.Left) || r.looksAt(u.Right)
	if !about {
		return false
	}
	if u.Op == "true" || u.Op == "false" {
		inner := answers(u.Left)
		return depth < 3 && slices.ContainsFunc(inner, func(in effects.PredUse) bool { return r.sparesLastBy(in, holds == (u.Op == "true"), depth+1) })
	}
	return !r.letsLastGo(u, holds) && !asksForNone(u, holds)
}

// asksForNone tells whether a comparison holds of no row at all: what then leaves was none of those that were counted.
func asksForNone(u effects.PredUse, holds bool) bool {
	op := u.Op
	if !holds {
		op = effects.Opposite(op)
	}
	if u.Right == nil || u.Right.Kind != effects.Const {
		return false
	}
	return (op == "=" || op == "<=") && u.Right.Sym == "0" || op == "<" && u.Right.Sym == "1"
}

// countsOthers tells whether the set leaves out one row that the request names.
func (r *Race) countsOthers() bool {
	return slices.ContainsFunc(r.Op(r.Read).Res.Where, func(c interleave.Cond) bool {
		return (c.Op == "!=" || c.Op == "?" || c.Op == "not in") && !isConstant(c.Value)
	})
}

// letsLastGo tells whether a comparison of a number with a constant holds of a single row, where that row is among those that are counted.
func (r *Race) letsLastGo(u effects.PredUse, holds bool) bool {
	op, bound := u.Op, u.Right
	if r.isTally(u.Right) {
		op, bound = effects.Turned(op), u.Left
	}
	if !holds {
		op = effects.Opposite(op)
	}
	if bound == nil || bound.Kind != effects.Const || r.countsOthers() {
		return false
	}
	tally := u.Left
	if r.isTally(u.Right) {
		tally = u.Right
	}
	if tally != nil && tally.Self != nil && tally.Self.Filter() != nil && slices.ContainsFunc(tally.Self.Filter().Uses, r.namesAnother) {
		return false
	}
	switch bound.Sym {
	case "0":
		return op == ">" || op == ">=" || op == "!="
	case "1":
		return op == "=" || op == ">=" || op == "<="
	}
	return false
}

// asksForOthers tells whether the act happens only where some are left of the rows that are not the request's own:
// `others = [u for u in users if u.is_admin and u.id != user_id]`, and `if not others`; `if all(u.id == user_id for u in admins)`. To
// refuse what has others, as rows of another owner, is something else.
func (r *Race) asksForOthers(p *effects.Pred, holds bool) bool {
	for _, u := range p.Uses {
		if holds && u.Of == effects.Some && u.Op == "!=" || !holds && u.Of == effects.Every && u.Op == "=" {
			u.Op = "!="
			if r.namesAnother(u) {
				return true
			}
			continue
		}
		if u.Op != "true" && u.Op != "false" || (u.Op == "true") != holds || u.Left == nil || u.Left.Filter() == nil || !u.Left.DerivesFrom(r.Read) {
			continue
		}
		kept := u.Left.Filter()
		if kept.Certain(1) && slices.ContainsFunc(kept.Uses, r.namesAnother) {
			return true
		}
	}
	return false
}

// namesAnother tells whether a comparison holds of every row but one that somebody else named.
func (r *Race) namesAnother(u effects.PredUse) bool {
	if u.Op != "!=" || u.Left == nil || u.Right == nil {
		return false
	}
	row, one := u.Left, u.Right
	if row.Kind == effects.Entity && one.Kind == effects.Entity { // `o is not mine`, of which one was picked by what names it
		return r.About(row) && strings.HasPrefix(row.Obj.Key, effects.EachOf) != strings.HasPrefix(one.Obj.Key, effects.EachOf)
	}
	if !r.About(row) {
		row, one = one, row
	}
	return r.About(row) && row.SrcCol != "" && r.namesRow(row.SrcCol) && !r.About(one) && one.Kind != effects.Const
}

// sizes tells whether a comparison is one of two sizes for equality, or of the size of all that was found with nought.
func sizes(u effects.PredUse) bool {
	if u.Op != "=" && u.Op != "!=" || u.Left == nil || u.Right == nil || !strings.HasPrefix(u.Left.Sym, "len(") {
		return false
	}
	whole := u.Left.Self == nil || u.Left.Self.Filter() == nil
	return strings.HasPrefix(u.Right.Sym, "len(") || u.Right.Sym == "0" && whole
}

// takesSurplus tells whether the row that goes is picked from the set that was counted: two requests that count the same pick the same.
func (r *Race) takesSurplus() bool {
	act := r.Op(r.Act)
	if act.Kind != interleave.Delete && act.Kind != interleave.Remove {
		return false
	}
	if o := act.Object; o != nil && o.Load >= 0 && act.Res.Key != "" && r.Op(o.Load).Res.Key == act.Res.Key {
		return false // the row that the request names
	}
	return slices.Contains(act.From, r.Read) || slices.ContainsFunc(act.From, func(f int) bool {
		return r.Op(f).Kind == interleave.Attr && slices.Contains(r.Op(f).From, r.Read)
	})
}

func (r *Race) isTally(v *effects.Value) bool {
	if v != nil && strings.HasPrefix(v.Sym, "len(") && int(v.Src)-1 != r.Read && len(r.Op(r.Read).Res.Columns) > 0 {
		return false // of something that was made of one of their columns
	}
	return r.looksAt(v) && (strings.HasPrefix(v.Sym, "len(") || strings.HasPrefix(v.Sym, "sum(") || strings.HasPrefix(v.Sym, "count("))
}

func isKey(v *effects.Value) bool { return v != nil && v.KeyOf() != nil }

func writesNamed(set []interleave.Assignment, cols []string) bool {
	for _, a := range set {
		if isPresence(a.Column) || slices.Contains(cols, a.Column) {
			return true
		}
	}
	return false
}

// wantsFew tells whether all that the decisions ask of the set is that it has few members: one that leaves turns none of them.
func (r *Race) wantsFew() bool {
	found := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			if slices.Contains(r.Op(c).From, r.Read) {
				return false
			}
			continue
		}
		for _, u := range p.Uses {
			few, about := r.asksFew(u, r.holdsAt(c), 0)
			if about && !few {
				return false
			}
			found = found || about
		}
	}
	return found
}

// holdsAt tells whether a condition holds where the act happens.
func (r *Race) holdsAt(check int) bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check == check {
			return c.Arm == 1
		}
	}
	return true
}

// asksFew tells whether a comparison is about the set, and then whether it holds of a small one.
func (r *Race) asksFew(u effects.PredUse, holds bool, depth int) (few, about bool) {
	op := u.Op
	if !holds {
		op = effects.Opposite(op)
	}
	if inner := answers(u.Left); len(inner) > 0 && (op == "true" || op == "false") && depth < 3 {
		few = true
		for _, in := range inner {
			f, a := r.asksFew(in, op == "true", depth+1)
			few, about = few && (f || !a), about || a
		}
		return few, about
	}
	exact := op == "=" || op == "!="
	switch {
	case exact && (u.Left == nil || int(u.Left.Src-1) != r.Read) && (u.Right == nil || int(u.Right.Src-1) != r.Read):
		return false, false // of something that was only come by on the way
	case r.looksAt(u.Left) && r.takenOff(u.Left):
		return op == ">" || op == ">=" || op == "true", true
	case r.looksAt(u.Left):
		return op == "<" || op == "<=" || op == "false" || op == "not exists" || isNone(op, u.Right), true
	case r.looksAt(u.Right):
		return op == ">" || op == ">=", true
	}
	return false, false
}

// takenOff tells whether a value is what something else has left when the number or the sum of the rows is taken from it: `places - taken` is
// the more, the fewer are taken.
func (r *Race) takenOff(v *effects.Value) bool {
	inner, opened := strings.CutPrefix(v.Sym, "(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !opened || !closed || strings.HasPrefix(inner, "(") {
		return false
	}
	depth := 0
	for i, c := range inner {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '-':
			if depth == 0 {
				return !tallies(inner[:i]) && tallies(inner[i+1:])
			}
		}
		if depth < 0 {
			return false
		}
	}
	return false
}

// tallies tells whether a symbol holds how many rows there are, or a sum of what they hold.
func tallies(sym string) bool {
	return strings.Contains(sym, "count(") || strings.Contains(sym, "sum(") || strings.Contains(sym, "len(")
}

// answers are the comparisons that a truth value made elsewhere can stand for, in a helper that returns one of several.
func answers(v *effects.Value) []effects.PredUse {
	var out []effects.PredUse
	for _, it := range v.Alternatives() {
		switch {
		case it == nil:
		case it.Pred != nil:
			out = append(out, it.Pred.Uses...)
		case it.Filter() != nil: // a list of those for which it holds: it is empty when it holds for none
			out = append(out, it.Filter().Uses...)
		}
	}
	return out
}

// handsOver tells whether the request gives to another row what it takes from this one: who was owner is no longer, and somebody else is.
func (r *Race) handsOver() bool {
	act := r.Op(r.Act)
	if act.Kind != interleave.Update && act.Kind != interleave.Assign {
		return false
	}
	for i := range r.Trace.Ops {
		op := r.Op(i)
		if i == r.Act || op.Kind != act.Kind || op.Res.Name != act.Res.Name || !within(op.Ctx, act.Ctx) {
			continue
		}
		if op.Kind == interleave.Assign && op.Obj == act.Obj || op.Kind == interleave.Update && op.Res.Key == act.Res.Key {
			continue
		}
		for _, a := range act.Set {
			if v, ok := assigned(op.Set, a.Column); ok && isConstant(v) && isConstant(a.Value) && v != a.Value {
				return true
			}
		}
	}
	return false
}
