package rules

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var maxPlusOne = Rule{
	ID:       "MB113",
	Name:     "max-plus-one",
	Title:    "The next number is the highest one so far plus one",
	Category: "Data integrity",
	Severity: finding.Medium,
	CWE:      []string{"CWE-362"},
	Stem:     "max_plus_one",
	Applies: func(r *race.Race) bool {
		return raced(r) && inserts(r) && (r.Op(r.Read).Res.Aggregate == interleave.Max || rows(r) && (numbers(r) || marksFirst(r)) || countsOn(r))
	},
	Consequence: func(r *race.Race) string {
		if numbers(r) || marksFirst(r) {
			return "two requests count the same rows, and both insert what only one of them was to get: the next number, or the mark of the first"
		}
		return "two requests read the same highest number and both insert the next one"
	},
}

// numbers tells whether rows are counted to make a value of the new one, and nobody is turned away by how many there are.
func numbers(r *race.Race) bool {
	act := r.Op(r.Act)
	return r.Op(r.Read).Res.Aggregate == interleave.Count && r.Derived && !checked(r) && (act.Kind == interleave.Add || act.Kind == interleave.Insert)
}

// marksFirst tells whether rows are looked for to tell in the new one whether it is the first, and nobody is turned away by there being any.
func marksFirst(r *race.Race) bool {
	act := r.Op(r.Act)
	if !r.Derived || checked(r) || act.Kind != interleave.Add && act.Kind != interleave.Insert || act.Object == nil {
		return false
	}
	return slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool {
		v := act.Object.Attrs[a.Column]
		return v != nil && slices.ContainsFunc(v.Alternatives(), func(it *effects.Value) bool { return tellsWhether(r, it) })
	})
}

// tellsWhether tells whether a value is the answer to the question whether there are rows of the set that was read.
func tellsWhether(r *race.Race, v *effects.Value) bool {
	return v != nil && v.Pred != nil && len(v.Pred.Uses) == 1 && rests(r, v) && slices.Contains([]string{"exists", "not exists", "true", "false"}, v.Pred.Uses[0].Op)
}

// countsOn tells whether all that is taken of the highest document is the number from which that of the new one is counted on.
func countsOn(r *race.Race) bool {
	read := r.Op(r.Read)
	return read.Rare().Newest != "" && !checked(r) && slices.ContainsFunc(r.Op(r.Act).From, func(f int) bool {
		res := &r.Op(f).Res
		return res.Aggregate == interleave.Max && res.Name == read.Res.Name && slices.Equal(res.Columns, []string{read.Rare().Newest})
	})
}
