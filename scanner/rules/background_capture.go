package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
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
	Grade: func(r *race.Race) finding.Severity {
		act := r.Op(r.Act)
		if act.External == "payment" || act.External == "http" || act.Kind != interleave.Effect && len(overlap(r)) > 0 {
			return finding.High
		}
		if r.AsksStateLate() {
			return finding.Medium
		}
		return finding.Low // what is done can be undone, and is not done to what was looked at
	},
	Consequence: func(r *race.Race) string {
		return "the work starts after the answer was sent and trusts what the request saw then, whatever has changed since"
	},
}
