package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var queueClaim = Rule{
	ID:       "MB114",
	Name:     "queue-claim",
	Title:    "A job is picked and then marked as taken",
	Category: "Duplicate work",
	Severity: finding.High,
	CWE:      []string{"CWE-362"},
	Stem:     "queue_claim",
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && onRow(r) && isQueuePick(r)
	},
	Consequence: func(r *race.Race) string {
		return "two workers pick the same job and both run it"
	},
}
