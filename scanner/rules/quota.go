package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var quota = Rule{
	ID:       "MB105",
	Name:     "quota-race",
	Title:    "Rows are counted against a limit, then one more is inserted",
	Category: "Resource limit",
	Severity: finding.High,
	CWE:      []string{"CWE-367", "CWE-770", "CWE-799"},
	Stem:     "quota",
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && inserts(r) && (isCount(r) || comparesAmount(r) && !asksForAny(r)) && !asksIfEmpty(r)
	},
	Consequence: func(r *race.Race) string {
		return "every request counts before any has inserted, so all of them are below the limit and all insert"
	},
}
