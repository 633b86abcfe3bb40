package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A loop over the rows that wait for something needs no condition: that a row is among them is the decision. What is done for it is
// done twice when two requests pick it, and that does harm if it leaves the application; to mark it twice does none.

// pickedBy returns the read of a set by which the row of an act was picked, -1 when it was not: the act takes the row out of the set,
// and on the way something leaves the application.
func pickedBy(t *flow.Trace, act int) int {
	a := &t.Ops[act]
	if a.Kind == interleave.Update {
		for _, f := range a.From {
			if marksPicked(t, f, act) {
				return f
			}
		}
		return -1
	}
	if a.Kind != interleave.Assign || a.Obj == 0 || a.Res.Store != interleave.Table || a.Flags&interleave.FreshObject != 0 {
		return -1
	}
	for i := act - 1; i >= 0; i-- {
		op := &t.Ops[i]
		if !loads(op, a.Obj) {
			continue
		}
		if op.Kind == interleave.Read && op.Res.Key == "" && op.Res.Aggregate == interleave.Rows && leavesSet(a.Set, op.Res.Where) && sentBetween(t, i, act) {
			return i
		}
		return -1
	}
	return -1
}

// ofPicked tells whether an update names its row by the key of one of the rows that were read: UPDATE … WHERE id = $1, for each of them.
func ofPicked(read, update *effects.Op) bool {
	return read.Kind == interleave.Read && read.Res.Store == interleave.Table && read.Res.Key == "" && read.Res.Aggregate == interleave.Rows &&
		update.Res.Name == read.Res.Name && (namesNumber(update.Res.Key) && strings.HasPrefix(update.Res.Key, read.Res.Name+"[].") || read.Object != nil && update.Res.Key != "" && update.Res.Key == read.Object.Key)
}

// marksPicked tells whether an update marks a row, by its key, as no longer one of those among which it was found, after something was sent
// for it. What is worked out for a row that lacks it, and stored there, is the same twice.
func marksPicked(t *flow.Trace, read, act int) bool {
	r, a := &t.Ops[read], &t.Ops[act]
	marks := slices.DeleteFunc(slices.Clone(a.Set), func(s interleave.Assignment) bool { return !isStamp(s.Value) })
	return a.Kind == interleave.Update && ofPicked(r, a) && leavesSet(marks, r.Res.Where) && sentBetween(t, read, act)
}

// storesEach tells whether an update gives a row, by its key, what was worked out from what the same column held when the row was read, one
// of several: for each of them that is a read and a write of one row.
func storesEach(read, update *effects.Op) bool {
	return update.Kind == interleave.Update && ofPicked(read, update) && slices.ContainsFunc(update.Set, func(a interleave.Assignment) bool {
		return !a.Relative && strings.Contains(a.Value, read.Res.Name+"[]."+a.Column)
	})
}

// writesFound tells whether an update writes the row that was found by what stands in some of its columns, of which no constraint says that
// there is one row at most: it asks for the same once more, or for the number of the one row that was taken of those found.
func writesFound(read, update *effects.Op) bool {
	if update.Kind != interleave.Update || read.Kind != interleave.Read || read.Res.Store != interleave.Table || read.Res.Key != "" || read.Res.Aggregate != interleave.Rows || read.Res.Name != update.Res.Name {
		return false
	}
	if read.Object != nil && read.Object.Only != "" && update.Res.Key == read.Object.Key {
		return true
	}
	return len(read.Res.Where) > 0 && !slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op != "=" || c.SubQuery || c.Either || c.Value == "" || isConstant(c.Value) || !slices.Contains(update.Res.Where, c)
	})
}

// leavesSet tells whether a row to which these values are given is no longer in the set that the predicate names.
func leavesSet(set []interleave.Assignment, where []interleave.Cond) bool {
	for _, c := range where {
		v, ok := assigned(set, c.Column)
		if !ok || c.SubQuery {
			continue
		}
		if c.Op == "=" && isConstant(c.Value) && isConstant(v) && v != c.Value || c.Op == "is null" && v != "None" {
			return true
		}
	}
	return false
}

// sentBetween tells whether something that cannot be taken back leaves the application between two operations.
func sentBetween(t *flow.Trace, from, to int) bool {
	for i := from + 1; i < to; i++ {
		if op := &t.Ops[i]; op.Kind == interleave.Effect && !op.Guess && (op.External == "payment" || op.External == "mail" || op.External == "http" || op.External == "message" && op.Rare().Manner == effects.ToBroker) {
			return true
		}
	}
	return false
}

// pick makes the act hang on a decision that its row is in the set: what the loop does without saying so.
func (r *Race) pick(p *interleave.Program) {
	found := writesFound(r.Op(r.Read), r.Op(r.Act))
	if !r.picked && !found && !storesEach(r.Op(r.Read), r.Op(r.Act)) {
		return
	}
	read := slices.IndexFunc(p.Ops, func(op interleave.Op) bool { return op.Tag == r.Read })
	act := slices.IndexFunc(p.Ops, func(op interleave.Op) bool { return op.Act })
	if read < 0 || act < read {
		return
	}
	if (found || ofPicked(r.Op(r.Read), r.Op(r.Act))) && p.Ops[read].Res.Name == p.Ops[act].Res.Name {
		p.Ops[read].Res.Key = p.Ops[act].Res.Key // of all that it read, and perhaps locked, the row that it writes
	}
	if !r.picked {
		return
	}
	check := interleave.Op{Kind: interleave.Check, From: []int{read}, Uses: []interleave.Use{{From: read, Op: "exists"}}, Tag: r.Read}
	p.Ops = slices.Insert(p.Ops, act, check)
	for i := act + 1; i < len(p.Ops); i++ {
		op := &p.Ops[i]
		op.From, op.Uses = slices.Clone(op.From), slices.Clone(op.Uses)
		for j := range op.From {
			if op.From[j] >= act {
				op.From[j]++
			}
		}
		for j := range op.Uses {
			if op.Uses[j].From >= act {
				op.Uses[j].From++
			}
		}
	}
	p.Ops[act+1].From = append(p.Ops[act+1].From, act)
}
