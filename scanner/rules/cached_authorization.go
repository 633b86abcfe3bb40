package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var cachedAuthorization = Rule{
	ID:       "MB301",
	Name:     "cached-authorization",
	Title:    "A permission is decided on a cached copy",
	Category: "Broken authorization",
	Severity: finding.High,
	CWE:      []string{"CWE-613", "CWE-863", "CWE-367"},
	Stem:     "cached_authorization",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Authority && r.Op(r.Read).Cached != ""
	},
	Consequence: func(r *race.Race) string {
		return "a permission that was withdrawn is still granted for as long as the cache holds it"
	},
}
