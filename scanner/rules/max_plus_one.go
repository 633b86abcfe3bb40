package rules

import (
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
		return raced(r) && inserts(r) && r.Op(r.Read).Res.Aggregate == interleave.Max
	},
	Consequence: func(r *race.Race) string {
		return "two requests read the same highest number and both insert the next one"
	},
}
