package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// drawn are the functions that draw a name which nobody can know but whom it was given to.
var drawn = []string{"token_urlsafe#", "token_hex#", "token_bytes#"}

// ticketKeys returns the keys of Redis under which tickets are looked for: one request stores an entry under a name that it draws at random and
// gives away, and whoever comes with the name takes the entry out. That is what works once, whatever it is called: the state of a sign-in
// elsewhere, the link to a secret. What some request only looks at, as a session, is shown again and again.
func ticketKeys(traces []*flow.Trace) map[string]bool {
	var stored []string
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if (op.Kind == interleave.Update || op.Kind == interleave.Insert) && isRedisKey(op) && literal(op.Res.Key) != "" && matches(op.Res.Key, drawn) {
				stored = append(stored, op.Res.Key)
			}
		}
	}
	out := map[string]bool{}
	for _, key := range stored {
		if looks, ok := takers(traces, key); ok {
			for _, k := range looks {
				out[k] = true
			}
		}
	}
	return out
}

// takers returns the keys by which requests look for an entry; ok is false when one of them leaves it there.
func takers(traces []*flow.Trace, stored string) (looks []string, ok bool) {
	for _, t := range traces {
		took := map[string]bool{}
		for i := range t.Ops {
			if op := &t.Ops[i]; op.Kind == interleave.Delete && isRedisKey(op) {
				took[op.Res.Key] = true
			}
		}
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind != interleave.Read || !isRedisKey(op) || strings.Contains(op.Res.Key, "#") || !strings.HasPrefix(effects.KeyName(op.Res.Key), literal(stored)) || !effects.SameKeys(op.Res.Key, stored) {
				continue
			}
			if !took[op.Res.Key] {
				return nil, false
			}
			looks = append(looks, op.Res.Key)
		}
	}
	return looks, true
}

// spendsEntry tells whether something outside is given what an entry of the process's memory holds, all of it or a part that is not where it goes
// to, and the entry is taken out once that is done: whoever comes in between finds it still there, and gives it once more.
func spendsEntry(t *flow.Trace, read, act int) bool {
	r, a := &t.Ops[read], &t.Ops[act]
	if r.Res.Store != interleave.Memory || r.Res.Key == "" || r.Res.Key == "*" {
		return false
	}
	entry := r.Res.Name + "[" + r.Res.Key + "]"
	if !slices.ContainsFunc(a.From, func(f int) bool { return sameEntry(&t.Ops[f], r) || t.Ops[f].Res.Name == entry }) {
		return false
	}
	given := a.External == "payment" || slices.ContainsFunc(a.Rare().Told, func(s string) bool {
		return strings.HasPrefix(s, entry) && !strings.Contains(strings.ToLower(s), "url")
	})
	return given && spentBy(t, read, act) >= 0
}

// spentBy is the operation that takes out what was looked up, after what is done with it, -1 for none.
func spentBy(t *flow.Trace, read, act int) int {
	for i := act + 1; i < len(t.Ops); i++ {
		op := &t.Ops[i]
		if drops(op) && op.Res.Store == interleave.Memory && op.Res.Name == t.Ops[read].Res.Name && op.Res.Key == t.Ops[read].Res.Key && !parted(t.Ops[act].Ctx, op.Ctx) && !op.Cleanup {
			return i
		}
	}
	return -1
}

// until is where the moment ends at which a rival may come between: at the act, or where what was looked up is taken out after it.
func (r *Race) until() int {
	if r.Op(r.Read).Res.Store == interleave.Memory && r.Relation == RowEffect {
		return spentBy(r.Trace, r.Read, r.Act)
	}
	return r.Act
}

// givesTwice tells whether all that is done twice is that somebody outside is given what an entry holds, and no money.
func (r *Race) givesTwice() bool {
	return r.Op(r.Read).Res.Store == interleave.Memory && r.Relation == RowEffect && r.Op(r.Act).External != "payment"
}
