package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// marks is a set of operations of one trace.
type marks []uint64

func (m marks) has(i int) bool { return m[i>>6]&(1<<(i&63)) != 0 }
func (m marks) add(i int)      { m[i>>6] |= 1 << (i & 63) }
func (m marks) drop(i int)     { m[i>>6] &^= 1 << (i & 63) }

// contains tells whether a sorted list has an element.
func contains(sorted []int, i int) bool {
	_, ok := slices.BinarySearch(sorted, i)
	return ok
}

// needed returns the operations on which an act hangs: the decisions above it, what those look at, what feeds the act, and
// the loads behind attribute uses.
func (w *ways) needed(act int) marks {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.needs[act]
	if m == nil {
		m = w.behind(act)
		w.needs[act] = m
	}
	return m
}

// neededByAll returns the operations on which any of some acts hangs.
func (w *ways) neededByAll(acts []int) marks {
	m := w.needed(acts[0])
	if len(acts) == 1 {
		return m
	}
	m = slices.Clone(m)
	for _, a := range acts[1:] {
		for i, bits := range w.needed(a) {
			m[i] |= bits
		}
	}
	return m
}

// behind finds what needed remembers.
func (w *ways) behind(act int) marks {
	ops := w.trace.Ops
	needed := make(marks, len(ops)>>6+1)
	addLoads := func(obj, before int) {
		for _, j := range w.loads[obj] {
			if j < before {
				needed.add(j)
			}
		}
	}
	var add func(i, depth int)
	add = func(i, depth int) {
		if needed.has(i) || depth > 3 {
			return
		}
		needed.add(i)
		op := &ops[i]
		if op.Kind == interleave.Attr || op.Kind == interleave.Check {
			for _, f := range op.From {
				add(f, depth+1)
			}
		}
		if op.Obj != 0 && op.Kind == interleave.Attr {
			// Every load of the object before its use decides what the use shows.
			addLoads(op.Obj, i)
		}
	}
	op := &ops[act]
	for _, f := range op.From {
		add(f, 0)
	}
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && !sparesWrite(w.trace, c, act) {
			add(c.Check, 0)
		}
	}
	if op.Obj != 0 {
		addLoads(op.Obj, act)
	}
	return needed
}
