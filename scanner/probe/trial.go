package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// run is what one run of a scenario left behind.
type run struct {
	order   []int // of a sequential run: the racers in their order
	env     *env
	state   reading
	replies []reply // one for each racer that ran; in a sequential run in its order
	volley  *fire.Volley
	settled time.Duration
	before  reading
	made    []instanceRef
	shared  bool // two answers name one made resource
	glance  bool // one reading will do: this operation's state was never seen to move after its answer
}

type reply struct {
	racer racer
	resp  fire.Response
	body  any
	start time.Duration
	end   time.Duration
}

// newEnv starts a trial under a name that nothing else bears.
func (p *prober) newEnv() *env {
	p.trials++
	unique := fmt.Sprintf("mb%s%d", p.run[:6], p.trials)
	e := &env{p: p, unique: unique, who: p.who, made: map[string]*instance{}, symbols: map[string]string{}, keys: map[string]string{}, vars: map[string]any{}}
	e.symbols[unique] = "$unique"
	for i := range 4 { // what racers with distinct values send stays distinct
		e.symbols[fmt.Sprintf("%s%c", unique, 'a'+rune(i))] = fmt.Sprintf("$unique-%d", i)
	}
	return e
}

// prepare makes a fresh world for a scenario.
func (p *prober) prepare(ctx context.Context, s *scenario) (*env, reading, error) {
	e := p.newEnv()
	if s.freshUser {
		who, err := p.newUser(ctx, e.unique)
		if err != nil {
			return nil, nil, fmt.Errorf("a fresh user: %w", err)
		}
		e.who = who
		if users := p.model.users(); users != nil && who.made != nil {
			e.made[users.container] = &instance{res: users, body: who.made, sent: who.sent}
		}
	}
	for _, c := range s.cleanup {
		p.journal.owes(e, c)
	}
	for _, st := range s.setup {
		if st.key != "" && e.made[st.key] != nil {
			continue // the user of the trial is there already
		}
		if err := e.perform(ctx, st); err != nil {
			return nil, nil, err
		}
	}
	if err := e.expect(s); err != nil {
		return nil, nil, err
	}
	var shared []observer
	for _, o := range s.observers {
		if o.shared {
			shared = append(shared, o)
		}
	}
	before, err := e.read(ctx, shared, nil)
	return e, before, err
}

// betweenRacers is the pause between the requests of a sequence.
const betweenRacers = 15 * time.Millisecond

// sequential runs the racers of order one after the other on a fresh world.
func (p *prober) sequential(ctx context.Context, s *scenario, order []int, atLeast time.Duration) (*run, error) {
	e, before, err := p.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	r := &run{order: order, env: e, before: before}
	for n, i := range order {
		if n > 0 { // a commit that comes after the answer would make a race of a sequence
			if err := sleepFor(ctx, max(atLeast, betweenRacers)); err != nil {
				return nil, err
			}
		}
		rc := s.racers[i]
		for attempt := 0; ; attempt++ {
			req, sent, err := e.request(rc)
			if err != nil {
				return nil, err
			}
			ex, err := e.send(ctx, rc.op, "racer", req)
			if err != nil && spent(err) {
				return nil, err
			}
			if ex.resp.Status == 422 && attempt < 5 && p.learnRepair(rc.op, sent, ex.body, e.unique) {
				continue
			}
			r.replies = append(r.replies, reply{racer: rc, resp: ex.resp, body: ex.body})
			break
		}
	}
	return r, p.finish(ctx, s, r, atLeast)
}

// volley runs all racers at once on a fresh world, racer i offset by offsets[i].
func (p *prober) volley(ctx context.Context, s *scenario, offsets []time.Duration, atLeast time.Duration) (*run, error) {
	e, before, err := p.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	shots := make([]fire.Shot, len(s.racers))
	for i, rc := range s.racers {
		req, _, err := e.request(rc)
		if err != nil {
			return nil, err
		}
		shots[i] = fire.Shot{Request: req, Gate: fire.HeaderGate, Offset: offsets[i]}
	}
	v := p.target.Fire(ctx, shots, nil)
	if v.Err != nil {
		return nil, v.Err
	}
	r := &run{env: e, volley: &v, before: before}
	if v.Leaked {
		return r, nil
	}
	for i, h := range v.Hits {
		ex := e.note(s.racers[i].op, "racer", shots[i].Request, h.Response)
		r.replies = append(r.replies, reply{racer: s.racers[i], resp: h.Response, body: ex.body, start: h.Released, end: h.Answered})
	}
	r.glance = atLeast == 0
	return r, p.finish(ctx, s, r, atLeast)
}

// finish names what the racers made and reads the settled state.
func (p *prober) finish(ctx context.Context, s *scenario, r *run, atLeast time.Duration) error {
	r.made = p.madeByRacers(r)
	if err := p.createdBy(r); err != nil {
		return err
	}
	return p.observe(ctx, s, r, atLeast)
}

// observe reads the state of a finished run, again if need be: a settlement may come late.
func (p *prober) observe(ctx context.Context, s *scenario, r *run, atLeast time.Duration) error {
	state, took, err := reading(nil), time.Duration(0), error(nil)
	if r.glance {
		state, err = r.env.read(ctx, s.observers, r.made)
	} else {
		state, took, err = r.env.settled(ctx, s, r.made, atLeast, max(p.longest(s), atLeast))
	}
	if err != nil {
		return err
	}
	r.keep(s, state, took)
	return nil
}

// wait reads the state once more, late: whoever accuses has given a settlement the time to come.
func (p *prober) wait(ctx context.Context, s *scenario, r *run, late time.Duration) error {
	if err := sleepFor(ctx, late); err != nil {
		return err
	}
	state, took, err := r.env.settled(ctx, s, r.made, 0, p.longest(s))
	if err != nil {
		return err
	}
	r.keep(s, state, took)
	return nil
}

// longest is how long the state is given to settle.
func (p *prober) longest(s *scenario) time.Duration {
	if s.settle > 0 {
		return s.settle
	}
	return p.opts.Settle
}

func (r *run) keep(s *scenario, state reading, took time.Duration) {
	for _, o := range s.observers {
		if key := o.op.Key(); o.shared && state[key] != nil {
			state[key] = delta(r.before[key], state[key])
		}
	}
	r.state, r.settled = state, took
}

// createdBy counts and journals what racers made.
func (p *prober) createdBy(r *run) error {
	for _, rp := range r.replies {
		if rp.resp.Status != 201 && !p.produces(rp.racer.op) || rp.resp.Status >= 300 {
			continue
		}
		if err := p.created(); err != nil {
			return err
		}
		p.journal.created(r.env, rp.racer.op, exchange{op: rp.racer.op, resp: rp.resp, body: rp.body})
	}
	return nil
}

func (p *prober) produces(op *openapi.Op) bool {
	return slices.ContainsFunc(p.model.list, func(r *resource) bool { return r.producer == op })
}

// madeByRacers gives the identities in the racers' answers their symbols and finds the GETs that show what they
// name. Two answers that
// name one thing are told apart from two that name two.
func (p *prober) madeByRacers(r *run) []instanceRef {
	ids := make([]string, len(r.replies))
	count := map[string]int{}
	for i, rp := range r.replies {
		if object, ok := rp.body.(map[string]any); ok && rp.resp.Status < 300 {
			for _, key := range []string{"id", "uuid", "_id"} {
				if v := object[key]; v != nil {
					ids[i] = fmt.Sprint(v)
					break
				}
			}
		}
		if ids[i] != "" && r.env.symbols[ids[i]] == "" {
			count[ids[i]]++
		}
	}
	var out []instanceRef
	seen, named := map[string]bool{}, map[string]int{}
	for i, rp := range r.replies {
		if rp.resp.Status < 300 {
			r.env.symbolise(rp.body, "$made", 0)
			r.env.given("$made", rp.body, named)
		}
		id := ids[i]
		if id == "" || count[id] == 0 || seen[id] {
			continue
		}
		seen[id] = true
		r.shared = r.shared || count[id] > 1
		for _, res := range p.model.list {
			if res.producer != rp.racer.op {
				continue
			}
			if op := p.itemGet(res); op != nil {
				out = append(out, instanceRef{op, &instance{res: res, body: rp.body, header: rp.resp.Header}})
			}
		}
	}
	return out
}

// itemGet returns the GET of one resource.
func (p *prober) itemGet(r *resource) *openapi.Op {
	for _, op := range p.target.doc.Ops {
		if op.Method == "GET" && shape(op.Path) == r.container+"/{}" {
			return op
		}
	}
	return nil
}

// requestFor builds the GET of something that a racer made.
func (e *env) requestFor(m instanceRef) (fire.Request, map[string]any, error) {
	key := m.in.res.container
	old, had := e.made[key]
	e.made[key] = m.in
	defer func() {
		if had {
			e.made[key] = old
		} else {
			delete(e.made, key)
		}
	}()
	return e.request(racer{call: call{op: m.op}})
}

// outcome renders a run for the judge.
func (r *run) outcome(classes map[*openapi.Op]*judge.Classes, volatile map[string]bool) judge.Outcome {
	n := r.env.normal(volatile)
	o := judge.Outcome{State: n.Text(r.tree())}
	for _, rp := range r.replies {
		c := classes[rp.racer.op]
		if c == nil {
			c = &judge.Classes{}
		}
		out := judge.Reply{Racer: rp.racer.name, Status: rp.resp.Status, Class: c.Of(r.sign(rp)),
			Body: n.Text(map[string]any{"reply": rp.body, "same": r.shared})}
		if r.volley != nil && !r.volley.Overlap {
			out.Start, out.End = int64(rp.start)+1, int64(rp.end)+1
		}
		o.Replies = append(o.Replies, out)
	}
	return o
}

// sign reads the signature of a reply with the trial's own values taken out.
func (r *run) sign(rp reply) judge.Signature {
	tree := r.env.normal(nil).Tree("", rp.body, 0)
	return judge.Sign(rp.resp.Status, tree)
}

// tree is the state as one JSON value.
func (r *run) tree() any {
	out := map[string]any{}
	for k, v := range r.state {
		out[strings.ReplaceAll(k, "/", " ")] = v // see titled
	}
	return out
}

// statuses lists the answers for a report.
func (r *run) statuses() []int {
	out := make([]int, len(r.replies))
	for i, rp := range r.replies {
		out[i] = rp.resp.Status
	}
	return out
}

// learnRepair remembers a 422 answer that a body can be repaired by.
func (p *prober) learnRepair(op *openapi.Op, body map[string]any, answer any, unique string) bool {
	if body == nil || len(p.repairs[op.Key()]) >= 5 {
		return false
	}
	copied := map[string]any{}
	if data, err := json.Marshal(body); err != nil || json.Unmarshal(data, &copied) != nil {
		return false
	}
	if !repair(copied, answer, unique) {
		if p.full[op] || !aboutAll(answer) {
			return false
		}
		p.full[op] = true
		return true
	}
	p.repairs[op.Key()] = append(p.repairs[op.Key()], answer)
	return true
}
