package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Freshness: for permissions and for work after the response it is not enough that some serial order explains the result.
// A check that is older than a change which was committed before the act took effect is stale.

// stale returns the races of one trace in which an old answer is trusted too long.
func (f *finder) stale(t *flow.Trace) []*Race {
	var out []*Race
	done := map[[2]int]bool{}
	looked := make([][]string, len(t.Ops)) // by operation: the columns that it looks at
	r := &Race{Trace: t}                   // one for all that come to nothing
	for i := range t.Ops {
		if !isAct(t, i) || t.Ops[i].Fills || t.Ops[i].Res.Store == interleave.Memory && calledCache(t.Ops[i].Res.Name) {
			continue
		}
		controls, _ := hangsOn(t, i)
		for _, c := range controls {
			for _, dep := range t.Ops[c].From {
				base := baseRead(t, dep)
				if base < 0 && gaveRow(t, dep, c) {
					base = dep
				}
				if base < 0 || base >= i || !mayGoStale(&t.Ops[base], &t.Ops[i]) || done[[2]int{base, c}] {
					continue
				}
				*r = Race{Trace: t, Read: base, Act: i, Acts: append(r.Acts[:0], i), Checks: append(r.Checks[:0], c), Uses: r.Uses[:0], Columns: looked[dep], Table: t.Ops[base].Table}
				if dep != base {
					r.Uses = append(r.Uses, dep)
				}
				if r.Columns == nil {
					r.addColumns(t, dep, base, c)
					if dep == base && isDocument(&t.Ops[base]) && t.Ops[base].Rare().Cached == "" {
						r.addFields(t, c, base)
					}
					if dep != base {
						looked[dep] = slices.Clip(r.Columns)
					}
				}
				rel, ok := r.trustsTooLong(c, f.ways[t]())
				if !ok {
					continue
				}
				r.Relation = rel
				if w, ok := r.revoker(f); ok {
					done[[2]int{base, c}] = true
					r.Rival, r.RivalAct = w.trace, w.op
					r.Path = f.ways[t]().pathTo(i, 1)
					r.RivalPath = f.pathOf(r, w, 1)
					r.Verdict = interleave.Verdict{Outcome: interleave.Race}
					out = append(out, r)
					r = &Race{Trace: t}
				}
			}
		}
	}
	return out
}

// gaveRow tells whether a decision of deferred work looks at what a write of the request gave back of the row, INSERT … RETURNING: the
// row as it was then.
func gaveRow(t *flow.Trace, write, check int) bool {
	w, c := &t.Ops[write], &t.Ops[check]
	if w.Kind != interleave.Insert && w.Kind != interleave.Update || w.Phase >= effects.Deferred || c.Phase != effects.Deferred || c.Pred == nil {
		return false
	}
	return slices.ContainsFunc(c.Pred.Uses, func(u effects.PredUse) bool {
		for _, v := range [...]*effects.Value{u.Left, u.Right} {
			if v != nil && int(v.Src)-1 == write && v.SrcCol != "" && v.SrcCol != "*" && v.SrcCol[0] != '#' {
				return true
			}
		}
		return false
	})
}

// mayGoStale tells whether an answer of a store can be too old for an act: see trustsTooLong.
func mayGoStale(read, act *effects.Op) bool {
	if read.Res.Store != interleave.Table && read.Res.Store != interleave.KeyValue {
		return false
	}
	if act.Res.Store == interleave.File && effects.IsTemporary(act.Res.Key) {
		return false // it goes with the request
	}
	return act.Phase < effects.Deferred || act.Phase == effects.Deferred && read.Phase < effects.Deferred
}

// trustsTooLong tells whether the act trusts an answer that is a cached copy, or older than real work in between, or that
// was given before the response while the act comes after it.
func (r *Race) trustsTooLong(check int, ways *ways) (Relation, bool) {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if !mayGoStale(read, act) {
		return 0, false
	}
	if act.Phase == effects.Deferred && read.Phase < effects.Deferred && len(r.Columns) > 0 {
		return Captured, r.actsOnCapture() && !r.claimedInTask() && (act.Kind == interleave.Effect || !r.askedByWork())
	}
	if act.Res.Store == interleave.Memory && (act.Res.Key == "" || act.Res.Key == "*") {
		return 0, false // made when it is first needed, whoever asks for it
	}
	if act.Res.Store == interleave.KeyValue && act.Kind == interleave.Delete && !isDocument(act) {
		return 0, false // the copy that is let go is made anew, whoever asks for it
	}
	if act.Phase >= effects.Deferred || !r.aboutAuthority(check) && !r.forbids(check) && !r.letsStay(check) {
		return 0, false
	}
	if r.Trace.Entry.Kind == fastapi.WebSocket && (act.External == "message" && (!r.LongLived() || act.Guess || echoes(act)) || len(clauses(act.Ctx)) > 0) {
		return 0, false // it answers what was asked of it, or ends
	}
	if read.Rare().Cached != "" {
		return Authority, !r.askedAgain(check) && !r.ifMissing(check)
	}
	if read.Lock.Strength != interleave.NoLock && !ways.pathTo(r.Act, 1).letsGo(r.Read, r.Act) {
		return 0, false // whoever would take the permission away waits for the act
	}
	waits := r.waitsBetween(check, ways) || r.LongLived() && r.waitsAgain()
	return Authority, waits && !r.askedAgain(check) && !r.ifMissing(check)
}

// letsGo tells whether the transaction or session in which a row was read ends before the act, and with it the lock on the row.
func (p *Path) letsGo(read, act int) bool {
	session := p.Trace.Ops[read].Session
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		return i > read && i < act && op.Session == session && (op.Kind == interleave.Commit || op.Kind == interleave.Rollback || op.Kind == interleave.Close)
	})
}

// echoes tells whether a message says nothing but what the client itself has sent.
func echoes(message *effects.Op) bool {
	return len(message.Rare().Told) > 0 && !slices.ContainsFunc(message.Rare().Told, func(s string) bool { return !strings.Contains(s, ".receive_") })
}

// LongLived tells whether the act stands in a loop of a connection that goes on and on, and what was asked before that loop.
func (r *Race) LongLived() bool {
	if r.Trace.Entry.Kind != fastapi.WebSocket && !r.Op(r.Act).Streamed {
		return false
	}
	last := r.Read
	for _, c := range r.Checks {
		last = max(last, c)
	}
	return r.Op(r.Act).Endless > r.Op(last).Endless
}

// letsStay tells whether a decision lets somebody into a connection that goes on and on. What is streamed is only read: there the one who
// is turned away must be told that he may not.
func (r *Race) letsStay(check int) bool {
	if !r.LongLived() || !r.Refuses(check) {
		return false
	}
	if r.Op(r.Act).Streamed {
		return r.asksForLink() && r.turnsAway(check)
	}
	return len(r.Columns) > 0 || r.asksForLink()
}

// credentials are the columns by which a caller is known who brings what they hold.
var credentials = []string{"token", "email", "api_key", "login"}

// asksForLink tells whether all that was asked is if there is a row which links two that the request names, as somebody and what he was let
// into: whoever takes it away takes that back, whatever the table is called.
func (r *Race) asksForLink() bool {
	read := r.Op(r.Read)
	named, somebody := map[string]bool{}, false
	name := func(column, value string) {
		if value != "" && !isConstant(value) {
			named[value] = true
			somebody = somebody || namesNumber(column) || matches(column, owners) || matches(column, credentials)
		}
	}
	for _, c := range read.Res.Where {
		if c.Op == "=" && !c.SubQuery {
			name(c.Column, c.Value)
		}
	}
	if len(read.Res.Where) == 0 { // by its key of several columns
		for _, part := range strings.Split(read.Res.Key, ",") {
			if column, value, ok := strings.Cut(part, "="); ok {
				name(column, value)
			}
		}
	}
	return isRow(read) && read.Res.Aggregate != interleave.Count && len(named) > 1 && somebody
}

// waitsAgain tells whether the endless loop around the act waits for something in each round.
func (r *Race) waitsAgain() bool {
	return r.Trace.Any(func(op *effects.Op) bool {
		return op.Kind == interleave.Suspend && op.Long && op.Endless >= r.Op(r.Act).Endless
	})
}

// Refuses tells whether the request goes no further when a decision falls the other way.
func (r *Race) Refuses(check int) bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check == check {
			return c.Leaves >= effects.LeavesFunction
		}
	}
	return false
}

// actsOnCapture tells whether the deferred act is about what was read before: it changes that table, or does elsewhere, with what was
// read, what cannot be taken back. A log that is set up or a mail that tells of it is not.
func (r *Race) actsOnCapture() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if act.Kind == interleave.Effect {
		if act.External == "mail" && !r.AsksStateLate() {
			return false
		}
		return act.External != "message" && !act.Guess && !identityRead(r.Trace, r.Read) && !r.keysOnly() &&
			!tells(r.Trace, act) && slices.ContainsFunc(act.From, func(d int) bool { return baseRead(r.Trace, d) == r.Read })
	}
	if act.Kind == interleave.Add || act.Kind == interleave.Insert {
		return false // a new row is not the one that was read
	}
	if r.FindsNothing() {
		return false // what was looked for was not there: the row is another one
	}
	if read.Res.Aggregate != interleave.Rows {
		return false // how many there are is asked of no row in particular: the work finds the rows it changes by itself
	}
	return act.Res.Store == read.Res.Store && act.Res.Name == read.Res.Name
}

// AsksStateLate tells whether the deferred work itself asks in which state the row is before it acts, and is answered with what the request saw.
func (r *Race) AsksStateLate() bool {
	return slices.ContainsFunc(r.Checks, func(c int) bool {
		op := r.Op(c)
		return op.Phase == effects.Deferred && op.Pred != nil && slices.ContainsFunc(op.Pred.Uses, func(u effects.PredUse) bool {
			return u.Left != nil && u.Left.Src > 0 && slices.Contains(r.Uses, int(u.Left.Src-1)) && slices.ContainsFunc(constants(u.Right), isText)
		})
	})
}

// isText tells whether a constant is a text that is not empty.
func isText(v string) bool { return len(v) > 2 && v[0] == '\'' }

// telling begins the words in names of functions and classes that only tell somebody of what was done.
var telling = []string{"audit", "log_", "logs_", "telemetry", "analytic", "metric", "notif", "webhook", "track"}

// tells tells whether an effect is made by such a function.
func tells(t *flow.Trace, effect *effects.Op) bool {
	return madeBy(effect, telling, t.Entry.Function)
}

// madeBy tells whether an effect is made by a function, but for one, whose name or whose class's begins a word with one of those given.
func madeBy(effect *effects.Op, words []string, but *program.Function) bool {
	for s := effect.Site; s != nil; s = s.Up {
		if fn := s.Function; fn != nil && fn != but && (begins(fn.Name, words) || fn.Class != nil && begins(fn.Class.Name, words)) {
			return true
		}
	}
	return false
}

// keysOnly tells whether nothing was looked at but what the row belongs to.
func (r *Race) keysOnly() bool {
	for _, c := range r.Columns {
		if !namesNumber(c) {
			return false
		}
	}
	return true
}

// identityRead tells whether a read finds out who calls: a stale answer there is a question of freshness, not of the row.
func identityRead(t *flow.Trace, read int) bool {
	op := &t.Ops[read]
	return op.Phase <= effects.Dependency && matches(op.Res.Name, authorityTables)
}

// askedAgain tells whether a later decision, or the act's own statement, looks at a newer answer to the same question.
func (r *Race) askedAgain(check int) bool {
	if r.asks(r.Act) {
		return true
	}
	controls, _ := hangsOn(r.Trace, r.Act)
	for _, c := range controls {
		if c <= check {
			continue
		}
		for _, dep := range r.Trace.Ops[c].From {
			if base := baseRead(r.Trace, dep); base > r.Read && r.Op(base).Res.Name == r.Resource() && r.Op(base).Rare().Cached == "" || dep > r.Read && r.asks(dep) {
				return true
			}
		}
	}
	return false
}

// askedByWork tells whether the work after the answer has read the row anew and decides on the same columns of it for itself.
func (r *Race) askedByWork() bool {
	controls, _ := hangsOn(r.Trace, r.Act)
	for _, c := range controls {
		for _, dep := range r.Op(c).From {
			base := baseRead(r.Trace, dep)
			if base > r.Read && r.Op(base).Phase >= effects.Deferred && r.Op(base).Res.Name == r.Resource() && slices.ContainsFunc(r.Op(dep).Res.Columns, func(c string) bool { return slices.Contains(r.Columns, c) }) {
				return true
			}
		}
	}
	return false
}

// asks tells whether the statement of an operation reads the resource in a sub-query.
func (r *Race) asks(i int) bool {
	for _, c := range r.Op(i).Res.Where {
		if c.Of != nil && c.Of.Name == r.Resource() {
			return true
		}
	}
	return false
}

// claimedInTask tells whether the deferred work looks at the row again, under a lock or by a conditional write, before it acts.
func (r *Race) claimedInTask() bool {
	for i := r.Read + 1; i <= r.Act; i++ {
		op := r.Op(i)
		if op.Phase < effects.Deferred || op.Res.Name != r.Resource() {
			continue
		}
		switch op.Kind {
		case interleave.Update, interleave.Delete:
			if len(op.Res.Where) > 0 {
				return true
			}
		case interleave.Read, interleave.Refresh:
			if op.Lock.Strength != interleave.NoLock {
				return true
			}
		}
	}
	return false
}

// waitsBetween tells whether the request waits for real work elsewhere between the check and the act.
func (r *Race) waitsBetween(check int, ways *ways) bool {
	p := ways.pathTo(r.Act, 1)
	for _, i := range p.Ops {
		if op := r.Op(i); i > check && i < r.Act && op.Kind == interleave.Suspend && op.Long && op.Phase >= effects.Handler && !brief(op) {
			return true
		}
	}
	return false
}

// quickVerbs are what a store is asked to do in a moment, and quickStores parts of the names that such stores go by.
var (
	quickVerbs  = []string{"get", "set", "setex", "delete", "exists", "expire", "incr", "decr", "hget", "hset", "hgetall", "mget", "ttl", "acquire", "release", "publish", "xadd", "commit", "rollback", "flush", "refresh", "execute", "close"}
	quickStores = []string{"cache", "redis", "store", "lock", "session", "conn", "pool", "db", "database"}
)

// brief tells whether a wait that nobody knows is one for a store, by what it is called, or a pause of which no length is stated:
// both are over before anybody has changed his mind.
func brief(op *effects.Op) bool {
	call, ok := op.Site.Node.(*python.Call)
	if !ok {
		return false
	}
	name, of := "", ""
	switch f := call.Func.(type) {
	case *python.Name:
		name = f.ID
	case *python.Attribute:
		name = f.Attr
		switch v := f.Value.(type) {
		case *python.Name:
			of = v.ID
		case *python.Attribute:
			of = v.Attr
		}
	}
	if name == "sleep" {
		return op.Rare().Seconds == 0
	}
	return slices.Contains(quickVerbs, name) && matches(of, quickStores)
}

// namesAnother tells whether a write names its row by another value than a read does in the same column: who takes a role from somebody
// had a role of his own looked up, and is somebody for whoever calls the same to take it from him.
func namesAnother(read, write *effects.Op) bool {
	return slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && slices.ContainsFunc(write.Res.Where, func(d interleave.Cond) bool {
			return d.Op == "=" && d.Column == c.Column && d.Value != c.Value && d.Value != "" && c.Value != "" && !isConstant(d.Value) && !isConstant(c.Value)
		})
	})
}

// addsAnother tells whether a write makes a row, where the one row was found that is relied on: that one is not touched by it.
func addsAnother(r *Race, op *effects.Op) bool {
	return op.Kind == interleave.Insert && op.Flags&interleave.OnConflictUpdate == 0 && r.Op(r.Read).Res.Key != "" && !r.OnlyIfMissing()
}

// movedOnFirst tells whether the request itself has moved the row on, in a column that it looked at, before its work after the answer begins:
// the work goes by where it was moved to. That two requests move it is a race of that write, and told of it.
func (r *Race) movedOnFirst() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	for i := r.Read + 1; i < r.Act; i++ {
		op := r.Op(i)
		if (op.Kind == interleave.Assign || op.Kind == interleave.Update) && op.Phase < effects.Deferred && sameRow(read, op) && within(act.Ctx, op.Ctx) && writesAny(op.Set, r.Columns) {
			return true
		}
	}
	return false
}

// revoker returns the entry point that changes what was checked.
func (r *Race) revoker(f *finder) (writer, bool) {
	var careful writer
	for _, w := range f.writers(r.Op(r.Read)) {
		op := &w.trace.Ops[w.op]
		if w.trace == r.Trace && r.Relation == Authority && !(r.Op(r.Read).Rare().Cached != "" && namesAnother(r.Op(r.Read), op)) {
			continue
		}
		if w.trace == r.Trace && r.Relation == Captured && r.movedOnFirst() {
			continue
		}
		if op.Flags&interleave.FreshObject != 0 || addsAnother(r, op) || r.givesOtherEntry(w) {
			continue
		}
		if r.Op(r.Read).Kind == interleave.Insert && (w.trace == r.Trace || op.Kind == interleave.Insert || op.Kind == interleave.Add) {
			continue // another request has inserted another row
		}
		gone := op.Kind == interleave.Delete || op.Kind == interleave.Remove
		switch {
		case len(r.Columns) == 0 && !gone && r.Op(r.Read).Rare().Cached == "":
		case len(r.Columns) > 0 && !writesAny(op.Set, r.Columns) && (!gone || r.Relation != Authority):
		case r.Relation == Authority && !gone && !r.withdraws(op):
		case !invalidates(w.trace, r.Op(r.Read)):
			return w, true
		case careful.trace == nil:
			careful = w
		}
	}
	if careful.trace == nil {
		return writer{}, false
	}
	r.Mild = true // every writer drops the copy: what is left is the moment in which an old answer is put back
	return careful, true
}
