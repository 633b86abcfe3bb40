package interleave

// The layer of sessions: what an operation means in statements, with the identity map and the pending writes between.

// begin makes the statements of the current operation.
func (m *machine) begin(a *actor) {
	s := &a.ops[a.pc]
	switch s.Kind {
	case Read, Update, Delete, Insert, InsertWhereNotExists, Refresh:
		m.flush(a, s.session)
		a.push(statement{kind: s.Kind, op: a.pc, tx: s.session, object: s.object})
	case Attr:
		m.attribute(a, s)
	case Expire:
		for i := range a.objects {
			if (s.object == i || s.object < 0) && a.sessionOf(i) == s.session {
				a.objects[i].expired = true
			}
		}
		m.tell(a, Done)
	case Assign, Add, Remove:
		a.backlog = append(a.backlog, backlog{a.pc, s.object, s.session})
		m.tell(a, Done)
	case Flush, Savepoint, ReleaseSavepoint:
		m.flush(a, s.session)
		m.tell(a, Done)
	case Commit:
		m.flush(a, s.session)
		a.push(statement{kind: Commit, op: a.pc, tx: s.session})
	case Rollback, Close:
		a.forget(s.session, s.Kind == Close)
		a.push(statement{kind: s.Kind, op: a.pc, tx: s.session})
	case Begin, Acquire, Release:
		a.push(statement{kind: s.Kind, op: a.pc, tx: s.session})
	case Check:
		m.check(a, s)
	case Effect:
		a.done[a.pc] = m.time
		m.tell(a, Done)
	default:
		m.tell(a, Done)
	}
}

func (a *actor) push(st statement) {
	st.awaits = nobody
	a.queue = append(a.queue, st)
}

// sessionOf gives the session of an object.
func (a *actor) sessionOf(object int) int { return a.script.objects[object] }

// forget drops the pending writes of a session and expires, or on close drops, its objects.
func (a *actor) forget(session int, drop bool) {
	kept := a.backlog[:0]
	for _, b := range a.backlog {
		if b.session != session {
			kept = append(kept, b)
		}
	}
	a.backlog = kept
	for i := range a.objects {
		if a.sessionOf(i) == session && !drop {
			a.objects[i].expired = true
		}
	}
}

// flush makes statements of a session's pending writes: one for each object, deletions last.
func (m *machine) flush(a *actor, session int) {
	if len(a.backlog) == 0 {
		return
	}
	kept := a.backlog[:0]
	first := len(a.queue)
	for _, b := range a.backlog {
		if b.session != session {
			kept = append(kept, b)
			continue
		}
		kind := a.ops[b.op].Kind
		merged := false
		for i := first; i < len(a.queue) && kind == Assign; i++ {
			if q := &a.queue[i]; q.object == b.object && b.object >= 0 && (q.kind == Assign || q.kind == Add) {
				if q.also == nil {
					q.also = make([]int, 0, 4)
				}
				q.also = append(q.also, b.op)
				merged = true
			}
		}
		if !merged {
			a.push(statement{kind: kind, op: b.op, tx: session, object: b.object})
		}
	}
	a.backlog = kept
	flushed := a.queue[first:]
	// Deletions go last; the order among the rest stays.
	for i, n := 0, len(flushed); i < n; i++ {
		if flushed[i].kind == Remove {
			r := flushed[i]
			copy(flushed[i:], flushed[i+1:])
			flushed[len(flushed)-1] = r
			n--
			i--
		}
	}
}

// attribute uses attributes of a loaded object; an expired one is read again first, without a lock.
func (m *machine) attribute(a *actor, s *step) {
	if s.object < 0 {
		m.tell(a, Done)
		return
	}
	o := &a.objects[s.object]
	if o.expired && o.row != nobody {
		a.push(statement{kind: Attr, op: a.pc, tx: s.session, object: s.object})
		return
	}
	a.shown[a.pc], a.sight[a.pc] = o.sight, o.sight
	if m.stale(o) {
		m.tell(a, SawStale)
	} else {
		m.tell(a, Done)
	}
}

// stale tells whether an object shows something older than its row.
func (m *machine) stale(o *object) bool {
	if o.sight == nobody || o.row == nobody {
		return false
	}
	s := &m.sights[o.sight]
	last := len(m.rows[o.row].versions) - 1
	return s.version(o.row) < last && m.rows[o.row].versions[last].by != s.by
}

// load binds an object to what a statement saw of its row. Attributes that the map holds already stay as they are.
func (m *machine) load(a *actor, st *statement, seen int) {
	s := &a.ops[st.op]
	a.sight[st.op] = seen
	if st.object < 0 {
		a.shown[st.op] = seen
		m.tellRead(a, seen)
		return
	}
	o := &a.objects[st.object]
	fresh := o.row == nobody || o.expired || st.kind != Read || s.Flags&PopulateExisting != 0 || s.Res.Store != Table
	if fresh && m.sights[seen].row != nobody {
		*o = object{row: m.sights[seen].row, sight: seen, serial: m.sights[seen].serial}
	}
	if m.sights[seen].row == nobody {
		a.shown[st.op] = seen
	} else {
		a.shown[st.op] = o.sight
	}
	if !fresh && m.stale(o) {
		m.tell(a, SawStale)
		return
	}
	m.tellRead(a, seen)
}

func (m *machine) tellRead(a *actor, seen int) {
	s := &a.ops[a.pc]
	if s.Lock.Strength != NoLock && m.sights[seen].row == nobody && m.sights[seen].none && !m.rules.gaps {
		m.tell(a, SawNothing)
		return
	}
	m.tell(a, Done)
}

// check decides on what was seen.
func (m *machine) check(a *actor, s *step) {
	for i := range s.uses {
		u := &s.uses[i]
		if m.falsified(a, u) {
			m.tell(a, Refused)
			m.leave(a, refused)
			return
		}
	}
	m.tell(a, Done)
}
