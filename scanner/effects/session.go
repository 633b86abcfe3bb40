package effects

import (
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// The session of SQLAlchemy: its identity map and transaction as operations of the judge.

var sessionMethods = []Named{
	{"execute", execute}, {"stream", execute}, {"exec_driver_sql", driverSQL},
	{"scalars", scalars}, {"stream_scalars", scalars}, {"exec", execScalars},
	{"scalar", func(c *Call) *Value { return takeRows(c.World, execute(single1(c)), "scalar") }},
	{"query", queryStmt}, {"get", sessionGet}, {"get_one", sessionGet},
	{"add", sessionAdd}, {"add_all", sessionAdd}, {"bulk_save_objects", sessionAdd}, {"delete", sessionDelete}, {"merge", sessionMerge},
	{"bulk_insert_mappings", func(c *Call) *Value {
		q := &Query{Verb: interleave.Insert, Table: tableOf(c.World, c.Arg(0, "")), Deps: c.Deps()}
		if q.Table == nil {
			return nil
		}
		q.TableName = q.Table.Name
		return Run(c.World, c.Recv, q, nil)
	}},
	{"flush", sessionOp(interleave.Flush)}, {"commit", sessionOp(interleave.Commit)}, {"rollback", sessionOp(interleave.Rollback)},
	{"close", sessionOp(interleave.Close)}, {"aclose", sessionOp(interleave.Close)}, {"remove", sessionOp(interleave.Close)},
	{"refresh", sessionRefresh}, {"expire", sessionExpire}, {"expire_all", sessionExpire}, {"expunge", sessionExpunge}, {"expunge_all", sessionExpunge},
	{"begin", begin(false)}, {"begin_nested", begin(true)}, {"run_sync", runSync}, {"connection", sessionOptions}, {"execution_options", sessionOptions}, {"get_bind", nil},
	{"__call__", self}, // scoped_session()
}

func single1(c *Call) *Call {
	if len(c.Args) > 0 && c.Args[0].Kind == Statement {
		q := *c.Args[0].Query
		q.Single = true
		v := *c.Args[0]
		v.Query = &q
		d := *c
		d.Args = append([]*Value{&v}, c.Args[1:]...)
		return &d
	}
	return c
}

func execute(c *Call) *Value {
	stmt := c.Arg(0, "statement")
	if stmt == nil {
		return nil
	}
	s := stmt.Pick(Statement)
	if s == nil {
		if t, ok := stmt.Str(); ok {
			s = &Value{Kind: Statement, Query: &Query{Raw: &RawSQL{Text: t}}}
		} else if stmt.Kind == Expr && stmt.Col != nil {
			s = &Value{Kind: Statement, Query: &Query{Verb: interleave.Read, Columns: []*Value{stmt}, Deps: stmt.Deps}}
		} else {
			return &Value{Kind: Rows, Deps: c.Deps()}
		}
	}
	if stmt.Kind == Union {
		// The statement was built on several paths: what all of them have is certain, a lock on some of them is assumed.
		q := *s.Query
		for _, it := range stmt.Items {
			if it.Kind == Statement && it.Query.Lock.Strength > q.Lock.Strength {
				q.Lock, q.MaybeLock = it.Query.Lock, true
			}
			if it.Kind == Statement && len(it.Query.Where) > len(q.Where) {
				q.Where = it.Query.Where
			}
		}
		s = &Value{Kind: Statement, Query: &q, Deps: s.Deps}
	}
	params := c.Arg(1, "params")
	if o := c.Keyword("execution_options"); o != nil && o.Kind == Mapping {
		for _, p := range o.Pairs {
			if n, _ := p.Key.Str(); n == "populate_existing" && p.Value.Truth() == "True" {
				q := *s.Query
				q.Flags |= interleave.PopulateExisting
				s = &Value{Kind: Statement, Query: &q, Deps: s.Deps}
			}
		}
	}
	return Run(c.World, c.Recv, s.Query, params)
}

// driverSQL hands a text to the driver as it stands, with the driver's own marks for what is bound.
func driverSQL(c *Call) *Value {
	text, ok := rawText(c.Arg(0, "statement"))
	if !ok {
		return &Value{Kind: Rows, Deps: c.Deps()}
	}
	return runRaw(c.World, c.Recv, text, c.Arg(1, "parameters"), nil)
}

func scalars(c *Call) *Value {
	if rows := execute(c); rows != nil {
		return takeRows(c.World, rows, "scalars")
	}
	return nil
}

// execScalars is SQLModel's exec: a select of one thing gives it, and not rows of one item.
func execScalars(c *Call) *Value {
	rows := execute(c)
	if rows != nil && rows.Query != nil && rows.Query.Raw == nil && len(rows.Query.Columns) == 1 {
		return takeRows(c.World, rows, "scalars")
	}
	return rows
}

func queryStmt(c *Call) *Value {
	v := selectStmt(c)
	v.Query.Session = c.Recv
	return v
}

func sessionOp(k interleave.Kind) Model {
	return func(c *Call) *Value {
		op := Op{Object: c.Recv.Obj}
		op.Kind, op.Session = k, c.Recv.Obj.Num
		if k == interleave.Commit && keepsOnCommit(c.World, c.Recv) {
			op.Flags |= interleave.KeepOnCommit
		}
		c.Emit(op)
		return None
	}
}

func keepsOnCommit(w *World, sess *Value) bool {
	if v := sess.Obj.Kw["expire_on_commit"]; v != nil {
		return v.Truth() == "False"
	}
	return false
}

func sessionGet(c *Call) *Value {
	t := tableOf(c.World, c.Arg(0, "entity"))
	key := c.Arg(1, "ident")
	if t == nil || key == nil {
		if m := c.Arg(0, "entity"); m != nil && key != nil && m.Kind == ClassRef && m.Ref().Class != nil {
			t = &schema.Table{Name: m.Ref().Class.Name, Class: m.Ref().Class}
		} else {
			return &Value{Kind: Unknown, Deps: c.Deps(), Sym: "get"}
		}
	}
	var lock interleave.LockMode
	if l := c.Keyword("with_for_update"); l != nil && l.Truth() != "False" {
		lock = interleave.LockMode{Strength: interleave.ForUpdate}
		if l.Kind == Mapping {
			d := &Call{World: c.World}
			for _, p := range l.Pairs {
				if s, ok := p.Key.Str(); ok {
					d.Kw = append(d.Kw, Keyword{s, p.Value})
				}
			}
			lock = lockMode(d)
		}
	}
	var flags interleave.Flags
	if c.True("populate_existing") {
		flags |= interleave.PopulateExisting
	}
	v := getRow(c.World, c.Recv, t, key, lock, flags)
	if c.Name == "get_one" {
		rows := &Value{Kind: Rows, Elem: v, Deps: v.Deps, Src: v.Src}
		return takeRows(c.World, rows, "one")
	}
	return v
}

func getRow(w *World, sess *Value, t *schema.Table, key *Value, lock interleave.LockMode, flags interleave.Flags) *Value {
	if t == nil {
		return nil
	}
	k := identOf(t, key)
	o, seen := loaded(w, lock, sess.Obj.Num, t, t.Name, k)
	v := &Value{Kind: Entity, Obj: o, Sym: t.Name + "[" + k + "]"}
	if seen && o.Load >= 0 && lock.Strength == interleave.NoLock && flags == 0 {
		v.Deps, v.Src = Dep(o.Load), int32(o.Load+1)
		return v
	}
	op := Op{Table: t, Object: o}
	op.Kind, op.Session, op.Obj, op.Lock, op.Flags = interleave.Read, sess.Obj.Num, o.ID, lock, flags
	op.Res = interleave.Resource{Store: interleave.Table, Name: t.Name, Key: k}
	op.From = key.AllDeps().Ints()
	op.Version = t.VersionColumn
	i := w.Emit(op)
	if o.Load < 0 {
		o.Load = i
	}
	if lock.Strength != interleave.NoLock || flags&interleave.PopulateExisting != 0 {
		o.Attrs = nil
	}
	v.Deps, v.Src = Dep(i), int32(i+1)
	return v
}

// identOf names the row with a primary key, which is given as one value, or by its columns in their order or their names.
func identOf(t *schema.Table, key *Value) string {
	if row := key.spelledRow(); row != nil && row.Table == t {
		return row.Key
	}
	columns := t.PrimaryKey()
	if len(columns) < 2 {
		return key.Sym
	}
	var parts []string
	switch {
	case key.Kind == Sequence && len(key.Items) == len(columns):
		for i, v := range key.Items {
			parts = append(parts, columns[i]+"="+valueSym(v))
		}
	case key.Kind == Mapping && len(key.Pairs) == len(columns):
		for _, p := range key.Pairs {
			name, ok := p.Key.Str()
			if !ok {
				return key.Sym
			}
			parts = append(parts, name+"="+valueSym(p.Value))
		}
	default:
		return key.Sym
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}

func sessionAdd(c *Call) *Value {
	added := c.Args
	for _, k := range c.Kw {
		if k.Name == "instance" || k.Name == "instances" || k.Name == "objects" {
			added = append(slices.Clone(added), k.Value)
		}
	}
	for _, a := range added {
		for _, it := range a.Alternatives() {
			if it == nil {
				continue
			}
			if it.Kind == Sequence || it.Kind == Rows {
				for _, x := range append(slices.Clone(it.Items), it.Elem) {
					if x != nil {
						addMade(c, x)
					}
				}
				continue
			}
			if a.Kind == Union {
				addMade(c, it) // elsewhere it is the row that was found, and nothing is added
				continue
			}
			addRow(c, it)
		}
	}
	return None
}

// addMade adds an object where it was made: of a list that is added, none where none was put into it.
func addMade(c *Call, v *Value) {
	defer func(ctx *Ctx) { c.World.Ctx = ctx }(c.World.Ctx)
	if v.Kind == Entity && v.Obj.Fresh {
		c.World.Ctx = c.World.Ctx.with(v.Obj.Made)
	}
	addRow(c, v)
}

func addRow(c *Call, v *Value) {
	v = v.Pick(Entity)
	if v == nil {
		return
	}
	v.Obj.Adopted = v.Obj.Adopted || v.Obj.Session != 0
	if !v.Obj.Fresh || v.Obj.Session != 0 {
		return
	}
	o := v.Obj
	o.Session = c.Recv.Obj.Num
	op := Op{Table: o.Table, Object: o}
	op.Kind, op.Session, op.Obj = interleave.Add, o.Session, o.ID
	op.Flags = interleave.FreshObject
	op.Res = interleave.Resource{Store: interleave.Table, Name: ObjectTable(o), Key: o.Key}
	op.Set, op.From = rowSet(o, v.Deps)
	op.Set = withFolded(o.Table, op.Set)
	op.Unique = uniqueKeys(o.Table, op.Set, o.Attrs)
	if o.Table != nil {
		op.Version = o.Table.VersionColumn
	}
	o.Load = c.Emit(op)
}

// rowSet returns the columns that a new object's attributes set, and what they derive from.
func rowSet(o *Object, deps Deps) ([]interleave.Assignment, []int) {
	names := make([]string, 0, len(o.Attrs))
	for n := range o.Attrs {
		names = append(names, n)
	}
	sort.Strings(names)
	var set []interleave.Assignment
	for _, n := range names {
		v := o.Attrs[n]
		deps = deps.With(v.AllDeps())
		if o.Table != nil {
			if rel := o.Table.Relationships[n]; rel != nil && v.Obj != nil {
				if fk := relationKey(o.Table, rel, n); fk != "" {
					set = append(set, interleave.Assignment{Column: fk, Value: keySym(v), Given: Given(v)})
				}
				continue
			}
		}
		set = append(set, stores(attrColumn(o.Table, n), v))
	}
	return contested(o, set), deps.Ints()
}

// contested gives a column that can get one of several constants the one that most unique keys are about: of an `owner` or a
// `member` the owner, where there may be one owner.
func contested(o *Object, set []interleave.Assignment) []interleave.Assignment {
	for i := range set {
		v := o.Attrs[set[i].Column]
		if v == nil || v.Kind != Union || o.Table == nil {
			continue
		}
		if givenOrNothing(v) {
			continue
		}
		most, fewest, chosen, stored := -1, -1, "", set[i].Value
		for _, it := range v.Items {
			if it == nil || it.Kind != Const {
				continue
			}
			set[i].Value = it.Sym
			n := len(uniqueKeys(o.Table, set, o.Attrs))
			if n > most {
				most, chosen = n, it.Sym
			}
			if fewest < 0 || n < fewest {
				fewest = n
			}
		}
		set[i].Value = stored
		if most > fewest || most >= 0 && !oneOfConstants(v) {
			set[i].Value = chosen
		}
	}
	return set
}

// givenOrNothing tells whether a value is what the caller gave, or stands for that he gave nothing: `email or ""`.
func givenOrNothing(v *Value) bool {
	given := 0
	for _, it := range v.Items {
		switch {
		case it.IsNone() || it.IsBlank():
		case it != nil && it.Kind == Unknown && it.Src == 0 && it.Sym != "" && len(it.Deps) == 0:
			given++
		default:
			return false
		}
	}
	return given == 1
}

// valueSym names a value as the judge compares it: the key of a row stands for its primary key.
func valueSym(v *Value) string {
	if v == nil {
		return ""
	}
	if row := v.spelledRow(); row != nil {
		return row.Key
	}
	return v.Sym
}

func keySym(v *Value) string {
	if v.Obj != nil {
		return v.Obj.Key
	}
	return v.Sym
}

// uniqueKeys lists the keys that a new row with these values can violate. Of one that can have nothing in a column, or something, given is
// what it is made of, nil for nothing that is known.
func uniqueKeys(t *schema.Table, set []interleave.Assignment, given map[string]*Value) [][]string {
	if t == nil {
		return nil
	}
	return t.KeysFor(func(column string) (string, bool) {
		for _, a := range set {
			if a.Column != column {
				continue
			}
			if v := given[column]; v != nil && v.Kind == Union && a.Value == None.Sym {
				return "", true
			}
			return a.Value, true
		}
		return "", false
	})
}

func sessionDelete(c *Call) *Value {
	v := c.Arg(0, "instance")
	if v == nil {
		return nil
	}
	v = v.Pick(Entity)
	if v == nil {
		return None
	}
	ownKey(c.World, v.Obj)
	op := Op{Table: v.Obj.Table, Object: v.Obj}
	op.Kind, op.Session, op.Obj = interleave.Remove, c.Recv.Obj.Num, v.Obj.ID
	op.Res = interleave.Resource{Store: interleave.Table, Name: ObjectTable(v.Obj), Key: v.Obj.Key}
	op.From = v.Deps.Ints()
	if v.Obj.Table != nil {
		op.Version = v.Obj.Table.VersionColumn
	}
	c.Emit(op)
	return None
}

func sessionRefresh(c *Call) *Value {
	v := c.Arg(0, "instance")
	if v == nil {
		return nil
	}
	for _, it := range v.Alternatives() {
		if it == nil || it.Kind != Entity {
			continue
		}
		op := Op{Table: it.Obj.Table, Object: it.Obj}
		op.Kind, op.Session, op.Obj = interleave.Refresh, c.Recv.Obj.Num, it.Obj.ID
		op.Res = interleave.Resource{Store: interleave.Table, Name: ObjectTable(it.Obj), Key: it.Obj.Key}
		if l := c.Keyword("with_for_update"); l != nil && l.Truth() != "False" {
			op.Lock.Strength = interleave.ForUpdate
		}
		if names := c.Arg(1, "attribute_names"); names != nil && names.Kind == Sequence && names.Elem == nil {
			for _, n := range names.Items {
				if s, ok := n.Str(); ok {
					op.Res.Columns = append(op.Res.Columns, attrColumn(it.Obj.Table, s))
				}
			}
		}
		op.From = it.Deps.Ints()
		i := c.Emit(op)
		it.Obj.Load = i
		if !it.Obj.Fresh {
			it.Obj.Attrs = nil
		}
	}
	return None
}

func sessionExpire(c *Call) *Value {
	op := Op{}
	op.Kind, op.Session = interleave.Expire, c.Recv.Obj.Num
	if v := c.Arg(0, "instance"); v != nil && v.Pick(Entity) != nil {
		op.Obj = v.Pick(Entity).Obj.ID
		op.Object = v.Pick(Entity).Obj
		op.Object.Attrs = nil
	}
	c.Emit(op)
	return None
}

// sessionExpunge takes an object, or all of them, out of the session: what was assigned since the last flush is never written.
func sessionExpunge(c *Call) *Value {
	w, session := c.World, c.Recv.Obj.Num
	v := c.Arg(0, "instance")
	if w.Muted > 0 || v != nil && v.Pick(Entity) == nil {
		return None
	}
	for i := len(w.Ops) - 1; i >= 0; i-- {
		op := &w.Ops[i]
		if op.Session != session {
			continue
		}
		if op.Kind == interleave.Flush || op.Kind == interleave.Commit {
			break
		}
		if op.Kind == interleave.Assign && (v == nil || op.Obj == v.Pick(Entity).Obj.ID) {
			op.Kind, op.Set = interleave.Attr, nil
		}
	}
	return None
}

func runSync(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	return c.World.Call(c.Args[0], append([]*Value{c.Recv}, c.Args[1:]...), c.Kw)
}

// newSession makes a session from a session factory.
func newSession(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "sqlalchemy.orm.Session"
	if makesAsync(c.Recv.Obj) {
		o.Qual = "sqlalchemy.ext.asyncio.AsyncSession"
	}
	o.Num = c.NewSession()
	o.Kw = map[string]*Value{}
	for k, v := range c.Recv.Obj.Kw {
		o.Kw[k] = v
	}
	for _, k := range c.Kw {
		o.Kw[k.Name] = k.Value
	}
	c.SetLevel(o.Num, BoundLevel(c.Recv.Obj))
	c.SetLevel(o.Num, BoundLevel(o))
	return &Value{Kind: ExtObject, Obj: o, Sym: "session"}
}

// makesAsync tells whether a session factory makes asynchronous sessions.
func makesAsync(factory *Object) bool {
	if strings.Contains(factory.Qual, "async") {
		return true
	}
	k := factory.Kw["class_"]
	return k != nil && strings.HasPrefix(Last(k.Ref().Qual), "Async")
}

type tx struct {
	sess   *Value
	nested bool
	closes bool
}

func begin(nested bool) Model {
	return func(c *Call) *Value { return newTx(c.World, c.Recv, nested, false) }
}

func newTx(w *World, sess *Value, nested, closes bool) *Value {
	o := w.NewObject()
	o.Qual, o.Extra = "transaction", &tx{sess, nested, closes}
	return &Value{Kind: ExtObject, Obj: o, Sym: "transaction"}
}

func beginFactory(c *Call) *Value { return newTx(c.World, newSession(c), false, true) }

func engineConnect(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Num, o.Kw = "sqlalchemy.Connection", c.NewSession(), c.Recv.Obj.Kw
	c.SetLevel(o.Num, c.Recv.Obj.Level)
	return &Value{Kind: ExtObject, Obj: o, Sym: "connection"}
}

func engineBegin(c *Call) *Value { return newTx(c.World, engineConnect(c), false, true) }

func enterTransaction(w *World, recv *Value) *Value {
	t := recv.Obj.Extra.(*tx)
	op := Op{}
	op.Kind, op.Session = interleave.Begin, t.sess.Obj.Num
	if t.nested {
		op.Kind = interleave.Savepoint
	}
	w.Emit(op)
	return t.sess
}

func exitTransaction(w *World, recv *Value, raised bool) {
	t, ok := recv.Obj.Extra.(*tx)
	if !ok {
		return
	}
	op := Op{}
	op.Kind, op.Session = interleave.Commit, t.sess.Obj.Num
	if t.nested {
		op.Kind = interleave.ReleaseSavepoint
	}
	if raised {
		op.Kind = interleave.Rollback
	}
	if op.Kind == interleave.Commit && keepsOnCommit(w, t.sess) {
		op.Flags |= interleave.KeepOnCommit
	}
	if !raised || !t.nested {
		w.Emit(op)
	}
	if t.closes {
		closeSession(w, t.sess.Obj.Num)
	}
}

func endTransaction(k interleave.Kind) Model {
	return func(c *Call) *Value {
		t, ok := c.Recv.Obj.Extra.(*tx)
		if !ok {
			return nil
		}
		op := Op{}
		op.Kind, op.Session = k, t.sess.Obj.Num
		if t.nested && k == interleave.Commit {
			op.Kind = interleave.ReleaseSavepoint
		}
		c.Emit(op)
		return None
	}
}

func startTransaction(c *Call) *Value { return enterTransaction(c.World, c.Recv) }

func enterSession(w *World, recv *Value) *Value { return recv }

func exitSession(w *World, recv *Value, raised bool) { closeSession(w, recv.Obj.Num) }

func closeSession(w *World, session int) {
	op := Op{}
	op.Kind, op.Session = interleave.Close, session
	w.Emit(op)
}

// sessionShape recognises a session of unknown type by the statement that it executes.
func sessionShape(c *Call) *Value {
	switch c.Name {
	case "execute", "scalar", "scalars", "exec":
		if len(c.Args) == 0 || c.Args[0].Pick(Statement) == nil {
			return nil
		}
	case "add", "delete", "refresh":
		if len(c.Args) != 1 || c.Args[0].Pick(Entity) == nil || !looksLikeSession(c.Recv) {
			return nil
		}
	case "get", "get_one":
		if len(c.Args) < 2 || tableOf(c.World, c.Args[0]) == nil {
			return nil
		}
	case "query":
		if len(c.Args) == 0 || tableOf(c.World, c.Args[0]) == nil && c.Args[0].Kind != Column && c.Args[0].Kind != Expr {
			return nil
		}
	case "commit", "flush", "rollback":
		if !looksLikeSession(c.Recv) && c.World.named[c.Recv.Sym] == 0 {
			return nil // nothing was loaded through it either
		}
	default:
		return nil
	}
	d := *c
	d.Recv = guessedSession(c)
	return joined.methods["session"][c.Name](&d)
}

func looksLikeSession(v *Value) bool {
	s := strings.ToLower(v.Sym)
	return strings.Contains(s, "session") || strings.HasSuffix(s, "db") || strings.HasSuffix(s, "conn")
}

func guessedSession(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "sqlalchemy.orm.Session"
	o.Num = c.World.SessionNamed(c.Recv.Sym)
	return &Value{Kind: ExtObject, Obj: o, Sym: c.Recv.Sym, Guess: true}
}
