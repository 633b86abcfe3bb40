package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// SQLAlchemy 1.4 and 2.x, sync and async, and SQLModel.
var sqlalchemy = Library{
	Funcs: []Named{
		{"sqlalchemy.select", selectStmt},
		{"sqlalchemy.update", verb(interleave.Update)},
		{"sqlalchemy.delete", verb(interleave.Delete)},
		{"sqlalchemy.insert", verb(interleave.Insert)},
		{"sqlalchemy.exists", existsExpr},
		{"sqlalchemy.inspect", inspected},
		{"sqlalchemy.and_", func(c *Call) *Value { return condition(allConditions(c)...) }},
		{"sqlalchemy.or_", func(c *Call) *Value { return orConditions(allConditions(c)) }},
		{"sqlalchemy.not_", func(c *Call) *Value { return NotSQL(condition(allConditions(c)...)) }},
		{"sqlalchemy.text", textStmt},
		{"sqlalchemy.desc", firstDescending},
		{"sqlalchemy.asc", firstArg},
		{"sqlalchemy.col", firstArg},
		{"sqlalchemy.cast", firstArg},
		{"sqlalchemy.distinct", firstArg},
		{"sqlalchemy.literal", firstArg},
		{"sqlalchemy.bindparam", firstArg},
		{"sqlalchemy.aliased", firstArg},
		{"sqlalchemy.sessionmaker", nil},
		{"sqlalchemy.selectinload", loadsWith},
		{"sqlalchemy.joinedload", loadsWith},
		{"sqlalchemy.subqueryload", loadsWith},
		{"sqlalchemy.case", func(c *Call) *Value { return &Value{Kind: Expr, Col: &ColumnRef{}, Deps: c.Deps()} }},
		{"sqlalchemy.make_url", firstArg},
		{"sqlalchemy.object_session", func(c *Call) *Value { return nil }},
	},
	Classes: []Class{
		{"sqlalchemy.Session", "session"}, {"sqlalchemy.AsyncSession", "session"}, {"sqlalchemy.scoped_session", "sessionmaker"},
		{"sqlalchemy.async_scoped_session", "sessionmaker"}, {"sqlalchemy.Connection", "session"}, {"sqlalchemy.AsyncConnection", "session"},
		{"sqlalchemy.sessionmaker", "sessionmaker"}, {"sqlalchemy.async_sessionmaker", "sessionmaker"},
		{"sqlalchemy.Engine", "engine"}, {"sqlalchemy.AsyncEngine", "engine"}, {"sqlalchemy.create_engine", "engine"}, {"sqlalchemy.create_async_engine", "engine"},
		{coreTableClass, "table"}, {"sqlalchemy.schema.Table", "table"}, {"sqlalchemy.sql.schema.Table", "table"}, {coreColumnsClass, "columns"},
		{"transaction", "transaction"}, {loadOption, loadOption},
	},
	Methods: []Family{
		{"session", sessionMethods},
		{"sessionmaker", []Named{{"__call__", newSession}, {"begin", beginFactory}}},
		{"engine", []Named{{"begin", engineBegin}, {"connect", engineConnect}, {"execution_options", engineOptions}}},
		{"statement", statementMethods},
		{"rows", rowsMethods},
		{"column", columnMethods},
		{"table", coreTableMethods},
		{"columns", coreColumnsMethods},
		{loadOption, []Named{{"selectinload", loadsWith}, {"joinedload", loadsWith}, {"subqueryload", loadsWith}, {"options", self}, {"load_only", self}}},
		{"transaction", []Named{{"commit", endTransaction(interleave.Commit)}, {"rollback", endTransaction(interleave.Rollback)}, {"start", startTransaction}}},
	},
	Attrs: []Getter{{"rows", rowsAttr}, {"table", coreTableAttr}, {"columns", coreColumn}},
	Enter: []Enter{{"session", enterSession}, {"transaction", enterTransaction}},
	Exit:  []Exit{{"session", exitSession}, {"transaction", exitTransaction}},
	Shape: sessionShape,
}

func firstArg(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	return c.Args[0]
}

// decoded is what a function makes of its argument that reads it as a text, encoded one that writes it as one: what lies in it may have
// been changed before, where it was not a text itself.
func decoded(c *Call) *Value { return firstArg(c).Unpacked() }
func encoded(c *Call) *Value { return firstArg(c).Remade() }

func allConditions(c *Call) []Condition {
	var out []Condition
	for _, a := range c.Args {
		out = append(out, Conditions(a)...)
	}
	return out
}

// IsSessionFamily tells whether objects of the family are database sessions or connections.
func IsSessionFamily(family string) bool { return family == "session" || family == "connection" }

// KindFamily returns the family of a value that is not an object.
func KindFamily(v *Value) string {
	switch v.Kind {
	case Statement:
		return "statement"
	case Rows:
		return "rows"
	case Column, Expr:
		return "column"
	case Const:
		return "text"
	case Sequence:
		return "sequence"
	case Mapping:
		return "mapping"
	case BoundExt:
		if v.Self != nil && v.Self.Kind == ClassRef && v.Name == "objects" {
			return "manager"
		}
	}
	return ""
}

func selectStmt(c *Call) *Value {
	q := &Query{Verb: interleave.Read}
	for _, a := range c.Args {
		for _, it := range flatten(a) {
			addSelected(c.World, q, it)
		}
	}
	q.Deps = c.Deps()
	return &Value{Kind: Statement, Query: q}
}

func flatten(v *Value) []*Value {
	if v.Kind == Sequence {
		return v.Items
	}
	return v.Alternatives()[:1]
}

func tableOf(w *World, v *Value) *schema.Table {
	if v != nil && v.Kind == ClassRef && v.Ref().Class != nil && w.Schema != nil {
		return w.Schema.ByClass[v.Ref().Class]
	}
	return coreTable(w, v)
}

func addSelected(w *World, q *Query, a *Value) {
	switch a.Kind {
	case ClassRef:
		if t := tableOf(w, a); t != nil {
			if q.Table == nil {
				q.Table, q.TableName, q.Entity = t, t.Name, true
			} else {
				q.Joins = append(q.Joins, t)
			}
			q.Columns = append(q.Columns, a)
			return
		}
		if a.Ref().Class != nil && q.TableName == "" {
			q.TableName, q.Entity, q.Opaque = a.Ref().Class.Name, true, true
		}
		q.Columns = append(q.Columns, a)
	case Column, Expr:
		if q.Table != nil && (a.Col.Sub != nil || countsJoined(q, a)) {
			q.Columns = append(q.Columns, a) // a sub-query in the select list, or as good as one
			return
		}
		if a.Col.Table != nil && q.Table == nil {
			q.Table, q.TableName = a.Col.Table, a.Col.Table.Name
		}
		if a.Col.IsAgg {
			q.Aggregate = a.Col.Agg
		}
		if a.Col.Sub != nil && q.Table == nil {
			s := a.Col.Sub
			q.Table, q.TableName, q.Where = s.Table, s.TableName, append(q.Where, s.Where...)
			if q.Aggregate == interleave.Rows {
				q.Aggregate = interleave.Exists
			}
		}
		q.Columns = append(q.Columns, a)
	default:
		if t := tableOf(w, a); t != nil && q.Table == nil {
			q.Table, q.TableName = t, t.Name
			for _, c := range t.Order {
				q.Columns = append(q.Columns, ColumnValue(t, c))
			}
			return
		}
		q.Columns = append(q.Columns, a)
	}
}

func verb(k interleave.Kind) Model {
	return func(c *Call) *Value {
		q := &Query{Verb: k, Deps: c.Deps()}
		t := c.Arg(0, "table")
		q.Table = tableOf(c.World, t)
		if q.Table != nil {
			q.TableName = q.Table.Name
		} else if t != nil && t.Ref().Class != nil {
			q.TableName = t.Ref().Class.Name
		} else if t != nil {
			q.TableName, q.Opaque = t.Sym, true
		}
		return &Value{Kind: Statement, Query: q}
	}
}

func existsExpr(c *Call) *Value {
	e := &Value{Kind: Expr, Col: &ColumnRef{}, Deps: c.Deps()}
	if len(c.Args) > 0 {
		switch a := c.Args[0]; a.Kind {
		case Statement:
			e.Col.Sub = a.Query
		default:
			q := &Query{Verb: interleave.Read}
			addSelected(c.World, q, a)
			e.Col.Sub = q
		}
	} else {
		e.Col.Sub = &Query{Verb: interleave.Read}
	}
	return e
}

func textStmt(c *Call) *Value {
	q := &Query{Verb: interleave.Read, Deps: c.Deps(), Raw: &RawSQL{}}
	if len(c.Args) > 0 {
		if s, ok := c.Args[0].Str(); ok {
			q.Raw.Text = s
		} else if c.Args[0].Name == "fstring" {
			q.Raw.Text = strings.TrimSuffix(strings.TrimPrefix(c.Args[0].Sym, "f'"), "'")
		}
	}
	return &Value{Kind: Statement, Query: q, Sym: q.Raw.Text}
}

// existsWhere adds to the sub-query of exists(): exists().where(…), exists(Order).where(…).
func existsWhere(c *Call) *Value {
	if c.Recv.Kind != Expr || c.Recv.Col.Sub == nil {
		return nil
	}
	d := *c
	d.Recv = &Value{Kind: Statement, Query: c.Recv.Col.Sub}
	q := joined.methods["statement"][c.Name](&d)
	if q == nil {
		return nil
	}
	v := *c.Recv
	col := *v.Col
	col.Sub = q.Query
	v.Col, v.Deps = &col, v.Deps.With(c.Deps())
	return &v
}

// statement returns a copy of the receiver's statement to change.
func statement(c *Call) (*Query, *Value) {
	q := *c.Recv.Query
	q.Deps = q.Deps.With(c.Deps())
	q.Where = slices.Clone(q.Where)
	v := *c.Recv
	v.Query = &q
	return &q, &v
}

func where(c *Call) *Value {
	q, v := statement(c)
	q.Where = append(q.Where, allConditions(c)...)
	for _, cond := range q.Where {
		if q.Table == nil && cond.Table != nil {
			q.Table, q.TableName = cond.Table, cond.Table.Name
		}
	}
	return v
}

func filterBy(c *Call) *Value {
	q, v := statement(c)
	for _, k := range c.Kw {
		op := "="
		if k.Value.IsNone() {
			op = "is null"
		}
		if k.Name == "" {
			q.Where = append(q.Where, Condition{Op: "?", Value: k.Value})
			continue
		}
		q.Where = append(q.Where, Condition{Column: attrColumn(q.Table, k.Name), Table: q.Table, Op: op, Value: k.Value})
	}
	return v
}

func attrColumn(t *schema.Table, name string) string {
	if t != nil {
		if c := ColumnByAttr(t, name); c != "" {
			return c
		}
	}
	return name
}

func withForUpdate(c *Call) *Value {
	q, v := statement(c)
	q.Lock = lockMode(c)
	if of := c.Keyword("of"); of != nil {
		for _, it := range flatten(of) {
			if t := tableOf(c.World, it); t != nil {
				q.LockOf = append(q.LockOf, t.Name)
			} else if it.Col != nil && it.Col.Table != nil {
				q.LockOf = append(q.LockOf, it.Col.Table.Name)
			}
		}
	}
	return v
}

func lockMode(c *Call) interleave.LockMode {
	m := interleave.LockMode{Strength: interleave.ForUpdate, SkipLocked: c.True("skip_locked"), NoWait: c.True("nowait")}
	if c.True("read") {
		m.Strength = interleave.ForShare
	}
	return m
}

func values(c *Call) *Value {
	q, v := statement(c)
	add := func(name string, val *Value) {
		q.Set = append(q.Set, Assigned{Column: attrColumn(q.Table, name), Value: val, Relative: val.Col != nil && (val.Col.Relative || val.Kind == Column)})
	}
	for _, k := range c.Kw {
		if k.Name != "" {
			add(k.Name, k.Value)
		} else {
			q.Set = append(q.Set, Assigned{Column: "*", Value: k.Value})
		}
	}
	for _, a := range c.Args {
		switch { // of several rows, one stands for all
		case a.Kind == Sequence && len(a.Items) > 0:
			a = a.Items[0]
		case a.Elem != nil && a.Elem.Kind == Mapping:
			a = a.Elem
		}
		if a.Kind != Mapping {
			q.Set = append(q.Set, Assigned{Column: "*", Value: a})
			continue
		}
		for _, p := range a.Pairs {
			switch {
			case p.Key == nil:
				q.Set = append(q.Set, Assigned{Column: "*", Value: p.Value})
			case p.Key.Kind == Column:
				add(p.Key.Col.Column, p.Value)
			default:
				if s, ok := p.Key.Str(); ok {
					add(s, p.Value)
				} else {
					q.Set = append(q.Set, Assigned{Column: "*", Value: p.Value})
				}
			}
		}
	}
	return v
}

func returning(c *Call) *Value {
	q, v := statement(c)
	q.Returning = c.Args
	return v
}

func executionOptions(c *Call) *Value {
	q, v := statement(c)
	if c.True("populate_existing") {
		q.Flags |= interleave.PopulateExisting
	}
	return v
}

func onConflict(flag interleave.Flags) Model {
	return func(c *Call) *Value {
		q, v := statement(c)
		q.Flags |= flag
		target := c.Keyword("index_elements")
		switch {
		case target == nil:
		case flag == interleave.OnConflictIgnore:
			q.Conflict = columnsNamed(q.Table, target)
		case c.Keyword("where") == nil:
			q.Meets, q.Overwrites = columnsNamed(q.Table, target), overwrites(q, c.Keyword("set_"))
		}
		return v
	}
}

func columnsNamed(t *schema.Table, list *Value) []string {
	var out []string
	for _, it := range list.Items {
		out = append(out, columnNamed(t, it))
	}
	return out
}

// overwrites are the columns of a row that is there already which a conflict clause sets to what the insert brings, or counts up or down.
func overwrites(q *Query, set *Value) []Assigned {
	if set = set.Pick(Mapping); set == nil {
		return nil
	}
	var out []Assigned
	for _, p := range set.Pairs {
		column := columnNamed(q.Table, p.Key)
		if p.Value.Col != nil && p.Value.Col.Relative && p.Value.Col.Table == q.Table && column != "" {
			out = append(out, Assigned{Column: column, Value: p.Value, Relative: true})
			continue
		}
		for _, a := range q.Set {
			if a.Column != "" && strings.HasSuffix(p.Value.Sym, ".excluded."+a.Column) {
				out = append(out, Assigned{Column: column, Value: a.Value})
			}
		}
	}
	return out
}

// columnNamed is the column that is given itself or by its name, "" when it is neither.
func columnNamed(t *schema.Table, v *Value) string {
	if v != nil && v.Kind == Column {
		return v.Col.Column
	}
	if s, ok := v.Str(); ok {
		return attrColumn(t, s)
	}
	return ""
}

func join(c *Call) *Value {
	q, v := statement(c)
	if t := tableOf(c.World, c.Arg(0, "target")); t != nil {
		q.Joins = append(q.Joins, t)
	}
	q.goesOver(c.Arg(0, "target"))
	for _, a := range c.Args[min(1, len(c.Args)):] {
		q.Where = append(q.Where, Conditions(a)...)
	}
	return v
}

func selectFrom(c *Call) *Value {
	q, v := statement(c)
	for _, a := range c.Args {
		q.goesOver(a)
		switch {
		case a.Kind == Statement || a.Kind == Expr && a.Col.Sub != nil:
			sub := a.Query
			if sub == nil {
				sub = a.Col.Sub
			}
			if q.Table == nil || q.Aggregate != interleave.Rows {
				q.Table, q.TableName = sub.Table, sub.TableName
				q.Where = append(q.Where, sub.Where...)
			}
		default:
			if t := tableOf(c.World, a); t != nil && q.Table == nil {
				q.Table, q.TableName = t, t.Name
			}
		}
	}
	return v
}

func subquery(c *Call) *Value {
	q := c.Recv.Query
	v := &Value{Kind: Expr, Col: &ColumnRef{Table: q.Table, Sub: q, IsAgg: q.Aggregate != interleave.Rows, Agg: q.Aggregate}, Deps: c.Recv.AllDeps()}
	if v.Col.IsAgg {
		v.Sym = aggregateName(q.Aggregate) + "(" + q.TableName + ")"
	}
	return v
}

// labelled is a scalar sub-query with a name.
func labelled(c *Call) *Value {
	v := subquery(c)
	if name, ok := c.Arg(0, "name").Str(); ok {
		v.Name = name
	}
	return v
}

func keepStatement(c *Call) *Value { return c.Recv }

func single(c *Call) *Value {
	_, v := statement(c)
	v.Query.Limited = true
	if n := c.Arg(0, "limit"); n != nil && n.Sym == "1" {
		v.Query.Single = true
	}
	return v
}

// insertFrom adds what an INSERT … SELECT asks for: that no such row exists, or what else the SELECT reads.
func insertFrom(q, from *Query) {
	for _, c := range from.Where {
		if c.Sub == nil {
			continue
		}
		if (c.Op == "not exists" || c.Op == "not in") && c.Sub.TableName == q.TableName {
			q.NotExists = true
			q.Where = append(q.Where, c.Sub.Where...)
			continue
		}
		q.Where = append(q.Where, c)
	}
	if from.TableName != "" && from.TableName != q.TableName {
		q.Where = append(q.Where, Condition{Op: "exists", SubQuery: true, Sub: from})
	}
}

// selectedInto sets the columns of an INSERT … SELECT from the names and what is selected.
func selectedInto(q *Query, names *Value, from *Query) {
	if names == nil || len(q.Set) > 0 || len(names.Items) != len(from.Columns) {
		return
	}
	for i, n := range names.Items {
		name, ok := n.Str()
		if !ok && n.Kind == Column {
			name, ok = n.Col.Column, true
		}
		if ok {
			q.Set = append(q.Set, Assigned{Column: attrColumn(q.Table, name), Value: from.Columns[i]})
		}
	}
}

var statementMethods = []Named{
	{"where", where}, {"filter", where}, {"having", where}, {"filter_by", filterBy}, {"with_for_update", withForUpdate},
	{"values", values}, {"returning", returning}, {"execution_options", executionOptions}, {"limit", single},
	{"on_conflict_do_nothing", onConflict(interleave.OnConflictIgnore)}, {"on_conflict_do_update", onConflict(interleave.OnConflictUpdate)},
	{"on_duplicate_key_update", onConflict(interleave.OnConflictUpdate)},
	{"prefix_with", func(c *Call) *Value {
		q, v := statement(c)
		if s, ok := c.Arg(0, "").Str(); ok && strings.Contains(strings.ToUpper(s), "IGNORE") {
			q.Flags |= interleave.OnConflictIgnore
		}
		return v
	}},
	{"join", join}, {"outerjoin", join}, {"join_from", keepStatement}, {"select_from", selectFrom},
	{"populate_existing", func(c *Call) *Value {
		q, v := statement(c)
		q.Flags |= interleave.PopulateExisting
		return v
	}},
	{"with_only_columns", func(c *Call) *Value {
		q, v := statement(c)
		q.Entity, q.Columns, q.Aggregate = false, nil, interleave.Rows
		for _, a := range c.Args {
			addSelected(c.World, q, a)
		}
		return v
	}},
	{"with_entities", func(c *Call) *Value {
		q, v := statement(c)
		q.Entity, q.Columns, q.Aggregate = false, nil, interleave.Rows
		for _, a := range c.Args {
			addSelected(c.World, q, a)
		}
		return v
	}},
	{"from_select", func(c *Call) *Value {
		q, v := statement(c)
		if s := c.Arg(1, "select"); s != nil && s.Query != nil {
			selectedInto(q, c.Arg(0, "names"), s.Query)
			insertFrom(q, s.Query)
		}
		return v
	}},
	{"subquery", part}, {"scalar_subquery", subquery}, {"cte", part}, {"alias", part}, {"as_scalar", subquery},
	{"exists", func(c *Call) *Value {
		v := subquery(c)
		if c.Recv.Query.Session != nil {
			v.Query = c.Recv.Query
		}
		return v
	}},
	{"options", loadOptions}, {"order_by", ordered}, {"group_by", groupBy}, {"distinct", keepStatement}, {"offset", keepStatement},
	{"unique", keepStatement}, {"correlate", keepStatement}, {"enable_eagerloads", keepStatement}, {"slice", keepStatement}, {"add_columns", keepStatement},
	{"label", labelled}, {"execution_option", keepStatement}, {"bindparams", bindParams}, {"params", bindParams},

	{"append", appendDynamic}, {"add", appendDynamic},

	// A 1.x Query executes itself.
	{"first", runQuery("first")}, {"one", runQuery("one")}, {"one_or_none", runQuery("one_or_none")}, {"all", runQuery("all")},
	{"scalar", runQuery("scalar")}, {"count", countQuery}, {"get", getQuery}, {"update", updateQuery}, {"delete", deleteQuery},
	{"__iter__", runQuery("__iter__")}, {"scalars", runQuery("scalars")},
}

func bindParams(c *Call) *Value {
	q, v := statement(c)
	if q.Raw != nil && len(c.Kw) > 0 {
		raw := *q.Raw
		raw.Bound = &Value{Kind: Mapping}
		if q.Raw.Bound != nil {
			raw.Bound.Pairs = slices.Clone(q.Raw.Bound.Pairs)
		}
		for _, k := range c.Kw {
			raw.Bound.Pairs = append(raw.Bound.Pairs, Pair{Key: Text(k.Name), Value: k.Value})
		}
		q.Raw = &raw
	}
	return v
}

func runQuery(how string) Model {
	return func(c *Call) *Value {
		q := c.Recv.Query
		if q.Session == nil {
			return nil
		}
		one := *q
		if how == "first" || how == "one" || how == "one_or_none" || how == "scalar" {
			one.Single = true
		}
		rows := Run(c.World, q.Session, &one, nil)
		if how == "scalars" {
			return rows
		}
		return takeRows(c.World, rows, how)
	}
}

func countQuery(c *Call) *Value {
	q := *c.Recv.Query
	if q.Session == nil {
		return nil
	}
	q.Aggregate, q.Entity = interleave.Count, false
	return takeRows(c.World, Run(c.World, q.Session, &q, nil), "scalar")
}

func getQuery(c *Call) *Value {
	if c.Recv.Query.Session == nil || len(c.Args) == 0 {
		return nil
	}
	return getRow(c.World, c.Recv.Query.Session, c.Recv.Query.Table, c.Args[0], c.Recv.Query.Lock, c.Recv.Query.Flags)
}

func updateQuery(c *Call) *Value {
	q := *c.Recv.Query
	if q.Session == nil {
		return nil
	}
	q.Verb = interleave.Update
	u := &Call{World: c.World, Recv: &Value{Kind: Statement, Query: &q}, Args: c.Args, Node: c.Node}
	v := values(u)
	return rowCount(Run(c.World, q.Session, v.Query, nil))
}

func deleteQuery(c *Call) *Value {
	q := *c.Recv.Query
	if q.Session == nil {
		return nil
	}
	q.Verb = interleave.Delete
	return rowCount(Run(c.World, q.Session, &q, nil))
}

func rowCount(rows *Value) *Value {
	v := Opaque("rowcount", rows.Deps)
	v.Src, v.SrcCol = rows.Src, "#rowcount"
	return v
}

func rowsAttr(w *World, recv *Value, name string) *Value {
	switch name {
	case "rowcount":
		return rowCount(recv)
	case "inserted_primary_key", "lastrowid":
		v := Opaque(name, recv.Deps)
		return v
	}
	return nil
}

var rowsMethods = resultMethods()

func resultMethods() []Named {
	var methods []Named
	for _, how := range []string{"scalar_one_or_none", "scalar", "scalars", "first", "one", "one_or_none", "all", "fetchone", "fetchall", "unique",
		"mappings", "scalar_one", "tuples", "__iter__", "__getitem__", "fetchmany", "partitions", "columns", "yield_per", "to_list", "__len__"} {
		methods = append(methods, Named{how, func(c *Call) *Value { return takeRows(c.World, c.Recv, c.Name) }})
	}
	for _, how := range []string{"append", "add", "remove"} {
		methods = append(methods, Named{how, appendRelated})
	}
	return methods
}

// takeRows is a method of a result: one row, one value, or all of them.
func takeRows(w *World, rows *Value, how string) *Value {
	if rows == nil {
		return nil // of a call without a statement
	}
	switch how {
	case "scalars":
		if v := rows.Elem; v != nil && v.Kind == Sequence && v.Src != 0 && len(v.Items) > 0 {
			c := *rows
			c.Elem = v.Items[0]
			return &c
		}
		return rows
	case "unique", "mappings", "tuples", "yield_per", "columns", "all", "fetchall", "fetchmany", "partitions", "to_list":
		return rows
	case "__len__":
		v := Opaque("len", rows.Deps)
		v.Src = rows.Src
		return v
	case "__iter__", "__getitem__":
		if rows.Elem == nil {
			return Opaque("", rows.Deps)
		}
		return rows.Elem.Depending(rows.Deps)
	}
	onlyRow(w, rows)
	v := rows.Elem
	if v == nil {
		v = Opaque("row", nil)
		v.Src = rows.Src
	}
	if strings.HasPrefix(how, "scalar") && v.Kind == Sequence && v.Src != 0 && len(v.Items) > 0 {
		v = v.Items[0]
	}
	v = v.Depending(rows.Deps)
	computed := rows.Query != nil && rows.Query.Aggregate != interleave.Rows // a count is always one row
	if (how == "one" || how == "scalar_one") && !computed {
		check := Op{Pred: &Pred{Uses: []PredUse{{Left: v, Op: "exists"}}}}
		check.Kind, check.From = interleave.Check, v.Deps.Ints()
		if i := w.Emit(check); i >= 0 {
			w.Ctx = w.Ctx.Then(Ctx{Check: i, Arm: 1, Leaves: Raises, Exc: []string{"NoResultFound", "DoesNotExist", "Exception"}})
		}
	}
	return v
}
