package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// askedFor is the statement by which the function that inserts lets another one look, which refuses where a row is there, and where it stands; nil
// where the function that looks inserts, too. To ask once more after the violation answers it as the project does.
func askedFor(r *race.Race, decision *effects.Site) (*python.ExprStmt, *effects.Site) {
	act := r.Op(r.Act).Site
	if decision.Function == nil || siteIn(act, decision.Function) != nil {
		return nil, nil
	}
	check, ok := decision.Node.(*python.If)
	if _, raises := ending(bodyOf(check)).(*python.Raise); !ok || !raises || !refusesWhatIsThere(r) {
		return nil, nil
	}
	for s := decision.Up; s != nil; s = s.Up {
		insert := siteIn(act, s.Function)
		if insert == nil || insert.Node == nil || s.Node == nil || s.Function.Def == nil {
			continue
		}
		path := around(s.Function, s.Node.Pos())
		if len(path) == 0 || insert.Node.Pos() < s.Node.Pos() {
			return nil, nil
		}
		asks, alone := path[len(path)-1].(*python.ExprStmt)
		if !alone || spansLines(s.Module.File, asks) {
			return nil, nil
		}
		if call, _ := called(asks.Value); call == nil || python.Node(call) != s.Node {
			return nil, nil
		}
		for _, outer := range path[:len(path)-1] { // it asks whenever it inserts
			if insert.Node.Pos() >= outer.Stop() {
				return nil, nil
			}
		}
		return asks, s
	}
	return nil, nil
}

func bodyOf(check *python.If) []python.Stmt {
	if check == nil {
		return nil
	}
	return check.Body
}

// mostRepeated is how many statements are written a second time for the row that another request made.
const mostRepeated = 3

// plainly tells whether statements are few, and can be written a second time.
func (c *conflict) plainly(arm []python.Stmt) bool {
	return len(arm) <= mostRepeated && !slices.ContainsFunc(arm, func(s python.Stmt) bool {
		switch s.(type) {
		case *python.Assign, *python.AugAssign, *python.ExprStmt, *python.Pass:
			return spansLines(c.f, s)
		}
		return true
	})
}

// repeated is what the check does with a row that is there before it answers, where these are few plain statements: the same is done with the row
// that another request made.
func (c *conflict) repeated() (arm []python.Stmt, ok bool) {
	body := c.check.Body
	end, answers := last(body).(*python.Return)
	if !answers || c.found == "" || !c.asksForOne() || c.block[c.from].Pos() < c.check.Stop() || !leadsTo(c.r, c.fn, c.check) || spansLines(c.f, end) {
		return nil, false
	}
	return body, c.plainly(body[:len(body)-1]) && !slices.ContainsFunc(body, c.reckons)
}

// reckons tells whether a statement makes a new value of what the row holds that was looked for without a lock: written a second time, it would
// be a second lost update. One that the database computes is none.
func (c *conflict) reckons(s python.Stmt) bool {
	if slices.ContainsFunc(c.look, func(l python.Stmt) bool { return strings.Contains(c.f.Text(l), asksLock) }) {
		return false
	}
	found := false
	key := attributeOf(c.r, primary(c.r))
	asks := func(n python.Node) bool {
		a, ok := n.(*python.Attribute)
		return ok && lastName(a.Value) == c.found && a.Attr != key
	}
	python.Walk(s, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.AugAssign:
			found = found || asks(n.Target)
		case *python.BinOp:
			found = found || asks(n.Left) || asks(n.Right)
		}
		return !found
	})
	return found
}

// lost tells whether statements ask rows for attributes that a coroutine cannot have after a violation: a session that was rolled back loads them
// again, which nothing here waits for.
func (c *conflict) lost(block ...python.Stmt) bool {
	return c.wait != "" && !c.nests() && slices.ContainsFunc(block, func(s python.Stmt) bool { return c.asksRows(s) })
}

// dropsWork tells whether the end of the transaction takes along what the request has written before and not committed: who goes on afterwards
// would answer as if it were there.
func (c *conflict) dropsWork() bool {
	act, pending := c.r.Op(c.r.Act), false
	for i := range c.r.Trace.Ops[:c.r.Act] {
		op := c.r.Op(i)
		if op.Session != act.Session || c.nests() || effects.Apart(op.Ctx, act.Ctx) {
			continue
		}
		switch op.Kind {
		case interleave.Commit, interleave.Rollback:
			pending = false
		case interleave.Add, interleave.Insert, interleave.Assign, interleave.Update, interleave.Delete, interleave.Remove:
			pending = pending || op.Res.Store == interleave.Table && op.Obj != act.Obj
		}
	}
	return pending
}
