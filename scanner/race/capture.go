package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// captured returns the acts of deferred work that are fed by values which the request had read, where somebody changes them and
// nobody decided anything on them: the work goes by what is old.
func (f *finder) captured(t *flow.Trace) []*Race {
	var out []*Race
	for i := range t.Ops {
		act := &t.Ops[i]
		if act.Phase != effects.Deferred || !isAct(t, i) || act.External == "mail" || act.External == "message" || act.External == "job" {
			continue
		}
		if act.Kind != interleave.Effect && act.Res.Store != interleave.Table {
			continue
		}
		if r := f.fed(t, i); r != nil {
			out = append(out, r)
		}
	}
	return out
}

// fed finds the value that an act takes from before the response and that somebody changes.
func (f *finder) fed(t *flow.Trace, act int) *Race {
	for _, dep := range t.Ops[act].From {
		base := baseRead(t, dep)
		if base < 0 || base >= act || t.Ops[base].Phase >= effects.Deferred || t.Ops[base].Res.Store != interleave.Table {
			continue
		}
		r := &Race{Trace: t, Relation: Captured, Read: base, Act: act, Acts: []int{act}, Derived: true, Table: t.Ops[base].Table}
		if dep != base {
			r.Uses = []int{dep}
		}
		r.addColumns(t, dep, base, -1)
		if len(r.Columns) == 0 || r.claimedInTask() || r.writesOther() {
			continue
		}
		w, ok := r.revoker(f)
		if !ok || len(r.Contested()) == 0 {
			continue
		}
		r.Rival, r.RivalAct = w.trace, w.op
		r.Path, r.RivalPath = f.ways[t].pathTo(act, 1), f.pathOf(r, w, 1)
		r.Verdict = interleave.Verdict{Outcome: interleave.Race}
		r.Mild = true
		r.Where = inTaskFunction(t, act)
		return r
	}
	return nil
}

// writesOther tells whether the act writes a row of another table: a copy of what was read, made a moment later.
func (r *Race) writesOther() bool {
	act := r.Op(r.Act)
	return act.Kind != interleave.Effect && act.Res.Name != r.Op(r.Read).Res.Name
}

// inTaskFunction is the place in the deferred function itself from which the act is reached.
func inTaskFunction(t *flow.Trace, act int) *effects.Site {
	s := t.Ops[act].Site
	for i := range t.Tasks {
		k := &t.Tasks[i]
		if act < k.Start || act >= k.End {
			continue
		}
		for s.Up != nil && s.Up.Function != k.Site.Function {
			s = s.Up
		}
	}
	return s
}

// NotesWhen tells whether all that the work after the answer stores is the time, in the columns that were looked at: when something was done
// last is noted twice.
func (r *Race) NotesWhen() bool {
	return r.Relation == Captured && len(r.Columns) > 0 && len(r.Acts) > 0 && !slices.ContainsFunc(r.Acts, func(a int) bool {
		op := r.Op(a)
		return op.Kind != interleave.Assign && op.Kind != interleave.Update || len(op.Set) == 0 ||
			slices.ContainsFunc(op.Set, func(s interleave.Assignment) bool { return s.Value != "now" || !slices.Contains(r.Columns, s.Column) })
	})
}
