package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A request that notes in memory what it is at, after it found no such note, and takes the note back when it is done keeps out
// whoever asks for the note before he begins: that is a lock, spelled by hand.

// reservation is such a note: where it was looked for, where it was made.
type reservation struct {
	place     interleave.Resource
	look, put int
}

// reserved tells whether both requests do what they do to a place of memory under a note that only one of them can have made. The look of
// the candidate must not be older than its note. Where a thread may come between look and note that is a race of its own, and told are the
// places of those that are reported.
func (r *Race) reserved(w writer, a, b *Path) bool {
	if r.Op(r.Read).Res.Store != interleave.Memory || r.Relation != SameRow && r.Relation != SetInsert {
		return false
	}
	var theirs []reservation
	for _, own := range a.reservations(r.Act, r.told) {
		if own.put == r.Act || r.Read < own.look && !a.staysAlone(r.Read, own.put) || !sharesKey(own.place.Key, r.Op(r.Act).Res.Key) {
			continue
		}
		if theirs == nil {
			theirs = b.reservations(w.op, r.told)
		}
		if slices.ContainsFunc(theirs, func(other reservation) bool {
			return other.put != w.op && other.place.Name == own.place.Name && (other.place.Key == own.place.Key || sharesKey(other.place.Key, w.trace.Ops[w.op].Res.Key))
		}) {
			return true
		}
	}
	return false
}

// sharesKey tells whether a note is about the entry that is written, or about the whole place.
func sharesKey(note, entry string) bool { return note == "*" || note == entry }

// reservations are the notes that stand when an operation of the path happens.
func (p *Path) reservations(at int, told []python.Node) []reservation {
	var out []reservation
	for _, i := range p.Ops {
		if i >= at {
			break
		}
		if !reserves(&p.Trace.Ops[i]) || !decidedLike(p.Trace.Ops[at].Ctx, p.Trace.Ops[i].Ctx) || p.givenBack(i, at) {
			continue
		}
		look := p.lookedBefore(i)
		if look >= 0 && (p.staysAlone(look, i) || slices.Contains(told, p.Trace.Ops[i].Site.Node)) {
			out = append(out, reservation{p.Trace.Ops[i].Res, look, i})
		}
	}
	return out
}

// reserves tells whether an operation puts a name into a container of the process, or sets a flag of it.
func reserves(op *effects.Op) bool {
	if op.Res.Store != interleave.Memory || op.Kind != interleave.Update && op.Kind != interleave.Insert || op.Res.Key == "" || drops(op) || op.Flags&interleave.Atomic != 0 {
		return false
	}
	return op.Res.Key != "*" || op.Value != nil && op.Value.Kind == effects.Const && op.Value.Sym == "True"
}

// decidedLike tells whether whoever comes to one operation has come by another: all that the other hangs on is decided.
func decidedLike(ctx, outer *effects.Ctx) bool {
	for c := outer; c != nil; c = c.Up {
		if !decidedAbove(ctx, c) {
			return false
		}
	}
	return true
}

// givenBack tells whether a note is taken back before an operation.
func (p *Path) givenBack(put, at int) bool {
	note := &p.Trace.Ops[put]
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		return put < i && i < at && isWrite(op) && op.Res.Store == interleave.Memory && op.Res.Name == note.Res.Name && !reserves(op)
	})
}

func isWrite(op *effects.Op) bool {
	switch op.Kind {
	case interleave.Update, interleave.Insert, interleave.Delete:
		return true
	}
	return false
}

// lookedBefore returns the look by which it was decided that a note was not there yet, -1 where none was.
func (p *Path) lookedBefore(put int) int {
	op := &p.Trace.Ops[put]
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		if look := missing(p.Trace, c.Check, c.Arm, op); look >= 0 {
			return look
		}
	}
	return p.waitedFor(put)
}

// waitedFor returns the look of a loop that goes on for as long as the note is there: `while name in busy: await turn.wait()`.
func (p *Path) waitedFor(put int) int {
	op := &p.Trace.Ops[put]
	for _, i := range slices.Backward(p.Ops) {
		check := &p.Trace.Ops[i]
		if i >= put || check.Kind != interleave.Check || check.Site == nil {
			continue
		}
		loop, ok := check.Site.Node.(*python.While)
		if !ok || leavesEarly(loop.Body) || !decidedLike(op.Ctx, check.Ctx) {
			continue
		}
		if look := missing(p.Trace, i, 0, op); look >= 0 {
			return look
		}
	}
	return -1
}

// leavesEarly tells whether a loop has a break: then what it asked for may still be so.
func leavesEarly(body []python.Stmt) bool {
	found := false
	for _, s := range body {
		python.Walk(s, func(n python.Node) bool {
			_, ok := n.(*python.Break)
			found = found || ok
			return !found
		})
	}
	return found
}

// missing returns the read of a place of memory that a decision, going this way, found to hold nothing, or a flag that was not set.
func missing(t *flow.Trace, check int, arm int8, place *effects.Op) int {
	p := t.Ops[check].Pred
	if p == nil || !p.Certain(arm) {
		return -1
	}
	for _, u := range p.Uses {
		op := u.Op
		if arm != 1 {
			op = effects.Opposite(op)
		}
		if op == "=" && u.Right != nil && u.Right.Sym == "False" || op == "!=" && u.Right != nil && u.Right.Sym == "True" {
			op = "false"
		}
		if op != "not exists" && op != "false" || u.Left == nil || u.Left.Src == 0 {
			continue
		}
		if read := &t.Ops[u.Left.Src-1]; sameEntry(read, place) && read.Res.Store == interleave.Memory {
			return int(u.Left.Src) - 1
		}
	}
	return -1
}

// staysAlone tells whether nobody else comes between two operations who asks for the same lock, or nobody at all where the request does
// not wait. What a loop waits for before it looks again counts for nothing.
func (p *Path) staysAlone(from, to int) bool {
	if p.lockedOver(from, to) {
		return true
	}
	return !p.Trace.Thread && !slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		return from < i && i < to && op.Kind == interleave.Suspend && !op.Blocking && !p.loopsBack(op.Ctx, from)
	})
}

// loopsBack tells whether what stands under a decision on a look leads back to the look.
func (p *Path) loopsBack(ctx *effects.Ctx, look int) bool {
	for c := ctx; c != nil; c = c.Up {
		if c.Check < 0 || c.Arm != 1 || !asksAbout(p.Trace, c.Check, look) {
			continue
		}
		if _, ok := p.Trace.Ops[c.Check].Site.Node.(*python.While); ok {
			return true
		}
	}
	return false
}

// lockedOver tells whether a lock of the process is held from one operation to another.
func (p *Path) lockedOver(from, to int) bool {
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if i >= from {
			return false
		}
		if op.Kind != interleave.Acquire || op.Scope != interleave.ProcessLock {
			continue
		}
		if !slices.ContainsFunc(p.Ops, func(j int) bool {
			end := &p.Trace.Ops[j]
			return i < j && j < to && end.Kind == interleave.Release && end.Name == op.Name
		}) {
			return true
		}
	}
	return false
}

// withoutReserved drops what happens under a note whose own race is told: two requests that both make the note do all of it twice.
func (f *finder) withoutReserved(races []*Race, programs *made) []*Race {
	var told []python.Node
	for _, r := range races {
		if act := r.Op(r.Act); r.Trace.Thread && reserves(act) {
			told = append(told, act.Site.Node)
		}
	}
	if len(told) == 0 {
		return races
	}
	return slices.DeleteFunc(races, func(r *Race) bool {
		r.told, r.made = told, programs
		defer func() { r.made = nil }()
		return r.reserved(r.rivalWrites(), r.Path, r.RivalPath) && !f.try(r)
	})
}
