package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Numbers that are reckoned from rows and kept in another one: the average of the stars in the row of the product. Two requests that
// both add a row and reckon anew may store the number of the one that reckoned first, which has not seen the other's row.

// recounts returns the numbers that a request reckons anew after it has changed the rows that they are reckoned from.
func (f *finder) recounts(t *flow.Trace) []*Race {
	if t.Entry.Alone {
		return nil
	}
	var out []*Race
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Kind != interleave.Assign && op.Kind != interleave.Update || !isRow(op) || op.Res.Key == "" ||
			op.Flags&interleave.FreshObject != 0 || storesConstants(op) || ofNewRow(t, i) {
			continue
		}
		for _, from := range op.From {
			base := baseRead(t, from)
			if base < 0 || base > i || !reckonedFor(&t.Ops[base], op) {
				continue
			}
			if r := f.recount(t, base, i); r != nil {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// reckonedFor tells whether a number is reckoned from the rows that refer to the one in which it is then kept.
func reckonedFor(read, kept *effects.Op) bool {
	if read.Res.Store != kept.Res.Store || read.Res.Name == kept.Res.Name || read.Lock.Strength != interleave.NoLock {
		return false
	}
	switch read.Res.Aggregate {
	case interleave.Count, interleave.Sum:
	case interleave.Rows:
		if read.Res.Key != "" || !slices.ContainsFunc(kept.Set, reckoned) {
			return false
		}
	default:
		return false
	}
	return slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.SubQuery && !isConstant(c.Value) && c.Value != "" && (c.Value == keyValue(kept) || c.Value == kept.Res.Key)
	})
}

// reckoned tells whether a column is given what is reckoned of several rows.
func reckoned(a interleave.Assignment) bool {
	return strings.HasPrefix(a.Value, "sum(") || strings.HasPrefix(a.Value, "len(") || strings.HasPrefix(a.Value, "max(") || strings.HasPrefix(a.Value, "min(")
}

// recount returns the race of a request with itself in which the number of the first one is stored last, nil if there is none.
func (f *finder) recount(t *flow.Trace, read, kept int) *Race {
	p := f.ways[t]().pathTo(kept, 1)
	if !p.has(read) {
		return nil
	}
	for _, w := range p.Ops {
		if w >= read {
			break
		}
		if !movesTally(t, w, read) {
			continue
		}
		r := &Race{Trace: t, Relation: Recounted, Read: read, Act: kept, Acts: []int{kept}, Table: t.Ops[kept].Table, Path: p, Rival: t, RivalAct: kept, RivalPath: p, Derived: true, Mild: true}
		r.What, r.Columns = t.Ops[kept].Res.Name, setColumns(&t.Ops[kept])
		a := p.reckoning(w, read, kept, f.set.Engine)
		b := interleave.Program{Ops: slices.Clone(a.Ops), Thread: a.Thread}
		unify(r, writer{trace: t, op: kept}, &b)
		r.Engine, r.Placement = f.set.Engine, f.set.Placements[len(f.set.Placements)-1]
		if r.Verdict = f.memo.Judge(interleave.Pair{A: a, B: b, Engine: r.Engine, Placement: r.Placement}); r.Verdict.Outcome != interleave.Race {
			continue
		}
		r.Told = []Moment{
			{"A", finding.Act, t.Ops[w].Site, ""},
			{"A", finding.Read, t.Ops[read].Site, "reckons the number"},
			{"B", finding.Act, t.Ops[w].Site, "the rival changes the rows as well"},
			{"B", finding.Read, t.Ops[read].Site, "and reckons with both"},
			{"B", finding.Act, t.Ops[kept].Site, "stores its number"},
			{"A", finding.Act, t.Ops[kept].Site, "stores the older number over it"},
		}
		return r
	}
	return nil
}

// reckoning is the program of a request that changes rows, reckons a number from them and keeps it, with the load of the row that it
// is kept in.
func (p *Path) reckoning(write, read, kept int, engine interleave.Engine) interleave.Program {
	ops := p.slice([]int{write, kept}, subject{store: p.Trace.Ops[read].Res.Store, name: p.Trace.Ops[read].Res.Name, snapshots: engine != interleave.PostgresReadCommitted})
	for _, i := range p.Ops {
		if op := &p.Trace.Ops[i]; i < kept && op.Kind == interleave.Read && op.Obj != 0 && op.Obj == p.Trace.Ops[kept].Obj && !slices.Contains(ops, i) {
			ops = append(ops, i)
		}
	}
	if len(ops) > interleave.MaxOps {
		return interleave.Program{}
	}
	slices.Sort(ops)
	sub := &Path{Trace: p.Trace, Ops: ops, ways: p.ways, arms: p.arms}
	return sub.translate(kept, p.testedWrites(kept))
}

func setColumns(op *effects.Op) []string {
	var out []string
	for _, a := range op.Set {
		out = append(out, a.Column)
	}
	return out
}

// movesTally tells whether a write changes what is reckoned from a set of rows.
func movesTally(t *flow.Trace, write, read int) bool {
	w, r := &t.Ops[write], &t.Ops[read]
	if w.Res.Store != r.Res.Store || w.Res.Name != r.Res.Name || w.Phase >= effects.Teardown {
		return false
	}
	switch w.Kind {
	case interleave.Add, interleave.Insert:
		return satisfies(w.Set, r.Res.Where)
	case interleave.Remove, interleave.Delete:
		return true
	case interleave.Assign, interleave.Update:
		return writesAny(w.Set, append(whereColumns(r.Res.Where), r.Res.Columns...))
	}
	return false
}
