package race

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/middlebrick/middlebrick/scanner/budget"
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Setting is what the judge assumes about the project.
type Setting struct {
	Engine interleave.Engine
	// Dialect is the engine without its level: sessions may have levels of their own.
	Dialect    string
	Placements []interleave.Placement
	// SeveralProcesses tells that more than one process was seen to serve the application; without it a second one is a guess.
	SeveralProcesses bool
	// OneProcess tells that the project is seen to run in a single process.
	OneProcess bool
	// Work bounds the work of the search, see judgeWork; 0 for no bound but those of each candidate.
	Work int
	// Memo holds what the judge has said, also in other searches; nil for one of this search alone.
	Memo *interleave.Memo
}

// Limits on the work for one candidate.
const maxRivals = 4

// judgeWork is what it counts to run a candidate against a rival, beside the operations on the ways of the two.
const judgeWork = 1000

// askWork is what it counts to ask whether a writer is a rival: of a place that every entry point fills there are thousands, for each.
const askWork = 1

// finder is one search for races.
type finder struct {
	set    Setting
	traces []*flow.Trace
	index  map[string][]writer
	crowds map[string][][]writer // index, by entry point
	places places                // of those in index
	memo   *interleave.Memo
	ways   map[*flow.Trace]func() *ways // of those that stay what they were few are asked for
	shown  map[string]bool              // see shownAgain
	// revoked are the keys that only say that something was taken back; see revokedMarks.
	revoked map[string]bool
	// personal are the tables of which every request looks only at what one person has; see personal.
	personal map[string]bool
	// foundByName are the names by which rows are found; see there.
	foundByName map[string]bool
	// tickets are the keys that are drawn at random and taken out by whoever looks; see ticketKeys.
	tickets map[string]bool
	// decided are the columns that decisions look at; see tallies.
	decided map[string]bool

	*result     // of the trace that is searched
	limit   int // what the search has left for that trace, 0 for no limit
}

// Find returns the races of all traces: for every candidate the nearest rival against which the judge finds a race, or that it
// makes fail with an error that nobody handles. The order follows the traces; each runs do for 0 to n-1, in parallel if it likes.
func Find(traces []*flow.Trace, set Setting, each func(n int, do func(i int))) []*Race {
	races, _ := FindAgain(traces, set, each, nil)
	return races
}

// FindAgain is Find after an earlier search, nil for none, some of whose traces may be among these. It says the same as Find.
func FindAgain(traces []*flow.Trace, set Setting, each func(n int, do func(i int)), before *Found) ([]*Race, *Found) {
	restored := restore(traces)
	originals(traces)
	throwAway(traces)
	detach(traces)
	old := before.since(traces, restored)
	asked := make([]decisions, len(traces))
	each(len(traces), func(i int) {
		if old.steady[traces[i]] {
			asked[i] = old.asked[traces[i]]
		} else {
			note(traces[i])
			asked[i] = decisionsOf(traces[i])
		}
	})
	index, at := writers(traces)
	f := &finder{set: set, traces: traces, index: index, crowds: crowds(index), places: at, memo: cmp.Or(set.Memo, new(interleave.Memo)), shown: shownAgain(traces), revoked: revokedMarks(traces), personal: personal(traces), foundByName: foundByName(traces), tickets: ticketKeys(traces), decided: decidedOn(asked),
		ways: make(map[*flow.Trace]func() *ways, len(traces))}
	for _, t := range traces {
		f.ways[t] = sync.OnceValue(func() *ways { return newWays(t) })
	}
	old.compare(f)
	found := make([]*result, len(traces))
	budget.Run(set.Work, len(traces), each, func(i, limit int) int {
		r := old.holds(f, traces[i])
		if r == nil || limit > 0 && r.work > limit {
			r = f.search(traces[i], limit)
		}
		found[i] = r
		return r.work
	})
	now := &Found{set: set, traces: traces, index: f.index, shown: f.shown, revoked: f.revoked, decided: f.decided, personal: f.personal, foundByName: f.foundByName, tickets: f.tickets, of: make(map[*flow.Trace]*result, len(traces)), asked: make(map[*flow.Trace]decisions, len(traces))}
	var out []*Race
	unsure := false
	for i, rs := range found {
		now.asked[traces[i]] = asked[i]
		if rs == nil {
			continue // it was not searched to its end
		}
		if old.Found != nil && old.of[traces[i]] == rs {
			now.Kept++
		}
		now.of[traces[i]] = rs
		if rs.cut {
			now.Cut = append(now.Cut, traces[i])
		}
		for _, r := range rs.tell() {
			if r.Unsure && unsure {
				continue // one stands for all
			}
			unsure = unsure || r.Unsure
			out = append(out, r)
		}
	}
	return out, now
}

func (f *finder) trace(t *flow.Trace) []*Race {
	var out, sound []*Race
	seen := map[siteKey]bool{}
	programs := &made{programs: map[madeKey]interleave.Program{}}
	for _, r := range slices.Concat(candidates(t), again(t), sharedNames(t)) {
		key := siteKey{t.Ops[r.Read].Site.Node, t.Ops[r.Act].Site.Node, r.Relation}
		if seen[key] {
			continue
		}
		if f.limit > 0 && f.work > f.limit {
			f.cut = true
			break
		}
		r.made = programs
		if f.try(r) {
			seen[key] = true
			out = append(out, r)
		} else if r.Op(r.Read).Res.Store == interleave.Memory {
			sound = append(sound, r)
		}
		r.made = nil
	}
	out = f.withoutReserved(out, programs)
	out = append(toldOnce(withoutPreludes(out)), f.tasks(t)...)
	out = append(out, misused(t)...)
	out = append(out, f.leaks(t)...)
	out = append(out, f.local(t, sound)...)
	out = append(append(out, f.unpublished(t)...), f.outrun(t)...)
	out = append(append(append(out, f.captured(t)...), f.stale(t)...), f.recounts(t)...)
	out = append(out, f.skews(t, programs)...)
	f.ways[t]().forget()
	return out
}

// pathOf is the path on which the rival of a candidate does its write.
func (f *finder) pathOf(r *Race, w writer, variant int8) *Path {
	ways := f.ways[w.trace]()
	switch {
	case w.trace == r.Trace:
		return ways.pathTo(w.op, variant)
	case r.made == nil:
		return ways.path(ways.key(w.op, variant))
	}
	return r.made.rival(ways, w.op, variant)
}

// siteKey is a candidate as the source has it: a helper that is called twice on one path is one.
type siteKey struct {
	read, act python.Node
	relation  Relation
}

func (f *finder) try(r *Race) bool {
	if r.Outside != "" {
		return f.tryOutside(r)
	}
	if r.Relation == RowEffect && WorksOnce(r.Resource()) && f.shown[r.Resource()] {
		return false // what says who somebody is allows the effect, and is not used up by it: that is a question of stale authority
	}
	r.ticket = isRedisKey(r.Op(r.Read)) && f.tickets[r.Op(r.Read).Res.Key]
	found := false
	var twice *Race // the race of the request with itself, while one is looked for that is worse
	for _, w := range r.rivals(f) {
		if twice != nil && twice.starts(w.trace) {
			twice.startsWork = twice.startsWork || doesForGood(w.trace, r.Resource())
			continue
		}
		if twice != nil && !r.turnsOther(w) || f.staysMember(r, w) {
			continue
		}
		for variant := int8(1); variant >= 0; variant-- {
			v, a, b, place, ok := f.judge(r, w, variant)
			if !ok || v.Outcome == interleave.Sound || r.settlesTheSame(w, a) || r.patchesTheSame(w) || r.reserved(w, a, b) || f.revokes(r, a) || r.takesOnly(w, b) || v.Outcome == interleave.Race && r.missesRow(w, b) {
				continue
			}
			if twice != nil && (v.Outcome != interleave.Race || v.Guard != twice.Verdict.Guard) {
				continue
			}
			if !found || v.Outcome > r.Verdict.Outcome || twice != nil {
				before := *r
				r.Rival, r.RivalAct, r.Verdict, r.Path, r.RivalPath = w.trace, w.op, v, a, b
				r.Engine, r.Placement = f.engine(r, w), place
				if r.MarksOnce() {
					*r = before
					continue
				}
				found = true
			}
			if v.Outcome != interleave.Race {
				continue
			}
			if twice == nil && r.onlyStatesTwice() {
				own := *r
				twice = &own
				break
			}
			r.SameTwice = twice != nil
			return f.settled(r, w, variant)
		}
	}
	if twice != nil {
		*r = *twice
		return f.settled(r, r.rivalWrites(), 1)
	}
	return found
}

// settled finishes a race whose rival is found.
func (f *finder) settled(r *Race, w writer, variant int8) bool {
	r.Derived = r.Derived && !r.setsAnew() && !r.hidesOld()
	r.Mild = r.Mild || f.tallies(r) || r.givesTwice() || r.onlyMarks() || r.byTokenOnly() || r.onlyRespells() || r.onlyCopies()
	r.personal, r.foundByName = f.personal, f.foundByName
	return f.placed(r, w, variant)
}

// itself returns the write by which the entry point, called twice, is its own rival. Who inserts has first of all whoever inserts the
// same as a rival, and not who comes to change such a row.
func (r *Race) itself() (writer, bool) {
	if w := (writer{trace: r.Trace, op: r.Act}); r.Relation == SetInsert && r.rivalBy(w) {
		return w, !r.alone()
	}
	read := r.Op(r.Read)
	named := read.Res.Store != interleave.Table
	first := writer{}
	for i := range r.Trace.Ops {
		op := &r.Trace.Ops[i]
		if !isAct(r.Trace, i) || op.Kind == interleave.Effect || op.Res.Store != read.Res.Store || op.Res.Name != read.Res.Name {
			continue
		}
		w := writer{trace: r.Trace, op: i}
		nearest := op.Res.Key == read.Res.Key && (op.Res.Store == interleave.File || op.Kind == r.Op(r.Act).Kind)
		if !named {
			nearest = read.Res.Key == "" || op.Res.Key == read.Res.Key || op.Obj != 0 && op.Obj == read.Obj
		}
		if (first.trace == nil || nearest) && r.rivalBy(w) {
			first = w
			if nearest {
				break // the one of the same name stands nearest, as the row that was looked at, and of two writes of a key the one that is like the act
			}
		}
	}
	return first, first.trace != nil && !r.alone()
}

// alone tells whether no second request of the kind comes upon what the first has read: jobs that run beside each other, each with something
// of its own, meet only in what is looked for by nothing but constants.
func (r *Race) alone() bool {
	entry, res := r.Trace.Entry, &r.Op(r.Read).Res
	if !entry.Apart {
		return entry.Alone
	}
	if res.Store == interleave.Memory {
		return true // it may be the memory of the object that each of them has
	}
	if len(res.Where) == 0 {
		return res.Key != "" && res.Key != "*" && !isConstant(res.Key)
	}
	return slices.ContainsFunc(res.Where, func(c interleave.Cond) bool { return c.SubQuery || c.Value != "" && !isStamp(c.Value) })
}

// rivalBy tells whether an operation makes its entry point a rival.
func (r *Race) rivalBy(w writer) bool {
	foreign := w.known == nil && ofNewRow(w.trace, w.op) // no index has one
	return !foreign && r.changes(w) && (r.Relation != RowEffect || r.repeats(w)) && !r.otherHour(w)
}

// missesRow tells whether all that the rival does is to delete the row that the act updates: the update finds none, and nothing that
// anybody wrote is lost. Where the act takes the row away itself, the rival could as well have come later and found none.
func (r *Race) missesRow(w writer, rival *Path) bool {
	act, op := r.Op(r.Act), &w.trace.Ops[w.op]
	if r.Relation != SameRow || act.Res.Store != interleave.Table || act.Upsert || act.Flags&(interleave.OnConflictUpdate|interleave.OnConflictIgnore) != 0 {
		return false
	}
	if op.Kind != interleave.Delete && op.Kind != interleave.Remove {
		return false
	}
	switch act.Kind {
	case interleave.Assign, interleave.Update:
		return true
	case interleave.Delete, interleave.Remove:
		return rival != nil && rival.asksToDelete(w.op)
	}
	return false
}

// repeats tells whether an effect would be made twice, or where it must not be made at all: the request itself writes afterwards
// what it looked at before, or money is moved on what another request takes back.
func (r *Race) repeats(w writer) bool {
	if w.trace == r.Trace {
		return w.op > r.Act && !parted(r.Op(r.Act).Ctx, r.Op(w.op).Ctx)
	}
	return r.Op(r.Act).External == "payment" && r.feeds()
}

// parted tells whether a decision fell one way for the one operation and the other way for the other: no request does both.
func parted(a, b *effects.Ctx) bool {
	for c := a; c != nil; c = c.Up {
		if onOtherArm(b, c) {
			return true
		}
	}
	return false
}

// Apart tells whether no request that acts comes to an operation: a decision fell the other way for it.
func (r *Race) Apart(i int) bool { return r.Parted(r.Act, i) }

// Parted tells whether no request comes to both of two operations: they stand in different arms of a decision.
func (r *Race) Parted(i, j int) bool { return parted(r.Op(i).Ctx, r.Op(j).Ctx) }

// feeds tells whether the effect is given something of what was read, or nothing that was read at all: a payment at the end of a long
// request is not about each row that some decision looked at on the way.
func (r *Race) feeds() bool {
	rows := false
	for _, d := range r.Op(r.Act).From {
		base := baseRead(r.Trace, d)
		if base < 0 || r.Op(base).Res.Store != interleave.Table {
			continue
		}
		if r.Op(base).Res.Name == r.Resource() {
			return true
		}
		rows = true
	}
	return !rows
}

// judge runs the candidate against one rival.
func (f *finder) judge(r *Race, w writer, variant int8) (interleave.Verdict, *Path, *Path, interleave.Placement, bool) {
	a := f.ways[r.Trace]().pathTo(r.Act, variant)
	b := a
	if w.trace != r.Trace || !a.has(w.op) {
		b = f.pathOf(r, w, variant)
	}
	f.work += judgeWork + len(a.Ops) + len(b.Ops)
	if !a.has(r.Read) {
		return interleave.Verdict{}, nil, nil, 0, false
	}
	switch r.Relation {
	case Again:
		v, place := f.judgeAgain(r, w, a, b)
		return v, a, b, place, true
	case SharedName:
		v, place := f.judgeShared(r, w, a, b)
		return v, a, b, place, true
	}
	read := &r.Trace.Ops[r.Read]
	if read.Res.Store == interleave.Memory && r.Op(r.Act).Flags&interleave.Atomic != 0 && !r.Op(r.Act).Drops && r.Fills() {
		return interleave.Verdict{}, nil, nil, 0, false // setdefault gives everybody what the first one put there
	}
	threads, aside := r.threads(w), r.aside()
	if read.Res.Store == interleave.Memory && !r.Trace.Thread && !threads && !aside && !a.suspends(r.Read, r.until()) {
		return interleave.Verdict{}, nil, nil, 0, false // nobody gets a turn between this look and the act
	}
	engine := f.engine(r, w)
	about := f.about(read, engine)
	pa, pb := f.programs(r, w, a, b, about)
	if len(pa.Ops) == 0 || len(pb.Ops) == 0 {
		return interleave.Verdict{}, nil, nil, 0, false
	}
	pa.Thread, pb.Thread = pa.Thread || aside, threads || aside && w.trace.Ops[w.op].Aside
	var alone *interleave.Pair // what both do in the last of several runs, which trusts none of the others
	if la, lb := a.lastRun(r.Act), b.lastRun(w.op); (la != a || lb != b) && la.has(r.Read) {
		pa.Ops, pb.Ops = slices.Clone(pa.Ops), slices.Clone(pb.Ops) // the programs of the last run are put into the same room
		alone = &interleave.Pair{Engine: engine}
		alone.A, alone.B = f.programs(r, w, la, lb, about)
		alone.A.Thread, alone.B.Thread = pa.Thread, pb.Thread
	}
	best := interleave.Verdict{}
	var where interleave.Placement
	for i, place := range f.placements(about, a) {
		if about.store == interleave.Table {
			// A statement of the database lets others run, whatever the request runs on.
			pa.Thread, pb.Thread = place == interleave.SameProcess || r.Trace.Thread, place == interleave.SameProcess || w.trace.Thread
		}
		against := func(a, b interleave.Program) interleave.Verdict {
			v := f.duel(r, interleave.Pair{A: a, B: b, Engine: engine, Placement: place})
			if v.Outcome == interleave.Race && alone != nil {
				alone.Placement = place
				v = f.duel(r, *alone)
			}
			if v.Outcome == interleave.Race && w.trace != r.Trace && (r.Relation == SameRow || r.Relation == RowEffect || r.Relation == SetInsert) {
				v = f.blame(r, a, b, v, interleave.Pair{Engine: engine, Placement: place})
			}
			return v
		}
		v := against(pa, pb)
		if i == 0 || v.Outcome > best.Outcome {
			best, where = v, place
		}
		others := about.store == interleave.Table || about.store == interleave.KeyValue && r.Relation == SetInsert ||
			about.store == interleave.Memory && slices.ContainsFunc(pa.Ops, r.locksElse)
		if v.Outcome == interleave.Race || !others {
			continue
		}
		if oa, ob, ok := r.apart(pa, pb, w.trace); ok {
			if v := against(oa, ob); v.Outcome > best.Outcome {
				best, where = v, place
			}
		}
	}
	if best.Outcome == interleave.Race && (r.enforced() || r.MovesOnto()) && !(r.Op(r.Act).Swallowed && a.goesOnAsWinner(r.Act)) {
		best.Outcome, best.Guard = interleave.FailsCleanly, interleave.ConstraintGuard
		best.Errors = interleave.UniqueViolation &^ a.catches(r.Act)
	}
	if best.Outcome == interleave.Race && r.refusedElsewhere(w, a) {
		best = interleave.Verdict{}
	}
	return best, a, b, where, true
}

// catches returns the errors that are handled where the write of an operation is sent to the database: at once, or by the next
// flush, commit or end of a savepoint of its session.
func (p *Path) catches(act int) interleave.Errors {
	return p.Trace.Ops[p.sends(act)].Catches
}

// sends returns the operation that sends the write of an act to the database.
func (p *Path) sends(act int) int {
	op := &p.Trace.Ops[act]
	if op.Kind != interleave.Add && op.Kind != interleave.Assign {
		return act
	}
	for _, i := range p.Ops {
		next := &p.Trace.Ops[i]
		if i > act && next.Session == op.Session && (next.Kind == interleave.Flush || next.Kind == interleave.Commit || next.Kind == interleave.ReleaseSavepoint || p.Trace.Flushes(next)) {
			return i
		}
	}
	return act
}

// AnsweredBefore tells whether the client is seen to have its answer before the act is sent to the database.
func (r *Race) AnsweredBefore() bool {
	return r.Trace.AnswersFirst && r.Op(r.Path.sends(r.Act)).Phase == effects.Teardown
}

// enforced tells whether the database keeps what was asked from existing twice, whatever the two requests insert: a unique key of
// the table lies within the columns for whose values a row was looked for.
func (r *Race) enforced() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if r.Relation == SetInsert && read.Res.Store == interleave.File && act.Res.Store == interleave.File && act.Res.Key == read.Res.Key {
		// What is made only where there is nothing of its name is not made over what a rival has put there, in whichever way.
		return act.Kind == interleave.Insert && len(act.Unique) > 0 && act.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) == 0
	}
	if r.Relation != SetInsert || r.Table == nil || read.Res.Store != interleave.Table || len(act.Unique)+len(r.Table.Exclusions) == 0 || act.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 {
		return false
	}
	if r.Table.Singleton() && !writesAny(act.Set, r.Table.PrimaryKey()) {
		return true
	}
	var cols, rest, either []string
	if read.Res.Key != "" && len(read.Res.Where) == 0 {
		cols = r.Table.PrimaryKey() // it was looked for by its key
	}
	for _, c := range read.Res.Where {
		switch {
		case (c.Op == "=" || c.Op == "in") && !c.SubQuery: // each of those that were asked for
			cols = append(cols, c.Column)
		case c.Op == "is null":
			rest = append(rest, c.Column+" is null")
			cols = append(cols, c.Column) // equal to one another where NULLs are not distinct
		case c.Either:
			either = append(either, c.Column)
		}
	}
	if sought := r.Sought(); len(sought) > 0 && r.OnlySeeks() {
		cols = append(cols, sought...)
	}
	if len(either) > 1 && len(act.Unique) > 0 && len(either)+len(cols) == len(read.Res.Where) {
		// Whichever of them a row was found by, a key keeps two rows from having it in common.
		return !slices.ContainsFunc(either, func(c string) bool {
			_, ok := r.Table.UniqueWhere(append(cols[:len(cols):len(cols)], c), rest)
			return !ok
		})
	}
	if len(cols) < len(read.Res.Where) && r.Table.Excludes(cols) {
		return true // whatever else was asked is what such rows meet in
	}
	_, ok := r.Table.UniqueWhere(append(cols, r.following()...), rest)
	return ok && len(act.Unique) > 0 || r.allKey() || r.setsUpSame()
}

// allKey tells whether a new row is nothing but a key of its table, as one that only links two others: it is never there twice, and what
// is asked is not how many there are, nor whether there is any, which no key that has more columns than were asked for keeps.
func (r *Race) allKey() bool {
	act := r.Op(r.Act)
	if r.Op(r.Read).Res.Aggregate != interleave.Rows || takesAnything(act.Set) {
		return false
	}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			return strings.ContainsAny(u.Op+u.Within, "<>") || u.Op == "exists" && u.Left != nil && int(u.Left.Src)-1 == r.Read
		}) {
			return false
		}
	}
	return slices.ContainsFunc(act.Unique, func(key []string) bool {
		return len(key) == len(act.Set) && !slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return !slices.Contains(key, a.Column) }) &&
			!slices.ContainsFunc(whereColumns(r.Op(r.Read).Res.Where), func(c string) bool { return !slices.Contains(key, c) })
	})
}

// about is what a candidate is about that rests on a read.
func (f *finder) about(read *effects.Op, engine interleave.Engine) subject {
	table := read.Res.Store == interleave.Table
	once := table && (WorksOnce(read.Res.Name) || byToken(read)) && !f.shown[read.Res.Name] || read.Res.Store == interleave.KeyValue && read.Res.Key != ""
	return subject{read.Res.Store, read.Res.Name, table && engine != interleave.PostgresReadCommitted, once, isRedisKey(read) && f.tickets[read.Res.Key]}
}

// engine is what the two requests run on: the project's engine, at the level that both their sessions were given.
func (f *finder) engine(r *Race, w writer) interleave.Engine {
	level := r.Op(r.Act).Rare().Level
	if level == "" || level == "AUTOCOMMIT" || w.trace.Ops[w.op].Rare().Level != level {
		return f.set.Engine
	}
	e, _ := interleave.ParseEngine(cmp.Or(f.set.Dialect, "postgresql"), level)
	return e
}

// duel judges a pair. A race must come from what the candidate is told of: the read and the uses of what it read. They are marked only
// where there is a race without the marks, because without them many candidates share one verdict.
func (f *finder) duel(r *Race, p interleave.Pair) interleave.Verdict {
	v := f.memo.Judge(p)
	if v.Outcome != interleave.Race || r.Relation != SameRow && r.Relation != RowEffect && r.Relation != SetInsert {
		return v
	}
	p.A = r.made.copy(p.A, marked)
	for i := range p.A.Ops {
		if tag := p.A.Ops[i].Tag; tag == r.Read || slices.Contains(r.Uses, tag) || tag < len(r.Trace.Bases) && int(r.Trace.Bases[tag]) == r.Read {
			p.A.Ops[i].Flags |= interleave.Contested
		}
	}
	return f.memo.Judge(p)
}

// blame keeps a race between two entry points only if the one that is reported is its victim: a rival that does nothing but
// write, at once and looking at nothing, must be able to come between its check and its act. It has the named locks under which it writes.
func (f *finder) blame(r *Race, a, b interleave.Program, v interleave.Verdict, at interleave.Pair) interleave.Verdict {
	if !v.Victim {
		return interleave.Verdict{} // it has seen all that there was: what the rival overwrites is told of the rival
	}
	if r.Relation == SetInsert { // what the rival puts into the set may hang on what it has looked at
		at.A, at.B, at.Overtaken = a, b, true
		return f.duel(r, at)
	}
	blind := interleave.Program{Thread: b.Thread}
	for i, op := range b.Ops {
		if !op.Act {
			if heldAtAct(b.Ops, i) {
				op.From, op.Session = nil, min(op.Session, 1)
				blind.Ops = append(blind.Ops, op)
			}
			continue
		}
		w := interleave.Op{Kind: interleave.Update, Session: 1, Res: op.Res, Set: op.Set, Flags: op.Flags &^ interleave.FreshObject, Act: true, Tag: op.Tag}
		if op.Kind == interleave.Delete || op.Kind == interleave.Remove {
			w.Kind = interleave.Delete
		}
		switch read := r.Op(r.Read); {
		case read.Res.Key != "":
			w.Res.Where, w.Res.Key = nil, read.Res.Key
		case byValues(read):
			w.Res.Where, w.Res.Key = read.Res.Where, ""
		case r.oneOfSeveral(op.Res.Key):
			w.Res.Where = nil
		default:
			w.Kind = op.Kind // a container that was looked at as a whole
		}
		blind.Ops = append(blind.Ops, w)
	}
	named := func(op interleave.Op) bool {
		read := r.Op(r.Read)
		return op.Act && (read.Res.Key != "" || read.Res.Store == interleave.Memory || byValues(read) || r.oneOfSeveral(op.Res.Key))
	}
	if !slices.ContainsFunc(blind.Ops, named) {
		return v
	}
	blind.Ops = append(blind.Ops, interleave.Op{Kind: interleave.Commit, Session: 1})
	at.A, at.B = a, blind
	if alone := f.duel(r, at); alone.Outcome != interleave.Race {
		return alone
	}
	return v
}

// oneOfSeveral tells whether a key is that of the row that the request writes, one of several that it had loaded as objects.
func (r *Race) oneOfSeveral(key string) bool {
	read, written := r.Op(r.Read), r.contested().Res.Key
	return read.Obj != 0 && read.Res.Store == interleave.Table && read.Res.Aggregate == interleave.Rows && strings.HasPrefix(written, effects.EachOf) && key == written
}

// byValues tells whether rows of a table were looked for as objects by what stands in some of their columns, and by nothing else.
func byValues(read *effects.Op) bool {
	return read.Obj != 0 && read.Res.Store == interleave.Table && read.Res.Aggregate == interleave.Rows && len(read.Res.Where) > 0 &&
		!slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op != "=" || c.Column == "" || c.SubQuery || c.Value == "" })
}
