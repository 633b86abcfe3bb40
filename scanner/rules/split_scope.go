package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var splitScope = Rule{
	ID:       "MB117",
	Name:     "split-scope",
	Title:    "Check and act are in different transactions or sessions",
	Category: "Broken locking",
	Severity: finding.High,
	CWE:      []string{"CWE-662"},
	Stem:     "split_scope",
	Guard:    func(r *race.Race) bool { return !splitSessions(r) && !keepsReads(r.Engine) },
	Applies: func(r *race.Race) bool {
		if !raced(r) || !onTable(r) || !onRow(r) {
			return false
		}
		return splitSessions(r) || splitBetween(r)
	},
	Consequence: func(r *race.Race) string {
		switch {
		case r.Locks():
			return "check and write are two transactions: whatever the first one locked is free again before the second one writes"
		case r.Derived:
			return "a value is read in one transaction and written in the next: the later write is computed from the old value and wipes out what the other request wrote"
		}
		return "check and write are two transactions: what the first one found may be otherwise when the second one writes"
	},
}
