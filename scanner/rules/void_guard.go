package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var voidGuard = Rule{
	ID:       "MB111",
	Name:     "void-guard",
	Title:    "A guard that does nothing on this engine or isolation level",
	Category: "Broken locking",
	Severity: finding.High,
	CWE:      []string{"CWE-821"},
	Stem:     "void_guard",
	Guard:    always,
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && (r.Verdict.Guard == interleave.LockVoid || r.Verdict.Guard == interleave.SnapshotBeforeLock && !readsLatest(r.Engine))
	},
	Consequence: func(r *race.Race) string {
		return "the guard has no effect on " + r.Engine.String() + ": both requests get through"
	},
}
