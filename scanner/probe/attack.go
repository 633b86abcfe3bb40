package probe

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// The verdicts.
const (
	confirmedState    = "confirmed"
	confirmedResponse = "confirmed_response"
	freshness         = "freshness"
	guarded           = "guarded"
	notReproduced     = "not_reproduced"
	notObserved       = "not_observed"
	inconclusive      = "inconclusive"
)

// result is what came of one scenario.
type result struct {
	verdict  string
	reason   string // for people: why inconclusive, what not observed means
	evidence *Evidence
	base     *baseline
	best     *run      // the run that shows the violation
	raced    *scenario // what was raced in the end, where that is more than what was planned
	failed   bool      // the target gave no answer
	held     bool      // under the schedule of the static finding
}

// How often a violation must be seen before it is reported.
const (
	stateHits   = 2
	acceptHits  = 3
	fewTrials   = 6  // for a pair that leaves no trace on each other
	patient     = 4  // times as many trials for a violation that was seen
	voidsBefore = 25 // trials without overlap before the search gives up
	lateSettle  = 300 * time.Millisecond
	againSettle = lateSettle / 5 // where the same outcome has stood before
)

// race runs one scenario to its verdict.
func (p *prober) race(ctx context.Context, s *scenario) (*result, error) {
	var unclear *inconclusiveError
	var broken *setupError
	if s.fresh {
		res, err := p.fresh(ctx, s)
		if errors.As(err, &broken) { // whoever may not have what would be taken away
			return &result{}, nil
		}
		return res, err
	}
	begun := p.target.requests.Load()
	b, err := p.baseline(ctx, s)
	for range maxReplans {
		if !errors.As(err, &broken) || !p.replan(s, broken) {
			break
		}
		b, err = p.baseline(ctx, s)
	}
	if err == nil && !s.pinned && p.countable(s, b) {
		b, err = p.atTheLimit(ctx, s, b)
	}
	if errors.As(err, &unclear) || errors.As(err, &broken) {
		if s.several {
			return &result{}, nil
		}
		return &result{verdict: inconclusive, reason: err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	if s.several && !b.both() {
		return &result{}, nil
	}
	if s.testType == getSideEffect && b.inert {
		return &result{}, nil
	}
	if res, err := p.heldBody(ctx, s, b); res != nil || err != nil {
		return res, err
	}
	a := &attack{p: p, s: s, b: b, ev: newEvidence(p, s, b), stood: map[string]bool{}, share: p.target.share(begun)}
	return a.run(ctx)
}

const maxReplans = 5

// replan plans the set-up again without what could not be made, where that is possible.
func (p *prober) replan(s *scenario, broken *setupError) bool {
	if s.pinned || !broken.made || broken.status >= 500 && !busy(broken.status) {
		return false
	}
	p.broken[broken.op] = broken
	var ops []*openapi.Op
	for _, r := range s.racers {
		ops = append(ops, r.op)
	}
	steps, err := p.setupFor(ops...)
	if err != nil || slices.ContainsFunc(steps, func(st step) bool { return st.op == broken.op }) {
		return false
	}
	s.setup, s.observers = steps, p.observers(&scenario{racers: s.racers, setup: steps})
	return true
}

// countable reports whether identical calls that are all welcome may have a limit further on.
func (p *prober) countable(s *scenario, b *baseline) bool {
	method := s.racers[0].op.Method
	return s.identical() && b.additive && !b.inert && method == "POST" && len(s.setup) > 0
}

const maxLimit = 6

// atTheLimit calls the operation until it refuses and, if it does, moves the race to the last free place: two
// racers then compete for one.
func (p *prober) atTheLimit(ctx context.Context, s *scenario, b *baseline) (*baseline, error) {
	order := make([]int, maxLimit+1)
	r, err := p.unlimited(ctx, s, order, 0)
	if err != nil {
		return b, err
	}
	limit := 0
	for _, rp := range r.replies {
		if b.classes[rp.racer.op].Of(r.sign(rp)) != judge.Accepted {
			break
		}
		limit++
	}
	if limit > maxLimit || limit < 2 {
		return b, nil
	}
	for range limit - 1 {
		s.setup = append(s.setup, step{call: s.racers[0].call})
	}
	if s.testType == stateChange {
		s.testType = limitOverrun
	}
	return p.baseline(ctx, s)
}

// attack is the race of one scenario.
type attack struct {
	p       *prober
	s       *scenario
	b       *baseline
	ev      *Evidence
	search  search
	best    *run
	kind    judge.Kind
	voids   int
	limits  int // volleys in a row that a rate limiter answered
	limited int // and all of them
	spreads []time.Duration
	stood   map[string]bool // by outcome: whether it was still a violation when the state had been given time
	share   int64           // of the budget: the requests up to which this race goes on
	twinned bool            // the incomplete orders were run twice
	doubt   string          // why nothing can be concluded after all
}

func (a *attack) run(ctx context.Context) (*result, error) {
	h := fnv.New64a()
	h.Write([]byte(a.s.id))
	rng := rand.New(rand.NewPCG(h.Sum64(), 1))
	if a.s.identical() || a.b.commute {
		a.search = newArms(a.b.latency[0], !a.s.identical())
	} else {
		a.search = newSteered(a.b.latency[0], a.b.latency[1], rng)
	}
	limit := a.p.opts.Trials
	if a.s.trials > 0 {
		limit = a.s.trials
	}
	if a.b.inert && a.s.racers[0].op.Method != "POST" || a.plain() {
		limit = min(limit, fewTrials)
	}
	if stable, err := a.control(ctx); err != nil {
		return a.partial(err)
	} else if !stable {
		return a.result(inconclusive, "unstable: with the requests spaced apart the outcome is none of the sequential ones"), nil
	}
	for a.ev.Trials < a.patience(limit) {
		if a.ev.Hits == 0 && a.p.target.requests.Load() > a.share {
			break // what is left is for the other races
		}
		if a.ev.Trials == limit/2 && a.ev.Hits == 0 && limit > fewTrials {
			if err := a.reinforce(ctx); err != nil {
				return a.partial(err)
			}
		}
		k, err := a.trial(ctx)
		if err != nil {
			return a.partial(err)
		}
		if a.doubt != "" {
			return a.result(inconclusive, a.doubt), nil
		}
		if k.Accuses() {
			if done, res, err := a.confirm(ctx); done || err != nil {
				return res, err
			}
		}
		if a.voids >= voidsBefore {
			return a.result(inconclusive, fmt.Sprintf("in %d of %d volleys the requests did not overlap", a.voids, a.voids+a.ev.Trials)), nil
		}
		if a.limits >= maxBusy || a.limited >= limit {
			return a.result(inconclusive, fmt.Sprintf("rate limited: %d volleys were answered 429", a.limited)), nil
		}
		a.p.say(Event{Kind: "trial", Pair: a.s.title(), Trial: a.ev.Trials, Hits: a.ev.Hits})
	}
	return a.verdictWithoutConfirmation(), nil
}

// reinforce adds a third request to two identical ones that did not meet in half of the trials: three reach two workers
// more often, and three distances between them are tried at once. The sequential run of three is made first.
func (a *attack) reinforce(ctx context.Context) error {
	if !a.s.identical() || len(a.s.racers) != 2 || a.s.pinned {
		return nil
	}
	s := *a.s
	s.racers = append(slices.Clone(s.racers), s.racers[0])
	b := *a.b
	b.runs, b.latency = slices.Clone(b.runs), append(slices.Clone(b.latency), b.latency[0])
	for range 2 {
		r, err := a.p.unlimited(ctx, &s, []int{0, 1, 2}, b.settle)
		if err != nil {
			return err
		}
		b.keep(r)
	}
	if b.learn(&s) != nil {
		return nil // three are not as regular as two: stay with what is understood
	}
	ev := newEvidence(a.p, &s, &b)
	ev.Trials, ev.Controls, ev.ResponseOnly, ev.Failures, ev.Gate = a.ev.Trials, a.ev.Controls, a.ev.ResponseOnly, a.ev.Failures, a.ev.Gate
	a.s, a.b, a.ev = &s, &b, ev
	return nil
}

// excused reports whether a racer gave up, so that the outcome must be compared with runs of the others alone.
func (a *attack) excused(r *run) bool {
	for _, rp := range r.outcome(a.b.classes, a.b.volatile).Replies {
		if rp.Class == judge.Aborted || rp.Class == judge.Failed {
			return true
		}
	}
	return false
}

// twinSubsets runs the incomplete orders a second time, once: what varies where only some racers ran, a measured time in
// a thing that every complete order deletes, is unknown until then.
func (a *attack) twinSubsets(ctx context.Context) error {
	if a.twinned {
		return nil
	}
	a.twinned = true
	for _, order := range orders(a.s) {
		if len(order) == 0 || len(order) == len(a.s.racers) {
			continue
		}
		r, err := a.p.unlimited(ctx, a.s, order, a.b.settle)
		if err != nil {
			return err
		}
		a.b.keep(r)
	}
	if err := a.b.learn(a.s); err != nil {
		a.doubt = err.Error()
	}
	return nil
}

// patience is how many trials a race is worth. One that was seen, and not often enough to be confirmed, is worth more:
// on a busy machine the windows hardly meet.
func (a *attack) patience(limit int) int {
	if a.ev.Hits > 0 {
		return patient * limit
	}
	return limit
}

// plain reports whether the race is two creations that depend on nothing and are both welcome.
func (a *attack) plain() bool {
	op := a.s.racers[0].op
	return a.s.identical() && a.b.additive && a.p.produces(op) && len(a.s.setup) == 0 && !a.s.freshUser && a.s.testType != keyReuse
}

// partial reports what is known when the run ends early.
func (a *attack) partial(err error) (*result, error) {
	if !spent(err) {
		res := a.result(inconclusive, "the target failed during the race: "+err.Error())
		res.failed = true
		return res, nil
	}
	return a.result(inconclusive, fmt.Sprintf("%s after %d trials", stopReason(err), a.ev.Trials)), err
}

func (a *attack) verdictWithoutConfirmation() *result {
	switch {
	case a.ev.Hits > 0:
		return a.result(inconclusive, fmt.Sprintf("an outcome outside every order was seen %d times in %d trials, too rarely to confirm; more trials may", a.ev.Hits, a.ev.Trials))
	case a.ev.Gate == "leaked":
		return a.result(inconclusive, "the gate leaked: the server answered before the request was complete")
	}
	text := fmt.Sprintf("not observed in %d overlapping trials (95 %% upper bound on the hit rate %.0f %%)", a.ev.Trials, 100*judge.UpperBound(a.ev.Trials))
	if a.p.opts.Workers == 1 {
		text += "; the application runs one worker: a race between processes needs two workers"
	}
	return a.result(notObserved, text)
}

// trial fires one volley and judges it.
func (a *attack) trial(ctx context.Context) (judge.Kind, error) {
	offset := a.search.next()
	r, err := a.p.volley(ctx, a.s, a.offsets(offset), a.b.settle)
	if err != nil {
		return "", err
	}
	switch {
	case r.volley.Leaked:
		a.voids++
		a.ev.Gate = "leaked"
		return "", nil
	case !r.volley.Overlap:
		a.voids++
		a.search.void(offset, a.looksLike(r))
		return "", nil
	}
	o := r.outcome(a.b.classes, a.b.volatile)
	a.spreads = append(a.spreads, r.volley.Spread)
	if o.Limited() { // the limiter answered, not the operation: no trial
		a.limits++
		a.limited++
		return judge.Serial, sleepFor(ctx, backOff<<a.limits)
	}
	a.limits = 0
	a.ev.Trials++
	k := a.judge(r)
	if k.Accuses() { // whoever accuses has waited: the settlement may come late
		late, seen := lateSettle, judge.Encode(r.outcome(a.b.classes, a.b.volatile))
		if a.stood[seen] {
			late = againSettle
		}
		if err := a.p.wait(ctx, a.s, r, late); err != nil {
			return "", err
		}
		k = a.judge(r)
		a.stood[seen] = k.Accuses()
	}
	if k.Accuses() && a.excused(r) {
		if err := a.twinSubsets(ctx); err != nil {
			return "", err
		}
		k = a.judge(r)
	}
	switch {
	case k.Accuses():
		a.ev.Hits++
		if a.best == nil || k == judge.State && a.kind != judge.State {
			a.best, a.kind = r, k
			a.keep(r, offset)
		}
		a.search.tell(offset, hit)
		a.p.say(Event{Kind: "hit", Pair: a.s.title(), Trial: a.ev.Trials, Hits: a.ev.Hits})
	case k == judge.Reliability:
		a.ev.Failures++
		a.search.tell(offset, neither)
	case k == judge.Response:
		a.ev.ResponseOnly++
		a.search.tell(offset, neither)
	default:
		a.search.tell(offset, a.looksLike(r))
	}
	return k, nil
}

// judge asks for an order that explains the outcome; a user may have named a limit besides, which holds in every order.
func (a *attack) judge(r *run) judge.Kind {
	o := r.outcome(a.b.classes, a.b.volatile)
	k := judge.Judge(a.b.seq, o).Kind
	if a.s.atMost > 0 && !k.Accuses() && judge.Overrun(a.s.atMost, o, 0) {
		return judge.Accepts
	}
	return k
}

func sleepFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// offsets delays every racer after the first by the same distance, the third by half of it; a negative one delays the
// first.
func (a *attack) offsets(offset time.Duration) []time.Duration {
	out := make([]time.Duration, len(a.s.racers))
	for i := range out {
		if i > 0 && offset > 0 {
			out[i] = offset
		}
		if i == 2 {
			out[i] /= 2
		}
		if i == 0 && offset < 0 {
			out[i] = -offset
		}
	}
	return out
}

// looksLike reads the direction signal off a run of two distinct racers.
func (a *attack) looksLike(r *run) direction {
	if a.s.identical() || len(r.replies) != 2 {
		return neither
	}
	o := r.outcome(a.b.classes, a.b.volatile)
	text := func(o judge.Outcome, flip bool) string {
		x, y := o.Replies[0], o.Replies[1]
		if flip {
			x, y = y, x
		}
		return o.State + string(x.Class) + x.Body + string(y.Class) + y.Body
	}
	ab, ba := false, false
	for i, q := range a.b.runs {
		switch {
		case slices.Equal(q.order, []int{0, 1}):
			ab = ab || text(a.b.seq[i], false) == text(o, false)
		case slices.Equal(q.order, []int{1, 0}):
			ba = ba || text(a.b.seq[i], true) == text(o, false)
		}
	}
	switch {
	case ab && !ba:
		return likeAB
	case ba && !ab:
		return likeBA
	}
	return neither
}

// control fires the same volley with the requests spaced so far apart that they do not meet; one that met all the
// same is no control, and is repeated with more space. Its outcome must be one of the sequential ones.
func (a *attack) control(ctx context.Context) (bool, error) {
	space := 3*slices.Max(a.b.latency) + 10*time.Millisecond
	for range 4 {
		offsets := make([]time.Duration, len(a.s.racers))
		for i := range offsets {
			offsets[i] = time.Duration(i) * space
		}
		r, err := a.p.volley(ctx, a.s, offsets, a.b.settle)
		if err != nil {
			return false, err
		}
		if r.volley.Leaked {
			a.voids++
			return true, nil
		}
		if !r.volley.Apart {
			space *= 3
			continue
		}
		a.ev.Controls.Runs++
		if a.explained(r) {
			return true, nil
		}
		if err := a.p.wait(ctx, a.s, r, lateSettle); err != nil {
			return false, err
		}
		if !a.explained(r) {
			a.ev.Controls.Anomalies++
			return false, nil
		}
		return true, nil
	}
	return false, nil
}

func (a *attack) explained(r *run) bool {
	return judge.Explained(a.b.seq, []judge.Outcome{r.outcome(a.b.classes, a.b.volatile)})
}

// confirm runs a control after every hit and ends the race when enough hits stand against clean controls.
func (a *attack) confirm(ctx context.Context) (bool, *result, error) {
	stable, err := a.control(ctx)
	if err != nil {
		res, err := a.partial(err)
		return true, res, err
	}
	if !stable {
		return true, a.result(inconclusive, "unstable: a control with the requests spaced apart was no sequential outcome either"), nil
	}
	switch {
	case a.kind == judge.State && a.ev.Hits >= stateHits:
		return true, a.result(confirmedState, ""), nil
	case a.kind == judge.Accepts && a.ev.Hits >= acceptHits:
		return true, a.result(confirmedResponse, ""), nil
	}
	return false, nil, nil
}

func (a *attack) result(verdict, reason string) *result {
	closeEvidence(a.ev)
	a.ev.Spread = spread(a.spreads)
	a.p.spreads = append(a.p.spreads, a.spreads...)
	return &result{verdict: verdict, reason: reason, evidence: a.ev, base: a.b, best: a.best, raced: a.s}
}
