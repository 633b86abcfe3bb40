package race

import (
	"maps"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A tally counts how often something happened: one more each time. Where no decision in the whole program looks at it, a step that is
// lost makes a statistic wrong, and nothing else. Where the decisions only compare it with what it was, it is the number of a version: two
// that both go on from one number make it another one than it was, and who was told the old one is refused all the same.

// decisions are what the decisions of one trace look at, columns and places of memory: those of which more is asked than whether there is
// anything, or on which something hangs, and those of which something else is asked than whether they are still what they were.
type decisions struct{ decided, otherwise []string }

// decisionsOf looks through a trace. What tells which rows are written is decided on as well. A decision is one where something is done
// under it, or somebody is turned away, or that asks for more than whether there is anything: `if views > 0: rate = sales / views` decides
// nothing.
func decisionsOf(t *flow.Trace) decisions {
	out := map[string]bool{}
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
	return decisions{slices.Collect(maps.Keys(out)), slices.Collect(maps.Keys(askedOtherwise(t)))}
}

// decidedOn lists the columns and places of memory on which a decision is taken anywhere, and of which more is asked than whether they are
// still what they were.
func decidedOn(all []decisions) map[string]bool {
	otherwise, out := map[string]bool{}, map[string]bool{}
	for _, d := range all {
		for _, place := range d.otherwise {
			otherwise[place] = true
		}
	}
	for _, d := range all {
		for _, place := range d.decided {
			if otherwise[place] {
				out[place] = true
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

// askedOtherwise lists the columns and places of which something else is asked than whether they are still what somebody was told: what they
// were when they were read before, or what a request brings.
func askedOtherwise(t *flow.Trace) map[string]bool {
	out := map[string]bool{}
	for i := range t.Ops {
		op := &t.Ops[i]
		for _, c := range op.Res.Where {
			if c.Op != "=" || c.SubQuery || isConstant(c.Value) || !t.Mentions(c.Value) && !strings.HasSuffix(c.Value, "."+c.Column) {
				out[op.Res.Name+"."+c.Column] = true
			}
		}
		if op.Kind != interleave.Check {
			continue
		}
		told := map[int]bool{}
		if op.Pred != nil {
			for _, u := range op.Pred.Uses {
				noteUse(out, told, t, u)
			}
		}
		for _, f := range op.From {
			if from := &t.Ops[f]; !told[f] {
				noteMade(out, op.Pred, f, from)
			}
		}
	}
	return out
}

// noteMade notes what an operation gave that a value which is asked about is made of. What only led to such a value, by a decision before,
// is not in its symbol.
func noteMade(out map[string]bool, p *effects.Pred, f int, from *effects.Op) {
	if p == nil || len(from.Res.Columns) == 0 {
		noteGiven(out, from)
		return
	}
	for _, c := range from.Res.Columns {
		if slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool { return madeOf(u.Left, f, c) || madeOf(u.Right, f, c) }) {
			out[from.Res.Name+"."+c] = true
		}
	}
}

func madeOf(v *effects.Value, f int, column string) bool {
	return v != nil && v.AllDeps().Has(f) && (v.Sym == "" || strings.Contains(v.Sym, column))
}

// noteUse notes the columns of which a leaf of a decision asks something else than whether they are what somebody was told, and tells which
// operations gave the others.
func noteUse(otherwise map[string]bool, told map[int]bool, t *flow.Trace, u effects.PredUse) {
	equal := u.Op == "=" || u.Op == "!=" || u.Op == "?" && (u.Within == "=" || u.Within == "!=")
	for _, side := range [...][2]*effects.Value{{u.Left, u.Right}, {u.Right, u.Left}} {
		v, other := side[0], side[1]
		if v == nil || v.Src == 0 || v.SrcCol == "" {
			continue
		}
		if equal && other != nil && other.Kind != effects.Const && (other.SrcCol == v.SrcCol || other.Src == 0 && t.Mentions(other.Sym)) {
			told[int(v.Src)-1] = true
		} else {
			noteValue(otherwise, t, v)
		}
	}
}

// noteGiven notes what an operation gives: the place of memory, or the columns.
func noteGiven(out map[string]bool, op *effects.Op) {
	if op.Res.Store == interleave.Memory {
		out[op.Res.Name] = true
	}
	for _, c := range op.Res.Columns {
		out[op.Res.Name+"."+c] = true
	}
}

// noteColumns notes what an operation gives, and by what it finds it.
func noteColumns(out map[string]bool, op *effects.Op) {
	noteGiven(out, op)
	for _, c := range op.Res.Where {
		out[op.Res.Name+"."+c.Column] = true
	}
}

func noteValue(out map[string]bool, t *flow.Trace, v *effects.Value) {
	if v != nil && v.Src != 0 && v.SrcCol != "" {
		out[t.Ops[v.Src-1].Res.Name+"."+v.SrcCol] = true
	}
}

// tallies tells whether all that is lost is a step of a tally on which nobody decides, or of the number of a version.
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
		if !r.steps(c) || f.decided[r.Resource()+"."+c] || r.asksFor(c) || r.handsOut(c) {
			return false
		}
	}
	return true
}

// asksFor tells whether a decision of the request itself looks at a column: who compares the number of a version and then puts it up means to
// keep out whoever did the same.
func (r *Race) asksFor(column string) bool {
	return slices.ContainsFunc(r.Checks, func(c int) bool {
		return slices.ContainsFunc(r.Op(c).From, func(f int) bool { return slices.Contains(r.Op(f).Res.Columns, column) })
	})
}

// handsOut tells whether the number goes into a new row, as the number of an invoice: two of them are given the same.
func (r *Race) handsOut(column string) bool {
	reads := func(f int) bool {
		from := r.Op(f)
		return from.Kind == interleave.Attr && from.Res.Name == r.Resource() && slices.Contains(from.Res.Columns, column)
	}
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && (op.Kind == interleave.Add || op.Kind == interleave.Insert) && op.Res.Name != r.Resource() && slices.ContainsFunc(op.From, reads)
	})
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
