package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// Sessions of Mongo: in a transaction the store refuses to write a document that was written since the transaction read it.

// since is where a transaction of a session began in the trace.
type since struct{ op int }

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
	v.Obj.Extra.(*tx).sess.Obj.Extra = &since{len(w.Ops)}
	return v
}

// withTransaction is session.with_transaction(callback): the driver calls it again when the store refuses.
func withTransaction(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	c.Recv.Obj.Extra = &since{len(c.Ops)}
	outer := c.Catch
	c.Catch = &Catch{Up: outer, Errors: interleave.StaleVersion, Retries: true}
	v := c.World.Call(c.Args[0], []*Value{c.Recv}, nil)
	c.Catch, c.Recv.Obj.Extra = outer, nil
	return v
}

// inMongo ties a write to what was read of the same documents in its transaction.
func (c *Call) inMongo(i int) int {
	s := c.Keyword("session")
	if s == nil || s.Obj == nil || i < 0 {
		return i
	}
	began, ok := s.Obj.Extra.(*since)
	if !ok {
		return i
	}
	op := &c.Ops[i]
	from := Deps32(op.From)
	for j := began.op; j < i; j++ {
		if r := &c.Ops[j]; r.Kind == interleave.Read && r.Res.Store == op.Res.Store && r.Res.Name == op.Res.Name {
			from = from.With(Dep(j))
		}
	}
	op.Version, op.From = interleave.StoreVersion, from.Ints()
	return i
}
