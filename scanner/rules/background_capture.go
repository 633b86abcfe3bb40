package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var backgroundCapture = Rule{
	ID:       "MB501",
	Name:     "background-stale-state",
	Title:    "Background work acts on values read before the response",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-367", "CWE-672"},
	Stem:     "background_capture",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Captured
	},
	Consequence: func(r *race.Race) string {
		return "the work starts after the answer was sent and trusts what the request saw then, whatever has changed since"
	},
}
