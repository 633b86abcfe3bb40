package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var threadedState = Rule{
	ID:       "MB404",
	Name:     "threaded-shared-state",
	Title:    "A handler in the thread pool checks and changes shared memory",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-567", "CWE-362"},
	Stem:     "threaded_state",
	Applies: func(r *race.Race) bool {
		return raced(r) && inMemory(r) && r.Threaded()
	},
	Grade: func(r *race.Race) finding.Severity {
		if isLazyInit(r) {
			return finding.Low // made twice: work is lost and nothing else
		}
		return finding.High
	},
	Consequence: func(r *race.Race) string {
		switch {
		case !checked(r) && r.Relation == race.SetInsert:
			return "threads of the pool run at the same time, and two new entries are given the same number"
		case !checked(r):
			return "threads of the pool run at the same time, and one of two changes is lost"
		}
		return "threads of the pool run at the same time, and both pass the check"
	},
}
