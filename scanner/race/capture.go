package race

import (
	"slices"
	"strings"

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
		moved := base < 0 && movesRow(&t.Ops[dep])
		if moved {
			base = dep
		}
		if base < 0 || base >= act || t.Ops[base].Phase >= effects.Deferred || t.Ops[base].Res.Store != interleave.Table {
			continue
		}
		r := &Race{Trace: t, Relation: Captured, Read: base, Act: act, Acts: []int{act}, Derived: true, Table: t.Ops[base].Table}
		if dep != base {
			r.Uses = []int{dep}
		}
		if moved {
			r.Columns = movedColumns(&t.Ops[base])
		} else {
			r.addColumns(t, dep, base, -1)
		}
		if len(r.Columns) == 0 || r.claimedInTask() || r.writesOther() {
			continue
		}
		w, ok := r.revoker(f)
		if moved {
			w, ok = r.movesOn(f)
		}
		if !ok || len(r.Contested()) == 0 {
			continue
		}
		r.Rival, r.RivalAct = w.trace, w.op
		r.Path, r.RivalPath = f.ways[t]().pathTo(act, 1), f.pathOf(r, w, 1)
		r.Verdict = interleave.Verdict{Outcome: interleave.Race}
		r.Mild = !moved // that the row could be moved decided that the work is done
		r.Where = inTaskFunction(t, act)
		return r
	}
	return nil
}

// movesRow tells whether a statement takes rows from one state to another and gives back what they hold: UPDATE … WHERE state = 'filed'
// SET state = 'approved' RETURNING.
func movesRow(op *effects.Op) bool {
	return op.Kind == interleave.Update && op.Res.Store == interleave.Table && len(movedColumns(op)) > 0
}

// movedColumns are the columns that such a statement asks for a constant and gives another one.
func movedColumns(op *effects.Op) []string {
	var out []string
	for _, c := range op.Res.Where {
		if v, ok := assigned(op.Set, c.Column); ok && (c.Op == "=" || c.Op == "in") && isConstant(v) && noneOf(v, c.Value) {
			out = append(out, c.Column)
		}
	}
	return out
}

// movesOn returns the entry point that takes the row out of the state which this request has brought it to: one that looks for just that
// state, and leaves another one. What whoever writes whatever state it likes makes of the work is not known.
func (r *Race) movesOn(f *finder) (writer, bool) {
	for _, w := range f.writers(r.Op(r.Read)) {
		op := &w.trace.Ops[w.op]
		if w.trace == r.Trace || op.Phase >= effects.Deferred || op.Flags&interleave.FreshObject != 0 {
			continue
		}
		for _, column := range r.Columns {
			now, _ := assigned(r.Op(r.Read).Set, column)
			if v, ok := assigned(op.Set, column); ok && isConstant(v) && v != now && w.looksFor(column, now) {
				return w, true
			}
		}
	}
	return writer{}, false
}

// looksFor tells whether a write happens to rows whose column holds a constant because it asks for that.
func (w writer) looksFor(column, value string) bool {
	if s := w.demanded()[column]; s != nil && s.allowed != nil && !s.refuses(value) {
		return true
	}
	return slices.ContainsFunc(w.trace.Ops[w.op].Res.Where, func(c interleave.Cond) bool {
		return c.Column == column && (c.Op == "=" || c.Op == "in") && slices.Contains(strings.Split(c.Value, ","), value)
	})
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
