package interleave

// edges is what ties the two requests of a run: the first must come before the second, or the other way round. Both at
// once mean that no serial order explains the run.
type edges struct {
	first  [2]bool // by actor: it must come first
	missed [2]bool // by actor: an act of its rests on a read that did not see what the other wrote
	passed bool    // the rival wrote what A did not see before it was settled what A did
	void   bool    // an act followed from a claim of its own that had failed
	stale  bool    // a read that made the cycle was older than an explicit lock on its row
	late   bool    // the same with a named lock
	early  bool    // a read that made the cycle used a snapshot from before a lock was given
}

// race tells whether both requests acted and no serial order explains it.
func (m *machine) race() (edges, bool) {
	var e edges
	for i := range m.actors {
		if a := &m.actors[i]; !a.acted() || a.state != ended && !a.tookEffect() {
			return e, false
		}
	}
	for i := range m.actors {
		m.control(&m.actors[i], &e)
		m.losses(&m.actors[i], &e)
	}
	m.overwrites(&e)
	if m.passing && !e.passed {
		return e, false
	}
	return e, e.first[0] && e.first[1] || e.void
}

// acted tells whether an act took effect.
func (a *actor) acted() bool {
	for i, t := range a.done {
		if t > 0 && a.ops[i].act {
			return true
		}
	}
	return false
}

// tookEffect tells whether something happened that an error which came later cannot take back.
func (a *actor) tookEffect() bool {
	for i, t := range a.done {
		if t > 0 && a.ops[i].act && a.ops[i].Kind == Effect {
			return true
		}
	}
	return false
}

// control adds the edges of the reads that feed and control the acts of one program.
func (m *machine) control(a *actor, e *edges) {
	for i := range a.ops {
		if a.done[i] == 0 || !a.ops[i].act {
			continue
		}
		for _, d := range a.ops[i].depends {
			m.dependency(a, i, d, e)
		}
		for _, sub := range a.subs {
			if sub.op == i {
				m.against(a, i, &m.sights[sub.sight], sub.term.sub.filters, e, func(from, to *version) bool {
					return m.sights[sub.sight].target.drift(from, to, to.cols).upsets(sub.term.relation, sub.term.value)
				})
			}
		}
		if a.ops[i].Kind == InsertWhereNotExists && a.sight[i] != nobody {
			s := &m.sights[a.sight[i]]
			m.against(a, i, s, s.target.filters, e, func(from, to *version) bool { return s.target.drift(from, to, to.cols)&grew != 0 })
		}
		if s := &a.ops[i]; s.Flags&AllColumns != 0 && s.object >= 0 && a.objects[s.object].sight != nobody {
			m.against(a, i, &m.sights[a.objects[s.object].sight], everyColumn, e, func(from, to *version) bool { return s.wipes(from, to) })
		}
	}
}

// wipes tells whether a change is lost to a write of all columns: it changed one that the write does not mean to change.
func (s *step) wipes(from, to *version) bool {
	if !to.exists {
		return true
	}
	for c := range to.values {
		if s.mask&bit(c) == 0 && (c >= len(from.values) || to.values[c].text != from.values[c].text || to.values[c].rel != from.values[c].rel) {
			return true
		}
	}
	return false
}

// dependency adds the edges of one read that an act depends on.
func (m *machine) dependency(a *actor, act int, d dependency, e *edges) {
	o := &a.ops[d.op]
	if a.lost[d.op] > 0 {
		e.void = true
	}
	at := a.sight[d.op]
	if d.use != nil && d.use.column >= 0 || o.Kind == Attr {
		at = a.shown[d.op]
	}
	if at == nobody || o.Kind == Update || o.Kind == Delete {
		return
	}
	s := &m.sights[at]
	m.against(a, act, s, looksAt(s, o, d.use), e, func(from, to *version) bool {
		return (!a.contested || o.Flags&Contested != 0) && m.matters(a, s, o, d.use, from, to)
	})
}

// looksAt gives the columns that an act takes from a read.
func looksAt(s *sight, o *step, u *use) columns {
	switch {
	case u != nil && u.column >= 0:
		return bit(u.column)
	case o.Kind == Attr:
		return o.target.looks
	case u != nil || o.object >= 0:
		return s.target.filters
	}
	return s.target.looks | s.target.filters
}

// against compares what a sight showed with what the rival committed: a change that matters and was not seen puts the
// reader first, one that was seen puts the rival first. An effect that came after such a change cannot be taken back.
func (m *machine) against(a *actor, act int, s *sight, looks columns, e *edges, matters func(from, to *version) bool) {
	for i := range s.counts {
		row, seen := m.sightRow(s, i)
		if (s.target.keyed || s.only != nobody) && s.row != nobody && row != s.row {
			continue
		}
		v := m.rows[row].versions
		for n := 1; n < len(v); n++ {
			if v[n].by == a.id {
				continue
			}
			if n <= seen {
				if v[n].cols&looks != 0 || v[n].born || !v[n].exists {
					e.first[1-a.id] = true
				}
				continue
			}
			if !matters(&v[n-1], &v[n]) {
				continue
			}
			e.first[a.id], e.missed[a.id] = true, true
			e.passed = e.passed || a.id == 0 && m.passing && v[n].at < m.settled(a, act)
			if a.ops[act].Kind == Effect && v[n].seq > 0 && m.committedAt(v[n].seq) < a.done[act] {
				e.first[1-a.id] = true
			}
			m.late(a, s, row, v[n].seq, e)
		}
	}
}

// settled is the time from which nothing could change any more what an act did: the commit of what its request wrote, or the act itself.
func (m *machine) settled(a *actor, act int) int {
	at := a.done[act]
	for i := range m.rows {
		for j := range m.rows[i].versions {
			if v := &m.rows[i].versions[j]; v.by == a.id && v.act && v.seq > 0 {
				at = max(at, m.committedAt(v.seq))
			}
		}
	}
	return at
}

func (m *machine) sightRow(s *sight, i int) (row, seen int) {
	if s.only != nobody {
		return s.only, int(s.counts[0])
	}
	return s.target.rows[i], int(s.counts[i])
}

// matters tells whether a change by the rival changes what an act depends on: the decision of a check, or a value that flows on.
func (m *machine) matters(a *actor, s *sight, o *step, u *use, from, to *version) bool {
	single := s.target.keyed || s.only != nobody || o.object >= 0
	if u == nil {
		if from.exists != to.exists {
			return true
		}
		switch {
		case o.Kind == Attr:
			return to.cols&o.target.looks != 0
		case o.object >= 0:
			return false // the attributes that flow on are told by their own operations
		case single:
			return to.cols&(o.target.looks|o.target.filters) != 0
		}
		return s.target.drift(from, to, to.cols) != 0
	}
	if u.column >= 0 && single {
		if !to.exists {
			return true
		}
		if to.cols&bit(u.column) == 0 {
			return false
		}
		return u.relation == unknownRelation || !decide(u.relation, to.values[u.column], u.value, a.id)
	}
	if single {
		was, is := from.exists && m.matches(a, from, s.target), to.exists && m.matches(a, to, s.target)
		switch u.relation {
		case exists, isNotNull:
			return was && !is
		case notExists, isNull:
			return !was && is
		}
		return was != is || u.relation == unknownRelation && to.cols&(s.target.looks|s.target.filters) != 0
	}
	return s.target.drift(from, to, to.cols).upsets(u.relation, u.value)
}

// losses adds the edges of writes that found nothing to write any more: they saw what the rival had done.
func (m *machine) losses(a *actor, e *edges) {
	for i, at := range a.lost {
		if at == 0 {
			continue
		}
		for _, row := range a.ops[i].target.rows {
			for _, v := range m.rows[row].versions {
				if v.by == 1-a.id && !v.born && m.committedAt(v.seq) <= at {
					e.first[1-a.id] = true
				}
			}
		}
	}
}

// overwrites adds the edges of writes to one row: the earlier writer comes first. Writes that no candidate is about do not count.
func (m *machine) overwrites(e *edges) {
	for i := range m.rows {
		v := m.rows[i].versions
		for n := 1; n < len(v); n++ {
			for k := n + 1; k < len(v); k++ {
				if v[n].by != v[k].by && (v[n].act || v[k].act) {
					e.first[v[n].by] = true
				}
			}
		}
	}
}

// late tells whether a sight that missed a change was older than a lock that the reader took after the change.
func (m *machine) late(a *actor, s *sight, row, seq int, e *edges) {
	changed := m.committedAt(seq)
	for i := range m.grants {
		g := &m.grants[i]
		if g.actor != int(a.id) || g.at < changed {
			continue
		}
		switch {
		case s.at >= g.at:
			e.early = true
		case g.row == row:
			e.stale = true
		case g.row == nobody, g.row == wholeFile:
			e.late = true
		}
	}
}

// committedAt gives the time of a commit.
func (m *machine) committedAt(seq int) int { return m.commits[seq] }
