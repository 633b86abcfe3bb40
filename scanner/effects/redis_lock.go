package effects

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// The lock of Redis clients: a key with a token and a time to live.

var redisLockMethods = []Named{
	{"acquire", acquireLease}, {"release", release}, {"do_release", release}, {"locked", lockedTest}, {"owned", lockedTest},
	{"extend", func(c *Call) *Value { c.Recv.Obj.Extra = extended; return Bool(true) }}, {"reacquire", func(c *Call) *Value { c.Recv.Obj.Extra = extended; return Bool(true) }},
}

// extended marks a lock whose time is prolonged while it is held.
var extended = new(int)

// Prolonged tells whether a lock is given more time while it is held.
func (o *Object) Prolonged() bool { return o.Extra == extended }

// redisLock is client.lock(name, timeout=…, blocking=…, blocking_timeout=…). The class takes the client first.
func redisLock(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Kw = "redis.Lock", map[string]*Value{}
	o.Args = []*Value{c.Arg(0, "name")}
	for i, name := range [...]string{"name", "timeout"} {
		if i < len(c.Args) {
			o.Kw[name] = c.Args[i]
		}
	}
	for _, k := range c.Kw {
		o.Kw[k.Name] = k.Value
	}
	return &Value{Kind: ExtObject, Obj: o, Sym: "lock", Guess: c.Recv.Guess}
}

// gives tells whether acquiring may come back without the lock: it does not wait, or not for ever.
func gives(options func(name string) *Value) bool {
	if b := options("blocking"); b != nil && b.Truth() == "False" {
		return true
	}
	t := options("blocking_timeout")
	return t != nil && !t.IsNone()
}

func (c *Call) lockOption(name string) *Value {
	if v := c.Keyword(name); v != nil {
		return v
	}
	return c.Recv.Obj.Kw[name]
}

func acquireLease(c *Call) *Value {
	i := lockOp(c.World, c.Recv, interleave.Acquire)
	if i >= 0 && gives(func(name string) *Value {
		if name == "blocking" {
			if v := c.Arg(0, ""); v != nil {
				return v
			}
		}
		return c.lockOption(name)
	}) {
		c.Ops[i].Lock.NoWait = true
	}
	return result("acquired", i)
}

// enterRedisLock is `with lock`: when it cannot be had, it raises.
func enterRedisLock(w *World, v *Value) *Value {
	i := lockOp(w, v, interleave.Acquire)
	if i >= 0 && gives(func(name string) *Value { return v.Obj.Kw[name] }) {
		w.Ops[i].Lock.NoWait = true
		w.Ops[i].Flags |= interleave.ResultUsed
	}
	return v
}

func exitRedisLock(w *World, v *Value, raised bool) { lockOp(w, v, interleave.Release) }
