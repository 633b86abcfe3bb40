package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var staleLock = Rule{
	ID:       "MB109",
	Name:     "late-lock",
	Title:    "A row is locked after it was loaded, so its attributes are older than the lock",
	Category: "Broken locking",
	Severity: finding.High,
	CWE:      []string{"CWE-667", "CWE-821"},
	Stem:     "stale_lock",
	Guard:    always,
	Applies: func(r *race.Race) bool {
		return raced(r) && onTable(r) && lockedHere(r) && lockedBeforeDeciding(r) && r.Verdict.Guard == interleave.StaleUnderLock && (r.Verdict.Stale || r.LocksLate())
	},
	Consequence: func(r *race.Race) string {
		return "the row is locked, but the object still shows what it showed before the lock: the second request decides on the old value"
	},
}
