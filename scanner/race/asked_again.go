package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A look that is repeated before the act only saves the work of those who would be turned away in any case: what decides is the later one,
// with its lock or without, and that is a candidate of its own.

// withoutFirstLooks drops the candidates whose every question is asked again of the row as it is read later, before the same act.
func withoutFirstLooks(rs []*Race) []*Race {
	return slices.DeleteFunc(rs, func(r *Race) bool {
		return r.asksAnew() || r.looksAnew() || r.onlyDecides() && slices.ContainsFunc(rs, func(later *Race) bool {
			return later.Act == r.Act && later.Read > r.Read && later.onlyDecides() && sameRow(r.Op(later.Read), r.Op(r.Read)) && r.asksNoMoreThan(later)
		})
	})
}

// onlyDecides tells whether columns of a row are looked at to decide on something, and nothing that is stored comes from them.
func (r *Race) onlyDecides() bool {
	return (r.Relation == SameRow || r.Relation == RowEffect) && !r.Derived && len(r.Checks) > 0 && len(r.Columns) > 0 && r.Op(r.Read).Res.Store == interleave.Table && r.Op(r.Read).Rare().Cached == ""
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

// asksAnew tells whether every question on a place of memory is asked once more, with the answer that it had, of the place as it is
// read later.
func (r *Race) asksAnew() bool {
	if r.Op(r.Read).Res.Store != interleave.Memory || r.Derived || len(r.Checks) == 0 {
		return false
	}
	return !slices.ContainsFunc(r.Checks, func(first int) bool {
		asked := r.questions(first, r.holdsAt(first))
		if len(asked) == 0 {
			return true
		}
		for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
			if c.Check <= first || slices.ContainsFunc(r.Op(c.Check).From, func(f int) bool { return f <= first }) {
				continue
			}
			if again := r.questions(c.Check, c.Arm == 1); len(again) > 0 && r.Op(c.Check).Pred.Certain(c.Arm) && !slices.ContainsFunc(asked, func(q string) bool { return !slices.Contains(again, q) }) {
				return false
			}
		}
		return true
	})
}

// questions are the comparisons of a decision on places of memory, each with the place and the way in which it comes out; nil where it
// compares something else.
func (r *Race) questions(check int, holds bool) []string {
	p := r.Op(check).Pred
	if p == nil {
		return nil
	}
	var out []string
	for _, u := range p.Uses {
		if u.Left == nil || u.Left.Src == 0 || u.Left.Made || u.Right != nil && u.Right.Kind != effects.Const {
			return nil
		}
		read := r.Op(int(u.Left.Src) - 1)
		if read.Kind != interleave.Read || read.Res.Store != interleave.Memory {
			return nil
		}
		entry, op := strings.Trim(read.Res.Key, "'*"), u.Op
		if entry != "" && u.Left.SrcCol != "" {
			return nil // a part of what lies in the place
		}
		if !holds {
			op = effects.Opposite(op)
		}
		asked := read.Res.Name + "[" + entry + u.Left.SrcCol + "] " + op
		if u.Right != nil {
			asked += " " + u.Right.Sym
		}
		out = append(out, asked)
	}
	return out
}
