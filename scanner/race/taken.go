package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Taken returns the operation by which the old value is taken that the act computes the new one from, where that is all that matters:
// no decision looks at it, and those that were made on the way are about something else. It is -1 where a decision does, or nothing is
// computed.
func (r *Race) Taken() int {
	if r.Relation != SameRow || !r.Derived || r.Table == nil {
		return -1
	}
	act := r.Op(r.Act)
	taken := -1
	for _, u := range r.Uses {
		if slices.Contains(act.From, u) && r.stores(u) {
			taken = max(taken, u)
		}
	}
	if taken < 0 || slices.ContainsFunc(r.Checks, r.asksOfOld) {
		return -1
	}
	return taken
}

// stores tells whether the act writes a column that an operation shows.
func (r *Race) stores(use int) bool {
	return slices.ContainsFunc(r.Acts, func(a int) bool { return writesAny(r.Op(a).Set, r.Op(use).Res.Columns) })
}

// asksOfOld tells whether a decision compares a column of the row that the act writes.
func (r *Race) asksOfOld(check int) bool {
	p := r.Op(check).Pred
	if p == nil {
		return false
	}
	reckoned := slices.ContainsFunc(r.Op(check).From, func(f int) bool { return slices.Contains(r.Uses, f) && r.stores(f) })
	return slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		if reckoned && strings.ContainsAny(u.Op, "<>") {
			return true // what is left of it is compared: limit - used < asked
		}
		return slices.ContainsFunc([]*effects.Value{u.Left, u.Right}, func(v *effects.Value) bool {
			return v != nil && !v.Made && v.SrcCol != "" && v.Src != 0 && slices.Contains(r.Uses, int(v.Src)-1) && r.stores(int(v.Src)-1)
		})
	})
}
