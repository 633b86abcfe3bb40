package interleave

import (
	"slices"
	"sync"
)

// plan is a pair made ready to run: names are numbers, every row that can exist has its slot, and the first state is one
// in which each program alone would go through.
type plan struct {
	rules         *rules
	together      bool    // both requests run in one process
	passing       bool    // see Pair.Overtaken
	given         bool    // the first state is known down to its values
	onePage       columns // the indexed columns of a table so small that each index has one page
	columns       []string
	rows          []slot
	locks         []string
	transactional []bool // by lock: it ends with the transaction
	programs      [2]script
	sessions      int  // of both programs: the slots of transactions
	versioned     bool // some operation compares a version that a column holds
	onward        bool // some column goes on from a number that was read
}

// slot is a row that exists at the start or may come into being.
type slot struct {
	store  Store
	table  string
	key    string
	owner  int8 // the only actor that knows the key, or initially
	born   bool // comes into being by an insert
	set    bool // stands for the members of a set
	want   demand
	exists bool // at the start
	values []value
	where  []term // of the row that stands for a set: what its members have in common
}

// script is a program made ready.
type script struct {
	ops      []step
	room     *room // of ops
	threaded bool
	sessions int
	objects  []int // the session of each
	acts     int
	// contested tells that some of the reads are marked as what the candidate is about.
	contested bool
}

// step is an operation made ready.
type step struct {
	*Op
	res     *Resource // its own, or the one that its object was loaded from
	session int       // the slot of its transaction
	object  int       // of the program, -1 for none
	target  target
	slot    int // the row that an insert fills, -1 for none
	lock    int // the named lock, -1 for none
	set     []write
	mask    columns
	uses    []use
	unique  [][]int
	depends []dependency // what an act is fed and controlled by
	act     bool
	rested  bool // an act depends on what it saw
}

// target is a resource made ready: the rows that it can mean and the predicate.
type target struct {
	rows    []int
	keyed   bool
	looks   columns // the columns that a read of it shows
	where   []term
	filters columns // the columns of the predicate
	measure Aggregate
}

type term struct {
	column int
	relation
	value string
	sub   *target   // of a sub-query
	of    *Resource // what it reads
	query bool
}

type write struct {
	column int
	Assignment
}

type use struct {
	from   int
	column int // -1 for existence or the value of an aggregate
	relation
	value string
	loose bool
}

// dependency is a read, or a use of it by a check, that feeds or controls an act.
type dependency struct {
	op  int
	use *use // nil when the value itself is used
}

// columns is a set of column numbers; the last one stands for all beyond.
type columns uint64

const everyColumn = ^columns(0)

func bit(column int) columns { return 1 << min(column, 63) }

// world tells whose conditions shape the first state where the two programs want different ones.
type world [2]int

// prepare makes a pair ready. Its cost is linear in the size of the programs but for the rows of one table, which are few.
func prepare(p Pair, w world) *plan {
	pl := newPlan(p)
	pl.layRows()
	pl.start(w)
	pl.settle()
	return pl
}

func newPlan(p Pair) *plan {
	pl := &plan{rules: p.Engine.rules(), together: p.Placement == SameProcess, passing: p.Overtaken}
	for actor, program := range [2]*Program{&p.A, &p.B} {
		pl.number(actor, program)
	}
	for actor := range pl.programs {
		pl.programs[actor].dependencies()
	}
	return pl
}

// room is for the steps of a program, which with their lists are the most of all that a pair needs, and for going through them.
type room struct {
	steps      []step
	seen, work []int
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// free gives back the rooms of a plan that is not looked at any more.
func (pl *plan) free() {
	for i := range pl.programs {
		sc := &pl.programs[i]
		for k := range sc.ops {
			s := &sc.ops[k]
			s.Op, s.res = nil, nil
		}
		sc.room.steps, sc.ops = sc.ops[:0], nil
		rooms.Put(sc.room)
	}
}

// prepareGiven makes a pair ready to run from a first state that is known down to its values, so that a run can be
// compared with a real engine.
func prepareGiven(p Pair, rows []givenRow) *plan {
	pl := newPlan(p)
	pl.given = true
	for _, g := range rows {
		at := pl.keyed(&Resource{Name: g.table, Key: g.key}, initially)
		pl.rows[at].want = present
		for _, a := range g.values {
			pl.suppose(at, pl.column(a.Column), a.Value)
		}
	}
	pl.layRows()
	for i := range pl.rows {
		if pl.rows[i].want == free {
			pl.rows[i].want = absent
		}
	}
	pl.fill()
	pl.settle()
	return pl
}

// givenRow is a row of a known first state.
type givenRow struct {
	table, key string
	values     []Assignment
}

// number gives sessions, objects, columns and locks of a program their numbers.
func (pl *plan) number(actor int, p *Program) {
	sc := &pl.programs[actor]
	sc.threaded = p.Thread
	sc.room = rooms.Get().(*room)
	sc.ops = slices.Grow(sc.room.steps, len(p.Ops))[:len(p.Ops)]
	sessions, objects := sc.room.seen[:0], sc.room.work[:0]
	index := func(list *[]int, n int) int {
		for i, e := range *list {
			if e == n {
				return i
			}
		}
		*list = append(*list, n)
		return len(*list) - 1
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		s := &sc.ops[i]
		*s = step{Op: op, res: &op.Res, session: pl.sessions + index(&sessions, op.Session), object: -1, slot: -1, lock: -1, act: op.Act,
			target: target{rows: s.target.rows[:0], where: s.target.where[:0]}, set: s.set[:0], uses: s.uses[:0], unique: s.unique[:0], depends: s.depends[:0]}
		pl.aim(&s.target, &op.Res, 0)
		if op.Obj != 0 {
			s.object = index(&objects, op.Session<<16|op.Obj&0xffff)
			if s.object == len(sc.objects) {
				sc.objects = append(sc.objects, s.session)
			}
		}
		if op.Kind == Acquire || op.Kind == Release {
			s.lock = pl.lock(op, actor)
		}
		pl.versioned = pl.versioned || op.Version != "" && op.Version != StoreVersion
		if op.Act {
			sc.acts++
		}
		for _, a := range op.Set {
			s.set = append(s.set, write{pl.column(a.Column), a})
			s.mask |= bit(pl.column(a.Column))
			pl.onward = pl.onward || a.Onward
		}
		for _, u := range op.Uses {
			if u.From >= 0 && u.From < i {
				s.uses = append(s.uses, pl.use(u))
			}
		}
		for _, key := range op.Unique {
			var cols []int
			for _, c := range key {
				cols = append(cols, pl.column(c))
			}
			s.unique = append(s.unique, cols)
		}
	}
	sc.homes()
	sc.sessions = len(sessions)
	pl.sessions += len(sessions)
	sc.room.seen, sc.room.work = sessions, objects
}

// homes gives operations on a loaded object the resource that it was loaded from or added to.
func (sc *script) homes() {
	for i := range sc.ops {
		s := &sc.ops[i]
		if s.object < 0 || s.Kind == Read || s.inserts() {
			continue
		}
		for k := range sc.ops {
			if h := &sc.ops[k]; h.object == s.object && (h.Kind == Read || h.inserts()) && h.Res.Name != "" {
				s.res = &h.Res
				break
			}
		}
	}
}

func (pl *plan) use(u Use) use {
	r := relationOf(u.Op)
	if u.Negated {
		r = r.negation()
	}
	v := use{from: u.From, column: -1, relation: r, value: u.Value, loose: u.Loose}
	if u.Column != "" {
		v.column = pl.column(u.Column)
	}
	return v
}

func (pl *plan) column(name string) int {
	for i, c := range pl.columns {
		if c == name {
			return i
		}
	}
	pl.columns = append(pl.columns, name)
	return len(pl.columns) - 1
}

// lock numbers a named lock; a process's own lock is another one in another process.
func (pl *plan) lock(op *Op, actor int) int {
	name := op.Name
	if op.Scope == ProcessLock {
		name = "process:" + name
		if !pl.together {
			name += "\x00" + string(rune('A'+actor))
		}
	}
	for i, l := range pl.locks {
		if l == name {
			return i
		}
	}
	pl.locks = append(pl.locks, name)
	pl.transactional = append(pl.transactional, op.Scope == TransactionLock)
	return len(pl.locks) - 1
}

// touches tells whether an operation names a resource of its own.
func (s *step) touches() bool {
	switch s.Kind {
	case Read, Refresh, Update, Insert, InsertWhereNotExists, Delete, Add:
		return s.res.Name != "" || s.res.Key != ""
	case Assign, Remove, Attr:
		return s.res.Key != ""
	}
	return false
}

func (s *step) inserts() bool {
	return s.Kind == Insert || s.Kind == Add || s.Kind == InsertWhereNotExists
}

// dependencies collects for each act the reads and checks that feed and control it, through everything between.
func (sc *script) dependencies() {
	if sc.acts == 0 {
		// Without a marked act every write and effect is one.
		for i := range sc.ops {
			s := &sc.ops[i]
			s.act = s.inserts() || s.Kind == Update || s.Kind == Delete || s.Kind == Assign || s.Kind == Remove || s.Kind == Effect
		}
	}
	seen, work := roomFor(sc.room.seen, len(sc.ops)), sc.room.work[:0]
	clear(seen)
	for i := range sc.ops {
		sc.contested = sc.contested || sc.ops[i].Flags&Contested != 0
		if !sc.ops[i].act {
			continue
		}
		sc.ops[i].depends, work = sc.depends(i, seen, work)
		for _, d := range sc.ops[i].depends {
			if d.op < i {
				sc.ops[d.op].rested = true
			}
		}
	}
	sc.room.seen, sc.room.work = seen, work
}

// depends walks From backwards; indices that do not point backwards are ignored, so it ends.
func (sc *script) depends(act int, seen, work []int) ([]dependency, []int) {
	deps := sc.ops[act].depends
	work = append(work[:0], act)
	for len(work) > 0 {
		i := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[i] == act+1 {
			continue
		}
		seen[i] = act + 1
		s := &sc.ops[i]
		for _, f := range s.From {
			if f >= 0 && f < i && (sc.ops[f].res.Store != Table || !s.asks(f)) {
				work = append(work, f)
			}
		}
		for u := range s.uses {
			deps = append(deps, dependency{op: s.uses[u].from, use: &s.uses[u]})
			for _, f := range sc.ops[s.uses[u].from].From { // what the source of a checked value was itself derived from
				if f >= 0 && f < s.uses[u].from {
					work = append(work, f)
				}
			}
		}
		switch s.Kind {
		case Read, Attr, Refresh:
			if i == act {
				break
			}
			n := len(deps)
			deps = sc.checked(deps, i, act)
			if len(deps) == n || !sc.ops[act].fixed() {
				deps = append(deps[:n], dependency{op: i})
			}
		case Update, Delete, InsertWhereNotExists, Insert:
			if i != act {
				deps = append(deps, dependency{op: i})
			}
		}
	}
	return deps, work
}

// asks tells whether a check compares what an operation gave: then it matters by that comparison, and not for what it was. What lies
// under a key is one text for all that is asked of it.
func (s *step) asks(from int) bool {
	if s.Kind != Check {
		return false
	}
	for i := range s.uses {
		if s.uses[i].from == from {
			return true
		}
	}
	return false
}

// fixed tells that what a write stores cannot come from a read: constants, and steps that the store itself adds. What the
// program read and checked before then only decides whether the write happens.
func (s *step) fixed() bool {
	switch s.Kind {
	case Update, Assign, Delete, Remove:
	default:
		return false
	}
	for _, w := range s.set {
		if !w.Relative && !constant(w.Value) {
			return false
		}
	}
	return s.Flags&AllColumns == 0 && (len(s.set) > 0 || s.Kind == Delete || s.Kind == Remove)
}

// checked adds to deps the uses by checks before an act of what an operation read.
func (sc *script) checked(deps []dependency, read, act int) []dependency {
	for i := read + 1; i < act; i++ {
		for u := range sc.ops[i].uses {
			if sc.ops[i].uses[u].from == read {
				deps = append(deps, dependency{op: read, use: &sc.ops[i].uses[u]})
			}
		}
	}
	return deps
}
