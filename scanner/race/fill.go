package race

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A place of memory that is looked up and, when nothing is there, given what can be made again: a cache, a client, a module
// loaded on demand. Two requests that both make it have done work twice. The same lookup that turns a request away, or the second
// time does not do what the first did, is a claim and no fill.

// Fills tells whether the act only puts something into the place that was found empty, and everybody goes on with what is there.
func (r *Race) Fills() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if read.Res.Store != interleave.Memory || act.Kind != interleave.Update || len(r.Checks) == 0 || r.Derived {
		return false
	}
	asked := false
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check < 0 || !asksAbout(r.Trace, c.Check, r.Read) {
			continue
		}
		if !r.goesOnWithout(c) {
			return false
		}
		asked = true
	}
	return asked && !r.worksBetween()
}

// Debounces tells whether the act only notes that something was just done, and whoever finds the note goes on without it:
// `if now - last > 60: last = now; prune()`.
func (r *Race) Debounces() bool {
	if r.Op(r.Read).Res.Store != interleave.Memory || len(r.Checks) == 0 {
		return false
	}
	act := r.Op(r.Act)
	for _, s := range act.Set {
		if s.Relative || !isConstant(s.Value) && s.Value != "now" {
			return false
		}
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) {
			return len(act.Set) > 0 && c.Leaves == effects.Stays
		}
	}
	return false
}

// FillsAgain tells whether the rival does no more than make the same thing a second time.
func (r *Race) FillsAgain() bool {
	return r.Rival != nil && r.Rival.Ops[r.RivalAct].Site.Node == r.Op(r.Act).Site.Node && r.Fills()
}

func asksAbout(t *flow.Trace, check, read int) bool {
	for _, f := range t.Ops[check].From {
		if f == read {
			return true
		}
	}
	return false
}

// goesOnWithout tells whether the decision asks only if something is there, and whether a request that finds it goes on with it.
func (r *Race) goesOnWithout(c *effects.Ctx) bool {
	p := r.Op(c.Check).Pred
	if p == nil {
		return false
	}
	member := false
	for _, u := range p.Uses {
		switch u.Op {
		case "true", "false":
		case "exists", "not exists":
			member = member || u.Right == nil
		default:
			return false
		}
	}
	switch c.Leaves {
	case effects.Stays:
		return true
	case effects.LeavesFunction:
		return !member || r.readsInOtherArm(c)
	}
	return false
}

// readsInOtherArm tells whether what was found is taken on the arm that does not fill.
func (r *Race) readsInOtherArm(c *effects.Ctx) bool {
	read := r.Op(r.Read)
	for i := range r.Trace.Ops {
		op := &r.Trace.Ops[i]
		if op.Kind != interleave.Read || op.Res.Store != interleave.Memory || op.Res.Name != read.Res.Name {
			continue
		}
		for x := op.Ctx; x != nil; x = x.Up {
			if x.Check == c.Check && x.Arm != c.Arm {
				return true
			}
		}
	}
	return false
}

// worksBetween tells whether something else than memory is changed between the look and the fill: work that is not to be done twice.
func (r *Race) worksBetween() bool {
	for i := r.Read + 1; i < r.Act; i++ {
		if op := r.Op(i); isAct(r.Trace, i) && op.Res.Store != interleave.Memory {
			return true
		}
	}
	return false
}

// ofObject tells whether a value is what an object in the place answered, and not what the place holds: `client.find(x)` is about
// what the client finds.
func ofObject(v *effects.Value, read *effects.Op) bool {
	if v == nil || v.Src != 0 {
		return false
	}
	place := read.Res.Name
	if read.Res.Key != "*" && read.Res.Key != "" {
		place += "[" + read.Res.Key + "]"
	}
	return strings.Contains(v.Sym, place+".") && strings.Contains(v.Sym, "(")
}

// aboutObjectOnly tells whether the decision looks at nothing but answers of the object in the place.
func aboutObjectOnly(t *flow.Trace, check, read int) bool {
	p := t.Ops[check].Pred
	if p == nil || t.Ops[read].Res.Store != interleave.Memory {
		return false
	}
	found := false
	for _, u := range p.Uses {
		for _, v := range [2]*effects.Value{u.Left, u.Right} {
			if v == nil || !v.Deps.Has(read) {
				continue
			}
			if !ofObject(v, &t.Ops[read]) {
				return false
			}
			found = true
		}
	}
	return found
}
