package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// calledAgain calls the function once more where it does more with a row that is there than can be written twice: it finds the row now that the
// other request has made. What violates something else leaves no such row and is let out. ok is false where a second call would do something
// twice, or would not be given what the first one was.
func (c *conflict) calledAgain() (lines []string, ok bool) {
	call := c.ownCall()
	if call == "" || c.found == "" || c.check == nil || !c.asksForOne() && !c.asksForNone() || !c.looksAgain() || c.lost(c.look...) || c.givenRows() {
		return nil, false
	}
	act := c.r.Op(c.r.Act).Kind
	if act != interleave.Add && act != interleave.Insert || loopAround(c.fn, c.block[c.from].Pos()) != nil || c.doesTwice() {
		return nil, false
	}
	if c.session != "" && (c.commits || !c.nests()) {
		lines = append(lines, c.wait+c.session+".rollback()")
	}
	lines = append(lines, c.lookLines()...)
	return append(lines, "if "+c.found+" is None:", unit(c.f, c.fn)+"raise", "return "+call), true
}

// ownCall is how the function calls itself with what it was given, "" where it is not called by its name, or gives its parameters new values.
func (c *conflict) ownCall() string {
	fn := c.fn
	if fn.Outer != nil || fn.Generator || fn.Property || len(fn.Def.Decorators) > 0 && !(len(fn.Def.Decorators) == 1 && (fn.Static || fn.ClassMethod)) {
		return ""
	}
	name := fn.Name
	if fn.Class != nil {
		name = fn.Class.Name + "." + fn.Name
	}
	var given []string
	for i, p := range fn.Params {
		switch {
		case p.Kind == program.VarPositional || p.Kind == program.VarKeyword || rebinds(fn, p.Name):
			return ""
		case i == 0 && fn.Class != nil && !fn.Static:
			name = p.Name + "." + fn.Name
		case p.Kind == program.KeywordOnly:
			given = append(given, p.Name+"="+p.Name)
		default:
			given = append(given, p.Name)
		}
	}
	wait := map[bool]string{true: "await "}[fn.Async]
	return wait + name + "(" + strings.Join(given, ", ") + ")"
}

// rebinds tells whether a function gives a name another value, in whatever kind of statement.
func rebinds(fn *program.Function, name string) bool {
	found := false
	is := func(target python.Node) {
		if target != nil {
			python.Walk(target, func(n python.Node) bool {
				v, ok := n.(*python.Name)
				found = found || ok && v.ID == name
				_, attribute := n.(*python.Attribute)
				return !found && !attribute
			})
		}
	}
	python.Walk(fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Assign:
			for _, t := range n.Targets {
				is(t)
			}
		case *python.AugAssign:
			is(n.Target)
		case *python.AnnAssign:
			is(n.Target)
		case *python.For:
			is(n.Target)
		}
		return !found
	})
	return found
}

// givenRows tells whether the function is given a row whose attributes a coroutine cannot have after the rollback.
func (c *conflict) givenRows() bool {
	if c.wait == "" || c.nests() {
		return false
	}
	frame := siteIn(c.r.Op(slices.Min(c.r.Deciding())).Site, c.fn)
	return frame != nil && slices.ContainsFunc(c.fn.Params, func(p program.Param) bool {
		row, is := rowIn(c.r.Trace, frame, p.Name)
		return is && row.session == c.r.Op(c.r.Act).Session
	})
}

// doesTwice tells whether the request does something before the insert that the rollback does not undo, and that a second call would do again, or
// that it does undo, and the second call would not do again.
func (c *conflict) doesTwice() bool {
	act, kept := c.r.Op(c.r.Act), false // kept tells that what comes earlier is committed
	for i := c.r.Act - 1; i >= 0; i-- {
		op := c.r.Op(i)
		if effects.Apart(op.Ctx, act.Ctx) || op.Obj != 0 && op.Obj == act.Obj {
			continue
		}
		within := siteIn(op.Site, c.fn) != nil
		switch op.Kind {
		case interleave.Add, interleave.Insert, interleave.Assign, interleave.Update, interleave.Delete, interleave.Remove:
			undone := op.Session == act.Session && !c.nests() && !kept
			if op.Res.Store != interleave.Memory && undone != within {
				return true
			}
		case interleave.Commit:
			kept = kept || op.Session == act.Session
			if within {
				return true
			}
		case interleave.Effect:
			if within {
				return true
			}
		}
	}
	return false
}
