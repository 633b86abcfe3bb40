package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// What comes to the same in the end, or nearly so: a thing is put back where it lay, told again what it is, noted twice or taken away twice.

// RestoresTaken tells whether the act puts a thing of memory in its place because it was found there, and the rival has taken it away: what
// is lost is that it is gone.
func (r *Race) RestoresTaken() bool {
	act := r.Op(r.Act)
	return r.Relation == SameRow && act.Res.Store == interleave.Memory && r.Rival != nil && !r.Derived && !drops(act) && drops(&r.Rival.Ops[r.RivalAct]) && r.asksWhetherFilled()
}

// RefusesSame tells whether all that turns a request away is that a place of memory holds already what is to be put there, and nothing else
// is done: who comes second should have been told so, no more.
func (r *Race) RefusesSame() bool {
	act := r.Op(r.Act)
	return r.Relation == SameRow && act.Res.Store == interleave.Memory && !r.Derived && !r.DoesForGood() && r.asksThroughout(func(c *effects.Ctx) bool {
		p := r.Op(c.Check).Pred
		if p == nil || len(p.Uses) != 1 || p.Uses[0].On(c.Arm) != "!=" {
			return false
		}
		held, given := p.Uses[0].Left, p.Uses[0].Right
		if !r.About(held) {
			held, given = given, held
		}
		return r.About(held) && given != nil && given.Sym != "" && act.Value != nil && given.Sym == act.Value.Sym
	})
}

// gone are parts of the names of columns that say that a row is not there any more, though it lies in its table.
var gone = []string{"delete", "deletion", "del_flag", "is_del", "removed", "archived", "trashed", "discarded"}

// MarksGone tells whether all that is asked of a row is whether it is there, and the request sent twice marks it as gone twice: nothing else
// comes of that, and gone it is.
func (r *Race) MarksGone() bool {
	if r.Relation != SameRow || !r.Self() || r.Derived || len(r.Checks) == 0 || r.DoesForGood() || r.GivesForIt() || slices.ContainsFunc(r.Checks, func(c int) bool { return !r.impliesRow(c) && !r.asksWhetherAny(c) }) {
		return false
	}
	marked := false
	for _, a := range r.Op(r.Act).Set {
		if slices.Contains(r.Columns, a.Column) && (!matches(a.Column, gone) || !isStamp(a.Value)) {
			return false
		}
		marked = marked || matches(a.Column, gone)
	}
	return marked
}

// OnlyMarksEach tells whether all that is done with the rows that were found by what they have in common is that each of them is given the same
// constants or the time, by its number or as it was found: nothing else happens in the request from then on.
func (r *Race) OnlyMarksEach() bool {
	where := r.Op(r.Read).Res.Where
	if len(where) == 0 || slices.ContainsFunc(where, func(c interleave.Cond) bool {
		return c.Op == "=" && !isConstant(c.Value) || c.Op == "?" || c.SubQuery || c.Either
	}) {
		return false
	}
	if r.Relation != SameRow || r.Derived || !strings.HasPrefix(r.Op(r.Read).Res.Key, effects.EachOf) && !strings.Contains(r.Op(r.Act).Res.Key, effects.EachOf) {
		return false
	}
	return !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && isAct(r.Trace, i) && op.Res.Store != interleave.Memory && (op.Res.Name != r.Resource() || !onlyStamps(op))
	})
}

// asksWhetherAny tells whether all that a decision asks is whether something came of what was read: `if shown(rows)`.
func (r *Race) asksWhetherAny(check int) bool {
	p := r.Op(check).Pred
	return p != nil && len(p.Uses) > 0 && !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return presence[u.Op] == "" || u.Left == nil || u.Left.SrcCol != ""
	})
}

// NotesFailure tells whether the act only notes a constant or a time in memory because something of the request's own has failed: two that
// failed note it twice, whatever each found there before.
func (r *Race) NotesFailure() bool {
	act := r.Op(r.Act)
	if r.Relation != SameRow || act.Res.Store != interleave.Memory || act.Kind != interleave.Update || r.Derived || r.DoesForGood() || act.Value == nil || len(act.Value.AllDeps()) > 0 {
		return false
	}
	if act.Value.Kind != effects.Const && !mentionsName(act.Value.Sym, "now") || act.Value.IsNone() {
		return false
	}
	return inHandler(act)
}

// breakers are parts of the names of what says how another service fares: whether it is asked at all for the time being.
var breakers = []string{"circuit", "breaker", "cooldown", "cool_down", "backoff", "exhaust"}

// Breaks tells whether what the process shares is a breaker, or the count that trips one: a call more or less is let through to a service
// that fails.
func (r *Race) Breaks() bool {
	act := r.Op(r.Act)
	return act.Res.Store == interleave.Memory && matches(act.Res.Name, breakers)
}

// inHandler tells whether an operation stands in an except clause, of its own function or of one that calls it.
func inHandler(op *effects.Op) bool {
	for s := op.Site; s != nil; s = s.Up {
		if s.Function == nil || s.Function.Def == nil {
			continue
		}
		found := false
		python.Walk(s.Function.Def, func(n python.Node) bool {
			h, ok := n.(*python.ExceptHandler)
			found = found || ok && h.Pos() <= s.Node.Pos() && s.Node.Stop() <= h.Stop()
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// HangsAlone tells whether nothing that the request does but the act hangs on what was found: `if get(key): delete(key)`.
func (r *Race) HangsAlone() bool {
	return len(r.Checks) > 0 && !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		if i <= r.Read || i == r.Act || slices.Contains(r.Checks, i) || slices.Contains(r.Uses, i) {
			return false
		}
		return slices.Contains(op.From, r.Read) || slices.ContainsFunc(op.From, func(f int) bool { return slices.Contains(r.Uses, f) }) ||
			slices.ContainsFunc(r.Checks, func(c int) bool { return under(op.Ctx, c) })
	})
}
