package effects

import (
	"strconv"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// How long work may take, as far as the source says so: sleeps, the time after which a remote call is given up, and deadlines
// around both. A lock that lives shorter than the work under it is none.

// Seconds is a constant number of seconds.
func Seconds(v *Value) (float64, bool) {
	if v == nil || v.Kind != Const {
		return 0, false
	}
	n, err := strconv.ParseFloat(v.Sym, 64)
	return n, err == nil
}

// Waits records a wait for real work elsewhere of at most so many seconds, 0 when that is not known.
func (w *World) Waits(seconds float64) {
	op := Op{Op: interleave.Op{Kind: interleave.Suspend}, Long: true}
	op.lasts(seconds)
	w.Emit(op)
}

// patience is the time after which a remote call is given up: its own, or that of its client.
func (c *Call) patience() float64 {
	own := c.Keyword("timeout")
	if own == nil && c.Recv != nil && c.Recv.Obj != nil {
		own = c.Recv.Obj.Kw["timeout"]
	}
	seconds, _ := Seconds(own)
	return seconds
}

// deadlines bound what runs inside them.
var deadlines = Library{
	Classes: []Class{
		{"asyncio.timeout", "deadline"}, {"async_timeout.timeout", "deadline"}, {"anyio.fail_after", "deadline"}, {"anyio.move_on_after", "deadline"},
	},
	Enter: []Enter{{"deadline", func(w *World, v *Value) *Value { v.Obj.Num = len(w.Ops); return v }}},
	Exit:  []Exit{{"deadline", endDeadline}},
}

func endDeadline(w *World, v *Value, _ bool) {
	if len(v.Obj.Args) == 0 {
		return
	}
	left, ok := Seconds(v.Obj.Args[0])
	for i := v.Obj.Num; ok && i < len(w.Ops); i++ {
		op := &w.Ops[i]
		if op.Rare().Seconds > left {
			op.Own().Seconds = left
		}
		left -= op.Rare().Seconds
	}
}
