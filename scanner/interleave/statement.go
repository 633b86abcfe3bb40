package interleave

// statement is one message to a store. It may wait and be tried again, and keeps what it had when it began.
type statement struct {
	kind   Kind // of the operation, or what a flush made of it: Assign, Add, Remove; Attr for the refresh of an expired object
	op     int
	tx     int
	object int
	also   []int // further operations that a flush merged into it
	begun  bool
	snap   int
	awaits int // the transaction whose end an insert waits for, or nobody
	round  int // and which one of its session
}

// outcome of trying a statement: done, blocked on a transaction, or failed.
type outcome struct {
	blocked bool
	on      int
	failure Errors
}

func blocked(on int) outcome { return outcome{blocked: true, on: on} }

func failure(e Errors) outcome { return outcome{failure: e} }

// detects tells whether the engine would find a deadlock that a statement is part of: it knows its own locks only.
func (a *actor) detects(st *statement) bool {
	scope := a.ops[st.op].Scope
	return st.kind != Acquire || scope == TransactionLock || scope == SessionLock
}

// execute tries a statement.
func (m *machine) execute(a *actor, st *statement) outcome {
	s := &a.ops[st.op]
	switch st.kind {
	case Begin:
		return m.beginTx(a, st)
	case Commit:
		return m.commit(a, st)
	case Rollback, Close:
		m.rollback(st.tx)
		m.unlockAll(st.tx, st.kind == Close)
		m.tell(a, Done)
		return outcome{}
	case Acquire:
		return m.acquire(a, st)
	case Release:
		if m.locks[s.lock] == st.tx {
			m.unlock(s.lock)
		}
		m.tell(a, Done)
		return outcome{}
	}
	if m.homeOf(a, st).Store != Table {
		return m.direct(a, st)
	}
	if r, stop := m.open(a, st); stop {
		return r
	}
	var r outcome
	told := len(m.story)
	switch st.kind {
	case Read, Refresh, Attr:
		r = m.read(a, st)
	case Update, Delete, Assign, Remove:
		r = m.change(a, st)
	default:
		r = m.insert(a, st)
	}
	if r.blocked || r.failure != 0 {
		return r
	}
	if m.rules.family == postgres && m.rules.serializable && a.state == running && m.dangerous(st.tx) {
		m.story = m.story[:told]
		return failure(SerializationFailure)
	}
	if m.watch != nil {
		m.watch(a, st)
	}
	if m.alone(st) {
		return m.commitTx(a, st.tx)
	}
	return r
}

// homeOf gives the resource that a statement is about.
func (m *machine) homeOf(a *actor, st *statement) *Resource { return a.ops[st.op].res }

// alone tells whether a statement is a transaction of its own.
func (m *machine) alone(st *statement) bool {
	t := &m.txs[st.tx]
	if t.begun {
		return false
	}
	return m.rules.autocommit || m.actors[t.actor].ops[st.op].Session == 0
}

// open opens the transaction that a statement runs in and takes its snapshot.
func (m *machine) open(a *actor, st *statement) (outcome, bool) {
	t := &m.txs[st.tx]
	writes := st.kind != Read && st.kind != Refresh && st.kind != Attr
	if m.rules.family == sqlite {
		if r := m.openFile(t, st, writes); r.blocked || r.failure != 0 {
			return r, true
		}
	}
	if !st.begun {
		st.begun = true
		st.snap = m.clock
		if st.kind == Read && a.ops[st.op].Flags&SameStatement != 0 && a.snap != nobody {
			st.snap = a.snap
		}
		a.snap = st.snap
		if m.rules.readsOpen || writes {
			t.open = true
		}
	}
	if m.rules.snapshot == perTransaction && m.takesSnapshot(a, st) && t.snapshot == nobody {
		t.snapshot = st.snap
	}
	return outcome{}, false
}

// takesSnapshot tells whether a statement fixes the snapshot of its transaction: any one in PostgreSQL, a plain read in
// the others.
func (m *machine) takesSnapshot(a *actor, st *statement) bool {
	switch m.rules.family {
	case postgres:
		return true
	case sqlite:
		return true
	}
	return st.kind == Attr || (st.kind == Read || st.kind == Refresh) && a.ops[st.op].Lock.Strength == NoLock
}

// openFile is SQLite's one writer lock.
func (m *machine) openFile(t *tx, st *statement, writes bool) outcome {
	if !writes && !(m.rules.immediate && !t.open && m.actors[t.actor].ops[st.op].Session != 0) {
		return outcome{}
	}
	if m.writer == st.tx {
		return outcome{}
	}
	behind := m.rules.snapshot == perTransaction && t.snapshot != nobody
	if m.writer != nobody {
		if behind {
			return failure(SerializationFailure)
		}
		return blocked(m.writer)
	}
	if behind && m.clock > t.snapshot {
		return failure(SerializationFailure)
	}
	m.writer = st.tx
	if m.rules.immediate && m.actors[t.actor].ops[st.op].Lock.Strength != NoLock {
		// What was to lock the row locks the file.
		m.grants = append(m.grants, grant{actor: t.actor, row: wholeFile, tx: st.tx, lock: nobody, at: m.time, until: always})
	}
	st.snap = m.clock
	return outcome{}
}

// beginTx opens a transaction explicitly.
func (m *machine) beginTx(a *actor, st *statement) outcome {
	t := &m.txs[st.tx]
	s := &a.ops[st.op]
	if m.rules.family == sqlite && (m.rules.immediate || s.Flags&Immediate != 0) && m.writer != st.tx {
		if m.writer != nobody {
			return blocked(m.writer)
		}
		m.writer = st.tx
	}
	t.open, t.begun = true, true
	m.tell(a, Done)
	return outcome{}
}

// commit ends a transaction for good; the session's objects expire with it.
func (m *machine) commit(a *actor, st *statement) outcome {
	r := m.commitTx(a, st.tx)
	if r.failure != 0 {
		return r
	}
	if a.ops[st.op].Flags&KeepOnCommit == 0 {
		for i := range a.objects {
			if a.sessionOf(i) == a.ops[st.op].session {
				a.objects[i].expired = true
			}
		}
	}
	m.tell(a, Done)
	return outcome{}
}

func (m *machine) commitTx(a *actor, id int) outcome {
	t := &m.txs[id]
	if m.rules.family == postgres && m.rules.serializable && m.dangerous(id) {
		return failure(SerializationFailure)
	}
	if len(t.wrote) > 0 {
		m.tick()
	}
	for _, r := range t.wrote {
		w := &m.rows[r]
		if w.dirty {
			w.pending.seq = m.clock
			w.versions = append(w.versions, w.pending)
			w.dirty = false
		}
	}
	for _, op := range t.done {
		a.done[op] = m.time
	}
	m.remember(id)
	m.endTx(id)
	return outcome{}
}

// tick counts a commit.
func (m *machine) tick() {
	m.clock++
	m.commits = append(m.commits, m.time)
}

// rollback ends a transaction and what it wrote.
func (m *machine) rollback(id int) {
	t := &m.txs[id]
	for _, r := range t.wrote {
		m.rows[r].dirty = false
	}
	m.endTx(id)
}

// endTx gives back the locks of a transaction.
func (m *machine) endTx(id int) {
	t := &m.txs[id]
	for i := range m.rows {
		r := &m.rows[i]
		if r.owner == id {
			r.owner = nobody
		}
		r.shared &^= 1 << min(id, 63)
	}
	kept := m.gaps[:0]
	for _, g := range m.gaps {
		if g.tx != id {
			kept = append(kept, g)
		}
	}
	m.gaps = kept
	if m.writer == id {
		m.writer = nobody
	}
	for i := range m.grants {
		if g := &m.grants[i]; g.tx == id && g.until == always && g.row != nobody {
			g.until = m.time
		}
	}
	t.open, t.begun, t.snapshot = false, false, nobody
	t.round++
	t.wrote, t.done = t.wrote[:0], t.done[:0]
	m.unlockAll(id, false)
}

// direct runs a statement on a store without transactions: one atomic step on the latest value.
func (m *machine) direct(a *actor, st *statement) outcome {
	st.snap = always
	var r outcome
	switch st.kind {
	case Read, Refresh, Attr:
		m.load(a, st, m.see(a, st, always, nil, false))
		return outcome{}
	case Update, Delete, Assign, Remove:
		r = m.change(a, st)
	default:
		r = m.insert(a, st)
	}
	if r.failure != 0 {
		return r
	}
	t := &m.txs[st.tx]
	// Only the rows of this store are made good: an open transaction of the same session goes on.
	wrote := t.wrote[:0]
	for _, i := range t.wrote {
		if w := &m.rows[i]; m.plan.rows[i].store != Table {
			if w.dirty {
				m.tick()
				w.pending.seq = m.clock
				w.versions = append(w.versions, w.pending)
			}
			w.dirty, w.owner = false, nobody
			continue
		}
		wrote = append(wrote, i)
	}
	t.wrote = wrote
	done := t.done[:0]
	for _, op := range t.done {
		if a.ops[op].res.Store != Table {
			a.done[op] = m.time
			continue
		}
		done = append(done, op)
	}
	t.done = done
	return outcome{}
}
