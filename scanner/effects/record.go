package effects

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Active records: the libraries whose rows load and save themselves (Tortoise, Django-like, Peewee, Ormar, Piccolo, Beanie,
// MongoEngine, ODMantic). They have no identity map: each load is an object of its own. They have one connection that nobody sees, on which
// every statement commits itself unless a transaction is open. Saving writes all columns as they were loaded.

// Records tells whether the rows of a table are active records.
func Records(t *schema.Table) bool {
	if t == nil {
		return false
	}
	switch t.ORM {
	case schema.Tortoise, schema.Django, schema.Peewee, schema.Ormar, schema.Piccolo:
		return true
	}
	return documentsOf(t)
}

// documentsOf tells whether the rows of a table are documents: no transactions, one atomic step each.
func documentsOf(t *schema.Table) bool {
	return t != nil && (t.ORM == schema.Beanie || t.ORM == schema.MongoEngine || t.ORM == schema.ODMantic)
}

// StoreOf tells in which kind of store the rows of a table lie.
func StoreOf(t *schema.Table) interleave.Store {
	if documentsOf(t) {
		return interleave.KeyValue
	}
	return interleave.Table
}

// RecordFamily returns the family of a model class, a row or a query of active records, "" for anything else.
func RecordFamily(w *World, v *Value) string {
	switch v.Kind {
	case ClassRef:
		if Records(tableOf(w, v)) {
			return "record class"
		}
	case Entity:
		if Records(v.Obj.Table) {
			return "record"
		}
	case Statement:
		if v.Query.Record {
			return "record query"
		}
	}
	return ""
}

// connection is the session of the connection that nobody sees.
func (w *World) connection() *Value {
	if w.records == nil {
		o := w.NewObject()
		o.Qual, o.Num = "record connection", w.NewSession()
		w.records = &Value{Kind: ExtObject, Obj: o, Sym: "connection"}
	}
	return w.records
}

// recordOp emits an operation on rows of a table, which commits itself outside a transaction.
func (w *World) recordOp(op Op) int {
	if documentsOf(op.Table) {
		op.Session, op.Res.Store = 0, interleave.KeyValue
		return w.Emit(op)
	}
	conn := w.connection().Obj
	op.Session = conn.Num
	i := w.Emit(op)
	if conn.InTx == 0 {
		end := Op{}
		end.Kind, end.Session, end.Flags = interleave.Commit, conn.Num, interleave.KeepOnCommit
		w.Emit(end)
	}
	return i
}

// BeginRecords opens a transaction of active records, or a savepoint in one; EndRecords ends it.
func (w *World) BeginRecords() {
	conn := w.connection().Obj
	op := Op{}
	op.Kind, op.Session = interleave.Begin, conn.Num
	if conn.InTx > 0 {
		op.Kind = interleave.Savepoint
	}
	conn.InTx++
	w.Emit(op)
}

// EndRecords ends what BeginRecords opened.
func (w *World) EndRecords(raised bool) {
	conn := w.connection().Obj
	if conn.InTx--; conn.InTx < 0 {
		conn.InTx = 0
	}
	op := Op{}
	op.Kind, op.Session, op.Flags = interleave.Commit, conn.Num, interleave.KeepOnCommit
	switch {
	case conn.InTx > 0 && raised:
		return
	case conn.InTx > 0:
		op.Kind = interleave.ReleaseSavepoint
	case raised:
		op.Kind = interleave.Rollback
	}
	w.Emit(op)
}

// Transactional tells whether a decorator or context manager opens a transaction of active records.
func Transactional(qual string) bool {
	switch qual {
	case "tortoise.transactions.atomic", "tortoise.transactions.in_transaction", "django.db.transaction.atomic", "pony.orm.db_session":
		return true
	}
	return false
}

// loadedRecord is the row that a read found.
func (w *World) loadedRecord(t *schema.Table, key string, i int) *Value {
	o := w.NewObject()
	o.Table, o.Class, o.Key, o.Load = t, t.Class, key, i
	if !documentsOf(t) {
		o.Session = w.connection().Obj.Num
	}
	if i >= 0 && i < len(w.Ops) {
		w.Ops[i].Obj, w.Ops[i].Object = o.ID, o
	}
	return &Value{Kind: Entity, Obj: o, Sym: t.Name + "[" + key + "]", Deps: Dep(i), Src: int32(i + 1)}
}

// storedColumns are the assignments that the attributes of an object amount to, those of names only when there are some.
func storedColumns(o *Object, names map[string]bool) ([]interleave.Assignment, Deps) {
	attrs := make([]string, 0, len(o.Attrs))
	for n := range o.Attrs {
		if (names == nil || names[n]) && (o.Fresh || o.Columns[n]) {
			attrs = append(attrs, n)
		}
	}
	sort.Strings(attrs)
	var set []interleave.Assignment
	var deps Deps
	for _, n := range attrs {
		v := o.Attrs[n]
		col := AssignedColumn(o.Table, n)
		if col == "" {
			continue
		}
		deps = deps.With(v.AllDeps())
		set = append(set, interleave.Assignment{Column: col, Value: recordSym(v), Relative: v.Col != nil && v.Col.Relative})
	}
	return set, deps
}

// recordSym names a value as the judge compares it: a row stands for its key.
func recordSym(v *Value) string {
	if v != nil && v.Kind == Entity && v.Obj != nil {
		return v.Obj.Key
	}
	return valueSym(v)
}

// insertRecord inserts the row that an object describes.
func insertRecord(w *World, v *Value, flags interleave.Flags, more Deps) int {
	o := v.Obj
	op := Op{Table: o.Table, Object: o}
	op.Kind, op.Flags, op.Obj = interleave.Insert, flags, o.ID
	op.Res = interleave.Resource{Store: StoreOf(o.Table), Name: ObjectTable(o), Key: o.Key}
	set, deps := storedColumns(o, nil)
	op.Set, op.Unique = set, uniqueKeys(o.Table, set, o.Attrs)
	op.From = deps.With(v.Deps, more).Ints()
	i := w.recordOp(op)
	o.Session, o.Load = w.connection().Obj.Num, i
	return i
}

// updateRecord writes columns of one row, all of them when only is nil.
func updateRecord(w *World, v *Value, only map[string]bool, all bool) int {
	o := v.Obj
	op := Op{Table: o.Table, Object: o}
	op.Kind, op.Obj = interleave.Update, o.ID
	op.Res = interleave.Resource{Store: StoreOf(o.Table), Name: ObjectTable(o), Key: o.Key}
	set, deps := storedColumns(o, only)
	op.Set = set
	if all {
		op.Flags |= interleave.AllColumns
		deps = deps.With(Dep(o.Load))
	}
	if o.Fresh {
		op.Flags |= interleave.FreshObject
	}
	if o.Table != nil && o.Table.VersionColumn != "" {
		op.Version = o.Table.VersionColumn
		deps = deps.With(Dep(o.Load))
	}
	op.From = deps.Ints()
	return w.recordOp(op)
}

// recordMethods are what a row can do. Names that begin with a are Django's for coroutines.
var recordMethods = []Named{
	{"save", saveRecord}, {"asave", saveRecord}, {"replace", saveRecord}, {"upsert", saveRecord},
	{"save_changes", func(c *Call) *Value { return wrote(c, updateRecord(c.World, c.Recv, nil, false)) }},
	{"insert", createRecord}, {"create", createRecord},
	{"delete", deleteRecord}, {"adelete", deleteRecord}, {"delete_instance", deleteRecord}, {"remove", deleteRecord},
	{"refresh_from_db", reloadRecord}, {"arefresh_from_db", reloadRecord}, {"load", reloadRecord}, {"sync", reloadRecord}, {"refresh", reloadRecord}, {"reload", reloadRecord},
	{"update_from_dict", updateFromDict},
	{"update", updateOneRecord}, {"set", updateOneRecord}, {"inc", incrementRecord}, {"modify", updateOneRecord},
	{"fetch_related", func(c *Call) *Value { return None }}, {"fetch_all_links", func(c *Call) *Value { return None }}, {"fetch_link", func(c *Call) *Value { return None }},
	{"full_clean", func(c *Call) *Value { return None }}, {"validate_unique", func(c *Call) *Value { return None }},
}

// wrote is the result of a write: it tells whether it reached something.
func wrote(c *Call, i int) *Value { return result(c.Name, i) }

func createRecord(c *Call) *Value {
	if c.Recv.Obj.Fresh && c.Recv.Obj.Session == 0 {
		insertRecord(c.World, c.Recv, 0, nil)
	}
	return c.Recv
}

// saveRecord is row.save(): of all columns as they were loaded, or of those that it names.
func saveRecord(c *Call) *Value {
	o := c.Recv.Obj
	if o.Fresh && o.Session == 0 {
		insertRecord(c.World, c.Recv, 0, nil)
		return c.Recv
	}
	only := namedColumns(c)
	updateRecord(c.World, c.Recv, only, only == nil)
	return c.Recv
}

// namedColumns are the columns that update_fields, only or columns names, nil for all.
func namedColumns(c *Call) map[string]bool {
	var list *Value
	for _, name := range [...]string{"update_fields", "only", "_columns", "columns"} {
		if v := c.Keyword(name); v != nil && !v.IsNone() {
			list = v
		}
	}
	if list == nil && c.Recv.Obj.Table.ORM == schema.Piccolo && len(c.Args) > 0 {
		list = c.Args[0]
	}
	if list == nil || list.Kind != Sequence {
		return nil
	}
	names := map[string]bool{}
	for _, it := range list.Items {
		if s, ok := it.Str(); ok {
			names[s] = true
		} else if it.Kind == Column {
			names[it.Col.Column] = true
		}
	}
	return names
}

func deleteRecord(c *Call) *Value {
	o := c.Recv.Obj
	op := Op{Table: o.Table, Object: o}
	op.Kind = interleave.Delete
	op.Res = interleave.Resource{Store: StoreOf(o.Table), Name: ObjectTable(o), Key: o.Key}
	op.From = c.Recv.Deps.Ints()
	return wrote(c, c.recordOp(op))
}

func reloadRecord(c *Call) *Value {
	o := c.Recv.Obj
	op := Op{Table: o.Table, Object: o}
	op.Kind, op.Obj = interleave.Refresh, o.ID
	op.Res = interleave.Resource{Store: StoreOf(o.Table), Name: ObjectTable(o), Key: o.Key}
	if c.True("for_update") || given(c, "from_queryset") {
		op.Lock.Strength = interleave.ForUpdate
	}
	op.From = c.Recv.Deps.Ints()
	o.Load = c.recordOp(op)
	o.Attrs, o.Columns = nil, nil
	return c.Recv
}

func updateFromDict(c *Call) *Value {
	if m := c.Arg(0, "data"); m != nil {
		setAttrs(c.Recv.Obj, m)
	}
	return c.Recv
}

// setAttrs stores the entries of a mapping in attributes of a row.
func setAttrs(o *Object, m *Value) {
	for _, p := range m.Pairs {
		if p.Key == nil {
			o.Assign("*", p.Value)
		} else if s, ok := p.Key.Str(); ok {
			o.Assign(s, p.Value)
		} else if p.Key.Kind == Column {
			o.Assign(p.Key.Col.Column, p.Value)
		}
	}
	if len(m.Pairs) == 0 {
		o.Assign("*", m)
	}
}

// Assign stores a value in an attribute of a row that writes it when it is saved.
func (o *Object) Assign(name string, v *Value) {
	if o.Attrs == nil {
		o.Attrs = map[string]*Value{}
	}
	if o.Columns == nil {
		o.Columns = map[string]bool{}
	}
	o.Attrs[name], o.Columns[name] = v, true
}

// updateOneRecord is row.update(…): of the columns that it names, at once.
func updateOneRecord(c *Call) *Value {
	o := c.Recv.Obj
	only := map[string]bool{}
	note := func(m *Value) {
		before := o.Columns
		o.Columns = nil
		setAttrs(o, m)
		for n := range o.Columns {
			only[n] = true
		}
		for n := range before {
			o.Columns[n] = true
		}
	}
	relative := map[string]bool{}
	for _, a := range c.Args {
		if a.Kind != Mapping {
			continue
		}
		plain := true
		for _, p := range a.Pairs {
			if op, ok := p.Key.Str(); ok && strings.HasPrefix(op, "$") {
				plain = false
				note(p.Value)
				if op != "$set" {
					for _, q := range p.Value.Pairs {
						relative[keyColumn(q.Key)] = true
					}
				}
			}
		}
		if plain {
			note(a)
		}
	}
	kw := &Value{Kind: Mapping}
	for _, k := range c.Kw {
		if k.Name != "" && !strings.HasPrefix(k.Name, "_") && k.Name != "session" && k.Name != "response_type" {
			kw.Pairs = append(kw.Pairs, Pair{Key: Text(k.Name), Value: k.Value})
		}
	}
	if len(kw.Pairs) > 0 {
		note(kw)
	}
	if len(only) == 0 {
		return wrote(c, updateRecord(c.World, c.Recv, nil, true))
	}
	i := updateRecord(c.World, c.Recv, only, false)
	for k := range relative {
		if i < 0 {
			break
		}
		for n := range c.Ops[i].Set {
			if c.Ops[i].Set[n].Column == k {
				c.Ops[i].Set[n].Relative = true
			}
		}
	}
	return wrote(c, i)
}

// incrementRecord is row.inc({Doc.count: 1}).
func incrementRecord(c *Call) *Value {
	d := *c
	d.Args = []*Value{{Kind: Mapping, Pairs: []Pair{{Key: Text("$inc"), Value: c.Arg(0, "expression")}}}}
	return updateOneRecord(&d)
}

func keyColumn(v *Value) string {
	if v == nil {
		return "*"
	}
	if s, ok := v.Str(); ok {
		return s
	}
	if v.Col != nil {
		return v.Col.Column
	}
	return "*"
}
