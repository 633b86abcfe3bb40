package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var validatedCopy = Rule{
	ID:       "MB602",
	Name:     "validated-copy",
	Title:    "A copy is validated, and then the source is read again and used",
	Category: "Business logic",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367"},
	Stem:     "validated_copy",
	Applies: func(r *race.Race) bool {
		return raced(r) && r.Relation == race.Again && validates(r)
	},
	Consequence: func(r *race.Race) string {
		return "what was validated is not what is used: the other one writes between the two readings"
	},
}
