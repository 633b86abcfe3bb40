package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A tally counts how often something happened: one more each time. Where no decision in the whole program looks at it, a step that is
// lost makes a statistic wrong, and nothing else.

// decidedOn lists the columns and places of memory on which a decision is taken anywhere, or that tell which rows are written. A decision
// is one where something is done under it, or somebody is turned away, or that asks for more than whether there is anything:
// `if views > 0: rate = sales / views` decides nothing.
func decidedOn(traces []*flow.Trace) map[string]bool {
	out := map[string]bool{}
	for _, t := range traces {
		matters := decisive(t)
		for i := range t.Ops {
			switch op := &t.Ops[i]; op.Kind {
			case interleave.Check:
				if !matters[i] && asksForAny(op.Pred) {
					continue
				}
				for _, f := range op.From {
					noteColumns(out, &t.Ops[f])
				}
				if op.Pred != nil {
					for _, u := range op.Pred.Uses {
						noteValue(out, t, u.Left)
						noteValue(out, t, u.Right)
					}
				}
			case interleave.Update, interleave.Delete, interleave.InsertWhereNotExists:
				for _, c := range op.Res.Where {
					out[op.Res.Name+"."+c.Column] = true
				}
			}
		}
	}
	return out
}

// decisive returns the checks of a trace on which something hangs: a change of the world, or an answer that another request does not get.
func decisive(t *flow.Trace) []bool {
	out := make([]bool, len(t.Ops))
	for i := range t.Ops {
		act := isAct(t, i)
		for c := t.Ops[i].Ctx; c != nil; c = c.Up {
			if c.Check >= 0 && (act || c.Leaves >= effects.LeavesFunction) {
				out[c.Check] = true
			}
		}
	}
	return out
}

// asksForAny tells whether all that is asked of numbers is whether they are nothing.
func asksForAny(p *effects.Pred) bool {
	return p != nil && !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return u.Op != "true" && u.Op != "false" && !u.Left.Is("0") && !u.Right.Is("0")
	})
}

func noteColumns(out map[string]bool, op *effects.Op) {
	if op.Res.Store == interleave.Memory {
		out[op.Res.Name] = true
	}
	for _, c := range op.Res.Columns {
		out[op.Res.Name+"."+c] = true
	}
	for _, c := range op.Res.Where {
		out[op.Res.Name+"."+c.Column] = true
	}
}

func noteValue(out map[string]bool, t *flow.Trace, v *effects.Value) {
	if v != nil && v.Src != 0 && v.SrcCol != "" {
		out[t.Ops[v.Src-1].Res.Name+"."+v.SrcCol] = true
	}
}

// tallies tells whether all that is lost is a step of a tally on which nobody decides.
func (f *finder) tallies(r *Race) bool {
	if r.Relation != SameRow || !r.Derived {
		return false
	}
	switch store := r.Op(r.Read).Res.Store; {
	case store == interleave.Memory:
		return len(r.Checks) == 0 && r.stepsPlace() && !f.decided[r.Resource()]
	case store != interleave.Table || len(r.Contested()) == 0:
		return false
	}
	for _, c := range r.Contested() {
		if !r.steps(c) || f.decided[r.Resource()+"."+c] {
			return false
		}
	}
	return true
}

// steps tells whether the act stores one more or one less of what it found in a column.
func (r *Race) steps(column string) bool {
	act := r.Op(r.Act)
	if act.Value != nil {
		return act.Value.Step() == column
	}
	if act.Object == nil {
		return false
	}
	v := act.Object.Attrs[column] // of a row that saves itself
	return v != nil && v.Step() == column
}

// stepsPlace tells whether the act stores one more or one less of what it found at a place of memory.
func (r *Race) stepsPlace() bool {
	v := r.Op(r.Act).Value
	return v != nil && v.DerivesFrom(r.Read) && (strings.HasSuffix(v.Sym, "+1)") || strings.HasSuffix(v.Sym, "-1)"))
}
