package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// DoesTwice tells whether two requests that both get through do more than to write one state twice: something leaves the application
// that cannot be taken back, an amount moves, or a row is added to something else than a log.
func (r *Race) DoesTwice() bool {
	if r.SendsOut() {
		return true
	}
	for _, i := range r.Path.Ops {
		if i <= r.Read {
			continue
		}
		op := r.Op(i)
		switch op.Kind {
		case interleave.Insert, interleave.Add, interleave.InsertWhereNotExists:
			if op.Res.Store == interleave.Table && op.Res.Name != r.Resource() && !matches(op.Res.Name, bookkeeping) {
				return true
			}
		case interleave.Assign, interleave.Update:
			if slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative }) {
				return true
			}
		}
	}
	return false
}

// SendsOut tells whether something leaves the application after the look that cannot be taken back.
func (r *Race) SendsOut() bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		if i <= r.Read || op.Kind != interleave.Effect {
			return false
		}
		return op.External == "payment" || op.External == "mail" || op.External == "file" || op.External == "http" && !op.Guess
	})
}
