package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var mongoFindThenUpdate = Rule{
	ID:       "MB805",
	Name:     "mongo-find-then-update",
	Title:    "A document is found and tested, then changed by its id only",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-367"},
	Stem:     "find_then_update",
	Applies: func(r *race.Race) bool {
		return raced(r) && onKey(r) && !onRedis(r) && !(inserts(r) && r.RivalTakes())
	},
	Grave: func(r *race.Race) bool {
		// Who changes what is there, or takes it away, asks nothing that another could have turned; nor does who asks about fields that both
		// leave as they are, and who says the same twice.
		return r.Derived || r.DoesForGood() || !r.AsksPresence() && r.TurnsAsked() && (r.Rejects() || !r.Idle()) && !r.OnlyRestates()
	},
	Consequence: func(r *race.Race) string {
		if r.Derived && inserts(r) {
			return "each document is made of what was there before the other one, and what must not exist twice may"
		}
		if r.Derived {
			return "the later write is computed from the document as it was, and wipes out what the other request wrote"
		}
		return "two requests find the document in the same state, and both change it"
	},
}
