package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// onlyMarks tells whether all that is made of what was read is the same text with a mark, by two requests that both put it there and ask
// nothing about it: the name of a row that is gone, with the word for that and the time. Neither has anything of its own in it.
func (r *Race) onlyMarks() bool {
	if r.Relation != SameRow || !r.Derived || !r.Self() || r.RivalAct != r.Act {
		return false
	}
	contested := r.Contested()
	return len(contested) > 0 && !slices.ContainsFunc(contested, func(c string) bool {
		return r.asksFor(c) || !slices.ContainsFunc(r.Op(r.Act).Set, func(s interleave.Assignment) bool { return s.Column == c && r.marks(r.Op(r.Act), s) })
	})
}

// onlyCopies tells whether two requests both give a row no more than constants, the time, what stands in other columns of it and what is
// made of its key: filling in what older rows lack comes to the same however often it is done.
func (r *Race) onlyCopies() bool {
	act := r.Op(r.Act)
	if r.Relation != SameRow || !isRow(act) || !r.Self() || r.RivalAct != r.Act || r.DoesForGood() {
		return false
	}
	copies := false
	for _, a := range act.Set {
		own := otherColumn(act, a) || madeOfKey(act, a)
		if !own && !isStamp(a.Value) {
			return false
		}
		copies = copies || own
	}
	return copies
}

// otherColumn tells whether a column is given what stands in another one of the same row.
func otherColumn(op *effects.Op, a interleave.Assignment) bool {
	from := OutsideBrackets(a.Value)
	if from == op.Res.Name && strings.HasSuffix(a.Value, "]") && strings.HasPrefix(a.Value, op.Res.Name+"["+op.Res.Key+"][") {
		return true // an entry of a document
	}
	name, ok := strings.CutPrefix(from, op.Res.Name+".")
	return ok && name != a.Column && slices.Equal(effects.Names(name), []string{name})
}

// madeOfKey tells whether a column is given a text that holds nothing but what the row was found by and what is the same for everybody.
func madeOfKey(op *effects.Op, a interleave.Assignment) bool {
	parts := holes(a.Value)
	return strings.HasPrefix(a.Value, "f'") && len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool {
		return !strings.Contains(op.Res.Key, p) && !strings.HasPrefix(p, "getenv(")
	})
}

// marks tells whether what is stored is what the column held, with constants and the time around it.
func (r *Race) marks(op *effects.Op, s interleave.Assignment) bool {
	parts := holes(s.Value)
	return strings.HasPrefix(s.Value, "f'") && len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool {
		return OutsideBrackets(p) != op.Res.Name+"."+s.Column && (!mentionsName(p, "now") || r.Trace.Mentions(p))
	})
}
