package interleave

import "strings"

// sight is what one statement saw: for every row that its resource can mean the version, and the row it picked.
type sight struct {
	by     int8
	op     int
	tx     int
	round  int
	at     int
	target *target
	only   int // the one row of a refresh, or nobody
	row    int // the row that was found first, or nobody
	none   bool
	serial int
	values []value
	own    bool // the row shows the reader's own pending write
	locked bool
	counts []int16
}

// rows lists the slots that were looked at.
func (s *sight) rows() []int {
	if s.only != nobody {
		return nil
	}
	return s.target.rows
}

// version gives the index of the version of a row that was seen, -1 when the row was not looked at.
func (s *sight) version(row int) int {
	if s.only == row {
		return int(s.counts[0])
	}
	for i, r := range s.rows() {
		if r == row {
			return int(s.counts[i])
		}
	}
	return -1
}

// newest is what a transaction would overwrite: its own pending version or the last committed one.
func (m *machine) newest(row, tx int) *version {
	r := &m.rows[row]
	if r.dirty && r.owner == tx {
		return &r.pending
	}
	return &r.versions[len(r.versions)-1]
}

// committed gives the index of the last version at or before a snapshot.
func (m *machine) committed(row, snapshot int) int {
	v := m.rows[row].versions
	i := len(v) - 1
	for i > 0 && v[i].seq > snapshot {
		i--
	}
	return i
}

// visible is what a transaction sees of a row at a snapshot.
func (m *machine) visible(row, tx, snapshot int) *version {
	r := &m.rows[row]
	if r.dirty && r.owner == tx {
		return &r.pending
	}
	return &r.versions[m.committed(row, snapshot)]
}

// snapshotOf gives the snapshot that a statement reads at.
func (m *machine) snapshotOf(st *statement) int {
	switch m.rules.snapshot {
	case perStatement:
		return st.snap
	case perTransaction:
		if s := m.txs[st.tx].snapshot; s != nobody {
			return s
		}
		return st.snap
	}
	return always
}

// see records what a statement sees at a snapshot; rows that a locking one weighed are seen as they are now.
func (m *machine) see(a *actor, st *statement, snapshot int, hits []int, locked bool) int {
	s := &a.ops[st.op]
	t := &m.txs[st.tx]
	v := sight{by: a.id, op: st.op, tx: st.tx, round: t.round, at: m.time, target: &s.target, only: nobody, row: nobody, locked: locked}
	rows := s.target.rows
	if st.object >= 0 && (st.kind == Refresh || st.kind == Attr) {
		if v.only = a.objects[st.object].row; v.only != nobody {
			rows = m.only(v.only)
		}
	}
	first := len(m.counts)
	v.none = true
	for _, row := range rows {
		at := snapshot
		if locked && contains(m.weighed, row) {
			at = always
		}
		m.counts = append(m.counts, int16(m.committed(row, at)))
		x := m.visible(row, st.tx, at)
		if !x.exists || locked && !contains(hits, row) {
			continue
		}
		if v.only == nobody && !m.matches(a, x, v.target) {
			continue
		}
		v.none = false
		if v.row == nobody {
			v.row, v.values, v.serial = row, x.values, x.serial
			v.own = x.by == a.id && x.seq == 0 && m.rows[row].dirty
		}
	}
	v.counts = m.counts[first:len(m.counts):len(m.counts)]
	m.sights = append(m.sights, v)
	return len(m.sights) - 1
}

func contains(rows []int, row int) bool {
	for _, r := range rows {
		if r == row {
			return true
		}
	}
	return false
}

// matches tells whether a row satisfies the predicate of a resource, sub-queries aside.
func (m *machine) matches(a *actor, v *version, t *target) bool {
	for i := range t.where {
		w := &t.where[i]
		if w.query {
			continue
		}
		x := v.values[w.column]
		if v.born && v.by != a.id && x.meets(w.relation, w.value) == maybe {
			continue // a rival's new row may satisfy it
		}
		if !decide(w.relation, x, w.value, a.id) {
			return false
		}
	}
	return true
}

// membership tells whether a version belongs to a set, without taking a side.
func (t *target) membership(v *version) truth {
	if !v.exists {
		return no
	}
	answer := yes
	for i := range t.where {
		w := &t.where[i]
		if w.query || w.relation == unknownRelation {
			continue
		}
		x := v.values[w.column]
		c := x.meets(w.relation, w.value)
		if c == maybe && v.born {
			c = yes
		}
		answer = min(answer, c)
	}
	return answer
}

// The ways in which a set can change.
type drift uint8

const (
	grew drift = 1 << iota
	shrank
	altered // a member shows another value
)

// drift tells how a step from one version of a row to another changes a set.
func (t *target) drift(from, to *version, cols columns) drift {
	a, b := t.membership(from), t.membership(to)
	switch {
	case a == no && b == no:
		return 0
	case a == no:
		if t.measure == Sum && t.lowers(to) {
			return grew | altered
		}
		return grew
	case b == no:
		return shrank
	}
	var d drift
	if cols&t.filters != 0 {
		switch {
		case a == maybe && b == yes:
			d |= grew
		case b == maybe:
			d |= grew | shrank
		}
	}
	if cols&t.looks != 0 && (t.measure == Sum || t.measure == Max || t.measure == Rows) {
		d |= altered
	}
	return d
}

// lowers tells whether a new member makes a sum less: what is taken out of an account is booked as an amount below nought.
func (t *target) lowers(v *version) bool {
	for i, x := range v.values {
		if t.looks&(1<<i) != 0 && strings.HasPrefix(strings.TrimLeft(x.text, "("), "-") {
			return true
		}
	}
	return false
}

// upsets tells whether a change of a set may turn a comparison of its size, existence or aggregate.
func (d drift) upsets(r relation, value string) bool {
	if d&altered != 0 && r != exists && r != notExists {
		return true
	}
	switch r {
	case exists, greater, greaterEqual, isNotNull:
		return d&shrank != 0
	case notExists, less, lessEqual, isNull:
		return d&grew != 0
	case equal:
		if value == "0" {
			return d&grew != 0
		}
	case notEqual:
		if value == "0" {
			return d&shrank != 0
		}
	}
	return d != 0
}

// falsified tells whether what an actor's check looks at was changed by the rival so that the decision falls the other way.
func (m *machine) falsified(a *actor, u *use) bool {
	o := &a.ops[u.from]
	switch o.Kind {
	case Update, Delete, Insert, InsertWhereNotExists, Add, Remove, Assign:
		return a.result[u.from] == 0
	}
	at := a.sight[u.from]
	if u.column >= 0 {
		at = a.shown[u.from]
	}
	if at == nobody {
		return false
	}
	s := &m.sights[at]
	if u.column >= 0 && (s.target.keyed || s.only != nobody || o.object >= 0) {
		if s.row == nobody {
			return u.relation != notExists && u.relation != isNull
		}
		x := s.values[u.column]
		if u.relation == unknownRelation || u.loose {
			if x.by == initially || x.by == a.id {
				return false
			}
			return u.relation == unknownRelation || !decide(u.relation, x, u.value, a.id)
		}
		return !decide(u.relation, s.values[u.column], u.value, a.id)
	}
	if s.target.keyed || s.only != nobody || o.object >= 0 {
		switch u.relation {
		case exists, isNotNull:
			return s.row == nobody
		case notExists, isNull:
			return s.row != nobody
		}
	}
	return m.turned(s, u.relation, u.value)
}

// turned tells whether the changes by the rival that a sight shows turn a comparison.
func (m *machine) turned(s *sight, r relation, value string) bool {
	if r == notExists || r == equal && value == "0" {
		// The first state may hold a member after all, where the rival wants one.
		for i, row := range s.rows() {
			v := &m.rows[row].versions[s.counts[i]]
			if v.by == initially && s.target.membership(v) == yes && len(s.target.where) > 0 {
				return true
			}
		}
	}
	if s.only != nobody {
		v := m.rows[s.only].versions
		return s.target.drift(&v[0], &v[s.counts[0]], m.rivalColumns(s.only, int(s.counts[0]), s.by)).upsets(r, value)
	}
	for i, row := range s.rows() {
		v := m.rows[row].versions
		n := int(s.counts[i])
		if cols := m.rivalColumns(row, n, s.by); cols != 0 && s.target.drift(&v[0], &v[n], cols).upsets(r, value) {
			return true
		}
	}
	return false
}

// rivalColumns gives the columns that the rival wrote in the first n versions of a row.
func (m *machine) rivalColumns(row, n int, viewer int8) columns {
	var c columns
	for i := 1; i <= n; i++ {
		if v := &m.rows[row].versions[i]; v.by != viewer {
			c |= v.cols
		}
	}
	return c
}
