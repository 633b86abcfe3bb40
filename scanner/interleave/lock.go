package interleave

// acquire takes a named lock.
func (m *machine) acquire(a *actor, st *statement) outcome {
	s := &a.ops[st.op]
	database := s.Scope == TransactionLock || s.Scope == SessionLock
	if database && m.rules.family == sqlite {
		m.tell(a, Done) // there is no such function
		return outcome{}
	}
	if database && s.Session != 0 {
		t := &m.txs[st.tx]
		if !st.begun {
			st.begun, st.snap = true, m.clock
		}
		t.open = true
		if m.rules.family == postgres && m.rules.snapshot == perTransaction && t.snapshot == nobody {
			t.snapshot = st.snap
		}
	}
	if h := m.locks[s.lock]; h != nobody && h != st.tx {
		if !s.Lock.NoWait {
			return blocked(h)
		}
		return m.affected(a, st, 0)
	}
	m.locks[s.lock] = st.tx
	m.grants = append(m.grants, grant{actor: int(a.id), row: nobody, tx: st.tx, lock: s.lock, at: m.time, until: always})
	m.tell(a, Done)
	if s.Scope == TransactionLock && m.alone(st) {
		m.unlock(s.lock)
	}
	return outcome{}
}

func (m *machine) unlock(lock int) {
	for i := range m.grants {
		if g := &m.grants[i]; g.row == nobody && g.lock == lock && g.until == always {
			g.until = m.time
		}
	}
	m.locks[lock] = nobody
}

// unlockAll gives back the named locks of a session: those of its transaction, or all of them.
func (m *machine) unlockAll(tx int, all bool) {
	for i, h := range m.locks {
		if h == tx && (all || m.transactional[i]) {
			m.unlock(i)
		}
	}
}

// hold takes a row lock for a transaction, or names the transaction in its way.
func (m *machine) hold(id, row int, strength LockStrength) (int, bool) {
	r := &m.rows[row]
	if r.owner != nobody && r.owner != id {
		return r.owner, false
	}
	mine := uint64(1) << min(id, 63)
	if strength == ForShare {
		r.shared |= mine
		return 0, true
	}
	if others := r.shared &^ mine; others != 0 {
		for i := range m.txs {
			if others&(1<<min(i, 63)) != 0 {
				return i, false
			}
		}
	}
	r.owner = id
	return 0, true
}

// found lists the rows that a locking statement applies to, locked. The list is valid until the next call.
func (m *machine) found(a *actor, st *statement, strength LockStrength, mode LockMode) ([]int, outcome) {
	s := &a.ops[st.op]
	m.hits, m.weighed = m.hits[:0], m.weighed[:0]
	candidates := s.target.rows
	byObject := st.object >= 0 && st.kind != Read && st.kind != Update && st.kind != Delete
	if byObject {
		candidates = nil
		if o := &a.objects[st.object]; o.row != nobody {
			candidates = m.only(o.row)
		}
	}
	for _, row := range candidates {
		if !byObject && !m.wanted(a, st, row) {
			continue
		}
		if byObject && !m.appears(st, row) {
			continue
		}
		held := m.rows[row].owner == st.tx
		if m.rules.family != sqlite && m.homeOf(a, st).Store == Table {
			if m.rules.family == postgres && m.changedSince(st, row) {
				return nil, failure(SerializationFailure) // known without waiting for a third writer
			}
			if on, ok := m.hold(st.tx, row, strength); !ok {
				if mode.SkipLocked {
					continue
				}
				if mode.NoWait {
					return nil, failure(LockNotAvailable)
				}
				return nil, blocked(on)
			}
			if mode.Strength != NoLock {
				m.grants = append(m.grants, grant{actor: int(a.id), row: row, tx: st.tx, at: m.time, until: always})
			}
			if r := m.changedSince(st, row); r {
				return nil, failure(SerializationFailure)
			}
		}
		m.weighed = append(m.weighed, row)
		v := m.newest(row, st.tx)
		if v.exists && (byObject || m.matches(a, v, &s.target)) {
			m.hits = append(m.hits, row)
		} else if m.rules.family == innodb && !m.rules.gaps && !m.rows[row].dirty && !held {
			m.rows[row].owner = nobody // READ COMMITTED lets go of a row that does not match
		}
	}
	return m.hits, outcome{}
}

func (m *machine) only(row int) []int {
	m.one[0] = row
	return m.one[:]
}

// changedSince tells whether a row has a version that the snapshot of its reader must not overwrite.
func (m *machine) changedSince(st *statement, row int) bool {
	t := &m.txs[st.tx]
	if !m.rules.refuseChanged || t.snapshot == nobody {
		return false
	}
	v := &m.rows[row].versions
	return (*v)[len(*v)-1].seq > t.snapshot
}

// appears tells whether a write by primary key finds its row at all.
func (m *machine) appears(st *statement, row int) bool {
	if m.rules.family == postgres {
		return m.visible(row, st.tx, m.snapshotOf(st)).exists
	}
	r := &m.rows[row]
	return m.newest(row, st.tx).exists || r.dirty && r.pending.exists
}

// wanted tells whether a statement goes to lock a row: PostgreSQL goes by what its snapshot shows, the others by what is
// there now, and InnoDB also waits for what is pending.
func (m *machine) wanted(a *actor, st *statement, row int) bool {
	t := &a.ops[st.op].target
	if m.rules.family == postgres && m.homeOf(a, st).Store == Table {
		v := m.visible(row, st.tx, m.snapshotOf(st))
		return v.exists && m.matches(a, v, t)
	}
	v := m.newest(row, st.tx)
	if v.exists && (t.keyed && m.rules.family == innodb || m.matches(a, v, t)) {
		return true
	}
	r := &m.rows[row]
	return m.rules.family == innodb && r.dirty && r.owner != st.tx && r.pending.exists && m.matches(a, &r.pending, t)
}

// guard locks the gap that a locking read looked at.
func (m *machine) guard(a *actor, st *statement, hits []int) {
	s := &a.ops[st.op]
	if m.rules.gaps && (!s.target.keyed || len(hits) == 0) {
		for _, g := range m.gaps {
			if g.tx == st.tx && g.target == &s.target {
				return
			}
		}
		m.gaps = append(m.gaps, gap{tx: st.tx, target: &s.target, step: s})
	}
}
