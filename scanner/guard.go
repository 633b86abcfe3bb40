package scanner

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// guardTexts say what was seen around the check and the act, and why it does not help. Seen and verdict read as one sentence.
var guardTexts = map[interleave.GuardSeen][2]string{
	interleave.NoGuard:            {"", "nothing excludes the rival: no lock, no constraint, no condition in the write"},
	interleave.TransactionOnly:    {"the transaction", "does not exclude the rival: a transaction is not a lock"},
	interleave.ProcessLocal:       {"the lock in this process", "does not exclude the rival in another worker process"},
	interleave.LockElsewhere:      {"the lock", "does not exclude the rival: it is held on another session or another key, or not over both check and act"},
	interleave.LockReleased:       {"the lock", "does not exclude the rival: it ends before the act is committed"},
	interleave.LockVoid:           {"the row lock", "does nothing on this engine"},
	interleave.StaleUnderLock:     {"the row lock", "comes too late: the object was loaded before, and its attributes are older than the lock"},
	interleave.SnapshotBeforeLock: {"the lock", "comes too late: the snapshot that is read from was taken before it"},
	interleave.ClaimUnchecked:     {"the conditional write", "may match nothing, and its result is not tested"},
	interleave.ConstraintGuard:    {"the constraint", "does not cover this race"},
	interleave.VersionGuard:       {"the version column", "does not exclude the rival: it writes without it, or the effect comes before the flush"},
	interleave.SerializableGuard:  {"the serializable transaction", "does not cover both check and act"},
	interleave.RowLockGuard:       {"the row lock", "does not exclude the rival: what is checked or written is another row"},
	interleave.ConditionalWrite:   {"the conditional write", "does not repeat everything that was checked"},
}

// lateLock is a lock that is no row lock, taken when the decision has been made.
var lateLock = [2]string{"the lock", "comes too late: what is decided on was read before it"}

// guard puts the judge's word on the protection into a sentence. A race that the engine refuses is told by its error.
func guard(r *race.Race) *finding.Guard {
	v := r.Verdict
	text := guardTexts[v.Guard]
	switch {
	case r.Outside != "":
		text = guardTexts[interleave.NoGuard] // no lock of the application holds whoever is outside of it
	case v.Guard == interleave.StaleUnderLock && !v.Stale && !r.LocksLate():
		text = guardTexts[interleave.NoGuard] // a lock on the way that is about something else
	case v.Guard == interleave.StaleUnderLock && !v.Stale:
		text = lateLock
	}
	if v.Outcome == interleave.FailsCleanly {
		seen := v.Guard.String()
		if v.Guard == interleave.NoGuard {
			seen = "the engine"
		}
		return &finding.Guard{Seen: seen, Verdict: "keeps the data right: one of the two requests fails (" + v.Errors.String() + ")"}
	}
	return &finding.Guard{Seen: text[0], Verdict: text[1]}
}

// guardOf is what the finding of a race says of its protection. A constraint is named by its columns; one that has nothing to do with
// what was looked for is none.
func guardOf(r *race.Race) *finding.Guard {
	if r.Verdict.Outcome != interleave.Race || r.Relation != race.SetInsert || r.Verdict.Guard != interleave.ConstraintGuard {
		return guard(r)
	}
	asks := func(column string) bool {
		return slices.ContainsFunc(r.Op(r.Read).Res.Where, func(c interleave.Cond) bool { return c.Column == column })
	}
	key := r.ScopedKey()
	verdict := "does not cover what the check asks for"
	if key != nil {
		more := slices.DeleteFunc(slices.Clone(key), asks)
		verdict = "refuses only a rival with the same " + strings.Join(more, " and ") + ", and the check asks without it"
	} else if i := slices.IndexFunc(r.Op(r.Act).Unique, func(key []string) bool { return slices.ContainsFunc(key, asks) }); i >= 0 {
		key = r.Op(r.Act).Unique[i]
	} else {
		return &finding.Guard{Seen: guardTexts[interleave.NoGuard][0], Verdict: guardTexts[interleave.NoGuard][1]}
	}
	return &finding.Guard{Seen: "the unique constraint on " + strings.Join(key, ", "), Verdict: verdict}
}
