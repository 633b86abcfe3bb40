package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// A limit on how much a client may ask for: who has asked too often, or too soon, is answered so.

// tooManyWords are parts of the names of exceptions that say the same as the answer 429.
var tooManyWords = []string{"toomany", "ratelimit", "throttl"}

// Limits returns the decisions on what was read that are answered with 429.
func (r *Race) Limits() []int {
	tooMany := func(name string) bool { return name == effects.TooMany || matches(name, tooManyWords) }
	return slices.DeleteFunc(slices.Clone(r.Deciding()), func(c int) bool { return !r.raises(c, tooMany) })
}

// OnlyPaces tells whether all limits ask how long ago something was: some more get through at once, and the pace is kept all the same.
func (r *Race) OnlyPaces() bool {
	limits := r.Limits()
	return len(limits) > 0 && !slices.ContainsFunc(limits, func(c int) bool {
		p := r.Op(c).Pred
		return p == nil || !slices.ContainsFunc(p.Uses, asksAge)
	})
}
