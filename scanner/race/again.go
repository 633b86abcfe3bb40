package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Looking twice: a file, row or name is looked at and found good, and what is used then is looked up once more. Whoever
// changes it in between has something used that nobody examined.

// again returns the second looks of a trace that a first one decides about.
func again(t *flow.Trace) []*Race {
	var out []*Race
	var demands []int
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Kind == interleave.Check && op.Rare().Demands != "" {
			demands = append(demands, i)
		}
		if !looksAgain(op) {
			continue
		}
		controls, _ := hangsOn(t, i)
		for _, c := range append(controls, demands...) {
			for _, dep := range t.Ops[c].From {
				first := baseRead(t, dep)
				if first < 0 || c > i || !sameThing(t, first, i) || !examined(t, first, c, i, t.Ops[dep].Res.Columns) || ownWrite(t, first, i) {
					continue
				}
				r := &Race{Trace: t, Relation: Again, Read: first, Act: i, Acts: []int{i}, Checks: []int{c}, Table: op.Table, Derived: true}
				if dep != first {
					r.Uses = append(r.Uses, dep)
				}
				r.Outside = outsideRival[op.Res.Name]
				r.Columns = slices.Clone(t.Ops[dep].Res.Columns)
				if use := usedBy(t, i); use >= 0 {
					r.Acts = append(r.Acts, use)
				}
				out = append(out, r)
			}
		}
	}
	return out
}

// looksAgain tells whether an operation finds something by its name.
func looksAgain(op *effects.Op) bool {
	switch op.Res.Store {
	case interleave.File:
		return op.Res.Name != effects.Links && (op.Kind == interleave.Read && op.Res.Aggregate == interleave.Rows || op.Kind == interleave.Update)
	case interleave.Remote:
		return op.Kind == interleave.Read && op.Rare().Manner == effects.Fetched
	case interleave.Table:
		return op.Kind == interleave.Read && op.Res.Aggregate == interleave.Rows || op.Kind == interleave.Update && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative })
	}
	return false
}

// copies tells whether an update takes what one of some columns of its row holds by then into another one: SET live = draft. A
// condition whose outcome is looked at says that the row is still the one that was seen.
func copies(t *flow.Trace, update int, columns []string) bool {
	op := &t.Ops[update]
	if len(op.Res.Where) > 0 && tested(t, update) {
		return false
	}
	return slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
		return a.Relative && slices.ContainsFunc(columns, func(c string) bool { return c != a.Column && mentionsName(a.Value, c) })
	})
}

// sameThing tells whether two operations look up the same thing. Where a name leads to is looked up by every use of the name.
func sameThing(t *flow.Trace, first, second int) bool {
	a, b := &t.Ops[first].Res, &t.Ops[second].Res
	if first >= second || a.Store != b.Store || a.Key == "" || a.Key != b.Key {
		return false
	}
	return a.Name == b.Name || a.Store == interleave.File && a.Name == effects.Links
}

// examined tells whether the first look judged the thing that the second one uses; looked are the columns that it judged.
func examined(t *flow.Trace, first, check, second int, looked []string) bool {
	a, b, c := &t.Ops[first], &t.Ops[second], &t.Ops[check]
	switch a.Res.Store {
	case interleave.Table:
		if b.Kind == interleave.Update {
			return c.Rare().Demands == "validation" && copies(t, second, looked)
		}
		if b.Obj != 0 && (b.Session == a.Session || b.Phase >= effects.Deferred || !usesAnew(t, second, looked)) {
			return false // a session shows what it has loaded as it loaded it; and what was made of a row for the answer was validated for nobody else
		}
		return c.Rare().Demands == "validation" && usedBy(t, second) >= 0
	case interleave.File:
		if a.Res.Name == effects.Links {
			return true
		}
		if b.Kind != interleave.Read || a.Res.Aggregate == interleave.Exists {
			return false
		}
		if a.Rare().Manner == "" && b.Rare().Manner == effects.Handed {
			return c.Rare().Demands != "" || refuses(t, check, second) // the request looked into it itself
		}
		return c.Rare().Demands != "" || a.Rare().Manner == effects.Inspected || b.Rare().Manner != "" || saysDigest(c) ||
			t.Mentions(a.Res.Key) && refuses(t, check, second) && usedBy(t, second) >= 0 && asksContent(c, first) // what a client handed in, and no settings
	}
	return !onlyPresence(c, first) && (a.Res.Name != effects.Location || refuses(t, check, second))
}

// refuses tells whether a decision keeps a request from going on, and does not only choose between two ways of going on.
func refuses(t *flow.Trace, check, act int) bool {
	for c := t.Ops[act].Ctx; c != nil; c = c.Up {
		if c.Check != check {
			continue
		}
		if c.Leaves >= effects.LeavesFunction {
			return true
		}
		p := t.Ops[check].Pred
		return c.Arm == 1 && p != nil && len(p.Uses) == 1 && p.Uses[0].Op == "in"
	}
	return false
}

// outsideRival names who changes what is outside of the project.
var outsideRival = map[string]string{
	effects.HostName: "the name server of the host's owner",
	effects.Location: "the server that answers",
}

// onlyPresence tells whether a decision asks no more than whether there was an answer at all.
func onlyPresence(c *effects.Op, first int) bool {
	if c.Pred == nil {
		return false
	}
	for _, u := range c.Pred.Uses {
		switch u.Op {
		case "true", "false", "exists", "not exists":
			if u.Left != nil && int(u.Left.Src) == first+1 {
				continue
			}
		}
		if u.Left.DerivesFrom(first) || u.Right.DerivesFrom(first) {
			return false
		}
	}
	return true
}

// asksContent tells whether a decision compares what was read with something, and does not only ask whether something is in it.
func asksContent(c *effects.Op, first int) bool {
	return c.Pred != nil && slices.ContainsFunc(c.Pred.Uses, func(u effects.PredUse) bool {
		return u.Right != nil && u.Op != "in" && u.Op != "not in" && u.Left.DerivesFrom(first)
	})
}

// saysDigest tells whether a decision compares a digest of the content.
func saysDigest(c *effects.Op) bool {
	if c.Pred == nil {
		return false
	}
	return slices.ContainsFunc(c.Pred.Uses, func(u effects.PredUse) bool {
		return u.Left != nil && strings.Contains(u.Left.Sym, "digest(")
	})
}

// usedBy returns the first write of what an operation read, -1 when there is none.
func usedBy(t *flow.Trace, read int) int {
	for i := read + 1; i < len(t.Ops); i++ {
		if isAct(t, i) && slices.ContainsFunc(t.Ops[i].From, func(f int) bool { return f == read || shows(t, f, read) }) {
			return i
		}
	}
	return -1
}

// shows tells whether an operation looks at a column of the object that a read has loaded.
func shows(t *flow.Trace, attr, read int) bool {
	a, r := &t.Ops[attr], &t.Ops[read]
	return a.Kind == interleave.Attr && r.Obj != 0 && a.Obj == r.Obj && slices.Contains(a.From, read)
}

// usesAnew tells whether an act uses what one of some columns holds of the object that a read has loaded.
func usesAnew(t *flow.Trace, read int, columns []string) bool {
	for i := read + 1; i < len(t.Ops); i++ {
		if isAct(t, i) && slices.ContainsFunc(t.Ops[i].From, func(f int) bool {
			return shows(t, f, read) && slices.ContainsFunc(t.Ops[f].Res.Columns, func(c string) bool { return slices.Contains(columns, c) })
		}) {
			return true
		}
	}
	return false
}

// ownWrite tells whether the request itself wrote the file between its two looks.
func ownWrite(t *flow.Trace, first, second int) bool {
	for i := first + 1; i < second; i++ {
		if op := &t.Ops[i]; (op.Kind == interleave.Update || op.Kind == interleave.Insert) && op.Res.Store == interleave.File && op.Res.Key == t.Ops[first].Res.Key {
			return true
		}
	}
	return false
}

// changesBetween tells whether a write puts something else in the place of what was examined.
func (r *Race) changesBetween(op *effects.Op) bool {
	read := r.Op(r.Read)
	switch read.Res.Store {
	case interleave.File:
		if read.Res.Name == effects.Links {
			return below(op.Res.Key, read.Res.Key)
		}
		return op.Kind == interleave.Update && samePlace(read.Res.Key, op.Res.Key)
	case interleave.Table:
		return op.Flags&interleave.FreshObject == 0 && writesAny(op.Set, r.Columns)
	}
	return op.Res.Key == read.Res.Key
}

// judgeAgain runs both looks against a rival that writes in between. What the second look gives goes somewhere that is nobody
// else's; the race is that no order of the two requests has both the answer of the first look and the content of the second.
func (f *finder) judgeAgain(r *Race, w writer, a, b *Path) (interleave.Verdict, interleave.Placement) {
	pa := r.twoLooks(a)
	read := r.Op(r.Read)
	pb := b.program(w.op, nil, subject{store: read.Res.Store, name: w.trace.Ops[w.op].Res.Name})
	unify(r, w, &pb)
	for i := range pb.Ops {
		if op := &pb.Ops[i]; op.Act && !strings.Contains(op.Res.Key, "#") { // a file of its own stays its own
			op.Res.Key, op.Res.Name = read.Res.Key, read.Res.Name
		}
	}
	place := f.set.Placements[len(f.set.Placements)-1]
	return f.memo.Judge(interleave.Pair{A: pa, B: pb, Engine: f.set.Engine, Placement: place}), place
}

// twoLooks is the request with nothing but its two looks, the decision between them, and what guards them.
func (r *Race) twoLooks(p *Path) interleave.Program {
	read := r.Op(r.Read)
	var kept []int
	for _, i := range p.Ops {
		op := r.Op(i)
		keep := i == r.Read || i == r.Act || slices.Contains(r.Uses, i) || slices.Contains(r.Checks, i)
		switch op.Kind {
		case interleave.Acquire, interleave.Release:
			keep = true
		case interleave.Suspend:
			keep = read.Res.Store != interleave.Table
		case interleave.Begin, interleave.Commit, interleave.Rollback, interleave.Close:
			keep = op.Session != 0 && op.Session == read.Session
		}
		if keep {
			kept = append(kept, i)
		}
	}
	if !slices.Contains(kept, r.Act) || !slices.Contains(kept, r.Checks[0]) {
		return interleave.Program{}
	}
	sub := &Path{Trace: p.Trace, Ops: kept, ways: p.ways, arms: p.arms}
	out := sub.translate(-1, sub.testedWrites(r.Act))
	check, _ := sub.place(r.Checks[0])
	first, _ := sub.place(r.Read)
	if len(r.Uses) > 0 {
		first, _ = sub.place(r.Uses[0])
	}
	second, _ := sub.place(r.Act)
	out.Ops[check].Uses = []interleave.Use{{From: first, Op: "?"}}
	out.Ops[check].From = []int{first}
	look := &out.Ops[second]
	look.Kind, look.Set, look.Unique, look.From = interleave.Read, nil, nil, nil
	look.Res.Name = read.Res.Name
	if look.Obj != 0 { // in another session: what it loads is what is there by then
		look.Obj, look.Res.Columns = 0, r.Columns
	}
	return used(out, second, []int{check, second}, r.Act)
}

// used adds right after an operation that what it gave goes somewhere that is nobody else's. A lock that is held over the
// operation is held over its use.
func used(p interleave.Program, after int, from []int, tag int) interleave.Program {
	use := interleave.Op{Kind: interleave.Update, From: from, Act: true, Tag: tag, Set: []interleave.Assignment{{Column: "used"}}}
	use.Res = interleave.Resource{Store: interleave.Remote, Name: "use", Key: "own#"}
	p.Ops = slices.Insert(p.Ops, after+1, use)
	for i := after + 2; i < len(p.Ops); i++ {
		for j, f := range p.Ops[i].From {
			if f > after {
				p.Ops[i].From[j] = f + 1
			}
		}
	}
	return p
}
