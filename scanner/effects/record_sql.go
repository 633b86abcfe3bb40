package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// SQL text that active records run on their one connection: by the connection itself, by the transaction that is open on it, or by the
// database. It is in the same transaction as what the records do.

// andStatements are the methods of a connection, transaction or database of active records, with those that run SQL text.
func andStatements(methods []Named) []Named {
	return append(methods, []Named{
		{"execute_query", recordStatement}, {"execute_query_dict", recordStatement}, {"execute_script", recordStatement},
		{"execute_insert", recordStatement}, {"execute_sql", recordStatement},
	}...)
}

// recordStatement runs the text as it stands. Tortoise's execute_query gives how many rows there are, or were written, and the rows.
func recordStatement(c *Call) *Value {
	text, ok := rawText(c.Arg(0, "query"))
	if !ok {
		text, ok = rawText(c.Keyword("sql"))
	}
	if !ok {
		return nil
	}
	conn, first := c.World.connection(), len(c.Ops)
	rows := runRaw(c.World, conn, text, c.Arg(1, "values"), nil)
	if conn.Obj.InTx == 0 && len(c.Ops) > first {
		end := Op{}
		end.Kind, end.Session, end.Flags = interleave.Commit, conn.Obj.Num, interleave.KeepOnCommit
		c.Emit(end)
	}
	if c.Name != "execute_query" || rows == nil {
		return rows
	}
	return &Value{Kind: Sequence, Items: []*Value{rowCount(rows), rows}, Deps: rows.Deps}
}

// recordConnection is the connection that active records hand out by its name.
func recordConnection(c *Call) *Value { return c.World.connection() }
