package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Within one process the memory of the process may decide: a quota, a name that is taken, a key that was seen. Each further process
// decides for itself.

// decidesAlone tells whether a place of memory refuses a request because of what another one did: a second request of the same kind,
// in the same process, would be turned away by the act of the first.
func (r *Race) decidesAlone() bool {
	act := r.Op(r.Act)
	if r.Op(r.Read).Res.Store != interleave.Memory || len(r.Checks) == 0 || r.Fills() || act.Cleanup || !r.repeatsItself() || r.setsUp() || r.capsLoad() {
		return false
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && c.Leaves >= effects.LeavesFunction && asksAbout(r.Trace, c.Check, r.Read) && r.turnedByAct(c) && !r.goesOn(c) && !r.asksOnlyAge(c) && !r.tellsWhatLies(c) {
			return true
		}
	}
	return false
}

// setsUp tells whether all that lies in a place is replaced by what no request brought, where only an entry was asked for: settings are
// loaded, and nobody has taken anything.
func (r *Race) setsUp() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	return act.Kind == interleave.Update && act.Flags&interleave.Atomic == 0 && act.Res.Key == "*" && read.Res.Key != "*" && read.Res.Key != "" && !r.Derived && !ofRequest(r.Trace, act.Value)
}

// tellsWhatLies tells whether whoever finds something in a place that is not too old answers with that, and whoever does not has only asked
// others before he puts it there: each process may well have found out for itself.
func (r *Race) tellsWhatLies(c *effects.Ctx) bool {
	p, v := r.Op(c.Check).Pred, r.Op(r.Act).Value
	if p == nil || v == nil || v.Kind == effects.Const || effects.RunsProgram(v) || !answersWith(r.Trace, c) || r.worksBetween() {
		return false
	}
	return !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return (r.shows(u.Left) || r.shows(u.Right)) && presence[u.Op] == "" && !asksAge(u)
	})
}

// asksOnlyAge tells whether a helper only comes back early because something is not old enough yet: a pause, and no refusal.
func (r *Race) asksOnlyAge(c *effects.Ctx) bool {
	p := r.Op(c.Check).Pred
	if c.Leaves != effects.LeavesFunction || r.Op(c.Check).Site.Function == r.Trace.Entry.Function || p == nil {
		return false
	}
	aged := false
	for _, u := range p.Uses {
		if u.Op == "true" || u.Op == "false" || u.Op == "exists" || u.Op == "not exists" {
			continue
		}
		if !asksAge(u) {
			return false
		}
		aged = true
	}
	return aged
}

// repeatsItself tells whether the entry point itself is a rival of the candidate.
func (r *Race) repeatsItself() bool {
	return !r.alone() && r.changes(writer{trace: r.Trace, op: r.Act})
}

// turnedByAct tells whether the decision falls the other way once the act was done: what had to be absent is there, what was
// below a limit has grown.
func (r *Race) turnedByAct(c *effects.Ctx) bool {
	p := r.Op(c.Check).Pred
	if p == nil {
		return false
	}
	for _, u := range p.Uses {
		if !r.shows(u.Left) && !r.shows(u.Right) {
			continue // of something else, or of what came of the place on some way
		}
		op := u.Op
		if c.Arm == 0 {
			op = effects.Opposite(op)
		}
		switch op {
		case "not exists", "false":
			if v := r.Op(r.Act).Value; v == nil || !v.IsNone() && v.Truth() != "False" {
				return true
			}
		case "<", "<=", ">", ">=":
			if r.Derived || r.Relation == SetInsert || r.movesEntry() {
				return true
			}
		}
	}
	return false
}

// movesEntry tells whether the act counts up or down the entry that was looked at, which it reads once more: `left[k] -= n`.
func (r *Race) movesEntry() bool {
	act := r.Op(r.Act)
	return slices.ContainsFunc(act.From, func(f int) bool { return sameEntry(r.Op(f), act) }) && sameEntry(r.Op(r.Read), act)
}

// local returns what the memory of one process decides for the whole service. Where the number of processes is not known the
// first such place stands for all.
func (f *finder) local(t *flow.Trace, sound []*Race) []*Race {
	if f.set.OneProcess || t.Assumed {
		return nil
	}
	var out []*Race
	told := map[string]bool{}
	for _, r := range sound {
		if told[r.Resource()] || !r.decidesAlone() {
			continue
		}
		told[r.Resource()] = true
		r.Relation, r.Rival, r.RivalAct = PerProcess, t, r.Act
		r.Path = f.ways[t]().pathTo(r.Act, 1)
		r.RivalPath = r.Path
		r.Placement, r.Engine = interleave.TwoProcesses, f.set.Engine
		r.Verdict = interleave.Verdict{Outcome: interleave.Race, Guard: interleave.NoGuard}
		if r.Path.locksProcess() {
			r.Verdict.Guard = interleave.ProcessLocal
		}
		r.Unsure = !f.set.SeveralProcesses
		out = append(out, r)
	}
	return out
}
