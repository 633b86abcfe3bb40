package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A row that may be there any number of times: who turns away what was paid already lets payments be begun that wait for it, one after the
// other or at once.

// letsPass tells whether every decision on the row that was looked for falls as it did where it finds the new row of a writer.
func (r *Race) letsPass(w writer) bool {
	op := &w.trace.Ops[w.op]
	if read := r.Op(r.Read); read.Res.Store != interleave.Table || read.Res.Aggregate != interleave.Rows || r.Derived || op.Kind != interleave.Add && op.Kind != interleave.Insert || takesAnything(op.Set) {
		return false
	}
	act := r.Op(r.Act).Ctx
	asked := false
	for _, check := range r.Checks {
		c := decision(act, check)
		if c == nil {
			continue // the act is reached whichever way it falls
		}
		p := r.Op(check).Pred
		if p == nil || c.Arm > 1 {
			return false
		}
		if holds, known := r.ofNewRow(p, w); !known || holds != (c.Arm == 1) {
			return false
		}
		asked = true
	}
	return asked
}

// staysOver tells whether the act happens only where there are too many already: one more leaves it so, and what the limit lets through is
// something else.
func (r *Race) staysOver() bool {
	if r.Derived || len(r.Checks) == 0 {
		return false
	}
	return r.onlyAsks(r.Checks, func(u effects.PredUse, arm int8) bool {
		over, counted, limit := u.On(arm), u.Left, u.Right
		if r.About(limit) {
			over, counted, limit = mirrored[over], limit, counted
		}
		return (over == ">" || over == ">=") && int(counted.Src)-1 == r.Read && !r.About(limit)
	})
}

// mirrored is a relation read from its other side.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}

// decision returns the arm of a decision on which a context stands, nil when it stands on none.
func decision(ctx *effects.Ctx, check int) *effects.Ctx {
	for c := ctx; c != nil; c = c.Up {
		if c.Check == check {
			return c
		}
	}
	return nil
}

// ofNewRow tells what a predicate says where the row that was looked for is a new one, if that is known.
func (r *Race) ofNewRow(p *effects.Pred, w writer) (holds, known bool) {
	settled := true
	for _, u := range p.Uses {
		is, sure := r.termOfNewRow(u, w)
		if sure && is == p.Or {
			return p.Or, true // one term is enough
		}
		settled = settled && sure
	}
	return !p.Or, settled && len(p.Uses) > 0
}

// termOfNewRow is ofNewRow for one term.
func (r *Race) termOfNewRow(u effects.PredUse, w writer) (holds, known bool) {
	if u.Left == nil || u.Left.Made || u.Left.Kind == effects.Union {
		return false, false
	}
	if int(u.Left.Src)-1 == r.Read && u.Left.SrcCol == "" && u.Right == nil {
		there := u.Op == "true" || u.Op == "exists"
		return there, presence[u.Op] != ""
	}
	if !r.lookedAt(u.Left) || !sameRow(r.Op(int(u.Left.Src)-1), r.Op(r.Read)) {
		return false, false
	}
	value, given := assigned(w.trace.Ops[w.op].Set, u.Left.SrcCol)
	if !given || !isConstant(value) || setAgain(w, u.Left.SrcCol) {
		return false, false
	}
	switch values := constants(u.Right); {
	case len(values) == 0:
	case u.Op == "=" || u.Op == "in":
		return slices.Contains(values, value), true
	case u.Op == "!=" || u.Op == "not in":
		return !slices.Contains(values, value), true
	}
	return false, false
}

// setAgain tells whether a new row is given another value of a column after it was made.
func setAgain(w writer, column string) bool {
	obj := w.trace.Ops[w.op].Obj
	return slices.ContainsFunc(w.trace.Ops[w.op+1:], func(op effects.Op) bool {
		return obj != 0 && op.Obj == obj && op.Kind == interleave.Assign && writesAny(op.Set, []string{column})
	})
}
