package interleave

// guardSeen names what stood in the way of a run and what became of it.
func (m *machine) guardSeen(v Verdict, e edges) GuardSeen {
	if v.Outcome == Race {
		return m.guardFailed(e)
	}
	for _, g := range [...]struct {
		errors Errors
		guard  GuardSeen
	}{{UniqueViolation | CheckViolation, ConstraintGuard}, {StaleVersion, VersionGuard}, {SerializationFailure | Deadlock, SerializableGuard}, {LockNotAvailable, RowLockGuard}} {
		if v.Errors&g.errors != 0 {
			return g.guard
		}
	}
	return m.guardHeld()
}

// guardFailed names the guard of a race: first what the run itself showed, then the best of what the programs had.
func (m *machine) guardFailed(e edges) GuardSeen {
	switch {
	case e.void:
		return ClaimUnchecked
	case e.stale:
		return StaleUnderLock
	case e.early:
		return SnapshotBeforeLock
	case e.late:
		return StaleUnderLock
	}
	for i := range m.actors {
		best := NoGuard
		for k := range m.actors[i].ops {
			if g := m.guardOf(&m.actors[i], k); rank[g] > rank[best] {
				best = g
			}
		}
		if best == LockVoid && i == 1 {
			best = LockElsewhere // the request whose check goes stale takes none: no engine would help it
		}
		if rank[best] > rank[TransactionOnly] {
			return best
		}
	}
	if m.transaction() {
		return TransactionOnly
	}
	return NoGuard
}

// rank orders the guards of a race by how much they tell.
var rank = [...]int{TransactionOnly: 1, SerializableGuard: 2, ConstraintGuard: 3, ConditionalWrite: 4, VersionGuard: 5, ProcessLocal: 6,
	LockElsewhere: 7, LockReleased: 8, LockVoid: 9, ClaimUnchecked: 10, RowLockGuard: 0}

// transaction tells whether a program opened a transaction explicitly.
func (m *machine) transaction() bool {
	for i := range m.actors {
		for k := range m.actors[i].ops {
			if m.actors[i].ops[k].Kind == Begin {
				return true
			}
		}
	}
	return false
}

// guardOf names the protection that one operation was meant to give.
func (m *machine) guardOf(a *actor, at int) GuardSeen {
	s := &a.ops[at]
	locks := (s.Kind == Read || s.Kind == Refresh) && s.Lock.Strength != NoLock && s.res.Store == Table
	if s.Kind == Acquire && !a.covers(at) || locks && !a.covers(at) && !a.concerns(s.res) {
		return NoGuard // it is there for something else
	}
	switch {
	case a.lost[at] > 0 && len(s.target.where)+len(s.unique) > 0:
		return ClaimUnchecked
	case m.rules.family == sqlite && (locks && !m.rules.immediate || s.Kind == Acquire && (s.Scope == TransactionLock || s.Scope == SessionLock)):
		return LockVoid
	case s.Kind == Acquire && s.Scope == ProcessLock && !m.together:
		return ProcessLocal
	case s.Kind == Acquire, locks:
		if m.gone(a) {
			return LockReleased
		}
		return LockElsewhere
	case s.act && s.Version != "":
		return VersionGuard
	case s.Kind == Update && len(s.target.where) > 0 && s.Flags&ResultUsed != 0:
		return ConditionalWrite
	case s.act && s.inserts() && len(s.unique) > 0:
		return ConstraintGuard
	case s.act && m.rules.serializable:
		return SerializableGuard
	}
	return NoGuard
}

// covers tells whether a lock is held over anything that the candidate is about: a read on which an act rests, or an act.
func (a *actor) covers(at int) bool {
	lock := &a.ops[at]
	for k := at; k < len(a.ops); k++ {
		s := &a.ops[k]
		if s.act || s.rested {
			return true
		}
		switch s.Kind {
		case Release:
			if lock.Kind == Acquire && s.lock == lock.lock {
				return false
			}
		case Commit, Rollback:
			if s.session == lock.session && (lock.Kind != Acquire || lock.Scope == TransactionLock) {
				return false
			}
		case Close:
			if s.session == lock.session && (lock.Kind != Acquire || lock.Scope == TransactionLock || lock.Scope == SessionLock) {
				return false
			}
		}
	}
	return false
}

// concerns tells whether a resource is one that an act changes, or on a read of which an act rests.
func (a *actor) concerns(res *Resource) bool {
	for k := range a.ops {
		if s := &a.ops[k]; (s.act || s.rested) && s.res.Store == res.Store && s.res.Name == res.Name {
			return true
		}
	}
	return false
}

// gone tells whether the locks that an actor took were given back before an act of its took effect.
func (m *machine) gone(a *actor) bool {
	for i := range m.grants {
		g := &m.grants[i]
		if g.actor != int(a.id) {
			continue
		}
		for op, t := range a.done {
			if t > g.until && a.ops[op].act {
				return true
			}
		}
	}
	return false
}

// guardHeld names the guard that made a run sound.
func (m *machine) guardHeld() GuardSeen {
	guard := NoGuard
	for _, ev := range m.story {
		a := &m.actors[ev.Actor]
		if ev.Op >= len(a.ops) {
			continue
		}
		s := &a.ops[ev.Op]
		switch {
		case ev.What == Refused && (s.Kind == Update || s.Kind == Delete || s.Kind == InsertWhereNotExists):
			guard = max(guard, ConditionalWrite)
		case ev.What == Refused && s.Kind == Insert:
			guard = max(guard, ConstraintGuard)
		case ev.What == Waits && s.Kind == Acquire && s.Scope == ProcessLock:
			guard = max(guard, ProcessLocal)
		case ev.What == SawNothing && s.Lock.SkipLocked:
			guard = max(guard, RowLockGuard)
		case ev.What == Waits && (s.Kind == Acquire || s.Kind == Read || s.Kind == Refresh):
			guard = max(guard, RowLockGuard)
		case ev.What == Failed && s.Kind == Commit:
			guard = max(guard, ConstraintGuard)
		}
	}
	return guard
}
