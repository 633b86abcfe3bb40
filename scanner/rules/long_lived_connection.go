package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var longLivedConnection = Rule{
	ID:       "MB304",
	Name:     "long-lived-connection",
	Title:    "A connection is authorised once and then acts for as long as it lasts",
	Category: "Broken authorization",
	Severity: finding.Medium,
	CWE:      []string{"CWE-613", "CWE-367"},
	Stem:     "long_lived_connection",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Authority && r.Op(r.Read).Rare().Cached == "" && r.LongLived()
	},
	Consequence: func(r *race.Race) string {
		return "the connection was allowed when it opened, and goes on acting after the permission is withdrawn"
	},
}
