package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// shownWords are the names by which a request is seen to go by what is shown with every request, and by nothing that it was sent to be used up.
var shownWords = []string{"claims", "cookies", "headers"}

// SignsOut tells whether all that the request does is to end what its caller shows to get in: the entry is taken away, or a mark is put that it
// was taken back, and nothing is given for it. Who signs out twice is signed out.
func (r *Race) SignsOut() bool {
	read := r.Op(r.Read)
	shown := slices.ContainsFunc(effects.Names(read.Res.Key), func(name string) bool { return slices.Contains(shownWords, name) })
	if r.Rival == nil || r.Derived && !takesRow(r.Op(r.Act)) || !isRedisKey(read) || !shown || !r.Self() && !takesRow(&r.Rival.Ops[r.RivalAct]) {
		return false
	}
	return !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		switch {
		case op.Res.Name == effects.Issued:
			return true
		case !isAct(r.Trace, i), op.Phase >= effects.Teardown, op.Res.Store == interleave.Memory, matches(op.Res.Name, bookkeeping), op.Kind == interleave.Effect && onlyTells(r.Trace, op):
			return false
		case op.Res.Store != interleave.KeyValue:
			return true
		}
		return !takesRow(op) && (op.Res.Key != read.Res.Key || op.Drops || slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative }))
	})
}
