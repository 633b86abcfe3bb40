package interleave

import "slices"

// What the operations of a program have to do with the other one: two of them that do not meet in anything may change places, and
// nobody notices.

// places is a set of what two programs can meet in: rows, named locks, gaps and the file of the database. The last one stands for all beyond.
type places [4]uint64

const (
	anyGap = iota
	theFile
	firstLock // and after the locks the rows
)

func (p *places) add(place int) {
	place = min(place, 64*len(p)-1)
	p[place>>6] |= 1 << (place & 63)
}

func (p *places) drop(place int) {
	if place < 64*len(p)-1 {
		p[place>>6] &^= 1 << (place & 63)
	}
}

func (p *places) join(o *places) {
	for i := range p {
		p[i] |= o[i]
	}
}

func (p *places) meet(o *places) bool {
	return p[0]&o[0]|p[1]&o[1]|p[2]&o[2]|p[3]&o[3] != 0
}

// touch is what some operations have to do with the other program.
type touch struct {
	sees    places // rows whose committed state they look at
	takes   places // what they lock, or may wait for
	frees   places // what they give back, also because the program may end with them
	gives   places // rows that others see changed afterwards
	looks   bool   // at rows at all
	writes  bool
	settles bool // it is over, or good, from here on what an act did
}

func (t *touch) join(o *touch) {
	t.sees.join(&o.sees)
	t.takes.join(&o.takes)
	t.frees.join(&o.frees)
	t.gives.join(&o.gives)
	t.looks, t.writes, t.settles = t.looks || o.looks, t.writes || o.writes, t.settles || o.settles
}

// meets tells whether the order of operations of A and B may be noticed.
func (pl *plan) meets(a, b *touch) bool {
	return a.sees.meet(&b.gives) || a.gives.meet(&b.sees) || a.gives.meet(&b.gives) ||
		a.takes.meet(&b.takes) || a.takes.meet(&b.frees) || a.frees.meet(&b.takes) ||
		pl.passing && a.settles && b.writes || // see edges.passed
		pl.onward && (a.looks && b.writes || a.writes && b.looks) // see counted
}

// toucher goes through a program and notes what it touches between one hold and the next.
type toucher struct {
	*plan
	sc       *script
	out      []touch
	at       int   // in out
	now      touch // of the operation
	again    []restart
	spoke    int      // where in out the last statement was sent
	every    places   // all rows
	objects  []places // the rows that an object can be
	sessions []standing
	leaves   bool // the program may end with the operation
}

// standing is what a session has open.
type standing struct {
	held    places // until its transaction ends
	named   places // and the named locks that outlive it
	wrote   places
	sent    int // the operations before it have been flushed
	expired bool
}

// restart is an operation that may lead back to the start of its program.
type restart struct {
	stretch int
	takes   places // what it may have to wait for
	writes  bool   // which may be refused whatever the other does
}

// touches gives for both programs, by stretch, what each touches between two holds, and before the first and behind the last. In a stretch
// from which a program may begin again it does anything once more that it has done till then.
func (pl *plan) touches(holds *[2][]hold) (touched [2][]touch) {
	var again [2][]restart
	for id := range holds {
		touched[id], again[id] = pl.touched(id, holds[id])
	}
	for id := range again {
		if len(again[id]) == 0 {
			continue
		}
		var rival touch
		for i := range touched[1-id] {
			rival.join(&touched[1-id][i])
		}
		for _, r := range again[id] {
			// What takes nothing of the other's neither waits for it nor comes too late.
			if !r.writes && !r.takes.meet(&rival.takes) {
				continue
			}
			for i := range r.stretch {
				touched[id][r.stretch].join(&touched[id][i])
			}
		}
	}
	return touched
}

// touched goes through one program, and lists what may make it begin again.
func (pl *plan) touched(id int, holds []hold) ([]touch, []restart) {
	sc := &pl.programs[id]
	t := toucher{plan: pl, sc: sc, out: make([]touch, len(holds)+1), objects: make([]places, len(sc.objects)), sessions: make([]standing, pl.sessions)}
	for i := range pl.rows {
		t.every.add(pl.rowPlace(i))
	}
	for i := range sc.ops {
		s := &sc.ops[i]
		if s.object < 0 {
			continue
		}
		switch s.Kind {
		case Read, Refresh, Attr:
			pl.mark(&t.objects[s.object], s.target.rows)
		case Add, Insert, InsertWhereNotExists:
			t.objects[s.object].add(pl.rowPlace(s.slot))
		}
	}
	for i := range sc.ops {
		if slices.ContainsFunc(holds, func(h hold) bool { return h.before == i }) {
			t.at++
		}
		t.now = touch{}
		t.operation(i)
		t.out[t.at].join(&t.now)
		if sc.ops[i].Retries && (t.now.writes || t.now.takes != places{}) {
			t.again = append(t.again, restart{t.at, t.now.takes, t.now.writes})
		}
	}
	return t.out, t.again
}

func (pl *plan) rowPlace(row int) int { return firstLock + len(pl.locks) + row }

func (pl *plan) mark(p *places, rows []int) {
	for _, r := range rows {
		p.add(pl.rowPlace(r))
	}
}

func (t *toucher) operation(i int) {
	s := &t.sc.ops[i]
	own := &t.sessions[s.session]
	out := &t.now
	t.leaves = i == len(t.sc.ops)-1
	switch s.Kind {
	case Read, Refresh:
		t.flush(i)
		t.read(s)
	case Attr:
		if s.object >= 0 && own.expired {
			t.read(s)
		}
	case Update, Delete, Insert, InsertWhereNotExists:
		t.flush(i)
		t.write(s)
	case Expire:
		own.expired = true
	case Flush, Savepoint, ReleaseSavepoint:
		t.flush(i)
	case Commit:
		t.flush(i)
		t.end(own)
		own.expired = own.expired || s.Flags&KeepOnCommit == 0
	case Rollback, Close:
		own.sent, own.wrote, own.expired = i+1, places{}, true
		if s.Kind == Close {
			out.frees.join(&own.named)
		}
		t.end(own)
		if s.Kind == Close {
			own.named = places{}
		}
	case Begin:
		if t.rules.family == sqlite && (t.rules.immediate || s.Flags&Immediate != 0) {
			out.takes.add(theFile)
			own.held.add(theFile)
			t.leaves = true
		}
	case Acquire:
		t.acquire(s)
	case Release:
		out.frees.add(firstLock + s.lock)
		own.named.drop(firstLock + s.lock)
		own.held.drop(firstLock + s.lock)
	case Check:
		t.leaves = t.leaves || len(s.uses) > 0
	case Effect:
		if s.act {
			out.sees.join(&t.every) // its time is compared with that of commits
			out.settles = true
		}
	}
	if t.leaves {
		for k := range t.sessions {
			out.frees.join(&t.sessions[k].held)
			out.frees.join(&t.sessions[k].named)
		}
	}
}

// end is that of a transaction.
func (t *toucher) end(own *standing) {
	out := &t.now
	if own.wrote != (places{}) {
		out.gives.join(&own.wrote)
		out.settles = true
	}
	out.frees.join(&own.held)
	own.held, own.wrote = places{}, places{}
}

// flush sends what is pending of an operation's session.
func (t *toucher) flush(i int) {
	own := &t.sessions[t.sc.ops[i].session]
	for k := own.sent; k < i; k++ {
		if s := &t.sc.ops[k]; s.session == t.sc.ops[i].session && (s.Kind == Assign || s.Kind == Add || s.Kind == Remove) {
			t.write(s)
		}
	}
	own.sent = i
}

// speak is what every statement does to a database.
func (t *toucher) speak(s *step) {
	out := &t.now
	if s.res.Store == Table && t.rules.snapshot == perTransaction {
		out.sees.join(&t.every) // it may fix the snapshot
	}
	t.spoke = t.at
}

// alone commits a statement that may be a transaction of its own.
func (t *toucher) alone(s *step) {
	if !t.rules.autocommit && s.Session != 0 {
		return
	}
	out, own := &t.now, &t.sessions[s.session]
	out.gives.join(&own.wrote)
	out.frees.join(&own.held)
	out.settles = out.settles || own.wrote != (places{})
}

func (t *toucher) read(s *step) {
	out := &t.now
	var rows places
	t.mark(&rows, s.target.rows)
	if s.object >= 0 && s.Kind != Read {
		rows.join(&t.objects[s.object])
	}
	out.looks = true
	if s.Flags&SameStatement != 0 {
		for k := t.spoke; k < t.at; k++ {
			t.out[k].sees.join(&rows) // it looks at what was there when that statement began
			t.out[k].looks = true
		}
	}
	out.sees.join(&rows)
	if s.res.Store != Table {
		return
	}
	t.speak(s)
	locks := s.Lock.Strength != NoLock && s.Kind != Attr || t.rules.family == innodb && s.Flags&SameStatement != 0
	if locks && t.rules.family != sqlite {
		t.take(s, &rows)
		t.leaves = true
	}
	t.alone(s)
}

// take locks rows, and where the engine does the gaps between them.
func (t *toucher) take(s *step, rows *places) {
	out, own := &t.now, &t.sessions[s.session]
	locked := *rows
	if t.rules.gaps {
		locked.add(anyGap)
	}
	if t.rules.family == sqlite {
		locked.add(theFile)
	}
	out.takes.join(&locked)
	own.held.join(&locked)
}

func (t *toucher) write(s *step) {
	out, own := &t.now, &t.sessions[s.session]
	t.leaves, out.writes = true, true
	var rows, written places
	if !s.inserts() || s.Kind == InsertWhereNotExists {
		t.mark(&rows, s.target.rows)
	}
	if s.inserts() {
		written.add(t.rowPlace(s.slot))
		if len(s.unique) > 0 {
			for i := range t.plan.rows {
				if t.plan.rows[i].table == s.res.Name && t.plan.rows[i].store == s.res.Store {
					rows.add(t.rowPlace(i))
				}
			}
			if s.Flags&OnConflictUpdate != 0 {
				written.join(&rows)
			}
		}
	} else {
		if s.object >= 0 {
			rows.join(&t.objects[s.object])
		}
		written.join(&rows)
	}
	rows.join(&written)
	for i := range s.target.where {
		if sub := s.target.where[i].sub; sub != nil {
			t.mark(&rows, sub.rows)
		}
	}
	out.sees.join(&rows)
	out.looks = true
	if s.res.Store != Table {
		out.takes.join(&rows)
		out.gives.join(&written)
		out.settles = true
		return
	}
	t.speak(s)
	t.take(s, &rows)
	own.wrote.join(&written)
	t.alone(s)
}

// acquire takes a named lock.
func (t *toucher) acquire(s *step) {
	out, own := &t.now, &t.sessions[s.session]
	database := s.Scope == TransactionLock || s.Scope == SessionLock
	if database && t.rules.family == sqlite {
		return
	}
	if database && s.Session != 0 && t.rules.snapshot == perTransaction {
		out.sees.join(&t.every)
	}
	place := firstLock + s.lock
	out.takes.add(place)
	if t.transactional[s.lock] {
		own.held.add(place)
	} else {
		own.named.add(place)
	}
	if t.rules.autocommit || s.Session == 0 {
		out.frees.add(place) // it may be a transaction of its own
	}
	t.leaves = true
}
