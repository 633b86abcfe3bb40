package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// money are parts of the names of tables whose rows are amounts that somebody has, owes or gets.
var money = []string{"payment", "refund", "transaction", "ledger", "credit", "payout", "transfer", "charge", "invoice", "balance", "withdraw", "deposit", "entry", "entries"}

// DoesTwice tells whether two requests that both get through do more than to write one state twice: something leaves the application
// that cannot be taken back, or an amount moves.
func (r *Race) DoesTwice() bool { return r.doesTwice(nothing) }

// nothing is what DoesTwice and SendsOut leave out.
func nothing(int) bool { return false }

func (r *Race) doesTwice(but func(op int) bool) bool {
	if r.sendsOut(but) {
		return true
	}
	for _, i := range r.Path.Ops {
		if i <= r.Read || !r.decidedOn(i) {
			continue
		}
		op := r.Op(i)
		switch op.Kind {
		case interleave.Insert, interleave.Add, interleave.InsertWhereNotExists:
			if op.Res.Store == interleave.Table && op.Res.Name != r.Resource() && matches(op.Res.Name, money) {
				return true
			}
		case interleave.Assign, interleave.Update:
			if !drops(op) && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative }) {
				return true
			}
		}
	}
	return false
}

// letters are words in the names of functions and classes that write to somebody.
var letters = []string{"mail", "email", "sms"}

// DoesForGood tells of two requests that both get through whether what is done twice stays done: an amount moves, something is told to the
// outside or another row comes of it. A letter that comes twice is read once, and a log may say twice what happened twice.
func (r *Race) DoesForGood() bool {
	told := func(i int) bool { return onlyTells(r.Trace, r.Op(i)) }
	return r.startsWork || r.doesTwice(told) || slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		return i > r.Read && r.decidedOn(i) && makesAnother(r.Op(i), r.Resource())
	})
}

// RivalDoesForGood tells whether the rival does more than to write the row: something comes of the state to which it takes it.
func (r *Race) RivalDoesForGood() bool {
	return r.RivalPath != nil && slices.ContainsFunc(r.RivalPath.Ops, func(i int) bool { return staysDone(r.Rival, i, r.Resource()) })
}

// doesForGood tells whether somewhere on its ways an entry point does something that stays.
func doesForGood(t *flow.Trace, table string) bool {
	for i := range t.Ops {
		if staysDone(t, i, table) {
			return true
		}
	}
	return false
}

// staysDone tells whether an operation does something that stays, whatever a row of the table says in the end.
func staysDone(t *flow.Trace, i int, table string) bool {
	op := &t.Ops[i]
	switch op.Kind {
	case interleave.Effect:
		return (op.External == "payment" || op.External == "http" && !op.Guess) && !onlyTells(t, op)
	case interleave.Assign, interleave.Update:
		return op.Res.Store == interleave.Table && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative })
	}
	return makesAnother(op, table)
}

// onlyTells tells whether an effect is a letter or a note.
func onlyTells(t *flow.Trace, op *effects.Op) bool {
	return op.External == "mail" || op.External == "message" || tells(t, op) || madeBy(op, letters, nil)
}

// makesAnother tells whether an operation makes a row of another table that no key refuses, and that is no note of what was done.
func makesAnother(op *effects.Op, table string) bool {
	return (op.Kind == interleave.Insert || op.Kind == interleave.Add) && isRow(op) && op.Res.Name != table &&
		len(op.Unique) == 0 && !matches(op.Res.Name, bookkeeping) && !matches(op.Res.Name, telling)
}

// FillsGap tells whether a constant or the time is written where a column held nothing: what somebody else writes there meanwhile is
// lost, and that is all.
func (r *Race) FillsGap() bool {
	act := r.Op(r.Act)
	if act.Kind != interleave.Assign && act.Kind != interleave.Update || len(act.Set) != 1 || !isStamp(act.Set[0].Value) {
		return false
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check < 0 || r.Op(c.Check).Pred == nil {
			continue
		}
		for _, u := range r.Op(c.Check).Pred.Uses {
			op := u.On(c.Arm)
			if (op == "false" || op == "not exists") && u.Left != nil && u.Left.SrcCol == act.Set[0].Column {
				return len(r.Op(c.Check).Pred.Uses) == 1
			}
		}
	}
	return false
}

// Reconfigured tells whether a row is taken away while somebody gives the column that was looked at another value of his own choice:
// a setting is changed, and no step of a process taken.
func (r *Race) Reconfigured() bool {
	act := r.Op(r.Act)
	if !takesRow(act) || r.Rival == nil || r.Self() {
		return false
	}
	rival := &r.Rival.Ops[r.RivalAct]
	return (rival.Kind == interleave.Assign || rival.Kind == interleave.Update) && !slices.ContainsFunc(rival.Set, func(a interleave.Assignment) bool {
		return slices.Contains(r.Columns, a.Column) && (isStamp(a.Value) || a.Relative)
	})
}

// Locks tells whether the request takes a lock outside the process on its way to the act.
func (r *Race) Locks() bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i < r.Act && (op.Lock.Strength != interleave.NoLock || op.Kind == interleave.Acquire && op.Scope != interleave.ProcessLock)
	})
}

// LocksLate tells whether a named lock is taken after what is contested was read, and held where the act happens. One under which something
// else is looked at is there for that: it came late for nothing.
func (r *Race) LocksLate() bool {
	return r.holdsLock(func(lock int) bool { return !r.looksElsewhere(lock) })
}

// LocksForElse tells whether a named lock that is held where the act happens is there for something else.
func (r *Race) LocksForElse() bool { return r.holdsLock(r.looksElsewhere) }

// holdsLock tells whether one of certain named locks is taken after what is contested was read, and held where the act happens.
func (r *Race) holdsLock(one func(lock int) bool) bool {
	held := map[string]bool{}
	for _, i := range r.Path.Ops {
		if i <= r.Read || i >= r.Act {
			continue
		}
		switch op := r.Op(i); op.Kind {
		case interleave.Acquire:
			if one(i) {
				held[op.Name] = true
			}
		case interleave.Release:
			delete(held, op.Name)
		}
	}
	return len(held) > 0
}

// looksElsewhere tells whether a request decides, after a lock and before the act, on something in the database that it reads only then, and
// does not look once more at what is contested. Rows that are fetched to be changed, whatever they show, are not looked at.
func (r *Race) looksElsewhere(lock int) bool {
	contested := &r.Op(r.Read).Res
	elsewhere := false
	for _, i := range r.Path.Ops {
		if i <= lock || i >= r.Act {
			continue
		}
		switch op := r.Op(i); op.Kind {
		case interleave.Read, interleave.Refresh:
			if op.Res.Name == contested.Name && op.Res.Key == contested.Key && op.Res.Aggregate == contested.Aggregate && (op.Kind == interleave.Refresh || tested(r.Trace, i)) {
				return false
			}
		case interleave.Check:
			elsewhere = elsewhere || slices.ContainsFunc(op.From, func(from int) bool {
				return from > lock && r.Op(from).Kind == interleave.Read && r.Op(from).Res.Store == interleave.Table
			})
		}
	}
	return elsewhere
}

// Grants tells whether the request does something else than to take away what it looked at, before it answers.
func (r *Race) Grants() bool { return r.Path.grants(r.Act) || r.Path.makesAnother(r.Act) }

// GrantsForIt tells whether the request does something else because of what it found, and not merely besides.
func (r *Race) GrantsForIt() bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		return i > r.Read && r.Path.doesElse(i, r.Act) && (len(r.Checks) > 0 && r.decidedOn(i) || slices.Contains(r.Op(i).From, r.Read))
	})
}

// TakenByBoth tells whether the rival takes the thing away as well.
func (r *Race) TakenByBoth() bool {
	return r.Rival != nil && takesRow(&r.Rival.Ops[r.RivalAct])
}

// takesRow tells whether an operation takes a row or an entry away.
func takesRow(op *effects.Op) bool {
	return op.Kind == interleave.Delete || op.Kind == interleave.Remove
}

// Taking tells whether the act takes away what was looked at.
func (r *Race) Taking() bool { return takesRow(r.Op(r.Act)) }

// RivalTakes tells whether the rival takes away what was looked for.
func (r *Race) RivalTakes() bool { return takesRow(&r.Rival.Ops[r.RivalAct]) }

// Rejects tells whether a decision on what was looked at turns the caller away with an error: what he asked for may be had once, or not any
// more. Who only answers with what is there already, or makes it where it is missing, turns nobody away.
func (r *Race) Rejects() bool {
	deciding := r.Deciding()
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && c.Leaves == effects.Raises && slices.Contains(deciding, c.Check) {
			return true
		}
	}
	return false
}

// TurnsAwayFinder tells whether the first decision on what was read refuses the request where it finds something.
func (r *Race) TurnsAwayFinder() bool {
	first := effects.Stays
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) {
			first = c.Leaves
		}
	}
	return first == effects.Raises
}

// DroppedByBoth tells whether both requests take the same field out of an entry that holds several.
func (r *Race) DroppedByBoth() bool {
	return r.Rival != nil && r.Op(r.Act).Drops && r.Rival.Ops[r.RivalAct].Drops
}

// Flips tells whether all that is stored is the opposite of what was found, and no more is asked of it than whether the row is there and whose
// it is: two requests that both flip it leave it once flipped.
func (r *Race) Flips() bool {
	asksMore := func(c int) bool { return !r.impliesRow(c) && !r.leavesAlone(c) }
	return r.Derived && r.Self() && !slices.ContainsFunc(r.Checks, asksMore) && len(r.Acts) > 0 && !slices.ContainsFunc(r.Acts, func(a int) bool {
		set := r.Op(a).Set
		return len(set) == 0 || slices.ContainsFunc(set, func(s interleave.Assignment) bool { return !strings.HasPrefix(s.Value, "not ") })
	})
}

// leavesAlone tells whether a decision is seen to ask only about columns that both requests leave as they are.
func (r *Race) leavesAlone(check int) bool {
	p, fields := r.Op(check).Pred, r.fieldsAsked(check)
	if p == nil || len(fields) == 0 || slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return r.About(u.Left) && u.Left.SrcCol == "" || r.About(u.Right) && u.Right.SrcCol == ""
	}) {
		return false
	}
	return !slices.ContainsFunc(r.Acts, func(a int) bool { return writesField(r.Op(a).Set, fields) }) && !writesField(r.Rival.Ops[r.RivalAct].Set, fields)
}

// MarksRefused tells whether all that is put down outside the database is a constant or a time, by a request that is turned away: it keeps out
// who comes next, and two that put it down keep him out as well as one.
func (r *Race) MarksRefused() bool {
	act := r.Op(r.Act)
	if !act.Refused || r.Derived || act.Kind != interleave.Update || act.Res.Store == interleave.Table || act.Value == nil || act.Value.IsNone() {
		return false
	}
	return act.Value.Kind == effects.Const || mentionsName(act.Value.Sym, "now") && len(act.Value.AllDeps()) == 0
}

// RaisesAlone tells whether both requests write down the same constant in a place of memory, and nothing that anybody else could see is done
// with it: what each found out for itself is noted twice.
func (r *Race) RaisesAlone() bool {
	act := r.Op(r.Act)
	if r.Relation != SameRow || r.Rival == nil || act.Res.Store != interleave.Memory || act.Value == nil || act.Value.Kind != effects.Const || act.Value.IsNone() {
		return false
	}
	if v := r.Rival.Ops[r.RivalAct].Value; v == nil || !v.Is(act.Value.Sym) {
		return false
	}
	return !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && isAct(r.Trace, i) && op.Phase < effects.Teardown && (op.Res.Store != interleave.Memory || op.Kind != interleave.Update || op.Res.Key != "*")
	})
}

// Trims tells whether a place of memory is only cut down where it has grown too much, to a part of itself or by entries that were picked in it:
// what is lost is what came meanwhile, or one entry more, of something that loses its oldest part in any case.
func (r *Race) Trims() bool {
	act := r.Op(r.Act)
	picked := drops(act) && strings.HasPrefix(act.Res.Key, act.Res.Name)
	if act.Res.Store != interleave.Memory || !picked && (act.Kind != interleave.Update || act.Res.Key != "*" || act.Value == nil || act.Value.Sym != act.Res.Name) {
		return false
	}
	sized := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			return false
		}
		for _, u := range p.Uses {
			size := strings.ContainsAny(u.Op+u.Within, "<>")
			if none := isNone(u.Op, u.Right) || presence[u.Op] != ""; !size && !(picked && none) || picked && size && (u.Right == nil || u.Right.Sym == "0" || u.Right.Sym == "1") {
				return false
			}
			sized = sized || size
		}
	}
	return sized
}

// TakesOld tells whether all that is done is to take out an entry that is too old: one that was put in its place meanwhile goes with it,
// and is put there again.
func (r *Race) TakesOld() bool {
	act := r.Op(r.Act)
	if act.Res.Store != interleave.Memory || act.Res.Key == "*" || !drops(act) {
		return false
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) && r.Op(c.Check).Pred != nil && slices.ContainsFunc(r.Op(c.Check).Pred.Uses, asksAge) {
			return true
		}
	}
	return false
}

// FindsNothing tells whether the act happens where nothing was found.
func (r *Race) FindsNothing() bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) && r.absentAt(c) {
			return true
		}
	}
	return false
}

// OnlyIfMissing tells whether the act happens for no other reason than that nothing was found.
func (r *Race) OnlyIfMissing() bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) && r.absentAt(c) {
			p := r.Op(c.Check).Pred
			return len(p.Uses) == 1 || p.Certain(c.Arm)
		}
	}
	return false
}

// decidedOn tells whether an operation happens only as the decisions on what was read fall: what the request does whichever way they fall,
// as to ask another service what the caller may do before it looks at the state, is done no more often for the race.
func (r *Race) decidedOn(i int) bool {
	if len(r.Checks) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Deciding(), func(c int) bool { return under(r.Op(i).Ctx, c) })
}

// SendsOut tells whether something leaves the application because of the look that cannot be taken back.
func (r *Race) SendsOut() bool { return r.sendsOut(nothing) }

func (r *Race) sendsOut(but func(op int) bool) bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		if i <= r.Read || op.Kind != interleave.Effect || but(i) || !r.decidedOn(i) {
			return false
		}
		return op.External == "payment" || op.External == "mail" || op.External == "file" || op.External == "http" && !op.Guess && op.Rare().Manner != effects.TakesAway && op.Phase < effects.Deferred
	})
}

// Orders tells whether something leaves the application because of the look that is more than a question, of which the answer is all that is
// stored: what another service makes of a text is asked for twice. Of a thing that it makes a number, an address or a reference is stored.
func (r *Race) Orders() bool {
	return r.sendsOut(func(i int) bool {
		return r.Op(i).External == "http" && !slices.ContainsFunc(r.Path.Ops, func(a int) bool {
			op := r.Op(a)
			return a > r.Read && isAct(r.Trace, a) && op.Kind != interleave.Effect && op.Res.Store != interleave.Memory && (!slices.Contains(op.From, i) || slices.ContainsFunc(op.Set, namesThing))
		})
	})
}

// namesThing tells whether what is stored is, by the last of its names, a number, an address or a reference.
func namesThing(a interleave.Assignment) bool {
	names := effects.Names(a.Value)
	if len(names) == 0 {
		return true
	}
	last := names[len(names)-1]
	return namesNumber(last) || matches(last, codeWords) || matches(last, []string{"url", "link", "ref", "number"})
}

// OtherValue tells whether the new row gets, in a column that the look asked about, something that is written otherwise than what was
// asked for: it may be of another set, as the row of someone whom the caller adds is not the caller's own.
func (r *Race) OtherValue() bool {
	if r.Relation != SetInsert {
		return false
	}
	for _, c := range r.Op(r.Read).Res.Where {
		v, ok := assigned(r.Op(r.Act).Set, c.Column)
		if c.Op != "=" || c.SubQuery || !ok || v == "" || c.Value == "" || isConstant(v) || isConstant(c.Value) {
			continue
		}
		if !strings.Contains(v, c.Value) && !strings.Contains(c.Value, v) {
			return true
		}
	}
	return false
}

// MarksOnce tells whether all that hangs on the decision is that an empty column gets a constant or the time: nobody is turned away or
// told something else, and a second request that does the same as well changes nothing.
func (r *Race) MarksOnce() bool {
	if r.Relation != SameRow || !r.FillsGap() || !r.storesSame() {
		return false
	}
	own := r.Op(r.Act).Set[0]
	if theirs, ok := assigned(r.Rival.Ops[r.RivalAct].Set, own.Column); !ok || theirs != own.Value {
		return false
	}
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check < 0 || !slices.ContainsFunc(r.Op(c.Check).From, func(f int) bool { return slices.Contains(r.Uses, f) }) {
			continue
		}
		branch, ok := r.Op(c.Check).Site.Node.(*python.If)
		return ok && c.Leaves == effects.Stays && c.Arm == 1 && len(branch.Else) == 0 && r.onlySeen(branch.Body)
	}
	return false
}

// noWork are the last names of calls that change nothing outside the request.
var noWork = append([]string{"now", "utcnow", "time", "today", "func"}, quiet...)

// onlySeen tells whether statements do nothing but what is among the request's operations: no answer is given, and nothing is called of
// which nothing is known.
func (r *Race) onlySeen(body []python.Stmt) bool {
	seen := func(call *python.Call) bool {
		return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
			for s := r.Op(i).Site; s != nil; s = s.Up {
				if s.Node != nil && s.Node.Pos() >= call.Pos() && s.Node.Stop() <= call.Stop() {
					return true
				}
			}
			return false
		})
	}
	only := true
	for _, s := range body {
		python.Walk(s, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.Call:
				only = only && (seen(n) || slices.Contains(noWork, n.Name()))
			case *python.Return, *python.Raise, *python.Yield:
				only = false
			}
			return only
		})
	}
	return only
}
