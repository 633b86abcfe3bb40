package interleave

import (
	"slices"
	"strconv"
)

// read runs a read statement.
func (m *machine) read(a *actor, st *statement) outcome {
	s := &a.ops[st.op]
	strength := s.Lock.Strength
	if st.kind == Attr || m.rules.family == sqlite {
		strength = NoLock
	}
	if strength == NoLock && m.rules.family == innodb && (m.rules.serializable && !m.alone(st) || s.Flags&SameStatement != 0) {
		strength = ForShare
	}
	if strength == NoLock {
		m.load(a, st, m.see(a, st, m.snapshotOf(st), nil, false))
		return outcome{}
	}
	hits, r := m.found(a, st, strength, s.Lock)
	if r.blocked || r.failure != 0 {
		return r
	}
	m.guard(a, st, hits)
	snapshot := m.snapshotOf(st)
	if m.rules.family == innodb {
		snapshot = always
	}
	m.load(a, st, m.see(a, st, snapshot, hits, true))
	return outcome{}
}

// change runs an update or delete.
func (m *machine) change(a *actor, st *statement) outcome {
	s := &a.ops[st.op]
	pass, r := m.ask(a, st)
	if r.blocked {
		return r
	}
	if !pass && m.rules.family != innodb {
		return m.affected(a, st, 0) // a sub-query that fails leaves no row to lock
	}
	hits, r := m.found(a, st, ForUpdate, LockMode{})
	if r.blocked || r.failure != 0 {
		return r
	}
	if s.res.Store == Table {
		m.guard(a, st, hits)
	}
	if m.rules.family == postgres && m.rules.serializable && s.res.Store == Table {
		m.see(a, st, m.snapshotOf(st), nil, false) // what a write looked for counts as read
	}
	if !pass {
		hits = nil
	}
	if len(hits) == 0 && s.res.Store != Table && st.kind == Update && s.target.keyed && len(s.target.where) == 0 {
		hits = m.blank(s)
	}
	for _, row := range hits {
		if e := m.objection(a, st, row); e != 0 {
			return failure(e)
		}
	}
	for _, row := range hits {
		m.write(a, st, row)
	}
	return m.affected(a, st, len(hits))
}

// blank gives the slot that a write of a key fills where nothing is yet.
func (m *machine) blank(s *step) []int {
	for _, row := range s.target.rows {
		if !m.plan.rows[row].born {
			return m.only(row)
		}
	}
	return nil
}

// objection gives the error that the constraints of a row raise.
func (m *machine) objection(a *actor, st *statement, row int) Errors {
	s := &a.ops[st.op]
	v := m.newest(row, st.tx)
	if s.Version == StoreVersion {
		if m.overtaken(a, st, row) {
			return StaleVersion
		}
	} else if expected, known := m.expects(a, st, row); known && expected != v.serial {
		return StaleVersion
	}
	if s.Flags&CheckConstraint != 0 {
		for _, w := range s.set {
			x := v.values[w.column]
			if w.Relative && x.by != initially && x.by != a.id && x.rel != raised && !constant(x.text) {
				return CheckViolation
			}
		}
	}
	return 0
}

// overtaken tells whether a row was written since one of the reads behind a write saw it, or saw that it was not there.
func (m *machine) overtaken(a *actor, st *statement, row int) bool {
	v := m.rows[row].versions
	for _, f := range a.ops[st.op].From {
		if f < 0 || f >= st.op || a.sight[f] == nobody {
			continue
		}
		if n := m.sights[a.sight[f]].version(row); n >= 0 && n < len(v)-1 && v[len(v)-1].by != a.id {
			return true
		}
	}
	return false
}

// expects gives the version column that a write expects, if it expects one.
func (m *machine) expects(a *actor, st *statement, row int) (int, bool) {
	s := &a.ops[st.op]
	if s.Version == "" {
		return 0, false
	}
	if st.object >= 0 {
		o := &a.objects[st.object]
		return o.serial, o.row == row && o.sight != nobody
	}
	for _, f := range s.From {
		if f >= 0 && f < st.op && a.shown[f] != nobody && m.sights[a.shown[f]].row == row {
			return m.sights[a.shown[f]].serial, true
		}
	}
	return 0, false
}

// write makes a new pending version of a row.
func (m *machine) write(a *actor, st *statement, row int) {
	r := &m.rows[row]
	old := *m.newest(row, st.tx)
	v := version{by: a.id, exists: st.kind != Delete && st.kind != Remove, serial: old.serial, at: m.time, act: old.act && r.dirty, born: old.born && r.dirty}
	if r.dirty {
		v.cols = old.cols
	}
	v.values = m.copyValues(old.values)
	m.assign(a, &v, st, st.op, row)
	for _, op := range st.also {
		m.assign(a, &v, st, op, row)
	}
	if s := &a.ops[st.op]; s.Version != "" || s.res.Store == Remote || m.setsVersion(s) { // a server gives every content a tag of its own
		v.serial++
	}
	m.put(st.tx, row, v)
	if st.object >= 0 {
		a.objects[st.object].serial = v.serial
	}
}

// setsVersion tells whether a statement writes the column that another operation compares versions by.
func (m *machine) setsVersion(s *step) bool {
	if s.Kind != Update || !m.versioned {
		return false
	}
	for i := range m.actors {
		for k := range m.actors[i].ops {
			o := &m.actors[i].ops[k]
			if o.Version != "" && o.Version != StoreVersion && o.res.Name == s.res.Name && slices.ContainsFunc(s.Set, func(w Assignment) bool { return w.Column == o.Version }) {
				return true
			}
		}
	}
	return false
}

// put makes a version pending.
func (m *machine) put(tx, row int, v version) {
	r := &m.rows[row]
	if !r.dirty {
		m.txs[tx].wrote = append(m.txs[tx].wrote, row)
	}
	r.pending, r.dirty, r.owner = v, true, tx
}

func (m *machine) copyValues(from []value) []value {
	n := len(m.values)
	m.values = append(m.values, from...)
	return m.values[n:len(m.values):len(m.values)]
}

// assign applies the assignments of one operation to a version.
func (m *machine) assign(a *actor, v *version, st *statement, op, row int) {
	s := &a.ops[op]
	if s.Flags&AllColumns != 0 {
		if old := m.loaded(a, s); old != nil {
			for i := range v.values {
				if now := &v.values[i]; now.text != old[i].text || now.rel != old[i].rel || now.by != old[i].by {
					*now, v.cols = value{text: old[i].text, by: a.id}, v.cols|bit(i)
				}
			}
		} else {
			v.cols = everyColumn
		}
	}
	for _, w := range s.set {
		v.values[w.column] = combine(v.values[w.column], w.Assignment, a.id)
	}
	v.cols |= s.mask
	v.act = v.act || s.act
}

// loaded gives the values that a whole-object save writes back.
func (m *machine) loaded(a *actor, s *step) []value {
	if s.object >= 0 && a.objects[s.object].sight != nobody {
		return m.sights[a.objects[s.object].sight].values
	}
	for _, f := range s.From {
		if f >= 0 && f < len(a.shown) && a.shown[f] != nobody {
			return m.sights[a.shown[f]].values
		}
	}
	return nil
}

// affected records how many rows a write reached; a claim that reached none refuses if somebody looks.
func (m *machine) affected(a *actor, st *statement, n int) outcome {
	s := &a.ops[st.op]
	a.result[st.op] = n
	for _, op := range st.also {
		a.result[op] = n
	}
	if n > 0 {
		t := &m.txs[st.tx]
		t.done = append(t.done, st.op)
		t.done = append(t.done, st.also...)
		if st.op == a.pc {
			m.tell(a, Done)
		}
		return outcome{}
	}
	switch {
	case st.kind == Assign, st.kind == Remove && s.Version != "":
		return failure(StaleVersion)
	case s.Flags&ResultUsed != 0:
		m.tell(a, Refused)
		m.leave(a, refused)
	default:
		a.lost[st.op] = m.time
		m.tell(a, ClaimLost)
	}
	return outcome{}
}

// ask evaluates the sub-queries of a statement, on its snapshot in PostgreSQL, on the latest elsewhere.
func (m *machine) ask(a *actor, st *statement) (bool, outcome) {
	s := &a.ops[st.op]
	pass := true
	for i := range s.target.where {
		w := &s.target.where[i]
		if w.sub == nil {
			continue
		}
		snapshot := m.snapshotOf(st)
		if m.rules.family != postgres {
			snapshot = always
			if on, wait := m.pendingIn(a, st, w.sub); wait && m.rules.gaps {
				return false, blocked(on)
			}
		}
		at := m.seeSub(a, st, w.sub, snapshot)
		a.subs = append(a.subs, subquery{st.op, at, w})
		if m.given {
			pass = pass && m.size(st, at, w)
		} else if m.turned(&m.sights[at], w.relation, w.value) {
			pass = false
		}
	}
	return pass, outcome{}
}

// size evaluates a sub-query over known values: its count, or its existence, against the value it is compared with.
func (m *machine) size(st *statement, at int, w *term) bool {
	s := &m.sights[at]
	n := 0
	for i, row := range s.target.rows {
		v := &m.rows[row].versions[s.counts[i]]
		if r := &m.rows[row]; r.dirty && r.owner == st.tx {
			v = &r.pending
		}
		if s.target.membership(v) == yes {
			n++
		}
	}
	switch w.relation {
	case exists:
		return n > 0
	case notExists:
		return n == 0
	}
	return compare(w.relation, strconv.Itoa(n), w.value) == yes
}

func (m *machine) seeSub(a *actor, st *statement, t *target, snapshot int) int {
	v := sight{by: a.id, op: st.op, tx: st.tx, round: m.txs[st.tx].round, at: m.time, target: t, only: nobody, row: nobody}
	first := len(m.counts)
	for _, row := range t.rows {
		m.counts = append(m.counts, int16(m.committed(row, snapshot)))
	}
	v.counts = m.counts[first:len(m.counts):len(m.counts)]
	m.sights = append(m.sights, v)
	return len(m.sights) - 1
}

// pendingIn names a transaction whose pending write a locking read of a set would wait for.
func (m *machine) pendingIn(a *actor, st *statement, t *target) (int, bool) {
	for _, row := range t.rows {
		r := &m.rows[row]
		if r.dirty && r.owner != st.tx && (t.membership(&r.pending) != no || t.membership(&r.versions[len(r.versions)-1]) != no) {
			return r.owner, true
		}
	}
	return 0, false
}
