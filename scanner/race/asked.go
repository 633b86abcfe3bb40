package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Asked returns the decisions of a candidate, and those on which the yes or no rests that a helper answers one of them with.
func (r *Race) Asked() []int {
	out := slices.Clone(r.Checks)
	for _, c := range r.Checks {
		if !saysYesOrNo(r.Op(c).Pred) {
			continue
		}
		for i := r.Read + 1; i < c; i++ {
			op := r.Op(i)
			if op.Kind == interleave.Check && op.Site.Function != r.Op(c).Site.Function && !slices.Contains(out, i) && len(op.From) > 0 &&
				!slices.ContainsFunc(op.From, func(f int) bool { return !slices.Contains(r.Op(c).From, f) }) {
				out = append(out, i)
			}
		}
	}
	return out
}

// saysYesOrNo tells whether a decision asks for nothing but a yes or no that was made on the way.
func saysYesOrNo(p *effects.Pred) bool {
	return p != nil && len(p.Uses) == 1 && (p.Uses[0].Op == "true" || p.Uses[0].Op == "false") && p.Uses[0].Left != nil && p.Uses[0].Left.Src == 0 &&
		(p.Uses[0].Left.Sym == "True" || p.Uses[0].Left.Sym == "False") && len(p.Uses[0].Left.AllDeps()) > 0
}

// SameSet tells whether an operation reads the set that the candidate read.
func (r *Race) SameSet(i int) bool {
	read, other := r.Op(r.Read), r.Op(i)
	return other.Kind == interleave.Read && other.Res.Store == read.Res.Store && other.Res.Name == read.Res.Name &&
		slices.EqualFunc(other.Res.Where, read.Res.Where, func(a, b interleave.Cond) bool { return a.Column == b.Column && a.Op == b.Op && a.Value == b.Value })
}
