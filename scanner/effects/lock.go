package effects

import (
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Locks: of threads, of the event loop, of files. Those of Redis are in redis_lock.go.

var locks = Library{
	Classes: []Class{
		{"asyncio.Lock", "lock"}, {"asyncio.Semaphore", "lock"}, {"asyncio.BoundedSemaphore", "lock"}, {"asyncio.locks.Lock", "lock"}, {"asyncio.Condition", "condition"},
		{"threading.Lock", "lock"}, {"threading.RLock", "lock"}, {"threading.Semaphore", "lock"}, {"threading.Condition", "condition"}, {"multiprocessing.Lock", "filelock"},
		{"anyio.Lock", "lock"}, {"anyio.Condition", "condition"}, {"anyio.Semaphore", "lock"}, {"anyio.CapacityLimiter", "lock"},
		{"filelock.FileLock", "filelock"}, {"filelock.SoftFileLock", "filelock"}, {"filelock.AsyncFileLock", "filelock"}, {"portalocker.Lock", "filelock"},
		{"fasteners.InterProcessLock", "filelock"},
	},
	Methods: []Family{
		{"lock", []Named{{"acquire", acquire}, {"release", release}, {"locked", askLock}}},
		{"filelock", []Named{{"acquire", acquire}, {"release", release}}},
		// Whoever waits gives the lock away and looks again when he has it back: to his decision it is held all the time.
		{"condition", []Named{{"acquire", acquire}, {"release", release}, {"locked", askLock}, {"notify", signal}, {"notify_all", signal}, {"wait", signal}, {"wait_for", signal}}},
	},
	Enter: []Enter{{"lock", enterLock}, {"filelock", enterLock}, {"condition", enterLock}},
	Exit:  []Exit{{"lock", exitLock}, {"filelock", exitLock}, {"condition", exitLock}},
}

// lockOp is the operation on a lock object. A lock that the request made itself excludes nobody: its name is fresh. One that belongs
// to an object which the request was given has the name of the place that made it.
func lockOp(w *World, v *Value, k interleave.Kind) int {
	if args := v.Obj.Args; w.FamilyOf(v.Obj.Qual) == "condition" && len(args) > 0 && args[0].Kind == ExtObject && args[0].Obj != nil {
		return lockOp(w, args[0], k) // a condition of a lock is that lock
	}
	if admitsSeveral(v.Obj) {
		return -1
	}
	op := Op{Target: v.Obj.Qual, Object: v.Obj}
	op.Kind, op.Scope = k, interleave.ProcessLock
	switch w.FamilyOf(v.Obj.Qual) {
	case "filelock":
		op.Scope = interleave.SharedLock
		if len(v.Obj.Args) > 0 {
			op.Name = "file:" + fileKey(w, v.Obj.Args[0])
		}
	case "redis lock":
		op.Scope = interleave.LeaseLock
		if len(v.Obj.Args) > 0 {
			op.Name = "redis:" + keyText(v.Obj.Args[len(v.Obj.Args)-1])
		}
	default:
		op.Name = v.Obj.Cell
	}
	if op.Name == "" {
		if v.Obj.Key == "" {
			v.Obj.Key = w.Fresh("own lock")
		}
		op.Name = v.Obj.Key
	}
	return w.Emit(op)
}

// admitsSeveral tells whether a semaphore or limiter lets more than one in: then it keeps nobody from doing the same at the same time. One
// whose number comes from elsewhere, as from the settings, is there to bound how many there are.
func admitsSeveral(o *Object) bool {
	if !strings.HasSuffix(o.Qual, "Semaphore") && !strings.HasSuffix(o.Qual, "CapacityLimiter") {
		return false
	}
	n := o.Kw["value"]
	if len(o.Args) > 0 {
		n = o.Args[0]
	}
	if n == nil {
		n = o.Kw["total_tokens"]
	}
	if n == nil {
		return false
	}
	if n.Kind != Const {
		return true
	}
	several, err := strconv.Atoi(strings.ReplaceAll(n.Sym, "_", ""))
	return err == nil && several > 1
}

func acquire(c *Call) *Value {
	i := lockOp(c.World, c.Recv, interleave.Acquire)
	return Opaque("acquired", Dep(i))
}

func release(c *Call) *Value {
	lockOp(c.World, c.Recv, interleave.Release)
	return None
}

func lockedTest(c *Call) *Value { return Opaque("locked", nil) }

// LockAsked is the manner of a read that asks whether somebody has a lock.
const LockAsked = "lock asked"

// askLock only asks whether somebody has the lock: whoever goes on has not taken it.
func askLock(c *Call) *Value {
	i := lockOp(c.World, c.Recv, interleave.Read)
	if i >= 0 {
		c.Ops[i].Own().Manner = LockAsked
		c.Ops[i].Res = interleave.Resource{Store: interleave.Memory, Name: "lock " + c.Ops[i].Name, Key: "*"}
	}
	return Opaque("locked", Dep(i))
}

func enterLock(w *World, v *Value) *Value {
	lockOp(w, v, interleave.Acquire)
	return v
}

func exitLock(w *World, v *Value, raised bool) { lockOp(w, v, interleave.Release) }

// Inline tells whether an awaited operation goes on without giving other requests a turn: a free lock is taken on the spot.
func Inline(op Op) bool { return op.Kind == interleave.Acquire || op.Kind == interleave.Release }

// signal is a call between those who share a condition: it changes nothing that counts.
func signal(*Call) *Value { return Opaque("", nil) }
