package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// The database drivers that take SQL text: asyncpg, psycopg, sqlite3, aiosqlite, the drivers of MySQL, and databases.

// driver is the family of connections, pools and cursors that take SQL text.
var driver = Library{
	Funcs: []Named{
		{"asyncpg.connect", connect}, {"psycopg.connect", connect}, {"psycopg2.connect", connect}, {"sqlite3.connect", connect},
		{"aiosqlite.connect", connect}, {"psycopg.AsyncConnection.connect", connect}, {"psycopg.Connection.connect", connect},
		{"aiomysql.connect", connect}, {"asyncmy.connect", connect}, {"MySQLdb.connect", connect}, {"pg8000.connect", connect}, {"pg8000.dbapi.connect", connect}, {"aiopg.connect", connect},
		{"psycopg.rows.class_row", classRow}, {"psycopg.rows.kwargs_row", classRow},
		{"psycopg.sql.SQL", composedSQL}, {"psycopg.sql.Identifier", composedSQL}, {"psycopg.sql.Literal", firstArg}, {"psycopg2.sql.SQL", composedSQL}, {"psycopg2.sql.Identifier", composedSQL}, {"psycopg2.sql.Literal", firstArg},
		{"asyncpg.create_pool", pool}, {"aiomysql.create_pool", pool}, {"asyncmy.create_pool", pool}, {"aiopg.create_pool", pool}, {"pymysql.connect", connect}, {"mysql.connector.connect", connect},
	},
	Classes: []Class{
		{"asyncpg.Pool", "pool"}, {"asyncpg.pool.Pool", "pool"}, {"asyncpg.Connection", "connection"}, {"asyncpg.connection.Connection", "connection"},
		{"asyncpg.pool.PoolConnectionProxy", "connection"},
		{"psycopg.Connection", "connection"}, {"psycopg.AsyncConnection", "connection"}, {"psycopg_pool.ConnectionPool", "pool"},
		{"psycopg_pool.AsyncConnectionPool", "pool"}, {"psycopg.Cursor", "connection"}, {"psycopg.AsyncCursor", "connection"},
		{"psycopg2.extensions.connection", "connection"}, {"psycopg_pool.Connection", "connection"}, {"psycopg2.pool.Connection", "connection"}, {"psycopg2.pool.ThreadedConnectionPool", "pool"}, {"psycopg2.pool.SimpleConnectionPool", "pool"},
		{"sqlite3.Connection", "connection"}, {"sqlite3.Cursor", "connection"}, {"aiosqlite.Connection", "connection"}, {"aiosqlite.Cursor", "connection"},
		{"databases.Database", "connection"}, {"databases.core.Database", "connection"}, {"pymysql.connections.Connection", "connection"},
		// What connect and the pools give, by the library alone: see newConnection.
		{"postgrest.Connection", "connection"}, {"psycopg2.Connection", "connection"}, {"pymysql.Connection", "connection"}, {"mysql.Connection", "connection"}, {"aiomysql.Connection", "connection"},
		{"asyncmy.Connection", "connection"}, {"MySQLdb.Connection", "connection"}, {"pg8000.Connection", "connection"}, {"aiopg.Connection", "connection"},
		{"psycopg2.extensions.cursor", "connection"}, {"psycopg2.extras.RealDictCursor", "connection"}, {"pymysql.cursors.Cursor", "connection"}, {"pymysql.cursors.DictCursor", "connection"},
		{"aiomysql.Pool", "pool"}, {"asyncmy.Pool", "pool"}, {"aiopg.Pool", "pool"},
		{DriverTransaction, DriverTransaction},
	},
	Methods: []Family{
		{"connection", []Named{
			{"execute", rawExecute}, {"executemany", rawExecute}, {"fetch", rawExecute}, {"fetchrow", rawOne}, {"fetchval", rawOne}, {"fetch_all", rawExecute},
			{"fetch_one", rawOne}, {"fetch_val", rawOne}, {"executescript", rawExecute}, {"execute_fetchall", rawExecute}, {"iterate", rawExecute},
			{"cursor", cursor}, {"transaction", driverTransaction}, {"commit", sessionOp(interleave.Commit)}, {"rollback", sessionOp(interleave.Rollback)},
			{"close", closeConnection}, {"fetchone", lastRow}, {"fetchall", lastRows}, {"fetchmany", lastRows}, {"set_session", setConnection}, {"set_isolation_level", setConnection}, {"set_autocommit", setConnection}, {"autocommit", setConnection}, {"connection", self}, {"__iter__", lastRow}, {"begin", sessionOp(interleave.Begin)},
		}},
		{"pool", []Named{
			{"acquire", fromPool}, {"connection", fromPool}, {"getconn", fromPool}, {"execute", poolExecute}, {"fetch", poolExecute}, {"fetchrow", poolExecute}, {"fetchval", poolExecute},
			{"release", func(c *Call) *Value { return None }}, {"putconn", func(c *Call) *Value { return None }},
		}},
		{DriverTransaction, []Named{{"start", func(c *Call) *Value { return enterDriver(c.World, c.Recv) }}, {"commit", driverEnd(interleave.Commit)}, {"rollback", driverEnd(interleave.Rollback)}}},
	},
	Attrs: []Getter{{"connection", cursorAttr}},
	Sets:  []Setter{{"connection", setConnectionAttr}},
	Enter: []Enter{{"connection", enterSession}, {"pool", enterSession}, {DriverTransaction, enterDriver}},
	Exit:  []Exit{{"connection", exitConnection}, {"pool", func(*World, *Value, bool) {}}, {DriverTransaction, exitDriver}},
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

// maxRuns bounds how often a statement is run that is given several sets of values.
const maxRuns = 8

// runEach runs a statement once for every set of values that it is given, and once for those of which it is not known how many there are.
func runEach(w *World, sess *Value, text string, sets *Value) *Value {
	each := sets.Items[:min(len(sets.Items), maxRuns)]
	if sets.Elem != nil || len(each) == 0 {
		each = append(slices.Clip(each), sets.Elem)
	}
	var last *Value
	for _, set := range each {
		last = runRaw(w, sess, text, set, nil)
	}
	return last
}

func rawExecute(c *Call) *Value {
	stmt := c.Arg(0, "query")
	if stmt == nil {
		return nil
	}
	st, on := c.Recv.Obj.state(), connectionOf(c.Recv)
	if on.Obj.state().auto && on.Obj.InTx == 0 {
		// Every statement is a transaction of its own, unless it is the one that begins one.
		defer func() {
			if on.Obj.InTx > 0 {
				return
			}
			op := Op{}
			op.Kind, op.Session = interleave.Commit, c.Recv.Obj.Num
			c.Emit(op)
		}()
	}
	if s := stmt.Pick(Statement); s != nil {
		st.last = Run(c.World, on, s.Query, c.Arg(1, "values"))
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
	if c.Name == "executemany" && params != nil && params.Kind == Sequence {
		st.last = runEach(c.World, on, text, params)
		return st.last
	}
	st.last = st.made(c, runRaw(c.World, on, text, params, args))
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
	case "connection":
		if recv.Obj.state().of != nil {
			return connectionOf(recv)
		}
	}
	return nil
}
