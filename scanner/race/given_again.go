package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// GivesSameAgain tells whether all that a taken row was good for is that a row which it belongs to says something, and says the same whoever
// comes second: a constant, the time, or what the taken row holds; or that the row itself, of which the code is only a part, says that it is
// confirmed. Nothing is made, sent or handed out but a letter, so that it was used twice is seen by nobody.
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
		case op.Kind == interleave.Effect && onlyTells(r.Trace, op):
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
		default:
			given = given || confirms(op.Set)
		}
	}
	return given
}

// confirms tells whether a row is made to say that something about it is as it should be, beside that its code was used.
func confirms(set []interleave.Assignment) bool {
	return slices.ContainsFunc(set, func(a interleave.Assignment) bool {
		return a.Value == "True" && (strings.Contains(a.Column, "verified") || strings.Contains(a.Column, "confirmed") || strings.Contains(a.Column, "active"))
	})
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
