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

// single gives the cells of a shape that keeps check and act in one transaction, which the levels and modes that
// serialise all refuse.
func (c cell) single() cell {
	for _, e := range []Engine{pgs, mys, liteb} {
		if _, ok := c[e]; !ok {
			c[e] = errs
		}
	}
	if _, ok := c[litei]; !ok {
		c[litei] = safe
	}
	return c
}

var matrix = []shape{
	{"L0 load, check, assign, commit", func(b *builder) { b.load(acct, LockMode{}); b.pay() }, nil,
		three(bad, bad, bad).and(pgrr, errs).and(myrc, bad).and(snap, errs).single()},
	{"L1 the same in session.begin()", func(b *builder) { b.begin(); b.load(acct, LockMode{}); b.pay() }, nil,
		three(bad, bad, bad).single()},
	{"L2 refreshed before the check", func(b *builder) { b.load(acct, LockMode{}); b.refresh(LockMode{}); b.pay() }, nil,
		three(bad, bad, bad).single()},
	{"L3 loaded, then select for update", func(b *builder) { b.load(acct, LockMode{}); b.load(acct, forUpdate); b.pay() }, nil,
		three(bad, bad, bad).single()},
	{"L4 as L3 with populate_existing", func(b *builder) {
		b.load(acct, LockMode{})
		b.load(acct, forUpdate)
		b.with(func(o *Op) { o.Flags |= PopulateExisting }).pay()
	}, nil, three(safe, safe, bad).single()},
	{"L6 loaded, then refresh with lock", func(b *builder) { b.load(acct, LockMode{}); b.refresh(forUpdate); b.pay() }, nil,
		three(safe, safe, bad).single()},
	{"L7 lock on the first load", func(b *builder) { b.load(acct, forUpdate); b.pay() }, nil,
		three(safe, safe, bad).and(pgrr, errs).and(pgs, errs).and(mys, safe).and(myrc, safe).single()},
	{"L8 expired, then locked", func(b *builder) { b.load(acct, LockMode{}); b.expire(); b.load(acct, forUpdate); b.pay() }, nil,
		three(safe, safe, bad).single()},
	{"L8 committed, then locked", func(b *builder) { b.load(acct, LockMode{}); b.commit(); b.load(acct, forUpdate); b.pay() }, nil,
		three(safe, safe, bad)},
	{"L8b expired, an attribute read, then locked", func(b *builder) {
		b.load(acct, LockMode{})
		b.expire()
		b.attr("id")
		b.load(acct, forUpdate)
		b.pay()
	}, nil, three(bad, bad, bad)},
	{"L9 committed without expiry, then locked", func(b *builder) {
		b.load(acct, LockMode{})
		b.commit()
		b.with(func(o *Op) { o.Flags |= KeepOnCommit }).load(acct, forUpdate)
		b.pay()
	}, nil, three(bad, bad, bad)},
	{"L10 columns twice, the second with lock", func(b *builder) {
		b.columns(acct, LockMode{})
		r := b.columns(acct, forUpdate)
		c := b.check(r, "bal", ">=", "80")
		b.update(acct, []int{r, c}, to("bal", ""))
		b.commit()
	}, nil, three(safe, safe, bad).single()},
	{"L11 lock the id, select the entity again, test its attribute", func(b *builder) {
		b.load(acct, LockMode{})
		b.columns(acct, forUpdate)
		b.load(acct, LockMode{})
		b.pay()
	}, nil, three(bad, bad, bad)},
	{"L12 lock the id, select again with the predicate in WHERE", func(b *builder) {
		pending := Resource{Name: "acct", Key: "1", Where: []Cond{eq("status", "'pending'")}}
		b.check(b.load(pending, LockMode{}), "", "exists", "")
		b.columns(Resource{Name: "acct", Key: "1", Columns: []string{"id"}}, forUpdate)
		c := b.check(b.load(pending, LockMode{}), "", "exists", "")
		b.assign("status", "'done'", c)
		b.commit()
		b.effect(c)
	}, nil, three(safe, bad, bad)},
	{"L14 lock, commit, act", func(b *builder) {
		b.load(acct, forUpdate)
		c := b.check(b.attr("bal"), "bal", ">=", "80")
		b.commit()
		b.update(acct, []int{c}, less80("bal"))
		b.commit()
	}, nil, three(bad, bad, bad).and(pgs, bad).and(mys, bad).and(litei, bad)},
	{"L15 lock in another session that ends before", func(b *builder) {
		r := b.add(Op{Kind: Read, Session: 2, Res: acct, Lock: forUpdate})
		b.add(Op{Kind: Commit, Session: 2})
		c := b.check(r, "bal", ">=", "80")
		b.update(acct, []int{r, c}, to("bal", ""))
		b.commit()
	}, nil, three(bad, bad, bad).and(pgs, bad)},
	{"L15b lock in another session held to the end", func(b *builder) {
		b.add(Op{Kind: Read, Session: 2, Res: keyed("mutex", "m"), Lock: forUpdate})
		b.load(acct, LockMode{})
		b.pay()
		b.add(Op{Kind: Close, Session: 2})
	}, nil, three(safe, safe, bad)},
	{"L16 lock on an autocommit connection", func(b *builder) { b.load(acct, forUpdate); b.pay() }, nil, cell{auto: bad}},
	{"L17 only a joined table is locked", func(b *builder) {
		b.columns(keyed("tok", "t"), forUpdate)
		b.load(acct, LockMode{})
		b.with(func(o *Op) { o.Flags |= SameStatement }).pay()
	}, nil, three(bad, safe, bad)},
	{"L18 share lock, then write", func(b *builder) { b.load(acct, LockMode{Strength: ForShare}); b.pay() }, nil,
		three(errs, errs, bad)},
	{"L20 advisory lock first", func(b *builder) {
		b.acquire("k", TransactionLock)
		b.load(acct, LockMode{})
		b.pay()
	}, nil, cell{pg: safe, pgrr: errs}},
	{"L20 advisory lock first, then a quota", func(b *builder) { b.acquire("k", TransactionLock); b.quota(LockMode{}) }, nil,
		cell{pg: safe, pgrr: bad, pgs: errs}},
	{"L20b advisory lock whose key does not cover the resource", func(b *builder) {
		b.acquire("tenant:1", TransactionLock)
		b.load(acct, LockMode{})
		b.pay()
	}, func(b *builder) { b.acquire("tenant:2", TransactionLock); b.load(acct, LockMode{}); b.pay() }, cell{pg: bad, my: bad}},
	{"L20 named lock first", func(b *builder) {
		b.acquire("k", SessionLock)
		b.load(acct, LockMode{})
		b.pay()
		b.release("k", SessionLock)
	}, nil, cell{my: safe, pg: safe}},
	{"L21 an earlier read, advisory lock, plain read", func(b *builder) {
		b.columns(keyed("tok", "t"), LockMode{})
		b.acquire("k", SessionLock)
		b.load(acct, LockMode{})
		b.pay()
		b.release("k", SessionLock)
	}, nil, cell{pg: safe, my: bad, myrc: safe, snap: errs}},
	{"W1 conditional update, row count checked", func(b *builder) {
		b.update(Resource{Name: "acct", Key: "1", Where: []Cond{{Column: "bal", Op: ">=", Value: "80"}}}, nil, less80("bal"))
		b.with(func(o *Op) { o.Flags |= ResultUsed }).commit()
	}, nil, three(safe, safe, safe)},
	{"W2 Python guard, SQL expression", func(b *builder) {
		b.load(acct, LockMode{})
		c := b.check(b.attr("bal"), "bal", ">=", "80")
		b.update(acct, []int{c}, less80("bal"))
		b.commit()
	}, nil, three(bad, bad, bad).and(snap, errs).and(myrc, bad).single()},
	{"W3 W2 and a CHECK constraint", func(b *builder) {
		b.load(acct, LockMode{})
		c := b.check(b.attr("bal"), "bal", ">=", "80")
		b.update(acct, []int{c}, less80("bal"))
		b.with(func(o *Op) { o.Flags |= CheckConstraint }).commit()
	}, nil, three(errs, errs, errs)},
	{"W4 absolute write and a CHECK constraint", func(b *builder) {
		b.load(acct, LockMode{})
		a := b.attr("bal")
		c := b.check(a, "bal", ">=", "80")
		b.assign("bal", "", a, c)
		b.with(func(o *Op) { o.Flags |= CheckConstraint }).commit()
	}, nil, three(bad, bad, bad)},
	{"W5 conditional update, row count dropped, effect follows", func(b *builder) {
		b.load(acct, LockMode{})
		c := b.check(b.attr("status"), "status", "=", "'pending'")
		b.update(Resource{Name: "acct", Key: "1", Where: []Cond{eq("status", "'pending'")}}, []int{c}, to("status", "'done'"))
		b.commit()
		b.effect(c)
	}, nil, three(bad, bad, bad)},
	{"W5b the driver's answer is not looked at", func(b *builder) {
		u := b.update(Resource{Name: "acct", Key: "1", Where: []Cond{eq("status", "'pending'")}}, nil, to("status", "'done'"))
		b.effect(u)
	}, nil, cell{auto: bad}},
	{"W6 version column", func(b *builder) { b.load(acct, LockMode{}); b.versioned() }, nil, three(errs, errs, errs)},
	{"W6b version column, the rival writes in bulk", func(b *builder) {
		b.load(acct, LockMode{})
		c := b.check(b.attr("status"), "status", "=", "'pending'")
		b.assign("status", "'cancelled'", c)
		b.with(func(o *Op) { o.Version = "ver" }).commit()
	}, func(b *builder) {
		c := b.check(b.columns(Resource{Name: "acct", Key: "1", Columns: []string{"status"}}, LockMode{}), "status", "=", "'pending'")
		b.update(acct, []int{c}, to("status", "'shipped'"))
		b.commit()
	}, three(bad, bad, bad)},
	{"W7 token loaded, deleted through the session", func(b *builder) {
		r := b.load(members("tok", Rows, eq("k", ":t")), LockMode{})
		c := b.check(r, "", "exists", "")
		b.add(Op{Kind: Remove, Session: 1, Obj: 1, From: []int{c}, Act: true})
		b.commit()
		b.effect(c)
	}, nil, three(bad, bad, bad)},
	{"W8 token selected, deleted, row count ignored", func(b *builder) {
		r := b.columns(members("tok", Rows, eq("k", ":t")), LockMode{})
		c := b.check(r, "", "exists", "")
		b.delete(members("tok", Rows, eq("k", ":t")), c)
		b.commit()
		b.effect(c)
	}, nil, three(bad, bad, bad)},
	{"W9 token deleted, row count checked", func(b *builder) {
		d := b.delete(members("tok", Rows, eq("k", ":t")))
		b.with(func(o *Op) { o.Flags |= ResultUsed }).commit()
		b.effect(d)
	}, nil, three(safe, safe, safe)},
	{"W10 quota in a sub-query of an update", func(b *builder) {
		other := members("other", Count, eq("room", ":r"))
		b.update(Resource{Name: "acct", Key: "1", Where: []Cond{{Op: "<", Value: ":max", SubQuery: true, Of: &other}}}, nil, to("x", ":x"))
		b.with(func(o *Op) { o.Flags |= ResultUsed })
		b.insert("other", []int{0}, nil, to("room", ":r"))
		b.commit()
	}, nil, three(bad, safe, safe)},
	{"W11 job selected, set", func(b *builder) { b.claim(LockMode{}) }, nil, three(bad, bad, bad)},
	{"W12 job selected with SKIP LOCKED", func(b *builder) { b.claim(LockMode{Strength: ForUpdate, SkipLocked: true}) }, nil,
		three(safe, safe, bad)},
	{"C1 check then insert, no unique key", func(b *builder) {
		c := b.check(b.columns(members("u", Exists, eq("email", ":e")), LockMode{}), "", "not exists", "")
		b.insert("u", []int{c}, nil, to("email", ":e"))
		b.commit()
	}, nil, three(bad, bad, bad).and(snap, bad).and(pgrr, bad).and(myrc, bad).single()},
	{"C2 check then insert, unique key", func(b *builder) {
		c := b.check(b.columns(members("u", Exists, eq("email", ":e")), LockMode{}), "", "not exists", "")
		b.insert("u", []int{c}, [][]string{{"email"}}, to("email", ":e"))
		b.commit()
	}, nil, three(errs, errs, errs)},
	{"C3 check for update, nothing there, insert", func(b *builder) {
		c := b.check(b.columns(members("u", Exists, eq("email", ":e")), forUpdate), "", "not exists", "")
		b.insert("u", []int{c}, nil, to("email", ":e"))
		b.commit()
	}, nil, three(bad, errs, bad).and(pgrr, bad).single()},
	{"C4 quota, parent locked first", func(b *builder) { b.columns(keyed("team", "t"), forUpdate); b.quota(LockMode{}) }, nil,
		three(safe, safe, bad).and(pgrr, bad).and(pgs, errs)},
	{"C4b parent locked and children counted in one statement", func(b *builder) {
		b.columns(keyed("team", "t"), forUpdate)
		c := b.check(b.columns(members("n", Count, eq("team", ":t")), LockMode{}), "", "<", ":max")
		b.Ops[1].Flags |= SameStatement
		b.insert("n", []int{c}, nil, to("team", ":t"))
		b.commit()
	}, nil, three(bad, safe, bad)},
	{"C5 as C4 after an earlier read", func(b *builder) {
		b.columns(keyed("tok", "t"), LockMode{})
		b.columns(keyed("team", "t"), forUpdate)
		b.quota(LockMode{})
	}, nil, three(safe, bad, bad).and(myrc, safe).and(snap, bad)},
	{"C6 quota, children locked", func(b *builder) { b.quota(forUpdate) }, nil, three(bad, errs, bad).and(pgrr, bad).single()},
	{"C6b last one standing, all counted rows locked", func(b *builder) {
		c := b.check(b.columns(members("member", Count, eq("role", "'owner'")), forUpdate), "", ">", "1")
		b.update(keyed("member", "a"), []int{c}, to("role", "'member'"))
		b.commit()
	}, func(b *builder) {
		c := b.check(b.columns(members("member", Count, eq("role", "'owner'")), forUpdate), "", ">", "1")
		b.update(keyed("member", "b"), []int{c}, to("role", "'member'"))
		b.commit()
	}, three(safe, safe, bad)},
	{"C7 insert where not exists, no unique key", func(b *builder) {
		b.add(Op{Kind: InsertWhereNotExists, Session: 1, Res: members("n", Exists, eq("email", ":e")), Set: []Assignment{to("email", ":e")},
			Flags: ResultUsed, Act: true})
		b.commit()
	}, nil, three(bad, safe, safe)},
	{"C8 insert ignoring conflicts, row count checked", func(b *builder) {
		b.insert("u", nil, [][]string{{"email"}}, to("email", ":e"))
		b.with(func(o *Op) { o.Flags |= ResultUsed | OnConflictIgnore }).commit()
	}, nil, three(safe, safe, safe)},
	{"C9 insert in a savepoint, violation caught", func(b *builder) {
		c := b.check(b.columns(members("u", Exists, eq("email", ":e")), LockMode{}), "", "not exists", "")
		b.add(Op{Kind: Savepoint, Session: 1})
		b.add(Op{Kind: Add, Session: 1, Obj: 2, Res: Resource{Name: "u"}, Set: []Assignment{to("email", ":e")}, Unique: [][]string{{"email"}}, From: []int{c}, Act: true})
		b.add(Op{Kind: ReleaseSavepoint, Session: 1, Catches: UniqueViolation})
		b.commit()
	}, nil, three(safe, safe, safe)},
}

// pair gives the two requests of a row.
func (s *shape) pair(engine Engine) Pair {
	var a, r builder
	s.build(&a)
	if s.rival != nil {
		s.rival(&r)
	} else {
		s.build(&r)
	}
	return Pair{A: a.Program, B: r.Program, Engine: engine, Placement: TwoProcesses}
}

func TestTruthMatrix(t *testing.T) {
	for _, s := range matrix {
		for engine, want := range s.want {
			t.Run(s.name+"/"+engine.String(), func(t *testing.T) {
				if v := Judge(s.pair(engine)); v.Outcome != want {
					t.Errorf("outcome %v, want %v\n%s", v.Outcome, want, v)
				}
			})
		}
	}
}
