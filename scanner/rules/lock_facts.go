package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask about locks and transactions.

// splitSessions tells whether check and act belong to two sessions that each were to hold a transaction. A driver's connection
// whose statements commit themselves was not.
func splitSessions(r *race.Race) bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if read.Session == 0 || act.Session == 0 || read.Session == act.Session {
		return false
	}
	return transacts(r, read) && transacts(r, act)
}

func transacts(r *race.Race, op *effects.Op) bool {
	if op.Rare().Driver == "" {
		return true
	}
	for _, i := range r.Path.Ops {
		if o := r.Op(i); o.Session == op.Session && o.Kind == interleave.Begin {
			return true
		}
	}
	return false
}

// splitBetween tells whether the transaction of the read is over when the act happens, where one of its own would have held:
// there was a lock, or the isolation level keeps what was read.
func splitBetween(r *race.Race) bool {
	if !r.Locks() && !keepsReads(r.Engine) {
		return false
	}
	read := r.Op(r.Read)
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i > r.Read && i < r.Act && op.Session == read.Session && (op.Kind == interleave.Commit || op.Kind == interleave.Close || op.Kind == interleave.Rollback) {
			return true
		}
	}
	return false
}

// readsLatest tells that each statement reads anew: a lock that comes too late is one on another row, in the same statement.
func readsLatest(e interleave.Engine) bool {
	return e == interleave.PostgresReadCommitted || e == interleave.MySQLReadCommitted
}

func keepsReads(e interleave.Engine) bool {
	return e == interleave.PostgresSerializable || e == interleave.PostgresRepeatableRead || e == interleave.MySQLSerializable
}

// lockedHere tells whether the request locks the contested row or set itself, or takes a named lock outside the process.
func lockedHere(r *race.Race) bool {
	read := r.Op(r.Read)
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i >= r.Act {
			break
		}
		if op.Kind == interleave.Acquire && op.Scope != interleave.ProcessLock && !ownLock(op.Name) && (i > r.Read || heldAt(r, i, r.Read)) {
			return true
		}
		if op.Lock.Strength != interleave.NoLock && op.Res.Name == r.Resource() && (op.Obj != 0 && op.Obj == read.Obj || op.Res.Key == read.Res.Key || op.Res.Key == "") {
			return true
		}
		if op.Lock.Strength != interleave.NoLock && i+1 < len(r.Trace.Ops) && r.Trace.Ops[i+1].Flags&interleave.SameStatement != 0 {
			return true // the same statement locks another row
		}
	}
	return false
}

// ownLock tells whether a lock was made by the request itself: it holds back the tasks of the request, and was to hold back nobody else.
func ownLock(name string) bool { return strings.Contains(name, "#") }

// lockedBeforeDeciding tells whether the lock was taken before the last decision on the row, or before its value was taken: to decide on
// what is older than the lock is the mistake. A lock that something else takes later, once all is decided, is about something else.
func lockedBeforeDeciding(r *race.Race) bool {
	contested := r.Contested()
	last := -1
	for _, u := range r.Uses {
		if u < r.Act && overlaps(contested, r.Op(u).Res.Columns) {
			last = max(last, u)
		}
	}
	if deciding := r.Deciding(); last < 0 && len(deciding) > 0 && !r.Derived {
		last = slices.Max(deciding)
	}
	if last < 0 {
		last = r.Act
	}
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i >= last || i < r.Read && op.Res.Name != r.Resource() && op.Kind != interleave.Acquire {
			continue
		}
		if op.Lock.Strength != interleave.NoLock || op.Kind == interleave.Acquire && op.Scope != interleave.ProcessLock {
			return true
		}
	}
	return false
}

// lockedInProcess tells whether a lock of the process is held at the read or at the act, and does not help even in one process.
func lockedInProcess(r *race.Race) bool {
	if r.Placement != interleave.SameProcess {
		return false
	}
	for _, i := range r.Path.Ops {
		if op := r.Op(i); op.Kind == interleave.Acquire && op.Scope == interleave.ProcessLock && !ownLock(op.Name) && (heldAt(r, i, r.Read) || heldAt(r, i, r.Act)) {
			return true
		}
	}
	return false
}

// heldAt tells whether the lock that is taken at one operation is held at another.
func heldAt(r *race.Race, lock, at int) bool {
	for _, i := range r.Path.Ops {
		if op := r.Op(i); i > lock && i < at && op.Kind == interleave.Release && op.Name == r.Op(lock).Name {
			return false
		}
	}
	return lock < at
}
