package rules

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var validatorCheck = Rule{
	ID:       "MB601",
	Name:     "validator-check-race",
	Title:    "A validator asks the database or disk, and the handler acts on the answer later",
	Category: "Business logic",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367"},
	Stem:     "validator_check",
	Applies: func(r *race.Race) bool {
		return raced(r) && r.Op(r.Read).Phase == effects.Validation && r.Op(r.Act).Phase > effects.Validation
	},
	Consequence: func(r *race.Race) string {
		return "both validators run before either write, so both requests are valid and both write; and while a validator asks, the event loop serves nobody"
	},
}
