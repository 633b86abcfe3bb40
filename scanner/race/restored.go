package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// restores tells whether a write adds again what the request itself had taken from the row before, or takes again what it had added: both
// are steps of the store on the latest value, so that nothing is left of the two, whatever others did in between. Where the first was
// conditional, the request must have looked whether it took place.
func restores(t *flow.Trace, i int) bool {
	op := &t.Ops[i]
	if op.Kind != interleave.Update || op.Res.Key == "" || len(op.Set) == 0 || op.Res.Store == interleave.Memory {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		took := &t.Ops[j]
		if took.Kind == interleave.Update && took.Res.Store == op.Res.Store && took.Res.Name == op.Res.Name && took.Res.Key == op.Res.Key && opposite(took.Set, op.Set) {
			return decidedLike(op.Ctx, took.Ctx) && (len(took.Res.Where) == 0 || looksAt(t, op.Ctx, j))
		}
	}
	return false
}

// opposite tells whether two relative writes cancel out.
func opposite(a, b []interleave.Assignment) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x interleave.Assignment) bool {
		return !slices.ContainsFunc(b, func(y interleave.Assignment) bool {
			return x.Relative && y.Relative && x.Column == y.Column && x.Value != "" && y.Value != "" && (x.Value == "-"+y.Value || y.Value == "-"+x.Value)
		})
	})
}

// looksAt tells whether one of the decisions above looked at what an operation answered.
func looksAt(t *flow.Trace, ctx *effects.Ctx, op int) bool {
	for c := ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(t, c.Check, op) {
			return true
		}
	}
	return false
}
