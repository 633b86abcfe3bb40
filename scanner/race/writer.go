package race

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Who writes to what was looked at, and what a write really changes there.

// writer is an operation of an entry point that writes to a resource.
type writer struct {
	trace *flow.Trace
	op    int
	known *known // what was found out about it, nil for one that stands in no index
	place int32  // the number of its place in the code, in an index
}

// known is what many candidates ask of one writer.
type known struct {
	changed  atomic.Pointer[[]interleave.Assignment]
	demanded atomic.Pointer[map[string]*states]
}

// changed is the function changed, remembered.
func (w writer) changed() []interleave.Assignment {
	if w.known == nil {
		return changed(w)
	}
	if set := w.known.changed.Load(); set != nil {
		return *set
	}
	set := changed(w)
	w.known.changed.Store(&set)
	return set
}

// demanded is what the decisions above the write demand of the columns of its row, remembered.
func (w writer) demanded() map[string]*states {
	if w.known == nil {
		return demanded(w.trace, w.op, &w.trace.Ops[w.op])
	}
	if asked := w.known.demanded.Load(); asked != nil {
		return *asked
	}
	asked := demanded(w.trace, w.op, &w.trace.Ops[w.op])
	w.known.demanded.Store(&asked)
	return asked
}

// rivalWrites is the rival of a race, as one of those who write.
func (r *Race) rivalWrites() writer { return writer{trace: r.Rival, op: r.RivalAct} }

// places numbers the places in the code at which somebody writes, from 1: of many writers it is asked whether they are a given one.
type places map[python.Node]int32

// of returns the number of the place of an operation, 0 when nobody writes there.
func (p places) of(op *effects.Op) int32 {
	if op.Site == nil {
		return 0
	}
	return p[op.Site.Node]
}

// writers indexes who writes what.
func writers(traces []*flow.Trace) (map[string][]writer, places) {
	out, at := map[string][]writer{}, places{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if !isAct(t, i) || op.Kind == interleave.Effect || ofNewRow(t, i) || goesInTheEnd(t, i) {
				continue
			}
			if op.Site != nil && at[op.Site.Node] == 0 {
				at[op.Site.Node] = int32(len(at) + 1)
			}
			name := storeName(op)
			out[name] = append(out[name], writer{t, i, new(known), at.of(op)})
		}
	}
	return out, at
}

// goesInTheEnd tells whether a row is written to and then taken away in the same transaction, on whatever way it is written to: nobody ever
// sees what was written, and the row is gone.
func goesInTheEnd(t *flow.Trace, write int) bool {
	op := &t.Ops[write]
	if op.Kind != interleave.Assign || op.Obj == 0 || op.Res.Store != interleave.Table {
		return false
	}
	for i := write + 1; i < len(t.Ops); i++ {
		next := &t.Ops[i]
		switch {
		case next.Kind == interleave.Remove && next.Obj == op.Obj && next.Session == op.Session && within(op.Ctx, next.Ctx):
			return true
		case next.Session == op.Session && (next.Kind == interleave.Commit || next.Kind == interleave.Rollback || next.Kind == interleave.Close):
			return false
		}
	}
	return false
}

func storeName(op *effects.Op) string { return storeNamed(op.Res.Store, op.Res.Name) }

func storeNamed(store interleave.Store, name string) string { return string(rune('0'+store)) + name }

// ofOtherKey tells whether a row was looked up by one constant as its key, and the row that is written has another one: two settings, by
// their names.
func ofOtherKey(read, write *effects.Op) bool {
	if read.Res.Store != interleave.Table || read.Res.Name != write.Res.Name || !isConstant(read.Res.Key) {
		return false
	}
	key := write.Res.Key
	if pk := read.Table.PrimaryKey(); (write.Kind == interleave.Add || write.Kind == interleave.Insert) && len(pk) == 1 {
		key, _ = assigned(write.Set, pk[0])
	}
	return isConstant(key) && key != read.Res.Key
}

// changes tells whether the writer can change what the candidate looked at.
func (r *Race) changes(w writer) bool {
	op := &w.trace.Ops[w.op]
	read := &r.Trace.Ops[r.Read]
	if w.trace != r.Trace && read.Res.Store == interleave.File && (strings.Contains(read.Res.Key, "#") || strings.Contains(op.Res.Key, "#")) {
		return false // a file of one request only
	}
	if r.Relation == Again {
		return r.changesBetween(op)
	}
	if read.Res.Store == interleave.File && (!samePlace(read.Res.Key, op.Res.Key) || r.staysInPlace(w)) {
		return false
	}
	if ofOtherKey(read, op) || excludes(read, op) || r.givesOtherEntry(w) {
		return false
	}
	switch r.Relation {
	case SharedName:
		return op.Kind == interleave.Update
	case SetInsert:
		if asksForOwn(read) {
			return false
		}
		switch op.Kind {
		case interleave.Add, interleave.Insert, interleave.InsertWhereNotExists:
			return (w.trace != r.Trace && satisfies(op.Set, constantsOnly(read.Res.Where)) || w.trace == r.Trace && joinsRead(op.Set, read)) && !r.letsPass(w) && !r.staysOver()
		case interleave.Update, interleave.Assign:
			return read.Res.Store != interleave.Table && !r.staysEmpty(w) || read.Res.Store == interleave.Table && writesAny(op.Set, whereColumns(read.Res.Where)) && writesAny(w.changed(), whereColumns(read.Res.Where)) && !(read.Res.Aggregate == interleave.Rows && leaves(op.Set, read.Res.Where))
		}
		return read.Res.Store != interleave.Table && !r.staysEmpty(w)
	case SetLeave:
		switch op.Kind {
		case interleave.Delete, interleave.Remove:
			return !r.MovesIn() // there is all the more room
		case interleave.Update, interleave.Assign:
			return (writesAny(op.Set, whereColumns(read.Res.Where)) || writesAny(op.Set, r.Columns)) && !(leaves(op.Set, read.Res.Where) && r.MovesIn())
		}
		return false
	}
	if r.Relation == ClaimDropped && op.Kind == interleave.Insert {
		return w.trace == r.Trace && w.op == r.Read
	}
	if r.Relation == RowEffect && (op.Kind == interleave.Insert || op.Kind == interleave.Add) {
		return w.trace == r.Trace && r.OnlyIfMissing() && r.bringsRow(op)
	}
	if op.Flags&interleave.FreshObject != 0 && op.Kind != interleave.Update {
		return false
	}
	if read.Res.Store == interleave.KeyValue && !effects.SameKeys(read.Res.Key, op.Res.Key) {
		return false
	}
	if act := r.Op(r.Act); r.Relation == SameRow && op.Kind == interleave.Insert && isDocument(read) && read.Obj != 0 && act.Obj == read.Obj {
		return false // a new document is none of those that were found
	}
	if read.Res.Store != interleave.Table {
		return !r.staysEmpty(w) && !r.staysAsFound(w) && !r.staysFilled(w) && !r.staysThere(op) && !(r.Relation == SameRow && renews(w.trace, op))
	}
	switch op.Kind {
	case interleave.Delete, interleave.Remove:
		return true
	case interleave.Update, interleave.Assign:
		return op.Flags&interleave.AllColumns != 0 && len(op.Set) == 0 || r.wipes(op) || writesAny(op.Set, r.Columns) && writesAny(r.turning(w, w.changed()), r.Columns) || len(r.Columns) == 0 && len(read.Res.Columns) == 0 && read.Obj == 0
	}
	return false
}

// foundOtherwise returns what is assigned to a row and is not what the row was found by: link.part = part, of the link that has this part.
func foundOtherwise(t *flow.Trace, op *effects.Op) []interleave.Assignment {
	if op.Kind != interleave.Assign || op.Obj == 0 {
		return op.Set
	}
	load := 0
	for load < len(t.Ops) && !loads(&t.Ops[load], op.Obj) {
		load++
	}
	if load == len(t.Ops) {
		return op.Set
	}
	return slices.DeleteFunc(slices.Clone(op.Set), func(a interleave.Assignment) bool {
		return a.Value != "" && slices.ContainsFunc(t.Ops[load].Res.Where, func(c interleave.Cond) bool {
			return c.Op == "=" && c.Column == a.Column && (c.Value == a.Value || strings.HasPrefix(c.Value, a.Value+"."))
		})
	})
}

// changed returns what a write gives other values than the request has just found there: who may change a row because its owner is who
// asks, and writes who asks into it, leaves its owner alone.
func changed(w writer) []interleave.Assignment {
	op := &w.trace.Ops[w.op]
	out := foundOtherwise(w.trace, op)
	same := func(a interleave.Assignment) bool { return givesBack(op, a) || respells(w.trace, op, a) }
	if slices.ContainsFunc(out, same) {
		out = slices.DeleteFunc(slices.Clone(out), same)
	}
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		p := w.trace.Ops[c.Check].Pred
		if p == nil || !p.Certain(c.Arm) {
			continue
		}
		for _, u := range p.Uses {
			rel := u.On(c.Arm)
			if rel != "=" || u.Left == nil || u.Right == nil {
				continue
			}
			for _, side := range [2][2]*effects.Value{{u.Left, u.Right}, {u.Right, u.Left}} {
				col := columnOf(w.trace, side[0], op)
				if v, ok := assigned(out, col); col != "" && ok && v == side[1].Sym && v != "" {
					out = slices.DeleteFunc(slices.Clone(out), func(a interleave.Assignment) bool { return a.Column == col })
				}
			}
		}
	}
	return out
}

// givesBack tells whether a column of a row is given what it was read to hold: by a copy of the row in which something else was changed.
// It may put back an old value, and is its own finding then; it turns nobody's decision by itself.
func givesBack(op *effects.Op, a interleave.Assignment) bool {
	if op.Kind != interleave.Assign || op.Value == nil || op.Value.Made || op.Value.Kind == effects.Union || op.Value.Src == 0 || op.Res.Key == "" || a.Relative || !strings.HasSuffix(a.Value, "["+op.Res.Key+"]."+a.Column) {
		return false
	}
	c := op.Table.Column(a.Column)
	return c != nil && !c.Mutable()
}

// respells tells whether a column of a row is given what it holds in another form, as a date that is written out for the answer or a
// text that is taken apart, and nothing where it held nothing: what the row says is the same, and nobody who read it before has read
// something else.
func respells(t *flow.Trace, op *effects.Op, a interleave.Assignment) bool {
	if op.Kind != interleave.Assign || op.Obj == 0 || op.Value == nil || a.Relative || len(op.From) == 0 {
		return false
	}
	// What a column holds that can be changed in place may have been changed before it is given back; a text cannot.
	c := op.Table.Column(a.Column)
	inPlace := c != nil && c.Mutable()
	own := func(i int) bool {
		use := &t.Ops[i]
		return use.Kind == interleave.Attr && use.Obj == op.Obj && slices.Equal(use.Res.Columns, []string{a.Column})
	}
	for _, v := range op.Value.Alternatives() {
		if v == nil || !v.IsNone() && !v.IsBlank() && (v.Changed() || inPlace && !v.Decoded() || v.Src == 0 || !own(int(v.Src)-1)) {
			return false
		}
	}
	return !slices.ContainsFunc(op.From, func(f int) bool { return !own(f) })
}

// renews tells whether a key is given exactly what was read there, for the sake of its time to live.
func renews(t *flow.Trace, op *effects.Op) bool {
	if op.Kind != interleave.Update || op.Res.Store != interleave.KeyValue || op.Value == nil {
		return false
	}
	found := false
	for _, v := range op.Value.Alternatives() {
		if v == nil || v.Made || v.Src == 0 || v.SrcCol != "" && v.SrcCol != "value" || t.Ops[v.Src-1].Kind != interleave.Read || t.Ops[v.Src-1].Res.Name != op.Res.Name {
			return false
		}
		found = found || t.Ops[v.Src-1].Res.Key == op.Res.Key // the others were read where the key is another one
	}
	return found
}

// onlyRespells tells whether nobody meant to change what the act writes: what a rival wrote is lost, if the request commits at all.
func (r *Race) onlyRespells() bool {
	return !slices.ContainsFunc(r.Acts, func(i int) bool {
		op := r.Op(i)
		return len(op.Set) == 0 || slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return !respells(r.Trace, op, a) })
	})
}

// wipes tells whether the act saves all columns as they were loaded, and with them one that the writer changes.
func (r *Race) wipes(w *effects.Op) bool {
	return r.SavesWhole(r.Act) && len(r.lost(w)) > 0
}

// lost are the columns that a writer changes and that the act, which saves them all, puts back as they were loaded.
func (r *Race) lost(w *effects.Op) (out []string) {
	for _, a := range w.Set {
		if _, own := assigned(r.Op(r.Act).Set, a.Column); !own {
			out = append(out, a.Column)
		}
	}
	return out
}

// LosesUnseen tells whether all that the act takes from the rival is what it gives back without having looked at it: whatever was decided,
// the rival's write has no part in it.
func (r *Race) LosesUnseen() bool {
	if r.Rival == nil || !r.SavesWhole(r.Act) {
		return false
	}
	rival := &r.Rival.Ops[r.RivalAct]
	return r.wipes(rival) && len(rival.Set) > 0 && !writesAny(rival.Set, r.Columns)
}

// hidesOld tells whether each column that is contested is given a digest of what it held: a value that is to be forgotten is, and so is the one
// that somebody else wrote.
func (r *Race) hidesOld() bool {
	contested := r.Contested()
	return r.Relation == SameRow && len(contested) > 0 && !slices.ContainsFunc(contested, func(c string) bool {
		return !slices.ContainsFunc(r.Acts, func(a int) bool {
			v, ok := assigned(r.Op(a).Set, c)
			return ok && onlyDigests(v)
		})
	})
}

// onlyDigests tells whether a value is a digest, or a text of which nothing is filled in but digests.
func onlyDigests(v string) bool {
	parts := holes(v)
	if len(parts) == 0 {
		parts = []string{v}
	}
	return !slices.ContainsFunc(parts, func(part string) bool {
		made, ok := strings.CutSuffix(part, "digest()")
		open := 0
		for i, c := range made {
			switch c {
			case '(':
				open++
			case ')':
				if open--; open == 0 {
					return !ok || made[i:] != ").hex" && made[i:] != ")."
				}
			}
		}
		return true
	})
}

// setsAnew tells whether a save of all columns takes nothing from the rival but what the act itself gives another value, one that is not
// made of what it read: the later request wins, as it would have one after the other.
func (r *Race) setsAnew() bool {
	act := r.Op(r.Act)
	rival := &r.Rival.Ops[r.RivalAct]
	if !r.SavesWhole(r.Act) || len(act.Set) == 0 || len(rival.Set) == 0 || r.wipes(rival) {
		return false
	}
	return !slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool {
		return a.Relative || a.Value == "" || strings.Contains(a.Value, r.Resource()+"[")
	})
}
