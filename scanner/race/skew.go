package race

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Write skew between a row and those that belong to it: an order is found open and an item added to it, while another request adds up the
// items there are and places the order. Neither writes what the other does, and yet no order of the two explains it: the item is in an order
// that was placed without it. A request that only closes the row does no harm here: had it come later, all would be the same.

// skews returns the rows that a request adds to one which it found open, and which another request closes on what it found there before.
func (f *finder) skews(t *flow.Trace, programs *made) []*Race {
	if t.Entry.Alone {
		return nil
	}
	var out []*Race
	for i := range t.Ops {
		if act := &t.Ops[i]; act.Kind != interleave.Add && act.Kind != interleave.Insert || !isRow(act) {
			continue
		}
		for _, r := range parents(t, i) {
			r.made = programs
			if f.skewed(r) {
				out = append(out, r)
			}
			r.made = nil
		}
	}
	return out
}

// parents are the rows that a new one belongs to and at whose state the request looked before, in the order in which they were read.
func parents(t *flow.Trace, act int) []*Race {
	var out []*Race
	controls, _ := hangsOn(t, act)
	for _, c := range controls {
		for _, dep := range t.Ops[c].From {
			base := baseRead(t, dep)
			if base < 0 || base >= act || belongsBy(&t.Ops[act], &t.Ops[base]) == "" || ofNewRow(t, base) || identityRead(t, base) {
				continue
			}
			r := &Race{Trace: t, Relation: Skewed, Read: base, Act: act, Acts: []int{act}, Table: t.Ops[base].Table}
			if at := slices.IndexFunc(out, func(o *Race) bool { return o.Read == base }); at >= 0 {
				r = out[at]
			} else {
				out = append(out, r)
			}
			r.look(dep, c)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Read < out[j].Read })
	return slices.DeleteFunc(out, func(r *Race) bool { return len(r.Columns) == 0 })
}

// look notes at what of a row a decision looks.
func (r *Race) look(dep, check int) {
	if dep != r.Read {
		r.Uses = append(r.Uses, dep)
		r.addColumns(r.Trace, dep, r.Read, check)
	} else {
		r.addFields(r.Trace, check, r.Read)
		for _, c := range r.Op(dep).Res.Where {
			if (c.Op == "=" || c.Op == "!=") && isConstant(c.Value) && !c.SubQuery && !slices.Contains(r.Columns, c.Column) {
				r.Columns = append(r.Columns, c.Column)
			}
		}
	}
	if !slices.Contains(r.Checks, check) {
		r.Checks = append(r.Checks, check)
	}
}

// belongsBy returns the column by which a new row refers to one that was read by its key, "" when it does not.
func belongsBy(insert, row *effects.Op) string {
	if row.Kind != interleave.Read || row.Res.Store != insert.Res.Store || !isRow(row) || row.Res.Name == insert.Res.Name || row.Res.Key == "" {
		return ""
	}
	for _, a := range insert.Set {
		if isKeyOf(a.Value, row) {
			return a.Column
		}
	}
	return ""
}

// isKeyOf tells whether a value is the key of a row.
func isKeyOf(v string, row *effects.Op) bool {
	return v != "" && !isConstant(v) && (v == row.Res.Key || v == keyValue(row) || v == row.Res.Name+"["+row.Res.Key+"].id")
}

// skewed looks for a rival that closes the row after it has looked at what belongs to it: one that makes an amount of it, or else one that
// does not.
func (f *finder) skewed(r *Race) bool {
	tried, mild := 0, (*Race)(nil)
	for w := range r.closers(f) {
		c, ok := r.closesBy(w)
		if !ok {
			continue
		}
		if against := r.copied(); f.judgeSkew(against, w, c) {
			if !against.Mild {
				*r = *against
				return true
			}
			mild = cmp.Or(mild, against)
		}
		if tried++; tried == maxRivals {
			break
		}
	}
	if mild != nil {
		*r = *mild
	}
	return mild != nil
}

// copied is a copy of a candidate, to be held against one rival.
func (r *Race) copied() *Race {
	c := *r
	c.Columns, c.Checks = slices.Clone(r.Columns), slices.Clone(r.Checks)
	return &c
}

// closers are those who take the row to a state in which the request would have been refused, the nearest first.
func (r *Race) closers(f *finder) iter.Seq[writer] {
	ours := r.demands()
	return func(yield func(writer) bool) {
		for _, others := range r.made.nearest(r.Trace, f, r.Op(r.Read)) {
			for _, ws := range others {
				for _, w := range ws {
					if r.closedBy(w) && len(w.trace.Reads[r.Op(r.Act).Res.Name]) > 0 && r.changes(w) && !r.contrary(ours, w) && !yield(w) {
						return
					}
				}
			}
		}
	}
}

// closedBy tells whether a writer takes the row to another state.
func (r *Race) closedBy(w writer) bool {
	op := &w.trace.Ops[w.op]
	return w.trace != r.Trace && (op.Kind == interleave.Assign || op.Kind == interleave.Update) && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
		return isStamp(a.Value) && a.Value != "None" && slices.Contains(r.Columns, a.Column) && !slices.ContainsFunc(r.Op(r.Read).Res.Where, func(c interleave.Cond) bool {
			return c.Column == a.Column && (c.Op == "=" && c.Value == a.Value || c.Op == "!=" && c.Value != a.Value)
		})
	})
}

// closure is how a rival closes a row: it looks at the rows that belong to it, and what it does hangs on what it finds there.
type closure struct {
	seen, act int
	decides   bool // all that it makes of what it finds is to close the row or not
}

// closesBy returns how a writer closes the row; ok is false when it does not look at what belongs to it.
func (r *Race) closesBy(w writer) (c closure, ok bool) {
	ops, column := w.trace.Ops, belongsBy(r.Op(r.Act), r.Op(r.Read))
	row := &ops[w.op]
	for _, at := range w.trace.Reads[r.Op(r.Act).Res.Name] {
		read := int(at)
		if !r.belonging(&ops[read], row, column) {
			continue
		}
		if !ok && read < w.op && decidesFor(w, read) {
			c, ok = closure{read, w.op, true}, true
		}
		for i := read; i < len(ops); i++ {
			if isAct(w.trace, i) && weighs(&ops[i], row, &ops[read]) && follows(w.trace, read, i) && !parted(ops[i].Ctx, row.Ctx) {
				return closure{read, i, false}, true
			}
		}
	}
	return c, ok
}

// decidesFor tells whether a writer only closes the row where a read of what belongs to it finds nothing, or few.
func decidesFor(w writer, read int) bool {
	own := &Race{Trace: w.trace, Read: read, Act: w.op}
	controls, _ := hangsOn(w.trace, w.op)
	for _, c := range controls {
		if slices.ContainsFunc(w.trace.Ops[c].From, func(dep int) bool { return baseRead(w.trace, dep) == read }) {
			own.Checks = append(own.Checks, c)
		}
	}
	return len(own.Checks) > 0 && own.wantsFew()
}

// follows tells whether an act is made of what a read of several rows found, or is done to each of them.
func follows(t *flow.Trace, read, act int) bool {
	return t.Ops[act].Obj != 0 && t.Ops[act].Obj == t.Ops[read].Obj || slices.ContainsFunc(t.Ops[act].From, func(dep int) bool { return baseRead(t, dep) == read })
}

// weighs tells whether an act by what was found among the rows of another one is about that row or about them: what the one is worth, which
// of them was chosen, to what state each of them goes, or an amount that is moved for them.
func weighs(act, row, seen *effects.Op) bool {
	if !isRow(act) {
		return false
	}
	switch act.Kind {
	case interleave.Assign, interleave.Update:
		switch act.Res.Name {
		case row.Res.Name:
			return act.Res.Key == row.Res.Key && !storesConstants(act)
		case seen.Res.Name:
			return storesConstants(act)
		}
		return slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return a.Relative })
	case interleave.Add, interleave.Insert:
		return seen.Res.Key == "" && matches(act.Res.Name, money)
	}
	return false
}

// belonging tells whether an operation reads the rows that refer by a column to the row that is changed, the new one among them.
func (r *Race) belonging(read, row *effects.Op, column string) bool {
	insert := r.Op(r.Act)
	if read.Res.Store != insert.Res.Store || read.Res.Aggregate == interleave.Rows && takesNewKey(read, insert) {
		return false
	}
	var key []string
	if insert.Table != nil {
		key = insert.Table.PrimaryKey()
	}
	refers := false
	for _, c := range read.Res.Where {
		v, ok := assigned(insert.Set, c.Column)
		switch {
		case c.SubQuery:
		case c.Column == column && c.Op == "=":
			if !isKeyOf(c.Value, row) {
				return false
			}
			refers = true
		case c.Op == "=" && (slices.Contains(key, c.Column) || ok && isConstant(v) && isConstant(c.Value) && v != c.Value):
			return false
		}
	}
	return refers
}

// surelySeen tells whether a read would have found the new row: no constant is asked of a column that was given something which is not known.
func (r *Race) surelySeen(read *effects.Op) bool {
	return !slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		v, ok := assigned(r.Op(r.Act).Set, c.Column)
		return ok && isConstant(c.Value) && !isConstant(v)
	})
}

// judgeSkew asks the judge whether the request's new row and what the writer makes of the rows it saw can both stand.
func (f *finder) judgeSkew(r *Race, w writer, c closure) bool {
	a, b := f.ways[r.Trace]().pathTo(r.Act, 1), f.pathOf(r, writer{trace: w.trace, op: c.act}, 1)
	if !b.has(w.op) {
		b = f.pathOf(r, w, 1)
	}
	if !a.has(r.Read) || !b.has(w.op) || !b.has(c.seen) || !b.has(c.act) || a.locksProcess() {
		return false
	}
	engine := f.engine(r, w)
	about := f.about(r.Op(r.Read), engine)
	pa, pb := a.program(r.Act, nil, about), b.closing(w.op, c, about)
	if len(pa.Ops) == 0 || len(pb.Ops) == 0 {
		return false
	}
	r.belong(&pa, &pb, c.seen)
	unify(r, w, &pb)
	place := f.set.Placements[len(f.set.Placements)-1]
	r.Verdict = f.memo.Judge(interleave.Pair{A: pa, B: pb, Engine: engine, Placement: place})
	if r.Verdict.Outcome != interleave.Race || !r.Verdict.Victim || engine == interleave.PostgresRepeatableRead && r.keyRefuses(&pb) {
		return false
	}
	r.Rival, r.RivalAct, r.Path, r.RivalPath, r.Engine, r.Placement = w.trace, w.op, a, b, engine, place
	r.turnedBy(w)
	// An amount that misses what was added is wrong; that a row went with the others, or was closed at all, is a step less.
	r.Mild = c.decides || !r.surelySeen(&w.trace.Ops[c.seen]) || w.trace.Ops[c.act].Res.Name == w.trace.Ops[c.seen].Res.Name || matches(r.Resource(), authorityTables)
	r.Blocking = place == interleave.TwoProcesses && !f.set.SeveralProcesses && r.holdsLoop(w)
	r.Told = []Moment{
		{"A", finding.Read, r.Op(r.Read).Site, ""},
		{"A", finding.Check, r.Op(slices.Min(r.Checks)).Site, ""},
		{"B", finding.Read, w.trace.Ops[c.seen].Site, "the rival looks at what belongs to it"},
		{"B", finding.Act, w.trace.Ops[c.act].Site, "and goes on from what it finds"},
		{"B", finding.Act, w.trace.Ops[w.op].Site, "the rival writes in between"},
		{"A", finding.Act, r.Op(r.Act).Site, "adds what the rival has not seen"},
	}
	return true
}

// keyRefuses tells whether the foreign key of the new row meets a lock of the row that it refers to: at REPEATABLE READ PostgreSQL refuses to
// look at a row that was locked FOR UPDATE and changed since the snapshot, which it does not where the row was only changed.
func (r *Race) keyRefuses(rival *interleave.Program) bool {
	read, insert := r.Op(r.Read), r.Op(r.Act)
	if insert.Table == nil {
		return false
	}
	c := insert.Table.Column(belongsBy(insert, read))
	return c != nil && strings.HasPrefix(c.Target, read.Res.Name+".") && slices.ContainsFunc(rival.Ops, func(op interleave.Op) bool {
		return op.Res.Name == read.Res.Name && op.Lock.Strength == interleave.ForUpdate
	})
}

// turnedBy keeps of what is looked at what a writer changes, and of the decisions those that look at it.
func (r *Race) turnedBy(w writer) {
	r.Columns = slices.DeleteFunc(r.Columns, func(c string) bool { _, ok := assigned(w.trace.Ops[w.op].Set, c); return !ok })
	r.Checks = slices.DeleteFunc(r.Checks, func(check int) bool {
		alone := &Race{Trace: r.Trace, Relation: Skewed, Read: r.Read, Act: r.Act}
		for _, dep := range r.Op(check).From {
			if baseRead(r.Trace, dep) == r.Read {
				alone.look(dep, check)
			}
		}
		return !slices.ContainsFunc(alone.Columns, func(c string) bool { return slices.Contains(r.Columns, c) })
	})
}

// closing is the program of a request that looks at rows, makes something of them and changes the row that they belong to.
func (p *Path) closing(write int, c closure, about subject) interleave.Program {
	ops := p.slice([]int{write, c.act}, about)
	if at, ok := slices.BinarySearch(ops, c.seen); !ok {
		ops = slices.Insert(ops, at, c.seen)
	}
	if len(ops) > interleave.MaxOps {
		return interleave.Program{}
	}
	sub := &Path{Trace: p.Trace, Ops: ops, ways: p.ways, arms: p.arms}
	out := sub.translate(c.act, p.testedWrites(c.act))
	looks := slices.IndexFunc(out.Ops, func(op interleave.Op) bool { return op.Tag == c.seen })
	for i := range out.Ops {
		op := &out.Ops[i]
		switch op.Tag {
		case c.seen:
			op.Obj, op.Res.Key, op.Res.Columns = 0, "", nil // which rows there are is what counts
		case c.act:
			op.From = append(op.From, looks)
			if c.act != write {
				*op = standIn(op)
			}
		}
	}
	return out
}

// standIn stands for whatever a request makes of what it saw: it is kept or lost with its transaction.
func standIn(op *interleave.Op) interleave.Op {
	return interleave.Op{Kind: interleave.Update, Session: op.Session, Res: interleave.Resource{Store: op.Res.Store, Name: op.Res.Name + "#", Key: "#"}, Set: []interleave.Assignment{{Column: "#"}},
		From: op.From, Act: true, Tag: op.Tag, Catches: op.Catches, Retries: op.Retries}
}

// belong calls in both programs the row by its key where others refer to it.
func (r *Race) belong(a, b *interleave.Program, seen int) {
	row, column := r.Op(r.Read), belongsBy(r.Op(r.Act), r.Op(r.Read))
	for i := range a.Ops {
		if op := &a.Ops[i]; op.Act {
			op.Set = slices.Clone(op.Set)
			for k := range op.Set {
				if op.Set[k].Column == column {
					op.Set[k].Value = row.Res.Key
				}
			}
		}
	}
	for i := range b.Ops {
		if op := &b.Ops[i]; op.Tag == seen {
			op.Res.Where = slices.Clone(op.Res.Where)
			for k := range op.Res.Where {
				if op.Res.Where[k].Column == column {
					op.Res.Where[k].Value = row.Res.Key
				}
			}
		}
	}
}
