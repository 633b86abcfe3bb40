package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var lockThatCannotProtect = Rule{
	ID:       "MB408",
	Name:     "lock-that-cannot-protect",
	Title:    "There is a lock, and it can exclude nobody",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-821", "CWE-667"},
	Stem:     "lock_that_cannot_protect",
	Applies: func(r *race.Race) bool {
		return raced(r) && inMemory(r) && uselessLock(r) != ""
	},
	Grave:       holdsMore,
	Consequence: func(r *race.Race) string { return uselessLock(r) },
}

// uselessLock says what is wrong with the lock that the request takes on its way to the act, "" when it takes none that it could
// have meant.
func uselessLock(r *race.Race) string {
	own, ours := locksBefore(r), locksHeld(r.Trace.Ops, r.Path.Ops, r.Read, r.Act)
	for _, name := range own {
		held := slices.Contains(ours, name) // one that was given back before is about something else
		switch {
		case held && strings.HasPrefix(name, "own lock"):
			return "each request takes a lock of its own, which excludes nobody"
		case held && strings.HasPrefix(name, race.ThrownAway):
			return "the lock is thrown away while others wait for it, and the next request makes a new one for the same key"
		case strings.HasPrefix(name, "gate:"):
			return "the max_concurrency gate does not hold over check and change for both requests"
		}
	}
	if asksLock(r, locksHeld(r.Trace.Ops, r.Path.Ops, r.Read)) {
		return "the lock is only asked whether somebody has it: two requests find it free, and neither has taken it when it reads"
	}
	if r.Self() {
		return ""
	}
	theirs := locksHeld(r.Rival.Ops, r.RivalPath.Ops, r.RivalAct)
	if len(ours) > 0 && len(theirs) > 0 && !overlaps(ours, theirs) {
		return "the two requests take different locks, and neither excludes the other"
	}
	return ""
}

// asksLock tells whether the way to the act looks at a lock of the process that it does not hold when it reads.
func asksLock(r *race.Race, held []string) bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i < r.Act && op.Rare().Manner == effects.LockAsked && !slices.Contains(held, op.Name)
	})
}

// locksBefore lists the locks of the process that are taken on the way to the act.
func locksBefore(r *race.Race) []string {
	var out []string
	for _, i := range r.Path.Ops {
		if op := r.Op(i); i < r.Act && op.Kind == interleave.Acquire && op.Scope == interleave.ProcessLock {
			out = append(out, op.Name)
		}
	}
	return out
}

// locksHeld lists the locks of the process that are held at one of the operations.
func locksHeld(ops []effects.Op, path []int, at ...int) []string {
	var out []string
	for n, i := range path {
		op := &ops[i]
		if op.Kind != interleave.Acquire || op.Scope != interleave.ProcessLock {
			continue
		}
		until := len(ops)
		for _, j := range path[n+1:] {
			if ops[j].Kind == interleave.Release && ops[j].Name == op.Name {
				until = j
				break
			}
		}
		if slices.ContainsFunc(at, func(a int) bool { return i < a && a < until }) {
			out = append(out, op.Name)
		}
	}
	return out
}
