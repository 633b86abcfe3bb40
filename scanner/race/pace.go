package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A limit on how much a client may ask for: who has asked too often, or too soon, is answered so.

// tooManyWords are parts of the names of exceptions that say the same as the answer 429.
var tooManyWords = []string{"toomany", "ratelimit", "throttl"}

// Limits returns the decisions on what was read that are answered with 429.
func (r *Race) Limits() []int {
	tooMany := func(name string) bool { return name == effects.TooMany || matches(name, tooManyWords) }
	return slices.DeleteFunc(slices.Clone(r.Deciding()), func(c int) bool { return !r.raises(c, tooMany) })
}

// LimitsAtOnce tells whether the limit of a client is asked about and counted at one place in memory, by a function that does nothing in between:
// only requests that meet within a few instructions get through beside each other, and the next one is counted with both.
func (r *Race) LimitsAtOnce() bool {
	limits, act := r.Limits(), r.Op(r.Act)
	waits := func(i int) bool {
		op := r.Op(i)
		return r.Read < i && i < r.Act && op.Kind != interleave.Check && op.Res.Store != interleave.Memory
	}
	return len(limits) > 0 && act.Res.Store == interleave.Memory && !slices.ContainsFunc(r.Path.Ops, waits) &&
		!slices.ContainsFunc(limits, func(c int) bool { return r.Op(c).Site.Function != act.Site.Function })
}

// OnlyPaces tells whether all limits ask how long ago something was: some more get through at once, and the pace is kept all the same.
func (r *Race) OnlyPaces() bool {
	limits := r.Limits()
	return len(limits) > 0 && !slices.ContainsFunc(limits, func(c int) bool {
		p := r.Op(c).Pred
		return p == nil || !slices.ContainsFunc(p.Uses, asksAge)
	})
}

// LimitsLetters tells whether all that a limit of a client keeps back is a letter to somebody about his own account: some more of them come at
// once, and each is read once.
func (r *Race) LimitsLetters() bool {
	if len(r.Limits()) == 0 {
		return false
	}
	all := func(int) bool { return true }
	_, only := r.givesHolder(all)
	return only && slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		return i > r.Read && r.Op(i).Kind == interleave.Effect && onlyTells(r.Trace, r.Op(i)) && r.decidedOn(i)
	})
}
