package interleave

import "testing"

var acct = keyed("acct", "1")

// cell is the expected verdict on one engine.
type cell map[Engine]Outcome

// shape is one row of the measured matrix: two requests of the same code, or a request and its rival.
type shape struct {
	name  string
	build func(b *builder)
	rival func(b *builder)
	want  cell
}

const (
	pg    = PostgresReadCommitted
	pgrr  = PostgresRepeatableRead
	pgs   = PostgresSerializable
	my    = MySQLRepeatableRead
	myrc  = MySQLReadCommitted
	mys   = MySQLSerializable
	lite  = SQLiteDefault
	liteb = SQLiteBegin
	litei = SQLiteImmediate
	auto  = Autocommit
	snap  = MariaDBSnapshot

	safe = Sound
	errs = FailsCleanly
	bad  = Race
)

// three gives the cells of the three engines that every row was measured on.
func three(p, m, l Outcome) cell { return cell{pg: p, my: m, lite: l} }

func (c cell) and(e Engine, o Outcome) cell { c[e] = o; return c }

var matrix = []shape{
	{"L0 load, check, assign, commit", func(b *builder) { b.load(acct, LockMode{}); b.pay() }, nil,
		three(bad, bad, bad).and(pgrr, errs).and(pgs, errs).and(mys, errs).and(myrc, bad).and(snap, errs).and(liteb, errs).and(litei, safe)},
	{"L1 the same in session.begin()", func(b *builder) { b.add(Op{Kind: Begin, Session: 1}); b.load(acct, LockMode{}); b.pay() }, nil, three(bad, bad, bad)},
	{"L3 loaded, then select for update", func(b *builder) { b.load(acct, LockMode{}); b.load(acct, forUpdate); b.pay() }, nil, three(bad, bad, bad)},
	{"L6 loaded, then refresh with lock", func(b *builder) { b.load(acct, LockMode{}); b.refresh(forUpdate); b.pay() }, nil, three(safe, safe, bad)},
	{"L7 lock on the first load", func(b *builder) { b.load(acct, forUpdate); b.pay() }, nil, three(safe, safe, bad)},
	{"W1 conditional update, row count checked", func(b *builder) {
		b.update(Resource{Name: "acct", Key: "1", Where: []Cond{{Column: "bal", Op: ">=", Value: "80"}}}, nil, less80("bal"))
		b.with(func(o *Op) { o.Flags |= ResultUsed }).commit()
	}, nil, three(safe, safe, safe)},
	{"W2 Python guard, SQL expression", func(b *builder) {
		b.load(acct, LockMode{})
		c := b.check(b.attr("bal"), "bal", ">=", "80")
		b.update(acct, []int{c}, less80("bal"))
		b.commit()
	}, nil, three(bad, bad, bad).and(snap, errs).and(myrc, bad)},
	{"W5 conditional update, row count dropped, effect follows", func(b *builder) {
		b.load(acct, LockMode{})
		c := b.check(b.attr("status"), "status", "=", "'pending'")
		b.update(Resource{Name: "acct", Key: "1", Where: []Cond{eq("status", "'pending'")}}, []int{c}, to("status", "'done'"))
		b.commit()
		b.effect(c)
	}, nil, three(bad, bad, bad)},
	{"C1 check then insert, no unique key", func(b *builder) {
		c := b.check(b.columns(members("u", Exists, eq("email", ":e")), LockMode{}), "", "not exists", "")
		b.insert("u", []int{c}, nil, to("email", ":e"))
		b.commit()
	}, nil, three(bad, bad, bad).and(snap, bad).and(pgs, errs).and(mys, errs).and(pgrr, bad)},
	{"C2 check then insert, unique key", func(b *builder) {
		c := b.check(b.columns(members("u", Exists, eq("email", ":e")), LockMode{}), "", "not exists", "")
		b.insert("u", []int{c}, [][]string{{"email"}}, to("email", ":e"))
		b.commit()
	}, nil, three(errs, errs, errs)},
	{"C4 quota, parent locked first", func(b *builder) {
		b.columns(keyed("team", "t"), forUpdate)
		c := b.check(b.columns(members("n", Count, eq("team", ":t")), LockMode{}), "", "<", ":max")
		b.insert("n", []int{c}, nil, to("team", ":t"))
		b.commit()
	}, nil, three(safe, safe, bad).and(pgrr, bad)},
	{"C6 quota, children locked", func(b *builder) {
		c := b.check(b.columns(members("n", Count, eq("team", ":t")), forUpdate), "", "<", ":max")
		b.insert("n", []int{c}, nil, to("team", ":t"))
		b.commit()
	}, nil, three(bad, errs, bad).and(pgrr, bad)},
	{"C8 insert ignoring conflicts, row count checked", func(b *builder) {
		b.insert("u", nil, [][]string{{"email"}}, to("email", ":e"))
		b.with(func(o *Op) { o.Flags |= ResultUsed | OnConflictIgnore }).commit()
	}, nil, three(safe, safe, safe)},
}

func TestTruthMatrix(t *testing.T) {
	for _, s := range matrix {
		for engine, want := range s.want {
			t.Run(s.name+"/"+engine.String(), func(t *testing.T) {
				var a, r builder
				s.build(&a)
				r = a
				if s.rival != nil {
					r = builder{}
					s.rival(&r)
				}
				p := Pair{A: a.Program, B: r.Program, Engine: engine, Placement: TwoProcesses}
				if v := Judge(p); v.Outcome != want {
					t.Errorf("outcome %v, want %v\n%s", v.Outcome, want, v)
				}
			})
		}
	}
}
