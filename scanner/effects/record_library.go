package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// records is the library of all active records: their queries differ in words, not in what they do.
var records = Library{
	Funcs: []Named{
		{"tortoise.expressions.F", fObject}, {"tortoise.expressions.Q", qObject}, {"tortoise.queryset.Q", qObject}, {"django.db.models.F", fObject}, {"django.db.models.Q", qObject},
		{"tortoise.functions.Count", aggregateObject(interleave.Count)}, {"tortoise.functions.Sum", aggregateObject(interleave.Sum)}, {"tortoise.functions.Max", aggregateObject(interleave.Max)},
		{"django.db.models.Count", aggregateObject(interleave.Count)}, {"django.db.models.Sum", aggregateObject(interleave.Sum)}, {"django.db.models.Max", aggregateObject(interleave.Max)},
		{"mongoengine.Q", qObject}, {"ormar.and_", qObject}, {"ormar.or_", func(c *Call) *Value { return orConditions(Conditions(qObject(c))) }},
		{"piccolo.query.Count", sqlFunc}, {"piccolo.query.Max", sqlFunc}, {"piccolo.query.Min", sqlFunc}, {"piccolo.query.Sum", sqlFunc}, {"piccolo.query.Avg", sqlFunc},
		{"tortoise.transactions.in_transaction", recordTransaction}, {"tortoise.transactions.atomic", recordTransaction}, {"django.db.transaction.atomic", recordTransaction}, {"pony.orm.db_session", recordTransaction},
		{"tortoise.connections.get", recordConnection}, {"tortoise.connection.connections.get", recordConnection}, {"tortoise.Tortoise.get_connection", recordConnection},
		{"beanie.operators.Set", mongoOperator("$set")}, {"beanie.operators.Inc", mongoOperator("$inc")}, {"beanie.operators.Push", mongoOperator("$push")}, {"beanie.operators.AddToSet", mongoOperator("$addToSet")}, {"beanie.operators.Pull", mongoOperator("$pull")}, {"beanie.operators.Unset", mongoOperator("$unset")},
		{"beanie.operators.In", columnOperator("in")}, {"beanie.operators.NotIn", columnOperator("not in")}, {"beanie.operators.GTE", columnOperator(">=")}, {"beanie.operators.GT", columnOperator(">")}, {"beanie.operators.LTE", columnOperator("<=")}, {"beanie.operators.LT", columnOperator("<")}, {"beanie.operators.NE", columnOperator("!=")}, {"beanie.operators.Eq", columnOperator("=")},
		{"beanie.operators.And", func(c *Call) *Value { return condition(allConditions(c)...) }}, {"beanie.operators.Or", func(c *Call) *Value { return orConditions(allConditions(c)) }},
	},
	Classes: []Class{
		{"peewee.PostgresqlDatabase", "record database"}, {"peewee.MySQLDatabase", "record database"}, {"peewee.SqliteDatabase", "record database"}, {"peewee.DatabaseProxy", "record database"}, {"peewee.Database", "record database"}, {"peewee.Proxy", "record database"},
		{"playhouse.pool.PooledPostgresqlDatabase", "record database"}, {"playhouse.pool.PooledMySQLDatabase", "record database"}, {"playhouse.postgres_ext.PostgresqlExtDatabase", "record database"}, {"playhouse.pool.PooledPostgresqlExtDatabase", "record database"}, {"playhouse.db_url.connect", "record database"},
		{"piccolo.engine.postgres.PostgresEngine", "record database"}, {"piccolo.engine.sqlite.SQLiteEngine", "record database"},
		{"record transaction", "record transaction"}, {"record connection", "record connection"},
	},
	Methods: []Family{
		{"record class", recordQueryMethods}, {"record query", recordQueryMethods}, {"record", recordMethods},
		{"record database", andStatements([]Named{{"atomic", recordTransaction}, {"transaction", recordTransaction}, {"savepoint", recordTransaction}, {"connection_context", func(c *Call) *Value { return Opaque("connection", nil) }}})},
		{"record transaction", andStatements([]Named{{"commit", func(c *Call) *Value { return None }}, {"rollback", func(c *Call) *Value { return None }}})},
		{"record connection", andStatements([]Named{{"_in_transaction", recordTransaction}})},
	},
	Attrs: []Getter{{"record class", recordClassAttr}},
	Enter: []Enter{
		{"record transaction", func(w *World, v *Value) *Value { w.BeginRecords(); return v }},
	},
	Exit: []Exit{
		{"record transaction", func(w *World, _ *Value, raised bool) { w.EndRecords(raised) }},
	},
}

func recordTransaction(c *Call) *Value {
	if len(c.Args) > 0 && c.Args[0].Kind == FuncRef {
		return c.Args[0]
	}
	o := c.NewObject()
	o.Qual = "record transaction"
	return &Value{Kind: ExtObject, Obj: o, Sym: "transaction"}
}

// recordClassAttr is Model.objects, where queries begin, and a foreign key as a column.
func recordClassAttr(w *World, recv *Value, name string) *Value {
	t := tableOf(w, recv)
	switch {
	case name == "objects" || name == "query" || name == "_default_manager":
		return recordQuery(w, recv)
	case t.Relationships[name] != nil:
		if col := lookupColumn(t, name); t.Columns[col] != nil {
			return ColumnValue(t, col)
		}
	}
	return nil
}

func mongoOperator(name string) Model {
	return func(c *Call) *Value {
		return &Value{Kind: Mapping, Name: "builtins.dict", Pairs: []Pair{{Key: Text(name), Value: c.Arg(0, "expression")}}}
	}
}

func columnOperator(op string) Model {
	return func(c *Call) *Value {
		if len(c.Args) < 2 || c.Args[0].Col == nil {
			return condition(Condition{Op: "?"})
		}
		return condition(Condition{Column: c.Args[0].Col.Column, Table: c.Args[0].Col.Table, Op: op, Value: c.Args[1]})
	}
}

// canonicalRecord maps the places from which these libraries export one name.
func canonicalRecord(qual string) string {
	switch Root(qual) {
	case "beanie":
		if strings.Contains(qual, ".operators") {
			return "beanie.operators." + Last(qual)
		}
	case "django":
		if strings.HasPrefix(qual, "django.db.models.") {
			return "django.db.models." + Last(qual)
		}
	}
	return qual
}
