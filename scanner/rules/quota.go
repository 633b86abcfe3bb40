package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var quota = Rule{
	ID:       "MB105",
	Name:     "quota-race",
	Title:    "Rows are counted against a limit, then one more is inserted",
	Category: "Resource limit",
	Severity: finding.High,
	CWE:      []string{"CWE-367", "CWE-770", "CWE-799"},
	Stem:     "quota",
	Applies: func(r *race.Race) bool {
		return raced(r) && (onTable(r) || rows(r) && r.Op(r.Read).Res.Aggregate == interleave.Count) && inserts(r) && limits(r) && (isCount(r) || setsLimit(r) && !asksForAny(r)) && (r.CountedBeside() || !asksIfEmpty(r)) && !numbers(r)
	},
	Grade: func(r *race.Race) finding.Severity {
		if slidesOn(r) {
			return finding.Medium // some more get through at once, and the pace is kept all the same
		}
		return finding.High
	},
	Grave: func(r *race.Race) bool { return isCount(r) && !r.OwnFewMore() },
	Consequence: func(r *race.Race) string {
		return "every request counts before any has inserted, so all of them are below the limit and all insert"
	},
}

// limits tells whether a decision, or a condition of the statement itself, rests on how many there are: what is only reckoned sets no limit.
func limits(r *race.Race) bool {
	return checked(r) || r.Op(r.Act).Kind == interleave.InsertWhereNotExists || len(r.Asked()) > 0
}

// slidesOn tells whether what is counted is what happened in a span of time that ends now: how fast something may be done, and not how much
// of it there may be.
func slidesOn(r *race.Race) bool {
	read := r.Op(r.Read)
	return read.Res.Aggregate == interleave.Count && slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return (c.Op == ">" || c.Op == ">=") && (strings.HasPrefix(c.Value, "(now-") || strings.HasPrefix(c.Value, "now-"))
	})
}
