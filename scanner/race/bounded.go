package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// boundedSince tells whether the limit that a count was compared with is kept by a number in the row that what is counted belongs to, raised in
// one step as long as it is below that limit, and an act hangs on whether it could be raised: the count only spared requests in vain.
func boundedSince(t *flow.Trace, read, act int) bool {
	counted := &t.Ops[read]
	if counted.Res.Store != interleave.Table || counted.Res.Name != t.Ops[act].Res.Name {
		return false
	}
	for c := t.Ops[act].Ctx; c != nil; c = c.Up {
		if c.Check < 0 || c.Leaves == effects.Stays && c.Arm != 1 {
			continue
		}
		for _, f := range t.Ops[c.Check].From {
			raise := &t.Ops[f]
			if f > read && raise.Kind == interleave.Update && raise.Res.Store == interleave.Table && hasParent(counted, raise.Res.Key) && sameLimit(t, read, act, raise) {
				return true
			}
		}
	}
	return false
}

// hasParent tells whether rows were looked for by the key of a row that they belong to.
func hasParent(read *effects.Op, key string) bool {
	return key != "" && slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && !c.Either && c.Value == key })
}

// sameLimit tells whether a statement raises a number as long as it is below what the count was compared with before the act.
func sameLimit(t *flow.Trace, read, act int, raise *effects.Op) bool {
	return slices.ContainsFunc(raise.Res.Where, func(c interleave.Cond) bool {
		return (c.Op == "<" || c.Op == "<=") && !c.SubQuery && relative(raise.Set, c.Column) && comparedWith(t, read, act, c.Value)
	})
}

// comparedWith tells whether a decision before an act compares what was read with a limit, be it as the column that holds it.
func comparedWith(t *flow.Trace, read, act int, limit string) bool {
	is := func(v *effects.Value) bool {
		if v == nil || limit == "" {
			return false
		}
		return v.Sym == limit || v.Src > 0 && v.SrcCol != "" && limit == t.Ops[v.Src-1].Res.Name+"."+v.SrcCol
	}
	for c := t.Ops[act].Ctx; c != nil; c = c.Up {
		if c.Check < 0 || t.Ops[c.Check].Pred == nil {
			continue
		}
		if slices.ContainsFunc(t.Ops[c.Check].Pred.Uses, func(u effects.PredUse) bool {
			return strings.ContainsAny(u.Op, "<>") && u.Left != nil && u.Right != nil && (u.Left.DerivesFrom(read) && is(u.Right) || u.Right.DerivesFrom(read) && is(u.Left))
		}) {
			return true
		}
	}
	return false
}
