package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var unretriedSerialization = Rule{
	ID:       "MB118",
	Name:     "unretried-serialization",
	Title:    "The engine refuses one of two requests, and nobody retries or answers",
	Category: "Error handling",
	Severity: finding.Low,
	CWE:      []string{"CWE-755"},
	Stem:     "unretried_serialization",
	Applies: func(r *race.Race) bool {
		return onTable(r) && r.Verdict.Outcome == interleave.FailsCleanly && r.Verdict.Errors&refusals != 0
	},
	Consequence: func(r *race.Race) string {
		return "the data stays right, but the loser of two simultaneous requests gets an unhandled " + refusal(r.Verdict.Errors) + " (a 500)"
	},
}

// refusals are the errors by which an engine or the ORM takes back one of two transactions that could not both be right.
const refusals = interleave.SerializationFailure | interleave.Deadlock | interleave.StaleVersion

func refusal(e interleave.Errors) string {
	switch {
	case e&interleave.StaleVersion != 0:
		return "StaleDataError"
	case e&interleave.Deadlock != 0:
		return "deadlock error"
	}
	return "serialization failure"
}
