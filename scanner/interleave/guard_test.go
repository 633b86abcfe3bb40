package interleave

import (
	"strings"
	"testing"
)

// TestGuards: the guard that is named is the one that failed, or the one that held.
func TestGuards(t *testing.T) {
	want := map[string]map[Engine]GuardSeen{
		"L0 ":  {pg: NoGuard, pgrr: SerializableGuard},
		"L1 ":  {pg: TransactionOnly},
		"L3 ":  {pg: StaleUnderLock, my: StaleUnderLock, lite: LockVoid},
		"L7 ":  {pg: RowLockGuard, lite: LockVoid},
		"L8b ": {pg: StaleUnderLock},
		"L9 ":  {pg: StaleUnderLock},
		"L11 ": {pg: StaleUnderLock},
		"L12 ": {my: SnapshotBeforeLock},
		"L14 ": {pg: LockReleased, lite: LockVoid},
		"L15 ": {pg: LockReleased},
		"L16 ": {auto: LockReleased},
		"L17 ": {pg: SnapshotBeforeLock},
		"L18 ": {pg: SerializableGuard},
		"L20b": {pg: LockElsewhere},
		"L21 ": {my: SnapshotBeforeLock},
		"W1 ":  {pg: ConditionalWrite, my: ConditionalWrite, lite: ConditionalWrite},
		"W2 ":  {pg: NoGuard},
		"W3 ":  {pg: ConstraintGuard},
		"W5 ":  {pg: ClaimUnchecked, lite: ClaimUnchecked},
		"W5b":  {auto: ClaimUnchecked},
		"W6 ":  {pg: VersionGuard},
		"W6b":  {pg: VersionGuard},
		"W9 ":  {pg: ConditionalWrite},
		"W12 ": {pg: RowLockGuard, lite: LockVoid},
		"C1 ":  {pg: NoGuard, pgs: SerializableGuard},
		"C2 ":  {pg: ConstraintGuard},
		"C4 ":  {pg: RowLockGuard, pgrr: SnapshotBeforeLock, lite: LockVoid},
		"C4b ": {pg: SnapshotBeforeLock},
		"C5 ":  {my: SnapshotBeforeLock},
		"C6 ":  {pg: LockElsewhere},
		"C8 ":  {pg: ConstraintGuard},
	}
	met := 0
	for _, s := range matrix {
		for prefix, engines := range want {
			if !strings.HasPrefix(s.name, prefix) {
				continue
			}
			for engine, guard := range engines {
				if _, ok := s.want[engine]; !ok {
					continue
				}
				met++
				if v := Judge(s.pair(engine)); v.Guard != guard {
					t.Errorf("%s on %s: %s, want %s\n%s", s.name, engine, v.Guard, guard, v)
				}
			}
		}
	}
	if met < 43 {
		t.Errorf("only %d guards compared: a name of the matrix changed", met)
	}
}

// TestHold: the request is held right before the act that its stale check lets through.
func TestHold(t *testing.T) {
	for _, s := range matrix {
		v := Judge(s.pair(pg))
		if v.Outcome != Race {
			continue
		}
		var a builder
		s.build(&a)
		if v.Hold <= 0 || v.Hold > len(a.Ops) {
			t.Errorf("%s: held before operation %d of %d", s.name, v.Hold, len(a.Ops))
		}
	}
}

// TestGuardsNeverHurt: what is sound stays sound when a lock is held around everything or a unique key is added. (A higher
// isolation level is no such guard: it can break a correct lock.)
func TestGuardsNeverHurt(t *testing.T) {
	lock := func(p *Program) {
		for i := range p.Ops {
			o := &p.Ops[i]
			for k := range o.From {
				o.From[k]++
			}
			for k := range o.Uses {
				o.Uses[k].From++
			}
		}
		p.Ops = append([]Op{{Kind: Acquire, Name: "first", Scope: SharedLock}}, p.Ops...)
	}
	unique := func(p *Program) {
		for i := range p.Ops {
			if o := &p.Ops[i]; o.Kind == Insert && len(o.Set) > 0 && o.Flags&OnConflictUpdate == 0 {
				o.Unique = append(o.Unique, []string{o.Set[0].Column})
			}
		}
	}
	for seed := range uint64(8000) {
		p := randomPair(seed)
		before := Judge(p)
		if before.Outcome == Race {
			continue
		}
		for name, guard := range map[string]func(p *Program){"a lock around everything": lock, "a unique key": unique} {
			q := randomPair(seed)
			guard(&q.A)
			guard(&q.B)
			if v := Judge(q); v.Outcome == Race && v.Guard != ClaimUnchecked { // an ignored failure is wrong in any order
				t.Fatalf("seed %d: %s made a race of what was not one\nbefore %s\nafter %s", seed, name, before, v)
			}
		}
	}
}

// TestGuardOfSomethingElse: a lock that is given back before the write, and was taken after the look, was never meant for either.
func TestGuardOfSomethingElse(t *testing.T) {
	for _, c := range []struct {
		name    string
		between []Op
	}{
		{"a lock of the process", []Op{{Kind: Acquire, Name: "client"}, {Kind: Update, Session: 2, Res: keyed("clients", "c"), Set: []Assignment{to("used", "now")}}, {Kind: Release, Name: "client"}}},
		{"a named lock", []Op{{Kind: Acquire, Session: 2, Name: "visits", Scope: TransactionLock}, {Kind: Update, Session: 2, Res: keyed("visits", "v"), Set: []Assignment{to("times", "now")}}, {Kind: Commit, Session: 2}}},
		{"a row of another table", []Op{{Kind: Read, Session: 2, Res: keyed("visits", "v"), Lock: forUpdate}, {Kind: Commit, Session: 2}}},
	} {
		b := builder{}
		b.load(keyed("purses", "p"), LockMode{})
		cents := b.attr("cents")
		for _, op := range c.between {
			b.add(op)
		}
		b.assign("cents", "cents - 80", cents)
		b.add(Op{Kind: Commit, Session: 1})
		b.Thread = true
		v := Judge(Pair{A: b.Program, B: b.Program, Engine: pg, Placement: SameProcess})
		if v.Outcome != Race || v.Guard != NoGuard {
			t.Errorf("%s: %s\n%s", c.name, v.Guard, v)
		}
	}
}
