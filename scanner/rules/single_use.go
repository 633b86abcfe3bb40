package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var singleUse = Rule{
	ID:       "MB106",
	Name:     "single-use-race",
	Title:    "A code, token or coupon that works once is checked, then marked as used",
	Category: "Replay",
	Severity: finding.High,
	CWE:      []string{"CWE-837", "CWE-367"},
	Stem:     "single_use",
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && onRow(r) && !r.DerivedOnly() && !relative(r) && !turnsElsewhere(r) && (usedUp(r) || isOnceTable(r) && (checked(r) || removes(r)) && (r.Presented() || r.Grants()) && !withdraws(r))
	},
	Grade: func(r *race.Race) finding.Severity {
		if r.GivesSameAgain() {
			return finding.Medium
		}
		return finding.High
	},
	Consequence: func(r *race.Race) string {
		return "two requests with the same code both find it unused, and both use it"
	},
}
