package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Rows that are taken away while others are made of what they held: the lines of a basket become those of an order. A deletion that
// finds nothing any more is no error, so that two requests which both read the rows make two orders of one basket.

// shelved are parts of the names of tables that keep what was taken away.
var shelved = []string{"archive", "trash", "deleted", "backup", "tombstone", "removed", "old_"}

// turnsInto tells whether rows of another table are made of what the rows hold that an act takes away, and nothing refuses to make
// them twice.
func (p *Path) turnsInto(act int) bool {
	op := &p.Trace.Ops[act]
	if !takesRow(op) || !isRow(op) || op.Refused || op.Flags&interleave.ResultUsed != 0 || p.Trace.Entry.Method == "DELETE" {
		return false
	}
	made := false
	for _, i := range p.Ops {
		row := &p.Trace.Ops[i]
		if row.Res.Store != op.Res.Store || row.Res.Name == op.Res.Name || row.Phase >= effects.Teardown {
			continue
		}
		switch row.Kind {
		case interleave.Add, interleave.Insert:
			if onlyOnce(row, op) {
				return false
			}
			made = made || !matches(row.Res.Name, bookkeeping) && !matches(row.Res.Name, shelved) && p.madeOf(row, op)
		case interleave.InsertWhereNotExists:
			return false
		}
	}
	return made
}

// onlyOnce tells whether a new row has a key that is made of nothing but what is taken away, or what it was looked for by: the second
// request is refused, or finds the row there.
func onlyOnce(row, taken *effects.Op) bool {
	return slices.ContainsFunc(row.Unique, func(key []string) bool {
		return len(key) > 0 && !slices.ContainsFunc(key, func(column string) bool {
			v, ok := assigned(row.Set, column)
			return !ok || !strings.Contains(v, taken.Res.Name+"[") && !strings.Contains(taken.Res.Key, v) &&
				!slices.ContainsFunc(taken.Res.Where, func(c interleave.Cond) bool { return c.Value == v })
		})
	})
}

// madeOf tells whether a new row is given something that stood in the rows that are taken away, or in those that go with them, or a sum of
// that, and not only whose they are. Who waits first is what a row holds that was asked for by something else.
func (p *Path) madeOf(row, taken *effects.Op) bool {
	return slices.ContainsFunc(row.From, func(f int) bool {
		base := baseRead(p.Trace, f)
		if base < 0 || !goesWith(&p.Trace.Ops[base], taken) {
			return false
		}
		read := &p.Trace.Ops[base]
		from := read.Res.Name + "["
		return slices.ContainsFunc(row.Set, func(a interleave.Assignment) bool {
			if strings.Contains(a.Value, "sum(") {
				return true
			}
			_, field, ok := strings.Cut(a.Value, from)
			field = strings.TrimRight(field[strings.LastIndexByte(field, ']')+1:], ")'}")
			return ok && (!namesNumber(field) || waitsFirst(read, strings.TrimPrefix(field, ".")))
		})
	})
}

// waitsFirst tells whether a row was found by something else than its own number and what one of its columns holds.
func waitsFirst(read *effects.Op, column string) bool {
	return read.Table != nil && !effects.IsPrimary(read.Table, column) && strings.Contains(read.Res.Key, "=") && len(read.Res.Where) > 0 && !slices.Contains(whereColumns(read.Res.Where), column)
}

// goesWith tells whether rows that were read are those that are taken away, or refer to the one that is.
func goesWith(read, taken *effects.Op) bool {
	if read.Res.Store != taken.Res.Store {
		return false
	}
	if read.Res.Name != taken.Res.Name {
		return taken.Res.Key != "" && slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && c.Value == taken.Res.Key })
	}
	return sameRow(read, taken) || read.Res.Key == "" && len(read.Res.Where) > 0 && (slices.Equal(read.Res.Where, taken.Res.Where) || isEachOf(taken, read))
}

// isEachOf tells whether an operation is about each of the rows that were read.
func isEachOf(op, read *effects.Op) bool {
	names, each := strings.CutPrefix(op.Res.Key, effects.EachOf)
	return each && op.Res.Name == read.Res.Name && !slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !slices.Contains(strings.Split(names, ","), c.Column+"="+c.Value)
	})
}

// TurnsInto tells whether the act takes rows away of which others are made, without asking whether they were still there.
func (r *Race) TurnsInto() bool {
	return r.Path != nil && r.Path.turnsInto(r.Act) && goesWith(r.Op(r.Read), r.Op(r.Act))
}

// takesOnly tells whether a rival takes the rows away and makes nothing of them: he has done so before or afterwards.
func (r *Race) takesOnly(w writer, rival *Path) bool {
	return w.trace != r.Trace && takesRow(&w.trace.Ops[w.op]) && r.turns() && (rival == nil || !rival.turnsInto(w.op))
}

// turns is TurnsInto before there is a path.
func (r *Race) turns() bool {
	if !takesRow(r.Op(r.Act)) || !goesWith(r.Op(r.Read), r.Op(r.Act)) {
		return false
	}
	all := make([]int, len(r.Trace.Ops))
	for i := range all {
		all[i] = i
	}
	return (&Path{Trace: r.Trace, Ops: all}).turnsInto(r.Act)
}
