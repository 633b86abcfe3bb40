package race

import (
	"sync"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// ways is what all paths through one trace have in common: its decisions under small numbers, so that a path is a few slices
// and is made once for all acts that stand under the same decisions.
type ways struct {
	trace  *flow.Trace
	nodes  []way
	at     []int32 // by operation: its node
	checks int     // decisions are numbered from 0 to checks-1; see slot
	chosen []int8  // by decision: the arm on which a request goes on if the other one leaves, -1 where none does

	mu    sync.Mutex
	paths map[pathKey]*Path
	needs map[int]marks // by act; see needed
	loads map[int][]int // by object: the operations that load it
	found map[int][]way // by object: the decisions on whether it was found, each with the arm on which it was
}

// way is one effects.Ctx; its parent has a smaller number. Number 0 is the way without any decision.
type way struct {
	up    int32
	check int32
	arm   int8
}

type pathKey struct {
	node    int32
	variant int8
	object  int // the object that the act is about, where there are decisions on whether it was found; 0 otherwise
}

func newWays(t *flow.Trace) *ways {
	w := &ways{trace: t, nodes: make([]way, 1, 64), at: make([]int32, len(t.Ops)), paths: map[pathKey]*Path{}, needs: map[int]marks{}, loads: map[int][]int{}, found: map[int][]way{}}
	w.checks = len(t.Ops) + 1
	numbers := map[*effects.Ctx]int32{nil: 0}
	var chain []*effects.Ctx
	for i := range t.Ops {
		op := &t.Ops[i]
		chain = chain[:0]
		c := op.Ctx
		for numbers[c] == 0 && c != nil {
			chain = append(chain, c)
			c = c.Up
		}
		for j := len(chain) - 1; j >= 0; j-- {
			c := chain[j]
			w.checks = max(w.checks, len(t.Ops)-c.Check+1)
			numbers[c] = int32(len(w.nodes))
			w.nodes = append(w.nodes, way{numbers[c.Up], int32(c.Check), c.Arm})
		}
		w.at[i] = numbers[op.Ctx]
		if isLoad(op) {
			w.loads[op.Obj] = append(w.loads[op.Obj], i)
		}
		if object, arm := asksForObject(op); object != 0 {
			w.found[object] = append(w.found[object], way{check: int32(i), arm: arm})
		}
	}
	w.chosen = w.survivors()
	return w
}

// slot numbers a decision: those that are operations by their index, the others, which have negative numbers, after them.
func (w *ways) slot(check int) int {
	if check >= 0 {
		return check
	}
	return len(w.trace.Ops) - check
}

// survivors returns the arm on which a request goes on after each decision whose other arm leaves.
func (w *ways) survivors() []int8 {
	out := undecided(w.checks)
	seen := map[*effects.Ctx]bool{}
	for i := range w.trace.Ops {
		for c := w.trace.Ops[i].Ctx; c != nil && !seen[c]; c = c.Up {
			seen[c] = true
			if c.Leaves == effects.Stays || c.Check < 0 && c.Arm >= 2 {
				continue // what a clause caught is nothing that a request meets on its way
			}
			s := w.slot(c.Check)
			if out[s] >= 0 {
				break
			}
			out[s] = c.Arm
		}
	}
	return out
}

func undecided(n int) []int8 {
	out := make([]int8, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

// pathTo returns a way through the trace on which the operation act happens. Decisions that the act does not depend on go the
// way that stays in the function, and otherwise the way that variant names (1 the true arm first, 0 the other).
func (w *ways) pathTo(act int, variant int8) *Path {
	key := w.key(act, variant)
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.paths[key]
	if p == nil {
		p = w.path(key)
		w.paths[key] = p
	}
	return p
}

func (w *ways) key(act int, variant int8) pathKey {
	object := w.trace.Ops[act].Obj
	if len(w.found[object]) == 0 {
		object = 0
	}
	return pathKey{w.at[act], variant, object}
}

// asksForObject is the object of which a decision asks whether it was found, and the arm on which it was; 0 for other decisions.
func asksForObject(op *effects.Op) (object int, arm int8) {
	if op.Kind != interleave.Check || op.Pred == nil || len(op.Pred.Uses) != 1 {
		return 0, 0
	}
	u := op.Pred.Uses[0]
	switch u.Op {
	case "exists", "true":
		arm = 1
	case "not exists", "false":
	default:
		return 0, 0
	}
	for _, v := range u.Left.Alternatives() {
		switch {
		case v.IsNone():
		case v == nil || v.Kind != effects.Entity || v.Obj.Fresh || object != 0:
			return 0, 0
		default:
			object = v.Obj.ID
		}
	}
	return object, arm
}

// forget drops what is remembered of a trace when its own candidates are judged: a path is as long as its trace, and some projects have
// hundreds of long ones.
func (w *ways) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.paths)
	clear(w.needs)
}

func (w *ways) path(key pathKey) *Path {
	arms := undecided(w.checks)
	for n := key.node; n != 0; n = w.nodes[n].up {
		arms[w.slot(int(w.nodes[n].check))] = w.nodes[n].arm
	}
	if key.object != 0 && key.variant == 1 { // what was not found is not written
		for _, d := range w.found[key.object] {
			if s := w.slot(int(d.check)); arms[s] < 0 {
				arms[s] = d.arm
			}
		}
	}
	open := make([]bool, len(w.nodes)) // the ways that the path takes
	open[0] = true
	for n := 1; n < len(w.nodes); n++ {
		c := &w.nodes[n]
		open[n] = open[c.up] && w.takes(c, arms, key.variant)
	}
	n := 0
	for _, at := range w.at {
		if open[at] {
			n++
		}
	}
	p := &Path{Trace: w.trace, Ops: make([]int, 0, n), ways: w, arms: arms}
	for i, at := range w.at {
		if open[at] {
			p.Ops = append(p.Ops, i)
		}
	}
	return p
}

// takes tells whether a path that is bound to arms goes on into c.
func (w *ways) takes(c *way, arms []int8, variant int8) bool {
	s := w.slot(int(c.check))
	arm := arms[s]
	if arm < 0 {
		arm = w.chosen[s]
	}
	if arm < 0 {
		return c.arm == variant && c.arm < 2 // not an exception handler that the act is not in
	}
	return arm == c.arm
}
