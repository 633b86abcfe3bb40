package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var publishBeforeCommit = Rule{
	ID:       "MB503",
	Name:     "publish-before-commit",
	Title:    "A job or message tells of a row that is not committed yet",
	Category: "Business logic",
	Severity: finding.Medium,
	CWE:      []string{"CWE-362"},
	Stem:     "publish_before_commit",
	Applies:  func(r *race.Race) bool { return r.Relation == race.Unpublished },
	Consequence: func(r *race.Race) string {
		return "the receiver may look for the row before the commit, finds nothing or the old state, and is done with it"
	},
}
