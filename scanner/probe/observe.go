package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

var errDeep = errors.New("its resources need one another in a circle")

type noProducer struct{ need need }

func (e *noProducer) Error() string {
	return fmt.Sprintf("nothing in the document makes a %s, which %s %q needs", e.need.resource.name, e.need.where, e.need.name)
}

type excludedProducer struct {
	op      *openapi.Op
	pattern string
}

func (e *excludedProducer) Error() string {
	return fmt.Sprintf("%s would make what it needs, and is excluded by %s", e.op.Key(), e.pattern)
}

const (
	maxOwned  = 5
	maxShared = 2
	maxRead   = 64 << 10 // a larger answer of a shared list says little about one trial and costs much
)

// observers picks the GETs that show what a race does: those about the trial's own resources first, then few
// shared ones from the same part of the application.
func (p *prober) observers(s *scenario) []observer {
	type ranked struct {
		observer
		rank int
	}
	have := map[*resource]bool{}
	for _, st := range s.setup {
		have[p.model.byKey(st.key)] = true
	}
	var list []ranked
	for _, op := range p.target.doc.Ops {
		if op.Method != "GET" {
			continue
		}
		if _, no := p.opts.excluded(op.Method, op.Path); no {
			continue
		}
		needs, ok := p.model.needs(op), true
		owned := 0
		for _, n := range needs {
			ok = ok && (have[n.resource] || n.literal != nil)
			if have[n.resource] || n.literal != nil {
				owned++
			}
		}
		if !ok || slices.ContainsFunc(s.racers, func(r racer) bool { return r.op == op }) {
			continue
		}
		rank := 20*min(owned, 1) + 4*overlap(op, s.racers[0].op) - len(op.Segments())
		if len(needs) == 0 && !p.related(op, s) {
			continue
		}
		list = append(list, ranked{observer{call{op: op}, owned == 0}, rank})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].rank > list[j].rank })
	var out []observer
	owned, shared := 0, 0
	for _, r := range list {
		if r.shared && shared < maxShared || !r.shared && owned < maxOwned {
			out = append(out, r.observer)
			if r.shared {
				shared++
			} else {
				owned++
			}
		}
	}
	return out
}

// related reports whether a GET without resources is worth reading: it lies beside the racers, or it is a total.
func (p *prober) related(op *openapi.Op, s *scenario) bool {
	for _, r := range s.racers {
		if overlap(op, r.op) > 0 || len(op.Tags) > 0 && len(r.op.Tags) > 0 && op.Tags[0] == r.op.Tags[0] {
			return true
		}
		for _, n := range p.model.needs(r.op) {
			if shape(op.Path) == n.resource.container {
				return true
			}
		}
	}
	return hasWord(op.Path, set("wallet", "balance", "stats", "me", "ledger"))
}

// overlap counts the leading literal segments that two paths share, versions and "api" left out.
func overlap(a, b *openapi.Op) int {
	x, y, n := a.Segments(), b.Segments(), 0
	for i := 0; i < len(x) && i < len(y) && x[i] == y[i]; i++ {
		if placeholder(x[i]) == "" && !versionSegment(x[i]) {
			n++
		}
	}
	return n
}

// reading is what the observers saw at one moment.
type reading map[string]any

// read asks all observers once. An observer that fails to answer shows that as its state.
func (e *env) read(ctx context.Context, list []observer, made []instanceRef) (reading, error) {
	out := reading{}
	for _, o := range list {
		if e.p.mute[o.op] {
			continue
		}
		req, _, err := e.request(racer{call: o.call})
		if err != nil {
			continue
		}
		ex, err := e.send(ctx, o.op, "observer", req)
		if err != nil {
			return nil, err
		}
		for e.otherActor(o.call, ex.resp.Status) {
			if req, _, err = e.request(racer{call: o.call}); err != nil {
				return nil, err
			}
			if ex, err = e.send(ctx, o.op, "observer", req); err != nil {
				return nil, err
			}
		}
		if o.shared && len(ex.resp.Body) > maxRead {
			e.p.mute[o.op] = true
			continue
		}
		out[o.op.Key()] = answer(ex)
		if err := e.readOthers(ctx, o, out); err != nil {
			return nil, err
		}
	}
	for _, m := range made {
		req, _, err := e.requestFor(m)
		if err != nil {
			continue
		}
		ex, err := e.send(ctx, m.op, "observer", req)
		if err != nil {
			return nil, err
		}
		key := "made by the race: " + m.op.Key()
		list, _ := out[key].([]any)
		out[key] = append(list, answer(ex))
	}
	return out, nil
}

// readOthers reads a further instance of a resource of which the trial made several, the account that money goes to.
func (e *env) readOthers(ctx context.Context, o observer, out reading) error {
	for key, in := range e.made {
		_, nth, several := strings.Cut(key, "#")
		if !several || in.res == nil || shape(o.op.Path) != in.res.container+"/{}" {
			continue
		}
		req, _, err := e.requestFor(instanceRef{o.op, in})
		if err != nil {
			continue
		}
		ex, err := e.send(ctx, o.op, "observer", req)
		if err != nil {
			return err
		}
		out[o.op.Key()+" #"+nth] = answer(ex)
	}
	return nil
}

func answer(ex exchange) map[string]any {
	return map[string]any{"status": json.Number(fmt.Sprint(ex.resp.Status)), "body": ex.body}
}

// instanceRef is a resource that a racer made, and the GET that shows it.
type instanceRef struct {
	op *openapi.Op
	in *instance
}

// settled reads until two readings agree, at least for the time that the operation has been seen to need.
func (e *env) settled(ctx context.Context, s *scenario, made []instanceRef, atLeast, most time.Duration) (reading, time.Duration, error) {
	start := time.Now()
	var (
		last    any
		current reading
		changed time.Duration
	)
	for wait := 8 * time.Millisecond; ; wait *= 2 {
		r, err := e.read(ctx, s.observers, made)
		if err != nil {
			return nil, 0, err
		}
		tree := e.normal(nil).Tree("", map[string]any(r), 0)
		same := last != nil && judge.Still(last, tree)
		if same && time.Since(start) >= atLeast {
			return r, changed, nil
		}
		if last != nil && !same {
			changed = time.Since(start)
		}
		last, current = tree, r
		if time.Since(start) > most {
			return current, changed, nil
		}
		if left := atLeast - time.Since(start); left > 0 && wait > left {
			wait = max(left, time.Millisecond)
		}
		wait = min(wait, 200*time.Millisecond)
		select {
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// normal returns the normaliser of this trial.
func (e *env) normal(volatile map[string]bool) *judge.Normal {
	return &judge.Normal{Symbols: e.symbols, Keys: e.keys, Volatile: volatile, Now: float64(time.Now().Unix())}
}

// delta returns what changed between two readings of a shared observer: added and removed elements, differences
// of numbers, and the rest as it is now.
func delta(before, after any) any {
	switch b := after.(type) {
	case []any:
		a, _ := before.([]any)
		return map[string]any{"added": minus(b, a), "removed": minus(a, b)}
	case map[string]any:
		a, ok := before.(map[string]any)
		if !ok {
			return b
		}
		out := map[string]any{}
		for k, v := range b {
			if judge.Encode(a[k]) != judge.Encode(v) {
				out[k] = delta(a[k], v)
			}
		}
		for k := range a {
			if _, still := b[k]; !still {
				out[k] = "$gone"
			}
		}
		return out
	case json.Number:
		a, ok := before.(json.Number)
		x, err1 := a.Float64()
		y, err2 := b.Float64()
		if !ok || err1 != nil || err2 != nil {
			return b
		}
		return map[string]any{"by": json.Number(strings.TrimSuffix(fmt.Sprintf("%.6g", y-x), ".0"))}
	}
	return after
}

// minus is the multiset difference of two lists.
func minus(a, b []any) []any {
	count := map[string]int{}
	for _, v := range b {
		count[judge.Encode(v)]++
	}
	out := []any{}
	for _, v := range a {
		if key := judge.Encode(v); count[key] > 0 {
			count[key]--
		} else {
			out = append(out, v)
		}
	}
	return out
}
