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
	Grade: func(r *race.Race) finding.Severity {
		switch {
		case r.KeepsAnswer(), r.AnswersWithFound(), r.Confirms():
			return finding.Medium
		case removes(r) && r.TakenByBoth() && r.HangsAlone():
			return finding.Low // it is gone, whoever took it away
		case r.FindsNothing() || !removes(r) && r.DoesTwice() || removes(r) && r.TakenByBoth() && (r.Grants() || r.UsesUp()):
			return finding.High
		case removes(r):
			if !r.TakenByBoth() {
				return finding.Medium // what somebody else put there meanwhile goes with it
			}
			return finding.Low // it is gone, whoever took it away
		}
		return finding.Medium // it is set twice, and nothing else hangs on it
	},
	Grave: func(r *race.Race) bool {
		return r.Derived || r.Rejects() || r.DoesForGood() || removes(r) // what is missing is made by both, and nobody is turned away
	},
	Consequence: func(r *race.Race) string {
		switch {
		case r.FindsNothing():
			return "two requests both find no key and both set it"
		case removes(r) && !r.TakenByBoth():
			return "what the rival puts there meanwhile is taken away with what was found"
		case removes(r):
			return "two requests both find the key and both go on with it"
		}
		return "two requests both find the key as it was, and the later one writes over what the other one set"
	},
}
