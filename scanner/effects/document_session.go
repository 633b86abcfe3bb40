package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// Sessions of Mongo: in a transaction the store refuses to write a document that was written since the transaction read it.

// mongoTx is a transaction of a session, with what was read in it.
type mongoTx struct{ reads []int }

// mongoTxOf is the transaction in which a command is done: that of the session which it is given, nil for none.
func mongoTxOf(c *Call) *mongoTx {
	s := c.Keyword("session")
	if s == nil || s.Obj == nil {
		return nil
	}
	t, _ := s.Obj.Extra.(*mongoTx)
	return t
}

func mongoSession(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "mongo session"
	return &Value{Kind: ExtObject, Obj: o, Sym: "session"}
}

func mongoTransaction(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = "mongo transaction", &tx{sess: c.Recv}
	if !c.Await {
		enterMongo(c.World, &Value{Kind: ExtObject, Obj: o}) // a plain call begins it, too
	}
	return &Value{Kind: ExtObject, Obj: o, Sym: "transaction"}
}

func enterMongo(w *World, v *Value) *Value {
	v.Obj.Extra.(*tx).sess.Obj.Extra = &mongoTx{}
	return v
}

// withTransaction is session.with_transaction(callback): the driver calls it again when the store refuses.
func withTransaction(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	c.Recv.Obj.Extra = &mongoTx{}
	outer := c.Catch
	c.Catch = &Catch{Up: outer, Errors: interleave.StaleVersion, Retries: true}
	v := c.World.Call(c.Args[0], []*Value{c.Recv}, nil)
	c.Catch, c.Recv.Obj.Extra = outer, nil
	return v
}

// readInMongo notes a read that is part of a transaction. One without the session is none, wherever it stands.
func (c *Call) readInMongo(i int) int {
	if t := mongoTxOf(c); t != nil && i >= 0 {
		t.reads = append(t.reads, i)
	}
	return i
}

// inMongo ties a write to what was read of the same documents in its transaction. What was read outside of it the store does not compare.
func (c *Call) inMongo(i int) int {
	t := mongoTxOf(c)
	if t == nil || i < 0 {
		return i
	}
	op := &c.Ops[i]
	from, reads := Deps32(op.From), false
	for _, j := range t.reads {
		if r := &c.Ops[j]; r.Res.Store == op.Res.Store && r.Res.Name == op.Res.Name {
			from, reads = from.With(Dep(j)), true
		}
	}
	if reads {
		op.Version, op.From = interleave.StoreVersion, from.Ints()
	}
	return i
}
