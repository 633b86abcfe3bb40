package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var idempotencyKey = Rule{
	ID:       "MB504",
	Name:     "idempotency-key-race",
	Title:    "An idempotency key is looked up, then stored after the work",
	Category: "Replay",
	Severity: finding.High,
	CWE:      []string{"CWE-837", "CWE-362"},
	Stem:     "idempotency_key",
	Applies: func(r *race.Race) bool {
		return raced(r) && (rows(r) && r.OnlyIfMissing() && (r.Relation == race.RowEffect || inserts(r) && (r.WorksBetween() || r.DealsOnce())) || inserts(r) && rows(r) && mentions(append(tableNames(r), checkedColumns(r)...), "idempot") || onRedis(r) && existsOnly(r) && storesAnswer(r))
	},
	Consequence: func(r *race.Race) string {
		return "two requests with the same key both find nothing, both do the work and both store it"
	},
}
