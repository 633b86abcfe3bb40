package effects

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Queries of active records: Model.filter(…).update(…), Model.objects.get(…), Model.select().where(…).get(), Doc.find_one(…).

// recordQuery starts a query over a model's rows.
func recordQuery(w *World, class *Value) *Value {
	t := tableOf(w, class)
	return &Value{Kind: Statement, Query: &Query{Verb: interleave.Read, Table: t, TableName: t.Name, Entity: true, Record: true}, Sym: class.Sym}
}

// onQuery makes a method of a query into one of the class, too: it begins with all rows.
func onQuery(m Model) Model {
	return func(c *Call) *Value {
		if c.Recv.Kind == ClassRef {
			d := *c
			d.Recv = recordQuery(c.World, c.Recv)
			c = &d
		}
		return m(c)
	}
}

// recordQueryMethods are what queries can do, and classes at the beginning of one.
var recordQueryMethods = everywhere([]Named{
	{"filter", recordWhere}, {"where", recordWhere}, {"exclude", recordExclude}, {"find", recordWhere}, {"find_many", recordWhere}, {"find_all", keepQuery}, {"all", recordAll}, {"objects", recordWhere}, {"__call__", recordWhere},
	{"get", recordOne}, {"aget", recordOne}, {"get_or_none", recordOne}, {"first", recordFirst}, {"afirst", recordFirst}, {"last", recordFirst}, {"first_or_none", recordFirst}, {"find_one", recordFindOne}, {"get_by_id", recordOne}, {"latest", recordFirst}, {"earliest", recordFirst},
	{"exists", recordExists}, {"aexists", recordExists}, {"count", recordCount}, {"acount", recordCount}, {"count_documents", recordCount},
	{"update", recordUpdate}, {"aupdate", recordUpdate}, {"update_one", recordUpdate}, {"update_many", recordUpdate}, {"update_all", recordUpdate}, {"set", recordSet}, {"inc", recordInc}, {"modify", recordUpdate}, {"set_by_id", recordSetByID},
	{"delete", recordDelete}, {"adelete", recordDelete}, {"delete_one", recordDelete}, {"delete_many", recordDelete}, {"delete_all", recordDelete}, {"delete_by_id", recordDeleteByID},
	{"create", recordCreate}, {"acreate", recordCreate}, {"insert", recordInsert}, {"insert_one", recordInsertOne}, {"insert_many", recordInsertMany}, {"bulk_create", recordInsertMany}, {"abulk_create", recordInsertMany}, {"add", recordInsertOne},
	{"get_or_create", recordGetOrCreate}, {"aget_or_create", recordGetOrCreate}, {"update_or_create", recordGetOrCreate}, {"aupdate_or_create", recordGetOrCreate},
	{"select_for_update", recordLock}, {"for_update", recordLock}, {"lock_rows", recordLock},
	{"select", recordSelect}, {"aggregate", recordAggregate}, {"values_list", recordValues}, {"values", recordValues}, {"annotate", recordAnnotate}, {"scalar", recordScalar}, {"sum", recordSum}, {"max", recordMax}, {"min", recordMax}, {"avg", recordSum},
	{"execute", recordRun}, {"run", recordRun}, {"run_sync", recordRun}, {"to_list", recordRun}, {"fetch", recordRun}, {"tuples", keepQuery}, {"dicts", keepQuery}, {"namedtuples", keepQuery}, {"iterator", recordRun}, {"aiterator", recordRun}, {"list", recordRun}, {"__iter__", recordElement}, {"__getitem__", recordElement}, {"__len__", recordCount}, {"__await__", recordRun},
	{"order_by", recordOrdered}, {"limit", keepQuery}, {"offset", keepQuery}, {"skip", keepQuery}, {"sort", recordOrdered}, {"prefetch_related", keepQuery}, {"select_related", keepQuery}, {"only", keepQuery}, {"distinct", keepQuery}, {"group_by", keepQuery}, {"using_db", keepQuery}, {"using", keepQuery}, {"join", keepQuery}, {"switch", keepQuery}, {"project", keepQuery}, {"fields", keepQuery}, {"defer", keepQuery}, {"reverse", keepQuery}, {"no_cache", keepQuery}, {"upsert", recordUpsert},
	{"on_conflict", recordOnConflict}, {"on_conflict_ignore", recordOnConflict}, {"returning", recordReturning}, {"refresh", keepQuery}, {"output", keepQuery}, {"callback", keepQuery},
})

func everywhere(methods []Named) []Named {
	for i := range methods {
		methods[i].Model = onQuery(methods[i].Model)
	}
	return methods
}

func keepQuery(c *Call) *Value { return c.Recv }

func narrowed(c *Call, conds []Condition) *Value {
	q, v := statement(c)
	q.Where = append(q.Where, conds...)
	return v
}

func recordWhere(c *Call) *Value { return narrowed(c, terms(c, c.Recv.Query.Table)) }

func recordExclude(c *Call) *Value {
	conds := terms(c, c.Recv.Query.Table)
	if len(conds) == 1 {
		conds[0].Op = Opposite(conds[0].Op)
	} else {
		for i := range conds {
			conds[i].Or = true
		}
	}
	return narrowed(c, conds)
}

// recordAll is .all(), which some libraries run at once; run when it is used is the same.
func recordAll(c *Call) *Value {
	if c.Recv.Query.Table.ORM == schema.Ormar {
		return recordRun(&Call{World: c.World, Recv: recordWhere(c), Node: c.Node})
	}
	return recordWhere(c)
}

// runRecords runs a query and returns its rows.
func runRecords(w *World, q *Query) *Value {
	op := Op{Table: q.Table}
	op.Kind, op.Flags, op.Lock = q.Verb, q.Flags, q.Lock
	op.From = q.Deps.Ints()
	key, conds := rowKey(q)
	op.Res = interleave.Resource{Store: StoreOf(q.Table), Name: q.TableName, Aggregate: q.Aggregate, Where: conds}
	for _, a := range q.Set {
		op.Set = append(op.Set, interleave.Assignment{Column: a.Column, Value: recordSym(a.Value), Relative: a.Relative})
		op.From = Deps32(op.From).With(a.Value.AllDeps()).Ints()
	}
	for _, cond := range q.Where {
		if cond.Value != nil {
			op.From = Deps32(op.From).With(cond.Value.AllDeps()).Ints()
		}
	}
	if key == "" && q.Single && q.Entity && q.Aggregate == interleave.Rows {
		key = setKey(q, conds)
	}
	if q.Verb != interleave.Read || q.Aggregate == interleave.Rows {
		op.Res.Key = key
	}
	switch q.Verb {
	case interleave.Insert:
		op.Res.Key = ""
		op.Unique = uniqueKeys(q.Table, op.Set, nil)
		i := w.recordOp(op)
		return &Value{Kind: Rows, Query: q, Deps: Dep(i), Src: int32(i + 1)}
	case interleave.Update, interleave.Delete:
		i := w.recordOp(op)
		if len(q.Returning) > 0 {
			row := result("returned", i)
			return &Value{Kind: Rows, Elem: row, Deps: Dep(i), Src: int32(i + 1)}
		}
		v := result("rows", i)
		v.SrcCol = "#rowcount"
		return v
	}
	if q.Aggregate != interleave.Rows {
		i := w.recordOp(op)
		return result(aggregateName(q.Aggregate)+"("+q.TableName+")", i)
	}
	if !q.Entity {
		for _, col := range q.Columns {
			if col.Col != nil {
				op.Res.Columns = append(op.Res.Columns, col.Col.Column)
			}
		}
	}
	op.Version = q.Table.VersionColumn
	i := w.recordOp(op)
	rows := &Value{Kind: Rows, Query: q, Deps: Dep(i), Src: int32(i + 1)}
	if !q.Entity {
		rows.Elem = columnsOf(q, i, key)
		return rows
	}
	if key == "" {
		key = setKey(q, conds)
	}
	rows.Elem = w.loadedRecord(q.Table, key, i)
	rows.Elem.Obj.Newest = q.Newest
	return rows
}

func recordRun(c *Call) *Value {
	q := *c.Recv.Query
	v := runRecords(c.World, &q)
	if q.Single && v.Kind == Rows && v.Elem != nil {
		return v.Elem.Depending(v.Deps)
	}
	return v
}

// AwaitRecords runs a query that is awaited.
func AwaitRecords(w *World, v *Value) *Value {
	if v.Kind != Statement || !v.Query.Record {
		return v
	}
	return recordRun(&Call{World: w, Recv: v})
}

func recordElement(c *Call) *Value {
	rows := recordRun(c)
	if rows.Elem != nil {
		return rows.Elem.Depending(rows.Deps)
	}
	return rows
}

// single asks for one row. Piccolo's modifiers run when the query is awaited, the others' at once.
func singleRecord(c *Call, conds []Condition, must bool) *Value {
	q, v := statement(c)
	q.Where = append(q.Where, conds...)
	q.Single = true
	if q.Table.ORM == schema.Piccolo {
		return v
	}
	rows := runRecords(c.World, q)
	how := "first"
	if must {
		how = "one"
	}
	return takeRows(c.World, rows, how)
}

// recordOne is get(…): by a key, or by conditions; what it does not find is an error, except for documents and get_or_none.
func recordOne(c *Call) *Value {
	t := c.Recv.Query.Table
	conds := terms(c, t)
	if len(c.Args) > 0 {
		if a := c.Args[0]; a.Kind != Expr && a.Kind != Mapping && a.Kind != Column {
			conds = []Condition{{Column: lookupColumn(t, "pk"), Table: t, Op: "=", Value: a}}
		}
	}
	none := c.Name == "get_or_none" || t.ORM == schema.Beanie || t.ORM == schema.Piccolo
	return singleRecord(c, conds, !none)
}

func recordFirst(c *Call) *Value {
	return singleRecord(c, terms(&Call{World: c.World, Args: c.Args, Kw: c.Kw}, c.Recv.Query.Table), false)
}

// recordFindOne is Doc.find_one(…): a document when it is awaited, and a query as long as it is not.
func recordFindOne(c *Call) *Value {
	v := recordWhere(c)
	v.Query.Single = true
	return v
}

func recordExists(c *Call) *Value {
	return aggregated(c, interleave.Exists, terms(c, c.Recv.Query.Table))
}

func recordCount(c *Call) *Value {
	return aggregated(c, interleave.Count, terms(c, c.Recv.Query.Table))
}

func recordSum(c *Call) *Value { return aggregated(c, interleave.Sum, nil) }

func recordMax(c *Call) *Value { return aggregated(c, interleave.Max, nil) }

func aggregated(c *Call, agg interleave.Aggregate, conds []Condition) *Value {
	q, v := statement(c)
	q.Aggregate, q.Entity = agg, false
	q.Where = append(q.Where, conds...)
	if q.Table.ORM == schema.Piccolo {
		return v
	}
	return runRecords(c.World, q)
}

// recordSelect is Model.select(…): of the entity, of columns, or of an aggregate.
func recordSelect(c *Call) *Value {
	q, v := statement(c)
	for _, a := range c.Args {
		if a.Col == nil {
			continue
		}
		if a.Col.IsAgg {
			q.Aggregate, q.Entity = a.Col.Agg, false
		}
		q.Columns = append(q.Columns, a)
	}
	return v
}

func recordScalar(c *Call) *Value {
	q, _ := statement(c)
	q.Entity = false
	if q.Aggregate != interleave.Rows {
		return runRecords(c.World, q)
	}
	return takeRows(c.World, runRecords(c.World, q), "first")
}

// recordAggregate is aggregate(total=Sum("amount")): a mapping of the aggregates.
func recordAggregate(c *Call) *Value {
	out := &Value{Kind: Mapping}
	for _, k := range c.Kw {
		if k.Value.Col != nil && k.Value.Col.IsAgg {
			v := aggregated(&Call{World: c.World, Recv: c.Recv, Name: c.Name, Node: c.Node}, k.Value.Col.Agg, nil)
			out.Pairs = append(out.Pairs, Pair{Key: Text(k.Name), Value: v})
		}
	}
	if len(out.Pairs) == 0 {
		return nil
	}
	return out
}

func recordAnnotate(c *Call) *Value {
	q, v := statement(c)
	for _, k := range c.Kw {
		if k.Value.Col != nil && k.Value.Col.IsAgg {
			q.Name = "annotated"
			q.Columns = append(q.Columns, k.Value)
		}
	}
	return v
}

// recordValues asks for columns instead of rows.
func recordValues(c *Call) *Value {
	q, v := statement(c)
	if q.Name == "annotated" && len(q.Columns) > 0 {
		q.Aggregate = q.Columns[0].Col.Agg
	}
	q.Entity = false
	for _, a := range c.Args {
		if s, ok := a.Str(); ok {
			q.Columns = append(q.Columns, ColumnValue(q.Table, lookupColumn(q.Table, s)))
		}
	}
	return v
}

// later tells whether a write waits for execute() or an await.
func later(q *Query) bool { return q.Table.ORM == schema.Peewee || q.Table.ORM == schema.Piccolo }

// recordUpdate is update(…): one statement on all rows of the query.
func recordUpdate(c *Call) *Value {
	q, v := statement(c)
	if q.Verb == interleave.Update && q.Where == nil && len(c.Args)+len(c.Kw) == 0 {
		return v
	}
	q.Verb = interleave.Update
	q.Set = append(q.Set, changes(c, q.Table)...)
	if later(q) {
		return v
	}
	return runRecords(c.World, q)
}

func recordSet(c *Call) *Value {
	d := *c
	d.Args = []*Value{{Kind: Mapping, Pairs: []Pair{{Key: Text("$set"), Value: c.Arg(0, "expression")}}}}
	return recordUpdate(&d)
}

func recordInc(c *Call) *Value {
	d := *c
	d.Args = []*Value{{Kind: Mapping, Pairs: []Pair{{Key: Text("$inc"), Value: c.Arg(0, "expression")}}}}
	return recordUpdate(&d)
}

// changes are the assignments that the arguments of an update state.
func changes(c *Call, t *schema.Table) []Assigned {
	var out []Assigned
	put := func(name string, v *Value, relative bool) {
		if v == nil {
			v = Opaque("", nil)
		}
		relative = relative || v.Col != nil && (v.Col.Relative || v.Kind == Column)
		out = append(out, Assigned{Column: lookupColumn(t, name), Value: v, Relative: relative})
	}
	for _, a := range c.Args {
		if a.Kind != Mapping {
			if a.Kind != Const && a.Kind != ExtRef {
				put("*", a, false)
			}
			continue
		}
		for _, p := range a.Pairs {
			op, _ := p.Key.Str()
			if len(op) == 0 || op[0] != '$' {
				put(keyColumn(p.Key), p.Value, false)
				continue
			}
			if p.Value.Kind != Mapping {
				put("*", p.Value, op != "$set")
				continue
			}
			for _, f := range p.Value.Pairs {
				put(keyColumn(f.Key), f.Value, op != "$set")
			}
		}
	}
	for _, k := range c.Kw {
		switch k.Name {
		case "each", "session", "response_type", "upsert", "on_insert", "multi", "write_concern", "force", "skip_sync", "bulk_writer":
		case "":
			put("*", k.Value, false)
		default:
			name, relative := k.Name, false
			for _, step := range [...]string{"inc__", "dec__", "push__", "pull__", "add_to_set__"} {
				if len(name) > len(step) && name[:len(step)] == step {
					name, relative = name[len(step):], true
				}
			}
			if len(name) > 5 && name[:5] == "set__" {
				name = name[5:]
			}
			put(name, k.Value, relative)
		}
	}
	return out
}

func recordDelete(c *Call) *Value {
	q, v := statement(c)
	q.Verb = interleave.Delete
	if later(q) {
		return v
	}
	return runRecords(c.World, q)
}

func byKey(c *Call) *Query {
	q, _ := statement(c)
	q.Where = append(q.Where, Condition{Column: lookupColumn(q.Table, "pk"), Table: q.Table, Op: "=", Value: c.Arg(0, "pk")})
	return q
}

func recordSetByID(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	q := byKey(c)
	q.Verb = interleave.Update
	q.Set = changes(&Call{World: c.World, Args: c.Args[1:], Kw: c.Kw}, q.Table)
	return runRecords(c.World, q)
}

func recordDeleteByID(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	q := byKey(c)
	q.Verb = interleave.Delete
	return runRecords(c.World, q)
}

func recordLock(c *Call) *Value {
	d := *c
	var conds []Condition
	if d.Recv.Query.Table.ORM != schema.Piccolo {
		d.Args = nil
	}
	q, v := statement(&d)
	q.Where = append(q.Where, conds...)
	q.Lock = lockMode(c)
	return v
}

// newRecord is a row with the values that a call names.
func newRecord(c *Call, t *schema.Table, kw []Keyword) *Value {
	o := c.NewObject()
	o.Class, o.Table, o.Fresh, o.Key, o.Attrs = t.Class, t, true, c.Fresh("new "+t.Name), map[string]*Value{}
	v := &Value{Kind: Entity, Obj: o, Sym: o.Key}
	for _, k := range kw {
		switch {
		case k.Name == "defaults" && k.Value.Kind == Mapping:
			setAttrs(o, k.Value)
		case k.Name == "":
			o.Attrs["*"] = k.Value
		case k.Name != "using_db" && k.Name != "defaults":
			o.Attrs[k.Name] = k.Value
		}
	}
	return v
}

func recordCreate(c *Call) *Value {
	v := newRecord(c, c.Recv.Query.Table, c.Kw)
	insertRecord(c.World, v, 0, c.Recv.Query.Deps)
	return v
}

// recordInsert is Model.insert(…): of named values in Peewee, of rows in Piccolo and Beanie.
func recordInsert(c *Call) *Value {
	t := c.Recv.Query.Table
	if t.ORM != schema.Peewee {
		return recordInsertMany(c)
	}
	q, v := statement(c)
	q.Verb = interleave.Insert
	q.Set = changes(c, t)
	return v
}

func recordInsertOne(c *Call) *Value { return recordInsertMany(c) }

func recordInsertMany(c *Call) *Value {
	var flags interleave.Flags
	if c.True("ignore_conflicts") {
		flags |= interleave.OnConflictIgnore
	}
	var last *Value
	for _, a := range c.Args {
		items := a.Alternatives()
		if a.Kind == Sequence {
			items = append(a.Items[:len(a.Items):len(a.Items)], a.Elem)
		}
		for _, it := range items {
			if it == nil {
				continue
			}
			if it.Kind == Mapping {
				row := newRecord(c, c.Recv.Query.Table, nil)
				setAttrs(row.Obj, it)
				it = row
			}
			if it.Kind == Entity && it.Obj.Fresh && it.Obj.Session == 0 {
				insertRecord(c.World, it, flags, c.Recv.Query.Deps)
				last = it
			}
		}
	}
	if last == nil {
		return None
	}
	return last
}

func recordOnConflict(c *Call) *Value {
	q, v := statement(c)
	if c.Name == "on_conflict" && !c.Keyword("action").Is("'IGNORE'") && !c.Arg(0, "action").Is("'IGNORE'") && !c.Arg(0, "action").Is("'DO NOTHING'") {
		q.Flags |= interleave.OnConflictUpdate
	} else {
		q.Flags |= interleave.OnConflictIgnore
	}
	return v
}

func recordReturning(c *Call) *Value {
	q, v := statement(c)
	q.Returning = []*Value{Opaque("row", nil)}
	return v
}

// recordGetOrCreate looks for a row and inserts one when there is none. A violated constraint makes it look again.
func recordGetOrCreate(c *Call) *Value {
	q, _ := statement(c)
	q.Where = append(q.Where, terms(c, q.Table)...)
	look := *q
	look.Aggregate, look.Entity = interleave.Exists, false
	there := runRecords(c.World, &look)
	row := newRecord(c, q.Table, c.Kw)
	var deps Deps
	if there.Src > 0 {
		deps = Dep(int(there.Src - 1))
	}
	flags := interleave.Flags(0)
	if set, _ := storedColumns(row.Obj, nil); len(uniqueKeys(q.Table, set, row.Obj.Attrs)) > 0 {
		flags = interleave.OnConflictIgnore
	}
	i := insertRecord(c.World, row, flags, deps)
	if i >= 0 {
		c.Ops[i].Upsert = true
	}
	if flags != 0 { // one row, whoever made it: what it says now is what is read of it
		one := *q
		one.Entity, one.Single = true, true
		found := runRecords(c.World, &one).Elem
		return &Value{Kind: Sequence, Items: []*Value{found, result("created", i)}}
	}
	key, conds := rowKey(q)
	if key == "" {
		key = setKey(q, conds)
	}
	found := c.loadedRecord(q.Table, key, i)
	if i >= 0 {
		c.Ops[i].Obj, c.Ops[i].Object = row.Obj.ID, row.Obj
	}
	found.Obj.Load = i
	return &Value{Kind: Sequence, Items: []*Value{found, result("created", i)}}
}

// recordUpsert is Doc.find_one(…).upsert(change, on_insert=doc): in two commands, and only a unique index makes it one.
func recordUpsert(c *Call) *Value {
	on := c.Keyword("on_insert")
	if on == nil || on.Kind != Entity {
		return nil
	}
	look := *c.Recv.Query
	look.Aggregate, look.Entity = interleave.Exists, false
	there := runRecords(c.World, &look)
	i := insertRecord(c.World, on, 0, there.Deps)
	if i >= 0 {
		c.Ops[i].Upsert = true
	}
	return on
}
