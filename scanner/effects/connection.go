package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Connections of the drivers, their pools, cursors and transactions.

// conn is what the model keeps of a connection or cursor: whether each statement commits itself, and the last result.
type conn struct {
	auto bool
	last *Value
	of   *Value // of a cursor: its connection, in whose transaction it runs
	// makes is the class of which an object is made of each row, nil for rows as they are.
	makes *Value
}

// connectionOf returns the connection of a cursor, and any other connection as it is.
func connectionOf(v *Value) *Value {
	if s, ok := v.Obj.Extra.(*conn); ok && s.of != nil {
		return s.of
	}
	return v
}

// cursor is a cursor of a connection. That of asyncpg takes its statement at once.
func cursor(c *Call) *Value {
	if Root(c.Recv.Obj.Qual) == "asyncpg" {
		return rawExecute(c)
	}
	on := connectionOf(c.Recv)
	o := c.NewObject()
	state := &conn{of: on}
	state.setRowFactory(c.Keyword("row_factory"))
	o.Qual, o.Num, o.Extra = on.Obj.Qual, on.Obj.Num, state
	return &Value{Kind: ExtObject, Obj: o, Sym: "cursor"}
}

func closeConnection(c *Call) *Value {
	if c.Recv.Obj.state().of != nil {
		return None
	}
	return sessionOp(interleave.Close)(c)
}

// setConnection is conn.set_session(isolation_level=…, autocommit=…) and its like.
func setConnection(c *Call) *Value {
	for _, name := range [...]string{"isolation_level", "autocommit"} {
		if v := c.Keyword(name); v != nil {
			setConnectionAttr(c.World, c.Recv, name, v)
		}
	}
	if len(c.Args) > 0 {
		name := "isolation_level"
		if c.Name == "set_autocommit" || c.Name == "autocommit" {
			name = "autocommit"
		}
		setConnectionAttr(c.World, c.Recv, name, c.Args[0])
	}
	return None
}

// setConnectionAttr is `conn.isolation_level = …` and `conn.autocommit = …`.
func setConnectionAttr(w *World, recv *Value, name string, v *Value) {
	on := connectionOf(recv)
	switch name {
	case "row_factory":
		recv.Obj.state().setRowFactory(v)
	case "autocommit":
		if t := v.Truth(); t != "" {
			on.Obj.state().auto = t == "True"
		}
	case "isolation_level":
		level := levelName(v)
		switch {
		case level == autocommit || v.IsNone() && strings.Contains(on.Obj.Qual, "sqlite"):
			on.Obj.state().auto = true
		case level != "":
			w.SetLevel(on.Obj.Num, level)
		}
	}
}

// levelName is an isolation level given as text or by a name of the driver: IsolationLevel.SERIALIZABLE, ISOLATION_LEVEL_SERIALIZABLE.
func levelName(v *Value) string {
	name, ok := v.Str()
	if !ok {
		name = Last(v.Sym)
	}
	name = strings.TrimPrefix(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToUpper(name)), "ISOLATION LEVEL ")
	switch name {
	case "SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", autocommit:
		return name
	}
	return ""
}

func newConnection(c *Call, qual string) *Value {
	o := c.NewObject()
	num := c.NewSession()
	if c.World.drivers == nil {
		c.World.drivers = map[int]string{}
	}
	c.World.drivers[num] = Root(qual)
	o.Qual, o.Num, o.Extra = qual, num, &conn{auto: strings.HasPrefix(qual, "asyncpg") || strings.HasPrefix(qual, "databases")}
	return &Value{Kind: ExtObject, Obj: o, Sym: "conn"}
}

func connect(c *Call) *Value {
	qual := Root(c.Name) + ".Connection"
	v := newConnection(c, qual)
	if l := c.Keyword("isolation_level"); l.IsNone() || c.True("autocommit") {
		v.Obj.Extra.(*conn).auto = true
	}
	v.Obj.state().setRowFactory(c.Keyword("row_factory"))
	return v
}

func pool(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Kw = Root(c.Name)+".Pool", map[string]*Value{}
	for _, k := range c.Kw {
		o.Kw[k.Name] = k.Value
	}
	return &Value{Kind: ExtObject, Obj: o, Sym: "pool"}
}

func fromPool(c *Call) *Value {
	v := newConnection(c, Root(c.Recv.Obj.Qual)+".Connection")
	if kw := c.Recv.Obj.Kw["kwargs"]; kw != nil { // what the pool opens its connections with
		for _, p := range kw.Pairs {
			if name, ok := p.Key.Str(); ok {
				setConnectionAttr(c.World, v, name, p.Value)
			}
		}
	}
	prepared(c, v)
	return v
}

// prepared lets a pool's own function do to a connection what it does to each of them: configure=, init=. What that asks the database
// is no part of the request.
func prepared(c *Call, conn *Value) {
	for _, name := range [...]string{"configure", "init", "setup"} {
		if f := c.Recv.Obj.Kw[name]; f != nil && f.Kind == FuncRef && c.World.Call != nil {
			c.World.Muted++
			c.World.Call(f, []*Value{conn}, nil)
			c.World.Muted--
		}
	}
}

func poolExecute(c *Call) *Value {
	d := *c
	d.Recv = newConnection(c, Root(c.Recv.Obj.Qual)+".Connection")
	d.Recv.Obj.Extra = &conn{auto: true}
	prepared(c, d.Recv)
	return c.MethodOf("connection", c.Name)(&d)
}

// state returns the model's state of a connection object.
func (o *Object) state() *conn {
	s, ok := o.Extra.(*conn)
	if !ok {
		s = &conn{auto: strings.HasPrefix(o.Qual, "asyncpg") || strings.HasPrefix(o.Qual, "databases")}
		o.Extra = s
	}
	return s
}

func exitConnection(w *World, recv *Value, raised bool) {
	if recv.Obj.state().of != nil {
		return // the end of a cursor ends no transaction
	}
	// psycopg and sqlite3 commit at the end of the block; a pooled connection does too.
	root := Root(recv.Obj.Qual)
	if root == "psycopg" || root == "psycopg_pool" || root == "sqlite3" || root == "psycopg2" {
		op := Op{}
		op.Kind, op.Session = interleave.Commit, recv.Obj.Num
		if raised {
			op.Kind = interleave.Rollback
		}
		w.Emit(op)
		return
	}
	exitSession(w, recv, raised)
}

// DriverTransaction is the family of the transaction blocks of drivers.
const DriverTransaction = "driver transaction"

func driverTransaction(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = DriverTransaction, &tx{sess: c.Recv}
	if l, ok := c.Keyword("isolation").Str(); ok {
		c.SetLevel(c.Recv.Obj.Num, l)
	}
	return &Value{Kind: ExtObject, Obj: o, Sym: "transaction"}
}

func enterDriver(w *World, recv *Value) *Value {
	t := recv.Obj.Extra.(*tx)
	op := Op{}
	op.Kind, op.Session = interleave.Begin, t.sess.Obj.Num
	if t.sess.Obj.InTx > 0 {
		op.Kind = interleave.Savepoint
	}
	t.sess.Obj.InTx++
	w.Emit(op)
	return recv
}

func exitDriver(w *World, recv *Value, raised bool) {
	t := recv.Obj.Extra.(*tx)
	op := Op{}
	op.Kind, op.Session = interleave.Commit, t.sess.Obj.Num
	if raised {
		op.Kind = interleave.Rollback
	}
	if t.sess.Obj.InTx > 0 {
		t.sess.Obj.InTx--
	}
	if t.sess.Obj.InTx > 0 {
		op.Kind = interleave.ReleaseSavepoint
	}
	w.Emit(op)
}

func driverEnd(k interleave.Kind) Model {
	return func(c *Call) *Value {
		exitDriver(c.World, c.Recv, k == interleave.Rollback)
		return None
	}
}
