package rules

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var redirectAfterCheck = Rule{
	ID:       "MB702",
	Name:     "redirect-after-check",
	Title:    "The first URL is tested, and the client follows redirects to URLs that nobody tested",
	Category: "Server-side request forgery",
	Severity: finding.High,
	CWE:      []string{"CWE-918", "CWE-367"},
	Stem:     "redirect_after_check",
	Applies: func(r *race.Race) bool {
		return raced(r) && outside(r) && !fromSettings(r) && r.Resource() == effects.Location
	},
	Grade: func(r *race.Race) finding.Severity {
		if namedByClient(r) {
			return finding.High
		}
		return finding.Medium
	},
	Consequence: func(r *race.Race) string {
		return "only the first URL was tested, and the client follows a redirect to any other"
	},
}
