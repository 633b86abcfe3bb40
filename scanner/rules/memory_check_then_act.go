package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var memoryCheckThenAct = Rule{
	ID:       "MB401",
	Name:     "memory-check-then-act",
	Title:    "Process memory is checked, the coroutine suspends, then it is changed",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-362", "CWE-366"},
	Stem:     "memory_check_then_act",
	Applies: func(r *race.Race) bool {
		return raced(r) && inMemory(r) && checked(r) && !r.Threaded() && !isLazyInit(r)
	},
	Grave: holdsMore,
	Consequence: func(r *race.Race) string {
		return "another request runs while this one waits and passes the same check"
	},
}

// holdsMore tells whether a place of memory holds more than what is made where it is missing: it goes on from what it was, somebody is turned
// away by it, an amount is compared, or what is taken out of it is taken once.
func holdsMore(r *race.Race) bool {
	return !r.CapsConnections() && (r.Derived || r.Rejects() || comparesAmount(r) || r.DoesTwice() || removes(r) && r.TakenByBoth() && (r.Grants() || r.UsesUp()))
}
