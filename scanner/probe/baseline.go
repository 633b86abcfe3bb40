package probe

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// baseline is what the sequential runs of a scenario taught.
type baseline struct {
	runs     []*run
	seq      []judge.Outcome
	classes  map[*openapi.Op]*judge.Classes
	volatile map[string]bool
	latency  []time.Duration // of each racer alone
	settle   time.Duration   // how long the state was seen to move
	additive bool            // the second of two identical calls is as welcome as the first
	commute  bool            // distinct racers leave one state in every order: it cannot tell who came first
	inert    bool            // the racers leave no trace on each other
}

// inconclusiveError is a reason why nothing can be concluded from a scenario.
type inconclusiveError struct{ reason string }

func (e *inconclusiveError) Error() string { return e.reason }

func unclear(format string, args ...any) error {
	return &inconclusiveError{fmt.Sprintf(format, args...)}
}

// watch is how long the first run of an operation is observed for effects that come late.
const watch = 120 * time.Millisecond

// late returns how long a racer's first run is observed: an operation that was watched once is known.
func (p *prober) late(s *scenario, i int) time.Duration {
	if moved, known := p.watched[s.racers[i].op]; known {
		return min(moved*3/2, p.longest(s))
	}
	if s.racers[i].op.Method == "GET" {
		return watch / 4 // few leave something to be done later, and there are many
	}
	return watch
}

// baseline runs every order of every subset, complete orders twice, each on a fresh world. When the first racer is
// refused on its own, one enabling call is looked for and put into the set-up.
func (p *prober) baseline(ctx context.Context, s *scenario) (*baseline, error) {
	b := &baseline{classes: map[*openapi.Op]*judge.Classes{}, volatile: map[string]bool{}, latency: make([]time.Duration, len(s.racers))}
	solo, err := p.enabled(ctx, s)
	if err != nil {
		return nil, err
	}
	b.settle = min(solo.settled*3/2, p.longest(s))
	b.keep(solo)
	for _, order := range orders(s) {
		times := 1
		if len(order) == len(s.racers) {
			times = 2
		}
		if len(order) == 1 && order[0] == 0 {
			times = 0 // that was the solo run
		}
		for range times {
			r, err := p.unlimited(ctx, s, order, b.settle)
			if err != nil {
				return nil, err
			}
			b.settle = max(b.settle, min(r.settled*3/2, p.longest(s)))
			b.keep(r)
		}
	}
	return b, b.learn(s)
}

// unlimited is sequential, made again after a pause where a rate limiter answered in place of the operation. One that
// answers every time belongs to the operation.
func (p *prober) unlimited(ctx context.Context, s *scenario, order []int, atLeast time.Duration) (*run, error) {
	for attempt := 0; ; attempt++ {
		r, err := p.sequential(ctx, s, order, atLeast)
		limited := err == nil && slices.ContainsFunc(r.replies, func(rp reply) bool { return rp.resp.Status == 429 })
		if !limited || attempt == maxLimited {
			return r, err
		}
		if err := sleepFor(ctx, backOff<<attempt); err != nil {
			return nil, err
		}
	}
}

const maxLimited = 2

func (b *baseline) keep(r *run) {
	b.runs = append(b.runs, r)
	for k, i := range r.order { // the quickest accepted call: the first of all pays for the server's warm-up
		resp := r.replies[k].resp
		if resp.Status < 300 && (b.latency[i] == 0 || resp.Latency < b.latency[i]) {
			b.latency[i] = resp.Latency
		}
	}
}

// orders lists the runs that the judge needs: every subset in every order, identical racers counted once.
func orders(s *scenario) [][]int {
	var out [][]int
	seen := map[string]bool{}
	var grow func(chosen []int)
	grow = func(chosen []int) {
		key := ""
		for _, i := range chosen {
			key += s.racers[i].name + "|"
		}
		if seen[key] {
			return
		}
		seen[key] = true
		out = append(out, slices.Clone(chosen))
		for i := range s.racers {
			if !slices.Contains(chosen, i) {
				grow(append(slices.Clone(chosen), i))
			}
		}
	}
	grow(nil)
	return out
}

// enabled runs the first racer alone. A refusal may only mean that something must come first, a payment before a
// refund: every other action on the same resources is tried as that, then every two. Of two distinct racers one may
// stay refused: the other may be what lets it in.
func (p *prober) enabled(ctx context.Context, s *scenario) (*run, error) {
	first, all, err := p.alone(ctx, s)
	if err != nil || all {
		return first, err
	}
	if s.pinned {
		if welcome(first) {
			return first, nil
		}
		return nil, refusal(first)
	}
	if r := first.replies[0].resp; r.Err != nil || r.Status == 401 || r.Status == 429 || r.Status >= 500 {
		return nil, refusal(first)
	}
	known := s.racers[0].op.Key() + " " + s.racers[1].op.Key()
	list := p.prefixes(s)
	if extra, ok := p.enablers[known]; ok {
		list = append([][]step{extra}, list...)
	}
	for _, extra := range list {
		r, all, err := p.alone(ctx, s, extra...)
		if err != nil && spent(err) {
			return nil, err
		}
		if err == nil && all {
			s.setup = append(s.setup, extra...)
			p.enablers[known] = extra
			return r, nil
		}
	}
	if welcome(first) {
		return first, nil
	}
	return nil, refusal(first)
}

// alone runs each racer alone after the set-up and extra; all reports whether every one was welcome.
func (p *prober) alone(ctx context.Context, s *scenario, extra ...step) (first *run, all bool, err error) {
	t := *s
	t.setup = append(slices.Clone(s.setup), extra...)
	first, err = p.admitted(ctx, &t, 0, p.late(s, 0))
	if err == nil && welcome(first) {
		op := s.racers[0].op
		p.watched[op] = max(p.watched[op], first.settled)
	}
	if err != nil || s.identical() || s.racers[0].op == s.racers[1].op || !welcome(first) {
		return first, err == nil && welcome(first), err
	}
	second, err := p.admitted(ctx, &t, 1, 0)
	return first, err == nil && welcome(second), err
}

// admitted runs one racer alone, as one identity after the other until it is let in.
func (p *prober) admitted(ctx context.Context, s *scenario, i int, watch time.Duration) (*run, error) {
	for attempt := 0; ; attempt++ {
		r, err := p.unlimited(ctx, s, []int{i}, watch)
		if err == nil && r.replies[0].resp.Status == 503 && attempt < maxBusy {
			if err := sleepFor(ctx, backOff<<attempt); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil || !r.env.otherActor(s.racers[i].call, r.replies[0].resp.Status) {
			return r, err
		}
	}
}

func refusal(r *run) error {
	rp := r.replies[0]
	if rp.resp.Err != nil {
		return unclear("%s gave no answer: %v", rp.racer.op.Key(), rp.resp.Err)
	}
	if rp.resp.Status == 429 {
		return unclear("rate limited: %s answered 429 to a single request", rp.racer.op.Key())
	}
	return unclear("%s is refused even alone: %d %s", rp.racer.op.Key(), rp.resp.Status, clip(string(rp.resp.Body), 120))
}

func welcome(r *run) bool {
	st := r.replies[0].resp.Status
	return st >= 200 && st < 300
}

// prefixes lists the actions that may have to come first: one, then two, bounded.
func (p *prober) prefixes(s *scenario) [][]step {
	have := map[string]bool{}
	for _, st := range s.setup {
		have[st.key] = true
	}
	var one []step
	for _, op := range p.target.doc.Ops {
		if !op.Mutates() || op.Method == "DELETE" || p.produces(op) || slices.ContainsFunc(s.racers, func(r racer) bool { return r.op == op }) {
			continue
		}
		if _, no := p.opts.excluded(op.Method, op.Path); no {
			continue
		}
		needs := p.model.needs(op)
		if len(needs) > 0 && !slices.ContainsFunc(needs, func(n need) bool { return n.literal == nil && !have[instanceKey(n.resource, 0)] }) {
			one = append(one, step{call: call{op: op}})
		}
	}
	if len(one) > 6 {
		one = one[:6]
	}
	var out [][]step
	for _, a := range one {
		out = append(out, []step{a})
	}
	for _, a := range one {
		for _, c := range one {
			if a.op != c.op && len(out) < 18 {
				out = append(out, []step{a, c})
			}
		}
	}
	return out
}

// learn derives classes and noise from the runs, and renders the sequential outcomes.
func (b *baseline) learn(s *scenario) error {
	for _, r := range b.runs {
		for _, rp := range r.replies {
			if rp.resp.Status == 429 {
				return unclear("rate limited: %s answered 429 in a sequential run", rp.racer.op.Key())
			}
			if rp.resp.Err != nil {
				return unclear("%s gave no answer in a sequential run: %v", rp.racer.op.Key(), rp.resp.Err)
			}
			if b.classes[rp.racer.op] == nil {
				b.classes[rp.racer.op] = &judge.Classes{}
			}
		}
	}
	b.learnClasses()
	if err := b.learnNoise(); err != nil {
		return err
	}
	b.seq = nil
	for _, r := range b.runs {
		b.seq = append(b.seq, r.outcome(b.classes, b.volatile))
	}
	b.relate(s)
	return nil
}

// learnClasses takes the reply of a racer alone for "accepted", and what differs from it after another racer for
// what it says when it is refused.
func (b *baseline) learnClasses() {
	solo := map[*openapi.Op]judge.Signature{}
	for _, r := range b.runs {
		if len(r.order) == 1 {
			sig := r.sign(r.replies[0])
			solo[r.replies[0].racer.op] = sig
			b.classes[r.replies[0].racer.op].Accept(sig)
		}
	}
	for _, r := range b.runs {
		for i, rp := range r.replies {
			if i > 0 {
				b.classes[rp.racer.op].Learn(solo[rp.racer.op], r.sign(rp))
			}
		}
	}
}

// learnNoise compares twin runs.
func (b *baseline) learnNoise() error {
	for i, x := range b.runs {
		for _, y := range b.runs[i+1:] {
			if !slices.Equal(x.order, y.order) {
				continue
			}
			n := judge.Twins(x.env.normal(nil).Tree("", x.tree(), 0), y.env.normal(nil).Tree("", y.tree(), 0))
			for _, path := range n.Mask {
				b.volatile[path] = true
			}
			if len(n.Unstable) > 0 {
				return unclear("unstable: two runs of the same order on fresh resources disagree about %s", n.Unstable[0])
			}
			for k := range x.replies {
				r := judge.Twins(x.env.normal(nil).Tree("", map[string]any{"reply": x.replies[k].body}, 0),
					y.env.normal(nil).Tree("", map[string]any{"reply": y.replies[k].body}, 0))
				for _, path := range append(r.Mask, r.Unstable...) {
					b.volatile[path] = true
				}
			}
		}
	}
	return nil
}

// relate finds out whether the racers touch each other at all.
func (b *baseline) relate(s *scenario) {
	var alone, both *judge.Outcome
	for i, r := range b.runs {
		switch len(r.order) {
		case 1:
			alone = &b.seq[i]
		case len(s.racers):
			both = &b.seq[i]
		}
	}
	if alone == nil || both == nil {
		return
	}
	if s.identical() {
		last := both.Replies[len(both.Replies)-1]
		b.additive = last.Class == judge.Accepted
		b.inert = b.additive && both.State == alone.State && last.Body == both.Replies[0].Body
		return
	}
	b.commute = b.commutes()
	for i, r := range b.runs {
		b.inert = b.inert || b.commute && len(r.order) == 1 && b.seq[i].State == both.State
	}
}

// both reports whether each of two racers is let in alone.
func (b *baseline) both() bool {
	in := map[int]bool{}
	for i, r := range b.runs {
		if len(r.order) == 1 && b.seq[i].Replies[0].Class == judge.Accepted {
			in[r.order[0]] = true
		}
	}
	return in[0] && in[1]
}

// commutes reports whether distinct racers answer in every order what they answer alone and leave one state.
func (b *baseline) commutes() bool {
	full := 0
	for _, r := range b.runs {
		full = max(full, len(r.order))
	}
	state, solo := "", map[string]judge.Reply{}
	for i, r := range b.runs {
		if len(r.order) == 1 {
			solo[b.seq[i].Replies[0].Racer] = b.seq[i].Replies[0]
		}
	}
	for i, r := range b.runs {
		if len(r.order) != full {
			continue
		}
		if state != "" && b.seq[i].State != state {
			return false
		}
		state = b.seq[i].State
		for _, rp := range b.seq[i].Replies {
			if s := solo[rp.Racer]; s.Class != rp.Class {
				return false
			}
		}
	}
	return true
}
