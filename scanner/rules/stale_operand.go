package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var staleOperand = Rule{
	ID:       "MB402",
	Name:     "stale-operand",
	Title:    "A shared value is read, an await follows, then the old value is written back",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-362"},
	Stem:     "stale_operand",
	Applies: func(r *race.Race) bool {
		return raced(r) && inMemory(r) && !checked(r) && !r.Threaded()
	},
	Consequence: func(r *race.Race) string {
		return "what other requests added during the wait is lost"
	},
}
