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

// tie gives what the contested row, or the rows of the contested set, refer to the same name in both programs. It comes before unify, which
// gives the row itself one name.
func (r *Race) tie(w writer, a, b *interleave.Program) {
	read, act := r.Op(r.Read), &w.trace.Ops[w.op]
	if read.Res.Store != interleave.Table || w.trace == r.Trace && w.op == r.Act {
		return
	}
	switch r.Relation {
	case SameRow:
		r.tieBy(w, a, b, referenceOf(r.Trace, a, r.contested()), referenceOf(w.trace, b, act))
	case SetInsert, SetLeave:
		// The rows that were looked for refer to one thing; whoever puts a row among them, or takes one out, refers to it as well.
		ours, theirs := reference{table: read.Res.Name}, referenceOf(w.trace, b, act)
		ours.ask(read.Res.Where)
		for _, s := range act.Set {
			theirs.ask([]interleave.Cond{{Column: s.Column, Op: "=", Value: s.Value}})
		}
		ours.set, theirs.set = ours.conds, ours.conds
		r.tieBy(w, a, b, ours, theirs)
	}
}

func (r *Race) tieBy(w writer, a, b *interleave.Program, ours, theirs reference) {
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
	set        []interleave.Cond // of a set: what its rows have in common, as the request calls it that has looked at it
}

func referenceOf(t *flow.Trace, p *interleave.Program, op *effects.Op) reference {
	ref := reference{table: op.Res.Name, key: op.Res.Key}
	for part := range strings.SplitSeq(strings.TrimPrefix(op.Res.Key, effects.EachOf), ",") {
		if column, v, ok := strings.Cut(part, "="); ok {
			ref.conds = append(ref.conds, interleave.Cond{Column: column, Op: "=", Value: v})
		}
	}
	var asked []interleave.Cond
	for i := range p.Ops {
		if read := &t.Ops[p.Ops[i].Tag]; op.Obj != 0 && read.Kind == interleave.Read && read.Obj == op.Obj {
			asked = append(asked, read.Res.Where...)
		}
	}
	ref.conds = named(ref.conds)
	ref.ask(asked)
	return ref
}

// ask adds what rows were asked for.
func (ref *reference) ask(conds []interleave.Cond) { ref.conds = append(ref.conds, named(conds)...) }

// named returns the conditions that give a column one value that is no constant.
func named(conds []interleave.Cond) []interleave.Cond {
	return slices.DeleteFunc(slices.Clone(conds), func(c interleave.Cond) bool {
		return c.Op != "=" || c.SubQuery || c.Either || c.Value == "" || isConstant(c.Value)
	})
}

// name is how a request calls the value of a column that it read from the row, or that the rows of a set have in common.
func (ref reference) name(column string) string {
	for _, c := range ref.set {
		if c.Column == column {
			return c.Value
		}
	}
	return ref.table + "[" + ref.key + "]." + column
}

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
			if op.Res.Name != ref.table && op.Res.Key != "" && (op.Res.Key == c.Value || c.Value == op.Res.Key+".id" || c.Value == op.Res.Name+"["+op.Res.Key+"].id") {
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
