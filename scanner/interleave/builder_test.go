package interleave

// script of a request for tests: each method appends an operation and returns its index.
type builder struct{ Program }

func (b *builder) add(o Op) int {
	b.Ops = append(b.Ops, o)
	return len(b.Ops) - 1
}

// with changes the last operation.
func (b *builder) with(change func(o *Op)) *builder {
	change(&b.Ops[len(b.Ops)-1])
	return b
}

func keyed(table, key string) Resource { return Resource{Name: table, Key: key} }

func members(table string, aggregate Aggregate, where ...Cond) Resource {
	return Resource{Name: table, Where: where, Aggregate: aggregate}
}

func eq(column, value string) Cond { return Cond{Column: column, Op: "=", Value: value} }

func to(column, value string) Assignment { return Assignment{Column: column, Value: value} }

func less80(column string) Assignment {
	return Assignment{Column: column, Value: "-80", Relative: true}
}

var forUpdate = LockMode{Strength: ForUpdate}

// load is session.get or select of an entity.
func (b *builder) load(r Resource, l LockMode) int {
	return b.add(Op{Kind: Read, Session: 1, Obj: 1, Res: r, Lock: l})
}

// columns is a select of columns.
func (b *builder) columns(r Resource, l LockMode) int {
	return b.add(Op{Kind: Read, Session: 1, Res: r, Lock: l})
}

func (b *builder) attr(column string) int {
	return b.add(Op{Kind: Attr, Session: 1, Obj: 1, Res: Resource{Columns: []string{column}}})
}

func (b *builder) refresh(l LockMode) int {
	return b.add(Op{Kind: Refresh, Session: 1, Obj: 1, Lock: l})
}

func (b *builder) check(from int, column, op, value string) int {
	return b.add(Op{Kind: Check, Uses: []Use{{From: from, Column: column, Op: op, Value: value}}})
}

// assign sets an attribute of the loaded object to a value derived from it.
func (b *builder) assign(column, value string, from ...int) int {
	return b.add(Op{Kind: Assign, Session: 1, Obj: 1, Set: []Assignment{to(column, value)}, From: from, Act: true})
}

func (b *builder) update(r Resource, from []int, set ...Assignment) int {
	return b.add(Op{Kind: Update, Session: 1, Res: r, Set: set, From: from, Act: true})
}

func (b *builder) delete(r Resource, from ...int) int {
	return b.add(Op{Kind: Delete, Session: 1, Res: r, From: from, Act: true})
}

func (b *builder) insert(table string, from []int, unique [][]string, set ...Assignment) int {
	return b.add(Op{Kind: Insert, Session: 1, Res: Resource{Name: table}, Set: set, Unique: unique, From: from, Act: true})
}

func (b *builder) commit() int { return b.add(Op{Kind: Commit, Session: 1}) }

func (b *builder) effect(from ...int) int {
	return b.add(Op{Kind: Effect, From: from, Act: true})
}

func (b *builder) acquire(name string, scope LockScope) int {
	return b.add(Op{Kind: Acquire, Session: 1, Name: name, Scope: scope})
}

func (b *builder) release(name string, scope LockScope) int {
	return b.add(Op{Kind: Release, Session: 1, Name: name, Scope: scope})
}

// pay checks the balance on the loaded object, takes 80 and commits.
func (b *builder) pay() {
	a := b.attr("bal")
	c := b.check(a, "bal", ">=", "80")
	b.assign("bal", "", a, c)
	b.commit()
}

func (b *builder) begin() int { return b.add(Op{Kind: Begin, Session: 1}) }

func (b *builder) expire() int { return b.add(Op{Kind: Expire, Session: 1}) }

// versioned pays on a table with a version column.
func (b *builder) versioned() {
	a := b.attr("bal")
	b.assign("bal", "", a, b.check(a, "bal", ">=", "80"))
	b.with(func(o *Op) { o.Version = "ver" }).commit()
}

// claim takes a pending job.
func (b *builder) claim(l LockMode) {
	c := b.check(b.load(members("job", Rows, eq("status", "'pending'")), l), "", "exists", "")
	b.assign("status", "'done'", c)
	b.commit()
}

// quota counts the children of a parent and inserts one more.
func (b *builder) quota(l LockMode) {
	c := b.check(b.columns(members("n", Count, eq("team", ":t")), l), "", "<", ":max")
	b.insert("n", []int{c}, nil, to("team", ":t"))
	b.commit()
}
