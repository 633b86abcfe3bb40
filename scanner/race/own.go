package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// asked is what the decisions and values behind an act look at: rows, by object and by key, and their columns.
type asked struct {
	objects []int
	keys    []string
	columns []string
}

// askedOf finds what the operations on which an act hangs look at in the contested table.
func (p *Path) askedOf(needed marks, about subject) asked {
	var a asked
	if about.store != interleave.Table {
		return a
	}
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if !needed.has(i) || op.Res.Name != about.name || op.Res.Store != about.store {
			continue
		}
		switch op.Kind {
		case interleave.Attr:
			a.columns = append(a.columns, op.Res.Columns...)
		case interleave.Read:
			a.columns = append(a.columns, whereColumns(op.Res.Where)...)
		default:
			continue
		}
		if op.Obj != 0 && !slices.Contains(a.objects, op.Obj) {
			a.objects = append(a.objects, op.Obj)
		}
		if op.Res.Key != "" && !slices.Contains(a.keys, op.Res.Key) {
			a.keys = append(a.keys, op.Res.Key)
		}
	}
	return a
}

// answeredBy tells whether an operation gives what is asked about another value: whoever comes after it is told that one. Who claims a
// row, does the work and then settles it has shut out the others with the claim.
func (a asked) answeredBy(op *effects.Op) bool {
	if op.Kind != interleave.Assign && op.Kind != interleave.Update || op.Flags&interleave.FreshObject != 0 {
		return false
	}
	if (op.Obj == 0 || !slices.Contains(a.objects, op.Obj)) && (op.Res.Key == "" || !slices.Contains(a.keys, op.Res.Key)) {
		return false
	}
	return slices.ContainsFunc(op.Set, func(s interleave.Assignment) bool { return slices.Contains(a.columns, s.Column) })
}

// OwnFewMore tells whether the rows that are counted are the caller's own and the limit stands in no table: somebody gets a few more of what
// he may have several of, and nobody else gets less.
func (r *Race) OwnFewMore() bool {
	if r.Relation != SetInsert || !r.ofCaller(r.Read) {
		return false
	}
	limited := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		for _, u := range p.Uses {
			switch u.Op {
			case "<", "<=", ">", ">=":
				if u.Left == nil || u.Right == nil || u.Left.Src != 0 && u.Right.Src != 0 {
					return false
				}
				limited = true
			}
		}
	}
	return limited
}

// ofCaller tells whether rows are looked for by who calls, and by nothing else that was read before.
func (r *Race) ofCaller(read int) bool {
	found := false
	for _, d := range r.Op(read).From {
		base := baseRead(r.Trace, d)
		if base < 0 || r.Op(base).Res.Store != interleave.Table {
			continue
		}
		if !identityRead(r.Trace, base) {
			return false
		}
		found = true
	}
	return found
}
