package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var redisExistsThenSet = Rule{
	ID:       "MB802",
	Name:     "redis-exists-then-set",
	Title:    "A Redis key is looked for, then set",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-367"},
	Stem:     "exists_then_set",
	Applies: func(r *race.Race) bool {
		return raced(r) && onRedis(r) && existsOnly(r)
	},
	Consequence: func(r *race.Race) string {
		return "two requests both find no key and both set it"
	},
}
