package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// ColumnByAttr returns the column behind an attribute of a model, "" when it is none.
func ColumnByAttr(t *schema.Table, attr string) string {
	if c := t.Column(attr); c != nil {
		return c.Name
	}
	return ""
}

// ColumnValue returns a column as it is used in a statement.
func ColumnValue(t *schema.Table, col string) *Value {
	return &Value{Kind: Column, Col: &ColumnRef{Table: t, Column: col}, Sym: t.Name + "." + col, Name: col}
}

// ObjectTable names the table of a row.
func ObjectTable(o *Object) string {
	if o.Table != nil {
		return o.Table.Name
	}
	if o.Class != nil {
		return o.Class.Name
	}
	return o.Qual
}

// Opposite returns the comparison that holds when op does not.
func Opposite(op string) string {
	if o, ok := opposites[op]; ok {
		return o
	}
	return "?"
}

var opposites = map[string]string{
	"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in",
	"exists": "not exists", "not exists": "exists", "true": "false", "false": "true", "is null": "is not null", "is not null": "is null",
}

// Turned returns the comparison that says the same with its sides exchanged.
func Turned(op string) string {
	switch op {
	case "<":
		return ">"
	case ">":
		return "<"
	case "<=":
		return ">="
	case ">=":
		return "<="
	}
	return op
}

func condition(conds ...Condition) *Value {
	v := &Value{Kind: Expr, Col: &ColumnRef{Conds: conds}}
	for _, c := range conds {
		if c.Value != nil {
			v.Deps = v.Deps.With(c.Value.AllDeps())
		}
	}
	return v
}

// CompareSQL returns the condition `left op right` of a statement.
func CompareSQL(left *Value, op string, right *Value) *Value {
	if left.Kind != Column && !(left.Kind == Expr && left.Col != nil && (left.Col.Column != "" || left.Col.Sub != nil && right.Col == nil)) {
		left, right, op = right, left, Turned(op)
	}
	if left.Col == nil {
		return condition(Condition{Op: "?", Value: right})
	}
	if right.IsNone() {
		switch op {
		case "=":
			op = "is null"
		case "!=":
			op = "is not null"
		}
	}
	if left.Kind == Column && right.Kind == Column && left.Sym == right.Sym && left.Col.Table == right.Col.Table && left.Col.Column == right.Col.Column && op == "=" {
		return condition() // of itself: it holds for every row, but for those that have nothing there
	}
	c := Condition{Column: left.Col.Column, Table: left.Col.Table, Op: op, Value: right, Beside: left.Col.Beside}
	switch {
	case left.Col.Sub != nil:
		c.Column, c.SubQuery, c.Sub = "", true, left.Col.Sub
	case right.Kind == Expr && right.Col != nil && right.Col.Sub != nil:
		c.SubQuery, c.Sub = true, right.Col.Sub
	case right.Kind == Statement:
		c.SubQuery, c.Sub = true, right.Query
	case left.Col.Column == "":
		c.Op = "?"
	}
	return condition(c)
}

// NotSQL negates a condition of a statement.
func NotSQL(v *Value) *Value {
	if v.Kind == Column {
		return condition(Condition{Column: v.Col.Column, Table: v.Col.Table, Op: "=", Value: Bool(false)})
	}
	var out []Condition
	for _, c := range v.Col.Conds {
		c.Op = Opposite(c.Op)
		c.Or = len(v.Col.Conds) > 1
		out = append(out, c)
	}
	n := condition(out...)
	n.Col.Sub, n.Col.Not = v.Col.Sub, !v.Col.Not
	return n
}

// BinarySQL combines parts of a statement: conditions by & and |, columns by arithmetic.
func BinarySQL(l *Value, op string, r *Value) *Value {
	switch op {
	case "&":
		return condition(append(Conditions(l), Conditions(r)...)...)
	case "|":
		return orConditions(append(Conditions(l), Conditions(r)...))
	}
	out := &Value{Kind: Expr, Col: &ColumnRef{}, Deps: l.AllDeps().With(r.AllDeps()), Sym: "(" + l.Sym + op + r.Sym + ")"}
	for _, v := range []*Value{l, r} {
		if v.Col == nil {
			continue
		}
		if v.Col.IsAgg {
			out.Col.IsAgg, out.Col.Agg, out.Col.Table, out.Col.Reckoned = true, v.Col.Agg, v.Col.Table, true
		}
		if v.Col.Column != "" && out.Col.Column == "" {
			out.Col.Table, out.Col.Column, out.Col.Relative = v.Col.Table, v.Col.Column, true
			out.Col.Beside = v.Col.Beside
		} else if v.Col.Column != "" && v.Col.Table == out.Col.Table {
			out.Col.Beside = append(append(slices.Clone(out.Col.Beside), v.Col.Column), v.Col.Beside...)
		}
		if v.Col.Sub != nil {
			out.Col.Sub = v.Col.Sub
		}
	}
	return out
}

func orConditions(conds []Condition) *Value {
	out := make([]Condition, len(conds))
	for i, c := range conds {
		c.Or = true
		out[i] = c
	}
	return condition(out...)
}

// Conditions returns the terms of a condition value.
func Conditions(v *Value) []Condition {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case Column:
		return []Condition{{Column: v.Col.Column, Table: v.Col.Table, Op: "=", Value: Bool(true)}}
	case Expr:
		if v.Col.Conds == nil && v.Col.Sub != nil {
			op := "exists"
			if v.Col.Not {
				op = "not exists"
			}
			return []Condition{{Op: op, SubQuery: true, Sub: v.Col.Sub, Value: v}}
		}
		return v.Col.Conds
	case Sequence:
		var out []Condition
		for _, it := range v.Items {
			out = append(out, Conditions(it)...)
		}
		if v.Elem != nil {
			out = append(out, Conditions(v.Elem)...)
		}
		return out
	case Union:
		return Conditions(v.Items[0])
	case Const:
		return nil
	}
	return []Condition{{Op: "?", Value: v}}
}

// columnMethods are the methods of a column in a statement.
var columnMethods = []Named{
	{"in_", colOp("in")},
	{"not_in", colOp("not in")},
	{"notin_", colOp("not in")},
	{"is_", colOp("=")},
	{"is_not", colOp("!=")},
	{"isnot", colOp("!=")},
	{"is_distinct_from", colOp("!=")},
	{"isnot_distinct_from", colOp("=")},
	{"is_not_distinct_from", colOp("=")},
	{"like", colOp("?")},
	{"ilike", colOp("?")},
	{"contains", colOp("?")},
	{"startswith", beginsWith},
	{"endswith", colOp("?")},
	{"between", colOp("?")},
	{"any", colOp("?")},
	{"has", colOp("?")},
	{"op", nil},
	{"desc", descending},
	{"asc", self},
	{"label", labelColumn},
	{"nulls_last", self},
	{"nulls_first", self},
	{"over", self},
	{"filter", filterAggregate},
	{"where", existsWhere},
	{"filter_by", existsWhere},
	{"select_from", existsWhere},
	{"select", keepColumn},
	{"cast", self},
	{"collate", self},
	{"isnull", func(c *Call) *Value { return CompareSQL(c.Recv, "=", None) }},
	{"is_null", isNull},
	{"is_not_null", func(c *Call) *Value { return CompareSQL(c.Recv, "!=", None) }},
}

// isNull is Peewee's Column.is_null(), or with False its opposite, and Piccolo's.
func isNull(c *Call) *Value {
	if is := c.Arg(0, "is_null"); is != nil && is.Truth() == "False" {
		return CompareSQL(c.Recv, "!=", None)
	}
	return CompareSQL(c.Recv, "=", None)
}

// labelColumn gives a column of the select list a name.
func labelColumn(c *Call) *Value {
	v := *c.Recv
	if name, ok := c.Arg(0, "name").Str(); ok && !strings.HasPrefix(v.Name, "advisory:") {
		v.Name = name
	}
	return &v
}

// filterAggregate is func.count().filter(…), or exists().filter(…).
func filterAggregate(c *Call) *Value {
	if v := existsWhere(c); v != nil {
		return v
	}
	return c.Recv
}

// keepColumn is a method that makes a statement of an expression: exists(…).select().
func keepColumn(c *Call) *Value {
	q := &Query{Verb: interleave.Read, Deps: c.Deps()}
	addSelected(c.World, q, c.Recv)
	return &Value{Kind: Statement, Query: q}
}

func self(c *Call) *Value { return c.Recv }

// beginsWith is LIKE with a pattern that is open at its end.
func beginsWith(c *Call) *Value {
	if len(c.Args) == 0 {
		return colOp("?")(c)
	}
	pattern := *c.Args[0]
	if text, ok := strings.CutSuffix(pattern.Sym, "'"); ok {
		pattern.Sym = text + "%'"
	} else if pattern.Sym != "" {
		pattern.Sym = "f'{" + pattern.Sym + "}%'"
	}
	pattern.Kind = Unknown
	return colOp("?")(&Call{World: c.World, Recv: c.Recv, Args: []*Value{&pattern}, Node: c.Node})
}

func colOp(op string) Model {
	return func(c *Call) *Value {
		arg := c.Arg(0, "other")
		if arg == nil {
			arg = Opaque("", nil)
		}
		if c.Recv.Kind == Expr && c.Recv.Col.Column == "" {
			return condition(Condition{Op: "?", Value: arg})
		}
		if op == "=" || op == "!=" {
			return CompareSQL(c.Recv, op, arg)
		}
		cond := Condition{Column: c.Recv.Col.Column, Table: c.Recv.Col.Table, Op: op, Value: arg}
		switch {
		case arg.Kind == Statement:
			cond.SubQuery, cond.Sub = true, arg.Query
		case arg.Kind == Expr && arg.Col.Sub != nil:
			cond.SubQuery, cond.Sub = true, arg.Col.Sub
		}
		return condition(cond)
	}
}

// sqlFunc is a call of sqlalchemy.func.NAME.
func sqlFunc(c *Call) *Value {
	name := strings.ToLower(Last(c.Name))
	out := &Value{Kind: Expr, Col: &ColumnRef{}, Deps: c.Deps(), Name: name, Sym: name}
	for _, a := range c.Args {
		if a.Col != nil {
			if a.Col.IsAgg {
				out.Col.IsAgg, out.Col.Agg, out.Col.Reckoned = true, a.Col.Agg, a.Col.Reckoned
			}
			if out.Col.Table == nil {
				out.Col.Table, out.Col.Column = a.Col.Table, a.Col.Column
			}
		}
		if a.Kind == Statement && a.Query.Table != nil {
			out.Col.Table = a.Query.Table
			out.Col.Sub = a.Query
		}
		if a.Kind == ClassRef && c.Schema != nil && c.Schema.ByClass[a.Ref().Class] != nil {
			out.Col.Table = c.Schema.ByClass[a.Ref().Class]
		}
		out.Sym += "(" + a.Sym + ")"
	}
	switch name {
	case "count":
		out.Col.IsAgg, out.Col.Agg = true, interleave.Count
	case "sum", "avg":
		out.Col.IsAgg, out.Col.Agg = true, interleave.Sum
	case "max", "min":
		out.Col.IsAgg, out.Col.Agg = true, interleave.Max
	case "lower", "upper", "trim":
		if out.Col.Column != "" {
			out.Col.Column = name + "(" + out.Col.Column + ")"
		}
	case "pg_advisory_xact_lock", "pg_advisory_lock", "pg_try_advisory_xact_lock", "pg_try_advisory_lock", "get_lock", "pg_advisory_unlock", "release_lock", "pg_advisory_xact_lock_shared":
		out.Items = c.Args
		out.Name = "advisory:" + name
	case "now", "current_timestamp", "random", "gen_random_uuid":
		out = &Value{Kind: Expr, Col: &ColumnRef{}, Sym: "now"}
	}
	return out
}
