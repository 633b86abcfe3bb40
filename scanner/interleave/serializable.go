package interleave

// PostgreSQL's SERIALIZABLE: a transaction is refused when it would complete a dangerous structure, that is
// T1 → T2 → T3 where each arrow is "read what the next one wrote, without seeing it", and T3 committed first.

// finished is a transaction that committed.
type finished struct {
	tx, round int
	snapshot  int
	seq       int // the clock right after its commit
	wrote     bool
}

func (m *machine) remember(id int) {
	if m.rules.family != postgres || !m.rules.serializable {
		return
	}
	t := &m.txs[id]
	if t.snapshot == nobody {
		return
	}
	m.ended = append(m.ended, finished{tx: id, round: t.round, snapshot: t.snapshot, seq: m.clock, wrote: len(t.wrote) > 0})
}

// dangerous tells whether the commit of a transaction would complete a dangerous structure.
func (m *machine) dangerous(id int) bool {
	t := &m.txs[id]
	if t.snapshot == nobody {
		return false
	}
	me := finished{tx: id, round: t.round, snapshot: t.snapshot, seq: always, wrote: len(t.wrote) > 0}
	for i := range m.ended {
		out := &m.ended[i]
		if out.seq <= me.snapshot || !m.missed(&me, out) {
			continue
		}
		// me → out: dangerous if somebody reads what I wrote, or if out itself missed an earlier commit.
		for k := range m.ended {
			in := &m.ended[k]
			if in.seq > me.snapshot && in.seq >= out.seq && m.missed(in, &me) {
				return true
			}
			if in.seq < out.seq && in.seq > out.snapshot && m.missed(out, in) && (me.wrote || in.seq <= me.snapshot) {
				return true
			}
		}
		if m.readByOpen(id, &me) {
			return true
		}
	}
	return false
}

// readByOpen tells whether a transaction still open has read what this one wrote.
func (m *machine) readByOpen(id int, me *finished) bool {
	for i := range m.txs {
		o := &m.txs[i]
		if i == id || !o.open || o.snapshot == nobody {
			continue
		}
		if m.missed(&finished{tx: i, round: o.round, snapshot: o.snapshot, seq: always}, me) {
			return true
		}
	}
	return false
}

// missed tells whether one transaction read something that the other wrote, without seeing it.
func (m *machine) missed(reader, writer *finished) bool {
	for i := range m.sights {
		s := &m.sights[i]
		if s.tx != reader.tx || s.round != reader.round {
			continue
		}
		for k := range s.counts {
			row, seen := m.sightRow(s, k)
			r := &m.rows[row]
			if writer.seq == always {
				if r.dirty && r.owner == writer.tx && m.concerns(s, &r.versions[len(r.versions)-1], &r.pending) {
					return true
				}
				continue
			}
			for n := seen + 1; n < len(r.versions); n++ {
				if r.versions[n].seq == writer.seq && m.concerns(s, &r.versions[n-1], &r.versions[n]) {
					return true
				}
			}
		}
	}
	return false
}

// concerns tells whether the engine counts a change as one of what a sight read: of the row itself, or of the set. Where an
// index has one page only, a read through it locks all of it against later entries.
func (m *machine) concerns(s *sight, from, to *version) bool {
	if m.onePage != 0 && to.at > s.at && (to.born || to.cols&m.onePage != 0) {
		return true
	}
	if s.only != nobody || s.target.keyed {
		return true
	}
	return s.target.membership(from) != no || s.target.membership(to) != no
}
