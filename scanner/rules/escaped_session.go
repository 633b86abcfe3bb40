package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var escapedSession = Rule{
	ID:       "MB502",
	Name:     "escaped-session",
	Title:    "A task uses the request's session after the request has closed it",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-672", "CWE-362"},
	Stem:     "escaped_session",
	Applies:  func(r *race.Race) bool { return r.Relation == race.Escaped },
	Consequence: func(r *race.Race) string {
		return "the dependency closes the session when the request ends, while the task is still to use it"
	},
}
