package race

import "github.com/middlebrick/middlebrick/scanner/effects"

// otherHour tells whether the writer, the same entry point, gets to its write by the other arm of a comparison with the present than the
// one by which the request gets to its act: two requests that come together both find the row expired, or neither does.
func (r *Race) otherHour(w writer) bool {
	if w.trace != r.Trace {
		return false
	}
	write := w.trace.Ops[w.op].Ctx
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		p := r.Op(c.Check).Pred
		if p == nil || len(p.Uses) != 1 || !comparesWithNow(p.Uses[0]) {
			continue
		}
		if onOtherArm(write, c) {
			return true
		}
	}
	return false
}

// comparesWithNow tells whether something is compared by size with the present, or with a time reckoned from it.
func comparesWithNow(u effects.PredUse) bool {
	switch u.Op {
	case "<", "<=", ">", ">=":
		return u.Left != nil && u.Right != nil && mentionsName(u.Left.Sym, "now") != mentionsName(u.Right.Sym, "now")
	}
	return false
}
