package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var privilegedBootstrap = Rule{
	ID:       "MB108",
	Name:     "first-user-privilege",
	Title:    "The first account gets the privilege, and two can be first",
	Category: "Privilege escalation",
	Severity: finding.High,
	CWE:      []string{"CWE-269", "CWE-367"},
	Stem:     "privileged_bootstrap",
	Applies: func(r *race.Race) bool {
		return raced(r) && inserts(r) && rows(r) && r.Derived && !checkedBefore(r) && mentions(written(r), "role", "admin", "owner", "superuser", "is_staff")
	},
	Consequence: func(r *race.Race) string {
		return "two requests both see an empty table and both become the privileged first account"
	},
}
