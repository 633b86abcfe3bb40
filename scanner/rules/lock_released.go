package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var lockReleased = Rule{
	ID:       "MB110",
	Name:     "lock-released",
	Title:    "A lock ends before the write that it should protect, or is held somewhere else",
	Category: "Broken locking",
	Severity: finding.High,
	CWE:      []string{"CWE-667", "CWE-826"},
	Stem:     "lock_released",
	Guard:    always,
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && onRow(r) && (lockedHere(r) || lockedInProcess(r)) && (r.Verdict.Guard == interleave.LockReleased || r.Verdict.Guard == interleave.LockElsewhere || r.Verdict.Guard == interleave.SnapshotBeforeLock && readsLatest(r.Engine))
	},
	Consequence: func(r *race.Race) string {
		return "the lock is gone, or belongs to another session, when the write happens: both requests get through"
	},
}
