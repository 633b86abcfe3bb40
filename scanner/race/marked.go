package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// onlyMarks tells whether all that is made of what was read is the same text with a mark, by two requests that both put it there and ask
// nothing about it: the name of a row that is gone, with the word for that and the time. Neither has anything of its own in it.
func (r *Race) onlyMarks() bool {
	if r.Relation != SameRow || !r.Derived || !r.Self() || r.RivalAct != r.Act {
		return false
	}
	contested := r.Contested()
	return len(contested) > 0 && !slices.ContainsFunc(contested, func(c string) bool {
		return r.asksFor(c) || !slices.ContainsFunc(r.Op(r.Act).Set, func(s interleave.Assignment) bool { return s.Column == c && r.marks(r.Op(r.Act), s) })
	})
}

// marks tells whether what is stored is what the column held, with constants and the time around it.
func (r *Race) marks(op *effects.Op, s interleave.Assignment) bool {
	parts := holes(s.Value)
	return strings.HasPrefix(s.Value, "f'") && len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool {
		return OutsideBrackets(p) != op.Res.Name+"."+s.Column && (!mentionsName(p, "now") || r.Trace.Mentions(p))
	})
}
