package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var predictableTemporary = Rule{
	ID:       "MB202",
	Name:     "predictable-temporary-file",
	Title:    "A temporary file gets a name that can be guessed or that two requests share",
	Category: "File handling",
	Severity: finding.Medium,
	CWE:      []string{"CWE-377", "CWE-379"},
	Stem:     "predictable_temporary",
	Applies: func(r *race.Race) bool {
		return raced(r) && r.Relation == race.SharedName
	},
	Consequence: func(r *race.Race) string {
		if r.Outside != "" {
			return "the name was free when it was made up, and somebody else puts a file or a link there before it is opened"
		}
		return "both write the same temporary file, and one goes on with what the other one wrote"
	},
}
