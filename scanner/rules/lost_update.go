package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var lostUpdate = Rule{
	ID:       "MB101",
	Name:     "lost-update",
	Title:    "A value is read, changed in Python and written back",
	Category: "Data integrity",
	Severity: finding.High,
	CWE:      []string{"CWE-362", "CWE-367"},
	Stem:     "lost_update",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Recounted || raced(r) && onTable(r) && r.Relation == race.SameRow && (r.Derived && wholeOrSame(r) || checked(r) && len(overlap(r)) > 0)
	},
	Consequence: func(r *race.Race) string {
		if r.Relation == race.Recounted {
			return "the number that was reckoned first is stored last, and does not count what the other request changed"
		}
		if r.LosesUnseen() {
			return "the later one saves all columns as it loaded them, and puts back what the other request wrote"
		}
		if !r.Derived {
			return "both pass the check on the old value, and the later write wipes out what the other request wrote"
		}
		return "the later write is computed from the old value and wipes out what the other request wrote"
	},
}
