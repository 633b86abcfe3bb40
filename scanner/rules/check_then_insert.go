package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var checkThenInsert = Rule{
	ID:       "MB103",
	Name:     "check-then-insert",
	Title:    "A row is looked for and then inserted, and no constraint keeps a second one out",
	Category: "Data integrity",
	Severity: finding.High,
	CWE:      []string{"CWE-367", "CWE-362"},
	Stem:     "check_then_insert",
	Applies: func(r *race.Race) bool {
		return raced(r) && inserts(r) && rows(r) && checked(r)
	},
	Consequence: func(r *race.Race) string {
		return "two requests both find nothing and both insert: the row that must be unique exists twice"
	},
}
