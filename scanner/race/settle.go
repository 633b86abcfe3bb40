package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Writes that come to the same whoever makes them and however often: a constant that is put right, a name that is put
// into a set, an entry that is taken out where none was. A decision that does no more than to keep a request from making such a
// write may be as old as it likes.

// settlesTheSame tells whether the act leaves the place as the rival's write would have left it, and nothing else hangs
// on the decision.
func (r *Race) settlesTheSame(w writer, path *Path) bool {
	act, rival := r.Op(r.Act), &w.trace.Ops[w.op]
	same := rival.Site.Node == act.Site.Node
	if act.Res.Store != interleave.Memory {
		return same && r.entersSame()
	}
	return same && (r.putsRight() || r.bringsIntoForm()) || (same || takesOut(rival)) && act.Kind != interleave.Insert && r.enters() || r.takesWhatIsNotThere(path)
}

// putsRight tells whether a constant is stored in a place, and both go on whatever they found there. A flag may stand for work that
// must be done once; then it matters what was done for it.
func (r *Race) putsRight() bool {
	act := r.Op(r.Act)
	if act.Res.Key != "*" || act.Value == nil || act.Value.Kind != effects.Const {
		return false
	}
	flag := act.Value.Sym == "True" || act.Value.Sym == "False"
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check < 0 && c.Arm >= 2 && flag {
			return true // it notes that something failed
		}
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) && c.Leaves != effects.Stays {
			return false
		}
	}
	return !flag || r.onlyAsksBetween()
}

// onlyAsksBetween tells whether nothing is done between the look and the act but to ask others, which can be done twice.
func (r *Race) onlyAsksBetween() bool {
	for i := r.Read + 1; i < r.Act; i++ {
		switch op := r.Op(i); {
		case isAct(r.Trace, i):
			return false
		case op.Kind == interleave.Suspend && op.Long && r.Op(i-1).Kind != interleave.Read:
			return false // a call of which nothing is known
		}
	}
	return true
}

// Enters tells whether all that hangs on the decision is that a name is not put among others twice.
func (r *Race) Enters() bool {
	act := r.Op(r.Act)
	return act.Res.Store == interleave.Memory && r.Rival != nil && r.Rival.Ops[r.RivalAct].Site.Node == act.Site.Node && r.enters()
}

// enters tells whether a name is put among others where it was not found, and the decision is for nothing else.
func (r *Race) enters() bool {
	act := r.Op(r.Act)
	switch {
	case act.Kind == interleave.Insert:
	case act.Kind == interleave.Update && act.Res.Key != "*" && act.Value != nil && (act.Value.Sym == act.Res.Key || act.Value.Kind == effects.Const):
	default:
		return false
	}
	if r.Derived || r.Op(r.Read).Res.Key != act.Res.Key {
		return false
	}
	var asked *effects.Ctx
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check < 0 || !asksAbout(r.Trace, c.Check, r.Read) {
			continue
		}
		if c.Leaves == effects.Raises || c.Leaves == effects.LeavesLoop || !r.absentAt(c) {
			return false
		}
		asked = c
	}
	return asked != nil && r.nothingElse(asked.Check) && onlyCalls(r.Op(asked.Check).Site, act.Site, asked)
}

// absentAt tells whether a decision goes this way because nothing was found.
func (r *Race) absentAt(c *effects.Ctx) bool {
	p := r.Op(c.Check).Pred
	if p == nil {
		return false
	}
	return slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		op := u.On(c.Arm)
		return u.Left != nil && (int(u.Left.Src)-1 == r.Read || r.foundOrNone(u.Left)) && (op == "not exists" || op == "false")
	})
}

// nothingElse tells whether no other write, wait or decision of the request hangs on a decision.
func (r *Race) nothingElse(check int) bool {
	for i := check + 1; i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		if i != r.Act && op.Kind == interleave.Check && slices.Contains(op.From, r.Read) {
			return false
		}
		if (op.Kind == interleave.Suspend || isAct(r.Trace, i)) && op.Site.Node != r.Op(r.Act).Site.Node && op.Res.Store != interleave.Memory && under(op.Ctx, check) {
			return false
		}
	}
	return true
}

// under tells whether an operation stands under a decision.
func under(ctx *effects.Ctx, check int) bool {
	for c := ctx; c != nil; c = c.Up {
		if c.Check == check {
			return true
		}
	}
	return false
}

// quiet are the last names of calls that do nothing but tell, ask or put a name among others.
var quiet = []string{"debug", "info", "warning", "warn", "error", "exception", "print", "log", "isinstance", "len", "str", "getattr", "add", "append", "format"}

// onlyCalls tells whether what a function does under a decision calls nothing but what is quiet: what a library does is not seen
// otherwise.
func onlyCalls(check, act *effects.Site, c *effects.Ctx) bool {
	fn := check.Function
	if fn == nil || fn != act.Function || fn.Def == nil {
		return false
	}
	from, to := check.Node.Pos(), fn.Def.Stop()
	if branch, ok := check.Node.(*python.If); ok {
		switch {
		case c.Leaves == effects.Stays:
			from, to = branch.Test.Stop(), branch.Stop()
		case c.Arm == 0:
			from = branch.Stop()
		default:
			from = branch.Test.Stop()
		}
	}
	loud := false
	python.Walk(fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Call:
			loud = loud || n.Pos() >= from && n.Stop() <= to && !slices.Contains(quiet, n.Name())
		case *python.Return:
			loud = loud || n.Value != nil && n.Pos() >= check.Node.Pos() && n.Stop() <= to // the answer may differ
		}
		return !loud
	})
	return !loud
}

// takesWhatIsNotThere tells whether an entry is taken out although the decision was that there is none: to take nothing, or what the
// request has put there itself. Whoever looks anew right before it takes an entry out has decided on that look.
func (r *Race) takesWhatIsNotThere(path *Path) bool {
	act := r.Op(r.Act)
	if !takesOut(act) {
		return false
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		for _, f := range r.Op(c.Check).From {
			if op := r.Op(f); f > r.Read && op.Kind == interleave.Read && op.Res.Store == interleave.Memory && op.Res.Name == act.Res.Name && op.Res.Key == act.Res.Key && !path.suspends(f, r.Act) {
				return true
			}
		}
		if asksAbout(r.Trace, c.Check, r.Read) && r.absentAt(c) {
			return true
		}
	}
	return false
}

// takesOut tells whether a write takes one entry out of a container.
func takesOut(op *effects.Op) bool {
	if op.Res.Key == "*" || op.Kind != interleave.Update {
		return false
	}
	return op.Drops || op.Value != nil && op.Value.Kind == effects.Const && op.Value.Sym == "None"
}
