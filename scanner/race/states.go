package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Two requests that demand different states of one row cannot meet on it: who ships what is paid and who cancels what is still a draft
// both begin with what is stored, and only one of them goes on. The rival could come in between only after a third had changed the row.

// states are the constants that a column may hold where an operation happens: one of allowed, where that is known, and none of denied.
type states struct{ allowed, denied []string }

func (s *states) allow(values []string) {
	if s.allowed == nil {
		s.allowed = values
		return
	}
	both := []string{}
	for _, v := range s.allowed {
		if slices.Contains(values, v) {
			both = append(both, v)
		}
	}
	s.allowed = both
}

// note takes in what one comparison with constants asks.
func (s *states) note(op string, values []string) {
	switch op {
	case "=", "in":
		s.allow(values)
	case "!=", "not in":
		s.denied = append(s.denied, values...)
	}
}

// refuses tells whether an operation does not happen on a state.
func (s *states) refuses(v string) bool {
	return slices.Contains(s.denied, v) || s.allowed != nil && !slices.Contains(s.allowed, v)
}

// possible are the allowed states that are not denied; ok is false when it is not known which are allowed.
func (s *states) possible(denied []string) (values []string, ok bool) {
	for _, v := range s.allowed {
		if !slices.Contains(s.denied, v) && !slices.Contains(denied, v) {
			values = append(values, v)
		}
	}
	return values, s.allowed != nil
}

// demands are the states that the act of a candidate about one row demands.
func (r *Race) demands() map[string]*states {
	switch r.Relation {
	case SameRow, RowEffect, ClaimDropped, Skewed:
		return demanded(r.Trace, r.Act, r.Op(r.Read))
	}
	return nil
}

// contrary tells whether the rival's write happens only on a state of the row on which the candidate's act does not.
func (r *Race) contrary(ours map[string]*states, w writer) bool {
	if len(ours) == 0 || w.trace == r.Trace {
		return false
	}
	for col, theirs := range w.demanded() {
		mine := ours[col]
		if mine == nil || changedBefore(r.Trace, r.Act, r.Op(r.Read), col) || changedBefore(w.trace, w.op, &w.trace.Ops[w.op], col) {
			continue
		}
		a, known := mine.possible(theirs.denied)
		b, both := theirs.possible(mine.denied)
		switch {
		case known && both && !slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) }):
			return true
		case known && len(a) == 0, both && len(b) == 0:
			return true
		}
	}
	return false
}

// staysMember tells whether a writer only moves a row within the set that is looked at: from a state that counts to another one. Its
// decisions say from which it comes, and a state that nobody in the whole program gives a row is none.
func (f *finder) staysMember(r *Race, w writer) bool {
	read, op := r.Op(r.Read), &w.trace.Ops[w.op]
	if r.Relation != SetInsert || read.Res.Store != interleave.Table || op.Kind != interleave.Assign && op.Kind != interleave.Update || op.Flags&interleave.FreshObject != 0 {
		return false
	}
	moves := false
	for _, c := range read.Res.Where {
		v, ok := assigned(op.Set, c.Column)
		if !ok {
			continue
		}
		var members []string
		if (c.Op == "=" || c.Op == "in") && !c.SubQuery && isConstant(c.Value) {
			members = strings.Split(c.Value, ",")
		}
		from := w.demanded()[c.Column]
		if !slices.Contains(members, v) || from == nil || changedBefore(w.trace, w.op, op, c.Column) {
			return false
		}
		states := from.allowed
		if known := states != nil; !known {
			if states, known = f.statesOf(read, c.Column); !known {
				return false
			}
		}
		if slices.ContainsFunc(states, func(s string) bool { return !slices.Contains(members, s) && !slices.Contains(from.denied, s) }) {
			return false
		}
		moves = true
	}
	return moves
}

// statesOf returns the constants that rows of a table are given in a column; ok is false where one is given something else.
func (f *finder) statesOf(read *effects.Op, column string) (states []string, ok bool) {
	for _, w := range f.writers(read) {
		op := &w.trace.Ops[w.op]
		v, given := assigned(op.Set, column)
		those := amongThose(op.Set, column)
		switch {
		case takesAnything(op.Set):
			return nil, false
		case len(those) > 0:
			states = append(states, those...)
		case given && !isConstant(v):
			return nil, false
		case given:
			states = append(states, v)
		case op.Kind == interleave.Add || op.Kind == interleave.Insert:
			c := op.Table.Column(column)
			if c == nil {
				return nil, false
			}
			states = append(states, "'"+effects.Last(c.Default)+"'") // as the member of an enumeration is called
		}
	}
	return states, true
}

// demanded returns what the decisions above an operation demand of the columns of a row.
func demanded(t *flow.Trace, at int, row *effects.Op) map[string]*states {
	out := map[string]*states{}
	ctx := t.Ops[at].Ctx
	for c := ctx; c != nil; c = c.Up {
		if c.Check < 0 || c.Arm > 1 {
			continue
		}
		op := &t.Ops[c.Check]
		if op.Pred == nil || !op.Pred.Certain(c.Arm) || !within(ctx, op.Ctx) {
			continue
		}
		for _, u := range op.Pred.Uses {
			demand(t, u, c.Arm == 1, row, out, 0)
		}
	}
	return out
}

// demand notes what one comparison asks of a column of the row.
func demand(t *flow.Trace, u effects.PredUse, holds bool, row *effects.Op, out map[string]*states, depth int) {
	op := u.Op
	if !holds {
		op = effects.Opposite(op)
	}
	if u.Left != nil && u.Left.Kind != effects.Union && u.Left.Pred != nil && (op == "true" || op == "false") && depth < 3 {
		if arm := map[bool]int8{true: 1}[op == "true"]; u.Left.Pred.Certain(arm) {
			for _, in := range u.Left.Pred.Uses {
				demand(t, in, op == "true", row, out, depth+1)
			}
		}
		return
	}
	if u.Left == nil || u.Left.Made || u.Left.Src == 0 || u.Left.SrcCol == "" || u.Right == nil {
		return
	}
	if read := &t.Ops[u.Left.Src-1]; read.Kind != interleave.Attr && (read.Kind != interleave.Read || read.Obj != 0) || !sameRow(read, row) {
		return
	}
	values := constants(u.Right)
	if len(values) == 0 {
		return
	}
	s := out[u.Left.SrcCol]
	if s == nil {
		s = &states{}
		out[u.Left.SrcCol] = s
	}
	s.note(op, values)
}

// constants are the values of a literal or of a display of literals; nil for anything else.
func constants(v *effects.Value) []string {
	if v == nil {
		return nil
	}
	switch {
	case v.Kind == effects.Const:
		return []string{v.Sym}
	case v.Kind == effects.Sequence && v.Elem == nil:
		var out []string
		for _, it := range v.Items {
			if it == nil || it.Kind != effects.Const {
				return nil
			}
			out = append(out, it.Sym)
		}
		return out
	}
	return nil
}

// changedBefore tells whether the request itself has given the column another value, for all to see, before it comes to an operation.
func changedBefore(t *flow.Trace, at int, row *effects.Op, col string) bool {
	written := false
	for i := range at {
		switch op := &t.Ops[i]; op.Kind {
		case interleave.Assign, interleave.Update:
			written = written || op.Res.Name == row.Res.Name && writesNamed(op.Set, []string{col})
		case interleave.Commit:
			if written {
				return true
			}
		}
	}
	return false
}
