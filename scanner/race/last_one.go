package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// LocksOut tells whether the rows of which one at least is to remain are people, what they may do, or what somebody has or pays with: where
// none remains nobody may do it any more. Of anything else, as the lines of a list, another one can be made.
func (r *Race) LocksOut() bool {
	read := r.Op(r.Read)
	if name := r.Resource(); read.Res.Aggregate == interleave.Sum || matches(name, authorityTables) || matches(name, persons) || matches(name, worth) {
		return true
	}
	return slices.ContainsFunc(append(r.Columns[:len(r.Columns):len(r.Columns)], whereColumns(read.Res.Where)...), func(c string) bool { return matches(c, authorityWords) }) ||
		slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
			return isConstant(c.Value) && (matches(c.Value, authorityWords) || matches(c.Value, []string{"owner"}))
		})
}
