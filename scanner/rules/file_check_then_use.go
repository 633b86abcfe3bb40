package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var fileCheckThenUse = Rule{
	ID:       "MB201",
	Name:     "file-check-then-use",
	Title:    "A path is tested and then used by name",
	Category: "File handling",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367"},
	Stem:     "file_check_then_use",
	Applies: func(r *race.Race) bool {
		return raced(r) && onFile(r) && checked(r)
	},
	Consequence: func(r *race.Race) string {
		return "the path can change between the test and the use: what was free is taken, what was a file is a link"
	},
}
