package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var checkThenInsert = Rule{
	ID:       "MB103",
	Name:     "check-then-insert",
	Title:    "A row is looked for and then inserted, and no constraint keeps a second one out",
	Category: "Data integrity",
	Severity: finding.High,
	CWE:      []string{"CWE-367", "CWE-362"},
	Stem:     "check_then_insert",
	Applies: func(r *race.Race) bool {
		return raced(r) && (inserts(r) && rows(r) || r.MovesIn()) && checked(r) && !r.RivalTakes() // after whom there is one less, and not one too many
	},
	Grade: func(r *race.Race) finding.Severity {
		switch {
		case r.Renames() && r.OnlyLabel():
			return finding.Low // two lines of a list read the same
		case seeksRoom(r), r.GoesWith(), r.Renames():
			return finding.Medium // there is one more of them than there had to be, they are of two kinds, or two are called the same
		}
		return finding.High
	},
	Grave: func(r *race.Race) bool { return !r.AsksWhich() && !r.OnlyLabel() && !r.AsksSomebody() },
	Consequence: func(r *race.Race) string {
		switch {
		case r.MovesIn() && isCount(r):
			return "two requests both find that there is room, and both move a row there: more are in it than it has room for"
		case r.Renames():
			return "two requests both find that nobody has the name, and both give it to a row of theirs: what must be unique exists twice"
		case r.MovesIn():
			return "two requests both find nobody there, and both move a row there: what one only may have is given twice"
		case seeksRoom(r):
			return "two requests both find none that will do, and both insert one"
		case r.GoesWith():
			return "every request looks at the rows before any has inserted, and what is inserted need not go together"
		case r.Derived && comparesOrderOfRow(r):
			return "two requests go on from the same row, and each adds one that is reckoned without the other's"
		}
		return "two requests both find nothing and both insert: the row that must be unique exists twice"
	},
}
