package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Rows that say how something is done, and not how far it has come.

// FollowsSetting tells whether a row says how something is done outside: that it is changed meanwhile is no step of a process. It is one that
// every request knows by the same constants, or what was asked of it is what the rival lets its client choose.
func (r *Race) FollowsSetting() bool {
	if r.Relation != RowEffect {
		return false
	}
	where := r.Op(r.Read).Res.Where
	return len(where) > 0 && !slices.ContainsFunc(where, func(c interleave.Cond) bool { return !isConstant(c.Value) }) || r.chosenByClient()
}

// howMuch are parts of the names of columns that say how much there is of something.
var howMuch = []string{"amount", "stock", "used", "usage", "count", "total", "level", "left", "quantity", "price"}

// chosenByClient tells whether all that the rival gives the columns that were looked at is what its client chose, none is compared with a
// word or number, and none of them says how far something has come, what somebody may do or how much of something there is.
func (r *Race) chosenByClient() bool {
	if r.Rival == nil || r.Self() || len(r.Columns) == 0 || slices.ContainsFunc(r.Columns, func(c string) bool {
		return isPresence(c) || matches(c, stateWords) || matches(c, authorityWords) || matches(c, money) || matches(c, stakes) || matches(c, worth) || matches(c, howMuch) || matches(c, codeWords) || namesNumber(c)
	}) {
		return false
	}
	if slices.ContainsFunc(r.Checks, r.comparesWithConstant) {
		return false
	}
	rival := &r.Rival.Ops[r.RivalAct]
	return (rival.Kind == interleave.Assign || rival.Kind == interleave.Update) && !slices.ContainsFunc(rival.Set, func(a interleave.Assignment) bool {
		return (a.Column == "*" || slices.Contains(r.Columns, a.Column)) && (a.Relative || isStamp(a.Value))
	})
}

// comparesWithConstant tells whether a decision compares a column of what was read with a word or a number.
func (r *Race) comparesWithConstant(check int) bool {
	p := r.Op(check).Pred
	ofRow := func(v, with *effects.Value) bool { return v.SrcCol != "" && r.About(v) && with.Kind == effects.Const }
	return p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return presence[u.Op] == "" && u.Left != nil && u.Right != nil && (ofRow(u.Left, u.Right) || ofRow(u.Right, u.Left))
	})
}
