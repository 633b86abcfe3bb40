package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A row that is read by what it refers to, `guests of room_id`, refers to just that; one that is read by its own key refers to
// `guest.room_id`. Where both requests are about the same row, these are two names of one thing, and who locks the room locks it for both.

// tie gives what the contested row refers to the same name in both programs. It comes before unify, which gives the row itself one name.
func (r *Race) tie(w writer, a, b *interleave.Program) {
	if r.Relation != SameRow || r.Op(r.Read).Res.Store != interleave.Table || w.trace == r.Trace && w.op == r.Act {
		return
	}
	ours, theirs := referenceOf(r.Trace, a, r.contested()), referenceOf(w.trace, b, &w.trace.Ops[w.op])
	var asked []string
	for _, c := range slices.Concat(ours.conds, theirs.conds) {
		if slices.Contains(asked, c.Column) {
			continue
		}
		asked = append(asked, c.Column)
		if ours.knows(c.Column, a) && theirs.knows(c.Column, b) && !moves(r.Trace, ours.table, c.Column) && !moves(w.trace, theirs.table, c.Column) {
			ours.spell(c.Column, a)
			theirs.spell(c.Column, b)
		}
	}
}

// contested returns the operation that names the row both requests are about: the read, or the act where several rows were read at once.
func (r *Race) contested() *effects.Op {
	read := r.Op(r.Read)
	if read.Res.Key == "" && r.Relation == SameRow && read.Res.Store == interleave.Table {
		return r.Op(r.Act)
	}
	return read
}

// reference is what is known of the columns of a contested row from the way in which it was looked for.
type reference struct {
	table, key string
	conds      []interleave.Cond
}

func referenceOf(t *flow.Trace, p *interleave.Program, op *effects.Op) reference {
	ref := reference{table: op.Res.Name, key: op.Res.Key}
	for part := range strings.SplitSeq(strings.TrimPrefix(op.Res.Key, effects.EachOf), ",") {
		if column, v, ok := strings.Cut(part, "="); ok {
			ref.conds = append(ref.conds, interleave.Cond{Column: column, Op: "=", Value: v})
		}
	}
	for i := range p.Ops {
		if read := &t.Ops[p.Ops[i].Tag]; op.Obj != 0 && read.Kind == interleave.Read && read.Obj == op.Obj {
			ref.conds = append(ref.conds, read.Res.Where...)
		}
	}
	ref.conds = slices.DeleteFunc(ref.conds, func(c interleave.Cond) bool {
		return c.Op != "=" || c.SubQuery || c.Either || c.Value == "" || isConstant(c.Value)
	})
	return ref
}

// name is how a request calls the value of a column that it read from the row.
func (ref reference) name(column string) string { return ref.table + "[" + ref.key + "]." + column }

// knows tells whether the request says by a column of the row what else it is about.
func (ref reference) knows(column string, p *interleave.Program) bool {
	if slices.ContainsFunc(ref.conds, func(c interleave.Cond) bool { return c.Column == column }) {
		return true
	}
	name := ref.name(column)
	for i := range p.Ops {
		if op := &p.Ops[i]; op.Res.Key == name || op.Name == name {
			return true
		}
	}
	return false
}

// spell calls by the column of the row whatever goes by its value.
func (ref reference) spell(column string, p *interleave.Program) {
	for _, c := range ref.conds {
		if c.Column != column {
			continue
		}
		for i := range p.Ops {
			op := &p.Ops[i]
			if op.Res.Name != ref.table && op.Res.Key == c.Value {
				op.Res.Key = ref.name(column)
			}
			if op.Name == c.Value {
				op.Name = ref.name(column)
			}
		}
	}
}

// moves tells whether a request gives a column of a table another value. Every pair of requests asks it: the operations, which are large, are
// not copied.
func moves(t *flow.Trace, table, column string) bool {
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Kind != interleave.Assign && op.Kind != interleave.Update || op.Res.Store != interleave.Table || op.Res.Name != table {
			continue
		}
		if _, ok := assigned(op.Set, column); ok || takesAnything(op.Set) {
			return true
		}
	}
	return false
}
