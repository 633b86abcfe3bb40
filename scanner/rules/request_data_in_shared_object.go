package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var requestDataInSharedObject = Rule{
	ID:       "MB407",
	Name:     "request-data-in-shared-object",
	Title:    "Data of one request lies in an object of all requests",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-488", "CWE-362"},
	Stem:     "request_data_in_shared_object",
	Applies:  func(r *race.Race) bool { return r.Relation == race.Leaked },
	Grade: func(r *race.Race) finding.Severity {
		if r.OneOfSeveral() {
			return finding.Low // both speak of the same object, and the later one says how it is
		}
		return finding.High
	},
	Consequence: func(r *race.Race) string {
		return "while the one waits the other stores its own, and the first goes on with the other's data"
	},
}
