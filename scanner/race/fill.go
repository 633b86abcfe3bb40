package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A place of memory that is looked up and, when nothing is there, given what can be made again: a cache, a client, a module
// loaded on demand. Two requests that both make it have done work twice. The same lookup that turns a request away, or the second
// time does not do what the first did, is a claim and no fill.

// Fills tells whether the act only puts something into the place that was found empty, and everybody goes on with what is there.
func (r *Race) Fills() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if read.Res.Store != interleave.Memory || act.Kind != interleave.Update || len(r.Checks) == 0 || r.Derived {
		return false
	}
	return r.asksThroughout(r.goesOnWithout) && !r.worksBetween()
}

// MadeIfMissing tells whether a request only makes what it does not find under a key of several parts, and goes on either way.
func (r *Race) MadeIfMissing() bool {
	if !strings.HasPrefix(r.Op(r.Read).Res.Key, "(") {
		return false
	}
	return r.asksThroughout(func(c *effects.Ctx) bool { return c.Leaves == effects.Stays && r.goesOnWithout(c) })
}

// Debounces tells whether the act only notes that something was just done, and whoever finds the note goes on without it:
// `if now - last > 60: last = now; prune()`.
func (r *Race) Debounces() bool {
	act := r.Op(r.Act)
	if len(r.Checks) == 0 {
		return false
	}
	if act.Res.Store == interleave.KeyValue && act.Kind == interleave.Update && act.Value != nil && mentionsName(act.Value.Sym, "now") {
		for c := act.Ctx; c != nil; c = c.Up {
			if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) {
				return r.goesOn(c)
			}
		}
		return false
	}
	if r.Op(r.Read).Res.Store != interleave.Memory {
		return false
	}
	for _, s := range act.Set {
		if s.Relative || !isStamp(s.Value) {
			return false
		}
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) {
			return len(act.Set) > 0 && r.goesOn(c)
		}
	}
	return false
}

// goesOn tells whether a request goes on as it would have, whichever way a decision falls: nothing is left, or a function that gives
// its caller nothing.
func (r *Race) goesOn(c *effects.Ctx) bool {
	fn := r.Op(c.Check).Site.Function
	return c.Leaves == effects.Stays || c.Leaves == effects.LeavesFunction && fn != r.Trace.Entry.Function && givesNothing(fn)
}

// givesNothing tells whether a function returns nothing that its caller could look at.
func givesNothing(fn *program.Function) bool {
	if fn == nil || fn.Def == nil || fn.Generator {
		return false
	}
	return !fn.AnyReturn(func(r *python.Return) bool { return r.Value != nil })
}

// FillsAgain tells whether the rival does no more than make the same thing a second time, or empty the place for it.
func (r *Race) FillsAgain() bool {
	if r.Rival == nil || !r.Fills() {
		return false
	}
	rival, act := &r.Rival.Ops[r.RivalAct], r.Op(r.Act)
	if effects.RunsProgram(act.Value) {
		return false // a second program runs, and nobody knows of the first any more
	}
	return rival.Site.Node == act.Site.Node || drops(rival) || fillsToo(rival, act) || fillsMissing(r.Rival, rival)
}

// fillsMissing tells whether a write puts an entry where the request found none.
func fillsMissing(t *flow.Trace, write *effects.Op) bool {
	for c := write.Ctx; c != nil; c = c.Up {
		if missesEntry(t, c, write, -1) {
			return true
		}
	}
	return false
}

// missesEntry tells whether a decision, going this way, rests on a look at the entry of a write that found nothing, which came later than
// an operation.
func missesEntry(t *flow.Trace, c *effects.Ctx, write *effects.Op, later int) bool {
	return c.Check > later && misses(&t.Ops[c.Check], c.Arm) && slices.ContainsFunc(t.Ops[c.Check].From, func(f int) bool { return f > later && sameEntry(&t.Ops[f], write) })
}

// answersWith tells whether a request that finds something answers with that.
func answersWith(t *flow.Trace, c *effects.Ctx) bool {
	branch, ok := t.Ops[c.Check].Site.Node.(*python.If)
	if !ok || c.Leaves != effects.LeavesFunction {
		return false
	}
	asked := map[string]bool{}
	python.Walk(branch.Test, func(n python.Node) bool {
		if name, ok := n.(*python.Name); ok {
			asked[name.ID] = true
		}
		return true
	})
	for _, s := range branch.Body {
		answer, ok := s.(*python.Return)
		if !ok || answer.Value == nil {
			continue
		}
		found := false
		python.Walk(answer.Value, func(n python.Node) bool {
			name, ok := n.(*python.Name)
			found = found || ok && asked[name.ID]
			return !found
		})
		return found
	}
	return false
}

// fillsToo tells whether another write fills the same place from the same function, on another way through it.
func fillsToo(rival, act *effects.Op) bool {
	return rival.Site.Function != nil && rival.Site.Function == act.Site.Function && rival.Kind == act.Kind && rival.Res.Key == act.Res.Key
}

// RenewsAgain tells whether the rival does no more than to renew, a second time, what was found too old: who comes later finds it new and
// goes on with it, as who renews it does, or comes back with what is renewed along with it.
func (r *Race) RenewsAgain() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if r.Rival == nil || r.Rival.Ops[r.RivalAct].Site.Node != act.Site.Node || read.Res.Store != interleave.Memory || act.Kind != interleave.Update || len(r.Checks) == 0 || r.Derived {
		return false
	}
	asked := false
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check < 0 || !slices.Contains(r.Checks, c.Check) {
			continue
		}
		if c.Leaves != effects.Stays && !(c.Leaves == effects.LeavesFunction && r.takesRenewed(c)) {
			return false
		}
		if comparesPresent(r.Op(c.Check).Pred, 0) {
			asked = true
		} else if !asksIfNever(r.Op(c.Check).Pred) {
			return false
		}
	}
	return asked
}

// asksIfNever tells whether a decision only compares with a constant: the time that stands for never.
func asksIfNever(p *effects.Pred) bool {
	return p != nil && len(p.Uses) == 1 && (p.Uses[0].Op == "=" || p.Uses[0].Op == "!=") && p.Uses[0].Right != nil && p.Uses[0].Right.Kind == effects.Const
}

// takesRenewed tells whether a request that finds a place new enough takes there, from another place, what the act puts there as well.
func (r *Race) takesRenewed(c *effects.Ctx) bool {
	act := r.Op(r.Act)
	var along []*effects.Op
	for i := range r.Trace.Ops {
		op := &r.Trace.Ops[i]
		if op.Kind == interleave.Update && op.Res.Store == interleave.Memory && op.Ctx == act.Ctx && (op.Res.Name != act.Res.Name || op.Res.Key != act.Res.Key) {
			along = append(along, op)
		}
	}
	taken := func(op *effects.Op) bool {
		return slices.ContainsFunc(along, func(put *effects.Op) bool { return sameEntry(op, put) }) && onOtherArm(op.Ctx, c)
	}
	for i := range r.Trace.Ops {
		if len(along) > 0 && taken(&r.Trace.Ops[i]) {
			return true
		}
	}
	return false
}

// comparesPresent tells whether a decision compares with the present.
func comparesPresent(p *effects.Pred, depth int) bool {
	if p == nil || depth > 3 {
		return false
	}
	return slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		for _, v := range [...]*effects.Value{u.Left, u.Right} {
			if v != nil && (mentionsName(v.Sym, "now") || comparesPresent(v.Pred, depth+1)) {
				return true
			}
		}
		return false
	})
}

// asksAbout tells whether a decision rests on what an operation answered.
func asksAbout(t *flow.Trace, check, read int) bool { return slices.Contains(t.Ops[check].From, read) }

// goesOnWithout tells whether the decision asks only if something is there, and whether a request that finds it goes on with it.
func (r *Race) goesOnWithout(c *effects.Ctx) bool {
	p := r.Op(c.Check).Pred
	if p == nil {
		return false
	}
	member := false
	for _, u := range p.Uses {
		if len(p.Uses) > 1 && !r.looksAt(u.Left) && !r.looksAt(u.Right) {
			continue // of something else
		}
		switch u.Op {
		case "true", "false":
		case "exists", "not exists":
			member = member || u.Right == nil
		default:
			if !asksSentinel(u) && !r.asksIfGood(u) {
				return false
			}
		}
	}
	switch c.Leaves {
	case effects.Stays:
		return true
	case effects.LeavesFunction:
		return !member || r.readsInOtherArm(c)
	}
	return false
}

// looksAt tells whether a value comes of what was read.
func (r *Race) looksAt(v *effects.Value) bool { return v.DerivesFrom(r.Read) }

// asksSentinel tells whether a comparison is with an object that stands for nothing: `_MISSING = object()`.
func asksSentinel(u effects.PredUse) bool {
	return (u.Op == "=" || u.Op == "!=") && u.Right != nil && u.Right.Sym == "object()" && u.Right.Src == 0
}

// asksIfGood tells whether a comparison asks whether what lies in the place is still good, where the act puts something there that was
// made for it: it is not too old, or it was made of what is there now. Who notes only when or that something was done fills nothing.
func (r *Race) asksIfGood(u effects.PredUse) bool {
	made := r.Op(r.Act).Value
	if asksAge(u) {
		return r.holdsContent(made, new(effects.Seen), 0)
	}
	return u.Op == "=" && u.Right != nil && u.Right.Sym != "" && made != nil && slices.ContainsFunc(made.Items, func(it *effects.Value) bool {
		return it != nil && it.Sym == u.Right.Sym
	}) && r.holdsContent(made, new(effects.Seen), 0)
}

// holdsContent tells whether a value is more than a constant, a time and what the client sent.
func (r *Race) holdsContent(v *effects.Value, seen *effects.Seen, depth int) bool {
	if v == nil || v.Kind == effects.Const || depth > 2 || seen.Again(v, depth) || mentionsName(v.Sym, "now") && len(v.Items) == 0 {
		return false
	}
	if len(v.Items) > 0 {
		return slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return r.holdsContent(it, seen, depth+1) })
	}
	if len(v.Pairs) > 0 {
		return slices.ContainsFunc(v.Pairs, func(p effects.Pair) bool { return r.holdsContent(p.Value, seen, depth+1) })
	}
	return !r.Trace.Mentions(v.Sym) || strings.Contains(v.Sym, "(") || len(v.Deps) > 0
}

// readsInOtherArm tells whether what was found is taken on the arm that does not fill.
func (r *Race) readsInOtherArm(c *effects.Ctx) bool {
	read := r.Op(r.Read)
	for i := range r.Trace.Ops {
		op := &r.Trace.Ops[i]
		if op.Kind != interleave.Read || op.Res.Store != interleave.Memory || op.Res.Name != read.Res.Name {
			continue
		}
		if onOtherArm(op.Ctx, c) {
			return true
		}
	}
	return false
}

// worksBetween tells whether something else than memory is changed between the look and the fill: work that is not to be done twice. A
// directory that is made where none was is there for both, and what is asked for anew whenever the answer is too old may be asked for twice.
func (r *Race) worksBetween() bool {
	ages := slices.ContainsFunc(r.Checks, func(c int) bool {
		p := r.Op(c).Pred
		return p != nil && slices.ContainsFunc(p.Uses, asksAge)
	})
	for i := r.Read + 1; i < r.Act; i++ {
		op := r.Op(i)
		if !isAct(r.Trace, i) || op.Res.Store == interleave.Memory || op.Rare().Manner == effects.Directory {
			continue
		}
		if !ages || op.Kind != interleave.Effect || op.External != "http" || r.Op(r.Act).Value == nil || !r.Op(r.Act).Value.DerivesFrom(i) {
			return true
		}
	}
	return false
}

// ofObject tells whether a value is what an object in the place answered, and not what the place holds: `client.find(x)` is about
// what the client finds.
func ofObject(v *effects.Value, read *effects.Op) bool {
	if v == nil || v.Src != 0 {
		return false
	}
	place := read.Res.Name
	if read.Res.Key != "*" && read.Res.Key != "" {
		place += "[" + read.Res.Key + "]"
	}
	return strings.Contains(v.Sym, place+".") && strings.Contains(v.Sym, "(")
}

// aboutObjectOnly tells whether the decision looks at nothing but answers of the object in the place.
func aboutObjectOnly(t *flow.Trace, check, read int) bool {
	p := t.Ops[check].Pred
	if p == nil || t.Ops[read].Res.Store != interleave.Memory {
		return false
	}
	found := false
	for _, u := range p.Uses {
		for _, v := range [2]*effects.Value{u.Left, u.Right} {
			if v == nil || !v.Deps.Has(read) {
				continue
			}
			if !ofObject(v, &t.Ops[read]) {
				return false
			}
			found = true
		}
	}
	return found
}
