package effects

import (
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
	"github.com/middlebrick/middlebrick/scanner/sql"
)

// Raw SQL: through text(), and through the drivers asyncpg, psycopg, sqlite3, aiosqlite, aiomysql and databases.

// runRaw executes SQL text on a session or connection. params is one mapping or sequence, args are positional parameters.
func runRaw(w *World, sess *Value, text string, params *Value, args []*Value) *Value {
	b := binding{params: params, args: args}
	if params != nil && params.Kind == Sequence && params.Elem == nil {
		b.args = params.Items
	}
	last := &Value{Kind: Rows}
	for _, st := range sql.Parse(text) {
		last = b.run(w, sess, &st)
	}
	return last
}

type binding struct {
	params *Value
	args   []*Value
	depth  int
}

// maxSubQueries bounds how deep sub-queries are followed.
const maxSubQueries = 3

// value finds what a placeholder is bound to.
func (b *binding) value(p sql.Param) *Value {
	if p.Name != "" {
		if b.params != nil && b.params.Kind == Mapping {
			for _, kv := range b.params.Pairs {
				if s, ok := kv.Key.Str(); ok && s == p.Name {
					return kv.Value
				}
			}
		}
		return Opaque(strings.Trim(p.Name, "{}"), nil)
	}
	if p.Index >= 1 && p.Index <= len(b.args) {
		return b.args[p.Index-1]
	}
	if b.params != nil {
		return Opaque("$"+strconv.Itoa(p.Index), b.params.AllDeps())
	}
	return Opaque("$"+strconv.Itoa(p.Index), nil)
}

func (b *binding) operand(v sql.Value) *Value {
	switch v.Kind {
	case sql.Placeholder:
		return b.value(v.Param)
	case sql.String:
		return Text(v.Text)
	case sql.Number:
		return &Value{Kind: Const, Sym: v.Text}
	case sql.Null:
		return None
	case sql.Bool:
		return Bool(strings.EqualFold(v.Text, "true"))
	}
	if !v.Param.IsZero() {
		p := b.value(v.Param)
		x := Opaque(bound(v.Text, v.Param, p), p.AllDeps())
		if x.Sym == p.Sym {
			return p
		}
		return x
	}
	return Opaque(v.Text, nil)
}

func (b *binding) run(w *World, sess *Value, st *sql.Statement) *Value {
	num := sess.Obj.Num
	if st.Verb == sql.Set || st.Verb == sql.Begin && strings.Contains(st.Isolation, " ") || st.Isolation == "SERIALIZABLE" {
		w.SetLevel(num, st.Isolation)
	}
	simple := func(k interleave.Kind, flags interleave.Flags) *Value {
		op := Op{}
		op.Kind, op.Session, op.Flags = k, num, flags
		w.Emit(op)
		return &Value{Kind: Rows}
	}
	switch st.Verb {
	case sql.Begin:
		sess.Obj.InTx++
		if st.Isolation == "IMMEDIATE" || st.Isolation == "EXCLUSIVE" {
			return simple(interleave.Begin, interleave.Immediate)
		}
		return simple(interleave.Begin, 0)
	case sql.Commit:
		// A rollback on the way out of one branch does not end the transaction on the others: only a commit counts it as over.
		sess.Obj.InTx = max(0, sess.Obj.InTx-1)
		return simple(interleave.Commit, 0)
	case sql.Rollback:
		return simple(interleave.Rollback, 0)
	case sql.Savepoint:
		return simple(interleave.Savepoint, 0)
	case sql.Release:
		return simple(interleave.ReleaseSavepoint, 0)
	}
	if st.Advisory != nil {
		return b.advisory(w, num, st.Advisory)
	}
	q := b.query(w, st)
	if q == nil {
		return &Value{Kind: Rows}
	}
	if q.Verb == interleave.Read {
		return b.selectRows(w, sess, st, q)
	}
	return Run(w, sess, q, nil)
}

func (b *binding) advisory(w *World, num int, a *sql.AdvisoryLock) *Value {
	var keys []string
	var deps Deps
	for _, v := range a.Args {
		x := b.operand(v)
		keys = append(keys, x.Sym)
		deps = deps.With(x.AllDeps())
	}
	key := strings.Join(keys, ",")
	if key == "" {
		key = a.Key
	}
	return emitAdvisory(w, num, a.Function, key, deps)
}

func (b *binding) query(w *World, st *sql.Statement) *Query {
	name := st.Target()
	if name == "" {
		return nil
	}
	q := &Query{TableName: name, Session: nil}
	if w.Schema != nil {
		q.Table = w.Schema.Table(name)
	}
	if q.Table == nil {
		q.Table = &schema.Table{Name: name}
	}
	switch st.Verb {
	case sql.Select:
		q.Verb = interleave.Read
	case sql.Insert:
		q.Verb, q.NotExists = interleave.Insert, st.NotExists
	case sql.Update:
		q.Verb = interleave.Update
	case sql.Delete:
		q.Verb = interleave.Delete
	default:
		return nil
	}
	alias := ""
	for _, t := range st.Tables {
		if t.Role == sql.Target && t.Name == name {
			alias = t.Alias
		}
	}
	for _, c := range st.Where {
		q.Where = append(q.Where, b.condition(w, c, q, alias)...)
	}
	for _, s := range st.Set {
		v := b.operand(s.Value)
		q.Set = append(q.Set, Assigned{Column: s.Column, Value: v, Relative: s.Relative})
	}
	switch st.OnConflict.Action {
	case sql.Nothing:
		q.Flags |= interleave.OnConflictIgnore
	case sql.DoUpdate, sql.Replace:
		q.Flags |= interleave.OnConflictUpdate
	}
	if st.Source != nil {
		b.source(w, q, st.Source)
	}
	if st.Returning {
		for _, c := range st.ReturningColumns {
			q.Returning = append(q.Returning, ColumnValue(q.Table, c))
		}
		if len(q.Returning) == 0 {
			q.Returning = []*Value{ColumnValue(q.Table, "*")}
		}
	}
	q.Aggregate = [...]interleave.Aggregate{interleave.Rows, interleave.Exists, interleave.Count, interleave.Sum, interleave.Max}[st.Aggregate]
	if st.Limit == "1" {
		q.Single = true
	}
	switch st.Lock.Strength {
	case sql.Share:
		q.Lock.Strength = interleave.ForShare
	case sql.Exclusive:
		q.Lock.Strength = interleave.ForUpdate
	}
	q.Lock.SkipLocked, q.Lock.NoWait = st.Lock.SkipLocked, st.Lock.NoWait
	if len(st.Lock.Of) > 0 && alias != "" && !slices.Contains(st.Lock.Of, alias) && !slices.Contains(st.Lock.Of, name) {
		q.Lock = interleave.LockMode{}
	}
	return q
}

// source adds what an INSERT … SELECT asks for: of a test that no such row exists, the predicate of that row.
func (b *binding) source(w *World, q *Query, src *sql.Statement) {
	from := b.query(w, src)
	if from == nil { // SELECT without FROM
		from = &Query{Table: q.Table, TableName: q.TableName}
		for _, c := range src.Where {
			from.Where = append(from.Where, b.condition(w, c, from, "")...)
		}
	}
	insertFrom(q, from)
}

func (b *binding) condition(w *World, c sql.Cond, q *Query, alias string) []Condition {
	if c.Table != "" && c.Table != alias && c.Table != q.TableName {
		return nil
	}
	if c.Op == "or" {
		var out []Condition
		for _, alt := range c.Any {
			for _, x := range alt {
				for _, y := range b.condition(w, x, q, alias) {
					y.Or = true
					out = append(out, y)
				}
			}
		}
		return out
	}
	col := c.Column
	if c.Expr != "" {
		col = c.Expr
	}
	v := b.operand(c.Value)
	q.Deps = q.Deps.With(v.AllDeps())
	out := Condition{Column: col, Table: q.Table, Op: c.Op, Value: v, SubQuery: c.Sub != nil || c.Value.Sub != nil}
	for _, sub := range []*sql.Statement{c.Sub, c.Value.Sub} {
		if sub != nil && out.Sub == nil && b.depth < maxSubQueries {
			b.depth++
			out.Sub = b.query(w, sub)
			b.depth--
		}
	}
	return []Condition{out}
}

// selectRows reads rows as mappings: row["status"] is a column of the read.
func (b *binding) selectRows(w *World, sess *Value, st *sql.Statement, q *Query) *Value {
	for _, c := range st.Columns {
		q.Columns = append(q.Columns, ColumnValue(q.Table, c))
	}
	op := Op{Table: q.Table, Guess: sess.Guess}
	op.Kind, op.Session, op.Lock = interleave.Read, sess.Obj.Num, q.Lock
	op.From = q.Deps.Ints()
	key, conds := rowKey(q)
	op.Res = interleave.Resource{Store: interleave.Table, Name: q.TableName, Aggregate: q.Aggregate, Where: conds, Columns: st.Columns}
	if q.Aggregate == interleave.Rows {
		op.Res.Key = key
	}
	i := w.Emit(op)
	row := columnsOf(q, i, key)
	if len(row.Items) == 0 && row.Kind == Sequence { // SELECT *
		row = Opaque(row.Sym, row.Deps)
		row.Src, row.Obj = int32(i+1), &Object{Table: q.Table, Key: key}
	}
	return &Value{Kind: Rows, Query: q, Elem: row, Deps: Dep(i), Src: int32(i + 1), Name: "raw"}
}

// ComposedSQL marks a constant piece of SQL that was put together by psycopg's sql module.
const ComposedSQL = "composed SQL"

func composedSQL(c *Call) *Value {
	var parts []string
	for _, a := range c.Args {
		s, ok := a.Str()
		if !ok {
			return a
		}
		parts = append(parts, s)
	}
	v := Text(strings.Join(parts, "."))
	v.Name = ComposedSQL
	return v
}

// Field is a column of a row that a read gave as a whole. The key of a row that was looked up by it is known.
func (w *World) Field(row *Value, name string) *Value {
	v := Opaque(row.Sym+"['"+name+"']", row.AllDeps())
	v.Src, v.SrcCol = row.Src, name
	if i := int(row.Src) - 1; i >= 0 && i < len(w.Ops) {
		if op := &w.Ops[i]; op.Kind == interleave.Read && op.Table != nil && isPrimary(op.Table, name) && op.Res.Key != "" && !strings.Contains(op.Res.Key, "=") {
			v.Sym = op.Res.Key
		}
	}
	return v
}

// driver is the family of connections, pools and cursors that take SQL text.
var driver = Library{
	Funcs: map[string]Model{
		"asyncpg.connect": connect, "psycopg.connect": connect, "psycopg2.connect": connect, "sqlite3.connect": connect,
		"aiosqlite.connect": connect, "psycopg.AsyncConnection.connect": connect, "psycopg.Connection.connect": connect,
		"psycopg.sql.SQL": composedSQL, "psycopg.sql.Identifier": composedSQL, "psycopg.sql.Literal": firstArg, "psycopg2.sql.SQL": composedSQL, "psycopg2.sql.Identifier": composedSQL, "psycopg2.sql.Literal": firstArg,
		"asyncpg.create_pool": pool, "aiomysql.create_pool": pool, "pymysql.connect": connect, "mysql.connector.connect": connect,
	},
	Classes: map[string]string{
		"asyncpg.Pool": "pool", "asyncpg.pool.Pool": "pool", "asyncpg.Connection": "connection", "asyncpg.connection.Connection": "connection",
		"asyncpg.pool.PoolConnectionProxy": "connection",
		"psycopg.Connection":               "connection", "psycopg.AsyncConnection": "connection", "psycopg_pool.ConnectionPool": "pool",
		"psycopg_pool.AsyncConnectionPool": "pool", "psycopg.Cursor": "connection", "psycopg.AsyncCursor": "connection",
		"psycopg2.extensions.connection": "connection", "psycopg_pool.Connection": "connection", "psycopg2.pool.Connection": "connection", "psycopg2.pool.ThreadedConnectionPool": "pool", "psycopg2.pool.SimpleConnectionPool": "pool",
		"sqlite3.Connection": "connection", "sqlite3.Cursor": "connection", "aiosqlite.Connection": "connection", "aiosqlite.Cursor": "connection",
		"databases.Database": "connection", "databases.core.Database": "connection", "pymysql.connections.Connection": "connection",
		"driver transaction": "driver transaction",
	},
	Methods: map[string]map[string]Model{
		"connection": {
			"execute": rawExecute, "executemany": rawExecute, "fetch": rawExecute, "fetchrow": rawOne, "fetchval": rawOne, "fetch_all": rawExecute,
			"fetch_one": rawOne, "fetch_val": rawOne, "executescript": rawExecute, "execute_fetchall": rawExecute, "iterate": rawExecute,
			"cursor": self, "transaction": driverTransaction, "commit": sessionOp(interleave.Commit), "rollback": sessionOp(interleave.Rollback),
			"close": sessionOp(interleave.Close), "fetchone": lastRow, "fetchall": lastRows, "connection": self, "__iter__": lastRow, "begin": sessionOp(interleave.Begin),
		},
		"pool": {
			"acquire": fromPool, "connection": fromPool, "getconn": fromPool, "execute": poolExecute, "fetch": poolExecute, "fetchrow": poolExecute, "fetchval": poolExecute,
			"release": func(c *Call) *Value { return None }, "putconn": func(c *Call) *Value { return None },
		},
		"driver transaction": {"start": func(c *Call) *Value { return enterDriver(c.World, c.Recv) }, "commit": driverEnd(interleave.Commit), "rollback": driverEnd(interleave.Rollback)},
	},
	Attrs: map[string]func(*World, *Value, string) *Value{"connection": cursorAttr},
	Enter: map[string]func(*World, *Value) *Value{"connection": enterSession, "pool": enterSession, "driver transaction": enterDriver},
	Exit:  map[string]func(*World, *Value, bool){"connection": exitConnection, "pool": func(*World, *Value, bool) {}, "driver transaction": exitDriver},
}

// conn is what the model keeps of a connection: whether each statement commits itself, and the last result of a cursor.
type conn struct {
	auto bool
	last *Value
}

func newConnection(c *Call, qual string) *Value {
	o := c.NewObject()
	num := c.NewSession()
	if c.World.drivers == nil {
		c.World.drivers = map[int]bool{}
	}
	c.World.drivers[num] = true
	o.Qual, o.Num, o.Extra = qual, num, &conn{auto: strings.HasPrefix(qual, "asyncpg") || strings.HasPrefix(qual, "databases")}
	return &Value{Kind: ExtObject, Obj: o, Sym: "conn"}
}

func connect(c *Call) *Value {
	qual := Root(c.Name) + ".Connection"
	v := newConnection(c, qual)
	if l := c.Keyword("isolation_level"); l.IsNone() || c.True("autocommit") {
		v.Obj.Extra.(*conn).auto = true
	}
	return v
}

func pool(c *Call) *Value {
	o := c.NewObject()
	o.Qual = Root(c.Name) + ".Pool"
	return &Value{Kind: ExtObject, Obj: o, Sym: "pool"}
}

func fromPool(c *Call) *Value {
	return newConnection(c, Root(c.Recv.Obj.Qual)+".Connection")
}

func poolExecute(c *Call) *Value {
	d := *c
	d.Recv = newConnection(c, Root(c.Recv.Obj.Qual)+".Connection")
	d.Recv.Obj.Extra = &conn{auto: true}
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

func rawText(v *Value) (string, bool) {
	if v == nil {
		return "", false
	}
	if s, ok := v.Str(); ok {
		return s, true
	}
	if v.Name == "fstring" {
		return strings.TrimSuffix(strings.TrimPrefix(v.Sym, "f'"), "'"), true
	}
	return "", false
}

func rawExecute(c *Call) *Value {
	stmt := c.Arg(0, "query")
	if stmt == nil {
		return nil
	}
	st := c.Recv.Obj.state()
	if st.auto && c.Recv.Obj.InTx == 0 {
		// Every statement is a transaction of its own, unless it is the one that begins one.
		defer func() {
			if c.Recv.Obj.InTx > 0 {
				return
			}
			op := Op{}
			op.Kind, op.Session = interleave.Commit, c.Recv.Obj.Num
			c.Emit(op)
		}()
	}
	if s := stmt.Pick(Statement); s != nil {
		st.last = Run(c.World, c.Recv, s.Query, c.Arg(1, "values"))
		return st.last
	}
	text, ok := rawText(stmt)
	if !ok {
		st.last = &Value{Kind: Rows, Deps: c.Deps()}
		return st.last
	}
	var args []*Value
	params := c.Arg(1, "values")
	if params == nil {
		params = c.Keyword("params")
	}
	if len(c.Args) > 1 && params != nil && params.Kind != Sequence && params.Kind != Mapping {
		args = c.Args[1:]
	}
	st.last = runRaw(c.World, c.Recv, text, params, args)
	if strings.HasPrefix(c.Recv.Obj.Qual, "asyncpg") && c.Name == "execute" {
		// The command tag is a string and always true: testing it tests nothing; comparing it does.
		tag := Opaque("command tag", st.last.Deps)
		tag.Src = st.last.Src
		tag.Name = "command tag"
		return tag
	}
	if st.last.Kind == Rows && c.Name == "execute" {
		// Cursors are their own result.
		r := *st.last
		r.Obj = c.Recv.Obj
		return &r
	}
	return st.last
}

func rawOne(c *Call) *Value {
	v := rawExecute(c)
	if v == nil {
		return nil
	}
	if c.Name == "fetchval" || c.Name == "fetch_val" {
		return takeRows(c.World, v, "scalar")
	}
	return takeRows(c.World, v, "first")
}

func lastRow(c *Call) *Value {
	if l := c.Recv.Obj.state().last; l != nil {
		return takeRows(c.World, l, "first")
	}
	return nil
}

func lastRows(c *Call) *Value { return c.Recv.Obj.state().last }

func cursorAttr(w *World, recv *Value, name string) *Value {
	switch name {
	case "rowcount", "lastrowid":
		if l := recv.Obj.state().last; l != nil && name == "rowcount" {
			return rowCount(l)
		}
		return Opaque(name, nil)
	case "row_factory", "autocommit", "isolation_level":
		return Opaque(name, nil)
	}
	return nil
}

func exitConnection(w *World, recv *Value, raised bool) {
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

func driverTransaction(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = "driver transaction", &tx{sess: c.Recv}
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
