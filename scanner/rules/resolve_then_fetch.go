package rules

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var resolveThenFetch = Rule{
	ID:       "MB701",
	Name:     "resolve-then-fetch",
	Title:    "A host name is resolved and its address tested, and then the URL is fetched by its name",
	Category: "Server-side request forgery",
	Severity: finding.High,
	CWE:      []string{"CWE-918", "CWE-367"},
	Stem:     "resolve_then_fetch",
	Applies: func(r *race.Race) bool {
		return raced(r) && outside(r) && !fromSettings(r) && r.Resource() == effects.HostName
	},
	Grade: func(r *race.Race) finding.Severity {
		if namedByClient(r) {
			return finding.High
		}
		return finding.Medium
	},
	Consequence: func(r *race.Race) string {
		return "the name is resolved once for the test and once more for the request, and the second answer can be an address inside your network"
	},
}
