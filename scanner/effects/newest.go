package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// The latest row of several: `select(Edition).order_by(Edition.number.desc())`, and the first of them. What is counted on from its
// number is the highest number plus one, whichever way it is written.

// descending is a column by which the highest row comes first.
func descending(c *Call) *Value { return highestFirst(c.Recv) }

func firstDescending(c *Call) *Value { return highestFirst(firstArg(c)) }

func highestFirst(v *Value) *Value {
	if v == nil || v.Kind != Column || v.Col == nil || v.Col.Relative || v.Col.IsAgg {
		return v
	}
	out, col := *v, *v.Col
	col.Desc = true
	out.Col = &col
	return &out
}

// ordered notes by which column a statement puts the highest row first.
func ordered(c *Call) *Value {
	first := firstArg(c)
	if first == nil || first.Kind != Column || first.Col == nil || !first.Col.Desc || c.Recv.Query == nil || first.Col.Table != c.Recv.Query.Table {
		return keepStatement(c)
	}
	q, v := statement(c)
	q.Newest = first.Col.Column
	return v
}

// addedLast tells whether a row was found as the one that was added last. It has the highest of the numbers that are counted on from it.
func addedLast(o *Object) bool {
	return o.Newest != "" && (isPrimary(o.Table, o.Newest) || strings.Contains(o.Newest, "created"))
}

// Highest is the highest number so far, where v is that of the latest row: the look at all rows that its place in the order stands for.
// Nil for any other value.
func Highest(w *World, v *Value) *Value {
	if v.Src == 0 || v.SrcCol == "" || int(v.Src) > len(w.Ops) {
		return nil
	}
	o := w.Ops[v.Src-1].Object
	if o == nil || o.Newest != v.SrcCol && !addedLast(o) || o.Load < 0 || o.Load >= len(w.Ops) {
		return nil
	}
	load := w.Ops[o.Load]
	op := Op{Table: load.Table, Guess: load.Guess}
	op.Kind, op.Session = interleave.Read, load.Session
	op.Res = interleave.Resource{Store: load.Res.Store, Name: load.Res.Name, Where: load.Res.Where, Columns: []string{v.SrcCol}, Aggregate: interleave.Max}
	i := w.Emit(op)
	if i < 0 {
		return nil
	}
	out := Opaque(aggregateName(interleave.Max)+"("+load.Res.Name+")", Dep(i))
	out.Src = int32(i + 1)
	return out
}
