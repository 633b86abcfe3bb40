package interleave

// Runs that come to the same. Two schedules that differ only in the order of neighbouring operations which do not notice each other
// end in the same way, so one of them is enough: the one that stands first in the list.

// quiet tells of each operation of a program how much the other may notice of it. Both count upwards: equal numbers at two holds tell
// that nothing lies between them.
type quiet struct {
	loud []int // by operation: how many before it lock, write or end something
	open []int // by operation: how many before it lock, write, end or see something that the other program may notice or change
}

// quietness looks at one program of a plan.
func (pl *plan) quietness(id int) quiet {
	sc, other := &pl.programs[id], &pl.programs[1-id]
	q := quiet{make([]int, len(sc.ops)+1), make([]int, len(sc.ops)+1)}
	used := map[int]bool{}    // sessions that have locked or written
	pending := map[int]bool{} // sessions with writes that a flush would send
	for i := range sc.ops {
		s := &sc.ops[i]
		loud, own := true, false
		switch s.Kind {
		case Suspend, Expire:
			loud, own = false, true
		case Check:
			// Who is refused gives back what it holds.
			loud, own = false, q.loud[i] == 0
		case Begin:
			loud = pl.rules.family == sqlite && s.Flags&Immediate != 0
			own = !loud
		case Read, Refresh, Attr:
			loud = s.Lock.Strength != NoLock || s.Flags&SameStatement != 0 || s.Kind != Attr && pending[s.session]
			own = !loud && !other.writes(s) && (pl.rules.snapshot != perTransaction || s.res.Store != Table)
		case Flush, Commit, Rollback, Close, Savepoint, ReleaseSavepoint:
			loud = used[s.session]
			own = !loud
		case Acquire, Release:
			// To ask the database for a lock is a statement, and may fix the snapshot.
			own = !other.locks(s.lock) && sc.locksOnce(s) && (pl.rules.snapshot != perTransaction || s.Scope != TransactionLock && s.Scope != SessionLock)
			loud = !own
		}
		switch s.Kind {
		case Assign, Add, Remove:
			pending[s.session] = true
		case Attr, Expire, Check, Suspend, Begin, Acquire, Release, Effect:
		default:
			pending[s.session] = false
		}
		used[s.session] = used[s.session] || loud
		q.loud[i+1], q.open[i+1] = q.loud[i], q.open[i]
		if loud {
			q.loud[i+1]++
		}
		if !own {
			q.open[i+1]++
		}
	}
	return q
}

// writes tells whether a program writes to the table, path or cell of an operation.
func (sc *script) writes(of *step) bool {
	for i := range sc.ops {
		s := &sc.ops[i]
		switch s.Kind {
		case Update, Insert, InsertWhereNotExists, Delete, Assign, Add, Remove:
			if s.res.Name == of.res.Name && s.res.Store == of.res.Store || s.res.Name == "" || of.res.Name == "" {
				return true
			}
		}
	}
	return false
}

// locks tells whether a program takes or gives back a named lock.
func (sc *script) locks(lock int) bool {
	for i := range sc.ops {
		if sc.ops[i].lock == lock {
			return true
		}
	}
	return false
}

// locksOnce tells whether the lock of an operation is taken by one session of the program only, which then never waits for itself.
func (sc *script) locksOnce(of *step) bool {
	for i := range sc.ops {
		if s := &sc.ops[i]; s.lock == of.lock && s.session != of.session {
			return false
		}
	}
	return true
}

// ordered tells whether the engine looks at nothing but what was locked and written: at its SERIALIZABLE a read counts too, and with
// immediate transactions it locks.
func (r *rules) ordered() bool { return !r.serializable && !r.immediate }

// comesTo tells whether a schedule comes to the same as one that stands before it: holds are those of both programs, at and to the places
// of its own in them, to -1 when the other runs to its end.
func comesTo(q *[2]quiet, holds *[2][]int, first, at, to int) bool {
	mine, theirs := &q[first], &q[1-first]
	h := holds[first][at]
	silent := false // nothing of the other's start is to be noticed
	if to >= 0 {
		k := holds[1-first][to]
		silent = theirs.loud[k] == 0
		if silent && mine.loud[h] == 0 {
			return true // the other's start might as well come first: it is held there, and this one runs to its end
		}
		for _, before := range holds[1-first][:to] {
			if theirs.open[before] == theirs.open[k] {
				return true
			}
		}
	}
	for _, before := range holds[first][:at] {
		if mine.open[before] == mine.open[h] || silent && mine.loud[before] == mine.loud[h] {
			return true
		}
	}
	return false
}
