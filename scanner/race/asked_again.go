package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A look that is repeated before the act only saves the work of those who would be turned away in any case: what decides is the later one,
// with its lock or without, and that is a candidate of its own.

// withoutFirstLooks drops the candidates whose every question is asked again of the row as it is read later, before the same act.
func withoutFirstLooks(rs []*Race) []*Race {
	return slices.DeleteFunc(rs, func(r *Race) bool {
		return r.onlyDecides() && slices.ContainsFunc(rs, func(later *Race) bool {
			return later.Act == r.Act && later.Read > r.Read && later.onlyDecides() && sameRow(r.Op(later.Read), r.Op(r.Read)) && r.asksNoMoreThan(later)
		})
	})
}

// onlyDecides tells whether columns of a row are looked at to decide on something, and nothing that is stored comes from them.
func (r *Race) onlyDecides() bool {
	return (r.Relation == SameRow || r.Relation == RowEffect) && !r.Derived && len(r.Checks) > 0 && len(r.Columns) > 0 && r.Op(r.Read).Res.Store == interleave.Table && r.Op(r.Read).Cached == ""
}

// asksNoMoreThan tells whether what the decisions ask of the row is asked again by those of another look.
func (r *Race) asksNoMoreThan(later *Race) bool {
	asked, again := r.askedOf(), later.askedOf()
	for col, ways := range asked {
		if !slices.Equal(again[col], ways) {
			return false
		}
	}
	return len(asked) > 0 && !slices.ContainsFunc(r.Columns, func(c string) bool { return !slices.Contains(later.Columns, c) })
}

// askedOf are the columns of the row that decisions look at, each with the ways in which it is compared.
func (r *Race) askedOf() map[string][]string {
	out := map[string][]string{}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		named := false
		if p != nil {
			for _, u := range p.Uses {
				if u.Left != nil && u.Left.SrcCol != "" && slices.Contains(r.Uses, int(u.Left.Src)-1) {
					named = true
					op := u.Op
					if !r.holdsAt(c) {
						op = "not " + op
					}
					if u.Right != nil {
						op += " " + u.Right.Sym
					}
					out[u.Left.SrcCol] = append(out[u.Left.SrcCol], op)
				}
			}
		}
		if named {
			continue
		}
		for _, f := range r.Op(c).From {
			if slices.Contains(r.Uses, f) {
				for _, col := range r.Op(f).Res.Columns {
					out[col] = append(out[col], "?")
				}
			}
		}
	}
	for col := range out {
		slices.Sort(out[col])
		out[col] = slices.Compact(out[col])
	}
	return out
}
