package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Leases: locks with a time to live, and keys that are used as such. What is wrong with one needs no schedule: the clock is a rival
// that is always there.

// Misuse is what is wrong with a lock in a store.
type Misuse string

// The misuses.
const (
	NoExpiry   Misuse = "has no time to live: when its holder dies, nobody ever gets it again"
	LateExpiry Misuse = "gets its time to live by a second command: when its holder dies between the two, nobody ever gets it again"
	NoToken    Misuse = "is deleted without asking whose it is: once it has expired, the delete takes away the lock of the next holder"
	LooseToken Misuse = "is compared and then deleted in two steps: in between it can expire and belong to the next holder"
	Ignored    Misuse = "is not waited for and its answer is not looked at: who does not get it goes on as if he had"
	TooShort   Misuse = "may expire while its holder still works: the next one then works beside him"
)

// lockWords are parts of the names of keys that are locks.
var lockWords = []string{"lock", "mutex", "lease", "semaphore", "guard", "leader", "singleflight", "busy", "running", "in_progress", "inflight"}

// mutexWords are parts of the names of keys that say of nothing but that somebody works alone.
var mutexWords = []string{"lock", "mutex", "lease"}

// givenBack is where the request last does one of these to a key that it set if it was not there; -1 when it does not.
func givenBack(t *flow.Trace, i int, kinds ...interleave.Kind) int {
	key := &t.Ops[i].Res
	for j := len(t.Ops) - 1; j > i; j-- {
		op := &t.Ops[j]
		if slices.Contains(kinds, op.Kind) && op.Res.Store == key.Store && op.Res.Name == key.Name && op.Res.Key == key.Key && !handling(op.Ctx) {
			return j
		}
	}
	return -1
}

// Ignored tells whether nobody looks at what an operation of the request answered.
func (r *Race) Ignored(i int) bool {
	return r.Op(i).Flags&interleave.ResultUsed == 0 && !tested(r.Trace, i)
}

// misused returns what is wrong with the leases of one trace.
func misused(t *flow.Trace) []*Race {
	var out []*Race
	add := func(i, act int, m Misuse) {
		for _, r := range out {
			if r.Misuse == m && r.Op(r.Read).Site.Node == t.Ops[i].Site.Node {
				return
			}
		}
		r := &Race{Trace: t, Rival: t, RivalAct: act, Relation: Lease, Read: i, Act: act, Acts: []int{act}, Misuse: m}
		r.Path = &Path{Trace: t}
		r.Verdict = interleave.Verdict{Outcome: interleave.Race}
		out = append(out, r)
	}
	for i := range t.Ops {
		op := &t.Ops[i]
		switch {
		case op.Kind == interleave.Acquire && op.Scope == interleave.LeaseLock:
			leaseObject(t, i, add)
		case op.Kind == interleave.Insert && op.Res.Store == interleave.KeyValue && op.Flags&interleave.OnConflictIgnore != 0 && !strings.Contains(op.Res.Name, " "):
			leaseKey(t, i, add)
		}
	}
	return out
}

// leaseObject looks at a lock of the client's library.
func leaseObject(t *flow.Trace, i int, add func(i, act int, m Misuse)) {
	op := &t.Ops[i]
	end := released(t, i)
	act := firstAct(t, i, end)
	if act < 0 {
		return // nothing hangs on it
	}
	if op.Lock.NoWait && op.Flags&interleave.ResultUsed == 0 && !tested(t, i) {
		add(i, act, Ignored)
		return
	}
	if ttl, ok := effects.Seconds(timeout(op)); ok && op.Object != nil && !op.Object.Prolonged() {
		if work, known := atLeast(t, i, end); known && work > ttl {
			add(i, act, TooShort)
		}
	} else if v := timeout(op); v == nil || v.IsNone() {
		add(i, act, NoExpiry)
	}
}

func timeout(op *effects.Op) *effects.Value {
	if op.Object == nil {
		return nil
	}
	return op.Object.Kw["timeout"]
}

// leaseKey looks at a key that is set if it is not there, and so used as a lock: its name says so, or it is deleted when the work is done.
func leaseKey(t *flow.Trace, i int, add func(i, act int, m Misuse)) {
	op := &t.Ops[i]
	if !tested(t, i) {
		// A script that takes the key away is an update.
		if end := givenBack(t, i, interleave.Delete, interleave.Update); end > 0 && matches(op.Res.Key, mutexWords) && op.Flags&interleave.ResultUsed == 0 && !handedOn(t, i) {
			if act := firstAct(t, i, end); act >= 0 {
				add(i, act, Ignored)
			}
		}
		return
	}
	deleted, named := givenBack(t, i, interleave.Delete), matches(op.Res.Key, lockWords)
	end := deleted
	if script := givenBack(t, i, interleave.Update); end < 0 && script > 0 && t.Ops[script].Decides {
		end = script // one that compares whose it is and takes the key away
	}
	if end < 0 && !named {
		return
	}
	act := end
	if act < 0 {
		if act = firstAct(t, i, len(t.Ops)); act < 0 {
			return
		}
	}
	switch {
	case op.Expires == effects.ExpiresLater:
		add(i, act, LateExpiry)
	case op.Lasting:
		add(i, act, NoExpiry)
	case deleted >= 0 && comparedBefore(t, deleted):
		add(i, deleted, LooseToken)
	case deleted >= 0:
		add(i, deleted, NoToken)
	}
}

// handling tells whether an operation stands in an exception handler.
func handling(ctx *effects.Ctx) bool {
	for c := ctx; c != nil; c = c.Up {
		if c.Arm >= 2 {
			return true
		}
	}
	return false
}

// comparedBefore tells whether a delete hangs on what was read under the same key.
func comparedBefore(t *flow.Trace, i int) bool {
	controls, _ := hangsOn(t, i)
	for _, c := range controls {
		for _, f := range t.Ops[c].From {
			if r := &t.Ops[f]; r.Kind == interleave.Read && r.Res.Key == t.Ops[i].Res.Key && r.Res.Name == t.Ops[i].Res.Name {
				return true
			}
		}
	}
	return false
}

// tested tells whether a decision looks at the answer of an operation, or its answer is handed on.
func tested(t *flow.Trace, i int) bool {
	if t.Tested != nil {
		return t.Tested[i]
	}
	for j := i + 1; j < len(t.Ops); j++ {
		if op := &t.Ops[j]; op.Kind == interleave.Check && slices.Contains(op.From, i) {
			return true
		}
	}
	return false
}

// released is where a lock is given back, the end of the trace when nowhere.
func released(t *flow.Trace, i int) int {
	for j := i + 1; j < len(t.Ops); j++ {
		if op := &t.Ops[j]; op.Kind == interleave.Release && op.Name == t.Ops[i].Name {
			return j
		}
	}
	return len(t.Ops)
}

// firstAct is the first write or effect between two operations, -1 for none.
func firstAct(t *flow.Trace, from, to int) int {
	for j := from + 1; j < to; j++ {
		if isAct(t, j) {
			return j
		}
	}
	return -1
}

// atLeast is how long the work between two operations may take, as far as it says so: sleeps, and the time after which a call
// elsewhere is given up.
func atLeast(t *flow.Trace, from, to int) (float64, bool) {
	total, known := 0.0, false
	for j := from + 1; j < to; j++ {
		op := &t.Ops[j]
		if op.Kind == interleave.Suspend && op.Rare().Seconds > 0 {
			total, known = total+op.Rare().Seconds, true
		}
	}
	return total, known
}
