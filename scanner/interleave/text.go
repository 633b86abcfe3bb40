package interleave

import (
	"fmt"
	"strings"
)

var outcomes = [...]string{Sound: "sound", FailsCleanly: "fails cleanly", Race: "race"}

func (o Outcome) String() string { return name(outcomes[:], int(o)) }

var placements = [...]string{SameProcess: "in one process", TwoProcesses: "in two processes"}

func (p Placement) String() string { return name(placements[:], int(p)) }

var happenings = [...]string{Done: "done", Waits: "waits", Refused: "refused", ClaimLost: "claim lost unseen", Failed: "engine error",
	SawStale: "saw stale attributes", SawNothing: "found nothing to lock", Ended: "ended"}

func (w What) String() string { return name(happenings[:], int(w)) }

var guards = [...]string{NoGuard: "no guard", TransactionOnly: "a transaction", ProcessLocal: "a lock of one process", LockElsewhere: "a lock that does not cover both ends",
	LockReleased: "a lock released before the act was committed", LockVoid: "a lock that this engine does not have", StaleUnderLock: "a lock taken after the values were loaded",
	SnapshotBeforeLock: "a lock granted after the snapshot was taken", ClaimUnchecked: "a claim whose result is not looked at", ConstraintGuard: "a constraint",
	VersionGuard: "a version column", SerializableGuard: "the isolation level", RowLockGuard: "a row lock", ConditionalWrite: "a conditional write"}

// String says what the guard is, as a noun phrase.
func (g GuardSeen) String() string { return name(guards[:], int(g)) }

var errorNames = [...]string{"unique violation", "serialization failure", "deadlock", "check violation", "stale version", "lock not available"}

// String lists the errors by their names.
func (e Errors) String() string {
	var list []string
	for i, n := range errorNames {
		if e&(1<<i) != 0 {
			list = append(list, n)
		}
	}
	return strings.Join(list, ", ")
}

var kinds = [...]string{Read: "read", Attr: "attribute", Refresh: "refresh", Expire: "expire", Assign: "assign", Add: "add", Remove: "remove", Update: "update",
	Insert: "insert", InsertWhereNotExists: "insert where not exists", Delete: "delete", Flush: "flush", Begin: "begin", Savepoint: "savepoint",
	ReleaseSavepoint: "release savepoint", Commit: "commit", Rollback: "rollback", Close: "close", Acquire: "acquire", Release: "release",
	Suspend: "suspend", Check: "check", Effect: "effect"}

func (k Kind) String() string { return name(kinds[:], int(k)) }

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return "unknown"
}

// String tells the verdict with its story, one line for each step.
func (v Verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.Outcome, v.Guard)
	if v.Errors != 0 {
		fmt.Fprintf(&b, " (%s)", v.Errors)
	}
	if v.Stale {
		b.WriteString(", stale attributes")
	}
	for _, e := range v.Story {
		fmt.Fprintf(&b, "\n  %c %d %s", 'A'+rune(e.Actor), e.Op, e.What)
	}
	return b.String()
}
