package interleave

import "slices"

// insert runs an insert.
func (m *machine) insert(a *actor, st *statement) outcome {
	s := &a.ops[st.op]
	if s.Kind == InsertWhereNotExists {
		there, r := m.already(a, st)
		if r.blocked {
			return r
		}
		if there {
			return m.affected(a, st, 0)
		}
	}
	v := version{by: a.id, exists: true, born: true, cols: everyColumn, at: m.time, act: s.act}
	v.values = m.copyValues(m.plan.rows[s.slot].values)
	m.assign(a, &v, st, st.op, s.slot)
	for _, op := range st.also {
		m.assign(a, &v, st, op, s.slot)
	}
	v.cols = everyColumn
	if st.awaits != nobody && m.txs[st.awaits].round == st.round {
		return blocked(st.awaits) // the end of that transaction decides, whatever it does till then
	}
	rival, on, waits := m.duplicate(a, st, &v)
	if waits {
		st.awaits, st.round = on, m.txs[on].round
		return blocked(on)
	}
	if rival != nobody {
		return m.conflict(a, st, rival)
	}
	if s.res.Store == Table {
		for _, g := range m.gaps {
			if g.tx != st.tx && m.inGap(&g, s, &v) {
				return blocked(g.tx)
			}
		}
	}
	if s.res.Store == Table {
		// A program that begins again meets the row that it committed the first time, and somebody may be about to delete that.
		if on, ok := m.hold(st.tx, s.slot, ForUpdate); !ok {
			return blocked(on)
		}
	}
	m.put(st.tx, s.slot, v)
	if st.object >= 0 {
		a.objects[st.object] = object{row: s.slot, sight: nobody, serial: v.serial}
	}
	return m.affected(a, st, 1)
}

// inGap tells whether a new row would fall into a locked gap.
func (m *machine) inGap(g *gap, s *step, v *version) bool {
	if g.step.res.Name != s.res.Name || g.step.res.Store != s.res.Store {
		return false
	}
	if g.target.keyed {
		return g.step.res.Key == s.res.Key
	}
	return g.target.membership(v) != no
}

// duplicate finds a row that has a unique key of the new one, or a transaction whose outcome decides that.
func (m *machine) duplicate(a *actor, st *statement, v *version) (row, on int, waits bool) {
	s := &a.ops[st.op]
	// One index after the other, as the engines do: what an earlier one refuses never waits for a later one.
	for _, key := range s.unique {
		for i := range m.rows {
			if i == s.slot || m.plan.rows[i].table != s.res.Name || m.plan.rows[i].store != s.res.Store {
				continue
			}
			r := &m.rows[i]
			last := &r.versions[len(r.versions)-1]
			if r.dirty && r.owner != st.tx {
				if r.pending.exists && m.clash(a, s, key, v, &r.pending) || last.exists && m.clash(a, s, key, v, last) && !m.counted(a, s, key, i) {
					return nobody, r.owner, true
				}
				continue
			}
			if x := m.newest(i, st.tx); x.exists && m.clash(a, s, key, v, x) && !m.counted(a, s, key, i) {
				return i, 0, false
			}
		}
	}
	return nobody, 0, false
}

// clash tells whether two rows have the same unique key. What the texts leave open is taken for equal between the two
// programs, for they are asked about the same thing, and for different from rows that were there before.
func (m *machine) clash(a *actor, s *step, key []int, mine, other *version) bool {
	for _, c := range key {
		x, y := mine.values[c], other.values[c]
		answer := same(x.text, y.text)
		if answer == maybe && other.by != initially && other.by != a.id && (s.mask&bit(c) != 0 || m.asked(a, s, c)) {
			answer = yes
		}
		if answer != yes {
			return false
		}
	}
	return len(key) > 0
}

// counted tells whether a column of a key goes on from numbers among which was that of a row, so that the key is another one than that
// row's. Whatever was read of the table was read when the row was there: what an older look decided may be about the number too.
func (m *machine) counted(a *actor, s *step, key []int, row int) bool {
	if !slices.ContainsFunc(s.set, func(w write) bool { return w.Onward && slices.Contains(key, w.column) }) {
		return false
	}
	seen := false
	for i := range a.ops {
		o := &a.ops[i]
		if o.Kind != Read || o.res.Name != s.res.Name || a.sight[i] == nobody {
			continue
		}
		v, saw := m.rows[row].versions, &m.sights[a.sight[i]]
		n := saw.version(row)
		if n >= 0 && !v[n].exists || n < 0 && saw.at < v[len(v)-1].at {
			return false
		}
		seen = seen || n >= 0 && o.res.Aggregate != Rows && slices.Contains(s.From, i)
	}
	return seen
}

// asked tells whether the program looked for rows by a column, which an insert that does not list its columns then fills.
func (m *machine) asked(a *actor, s *step, column int) bool {
	for i := range a.ops {
		o := &a.ops[i]
		if o.Kind != Read || o.res.Name != s.res.Name {
			continue
		}
		for _, w := range o.target.where {
			if w.column == column && w.relation == equal {
				return true
			}
		}
	}
	return false
}

// conflict does what an insert does when its key is taken.
func (m *machine) conflict(a *actor, st *statement, row int) outcome {
	s := &a.ops[st.op]
	if s.Flags&OnConflictUpdate == 0 && m.rules.family == innodb && s.res.Store == Table {
		if on, ok := m.hold(st.tx, row, ForShare); !ok { // InnoDB share-locks the duplicate
			return blocked(on)
		}
	}
	if s.Flags&(OnConflictIgnore|OnConflictUpdate) == 0 {
		return failure(UniqueViolation)
	}
	if s.res.Store == Table && m.rules.family == postgres && m.changedSince(st, row) {
		return failure(SerializationFailure)
	}
	if s.Flags&OnConflictUpdate == 0 {
		return m.affected(a, st, 0)
	}
	if s.res.Store == Table && m.rules.family != sqlite {
		if on, ok := m.hold(st.tx, row, ForUpdate); !ok {
			return blocked(on)
		}
		if m.changedSince(st, row) {
			return failure(SerializationFailure)
		}
	}
	m.write(a, st, row)
	return m.affected(a, st, 1)
}

// already tells whether the sub-query of an insert-where-not-exists finds a row: on the statement's snapshot in
// PostgreSQL and at InnoDB's READ COMMITTED, under locks in InnoDB's other levels, on the latest elsewhere.
func (m *machine) already(a *actor, st *statement) (bool, outcome) {
	s := &a.ops[st.op]
	snapshot := m.snapshotOf(st)
	if m.rules.family == sqlite || m.rules.gaps {
		snapshot = always
	}
	if m.rules.gaps && s.res.Store == Table {
		there, r := m.share(a, st)
		if there || r.blocked {
			return there, r
		}
		m.guard(a, st, nil)
	}
	at := m.seeSub(a, st, &s.target, snapshot)
	a.sight[st.op] = at
	for i, row := range s.target.rows {
		v := &m.rows[row].versions[m.sights[at].counts[i]]
		if r := &m.rows[row]; r.dirty && r.owner == st.tx {
			v = &r.pending
		}
		if !v.exists {
			continue
		}
		if t := s.target.membership(v); t == yes || t == maybe && v.by != initially {
			return true, outcome{}
		}
	}
	return false, outcome{}
}

// share takes InnoDB's share locks for a sub-query that asks for existence: on every row that its index leads to, up to
// the first that satisfies the predicate.
func (m *machine) share(a *actor, st *statement) (bool, outcome) {
	t := &a.ops[st.op].target
	for _, row := range t.rows {
		r := &m.rows[row]
		v := m.newest(row, st.tx)
		pending := r.dirty && r.owner != st.tx && (t.indexed(&r.pending) || t.indexed(v))
		if !pending && !(v.exists && t.indexed(v)) {
			continue
		}
		if on, ok := m.hold(st.tx, row, ForShare); !ok {
			return false, blocked(on)
		}
		if x := t.membership(v); x == yes || x == maybe && v.by != initially {
			a.sight[st.op] = m.seeSub(a, st, t, always)
			return true, outcome{}
		}
	}
	return false, outcome{}
}

// indexed tells whether a scan by the equalities of a predicate meets a row, which is then locked whether or not the rest
// of the predicate holds.
func (t *target) indexed(v *version) bool {
	if !v.exists {
		return false
	}
	for i := range t.where {
		w := &t.where[i]
		if w.relation == equal && !w.query && compare(equal, v.values[w.column].text, w.value) == no {
			return false
		}
	}
	return true
}
