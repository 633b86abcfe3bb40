package flow

import "github.com/middlebrick/middlebrick/scanner/effects"

// breakOut is a place where a loop was left by a break: what was decided there, and what the variables held.
type breakOut struct {
	ctx  *effects.Ctx
	vars *bindings
}

// brokenOut adds the ways out of a loop by a break to one that leaves by e: `for row in rows: if row.id == wanted: found = row; break`. Which
// way was gone says what was decided where the break stands.
func (in *interp) brokenOut(f *frame, e exits) exits {
	for _, b := range in.broken {
		if e&falls == 0 {
			f.vars, f.lent = b.vars, false
		} else {
			var decided effects.Deps
			if b.ctx != nil {
				decided = in.decided(b.ctx.Check)
			}
			f.own()
			f.vars = joinUnder(f.vars, b.vars, decided)
		}
		e |= falls
	}
	return e
}
