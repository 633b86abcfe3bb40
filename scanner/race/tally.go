package race

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A tally counts how often something happened: one more each time. Where no decision in the whole program looks at it, a step that is
// lost makes a statistic wrong, and nothing else.

// decidedOn lists the columns on which a decision is taken anywhere, or that tell which rows are written.
func decidedOn(traces []*flow.Trace) map[string]bool {
	out := map[string]bool{}
	for _, t := range traces {
		for i := range t.Ops {
			switch op := &t.Ops[i]; op.Kind {
			case interleave.Check:
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

func noteColumns(out map[string]bool, op *effects.Op) {
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
	if r.Relation != SameRow || !r.Derived || r.Op(r.Read).Res.Store != interleave.Table || len(r.Contested()) == 0 {
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
