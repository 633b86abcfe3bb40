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
		if a.Relative || !isStamp(a.Value) && !strings.HasPrefix(a.Value, row+".") {
			return false
		}
	}
	return len(set) > 0
}

// Confirms tells whether all that an entry of a key-value store is good for, which the request takes away, is that something else that
// belongs to it gets a constant: an address is said to be confirmed. Who takes the entry as well says no more than that.
func (r *Race) Confirms() bool {
	if !r.Self() || r.Derived || !takesRow(r.Op(r.Act)) {
		return false
	}
	given := false
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		switch {
		case i <= r.Read || op.Phase >= effects.Teardown || takesRow(op):
		case op.Res.Name == effects.Issued:
			return false
		case op.Res.Store == interleave.Memory || !isAct(r.Trace, i):
		case op.Kind != interleave.Update && op.Kind != interleave.Assign || !saysTheSame(op.Set, r.Op(r.Read).Res.Key) || !r.belongs(op):
			return false
		default:
			given = true
		}
	}
	return given
}

// belongs tells whether what is written is found by what the entry holds, or by what is part of the entry's own key: whoever brings the
// entry cannot choose it anew.
func (r *Race) belongs(op *effects.Op) bool {
	if slices.Contains(op.From, r.Read) || strings.Contains(op.Res.Key, r.Op(r.Read).Res.Key) {
		return true
	}
	_, part, ok := strings.Cut(op.Res.Key, "{")
	if ok {
		part, _, ok = strings.Cut(part, "}")
	}
	return ok && strings.Contains(r.Op(r.Read).Res.Key, "{"+part+"}")
}
