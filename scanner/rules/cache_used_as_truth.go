package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var cacheUsedAsTruth = Rule{
	ID:       "MB806",
	Name:     "cache-used-as-truth",
	Title:    "A decision rests on a cached copy of a row",
	Category: "Business logic",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367", "CWE-362"},
	Stem:     "cache_used_as_truth",
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && r.Op(r.Read).Rare().Cached != "" && r.Relation != race.Authority && r.Relation != race.Captured
	},
	Consequence: func(r *race.Race) string {
		return "the request decides on the copy that lies in the cache, while the row has changed"
	},
}
