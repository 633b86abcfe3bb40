package interleave

import (
	"math"
	"slices"
	"sync"
)

// machine is the abstract machine: rows with their versions, transactions, named locks and two actors. One step runs one
// operation of one actor; whoever drives it chooses the schedule.
type machine struct {
	*plan
	clock   int // of commits
	time    int // of steps
	rows    []row
	txs     []tx
	locks   []int // who holds each named lock: a transaction's slot, or nobody
	writer  int   // who holds SQLite's writer lock
	gaps    []gap
	actors  [2]actor
	story   []Event
	sights  []sight
	grants  []grant
	ended   []finished
	errors  Errors
	watch   func(a *actor, st *statement) // told of each statement that went through, if somebody compares
	values  []value                       // arena of row values, shared by versions and never changed in place
	counts  []int16                       // arena of sight.counts
	commits []int                         // by clock: the time of the commit
	hits    []int                         // the rows that the current statement found and locked
	weighed []int                         // the rows whose latest version it looked at
	one     [1]int
}

const nobody = -1

// wholeFile is the row of a grant that holds off every other writer: SQLite's lock on the file.
const wholeFile = -2

const always = math.MaxInt // the snapshot of a read that sees the latest

// row is a slot's contents: its committed versions, the first of them the first state, and at most one pending.
type row struct {
	versions []version
	pending  version
	owner    int // the transaction of the pending version and the exclusive lock, or nobody
	dirty    bool
	shared   uint64 // the transactions that hold a share lock
}

// version is one state of a row.
type version struct {
	seq    int
	by     int8
	exists bool
	born   bool // by an insert
	act    bool
	at     int // the time of the write
	cols   columns
	serial int // of the version column
	values []value
}

// tx is the transaction of one session, reused for its next ones.
type tx struct {
	actor    int
	open     bool
	begun    bool // by an explicit Begin
	round    int  // counts the transactions of the session
	snapshot int  // nobody, or the clock
	wrote    []int
	done     []int // operations to be made good by the commit
}

// gap is a lock on the rows that a predicate might find.
type gap struct {
	tx     int
	target *target
	step   *step
}

// grant remembers when an explicit lock was given.
type grant struct {
	actor, row, tx int // row is nobody for a named lock, wholeFile for the lock on the database's file
	lock           int
	at, until      int
}

type state uint8

const (
	running state = iota
	waiting
	ended
	refused
	failed
	hung // waits for what can never come
)

// actor is one request.
type actor struct {
	*script
	id      int8
	pc      int
	state   state
	queue   []statement // what is left of the current operation
	started bool        // the current operation was begun
	waits   int         // the transaction that it waits for
	told    bool        // that it waits
	objects []object
	backlog []backlog // pending ORM writes
	sight   []int     // by operation: what its statement saw
	shown   []int     // by operation: what the identity map showed
	result  []int     // by operation: rows affected
	done    []int     // by operation: when it took effect for good, 0 if not
	lost    []int     // by operation: when its claim failed and nobody looked, 0 if not
	subs    []subquery
	retries int
	snap    int // of the last statement
}

// object is an entity in an identity map.
type object struct {
	row     int
	sight   int
	serial  int
	expired bool
}

// backlog is an ORM write that waits for a flush.
type backlog struct {
	op, object, session int
}

// subquery remembers what the sub-query of a statement saw.
type subquery struct {
	op, sight int
	term      *term
}

// machines are used again for other plans, for the room that they have.
var machines = sync.Pool{New: func() any { return new(machine) }}

// newMachine lays a machine out for a plan; reset makes it ready for a run.
func newMachine(pl *plan) *machine {
	m := machines.Get().(*machine)
	m.plan = pl
	m.rows = slices.Grow(m.rows[:0], len(pl.rows))[:len(pl.rows)]
	m.txs = slices.Grow(m.txs[:0], pl.sessions)[:pl.sessions]
	m.locks = roomFor(m.locks, len(pl.locks))
	for i := range m.actors {
		a := &m.actors[i]
		n := len(pl.programs[i].ops)
		a.script, a.id = &pl.programs[i], int8(i)
		a.objects = slices.Grow(a.objects[:0], len(a.script.objects))[:len(a.script.objects)]
		for _, list := range [...]*[]int{&a.sight, &a.shown, &a.result, &a.done, &a.lost} {
			*list = roomFor(*list, n)
		}
	}
	return m
}

// roomFor returns room for n numbers, which may be any.
func roomFor(old []int, n int) []int { return slices.Grow(old[:0], n)[:n] }

// free gives back a machine that is not looked at any more.
func (m *machine) free() {
	m.plan, m.watch = nil, nil
	for i := range m.actors {
		m.actors[i].script = nil
	}
	machines.Put(m)
}

func (m *machine) reset() {
	m.clock, m.time, m.writer, m.errors = 0, 0, nobody, 0
	m.gaps, m.story, m.sights, m.grants, m.ended = m.gaps[:0], m.story[:0], m.sights[:0], m.grants[:0], m.ended[:0]
	m.values, m.counts, m.commits = m.values[:0], m.counts[:0], append(m.commits[:0], 0)
	for i := range m.rows {
		r := &m.rows[i]
		s := &m.plan.rows[i]
		r.versions = append(r.versions[:0], version{by: initially, exists: s.exists, values: s.values})
		r.owner, r.dirty, r.shared = nobody, false, 0
	}
	for i := range m.locks {
		m.locks[i] = nobody
	}
	slot := 0
	for i := range m.actors {
		a := &m.actors[i]
		a.retries = 0
		a.restart()
		for range a.script.sessions {
			t := &m.txs[slot]
			*t = tx{actor: i, snapshot: nobody, wrote: t.wrote[:0], done: t.done[:0]}
			slot++
		}
	}
}

// restart puts an actor at the start of its program with nothing seen.
func (a *actor) restart() {
	a.pc, a.state, a.started, a.told, a.waits, a.snap = 0, running, false, false, nobody, nobody
	a.queue, a.backlog, a.subs = a.queue[:0], a.backlog[:0], a.subs[:0]
	for i := range a.objects {
		a.objects[i] = object{row: nobody, sight: nobody}
	}
	for i := range a.sight {
		a.sight[i], a.shown[i], a.result[i], a.done[i], a.lost[i] = nobody, nobody, nobody, 0, 0
	}
}

// stopped tells whether an actor will run no further.
func (a *actor) stopped() bool { return a.state >= ended }

// run lets an actor go on until it is before an operation, waits or has stopped.
func (m *machine) run(id, before int) {
	a := &m.actors[id]
	for a.state == running && a.pc < before {
		m.step(id)
	}
}

// step runs one operation of an actor, or tries again what it waits for; then the other, if it waits, tries its luck.
func (m *machine) step(id int) {
	m.attempt(id)
	if b := 1 - id; m.actors[b].state == waiting {
		m.attempt(b)
	}
}

func (m *machine) attempt(id int) {
	a := &m.actors[id]
	if a.stopped() {
		return
	}
	if a.pc >= len(a.ops) {
		m.leave(a, ended)
		return
	}
	m.time++
	a.state = running
	if !a.started {
		a.started = true
		m.begin(a)
	}
	for len(a.queue) > 0 && a.state == running {
		m.advance(a, m.execute(a, &a.queue[0]))
	}
	if a.state == running && a.started {
		m.finish(a)
	}
}

// advance does what the result of a statement asks for.
func (m *machine) advance(a *actor, r outcome) {
	switch {
	case r.blocked:
		m.wait(a, r.on)
	case r.failure != 0:
		m.fail(a, r.failure)
	case a.state == running:
		a.told = false
		a.queue = a.queue[:copy(a.queue, a.queue[1:])]
	}
}

// wait makes an actor wait for a transaction, unless the two would wait for each other.
func (m *machine) wait(a *actor, on int) {
	other := &m.actors[1-a.id]
	if m.txs[on].actor == int(a.id) {
		m.leave(a, hung)
		return
	}
	if other.state == waiting && m.txs[other.waits].actor == int(a.id) && !a.told {
		if a.detects(&a.queue[0]) && other.detects(&other.queue[0]) {
			m.fail(a, Deadlock)
		} else {
			m.leave(a, hung)
		}
		return
	}
	a.state, a.waits = waiting, on
	if !a.told {
		a.told = true
		m.tell(a, Waits)
	}
}

// fail raises an engine error in an actor.
func (m *machine) fail(a *actor, e Errors) {
	op := &a.ops[a.pc]
	m.story = append(m.story, Event{Actor: int(a.id), Op: a.pc, What: Failed, Error: e})
	switch {
	case op.Catches&e != 0:
		m.leave(a, refused)
	case op.Retries && a.retries < 2:
		a.retries++
		m.release(a)
		a.restart()
	default:
		m.errors |= e
		m.leave(a, failed)
	}
}

// begunAgain tells whether an error has led one of the programs back to its start.
func (m *machine) begunAgain() bool { return m.actors[0].retries+m.actors[1].retries > 0 }

// leave ends an actor's run: what is open is rolled back and every lock given back.
func (m *machine) leave(a *actor, s state) {
	a.state = s
	a.queue = a.queue[:0]
	if s == ended {
		m.story = append(m.story, Event{Actor: int(a.id), Op: len(a.ops), What: Ended})
	}
	m.release(a)
}

func (m *machine) release(a *actor) {
	for i := range m.txs {
		if m.txs[i].actor == int(a.id) {
			m.rollback(i)
			m.unlockAll(i, true)
		}
	}
}

func (m *machine) tell(a *actor, w What) {
	m.story = append(m.story, Event{Actor: int(a.id), Op: a.pc, What: w})
}

// finish closes the current operation.
func (m *machine) finish(a *actor) {
	a.started = false
	a.pc++
	if a.pc >= len(a.ops) {
		m.leave(a, ended)
	}
}
