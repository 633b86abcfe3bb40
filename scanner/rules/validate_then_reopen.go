package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var validateThenReopen = Rule{
	ID:       "MB205",
	Name:     "validate-then-reopen",
	Title:    "A file is examined by its name, and then opened by its name again",
	Category: "File handling",
	Severity: finding.Medium,
	CWE:      []string{"CWE-367"},
	Stem:     "validate_then_reopen",
	Applies: func(r *race.Race) bool {
		return raced(r) && r.Relation == race.Again && onFile(r)
	},
	Grade: func(r *race.Race) finding.Severity {
		if namedByClient(r) {
			return finding.High
		}
		return finding.Medium
	},
	Consequence: func(r *race.Race) string {
		return "the file that was examined is exchanged before it is opened again, so what nobody examined is used"
	},
}
