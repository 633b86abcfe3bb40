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
	read, act := r.Op(r.Read), r.Op(r.Act)
	if act.Kind == interleave.Update || act.Kind == interleave.Assign {
		by := whereColumns(read.Res.Where)
		for _, c := range r.Columns {
			// Of a row that was merely selected with all its columns nothing is known but what the columns are for.
			if len(read.Res.Columns) < 2 || !isOrdinary(c) {
				by = append(by, c)
			}
		}
		if !writesNamed(act.Set, by) {
			return false
		}
	}
	if read.Res.Aggregate == interleave.Count || read.Res.Aggregate == interleave.Sum {
		return true
	}
	for _, c := range read.Res.Where {
		if c.Op == "!=" {
			return true // another row than this one
		}
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil && asksForNumber(p) {
			return true
		}
	}
	return false
}

// asksForNumber tells whether a condition compares how many rows there are, or looks for one with another key.
func asksForNumber(p *effects.Pred) bool {
	for _, u := range p.Uses {
		if isTally(u.Left) || isTally(u.Right) {
			return true
		}
		if (u.Op == "=" || u.Op == "!=") && isKey(u.Left) && isKey(u.Right) {
			return true
		}
	}
	return false
}

func isTally(v *effects.Value) bool {
	return v != nil && (strings.HasPrefix(v.Sym, "len(") || strings.HasPrefix(v.Sym, "sum(") || strings.HasPrefix(v.Sym, "count("))
}

func isKey(v *effects.Value) bool { return v != nil && v.KeyOf != nil }

func writesNamed(set []interleave.Assignment, cols []string) bool {
	for _, a := range set {
		if isPresence(a.Column) || slices.Contains(cols, a.Column) {
			return true
		}
	}
	return false
}
