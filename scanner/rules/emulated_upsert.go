package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var emulatedUpsert = Rule{
	ID:       "MB115",
	Name:     "emulated-upsert",
	Title:    "A row is looked for and inserted when missing, in two steps",
	Category: "Data integrity",
	Severity: finding.Medium,
	CWE:      []string{"CWE-362"},
	Stem:     "emulated_upsert",
	Applies: func(r *race.Race) bool {
		return raced(r) && rows(r) && inserts(r) && isUpsert(r)
	},
	Consequence: func(r *race.Race) string {
		return "two requests both find nothing and both insert, so there are two rows where the code expects one"
	},
}
