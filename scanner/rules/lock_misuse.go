package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var lockMisuse = Rule{
	ID:       "MB803",
	Name:     "lock-misuse",
	Title:    "A lock in Redis can be lost, given away or ignored",
	Category: "Broken locking",
	Severity: finding.Medium,
	CWE:      []string{"CWE-667"},
	Stem:     "lock_misuse",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Lease || raced(r) && onKey(r) && ignoresLease(r)
	},
	Consequence: func(r *race.Race) string {
		if r.Misuse == "" {
			return "it " + string(race.Ignored)
		}
		return "it " + string(r.Misuse)
	},
}

// ignoresLease tells whether the request asks for a lock without waiting for it and does not look at the answer.
func ignoresLease(r *race.Race) bool {
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i < r.Act && op.Kind == interleave.Acquire && op.Scope == interleave.LeaseLock && op.Lock.NoWait && r.Ignored(i) {
			return true
		}
	}
	return false
}
