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
		return onFile(r) && (checked(r) || r.Derived) && (raced(r) || takenMeanwhile(r))
	},
	Grade: func(r *race.Race) finding.Severity {
		if takenMeanwhile(r) || filledOnDemand(r) {
			return finding.Low
		}
		return finding.Medium // of two that write the same file at once one comes last, as it would have one after the other
	},
	Consequence: func(r *race.Race) string {
		if takenMeanwhile(r) {
			return "the second one finds it taken after all, and fails with an unhandled FileExistsError (a 500)"
		}
		if filledOnDemand(r) {
			return "both find nothing and both write it: one answer can be made from half a file"
		}
		if comesBack(r) {
			return "what the other request took away meanwhile is written anew, and is there again"
		}
		return "the path can change between the test and the use: what was free is taken, what was a file is a link"
	},
}
