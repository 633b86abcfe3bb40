package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Documents in a column that are written back with some entries replaced: {**row.settings, "colour": colour}. Two requests that replace
// the same entries leave what the later one would have left had it come after the other; who replaces different ones loses one of them.

// patchesTheSame tells whether the rival replaces the same entries of a document as the act, and neither looks at what was there.
func (r *Race) patchesTheSame(w writer) bool {
	act, rival := r.Op(r.Act), &w.trace.Ops[w.op]
	if r.Relation != SameRow || act.Res.Store != interleave.Table || len(act.Set) != 1 || len(rival.Set) != 1 || act.Set[0].Column != rival.Set[0].Column {
		return false
	}
	ours, ok := r.patched(act)
	if !ok || r.asksColumn(act.Set[0].Column) {
		return false
	}
	theirs, ok := (&Race{Trace: w.trace}).patched(rival)
	return ok && slices.Equal(ours, theirs)
}

// patched are the names of the entries that a write replaces in what a column of its row holds, and ok tells that it does no more.
func (r *Race) patched(write *effects.Op) (keys []string, ok bool) {
	if write.Value == nil || write.Value.Kind != effects.Mapping {
		return nil, false
	}
	own := false
	var add func(v *effects.Value, depth int) bool
	add = func(v *effects.Value, depth int) bool {
		for _, p := range v.Pairs {
			switch {
			case p.Key != nil:
				name, known := p.Key.Str()
				if !known || r.ofColumn(p.Value, write) {
					return false
				}
				keys = append(keys, name)
			case r.isColumn(p.Value, write):
				own = true
			case p.Value == nil || p.Value.Kind != effects.Mapping || depth > 2 || !add(p.Value, depth+1):
				return false
			}
		}
		return true
	}
	ok = add(write.Value, 0) && own && len(keys) > 0
	slices.Sort(keys)
	return slices.Compact(keys), ok
}

// isColumn tells whether a value is what the written column of the row held, or an empty document where it held none.
func (r *Race) isColumn(v *effects.Value, write *effects.Op) bool {
	found := false
	for _, it := range v.Alternatives() {
		switch {
		case it == nil:
			return false
		case it.Src != 0 && it.SrcCol == write.Set[0].Column && sameRow(r.Op(int(it.Src)-1), write):
			found = true
		case it.Kind == effects.Mapping && len(it.Pairs) == 0, it.IsNone():
		default:
			return false
		}
	}
	return found
}

// ofColumn tells whether a value comes of what the column of a document held.
func (r *Race) ofColumn(v *effects.Value, write *effects.Op) bool {
	return slices.ContainsFunc(v.AllDeps().Ints(), func(d int) bool {
		op := r.Op(d)
		return op.Kind == interleave.Attr && sameRow(op, write) && slices.Contains(op.Res.Columns, write.Set[0].Column)
	}) || strings.Contains(v.Sym, "."+write.Set[0].Column)
}

// asksColumn tells whether one of the candidate's decisions looks at a column.
func (r *Race) asksColumn(column string) bool {
	return slices.ContainsFunc(r.Checks, func(c int) bool {
		return slices.ContainsFunc(r.Op(c).From, func(f int) bool { return slices.Contains(r.Op(f).Res.Columns, column) })
	})
}
