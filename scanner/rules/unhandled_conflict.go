package rules

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var unhandledConflict = Rule{
	ID:       "MB104",
	Name:     "unhandled-conflict",
	Title:    "A unique constraint catches the second insert, and nobody handles its error",
	Category: "Error handling",
	Severity: finding.Low,
	CWE:      []string{"CWE-248", "CWE-703"},
	Stem:     "unhandled_conflict",
	Applies: func(r *race.Race) bool {
		if !rows(r) || r.Verdict.Outcome != interleave.FailsCleanly {
			return false
		}
		return (inserts(r) || r.MovesOnto()) && r.Verdict.Errors&interleave.UniqueViolation != 0 && (!isCount(r) || numbers(r)) && !marksFirst(r) || r.Verdict.Errors&interleave.CheckViolation != 0
	},
	Grade: func(r *race.Race) finding.Severity {
		if r.AnsweredBefore() {
			return finding.Medium
		}
		return finding.Low
	},
	Consequence: func(r *race.Race) string {
		if r.AnsweredBefore() {
			return "the data stays right, but the row is sent to the database after the answer: the loser is told that it succeeded, and nobody learns that what it brought is lost"
		}
		if r.Op(r.Act).Phase >= effects.Deferred {
			return "the data stays right, but the work that comes second breaks off with an IntegrityError, and is not done"
		}
		return "the data stays right, but the loser of two simultaneous requests gets an unhandled IntegrityError (a 500)"
	},
}
