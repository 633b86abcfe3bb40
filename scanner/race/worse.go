package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Which rival is the worse one: of a request that only says the same of a row when it is sent twice, whoever says something else.

// onlyStatesTwice tells whether the request sent twice does no more than to say the same constant of a row twice: who says another one of
// it is the worse rival.
func (r *Race) onlyStatesTwice() bool {
	return r.Relation == SameRow && r.Op(r.Act).Res.Store == interleave.Table && (r.Self() || r.SaysTheSame()) && !r.Derived && len(r.Checks) > 0 && r.statesConstant() && !r.turnsOther(r.rivalWrites()) && !r.DoesForGood()
}

// SaysTheSame tells whether the rival gives the columns that were looked at the very constants that the act gives them, and the row gets nothing
// else but the time: it is the request sent twice by another way.
func (r *Race) SaysTheSame() bool {
	says := func(a interleave.Assignment) bool { return !isStamp(a.Value) }
	if r.Rival == nil || r.Relation != SameRow || slices.ContainsFunc(r.Acts, func(a int) bool { return slices.ContainsFunc(r.Op(a).Set, says) }) {
		return false
	}
	same, theirs := false, r.Rival.Ops[r.RivalAct].Set
	for _, a := range r.Op(r.Act).Set {
		if !slices.Contains(r.Columns, a.Column) {
			continue
		}
		if v, ok := assigned(theirs, a.Column); !ok || !isConstant(a.Value) || v != a.Value {
			return false
		}
		same = true
	}
	return same
}

// OnlyRestates tells whether the request sent twice gives a row or document the same constants and the time twice, and nothing comes of
// that: what is marked as read is marked as read again.
func (r *Race) OnlyRestates() bool {
	act := r.Op(r.Act)
	return r.Relation == SameRow && r.Self() && r.RivalAct == r.Act && !r.Derived && len(act.Set) > 0 && !r.DoesForGood() && !slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return !isStamp(a.Value) })
}

// starts tells whether a worker is the one that the request itself sends to work when it has taken the row to its state: it comes to such a
// row no sooner than another of these requests has, and what is done twice then is its work.
func (r *Race) starts(worker *flow.Trace) bool {
	if worker.Entry.Kind != fastapi.Worker && worker.Entry.Kind != fastapi.Job {
		return false
	}
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Act && op.Kind == interleave.Effect && op.External == "job" && namesJob(op, worker)
	})
}

// statesConstant tells whether the act gives a column that was looked at a constant.
func (r *Race) statesConstant() bool {
	return slices.ContainsFunc(r.Op(r.Act).Set, func(a interleave.Assignment) bool { return slices.Contains(r.Columns, a.Column) && isConstant(a.Value) })
}

// turnsOther tells whether a writer gives a column that was looked at another constant than the act does, or one of several, and one on
// which the act does not happen: who closes what is open or held could as well have come after the one who holds it.
func (r *Race) turnsOther(w writer) bool {
	var ours map[string]*states
	given := w.trace.Ops[w.op].Set
	return slices.ContainsFunc(r.Op(r.Act).Set, func(a interleave.Assignment) bool {
		theirs := amongThose(given, a.Column)
		if v, ok := assigned(given, a.Column); ok && isConstant(v) {
			theirs = []string{v}
		}
		if len(theirs) == 0 || !slices.Contains(r.Columns, a.Column) || !isConstant(a.Value) {
			return false
		}
		if ours == nil {
			ours = r.demands()
		}
		asked := ours[a.Column]
		return asked != nil && slices.ContainsFunc(theirs, func(v string) bool { return v != a.Value && asked.refuses(v) })
	})
}

// TurnsOther tells whether the two requests take the row to different states and something comes of one of them that stays, whatever the
// row says in the end: a refused order is delivered.
func (r *Race) TurnsOther() bool {
	return r.Rival != nil && r.turnsOther(r.rivalWrites()) && (r.DoesForGood() || r.RivalDoesForGood())
}

// TurnsAsked tells whether one of the two requests is seen to write a field of the document that a decision asks about. A decision on
// fields that both leave alone is old and no more, and what is written comes from elsewhere.
func (r *Race) TurnsAsked() bool {
	return slices.ContainsFunc(r.Checks, func(c int) bool {
		fields := r.fieldsAsked(c)
		return len(fields) > 0 && (writesField(r.Op(r.Act).Set, fields) || r.Rival != nil && writesField(r.Rival.Ops[r.RivalAct].Set, fields))
	})
}

// fieldsAsked returns the fields of what was read that a decision is seen to ask about.
func (r *Race) fieldsAsked(check int) []string {
	var fields []string
	if p := r.Op(check).Pred; p != nil {
		for _, u := range p.Uses {
			for _, v := range [...]*effects.Value{u.Left, u.Right} {
				if v != nil && v.SrcCol != "" && r.About(v) {
					fields = append(fields, v.SrcCol)
				}
			}
		}
	}
	for _, d := range r.Op(check).From {
		if slices.Contains(r.Uses, d) {
			fields = append(fields, r.Op(d).Res.Columns...)
		}
	}
	return fields
}
