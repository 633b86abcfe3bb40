package interleave

import "testing"

// together and apart are the placements of a pair.
const (
	together = SameProcess
	apart    = TwoProcesses
)

// duel is a pair of requests whose verdict follows from serial equivalence alone, or from where they run.
type duel struct {
	name   string
	a, b   func(b *builder) // b is nil when both run the same code
	engine Engine
	place  Placement
	want   Outcome
}

// order is a row with a status, a body and an owner.
var order = keyed("order", "o")

// decide loads the order and checks one attribute.
func (b *builder) decide(column, op, value string) int {
	b.load(order, LockMode{})
	return b.check(b.attr(column), column, op, value)
}

var cellA = Resource{Store: Memory, Name: "hits", Key: "k"}

// bump reads a cell and writes it back, with a suspension between or not.
func bump(suspends, threaded bool) func(b *builder) {
	return func(b *builder) {
		b.Thread = threaded
		r := b.add(Op{Kind: Read, Res: cellA})
		if suspends {
			b.add(Op{Kind: Suspend})
		}
		b.add(Op{Kind: Update, Res: cellA, Set: []Assignment{to("", "")}, From: []int{r}, Act: true})
	}
}

// gated pays in an event loop with a lock of the process around parts of it.
func gated(name string, readInside, commitInside bool) func(b *builder) {
	return func(b *builder) {
		lock := func() { b.add(Op{Kind: Acquire, Name: name, Scope: ProcessLock}); b.suspend() }
		if readInside {
			lock()
		}
		b.load(acct, LockMode{})
		b.suspend()
		if !readInside {
			lock()
		}
		a := b.attr("bal")
		b.assign("bal", "", a, b.check(a, "bal", ">=", "80"))
		if commitInside {
			b.commit()
			b.suspend()
			b.add(Op{Kind: Release, Name: name, Scope: ProcessLock})
			return
		}
		b.add(Op{Kind: Release, Name: name, Scope: ProcessLock})
		b.suspend()
		b.commit()
	}
}

func (b *builder) suspend() int { return b.add(Op{Kind: Suspend}) }

func stored(store Store, key string, columns ...string) Resource {
	return Resource{Store: store, Name: "thing", Key: key, Columns: columns}
}

var duels = []duel{
	{"the body is edited while the status is checked, the rival publishes", func(b *builder) {
		b.assign("body", ":new", b.decide("status", "=", "'draft'"))
		b.commit()
	}, func(b *builder) {
		b.load(order, LockMode{})
		b.assign("status", "'published'")
		b.commit()
	}, pg, apart, bad},
	{"the owner is checked, nobody writes it", func(b *builder) {
		b.assign("title", ":title", b.decide("owner_id", "=", ":user"))
		b.commit()
	}, nil, pg, apart, safe},
	{"the parent is checked, a child inserted, the parent closed", func(b *builder) {
		b.insert("comment", []int{b.decide("open", "=", "true")}, nil, to("order_id", "o"))
		b.commit()
	}, func(b *builder) {
		b.assign("open", "false", b.decide("owner_id", "=", ":user"))
		b.commit()
	}, pg, apart, safe},
	{"the same, but the rival closes only an empty parent", func(b *builder) {
		b.insert("comment", []int{b.decide("open", "=", "true")}, nil, to("order_id", "o"))
		b.commit()
	}, func(b *builder) {
		b.load(order, LockMode{})
		c := b.check(b.columns(members("comment", Count, eq("order_id", "o")), LockMode{}), "", "=", "0")
		b.assign("open", "false", c)
		b.commit()
	}, pg, apart, bad},
	{"two owners demoted, each seeing two", owners("a"), owners("b"), pg, apart, bad},
	{"the same at REPEATABLE READ", owners("a"), owners("b"), pgrr, apart, bad},
	{"the same at SERIALIZABLE", owners("a"), owners("b"), pgs, apart, errs},
	{"the rival writes the value that is asked for", func(b *builder) {
		b.assign("body", ":new", b.decide("status", "=", "'draft'"))
		b.commit()
	}, func(b *builder) {
		b.load(order, LockMode{})
		b.assign("status", "'draft'")
		b.commit()
	}, pg, apart, safe},
	{"a deposit cannot make a balance too small", func(b *builder) {
		b.load(acct, LockMode{})
		b.update(acct, []int{b.check(b.attr("bal"), "bal", ">=", "80")}, less80("bal"))
		b.commit()
	}, func(b *builder) {
		b.update(acct, nil, Assignment{Column: "bal", Value: "+5", Relative: true})
		b.commit()
	}, pg, apart, safe},
	{"the same, told without the check", func(b *builder) {
		b.load(acct, LockMode{})
		a := b.attr("bal")
		b.check(a, "bal", ">=", "80")
		b.update(acct, []int{a}, less80("bal"))
		b.commit()
	}, func(b *builder) {
		b.update(acct, nil, Assignment{Column: "bal", Value: "+5", Relative: true})
		b.commit()
	}, pg, apart, safe},
	{"but it is lost under an absolute write", func(b *builder) { b.load(acct, LockMode{}); b.pay() }, func(b *builder) {
		b.update(acct, nil, Assignment{Column: "bal", Value: "+5", Relative: true})
		b.commit()
	}, pg, apart, bad},
	{"whole objects are saved, whatever changed", func(b *builder) {
		b.load(order, LockMode{})
		b.assign("title", ":title")
		b.with(func(o *Op) { o.Flags |= AllColumns }).commit()
	}, func(b *builder) {
		b.load(order, LockMode{})
		b.assign("status", "'paid'")
		b.with(func(o *Op) { o.Flags |= AllColumns }).commit()
	}, pg, apart, bad},
	{"only changed columns are saved", func(b *builder) { b.load(order, LockMode{}); b.assign("title", ":title"); b.commit() },
		func(b *builder) { b.load(order, LockMode{}); b.assign("status", "'paid'"); b.commit() }, pg, apart, safe},
	{"paid after the order was cancelled", func(b *builder) { b.effect(b.decide("status", "=", "'open'")) }, func(b *builder) {
		b.assign("status", "'cancelled'", b.decide("status", "=", "'open'"))
		b.commit()
	}, pg, apart, bad},
	{"paid under the row's lock", func(b *builder) {
		b.load(order, forUpdate)
		b.effect(b.check(b.attr("status"), "status", "=", "'open'"))
		b.commit()
	}, func(b *builder) {
		b.load(order, forUpdate)
		b.assign("status", "'cancelled'", b.check(b.attr("status"), "status", "=", "'open'"))
		b.commit()
	}, pg, apart, safe},
	{"two mails about the same unchanged order", func(b *builder) { b.effect(b.decide("status", "=", "'open'")) }, nil, pg, apart, safe},
	{"an early check that is repeated under the lock", func(b *builder) {
		b.load(order, LockMode{})
		c := b.check(b.attr("status"), "status", "=", "'open'")
		b.refresh(forUpdate)
		d := b.check(b.attr("status"), "status", "=", "'open'")
		b.assign("status", "'paid'", c, d)
		b.commit()
	}, nil, pg, apart, safe},
	{"states that exclude each other at the start", func(b *builder) {
		b.assign("status", "'paid'", b.decide("status", "=", "'open'"))
		b.commit()
	}, func(b *builder) {
		b.assign("status", "'shipped'", b.decide("status", "=", "'paid'"))
		b.commit()
	}, pg, apart, safe},
	{"a new row that nobody knows", func(b *builder) {
		b.add(Op{Kind: Add, Session: 1, Obj: 1, Res: keyed("order", "#1"), Flags: FreshObject, Set: []Assignment{to("status", "'new'")}, Act: true})
		b.add(Op{Kind: Flush, Session: 1})
		b.assign("status", "'ready'", b.check(b.attr("status"), "status", "=", "'new'"))
		b.commit()
	}, nil, pg, apart, safe},

	{"a cell across a suspension", bump(true, false), nil, pg, together, bad},
	{"a cell without a suspension", bump(false, false), nil, pg, together, safe},
	{"a cell in a thread pool", bump(false, true), nil, pg, together, bad},
	{"a cell in two processes", bump(true, false), nil, pg, apart, safe},

	{"G1 gate around read and commit", gated("g", true, true), nil, pg, together, safe},
	{"G3 read before the gate", gated("g", false, true), nil, pg, together, bad},
	{"G4 L19 commit after the gate", gated("g", true, false), nil, pg, together, bad},
	{"G7 two gates", gated("g", true, true), gated("h", true, true), pg, together, bad},
	{"G9 a gate in two processes", gated("g", true, true), nil, pg, apart, bad},
	{"a lock outside the process", func(b *builder) {
		b.add(Op{Kind: Acquire, Name: "l", Scope: SharedLock})
		b.load(acct, LockMode{})
		b.pay()
		b.add(Op{Kind: Release, Name: "l", Scope: SharedLock})
	}, nil, pg, apart, safe},
	{"a lock that is tried and not waited for", func(b *builder) {
		b.add(Op{Kind: Acquire, Name: "l", Scope: SharedLock, Lock: LockMode{NoWait: true}, Flags: ResultUsed})
		b.load(acct, LockMode{})
		b.pay()
		b.add(Op{Kind: Release, Name: "l", Scope: SharedLock})
	}, nil, pg, apart, safe},

	{"GET then SET", func(b *builder) {
		r := b.add(Op{Kind: Read, Res: stored(KeyValue, "k")})
		b.add(Op{Kind: Update, Res: stored(KeyValue, "k"), Set: []Assignment{to("v", "")}, From: []int{r}, Act: true})
	}, nil, pg, apart, bad},
	{"GET none, then SET", func(b *builder) {
		c := b.check(b.add(Op{Kind: Read, Res: stored(KeyValue, "k")}), "", "not exists", "")
		b.add(Op{Kind: Update, Res: stored(KeyValue, "k"), Set: []Assignment{to("v", "")}, From: []int{c}, Act: true})
	}, nil, pg, apart, bad},
	{"SET NX, the answer tested", func(b *builder) {
		s := b.add(Op{Kind: Insert, Res: stored(KeyValue, "k"), Set: []Assignment{to("key", "k")}, Unique: [][]string{{"key"}}, Flags: ResultUsed | OnConflictIgnore, Act: true})
		b.effect(s)
	}, nil, pg, apart, safe},
	{"INCR, the answer used", func(b *builder) {
		b.add(Op{Kind: Update, Res: stored(KeyValue, "k"), Set: []Assignment{{Column: "v", Value: "+1", Relative: true}}, Flags: ResultUsed | Atomic, Act: true})
	}, nil, pg, apart, safe},
	{"WATCH, MULTI, EXEC", func(b *builder) {
		r := b.add(Op{Kind: Read, Res: stored(KeyValue, "k")})
		b.add(Op{Kind: Update, Res: stored(KeyValue, "k"), Set: []Assignment{to("v", "")}, From: []int{r}, Version: "watch", Catches: StaleVersion, Act: true})
	}, nil, pg, apart, safe},
	{"find, then replace a document", func(b *builder) {
		b.add(Op{Kind: Read, Obj: 1, Res: stored(KeyValue, "d")})
		b.add(Op{Kind: Update, Obj: 1, Res: stored(KeyValue, "d"), Set: []Assignment{to("title", ":t")}, Flags: AllColumns, Act: true})
	}, func(b *builder) {
		b.add(Op{Kind: Update, Res: stored(KeyValue, "d"), Set: []Assignment{{Column: "likes", Relative: true}}, Act: true})
	}, pg, apart, bad},
	{"find, then replace a document, by two who mean the same field", func(b *builder) {
		b.add(Op{Kind: Read, Obj: 1, Res: stored(KeyValue, "d")})
		b.add(Op{Kind: Update, Obj: 1, Res: stored(KeyValue, "d"), Set: []Assignment{to("title", ":t")}, Flags: AllColumns, Act: true})
	}, nil, pg, apart, safe},
	{"the path is free, then written", func(b *builder) {
		c := b.check(b.add(Op{Kind: Read, Res: stored(File, "p")}), "", "not exists", "")
		b.add(Op{Kind: Update, Res: stored(File, "p"), Set: []Assignment{to("", ":data")}, From: []int{c}, Act: true})
	}, nil, pg, apart, bad},
	{"the path is created exclusively", func(b *builder) {
		c := b.check(b.add(Op{Kind: Read, Res: stored(File, "p")}), "", "not exists", "")
		b.add(Op{Kind: Insert, Res: stored(File, "p"), Set: []Assignment{to("path", "p")}, Unique: [][]string{{"path"}}, From: []int{c}, Act: true})
	}, nil, pg, apart, errs},
	{"a file is read, changed and replaced", func(b *builder) {
		r := b.add(Op{Kind: Read, Res: stored(File, "p")})
		b.add(Op{Kind: Update, Res: stored(File, "p"), Set: []Assignment{to("", "")}, From: []int{r}, Act: true})
	}, nil, pg, apart, bad},
	{"first user becomes admin", func(b *builder) {
		c := b.check(b.columns(members("user", Count), LockMode{}), "", "=", "0")
		b.insert("user", []int{c}, nil, to("role", "'admin'"))
		b.commit()
	}, nil, pg, apart, bad},
	{"the next number", func(b *builder) {
		r := b.columns(members("invoice", Max), LockMode{})
		b.insert("invoice", []int{r}, nil, to("number", ""))
		b.commit()
	}, nil, pg, apart, bad},
	{"a set emptied by the rival", func(b *builder) {
		c := b.check(b.columns(members("invite", Rows, eq("code", ":c")), LockMode{}), "", "exists", "")
		b.insert("member", []int{c}, nil, to("user", ":u"))
		b.delete(members("invite", Rows, eq("code", ":c")), c)
		b.commit()
	}, nil, pg, apart, bad},
}

// owners demotes one member if there is another owner.
func owners(key string) func(b *builder) {
	return func(b *builder) {
		c := b.check(b.columns(members("member", Count, eq("role", "'owner'")), LockMode{}), "", ">", "1")
		b.update(keyed("member", key), []int{c}, to("role", "'member'"))
		b.commit()
	}
}

func (d *duel) pair() Pair {
	var a, r builder
	d.a(&a)
	r = a
	if d.b != nil {
		r = builder{}
		d.b(&r)
	}
	return Pair{A: a.Program, B: r.Program, Engine: d.engine, Placement: d.place}
}

func TestDuels(t *testing.T) {
	for _, d := range duels {
		t.Run(d.name, func(t *testing.T) {
			p := d.pair()
			if v := Judge(p); v.Outcome != d.want {
				t.Errorf("outcome %v, want %v\n%s", v.Outcome, d.want, v)
			}
			p.A, p.B = p.B, p.A
			if v := Judge(p); v.Outcome != d.want {
				t.Errorf("exchanged: outcome %v, want %v\n%s", v.Outcome, d.want, v)
			}
		})
	}
}
