package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var redisCheckThenSet = Rule{
	ID:       "MB801",
	Name:     "redis-check-then-set",
	Title:    "A Redis value is read, decided on, and written",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-367"},
	Stem:     "get_then_set",
	Applies: func(r *race.Race) bool {
		return raced(r) && onRedis(r) && !existsOnly(r)
	},
	Grade: func(r *race.Race) finding.Severity {
		if r.DroppedByBoth() && !r.GrantsForIt() && !r.UsesUp() {
			return finding.Medium // it is gone, whoever took it away
		}
		if removes(r) && !r.TakenByBoth() {
			return finding.Medium // what somebody else put there meanwhile goes with it
		}
		if r.OnlyPaces() {
			return finding.Medium // some more are sent at once, and the pace is kept all the same
		}
		if r.Confirms() {
			return finding.Medium // it is confirmed, and once more
		}
		return finding.High
	},
	Grave: func(r *race.Race) bool {
		return r.Derived || r.Rejects() || comparesAmount(r) || r.DoesTwice() || removes(r) // what is only put there anew is what the other one puts there too
	},
	Consequence: func(r *race.Race) string {
		if removes(r) && !r.TakenByBoth() {
			return "what the rival puts there meanwhile is taken away with what was read"
		}
		return "two requests read the same value, both decide on it, and both write"
	},
}
