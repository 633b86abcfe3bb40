package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A function that looks at a place of memory, decides and writes there may be run several times by one request. Each run looks for itself:
// what an earlier one found was for what that one wrote, and a later one does not trust it.

// looksAnew tells whether all that leads from the look to the act is that an earlier run of the act's function has made its own decision.
func (r *Race) looksAnew() bool { return !r.Derived && laterRun(r.Trace, r.Read, r.Act) != nil }

// laterRun returns the run of a function in which an act stands, where an earlier run of it takes a look at the act's place and decides on it,
// and the later one takes the same look; nil where there is none.
func laterRun(t *flow.Trace, read, act int) *effects.Site {
	look, op := &t.Ops[read], &t.Ops[act]
	if look.Res.Store != interleave.Memory || look.Kind != interleave.Read || op.Res.Store != interleave.Memory || op.Res.Name != look.Res.Name || look.Site == nil || op.Site == nil || slices.Contains(op.From, read) {
		return nil
	}
	for later := op.Site; later.Up != nil; later = later.Up {
		for first := look.Site; first.Up != nil; first = first.Up {
			if first.Function == later.Function && !sameCall(first.Up, later.Up) && decidesIn(t, read, first) && takesLook(t, read, later) {
				return later
			}
		}
	}
	return nil
}

// lastRun is a path to an act from the last run of the act's function on, as far as that looks for itself; the path itself where it does not.
func (p *Path) lastRun(act int) *Path {
	if p.Trace.Ops[act].Res.Store != interleave.Memory {
		return p
	}
	for _, i := range p.Ops {
		if i >= act {
			break
		}
		if later := laterRun(p.Trace, i, act); later != nil {
			last := *p
			last.Ops = slices.DeleteFunc(slices.Clone(p.Ops), func(j int) bool { return j < act && !runsIn(p.Trace.Ops[j].Site, later) })
			return &last
		}
	}
	return p
}

// decidesIn tells whether a decision on a look is made in one run of a function.
func decidesIn(t *flow.Trace, read int, run *effects.Site) bool {
	return t.AnyAfter(read, func(op *effects.Op) bool {
		return op.Kind == interleave.Check && slices.Contains(op.From, read) && runsIn(op.Site, run)
	})
}

// takesLook tells whether one run of a function takes a look once more.
func takesLook(t *flow.Trace, read int, run *effects.Site) bool {
	look := &t.Ops[read]
	return t.AnyAfter(read, func(op *effects.Op) bool {
		return op.Site != nil && op.Site.Node == look.Site.Node && sameEntry(op, look) && runsIn(op.Site, run)
	})
}

// runsIn tells whether a place is reached from one run of a function.
func runsIn(s, run *effects.Site) bool {
	for ; s != nil; s = s.Up {
		if s.Function == run.Function && sameCall(s.Up, run.Up) {
			return true
		}
	}
	return false
}

// sameCall tells whether two places are the same call, reached by the same calls.
func sameCall(a, b *effects.Site) bool {
	for a != nil && b != nil && a != b && a.Node == b.Node {
		a, b = a.Up, b.Up
	}
	return a == b
}
