package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var sessionInParallelTasks = Rule{
	ID:       "MB406",
	Name:     "session-in-parallel-tasks",
	Title:    "One session is used by several tasks at the same time",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-362"},
	Stem:     "session_in_parallel_tasks",
	Applies:  func(r *race.Race) bool { return r.Relation == race.Parallel },
	Consequence: func(r *race.Race) string {
		return "a session is one connection with one transaction and one identity map; used by two tasks at once it fails or mixes up their work"
	},
}
