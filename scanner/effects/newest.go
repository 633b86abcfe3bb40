package effects

import (
	"strconv"
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

// recordOrdered notes by which column a query over records puts the highest one first: `order_by("-number")`, `order_by(Receipt.number.desc())`,
// `order_by(Delivery.number, ascending=False)`.
func recordOrdered(c *Call) *Value {
	first := firstArg(c)
	if first == nil {
		return c.Recv
	}
	table, column := c.Recv.Query.Table, ""
	if name, ok := first.Str(); ok && strings.HasPrefix(name, "-") {
		column = lookupColumn(table, name[1:])
	} else if k := c.Keyword("ascending"); first.Kind == Column && first.Col != nil && (first.Col.Desc || k != nil && k.Truth() == "False") {
		column = first.Col.Column
	} else {
		column = highestField(first, c.Arg(1, "direction"))
	}
	if column == "" {
		return c.Recv
	}
	q, v := statement(c)
	q.Newest = column
	return v
}

// addedLast tells whether a row was found as the one that was added last. It has the highest of the numbers that are counted on from it.
func addedLast(o *Object) bool {
	return o.Newest != "" && (isPrimary(o.Table, o.Newest) || strings.Contains(o.Newest, "created"))
}

// counts tells whether the value is the highest number of some rows, or how many there are.
func counts(w *World, v *Value) bool {
	if v == nil || v.Src == 0 || int(v.Src) > len(w.Ops) {
		return false
	}
	op := &w.Ops[v.Src-1]
	return op.Kind == interleave.Read && (op.Res.Aggregate == interleave.Max || op.Res.Aggregate == interleave.Count)
}

// CountedOn marks a sum as a number that goes on from the highest one, or from how many there are, where it is that and some more.
func CountedOn(w *World, sum, from, more *Value) {
	if n, err := strconv.Atoi(more.Sym); err == nil && n > 0 && counts(w, from) {
		sum.SetOnward()
	}
}

// Highest is the highest number so far, where v is that of the latest row: the look at all rows that its place in the order stands for.
// Nil for any other value.
func Highest(w *World, v *Value) *Value {
	if n := v.Source(); n.Src != 0 && int(n.Src) <= len(w.Ops) && w.Ops[n.Src-1].Table != nil && w.Ops[n.Src-1].Rare().Newest == n.SrcCol {
		v = n // (last or 0) + 1
	}
	if v.Src == 0 || v.SrcCol == "" || int(v.Src) > len(w.Ops) {
		return nil
	}
	load := w.Ops[v.Src-1]
	if o := load.Object; load.Rare().Newest != v.SrcCol {
		if o == nil || o.Newest != v.SrcCol && !addedLast(o) || o.Load < 0 || o.Load >= len(w.Ops) {
			return nil
		}
		load = w.Ops[o.Load]
	}
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

// sortDocuments notes by which field a cursor puts the highest document first: `cursor.sort("number", -1)`.
func sortDocuments(c *Call) *Value {
	cursor := sameDocuments(c)
	if cursor != nil {
		c.Ops[cursor.Src-1].Own().Newest = highestField(firstArg(c), c.Arg(1, "direction"))
	}
	return cursor
}

// sameDocuments is what a cursor gives of the same documents, nil for the rows of a table.
func sameDocuments(c *Call) *Value {
	if i := int(c.Recv.Src) - 1; i >= 0 && i < len(c.Ops) && c.Ops[i].Res.Store == interleave.KeyValue {
		return c.Recv
	}
	return nil
}

// highestField is the field by which documents are sorted so that the highest comes first, "" where they are not: a name and a direction,
// or the first of several such pairs.
func highestField(by, direction *Value) string {
	for by != nil && direction == nil && by.Kind == Sequence && len(by.Items) > 0 {
		if name := by.Items[0]; name.Kind == Const && len(by.Items) == 2 {
			by, direction = name, by.Items[1]
		} else {
			by = name
		}
	}
	if by == nil || direction == nil || direction.Sym != "-1" && Last(direction.Ref().Qual) != "DESCENDING" {
		return ""
	}
	name, _ := by.Str()
	return name
}
