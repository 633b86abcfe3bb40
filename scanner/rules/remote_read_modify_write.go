package rules

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var remoteReadModifyWrite = Rule{
	ID:       "MB703",
	Name:     "remote-read-modify-write",
	Title:    "A remote document is fetched, changed and put back without a condition",
	Category: "Business logic",
	Severity: finding.Medium,
	CWE:      []string{"CWE-362"},
	Stem:     "remote_read_modify_write",
	Applies: func(r *race.Race) bool {
		return raced(r) && outside(r) && r.Resource() == effects.Document && (r.Derived || asksExistence(r))
	},
	Consequence: func(r *race.Race) string {
		return "two requests read the same document and the second one puts back a copy without the change of the first"
	},
}
