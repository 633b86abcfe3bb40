package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask about sets of rows: how many there are, and which one is picked.

func isCount(r *race.Race) bool {
	switch r.Op(r.Read).Res.Aggregate {
	case interleave.Count, interleave.Sum:
		return !asksForAny(r)
	}
	for _, cond := range r.Op(r.Read).Res.Where {
		if cond.Of != nil && cond.Of.Aggregate == interleave.Count {
			return true
		}
	}
	for _, c := range r.Asked() {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				if leftOver(u.Left) && rests(r, u.Left) {
					return true
				}
				// `len(found) != len(asked)` compares two sets and sets no limit, and neither does `len(found) > 0`
				if asksIfAny(u) {
					continue
				}
				if counts(u.Left) != counts(u.Right) && (countsSame(r, u.Left) || countsSame(r, u.Right)) {
					return true
				}
			}
		}
	}
	return false
}

// rests tells whether a value comes from what was read: how many there are of something else sets no limit to it.
func rests(r *race.Race, v *effects.Value) bool {
	deps := v.AllDeps()
	return deps.Has(r.Read) || slices.ContainsFunc(r.Uses, deps.Has)
}

// countsSame tells whether a value is how many rows there are in the set that was read, by this look at it or another one.
func countsSame(r *race.Race, v *effects.Value) bool {
	return counts(v) && (rests(r, v) || v.Src > 0 && r.SameSet(int(v.Src)-1))
}

// asksIfEmpty tells whether a count is only asked whether it is zero: that is a question of existence and no limit.
func asksIfEmpty(r *race.Race) bool {
	asked := false
	for _, c := range r.Asked() {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				if leftOver(u.Left) {
					return false
				}
				zero := u.Right != nil && u.Right.Sym == "0"
				switch u.Op {
				case "=", "!=", ">":
					if !zero {
						return false
					}
				case "true", "false", "exists", "not exists":
				default:
					return false
				}
				asked = true
			}
		}
	}
	return asked
}

// asksForAny tells that the number of rows is only compared with nought: whether there are any.
func asksForAny(r *race.Race) bool {
	asked := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			return false
		}
		for _, u := range p.Uses {
			if u.Left == nil || int(u.Left.Src)-1 != r.Read {
				continue
			}
			switch {
			case u.Op == "true" || u.Op == "false" || u.Op == "exists" || u.Op == "not exists":
			case u.Right != nil && (u.Right.Sym == "0" && (u.Op == ">" || u.Op == "=" || u.Op == "!=") || u.Right.Sym == "1" && (u.Op == ">=" || u.Op == "<")):
			default:
				return false
			}
			asked = true
		}
	}
	return asked && len(r.Op(r.Read).Res.Where) > 0
}

// asksIfAny tells whether a number is only compared with nought.
func asksIfAny(u effects.PredUse) bool {
	if u.Right == nil {
		return false
	}
	switch u.Op {
	case ">", "=", "!=", "<=":
		return u.Right.Sym == "0"
	case ">=", "<":
		return u.Right.Sym == "1"
	}
	return false
}

// setsLimit tells whether a check compares by size how many or how much there is, and not what one of several rows that are gone through holds:
// a row is looked for there, and not counted.
func setsLimit(r *race.Race) bool {
	return comparesSize(r, func(u effects.PredUse) bool {
		return (rests(r, u.Left) || rests(r, u.Right)) && !(asksIfAny(u) && counts(u.Left)) && !ofOneOfMany(r, u.Left) && !ofOneOfMany(r, u.Right)
	})
}

// seeksRoom tells whether rows are gone through for one whose amount will do.
func seeksRoom(r *race.Race) bool {
	return comparesSize(r, func(u effects.PredUse) bool { return ofOneOfMany(r, u.Left) || ofOneOfMany(r, u.Right) })
}

// ofOneOfMany tells whether a value is a column of one of several rows, of which nothing is stored.
func ofOneOfMany(r *race.Race, v *effects.Value) bool {
	return v != nil && v.SrcCol != "" && !r.Derived && slices.ContainsFunc(r.Uses, func(i int) bool {
		return int(v.Src)-1 == i && strings.HasPrefix(r.Op(i).Res.Key, effects.EachOf)
	})
}

func counts(v *effects.Value) bool {
	return v != nil && (strings.HasPrefix(v.Sym, "len(") || strings.HasPrefix(v.Sym, "count(") || strings.HasPrefix(v.Sym, "sum(") || v.Sym == "len")
}

// leftOver tells whether a value is the difference of something and how many there are, as what is left of a limit: where it is nought, there
// are not none.
func leftOver(v *effects.Value) bool {
	if v == nil || v.Src != 0 || !strings.HasPrefix(v.Sym, "(") {
		return false
	}
	_, less, ok := strings.Cut(v.Sym, "-")
	return ok && counts(&effects.Value{Sym: less})
}

// isUpsert tells whether the insert is the other arm of a decision whose first arm uses the row that was found.
func isUpsert(r *race.Race) bool {
	act := r.Op(r.Act)
	if act.Kind == interleave.InsertWhereNotExists || act.Upsert {
		return true
	}
	if len(r.Checks) == 0 {
		return act.Kind == interleave.Add && r.Op(r.Read).Res.Aggregate == interleave.Exists
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if !slices.Contains(r.Checks, c.Check) {
			continue
		}
		if c.Leaves == effects.Raises || c.Leaves == effects.LeavesFunction && r.Op(c.Check).Site.Function == r.Trace.Entry.Function {
			return false
		}
	}
	return true
}

// isQueuePick tells whether the row was not named by the request but picked from those that wait.
func isQueuePick(r *race.Race) bool {
	read := r.Op(r.Read)
	if read.Lock.SkipLocked {
		return true
	}
	if r.OnlyMarksEach() {
		return false // all that wait are said to wait no more, and nothing is done for any of them
	}
	var asked []string
	for _, c := range read.Res.Where {
		if c.Op == "=" && !isConstant(c.Value) {
			return false
		}
		if c.Op == "=" && strings.HasPrefix(c.Value, "'") && (!mentions([]string{c.Column}, stateWords...) || atWork[strings.ToLower(strings.Trim(c.Value, "'"))]) {
			return false // rows with some text are no queue, and what is worked on waits for nobody to take it
		}
		asked = append(asked, c.Column)
	}
	return len(asked) > 0 && !strings.Contains(strings.Join(asked, ","), "_id") && keyOfConstants(read) && marks(r, asked) && !handsOver(r)
}

// atWork are the states of a job that somebody has taken already.
var atWork = map[string]bool{"running": true, "processing": true, "in_progress": true, "in progress": true, "started": true, "working": true, "claimed": true, "leased": true}

// marks tells whether the picked row is given another mark in what it was picked by. A number that is computed from the old one, as a
// place in a list that moves, is none.
func marks(r *race.Race, asked []string) bool {
	waits := map[string]bool{} // by column: that it holds something is all that the picked have in common
	for _, c := range r.Op(r.Read).Res.Where {
		waits[c.Column] = c.Op == "is not null"
	}
	return slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool {
			return slices.Contains(asked, s.Column) && (isConstant(s.Value) || !r.Derived && !waits[s.Column])
		})
	})
}

// handsOver tells whether another row is given what the picked one had: a mark that one of them carries, as the default, goes on to
// the next, or to a new one that takes its place. Nothing waits there to be done.
func handsOver(r *race.Race) bool {
	read := r.Op(r.Read)
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i < r.Read || op.Kind != interleave.Assign && op.Kind != interleave.Update && op.Kind != interleave.Add && op.Kind != interleave.Insert || op.Res.Name != read.Res.Name || op.Obj != 0 && op.Obj == read.Obj {
			continue
		}
		for _, set := range op.Set {
			if slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
				return c.Op == "=" && isConstant(c.Value) && c.Column == set.Column && c.Value == set.Value
			}) {
				return true
			}
		}
	}
	return false
}

// keyOfConstants tells whether the row was picked by what all that wait have in common, and not by a key.
func keyOfConstants(read *effects.Op) bool {
	for _, part := range strings.Split(strings.TrimPrefix(read.Res.Key, effects.EachOf), ",") {
		if _, v, ok := strings.Cut(part, "="); part != "" && (!ok || !isConstant(v)) {
			return false
		}
	}
	return true
}
