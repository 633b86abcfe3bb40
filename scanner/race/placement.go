package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Where two requests run: in one process, whose event loop or threads let one in between the other, or in two.

// placed tells whether a race can happen with the processes that the project runs, and notes when it needs two that were not seen.
func (f *finder) placed(r *Race, w writer, variant int8) bool {
	if stated := len(f.set.Placements) == 1; stated && r.Op(r.Read).Res.Store == interleave.Table && r.holdsLoop(w) {
		return false // one process, by the user's own word
	}
	if r.Placement != interleave.TwoProcesses || f.set.SeveralProcesses {
		return true
	}
	switch r.Op(r.Read).Res.Store {
	case interleave.File:
		one := *f
		one.set.Placements = []interleave.Placement{interleave.SameProcess}
		v, _, _, _, ok := one.judge(r, w, variant)
		r.Processes = ok && v.Outcome != interleave.Race
	case interleave.Table:
		r.Processes = r.Path.locksProcess() && f.lockedInProcess(r, w)
		r.Blocking = !r.Processes && r.holdsLoop(w)
	case interleave.KeyValue:
		r.Blocking = r.holdsLoop(w)
	}
	if r.Processes && r.Path.locksProcess() {
		r.Verdict.Guard = interleave.ProcessLocal
	}
	return !r.Processes || !f.set.OneProcess
}

// holdsLoop tells that a request does not wait from the look till what it did is committed: the event loop of one process runs it that
// far before it takes up another, be it that the statements of a store that it calls for take their time.
func (r *Race) holdsLoop(w writer) bool {
	onLoop := func(t *flow.Trace) bool {
		return (t.Entry.Kind == fastapi.Route || t.Entry.Kind == fastapi.Middleware) && !t.Thread
	}
	return onLoop(r.Trace) && onLoop(w.trace) && !r.threads(w) && !r.aside() && !r.Path.suspends(r.Read, r.committed()) && !awaited(r.Trace, r.Op(r.Read).Session)
}

// committed is the operation that makes what the request did last: the commit behind the act, or the act where there is none.
func (r *Race) committed() int {
	for i := r.Act; i < len(r.Trace.Ops); i++ {
		if op := &r.Trace.Ops[i]; op.Kind == interleave.Commit && op.Session == r.Op(r.Read).Session {
			return i
		}
	}
	return r.Act
}

// awaited tells whether any statement of a session is awaited.
func awaited(t *flow.Trace, session int) bool {
	for i := range t.Ops {
		if t.Ops[i].Session != session || t.Ops[i].Res.Store != interleave.Table {
			continue
		}
		for k := i + 1; k < len(t.Ops) && t.Ops[k].Site.Node == t.Ops[i].Site.Node; k++ {
			if t.Ops[k].Kind == interleave.Suspend {
				return true
			}
		}
	}
	return false
}

// locksProcess tells whether a lock that lives in one process is taken on the path.
func (p *Path) locksProcess() bool {
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		return op.Kind == interleave.Acquire && op.Scope == interleave.ProcessLock
	})
}

// threads tells whether the rival runs in a thread of its own. A plain function whose callers were not found may as well be called by
// a coroutine: it is taken for a thread only where the request is no better known.
func (r *Race) threads(w writer) bool {
	return w.trace.Thread && (!w.trace.Assumed || r.Trace.Assumed || w.trace == r.Trace)
}

// Threaded tells whether the two get in each other's way because one of them runs in a thread, and not because this one waits.
func (r *Race) Threaded() bool {
	return r.Trace.Thread || r.aside() || !r.Path.suspends(r.Read, r.until())
}

// aside tells whether look and act stand in what a coroutine handed to a thread of the pool, which may be interrupted anywhere.
func (r *Race) aside() bool { return r.Op(r.Read).Aside && r.Op(r.Act).Aside }

// lockedInProcess tells whether a lock of the process makes the pair sound as long as there is only one process.
func (f *finder) lockedInProcess(r *Race, w writer) bool {
	read := r.Op(r.Read)
	about := f.about(read, f.set.Engine)
	pa, pb := f.programs(r, w, r.Path, r.RivalPath, about)
	pa.Thread, pb.Thread = true, true // a statement of the database lets others run in any case
	return f.duel(r, interleave.Pair{A: pa, B: pb, Engine: f.set.Engine, Placement: interleave.SameProcess}).Outcome != interleave.Race
}

// heldAtAct tells whether an operation takes or gives back a named lock that is held while something is written that counts.
func heldAtAct(ops []interleave.Op, i int) bool {
	taken, act := i, slices.IndexFunc(ops, func(op interleave.Op) bool { return op.Act })
	switch ops[i].Kind {
	case interleave.Acquire:
		return i < act && !slices.ContainsFunc(ops[i:act], func(op interleave.Op) bool { return op.Kind == interleave.Release && op.Name == ops[i].Name })
	case interleave.Release:
		for taken = i - 1; taken >= 0 && (ops[taken].Kind != interleave.Acquire || ops[taken].Name != ops[i].Name); taken-- {
		}
		return taken >= 0 && taken < act && act < i
	}
	return false
}

// placements are those in which the candidate can come out differently: memory races within a process, and outside memory two
// processes are the worst case, unless the project runs only one.
func (f *finder) placements(about subject, p *Path) []interleave.Placement {
	worst := f.set.Placements[len(f.set.Placements)-1]
	switch {
	case about.store == interleave.Memory:
		return []interleave.Placement{interleave.SameProcess}
	case about.store == interleave.Table && p.locksProcess():
		// Whether the lock is held long enough shows in one process.
		if f.set.OneProcess {
			worst = interleave.SameProcess
		}
		return slices.Compact([]interleave.Placement{interleave.SameProcess, worst})
	}
	return []interleave.Placement{worst}
}

// suspends tells whether other requests of the event loop get a turn between two operations.
func (p *Path) suspends(from, to int) bool {
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		return from < i && i < to && op.Kind == interleave.Suspend && !op.Blocking
	})
}
