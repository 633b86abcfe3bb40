package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var stalePrincipal = Rule{
	ID:       "MB303",
	Name:     "stale-principal",
	Title:    "A permission is checked, long work follows, and the act trusts the old answer",
	Category: "Broken authorization",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367", "CWE-613"},
	Stem:     "stale_principal",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Authority && r.Op(r.Read).Rare().Cached == ""
	},
	Consequence: func(r *race.Race) string {
		return "a permission that is withdrawn while the request waits still counts when it acts"
	},
}
