package race

import (
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A row outlives the session that loaded it: what is assigned to it then is seen by whoever has the object, and is written by nobody
// unless a session takes the object in again.

// detach makes assignments to rows of closed sessions into what they are.
func detach(traces []*flow.Trace) {
	for _, t := range traces {
		closed := map[int]bool{}
		for i := range t.Ops {
			op := &t.Ops[i]
			switch {
			case op.Session == 0:
			case op.Kind == interleave.Close:
				closed[op.Session] = true
			case op.Kind == interleave.Attr:
			case op.Kind != interleave.Assign:
				delete(closed, op.Session) // used again: it was opened anew
			case closed[op.Session] && op.Object != nil && !op.Object.Adopted && !usedAgain(t, i):
				op = t.Change(i)
				op.Kind, op.Set = interleave.Attr, nil
			}
		}
	}
}

// usedAgain tells whether a session is still used after an operation, other than by what its rows show.
func usedAgain(t *flow.Trace, at int) bool {
	for i := at + 1; i < len(t.Ops); i++ {
		if op := &t.Ops[i]; op.Session == t.Ops[at].Session && op.Kind != interleave.Attr && op.Kind != interleave.Assign && op.Kind != interleave.Close {
			return true
		}
	}
	return false
}
