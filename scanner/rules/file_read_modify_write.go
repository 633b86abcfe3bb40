package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var fileReadModifyWrite = Rule{
	ID:       "MB204",
	Name:     "file-read-modify-write",
	Title:    "A file is read, changed and written back",
	Category: "File handling",
	Severity: finding.Medium,
	CWE:      []string{"CWE-362"},
	Stem:     "file_read_modify_write",
	Applies: func(r *race.Race) bool {
		return raced(r) && onFile(r) && r.Derived && !asksExistence(r)
	},
	Consequence: func(r *race.Race) string {
		return "two requests read the same content and the second write wipes out the first"
	},
}
