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

// guardFailed names the guard of a race.
func (m *machine) guardFailed(e edges) GuardSeen {
	switch {
	case e.void:
		return ClaimUnchecked
	case e.stale:
		return StaleUnderLock
	case e.early:
		return SnapshotBeforeLock
	}
	guard := NoGuard
	for i := range m.actors {
		for k := range m.actors[i].ops {
			guard = max(guard, m.guardOf(&m.actors[i], &m.actors[i].ops[k], k))
		}
	}
	return guard
}

// guardOf names the protection that one operation of a race was meant to give.
func (m *machine) guardOf(a *actor, s *step, at int) GuardSeen {
	switch {
	case s.Kind == Begin:
		return TransactionOnly
	case s.Kind == Acquire && s.Scope == ProcessLock && !m.together:
		return ProcessLocal
	case s.Kind == Acquire && (s.Scope == TransactionLock || s.Scope == SessionLock) && m.rules.family == sqlite:
		return LockVoid
	case (s.Kind == Read || s.Kind == Refresh) && s.Lock.Strength != NoLock && s.res.Store == Table && m.rules.family == sqlite:
		return LockVoid
	case s.Kind == Acquire, (s.Kind == Read || s.Kind == Refresh) && s.Lock.Strength != NoLock:
		if m.gone(a, at) {
			return LockReleased
		}
		return LockElsewhere
	}
	if a.lost[at] {
		return ClaimUnchecked
	}
	return NoGuard
}

// gone tells whether the locks that an actor took were given back before an act of its took effect.
func (m *machine) gone(a *actor, at int) bool {
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
		case ev.What == Waits && (s.Kind == Acquire || s.Kind == Read || s.Kind == Refresh):
			guard = max(guard, RowLockGuard)
		case ev.What == Failed && s.Kind == Commit:
			guard = max(guard, ConstraintGuard)
		}
	}
	return guard
}
