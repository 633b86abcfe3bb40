package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A rival that only takes something out of a place of memory turns no decision that the place is empty, or that not too much is in it:
// whoever puts something there because of that may as well have come after the rival.

// staysEmpty tells whether all that the writer does is to empty the place, and the act happens only where it is empty.
func (r *Race) staysEmpty(w writer) bool {
	if r.Op(r.Read).Res.Store != interleave.Memory || r.Derived || !drops(&w.trace.Ops[w.op]) {
		return false
	}
	return r.asksThroughout(r.keptByEmptying)
}

// staysAsFound tells whether what the writer puts into a place of memory is a constant that lets every decision on it fall as it did:
// whoever asks whether the test has failed goes on when it was not made yet, and when it was passed.
func (r *Race) staysAsFound(w writer) bool {
	read, op := r.Op(r.Read), &w.trace.Ops[w.op]
	if read.Res.Store != interleave.Memory || r.Derived || r.Relation != SameRow || op.Kind != interleave.Update || op.Value == nil || op.Value.Kind != effects.Const || op.Res.Key != read.Res.Key {
		return false
	}
	return r.asksThroughout(func(c *effects.Ctx) bool {
		p := r.Op(c.Check).Pred
		if p == nil || len(p.Uses) != 1 {
			return false
		}
		holds, known := r.ofConstant(p.Uses[0], op.Value)
		return known && holds == (c.Arm == 1)
	})
}

// staysFilled tells whether the writer puts a thing where something was found, and nothing was asked but whether something is there: it is
// there afterwards as well.
func (r *Race) staysFilled(w writer) bool {
	read, op := r.Op(r.Read), &w.trace.Ops[w.op]
	if read.Res.Store != interleave.Memory || r.Derived || r.Relation != SameRow || op.Kind != interleave.Update || drops(op) || op.Res.Key == "*" || op.Res.Key != read.Res.Key || op.Value == nil || op.Value.Kind != effects.Instance || op.Value.OrNone() {
		return false
	}
	return r.asksWhetherFilled()
}

// asksWhetherFilled tells whether all that is asked about a place of memory is that something is there.
func (r *Race) asksWhetherFilled() bool {
	return r.asksThroughout(func(c *effects.Ctx) bool {
		p := r.Op(c.Check).Pred
		if p == nil || len(p.Uses) != 1 || presence[p.Uses[0].On(c.Arm)] != "exists" {
			return false
		}
		looked := p.Uses[0].Left.Source()
		return looked != nil && looked.Src != 0 && looked.SrcCol == "" && sameEntry(r.Op(int(looked.Src)-1), r.Op(r.Read))
	})
}

// staysInPlace tells whether what the writer does is to write a file that was found to be there, and nothing was asked but whether it is:
// it is there afterwards as well.
func (r *Race) staysInPlace(w writer) bool {
	read := r.Op(r.Read)
	if read.Res.Store != interleave.File || read.Res.Aggregate != interleave.Exists || r.Derived || w.trace.Ops[w.op].Kind != interleave.Update {
		return false
	}
	return r.asksThroughout(func(c *effects.Ctx) bool {
		p := r.Op(c.Check).Pred
		return p != nil && p.Certain(c.Arm) && !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			op := u.On(c.Arm)
			return r.About(u.Left) && op != "true" && op != "exists"
		})
	})
}

// asksThroughout tells whether the act stands under decisions on the place that was read, and something holds of each.
func (r *Race) asksThroughout(holds func(*effects.Ctx) bool) bool {
	asked := false
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check < 0 || !asksAbout(r.Trace, c.Check, r.Read) {
			continue
		}
		if !holds(c) {
			return false
		}
		asked = true
	}
	return asked
}

// ofConstant tells what a comparison says of a place that holds a constant, where that is known.
func (r *Race) ofConstant(u effects.PredUse, v *effects.Value) (holds, known bool) {
	if u.Left == nil || int(u.Left.Src)-1 != r.Read {
		return false, false
	}
	switch u.Op {
	case "=", "!=":
		if u.Right == nil || u.Right.Kind != effects.Const {
			return false, false
		}
		return u.Right.Is(v.Sym) == (u.Op == "="), true
	case "exists", "not exists":
		return v.IsNone() == (u.Op == "not exists"), true
	case "true", "false":
		return v.Truth() == "True" == (u.Op == "true"), true
	}
	return false, false
}

// keptByEmptying tells whether a decision falls the same way when the place that it looked at has been emptied.
func (r *Race) keptByEmptying(c *effects.Ctx) bool {
	p := r.Op(c.Check).Pred
	if p == nil || len(p.Uses) == 0 {
		return false
	}
	taken := c.Arm == 1
	// Where it was enough that nothing is there, it is enough again: `if x is not None and …: return`, `if x is None or …:`.
	if slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		whole, known := r.ofEmpty(u)
		return known && whole == taken && (len(p.Uses) == 1 || p.Or == taken)
	}) {
		return true
	}
	return p.Certain(c.Arm) && !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		few, about := r.asksFew(u, taken, 0)
		return !about || !few
	})
}

// ofEmpty tells what a comparison says of a place that is empty, where that is known.
func (r *Race) ofEmpty(u effects.PredUse) (holds, known bool) {
	switch {
	case u.Left == nil:
	case asksSentinel(u):
		return u.Op == "=", u.Left.Deps.Has(r.Read)
	case int(u.Left.Src)-1 != r.Read && !r.foundOrNone(u.Left):
	case u.Op == "exists" || u.Op == "true":
		return false, true
	case u.Op == "not exists" || u.Op == "false":
		return true, true
	}
	return false, false
}

// foundOrNone tells whether a value is what lay in the place or None, as a helper returns it that looks there.
func (r *Race) foundOrNone(v *effects.Value) bool {
	found := false
	for _, it := range v.Alternatives() {
		is := it != nil && int(it.Src)-1 == r.Read
		if !is && !it.IsNone() {
			return false
		}
		found = found || is
	}
	return found
}

// recalled tells whether a decision looks at what a request found in a place or, where nothing was there, had just made for it: either
// way it is the same, and to empty the place because of it takes nothing away that cannot be made again.
func recalled(t *flow.Trace, read, check, act int) bool {
	if !drops(&t.Ops[act]) || t.Ops[read].Res.Store != interleave.Memory {
		return false
	}
	for i := read + 1; i < check; i++ {
		op := &t.Ops[i]
		if op.Kind != interleave.Update || drops(op) || !sameEntry(&t.Ops[read], op) {
			continue
		}
		for c := op.Ctx; c != nil; c = c.Up {
			if c.Check >= 0 && asksAbout(t, c.Check, read) && !under(t.Ops[check].Ctx, c.Check) {
				return true
			}
		}
	}
	return false
}

// missedSince tells whether a place is filled because nothing was there when it was looked at once more, after a first look: what rests on
// the first one is no part of it.
func missedSince(t *flow.Trace, read, act int) bool {
	op := &t.Ops[act]
	if op.Res.Store != interleave.Memory || op.Kind != interleave.Update || drops(op) || !sameEntry(&t.Ops[read], op) {
		return false
	}
	for c := op.Ctx; c != nil; c = c.Up {
		if missesEntry(t, c, op, read) && !asksAbout(t, c.Check, read) {
			return true
		}
	}
	return false
}

// namesWhatGoes tells whether a container was only looked through for what to take out of it: nothing that lies there is changed by what
// was seen, and what somebody else took out meanwhile is gone as well.
func namesWhatGoes(t *flow.Trace, look, act int) bool {
	op := &t.Ops[act]
	return op.Res.Store == interleave.Memory && op.Res.Key != "*" && drops(op) && t.Ops[look].Res.Name == op.Res.Name
}
