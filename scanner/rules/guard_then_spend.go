package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var guardThenSpend = Rule{
	ID:       "MB102",
	Name:     "guard-then-spend",
	Title:    "An amount is checked, then taken away without looking again",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-367"},
	Stem:     "guard_then_spend",
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && (r.Relation == race.SameRow && checked(r) && (relative(r) || comparesOrder(r)) || r.Relation == race.RowEffect && comparesOrderOfRow(r)) && (relative(r) || r.Relation == race.RowEffect)
	},
	Consequence: func(r *race.Race) string {
		if ranks(r) {
			return "both requests find a state that the new one may follow, and both go on from it"
		}
		return "both requests see enough and both take it, so more is spent than there was"
	},
}
