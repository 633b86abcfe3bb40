package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// What stands for calls of functions that took too many steps: what they gave before. A pool of connections, the settings or the database of
// a tenant are looked up for each statement of a request, and all that follows needs them.

// answerSteps is how many steps a call takes at least to be remembered: others do not become too many.
const answerSteps = 100

// answer is what a call gave, and what it was given.
type answer struct {
	args []*value
	kw   []effects.Keyword
	gave *value
	acts bool // the call did more than look
}

// remember keeps the last answers of a function, of which the call that gave this one began at an operation.
func (in *interp) remember(fn *program.Function, args []*value, kw []effects.Keyword, gave *value, start int) {
	kept := in.answers[fn]
	if len(kept) == 4 {
		kept = kept[1:]
	}
	in.answers[fn] = append(kept, answer{args, kw, gave, in.acted(start)})
}

// acted tells whether anything was changed or sent since an operation.
func (in *interp) acted(start int) bool {
	for i := start; i < len(in.Ops); i++ {
		switch in.Ops[i].Kind {
		case interleave.Assign, interleave.Add, interleave.Remove, interleave.Update, interleave.Insert, interleave.InsertWhereNotExists, interleave.Delete, interleave.Effect:
			return true
		}
	}
	return false
}

// gaveBefore is what a function gave when it was given the same, nil where it never was. That it does something once more is missed.
func (in *interp) gaveBefore(fn *program.Function, args []*value, kw []effects.Keyword) *value {
	kept := in.answers[fn]
	for i := len(kept) - 1; i >= 0; i-- {
		if kept[i].to(args, kw) {
			if kept[i].acts {
				in.Note(effects.TooOften)
			}
			return kept[i].gave
		}
	}
	return nil
}

func (a *answer) to(args []*value, kw []effects.Keyword) bool {
	if len(a.args) != len(args) || len(a.kw) != len(kw) {
		return false
	}
	for i := range args {
		if !sameGiven(a.args[i], args[i]) {
			return false
		}
	}
	for i := range kw {
		if a.kw[i].Name != kw[i].Name || !sameGiven(a.kw[i].Value, kw[i].Value) {
			return false
		}
	}
	return true
}

// sameGiven tells whether two arguments are the same thing, or go by the same name.
func sameGiven(a, b *value) bool {
	switch {
	case a == b:
		return true
	case a.Kind != b.Kind || a.Src != b.Src || a.SrcCol != b.SrcCol:
		return false
	case a.Obj != nil || b.Obj != nil:
		return a.Obj == b.Obj
	}
	return a.Sym != "" && a.Sym == b.Sym && a.To == b.To
}

// beginAnew gives functions that the dependencies have called as much room as if they had not: of those that took too many steps there is
// what they gave.
func (in *interp) beginAnew() {
	clear(in.own)
	for fn, n := range in.spent {
		in.spent[fn] = min(n, maxSteps/6+1)
	}
}
