package effects

import (
	"cmp"
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
	params = boundEither(params)
	b := binding{params: params, args: args}
	if params != nil && params.Kind == Sequence && params.Elem == nil {
		b.args = params.Items
	}
	last := &Value{Kind: Rows}
	common := map[string]Deps{}
	for _, st := range sql.Parse(text) {
		first := len(w.Ops)
		last = b.run(w, sess, &st)
		if writes(st.Verb) && st.Name != "" {
			common[st.Name] = writtenSince(w, first)
		} else if from := namedIn(&st, common); len(from) > 0 {
			for i := first; i < len(w.Ops); i++ {
				w.Ops[i].From = Deps32(w.Ops[i].From).With(from).Ints()
			}
		}
	}
	return last
}

func writes(v sql.Verb) bool { return v == sql.Insert || v == sql.Update || v == sql.Delete }

// writtenSince returns the writes from an operation on, on which a later part of the same statement depends that names them as a table:
// of `WITH claimed AS (UPDATE … RETURNING …) INSERT … SELECT … FROM claimed` nothing is left where the first write finds no row.
func writtenSince(w *World, first int) Deps {
	var out Deps
	for i := first; i < len(w.Ops); i++ {
		switch w.Ops[i].Kind {
		case interleave.Insert, interleave.Update, interleave.Delete, interleave.InsertWhereNotExists:
			out = out.With(Dep(i))
		}
	}
	return out
}

// namedIn returns the writes of the common table expressions that a statement selects from.
func namedIn(st *sql.Statement, common map[string]Deps) Deps {
	var out Deps
	for _, t := range st.Tables {
		if t.Role == sql.CommonSub {
			out = out.With(common[t.Name])
		}
	}
	if st.Source != nil {
		out = out.With(namedIn(st.Source, common))
	}
	return out
}

// boundEither is what a statement is bound to, where all that it can be are forms of the same: params, or tuple(params) if it was a list.
func boundEither(params *Value) *Value {
	if params == nil || params.Kind != Union {
		return params
	}
	var one *Value
	for _, it := range params.Items {
		switch {
		case it == nil || it.Kind != Sequence || it.Elem != nil:
			return params
		case one == nil:
			one = it
		case !slices.Equal(one.Items, it.Items):
			return params
		}
	}
	return one
}

type binding struct {
	params *Value
	args   []*Value
	depth  int
	subs   []*sql.Statement // the sub-queries of the statement around a condition, its common table expressions among them
	joined []sql.Table      // what the query around a condition reads beside its own table
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

// presentTimes are the expressions of SQL that stand for the time at which a statement or its transaction runs.
var presentTimes = []string{"now()", "current_timestamp", "current_timestamp()", "clock_timestamp()", "utc_timestamp()", "localtimestamp", "datetime('now')"}

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
	if slices.Contains(presentTimes, strings.ToLower(v.Text)) {
		return Opaque("now", nil)
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
	sess = connectionOf(sess)
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
	if st.Verb == sql.Lock {
		lockTables(w, num, st)
		return &Value{Kind: Rows}
	}
	st = countedApart(st)
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

// TableLock begins the name of a lock on a whole table.
const TableLock = "table:"

// lockTables takes tables for this transaction alone. A mode in which others still write or take the same is no lock.
func lockTables(w *World, session int, st *sql.Statement) {
	if st.Lock.Strength != sql.Exclusive {
		return
	}
	for _, t := range st.Tables {
		op := Op{Target: "LOCK TABLE"}
		op.Kind, op.Session, op.Name, op.Scope = interleave.Acquire, session, TableLock+t.Name, interleave.TransactionLock
		w.Emit(op)
	}
}

func (b *binding) query(w *World, st *sql.Statement) *Query {
	st = ofCounted(st)
	name := st.Target()
	if name == "" {
		return nil
	}
	q := &Query{TableName: name, Text: true}
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
	alias := st.Tables[0].Alias
	for _, t := range st.Tables {
		if t.Role == sql.Target && t.Name == name {
			alias = t.Alias
		}
	}
	around, beside := b.subs, b.joined
	b.subs, b.joined = slices.Concat(around, st.Subs), nil
	if q.Verb == interleave.Read {
		b.joined = st.Tables[1:]
	}
	for _, c := range st.Where {
		q.Where = append(q.Where, b.condition(w, c, q, alias)...)
	}
	b.subs, b.joined = around, beside
	for _, s := range st.Set {
		v := b.operand(s.Value)
		q.Set = append(q.Set, Assigned{Column: s.Column, Value: v, Relative: s.Relative})
	}
	switch st.OnConflict.Action {
	case sql.Nothing:
		q.Flags |= interleave.OnConflictIgnore
		q.Conflict = st.OnConflict.Columns
	case sql.DoUpdate, sql.Replace:
		q.Flags |= interleave.OnConflictUpdate
		b.overwrites(q, st.OnConflict)
	}
	if st.Source != nil {
		b.subs = slices.Concat(around, st.Subs)
		b.source(w, q, st.Source)
		b.subs = around
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
	q.Limited, q.Single = st.Limit != "", st.Limit == "1"
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

// overwrites adds what a conflict clause does to the row that is there: it sets a column to what the insert brings, or counts it up or down.
func (b *binding) overwrites(q *Query, on sql.Conflict) {
	if len(on.Where) > 0 {
		return
	}
	q.Meets = on.Columns
	for _, s := range on.Set {
		brought := slices.IndexFunc(q.Set, func(a Assigned) bool { return s.Value.Text == "excluded."+a.Column })
		switch {
		case brought >= 0:
			q.Overwrites = append(q.Overwrites, Assigned{Column: s.Column, Value: q.Set[brought].Value})
		case s.Relative:
			q.Overwrites = append(q.Overwrites, Assigned{Column: s.Column, Value: b.operand(s.Value), Relative: true})
		}
	}
}

// source adds what an INSERT … SELECT asks for: of a test that no such row exists, the predicate of that row.
func (b *binding) source(w *World, q *Query, src *sql.Statement) {
	src = b.withoutCommon(w, q, src)
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
	if c.Expr != "" && len(c.Beside) == 0 {
		col = c.Expr
	}
	v := b.operand(c.Value)
	if !isPrimary(q.Table, col) && b.ofJoined(c.Value) {
		v = &Value{Kind: Column, Col: &ColumnRef{Column: v.Sym}, Sym: v.Sym, Name: v.Sym} // which rows of another table belong to it
	}
	q.Deps = q.Deps.With(v.AllDeps())
	out := Condition{Column: col, Table: q.Table, Op: c.Op, Value: v, SubQuery: c.Sub != nil || c.Value.Sub != nil, Beside: c.Beside}
	for _, sub := range []*sql.Statement{b.common(c.Sub), b.common(c.Value.Sub), b.commonOf(c.Value)} {
		if sub != nil && out.Sub == nil && b.depth < maxSubQueries {
			b.depth++
			out.Sub = b.query(w, sub)
			b.depth--
		}
	}
	return []Condition{out}
}

// ofJoined tells whether a value is a column of a table that the query joins.
func (b *binding) ofJoined(v sql.Value) bool {
	name, _, ok := strings.Cut(v.Text, ".")
	return ok && v.Kind == sql.Column && slices.ContainsFunc(b.joined, func(t sql.Table) bool {
		return t.Role == sql.From && (t.Alias == name || t.Name == name)
	})
}

// common is a sub-query, or the common table expression of which it takes all the rows: `id IN (SELECT id FROM picked)`.
func (b *binding) common(sub *sql.Statement) *sql.Statement {
	if sub == nil || len(sub.Tables) != 1 || sub.Tables[0].Role != sql.CommonSub || len(sub.Where) > 0 || sub.Limit != "" || sub.Aggregate != sql.NoAggregate {
		return sub
	}
	return cmp.Or(b.named(sub.Tables[0].Name), sub)
}

// commonOf is the common table expression of which a value is a column: `FROM picked WHERE jobs.id = picked.id`.
func (b *binding) commonOf(v sql.Value) *sql.Statement {
	if name, _, ok := strings.Cut(v.Text, "."); ok && v.Kind == sql.Column {
		return b.named(name)
	}
	return nil
}

func (b *binding) named(name string) *sql.Statement {
	if i := slices.IndexFunc(b.subs, func(s *sql.Statement) bool { return s.Name == name && s.Verb == sql.Select }); i >= 0 {
		return b.subs[i]
	}
	return nil
}

// selectRows reads rows as mappings: row["status"] is a column of the read.
func (b *binding) selectRows(w *World, sess *Value, st *sql.Statement, q *Query) *Value {
	for _, c := range st.Columns {
		q.Columns = append(q.Columns, ColumnValue(q.Table, c))
	}
	if st.Reckoned {
		q.Columns = []*Value{{Kind: Expr, Sym: "reckoned", Col: &ColumnRef{Table: q.Table, IsAgg: true, Agg: q.Aggregate, Reckoned: true}}}
	}
	op := Op{Table: q.Table, Guess: sess.Guess}
	op.Kind, op.Session, op.Lock = interleave.Read, sess.Obj.Num, q.Lock
	op.From = q.Deps.Ints()
	key, conds := rowKey(q)
	counted := b.countedItems(w, sess, st, q, key)
	if len(counted) > 0 && st.Tables[0].Role == sql.SubQuery { // nothing else is selected
		row := &Value{Kind: Sequence, Items: counted, Deps: counted[0].Deps, Src: counted[0].Src}
		return &Value{Kind: Rows, Query: q, Elem: row, Deps: row.Deps, Src: row.Src, Name: "raw"}
	}
	op.Res = interleave.Resource{Store: interleave.Table, Name: q.TableName, Aggregate: q.Aggregate, Where: conds, Columns: st.Columns}
	if q.Aggregate == interleave.Rows {
		op.Res.Key = key
	}
	i := w.Emit(op)
	row, only := columnsOf(q, i, key), len(st.Counted) > 0 && st.Counted[0].Only
	if len(row.Items) == 0 && row.Kind == Sequence && !only { // SELECT *
		row = Opaque(row.Sym, row.Deps)
		row.Src, row.Obj = int32(i+1), &Object{Table: q.Table, Key: key, Attrs: byName(counted)}
	} else {
		row = withItems(row, counted, only)
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

// DocumentKey returns the key of a document that was looked up by it, where the field holds it, "" otherwise. What lies under a name in a token
// has a number of its own.
func (w *World) DocumentKey(doc *Value, field string) string {
	if i := int(doc.Src) - 1; (field == "_id" || field == "id") && i >= 0 && i < len(w.Ops) {
		if op := &w.Ops[i]; op.Kind == interleave.Read && op.Res.Store == interleave.KeyValue && op.Res.Name != Claims && !strings.Contains(op.Res.Key, "=") {
			return op.Res.Key
		}
	}
	return ""
}

// Field is a column of a row that a read gave as a whole. The key of a row that was looked up by it is known.
func (w *World) Field(row *Value, name string) *Value {
	if row.Obj != nil && row.Obj.Attrs[name] != nil {
		return row.Obj.Attrs[name] // counted beside the row
	}
	v := Opaque(row.Sym+"['"+name+"']", row.AllDeps())
	v.Src, v.SrcCol = row.Src, name
	if i := int(row.Src) - 1; i >= 0 && i < len(w.Ops) {
		if op := &w.Ops[i]; op.Kind == interleave.Read && op.Table != nil && isPrimary(op.Table, name) && op.Res.Key != "" && !strings.Contains(op.Res.Key, "=") {
			v.Sym = op.Res.Key
		}
	}
	return v
}
