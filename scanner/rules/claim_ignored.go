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
		return raced(r) && (r.Verdict.Guard == interleave.ClaimUnchecked || r.ClaimDropped() || r.Swallowed())
	},
	Consequence: func(r *race.Race) string {
		return "the loser's write changes no row, the code does not notice and goes on as if it had won"
	},
}
