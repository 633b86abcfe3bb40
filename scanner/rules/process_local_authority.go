package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var processLocalAuthority = Rule{
	ID:       "MB405",
	Name:     "process-local-authority",
	Title:    "Memory of one process decides for a service of several",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-362"},
	Stem:     "process_local_authority",
	Applies:  func(r *race.Race) bool { return r.Relation == race.PerProcess },
	Grade: func(r *race.Race) finding.Severity {
		if r.Unsure {
			return finding.Note
		}
		return finding.High
	},
	Grave: holdsMore, // what each process makes for itself where it is missing, as a client of a store, need not be one
	Consequence: func(r *race.Race) string {
		if r.Unsure {
			return "with more than one worker or replica each process decides for itself; how many there are was not found, and this stands for all such places"
		}
		return "more than one process serves the application, each has a memory of its own, and what one has taken the other gives away again"
	},
}
