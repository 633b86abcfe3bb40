package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var claimIgnored = Rule{
	ID:       "MB112",
	Name:     "claim-result-ignored",
	Title:    "A conditional write may match nothing, and nobody looks",
	Category: "Broken locking",
	Severity: finding.High,
	CWE:      []string{"CWE-252", "CWE-367"},
	Stem:     "claim_ignored",
	Applies: func(r *race.Race) bool {
		return raced(r) && (r.Verdict.Guard == interleave.ClaimUnchecked || r.ClaimDropped() || r.Swallowed() || turnedInto(r))
	},
	Grade: func(r *race.Race) finding.Severity {
		if turnedInto(r) && !r.DoesTwice() {
			return finding.Medium
		}
		return finding.High
	},
	Consequence: func(r *race.Race) string {
		if turnedInto(r) {
			return "both take the same rows away, the second one finds none left, and the same is made of them twice"
		}
		return "the loser's write changes no row, the code does not notice and goes on as if it had won"
	},
}

// turnedInto tells whether rows are taken away of which others are made: lines of a basket that become those of an order.
func turnedInto(r *race.Race) bool { return removes(r) && r.TurnsInto() && !isOnceTable(r) }
