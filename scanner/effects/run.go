package effects

import (
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
	"github.com/middlebrick/middlebrick/scanner/sql"
)

// Run executes a statement on a session and returns its result.
func Run(w *World, sess *Value, q *Query, params *Value) *Value {
	if q.Raw != nil {
		if params == nil {
			params = q.Raw.Bound
		}
		return runRaw(w, sess, q.Raw.Text, params, nil)
	}
	if adv := advisory(q); adv != nil {
		return lockAdvisory(w, sess, adv)
	}
	if q.TableName == "" && q.Table == nil {
		return &Value{Kind: Rows, Deps: q.Deps}
	}
	if params != nil && q.Verb == interleave.Insert && len(q.Set) == 0 {
		c := &Call{World: w, Recv: &Value{Kind: Statement, Query: q}, Args: []*Value{params}}
		q = values(c).Query
	}
	if params != nil && q.Verb == interleave.Update && len(q.Set) == 0 && len(q.Where) == 0 {
		q = byPrimaryKey(w, q, params)
	}
	within := w.Ctx
	q = countedBefore(w, sess, pickedBefore(w, sess, q))
	op := Op{Table: q.Table, Guess: q.Opaque || sess.Guess}
	op.Kind, op.Session, op.Flags = q.Verb, sess.Obj.Num, q.Flags
	op.From = q.Deps.Ints()
	op.Res = interleave.Resource{Store: interleave.Table, Name: q.TableName, Aggregate: q.Aggregate}
	key, conds := rowKey(q)
	op.Res.Where = conds
	if elsewhere := asksElsewhere(q); elsewhere != nil {
		op.Own().Elsewhere = elsewhere
	}
	for _, a := range q.Set {
		given := stores(a.Column, a.Value)
		given.Relative = a.Relative
		op.Set = append(op.Set, given)
		op.From = Deps32(op.From).With(a.Value.AllDeps()).Ints()
	}
	if q.Text && q.Verb == interleave.Update {
		if named := namedOnlyBy(q); len(named) > 0 {
			op.Own().Named = named
		}
	}
	switch q.Verb {
	case interleave.Insert:
		op.Set = withFolded(q.Table, op.Set)
		if op.Unique = withTarget(uniqueKeys(q.Table, op.Set, nil), q.Conflict); len(q.Conflict) > 0 {
			op.Set = withDefaults(op.Set, q.Conflict)
		}
		if q.NotExists {
			op.Kind = interleave.InsertWhereNotExists
		}
		out := written(w, q, op)
		overwrite(w, sess, q)
		w.Ctx = within
		return out
	case interleave.Update, interleave.Delete:
		op.Res.Key = key
		if Bounded(q.Table, op.Set) {
			op.Flags |= interleave.CheckConstraint
		}
		return written(w, q, op)
	}
	return runSelect(w, sess, q, op, key)
}

// namedOnlyBy returns the reads of which an update took nothing but which row it is about: `SET state = 'done', at = now() WHERE id = :seen`.
func namedOnlyBy(q *Query) []int {
	var stored Deps
	for _, a := range q.Set {
		stored = stored.With(a.Value.AllDeps())
	}
	return slices.DeleteFunc(q.Deps.Ints(), stored.Has)
}

// byPrimaryKey is an update of the rows of a list of mappings, of which each holds the primary key of its row and what is set there:
// session.execute(update(Meter), [{"id": …, "credit": …}, …]). One of them stands for all.
func byPrimaryKey(w *World, q *Query, rows *Value) *Query {
	c := &Call{World: w, Recv: &Value{Kind: Statement, Query: q}, Args: []*Value{rows}}
	q = values(c).Query
	q.Set = slices.DeleteFunc(q.Set, func(a Assigned) bool {
		if !isPrimary(q.Table, a.Column) {
			return false
		}
		q.Where = append(q.Where, Condition{Column: a.Column, Op: "=", Table: q.Table, Value: a.Value})
		return true
	})
	return q
}

// overwrite is what an insert does to the row that it meets, where it counts there, or puts there what was worked out from an earlier read.
func overwrite(w *World, sess *Value, q *Query) {
	if len(q.Meets) == 0 || !slices.ContainsFunc(q.Overwrites, func(a Assigned) bool { return a.Relative || len(a.Value.AllDeps()) > 0 }) {
		return
	}
	u := &Query{Verb: interleave.Update, Table: q.Table, TableName: q.TableName, Set: q.Overwrites, Deps: q.Deps}
	for _, column := range q.Meets {
		at := slices.IndexFunc(q.Set, func(a Assigned) bool { return a.Column == column })
		if at < 0 {
			return
		}
		u.Where = append(u.Where, Condition{Column: column, Op: "=", Table: q.Table, Value: q.Set[at].Value})
	}
	Run(w, sess, u, nil)
}

// withTarget adds the key that a conflict clause names to those that the schema is seen to have.
func withTarget(keys [][]string, target []string) [][]string {
	if len(target) == 0 || slices.ContainsFunc(target, func(c string) bool { return c == "" || strings.ContainsAny(c, "( ") }) {
		return keys
	}
	for _, k := range keys {
		if len(k) == len(target) && !slices.ContainsFunc(target, func(c string) bool { return !slices.Contains(k, c) }) {
			return keys
		}
	}
	return append(slices.Clone(keys), target)
}

// withDefaults adds the columns of a conflict's target that an insert leaves to the table: rows are meant to meet in them, so that what
// the table gives is the same for two requests at a time.
func withDefaults(set []interleave.Assignment, target []string) []interleave.Assignment {
	for _, c := range target {
		if c != "" && !slices.ContainsFunc(set, func(a interleave.Assignment) bool { return a.Column == c || a.Column == "*" }) {
			set = append(set, interleave.Assignment{Column: c, Value: "'default'"})
		}
	}
	return set
}

// Bounded tells whether a CHECK constraint keeps a column that the store itself counts up or down within bounds: a highest value keeps nobody
// from counting down.
func Bounded(t *schema.Table, set []interleave.Assignment) bool {
	if t == nil {
		return false
	}
	for _, a := range set {
		if !a.Relative {
			continue
		}
		bounds := bounding(a)
		for _, st := range t.Checks {
			for _, parsed := range sql.Parse("SELECT 1 FROM t WHERE " + st) {
				for _, c := range parsed.Where {
					if c.Column == a.Column && strings.ContainsAny(c.Op, bounds) {
						return true
					}
				}
			}
		}
	}
	return false
}

// bounding returns by which signs a CHECK constraint compares a column that it keeps from going too far the way that it is counted.
func bounding(a interleave.Assignment) string {
	text := strings.ReplaceAll(a.Value, " ", "")
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, a.Column)
		if !ok {
			return "<>" // it is not seen which way
		}
		switch rest = after; {
		case strings.HasPrefix(after, "-"):
			return ">"
		case strings.HasPrefix(after, "+"):
			return "<"
		}
	}
}

// Deps32 makes a set of indices.
func Deps32(ops []int) Deps {
	if len(ops) == 0 {
		return nil
	}
	d := make(Deps, 0, len(ops))
	for _, o := range ops {
		if o >= 0 {
			d = append(d, int32(o))
		}
	}
	slices.Sort(d)
	return slices.Compact(d)
}

// written emits a write and returns its result.
func written(w *World, q *Query, op Op) *Value {
	i := w.Emit(op)
	rows := &Value{Kind: Rows, Query: q, Deps: Dep(i), Src: int32(i + 1)}
	if len(q.Returning) > 0 {
		rows.Elem = returned(w, q, op, i)
	}
	return rows
}

func returned(w *World, q *Query, op Op, i int) *Value {
	if len(q.Returning) == 1 && q.Returning[0].Kind == ClassRef && q.Table != nil {
		o, _ := w.Row(op.Session, q.Table, q.TableName, op.Res.Key)
		return &Value{Kind: Entity, Obj: o, Sym: q.TableName + "[" + op.Res.Key + "]", Deps: Dep(i), Src: int32(i + 1)}
	}
	v := Opaque("returned", Dep(i))
	v.Src = int32(i + 1)
	for _, r := range q.Returning {
		if r.Kind == Column {
			c := Opaque(q.TableName+"["+op.Res.Key+"]."+r.Col.Column, Dep(i))
			c.Src, c.SrcCol = int32(i+1), r.Col.Column
			v.Items = append(v.Items, c)
		}
	}
	if len(v.Items) == 1 {
		return v.Items[0]
	}
	return v
}

// loaded is the row that a query of a session gives.
func loaded(w *World, lock interleave.LockMode, session int, t *schema.Table, name, key string) (*Object, bool) {
	if lock.Strength != interleave.NoLock {
		if o := w.cameAlong(session, t, name, key); o != nil {
			return o, true
		}
		return w.LockedRow(session, t, name, key)
	}
	return w.Row(session, t, name, key)
}

func runSelect(w *World, sess *Value, q *Query, op Op, key string) *Value {
	op.Lock = q.Lock
	if !q.Entity {
		for _, c := range q.Columns {
			if c.Col != nil && c.Col.Column != "" {
				op.Res.Columns = append(append(op.Res.Columns, c.Col.Column), c.Col.Beside...)
			}
		}
	}
	if q.Aggregate == interleave.Rows {
		op.Res.Key = key
		if len(op.Res.Columns) == 1 && op.Res.Columns[0] == q.Newest {
			op.Own().Newest = q.Newest
		}
	}
	var o *Object
	if q.Entity && q.Table != nil && key != "" {
		o, _ = loaded(w, op.Lock, sess.Obj.Num, q.Table, q.TableName, key)
		op.Obj, op.Object = o.ID, o
		op.Version = q.Table.VersionColumn
	}
	lockOther(w, q, &op, key)
	i := w.Emit(op)
	q = countedWith(w, sess, q, key)
	rows := &Value{Kind: Rows, Query: q, Deps: Dep(i).With(countedParts(w, sess, q)).With(countedInWhere(w, sess, q, key)), Src: int32(i + 1)}
	switch {
	case q.Entity && q.Table != nil:
		if o == nil {
			// One of several rows: each is a row of its own, named by the set it came from.
			o, _ = loaded(w, op.Lock, sess.Obj.Num, q.Table, q.TableName, setKey(q, op.Res.Where))
			if w.Muted == 0 && i >= 0 {
				w.Ops[i].Obj, w.Ops[i].Object = o.ID, o
			}
		}
		if o.Load < 0 {
			o.Load = i
		}
		o.Newest = q.Newest
		bringsAlong(w, q, o)
		if q.Lock.Strength != interleave.NoLock || q.Flags&interleave.PopulateExisting != 0 {
			o.Attrs = nil
		}
		rows.Elem = &Value{Kind: Entity, Obj: o, Sym: q.TableName + "[" + o.Key + "]", Deps: Dep(i), Src: int32(i + 1)}
		if len(q.Joins) > 0 && len(q.Columns) > 1 {
			rows.Elem = tupleOf(w, sess, q, i, rows.Elem)
		}
	default:
		rows.Elem = columnsOf(q, i, key)
	}
	return rows
}

// tupleOf is a row of a select over several entities.
func tupleOf(w *World, sess *Value, q *Query, i int, first *Value) *Value {
	v := &Value{Kind: Sequence, Deps: Dep(i)}
	for _, c := range q.Columns {
		t := tableOf(w, c)
		switch {
		case t == q.Table:
			v.Items = append(v.Items, first)
		case t != nil:
			o, _ := w.Row(sess.Obj.Num, t, t.Name, "joined "+first.Obj.Key)
			if o.Load < 0 {
				o.Load = i
			}
			v.Items = append(v.Items, &Value{Kind: Entity, Obj: o, Sym: t.Name + "[" + o.Key + "]", Deps: Dep(i), Src: int32(i + 1)})
		default:
			v.Items = append(v.Items, Opaque(c.Sym, Dep(i)))
		}
	}
	return v
}

// reckoned tells whether what a select gives is reckoned from how many there are or what they add up to, and is not that number.
func reckoned(q *Query) bool {
	return (q.Aggregate == interleave.Count || q.Aggregate == interleave.Sum) && len(q.Columns) == 1 && q.Columns[0].Col != nil && q.Columns[0].Col.Reckoned
}

// columnsOf is a row of a select of columns: its items are the columns, and the primary key names the row.
func columnsOf(q *Query, i int, key string) *Value {
	if q.Aggregate != interleave.Rows {
		v := Opaque(aggregateName(q.Aggregate)+"("+q.TableName+")", Dep(i))
		if reckoned(q) {
			v.Sym = q.Columns[0].Sym // which way it turns when a row comes is not told
			return v
		}
		v.Src = int32(i + 1)
		return v
	}
	row := &Object{Table: q.Table, Key: key}
	v := &Value{Kind: Sequence, Deps: Dep(i), Src: int32(i + 1), Sym: q.TableName + "[" + key + "]"}
	for n, c := range q.Columns {
		if sub := q.counted[n]; sub != nil {
			v.Items = append(v.Items, sub)
			continue
		}
		x := Opaque(v.Sym+"."+c.Name, Dep(i))
		x.Src = int32(i + 1)
		if c.Col != nil {
			x.SrcCol, x.Name = c.Col.Column, c.Name
			x.Sym = v.Sym + "." + c.Col.Column
			if len(c.Col.Beside) > 0 {
				x.SrcCol, x.Sym = "", v.Sym+"."+c.Sym // of several columns
			}
			if key != "" && x.SrcCol != "" && isPrimary(q.Table, x.SrcCol) && (c.Col.Table == nil || c.Col.Table == q.Table) {
				x.SetKeyOf(row)
			}
		}
		v.Items = append(v.Items, x)
	}
	return v
}

// lockOther emits the lock that a select takes on a joined table only, FOR UPDATE OF. MySQL's dialect renders no OF.
func lockOther(w *World, q *Query, op *Op, key string) {
	if len(q.LockOf) == 0 || q.Table == nil || slices.Contains(q.LockOf, q.Table.Name) || op.Lock.Strength == interleave.NoLock {
		return
	}
	if w.Schema != nil && (w.Schema.Engine.Name == "mysql" || w.Schema.Engine.Name == "mariadb") {
		return
	}
	for _, name := range q.LockOf {
		lock := Op{Guess: op.Guess}
		if w.Schema != nil {
			lock.Table = w.Schema.Tables[name]
		}
		lock.Kind, lock.Session, lock.Lock, lock.From = interleave.Read, op.Session, op.Lock, op.From
		lock.Res = interleave.Resource{Store: interleave.Table, Name: name, Key: "joined " + key}
		for _, c := range q.Where {
			if c.Table != nil && c.Table == lock.Table && c.Op == "=" && isPrimary(c.Table, c.Column) && c.Value != nil {
				lock.Res.Key = keyOf(c.Value, c.Table)
			}
		}
		w.Emit(lock)
	}
	op.Lock = interleave.LockMode{}
	op.Flags |= interleave.SameStatement
}

// countedWith reads what the sub-queries of a select list compute: in the same statement, by its snapshot.
func countedWith(w *World, sess *Value, q *Query, key string) *Query {
	out := q
	for n, c := range q.Columns {
		part := partOfRow(q, c)
		if part == nil || part == q || part.TableName == "" || part.TableName == q.TableName {
			continue
		}
		i := readPart(w, sess, q, part, key)
		v := Opaque(aggregateName(part.Aggregate)+"("+part.TableName+")", Dep(i))
		v.Src, v.Name = int32(i+1), c.Name
		if out == q {
			cp := *q
			cp.counted = map[int]*Value{}
			out = &cp
		}
		out.counted[n] = v
	}
	return out
}

// readPart reads what a sub-query looks at, of a statement that is about the row of that key.
func readPart(w *World, sess *Value, q, part *Query, key string) int {
	sub := *part
	sub.Where = slices.Clone(sub.Where)
	for k := range sub.Where {
		// WHERE pets.owner_id = owners.id: the row around it.
		if v := sub.Where[k].Value; v != nil && v.Kind == Column && v.Col.Table == q.Table && isPrimary(q.Table, v.Col.Column) && key != "" {
			sub.Where[k].Value = Opaque(key, nil)
		}
	}
	op := Op{Table: sub.Table}
	op.Kind, op.Session, op.Flags = interleave.Read, sess.Obj.Num, interleave.SameStatement
	op.Res = *resourceOf(&sub)
	op.From = sub.Deps.Ints()
	return w.Emit(op)
}

// countsJoined tells whether a column of a select list counts or adds up rows of another table than that of the statement, which is joined to it.
func countsJoined(q *Query, c *Value) bool {
	return c.Col != nil && c.Col.IsAgg && c.Col.Table != nil && q.Table != nil && c.Col.Table != q.Table
}

// partOfRow is the sub-query that a column of a select list is, or as good as is: those of the joined rows that refer to the row around it.
// nil means that it is none.
func partOfRow(q *Query, c *Value) *Query {
	switch {
	case c.Col == nil:
		return nil
	case !countsJoined(q, c):
		return c.Col.Sub
	}
	for _, fk := range c.Col.Table.Columns {
		for _, key := range q.Table.PrimaryKey() {
			if fk.Target == q.Table.Name+"."+key {
				refers := Condition{Column: fk.Name, Op: "=", Value: ColumnValue(q.Table, key)}
				return &Query{Verb: interleave.Read, Table: c.Col.Table, TableName: c.Col.Table.Name, Aggregate: c.Col.Agg, Where: []Condition{refers}}
			}
		}
	}
	return nil
}

// Named returns a column of a row of columns by its name, or nil.
func (v *Value) Named(column string) *Value {
	if v.Kind != Sequence || v.Src == 0 {
		return nil
	}
	for _, it := range v.Items {
		if it != nil && (it.Src == v.Src && it.SrcCol == column || it.Name == column && column != "") {
			return it.Depending(v.Deps)
		}
	}
	return nil
}

// onlyRow makes the read behind a result one of a single row: whoever takes the first row acts on that one.
func onlyRow(w *World, rows *Value) {
	if rows.Src == 0 || rows.Query == nil || rows.Query.Verb != interleave.Read || rows.Query.Aggregate != interleave.Rows || w.Muted > 0 {
		return
	}
	op := &w.Ops[rows.Src-1]
	if op.Kind != interleave.Read || op.Res.Key != "" {
		return
	}
	one := *rows.Query
	one.Single = true
	key, _ := rowKey(&one)
	if op.Obj != 0 {
		op.Object.Only = key
		return
	}
	op.Res.Key = key
	if op.Res.Key != "" && rows.Elem != nil && rows.Elem.Kind == Sequence {
		rows.Elem = columnsOf(rows.Query, int(rows.Src-1), op.Res.Key)
	}
}

// ownKey gives a row that was taken alone out of a result its own key, when it leaves its table: the rows of two requests that name
// different ones are then two, and not each one of the same set.
func ownKey(w *World, o *Object) {
	if o.Only == "" || o.Load < 0 || !strings.HasPrefix(o.Key, EachOf) || w.Muted > 0 {
		return
	}
	for i := o.Load; i < len(w.Ops); i++ {
		if op := &w.Ops[i]; op.Obj == o.ID && (i == o.Load || op.Res.Key == o.Key) {
			op.Res.Key = o.Only
		}
	}
	o.Key = o.Only
}

func aggregateName(a interleave.Aggregate) string {
	return [...]string{"rows", "exists", "count", "sum", "max"}[a]
}

// asksElsewhere returns the joined tables of which a query asks something.
func asksElsewhere(q *Query) []*schema.Table {
	var out []*schema.Table
	for _, c := range q.Where {
		if onJoined(q, c) && (c.Value == nil || c.Value.Kind != Column) && !slices.Contains(out, c.Table) {
			out = append(out, c.Table)
		}
	}
	return out
}

func onJoined(q *Query, c Condition) bool {
	return c.Table != nil && q.Table != nil && c.Table != q.Table && !c.SubQuery
}

// rowKey returns the key of the one row that the statement names, or "", and its predicate. Equality with a primary key
// names a row by that key; equality with other columns, when nothing else restricts the set to fewer, by those.
func rowKey(q *Query) (string, []interleave.Cond) {
	var conds []interleave.Cond
	var eq, how []string // which row it is, and of documents how it has to be: a constant is true of many
	pk := ""
	for _, c := range q.Where {
		if onJoined(q, c) {
			continue
		}
		for _, column := range c.Beside {
			conds = append(conds, interleave.Cond{Column: column, Op: "?"})
		}
		if c.Or {
			equal := c.Op == "=" && !c.SubQuery && c.Value != nil && c.Value.Kind != Column
			cond := interleave.Cond{Column: c.Column, Op: "?", Either: equal}
			if c.Op == "?" && c.Value != nil && c.Value.Kind != Column {
				cond.Value = valueSym(c.Value) // username ILIKE :name OR …
			}
			conds = append(conds, cond)
			continue
		}
		cond := interleave.Cond{Column: c.Column, Op: c.Op, SubQuery: c.SubQuery}
		if c.Sub != nil {
			cond.Of = resourceOf(c.Sub)
		}
		if c.Value != nil && c.Op != "is null" && c.Op != "is not null" && c.Op != "exists" && c.Op != "not exists" {
			if c.Op == "in" || c.Op == "not in" {
				cond.Value = valuesSym(c.Value)
			} else {
				cond.Value = soughtBy(q, c) // a row stands for its key
			}
			if folded(c.Column) != "" {
				cond.Value = Fold(cond.Value)
			}
		}
		if c.Op == "=" && !c.SubQuery && c.Value != nil {
			if c.Value.Kind == Column && !isPrimary(q.Table, c.Column) {
				conds = append(conds, interleave.Cond{Column: c.Column, Op: "?"}) // which rows of another table belong to it is nothing that is asked of it
				continue
			}
			if isPrimary(q.Table, c.Column) {
				pk = keyOf(c.Value, q.Table)
				if len(primaryColumns(q.Table)) <= 1 {
					continue
				}
			}
			if part := c.Column + "=" + soughtBy(q, c); documentsOf(q.Table) && c.Value.Kind == Const {
				how = append(how, part)
			} else {
				eq = append(eq, part)
			}
		}
		conds = append(conds, cond)
	}
	if pk != "" && len(primaryColumns(q.Table)) <= 1 {
		return pk, conds
	}
	if len(eq) == 0 {
		eq = how
	}
	if len(eq) == 0 {
		return "", conds
	}
	sort.Strings(eq)
	if !q.Single && !coversUnique(q.Table, conds) && q.Verb == interleave.Read {
		return "", conds
	}
	return strings.Join(eq, ","), conds
}

// valuesSym are the values of a list of constants, with commas between them; "" where one of them is not known.
func valuesSym(list *Value) string {
	values := list.Pick(Sequence)
	if values == nil || values.Elem != nil {
		return valueSym(list)
	}
	var out []string
	for _, it := range values.Items {
		sym := valueSym(it)
		if it == nil || it.Kind != Const || sym == "" {
			return ""
		}
		out = append(out, sym)
	}
	return strings.Join(out, ",")
}

// resourceOf is what a sub-query reads.
func resourceOf(q *Query) *interleave.Resource {
	key, conds := rowKey(q)
	r := &interleave.Resource{Store: interleave.Table, Name: q.TableName, Where: conds, Aggregate: q.Aggregate}
	if q.Aggregate == interleave.Rows {
		r.Key = key
	}
	return r
}

// EachOf begins the name of a row that is one of several which were read together.
const EachOf = "each of "

func setKey(q *Query, conds []interleave.Cond) string {
	var parts []string
	for _, c := range conds {
		if c.Op == "=" {
			parts = append(parts, c.Column+"="+c.Value)
		}
	}
	sort.Strings(parts)
	return EachOf + strings.Join(parts, ",")
}

func keyOf(v *Value, t *schema.Table) string {
	if row := v.spelledRow(); row != nil && (t == nil || row.Table == t || row.Table != nil && row.Table.Name == t.Name) {
		return row.Key
	}
	return v.Sym
}

func isPrimary(t *schema.Table, col string) bool {
	if t == nil {
		return col == "id"
	}
	if c := t.Columns[col]; c != nil {
		return c.Primary
	}
	return col == "id" && len(t.Columns) == 0
}

// IsPrimary tells whether a column is the primary key of a table, or part of it.
func IsPrimary(t *schema.Table, col string) bool { return isPrimary(t, col) }

func primaryColumns(t *schema.Table) []string {
	if t == nil {
		return nil
	}
	return t.PrimaryKey()
}

func coversUnique(t *schema.Table, conds []interleave.Cond) bool {
	if t == nil {
		return false
	}
	var cols []string
	for _, c := range conds {
		if c.Op == "=" {
			cols = append(cols, c.Column)
		}
	}
	_, ok := t.UniqueOn(cols)
	return ok
}

// advisory returns the advisory lock call that a select consists of, or nil.
func advisory(q *Query) *Value {
	for _, c := range q.Columns {
		if strings.HasPrefix(c.Name, "advisory:") {
			return c
		}
	}
	return nil
}

func lockAdvisory(w *World, sess *Value, v *Value) *Value {
	name := strings.TrimPrefix(v.Name, "advisory:")
	var keys []string
	var deps Deps
	for _, a := range v.Items {
		keys = append(keys, a.Sym)
		deps = deps.With(a.AllDeps())
	}
	return emitAdvisory(w, sess.Obj.Num, name, strings.Join(keys, ","), deps)
}

func emitAdvisory(w *World, session int, name, key string, deps Deps) *Value {
	op := Op{Target: name}
	op.Kind, op.Session, op.Name = interleave.Acquire, session, "advisory:"+key
	op.Scope = interleave.TransactionLock
	if !strings.Contains(name, "xact") {
		op.Scope = interleave.SessionLock
	}
	if strings.Contains(name, "unlock") || strings.Contains(name, "release") {
		op.Kind = interleave.Release
	}
	op.From = deps.Ints()
	try := strings.Contains(name, "try")
	op.Lock.NoWait = try // it does not wait: who does not look at the answer goes on without the lock
	i := w.Emit(op)
	v := Opaque(name, Dep(i))
	if try {
		return &Value{Kind: Rows, Elem: v, Deps: Dep(i), Src: int32(i + 1)}
	}
	return &Value{Kind: Rows, Elem: Opaque(name, nil)}
}
