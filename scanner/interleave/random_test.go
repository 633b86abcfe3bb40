package interleave

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
)

// The differential test: random pairs of short programs over one small table, run statement by statement on a random
// schedule by the machine and by a real engine.

// firstRows is what the table t(id primary key, grp indexed, val, uq unique) holds at the start. The rows of group 15 lie
// between the keys that the programs use, so that a gap lock covers what it is asked for and not its neighbours.
var firstRows = [][4]int{{1, 10, 10, 1001}, {2, 10, 20, 1002}, {3, 20, 30, 1003}, {4, 20, 40, 1004},
	{5, 15, 0, 1005}, {15, 15, 0, 1015}, {25, 15, 0, 1025}, {35, 15, 0, 1035}, {45, 15, 0, 1045}}

func given() []givenRow {
	var rows []givenRow
	for _, r := range firstRows {
		rows = append(rows, givenRow{"t", strconv.Itoa(r[0]), assignments(r)})
	}
	return rows
}

func assignments(r [4]int) []Assignment {
	var list []Assignment
	for i, c := range []string{"id", "grp", "val", "uq"} {
		list = append(list, to(c, strconv.Itoa(r[i])))
	}
	return list
}

// sentence is one statement in both languages.
type sentence struct {
	op    Op
	sql   string
	reads bool
}

// dialect tells what the random programs may use.
type dialect struct {
	locks, advisory, skip, subqueries bool
	mysql                             bool // its spelling
}

// experiment is a pair of programs and a schedule.
type experiment struct {
	programs [2][]sentence
	schedule []int
}

func (x *experiment) pair(e Engine) Pair {
	p := Pair{Engine: e, Placement: TwoProcesses}
	for _, s := range x.programs[0] {
		p.A.Ops = append(p.A.Ops, s.op)
	}
	for _, s := range x.programs[1] {
		p.B.Ops = append(p.B.Ops, s.op)
	}
	return p
}

func (x *experiment) String() string {
	var b strings.Builder
	for i, p := range x.programs {
		for k, s := range p {
			fmt.Fprintf(&b, "%c%d %s\n", 'A'+i, k, s.sql)
		}
	}
	fmt.Fprint(&b, x.schedule)
	return b.String()
}

func randomExperiment(r *rand.Rand, d dialect) *experiment {
	x := &experiment{}
	for i := range x.programs {
		for range 1 + r.IntN(2) {
			for range 1 + r.IntN(3) {
				x.programs[i] = append(x.programs[i], randomSentence(r, d, i))
			}
			end := sentence{op: Op{Kind: Commit, Session: 1}, sql: "COMMIT"}
			if r.IntN(6) == 0 {
				end = sentence{op: Op{Kind: Rollback, Session: 1}, sql: "ROLLBACK"}
			}
			x.programs[i] = append(x.programs[i], end)
		}
	}
	for range 40 {
		x.schedule = append(x.schedule, r.IntN(2))
	}
	return x
}

func randomSentence(r *rand.Rand, d dialect, actor int) sentence {
	id, grp := strconv.Itoa(1+r.IntN(3)), strconv.Itoa(10*(1+r.IntN(2)))
	val := strconv.Itoa(10 * (1 + r.IntN(5)))
	one, where := keyed("t", id), "id = "+id
	if r.IntN(4) == 0 {
		one.Where = []Cond{{Column: "val", Op: ">=", Value: val}}
		where += " AND val >= " + val
	}
	if r.IntN(3) == 0 {
		one, where = members("t", Rows, eq("grp", grp)), "grp = "+grp
	}
	switch n := r.IntN(20); {
	case n < 6:
		s := sentence{op: Op{Kind: Read, Session: 1, Res: one}, sql: "SELECT id, grp, val FROM t WHERE " + where + " ORDER BY id", reads: true}
		if d.locks {
			s.lock(r.IntN(8), d)
		}
		return s
	case n < 9:
		return sentence{op: Op{Kind: Update, Session: 1, Res: one, Set: []Assignment{to("val", strconv.Itoa(100+r.IntN(50)))}},
			sql: "UPDATE t SET val = %v WHERE " + where}.valued()
	case n < 12:
		step := strconv.Itoa(1 + r.IntN(9))
		return sentence{op: Op{Kind: Update, Session: 1, Res: one, Set: []Assignment{{Column: "val", Value: step, Relative: true}}},
			sql: "UPDATE t SET val = val + " + step + " WHERE " + where}
	case n < 13:
		return sentence{op: Op{Kind: Update, Session: 1, Res: one, Set: []Assignment{to("grp", grp)}}, sql: "UPDATE t SET grp = " + grp + " WHERE " + where}
	case n < 14:
		return sentence{op: Op{Kind: Delete, Session: 1, Res: one}, sql: "DELETE FROM t WHERE " + where}
	case n < 15 && d.advisory:
		name := strconv.Itoa(1 + r.IntN(2))
		return sentence{op: Op{Kind: Acquire, Session: 1, Name: name, Scope: TransactionLock}, sql: "SELECT pg_advisory_xact_lock(" + name + ")"}
	case n < 16 && d.subqueries:
		limit := strconv.Itoa(1 + r.IntN(4))
		other := members("t", Count, eq("grp", grp))
		return sentence{op: Op{Kind: Update, Session: 1, Res: Resource{Name: "t", Key: id, Where: []Cond{{Op: "<", Value: limit, SubQuery: true, Of: &other}}},
			Set: []Assignment{to("val", "77")}}, sql: "UPDATE t SET val = 77 WHERE id = " + id + " AND (SELECT count(*) FROM t AS o WHERE o.grp = " + grp + ") < " + limit}
	}
	return randomInsert(r, d, actor, grp, val)
}

func randomInsert(r *rand.Rand, d dialect, actor int, grp, val string) sentence {
	id := strconv.Itoa([]int{1, 10, 20, 30 + 10*actor}[r.IntN(4)])
	uq := strconv.Itoa(501 + r.IntN(3))
	values := []Assignment{to("id", id), to("grp", grp), to("val", val), to("uq", uq)}
	o := Op{Kind: Insert, Session: 1, Res: keyed("t", id), Set: values, Unique: [][]string{{"id"}, {"uq"}}}
	list := id + ", " + grp + ", " + val + ", " + uq
	s := sentence{op: o, sql: "INSERT INTO t (id, grp, val, uq) VALUES (" + list + ")"}
	switch r.IntN(4) {
	case 0:
		s.op.Flags |= OnConflictIgnore
		s.sql += " ON CONFLICT DO NOTHING"
		if d.mysql {
			s.sql = "INSERT IGNORE INTO t (id, grp, val, uq) VALUES (" + list + ")"
		}
	case 1:
		s.op.Kind = InsertWhereNotExists
		s.op.Res = members("t", Exists, eq("grp", grp), Cond{Column: "val", Op: ">=", Value: val})
		s.sql = "INSERT INTO t (id, grp, val, uq) SELECT " + list + " FROM (SELECT 1) AS one WHERE NOT EXISTS (SELECT 1 FROM t WHERE grp = " + grp + " AND val >= " + val + ")"
	}
	return s
}

// valued writes the assigned value into the text.
func (s sentence) valued() sentence {
	s.sql = fmt.Sprintf(s.sql, s.op.Set[0].Value)
	return s
}

func (s *sentence) lock(n int, d dialect) {
	switch n {
	case 0, 1:
		s.op.Lock, s.sql = forUpdate, s.sql+" FOR UPDATE"
	case 2:
		s.op.Lock = LockMode{Strength: ForShare}
		if d.mysql {
			s.sql += " LOCK IN SHARE MODE"
		} else {
			s.sql += " FOR SHARE"
		}
	case 3:
		if d.skip {
			s.op.Lock, s.sql = LockMode{Strength: ForUpdate, SkipLocked: true}, s.sql+" FOR UPDATE SKIP LOCKED"
		}
	case 4:
		if d.skip {
			s.op.Lock, s.sql = LockMode{Strength: ForUpdate, NoWait: true}, s.sql+" FOR UPDATE NOWAIT"
		}
	}
}

// simulate runs an experiment on the machine and logs every wait and result.
func simulate(x *experiment, e Engine) []string {
	pl := prepareGiven(x.pair(e), given())
	pl.onePage = bit(pl.column("grp")) | bit(pl.column("id")) | bit(pl.column("uq"))
	m := newMachine(pl)
	m.reset()
	var log []string
	var result [2]string
	m.watch = func(a *actor, st *statement) {
		if st.kind == Read {
			result[a.id] = m.shownRows(a, st)
		} else {
			result[a.id] = strconv.Itoa(a.result[st.op]) + " rows"
		}
	}
	told := 0
	tell := func() {
		for ; told < len(m.story); told++ {
			ev := m.story[told]
			line := fmt.Sprintf("%c%d ", 'A'+ev.Actor, ev.Op)
			switch ev.What {
			case Ended:
				continue
			case Waits:
				line += "waits"
			case Failed:
				line += "error: " + ev.Error.String()
			default:
				line += strings.TrimSpace("done " + result[ev.Actor])
				result[ev.Actor] = ""
			}
			log = append(log, line)
		}
	}
	for _, id := range x.schedule {
		if m.actors[id].state != running {
			id = 1 - id
		}
		if m.actors[id].state != running {
			break
		}
		m.step(id)
		tell()
	}
	return log
}

// shownRows lists the rows of a read as the engine would return them.
func (m *machine) shownRows(a *actor, st *statement) string {
	s := &m.sights[a.sight[st.op]]
	var rows []string
	for i, row := range s.target.rows {
		v := &m.rows[row].versions[s.counts[i]]
		if r := &m.rows[row]; r.dirty && r.owner == st.tx {
			v = &r.pending
		}
		if !v.exists || s.locked && !contains(m.hits, row) || s.target.membership(v) != yes {
			continue
		}
		text := func(column string) string { return v.values[m.column(column)].text }
		rows = append(rows, text("id")+":"+text("grp")+":"+text("val"))
	}
	sort.Strings(rows)
	return strings.Join(rows, " ")
}
