package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What a rival writes is bounded by what it lets pass: who refuses the reserved names gives no row a reserved name, and turns no decision
// that asks for one.

// turning drops from what a rival writes the values of which all that it can write leaves the act's decisions as they are.
func (r *Race) turning(w writer, set []interleave.Assignment) []interleave.Assignment {
	if r.Relation != SameRow && r.Relation != RowEffect && r.Relation != Skewed {
		return set
	}
	var ours map[string]*states
	spares := func(a interleave.Assignment) bool {
		if a.Value == "" && len(a.Among) == 0 || a.Relative || isConstant(a.Value) || !slices.Contains(r.Columns, a.Column) || r.storesOf(a.Column) {
			return false // what a constant does is the judge's to say
		}
		passed := &states{allowed: a.Among}
		if len(a.Among) == 0 {
			passed = admitted(w, a.Value)
		}
		if passed == nil {
			return false
		}
		if ours == nil {
			ours = r.demands()
		}
		asked := ours[a.Column]
		return asked != nil && r.asksConstants(a.Column) && asked.met(passed)
	}
	if !slices.ContainsFunc(set, spares) {
		return set
	}
	return slices.DeleteFunc(slices.Clone(set), spares)
}

// storesOf tells whether what the act stores comes from a column, or from the row as a whole.
func (r *Race) storesOf(column string) bool {
	act := r.Op(r.Act)
	if r.SavesWhole(r.Act) {
		return true
	}
	return slices.ContainsFunc(act.From, func(f int) bool { return slices.Contains(r.Uses, f) && slices.Contains(r.Op(f).Res.Columns, column) })
}

// met tells whether every value that passed is one that was asked for.
func (s *states) met(passed *states) bool {
	values, known := passed.possible(nil)
	if known {
		return !slices.ContainsFunc(values, func(v string) bool {
			return s.allowed != nil && !slices.Contains(s.allowed, v) || slices.Contains(s.denied, v)
		})
	}
	return s.allowed == nil && len(s.denied) > 0 && !slices.ContainsFunc(s.denied, func(v string) bool { return !slices.Contains(passed.denied, v) })
}

// admitted returns what the decisions above a write let pass of a value that it stores, nil when they do not ask about it.
func admitted(w writer, value string) *states {
	var out *states
	ctx := w.trace.Ops[w.op].Ctx
	for c := ctx; c != nil; c = c.Up {
		if c.Arm > 1 {
			continue
		}
		p := w.trace.Asked[c.Check]
		if c.Check >= 0 {
			own := w.trace.Ops[c.Check].Pred
			if !compares(p, value) && !compares(own, value) {
				continue
			}
			if within(ctx, w.trace.Ops[c.Check].Ctx) {
				p = own
			}
		}
		if p == nil || !p.Certain(c.Arm) {
			continue
		}
		for _, u := range p.Uses {
			if u.Left == nil || u.Right == nil || u.Left.Sym != value {
				continue
			}
			values := constants(u.Right)
			if len(values) == 0 {
				continue
			}
			rel := u.On(c.Arm)
			if out == nil {
				out = &states{}
			}
			out.note(rel, values)
		}
	}
	return out
}

// compares tells whether a predicate compares a value with another one.
func compares(p *effects.Pred, value string) bool {
	return p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool { return u.Left != nil && u.Right != nil && u.Left.Sym == value })
}

// asksConstants tells whether all that the decisions ask of a column is whether it is one of some constants.
func (r *Race) asksConstants(column string) bool {
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			if slices.ContainsFunc(r.Op(c).From, func(f int) bool { return slices.Contains(r.Op(f).Res.Columns, column) }) {
				return false
			}
			continue
		}
		arm := map[bool]int8{true: 1}[r.holdsAt(c)]
		for _, u := range p.Uses {
			for _, v := range [...]*effects.Value{u.Left, u.Right} {
				if v == nil || v.SrcCol != column {
					continue
				}
				if v != u.Left || u.Right == nil || len(constants(u.Right)) == 0 || !p.Certain(arm) {
					return false
				}
			}
		}
	}
	return true
}
