package race

import (
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
