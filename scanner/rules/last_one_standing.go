package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var lastOneStanding = Rule{
	ID:       "MB116",
	Name:     "last-one-standing",
	Title:    "Rows are counted to keep at least one, then one is taken away",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-362"},
	Stem:     "last_one_standing",
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && r.Relation == race.SetLeave && checked(r) && !turnedInto(r) && !r.MovesIn()
	},
	Grave: (*race.Race).LocksOut,
	Consequence: func(r *race.Race) string {
		if r.Op(r.Read).Res.Aggregate == interleave.Sum {
			return "two requests each see that the rows have enough in all, and together they take more than that"
		}
		return "two requests each see that another row remains, each takes away its own, and none remains"
	},
}
