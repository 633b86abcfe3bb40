package rules

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var containmentCheck = Rule{
	ID:       "MB203",
	Name:     "containment-check",
	Title:    "A path is found to lie below a root, and then opened by its name",
	Category: "File handling",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367", "CWE-59", "CWE-22"},
	Stem:     "containment_check",
	Applies: func(r *race.Race) bool {
		return raced(r) && r.Relation == race.Again && onFile(r) && r.Resource() == effects.Links
	},
	Grade: func(r *race.Race) finding.Severity {
		if namedByClient(r) {
			return finding.High
		}
		return finding.Medium
	},
	Consequence: func(r *race.Race) string {
		return "the other one plants a link after the path was found to lie below the root, and opening it by name follows the link out"
	},
}
