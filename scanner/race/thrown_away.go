package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// ThrownAway begins the names of locks that a dictionary does not keep for as long as somebody has them or waits for them.
const ThrownAway = "thrown away lock"

// throwAway gives each request a lock of its own where it makes the dictionary of locks forget the one that is in use: who waits
// goes on with the old lock, who comes next makes a new one.
func throwAway(traces []*flow.Trace) {
	for _, t := range traces {
		var forgotten []string
		for i := range t.Ops {
			if op := &t.Ops[i]; isProcessLock(op) && op.Kind == interleave.Acquire && forgets(t, i) {
				forgotten = append(forgotten, op.Name)
			}
		}
		for i := range t.Ops {
			if op := &t.Ops[i]; isProcessLock(op) && (op.Kind == interleave.Acquire || op.Kind == interleave.Release) && slices.Contains(forgotten, op.Name) {
				t.Change(i).Name = ThrownAway + " " + op.Name + "#"
			}
		}
	}
}

func isProcessLock(op *effects.Op) bool {
	return op.Scope == interleave.ProcessLock && strings.HasSuffix(op.Name, "]")
}

// forgets tells whether the request that takes the lock of a key takes it out of its dictionary as well, without looking whether
// somebody else is at it.
func forgets(t *flow.Trace, acquire int) bool {
	lock := &t.Ops[acquire]
	return slices.ContainsFunc(t.Ops[acquire:], func(op effects.Op) bool {
		return drops(&op) && op.Res.Store == interleave.Memory && op.Res.Name+"["+op.Res.Key+"]" == lock.Name && !decidedSince(op.Ctx, acquire)
	})
}

// decidedSince tells whether an operation hangs on a decision that was made after a point.
func decidedSince(c *effects.Ctx, since int) bool {
	for ; c != nil; c = c.Up {
		if c.Check > since && c.Leaves < effects.LeavesFunction {
			return true
		}
	}
	return false
}
