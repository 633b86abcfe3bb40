package interleave

import "slices"

// The first state. A program comes from one path on which its act happens, so each program, run alone, must get there:
// what its checks and predicates demand of the first state holds in it, as far as the other program allows.

// demand is what a program wants of a row or a set in the first state.
type demand uint8

const (
	free demand = iota
	present
	absent
)

// layRows lays out the slots: one for each keyed row and one for each insert.
func (pl *plan) layRows() {
	for actor := range pl.programs {
		sc := &pl.programs[actor]
		for i := range sc.ops {
			s := &sc.ops[i]
			if !s.touches() && !s.inserts() {
				continue
			}
			owner := initially
			if s.res.Store == Memory && !pl.together || sc.fresh(s.res) {
				owner = int8(actor)
			}
			if s.inserts() {
				s.slot = len(pl.rows)
				pl.rows = append(pl.rows, slot{store: s.res.Store, table: s.res.Name, key: s.res.Key, owner: owner, born: true, want: absent})
			} else if s.res.Key != "" && !sc.fresh(s.res) {
				pl.keyed(s.res, owner)
			}
		}
	}
}

// fresh tells whether the program made the row itself, so that nobody else knows its key.
func (sc *script) fresh(r *Resource) bool {
	for i := range sc.ops {
		o := &sc.ops[i]
		if o.Flags&FreshObject != 0 && o.res.Key == r.Key && o.res.Name == r.Name && o.res.Store == r.Store && r.Key != "" {
			return true
		}
	}
	return false
}

// keyed gives the slot of a keyed row that may exist from the start.
func (pl *plan) keyed(r *Resource, owner int8) int {
	for i := range pl.rows {
		if l := &pl.rows[i]; !l.born && !l.set && l.store == r.Store && l.table == r.Name && l.key == r.Key && l.owner == owner {
			return i
		}
	}
	pl.rows = append(pl.rows, slot{store: r.Store, table: r.Name, key: r.Key, owner: owner})
	return len(pl.rows) - 1
}

// start gives the rows the first state that a world asks for.
func (pl *plan) start(w world) {
	for _, actor := range w {
		pl.constrain(actor)
	}
	pl.fill()
}

// constrain lets the first state meet what a program demands of it, where nothing was demanded before.
func (pl *plan) constrain(actor int) {
	sc := &pl.programs[actor]
	touched := map[[2]int]bool{} // columns the program wrote itself before
	for i := range sc.ops {
		s := &sc.ops[i]
		if s.inserts() || s.res.Name == "" && s.res.Key == "" {
			continue
		}
		at := pl.place(sc, s, actor, i)
		if at < 0 {
			continue
		}
		if !touched[[2]int{at, -1}] {
			pl.demandRow(sc, s, at, i)
		}
		for _, t := range s.target.where {
			if t.relation == equal && !t.query && !touched[[2]int{at, t.column}] {
				pl.suppose(at, t.column, t.value)
			}
		}
		for j := i + 1; j < len(sc.ops); j++ {
			for _, u := range sc.ops[j].uses {
				if u.from == i && u.column >= 0 && u.relation == equal && !u.loose && !touched[[2]int{at, u.column}] {
					pl.suppose(at, u.column, u.value)
				}
			}
		}
		for _, w := range s.set {
			touched[[2]int{at, w.column}] = true
		}
		if s.Kind == Delete || s.Kind == Remove {
			touched[[2]int{at, -1}] = true
		}
	}
}

// place gives the slot that an operation is about in the first state: its keyed row, or the row that stands for its set
// if the set must have one.
func (pl *plan) place(sc *script, s *step, actor, i int) int {
	owner := initially
	if s.res.Store == Memory && !pl.together {
		owner = int8(actor)
	}
	if s.res.Key != "" {
		if sc.fresh(s.res) {
			return -1
		}
		return pl.keyed(s.res, owner)
	}
	if want := sc.wants(s, i); want == absent || want == free && pl.mustLackMember(s) {
		return -1
	}
	return pl.member(s.res, s.target.where, owner)
}

// mustLackMember tells whether a row of the set of an operation may be one of those of which a program demands that there is none.
func (pl *plan) mustLackMember(s *step) bool {
	for actor := range pl.programs {
		sc := &pl.programs[actor]
		for i := range sc.ops {
			o := &sc.ops[i]
			if o.Kind == Read && o.res.Key == "" && o.res.Store == s.res.Store && o.res.Name == s.res.Name && sc.wants(o, i) == absent && overlap(o.target.where, s.target.where) {
				return true
			}
		}
	}
	return false
}

// wants tells what a program demands of the result of an operation.
func (sc *script) wants(s *step, i int) demand {
	for j := i + 1; j < len(sc.ops); j++ {
		for _, u := range sc.ops[j].uses {
			if u.from != i {
				continue
			}
			if u.column >= 0 {
				return present
			}
			switch u.relation {
			case exists, greater, greaterEqual, notEqual, isNotNull:
				return present
			case notExists, less, lessEqual, isNull:
				return absent
			case equal:
				if u.value == "0" {
					return absent
				}
			}
		}
	}
	if s.Kind == Read && (s.res.Aggregate == Count || s.res.Aggregate == Sum) {
		return free
	}
	return present
}

// demandRow settles whether a keyed or standing row exists at the start.
func (pl *plan) demandRow(sc *script, s *step, at, i int) {
	r := &pl.rows[at]
	if r.want != free {
		return
	}
	if r.set {
		r.want = present
		return
	}
	r.want = sc.wants(s, i)
	if r.want == present && (s.Kind == Update || s.Kind == Delete) && s.res.Store != Table && len(s.res.Where) == 0 && pl.created(r) {
		r.want = free // a blind write of a key that is made by somebody says nothing about the start
	}
}

// created tells whether some insert makes a row with this key.
func (pl *plan) created(r *slot) bool {
	for i := range pl.rows {
		if b := &pl.rows[i]; b.born && b.store == r.store && b.table == r.table && b.key == r.key {
			return true
		}
	}
	return false
}

// member gives the row that stands for the members of a set; sets whose predicates may overlap share it.
func (pl *plan) member(r *Resource, where []term, owner int8) int {
	for i := range pl.rows {
		l := &pl.rows[i]
		if l.set && l.store == r.Store && l.table == r.Name && l.owner == owner && overlap(l.where, where) {
			l.where = append(l.where, where...)
			return i
		}
	}
	pl.rows = append(pl.rows, slot{store: r.Store, table: r.Name, owner: owner, set: true, where: append([]term(nil), where...)})
	return len(pl.rows) - 1
}

// overlap tells whether one row may satisfy both predicates.
func overlap(a, b []term) bool {
	for _, x := range a {
		for _, y := range b {
			if x.column == y.column && x.relation == equal && compare(y.relation, x.value, y.value) == no {
				return false
			}
			if x.column == y.column && y.relation == equal && compare(x.relation, y.value, x.value) == no {
				return false
			}
		}
	}
	return true
}

// suppose gives a column of a row its first value unless it has one.
func (pl *plan) suppose(at, column int, text string) {
	r := &pl.rows[at]
	for len(r.values) <= column {
		r.values = append(r.values, value{by: initially})
	}
	if r.values[column].text == "" {
		r.values[column].text = text
	}
}

// fill makes the rows that nobody demanded to be absent exist, unless an insert makes them.
func (pl *plan) fill() {
	for i := range pl.rows {
		r := &pl.rows[i]
		for len(r.values) < len(pl.columns) {
			r.values = append(r.values, value{by: initially})
		}
		r.exists = !r.born && (r.want == present || r.want == free && !pl.created(r))
	}
}

// settle gives every operation the rows that it can mean.
func (pl *plan) settle() {
	for actor := range pl.programs {
		sc := &pl.programs[actor]
		for i := range sc.ops {
			s := &sc.ops[i]
			s.target.keyed = s.res.Key != ""
			s.target.rows = pl.meant(s.target.rows[:0], s.res, int8(actor))
			for j := range s.target.where {
				if sub := s.target.where[j].sub; sub != nil {
					sub.rows = pl.meant(sub.rows[:0], s.target.where[j].of, int8(actor))
				}
			}
		}
	}
}

// sameStart tells whether two worlds of one pair have the same first state.
func sameStart(x, y []slot) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		a, b := &x[i], &y[i]
		if a.exists != b.exists || a.key != b.key || a.table != b.table || a.set != b.set || a.born != b.born || !slices.Equal(a.values, b.values) {
			return false
		}
	}
	return true
}

// meant adds to rows the slots that a resource can mean for an actor.
func (pl *plan) meant(rows []int, r *Resource, actor int8) []int {
	for i := range pl.rows {
		l := &pl.rows[i]
		if l.store != r.Store || l.table != r.Name || r.Key != "" && l.key != r.Key {
			continue
		}
		if l.owner != initially && l.owner != actor && (r.Key != "" || r.Store == Memory) {
			continue
		}
		rows = append(rows, i)
	}
	return rows
}

// aim makes a resource ready, with one level of sub-queries.
func (pl *plan) aim(t *target, r *Resource, depth int) {
	t.keyed, t.measure = r.Key != "", r.Aggregate
	for _, c := range r.Columns {
		t.looks |= bit(pl.column(c))
	}
	if r.Columns == nil {
		t.looks = everyColumn
	}
	for _, c := range r.Where {
		x := term{column: pl.column(c.Column), relation: relationOf(c.Op), value: c.Value, query: c.SubQuery}
		if c.SubQuery && c.Of != nil && depth == 0 {
			x.sub, x.of = new(target), c.Of
			pl.aim(x.sub, c.Of, 1)
		}
		if !c.SubQuery {
			t.filters |= bit(x.column)
		}
		t.where = append(t.where, x)
	}
}
