package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What is lost that few would miss: a remark beside what the request is for, and a number that its owner sets as he likes.

// LosesRemark tells whether all that two requests take from each other is a text that was added to one which a column held, by requests that
// also do something else: the remark beside it is gone, and not what it was made about. A text that is all that the request changes is what
// it is for.
func (r *Race) LosesRemark() bool {
	if r.Relation != SameRow || !r.Derived || r.Op(r.Read).Res.Store != interleave.Table {
		return false
	}
	added := false
	for _, i := range r.Acts {
		op := r.Op(i)
		if op.Kind != interleave.Assign {
			return false
		}
		for _, a := range op.Set {
			switch {
			case addsText(op, a):
				if r.asksFor(a.Column) {
					return false // who looks at the text before he adds to it takes it for more than a remark
				}
				added = true
			case slices.Contains(r.Columns, a.Column):
				return false
			}
		}
	}
	return added && r.changesElse()
}

// StepsTogether tells whether all that the request does, sent twice, is to step on by something fixed in several columns of one row: what it
// had, as a later day, and what that was counted by are lost together, and it is as if it had been sent once.
func (r *Race) StepsTogether() bool {
	if r.Relation != SameRow || !r.Derived || !r.Self() || r.SendsOut() {
		return false
	}
	row := r.Resource() + "[" + r.Op(r.Read).Res.Key + "]."
	steps := 0
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i <= r.Read || !isAct(r.Trace, i) || op.Phase >= effects.Teardown {
			continue
		}
		if op.Kind != interleave.Assign || op.Obj != r.Op(r.Read).Obj {
			return false
		}
		for _, a := range op.Set {
			by, own := strings.CutPrefix(a.Value, "("+row+a.Column)
			switch {
			case own && !a.Relative && by != "" && (by[0] == '+' || by[0] == '-') && !r.Trace.Mentions(by) && !strings.Contains(by, "["):
				steps++
			case !isStamp(a.Value):
				return false
			}
		}
	}
	return steps > 1
}

// addsText tells whether a column is given what it held with a text before or behind it.
func addsText(op *effects.Op, a interleave.Assignment) bool {
	text, ok := strings.CutPrefix(a.Value, "f'")
	own := "{" + op.Res.Name + "[" + op.Res.Key + "]." + a.Column + "}"
	text = strings.TrimSuffix(text, "'")
	return ok && text != own && (strings.HasPrefix(text, own) || strings.HasSuffix(text, own))
}

// changesElse tells whether the request changes anything but the columns to which it adds a text, and when that was.
func (r *Race) changesElse() bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		if i <= r.Read || !isAct(r.Trace, i) || op.Phase >= effects.Teardown {
			return false
		}
		if op.Kind != interleave.Assign || op.Obj != r.Op(r.Act).Obj {
			return true
		}
		return slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return !addsText(op, a) && a.Value != "now" && a.Value != "None" })
	})
}

// OwnWish tells whether what is lost is a part of a number which the client himself says how large it is to be, in a row of his own: where
// he has none yet he is given one with the number that he asks for, and nothing else hangs on it. That is what somebody wishes, as the
// pieces in a basket, and no account of what he has.
func (r *Race) OwnWish() bool {
	act := r.Op(r.Act)
	if r.Relation != SameRow || !r.Derived || !r.Self() || act.Kind != interleave.Assign || act.Res.Store != interleave.Table || matches(r.Resource(), money) || !r.ownRow(r.Read) {
		return false
	}
	wished := false
	for _, c := range r.Contested() {
		if matches(c, money) || !r.madeAsAsked(c) {
			return false
		}
		wished = true
	}
	return wished && !r.SendsOut() && !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && isAct(r.Trace, i) && op.Phase < effects.Teardown && op.Res.Store == interleave.Table && op.Res.Name != r.Resource() && !onlyStamps(op)
	})
}

// madeAsAsked tells whether a request gives a new row in a column a number that the client sends.
func (r *Race) madeAsAsked(column string) bool {
	return r.Trace.Any(func(op *effects.Op) bool {
		if op.Kind != interleave.Add && op.Kind != interleave.Insert || op.Res.Store != interleave.Table || op.Res.Name != r.Resource() {
			return false
		}
		v, ok := assigned(op.Set, column)
		return ok && r.Trace.Mentions(OutsideBrackets(v))
	})
}

// ownRow tells whether a row is looked for by who calls, or by a row that is his in this way, as the pieces of his basket are.
func (r *Race) ownRow(read int) bool {
	return r.ofCaller(read) || slices.ContainsFunc(r.Op(read).From, func(d int) bool {
		base := baseRead(r.Trace, d)
		return base >= 0 && base < read && r.Op(base).Res.Store == interleave.Table && !identityRead(r.Trace, base) && r.ownRow(base)
	})
}

// onlyStamps tells whether an operation writes no more than constants and the time.
func onlyStamps(op *effects.Op) bool {
	return (op.Kind == interleave.Assign || op.Kind == interleave.Update) && !slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
		return a.Relative || !isStamp(a.Value)
	})
}
