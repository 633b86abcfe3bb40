package race

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// GivesSameAgain tells whether all that a taken row was good for is that a row which it belongs to says something, and says the same whoever
// comes second: a constant, the time, or what the taken row holds. Nothing is made, sent or handed out, so that it was used twice is
// seen by nobody.
func (r *Race) GivesSameAgain() bool {
	read := r.Op(r.Read)
	if r.Relation != SameRow || !r.Self() || read.Res.Key == "" {
		return false
	}
	row, given := r.Resource()+"["+read.Res.Key+"]", false
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i <= r.Read || !isAct(r.Trace, i) && op.Res.Name != effects.Issued {
			continue
		}
		switch {
		case op.Res.Store != interleave.Table || op.Res.Name == effects.Issued || op.Kind == interleave.Effect:
			return false
		case takesRow(op):
		case op.Kind != interleave.Assign && op.Kind != interleave.Update || !saysTheSame(op.Set, row):
			return false
		case op.Res.Name != r.Resource():
			if !strings.Contains(op.Res.Key, row) {
				return false // a row of the client's choice: the second request has another one
			}
			given = true
		}
	}
	return given
}

// saysTheSame tells whether columns get what they get from everybody who holds a row.
func saysTheSame(set []interleave.Assignment, row string) bool {
	for _, a := range set {
		if a.Relative || !isConstant(a.Value) && a.Value != "now" && !strings.HasPrefix(a.Value, row+".") {
			return false
		}
	}
	return len(set) > 0
}
