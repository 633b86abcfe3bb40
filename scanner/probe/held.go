//go:build !lean

package probe

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// How long is waited for a request to reach its hold point, and for a rival that something holds back.
const (
	reachLimit = 3 * time.Second
	rivalBound = 700 * time.Millisecond
)

// hold runs a scenario under the schedule that a static finding claims: racer A is stopped at the point, racer B is
// sent, A goes on. A violation is repeated once, to be sure.
func (h *held) hold(ctx context.Context, s *scenario, point finding.Step) (*result, error) {
	p := h.main
	b, err := p.baseline(ctx, s)
	if err == nil && !s.pinned && p.countable(s, b) {
		b, err = p.atTheLimit(ctx, s, b)
	}
	var unclear *inconclusiveError
	var broken *setupError
	if errors.As(err, &unclear) || errors.As(err, &broken) {
		return &result{verdict: inconclusive, reason: err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	ev := newEvidence(p, s, b)
	ev.Gate, ev.Deterministic = "hold", true
	res := &result{evidence: ev, base: b, held: true}
	for range 2 {
		one, err := h.once(ctx, s, b, point)
		if err != nil {
			return nil, err
		}
		ev.Trials++
		if !one.reached {
			closeEvidence(ev)
			res.verdict, res.reason = inconclusive, one.why
			return res, nil
		}
		o := one.run.outcome(b.classes, b.volatile)
		kind := judge.Judge(b.seq, o).Kind
		if kind.Accuses() {
			if err := p.wait(ctx, s, one.run, lateSettle); err != nil {
				return nil, err
			}
			o = one.run.outcome(b.classes, b.volatile)
			kind = judge.Judge(b.seq, o).Kind
		}
		rival := "passed"
		if one.waited {
			rival = "waited"
		}
		ev.Hold = &finding.HoldPoint{Path: point.Path, Line: one.line, Rival: rival}
		state, _ := judge.Decode([]byte(o.State))
		ev.Parallel = &finding.Parallel{Statuses: one.run.statuses(), State: titled(state)}
		if honoured := one.run.replies[0].resp.Status; !kind.Accuses() && denied(one.fresh) && honoured >= 200 && honoured < 300 {
			ev.Hits++
			ev.Parallel.Statuses = []int{honoured, one.fresh}
			keepRequests(ev, one.run)
			if ev.Hits == 2 {
				closeEvidence(ev)
				held := freshResult(s, 0, ev, b)
				held.held = true
				return held, nil
			}
			continue
		}
		if !kind.Accuses() {
			closeEvidence(ev)
			res.verdict, res.reason = harmless(ev, one.waited, point)
			return res, nil
		}
		ev.Hits++
		keepRequests(ev, one.run)
		res.best, res.verdict = one.run, confirmedState
		if kind == judge.Accepts {
			res.verdict = confirmedResponse
		}
	}
	closeEvidence(ev)
	return res, nil
}

// harmless words the outcome of a forced schedule that an order explains.
func harmless(ev *Evidence, waited bool, point finding.Step) (verdict, reason string) {
	at := fmt.Sprintf("held at %s:%d", point.Path, ev.Hold.Line)
	switch {
	case ev.Hits > 0:
		return inconclusive, "with the first request " + at + " the violation showed once and not again"
	case waited:
		return guarded, "with the first request " + at + " the rival waited and the outcome is that of an order: the guard excludes it on this engine"
	}
	return notReproduced, "with the first request " + at + " the rival passed, and the outcome is that of an order all the same"
}

// trial is what one forced schedule showed.
type heldTrial struct {
	run     *run
	reached bool
	waited  bool // the rival did not answer while the first request was held
	line    int
	fresh   int // how a copy of the held request was answered once its permission was gone; 0 where that was not asked
	why     string
}

func (h *held) once(ctx context.Context, s *scenario, b *baseline, point finding.Step) (*heldTrial, error) {
	p := h.main
	e, before, err := p.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	reqA, _, err := e.request(s.racers[0])
	if err != nil {
		return nil, err
	}
	reqB, _, err := e.request(s.racers[1])
	if err != nil {
		return nil, err
	}
	id, err := h.control.Arm(ctx, filepath.Join(p.opts.Dir, filepath.FromSlash(point.Path)), point.Line, point.EndLine)
	if err != nil {
		return nil, err
	}
	answerA := goDo(ctx, h.target, reqA)
	t := &heldTrial{}
	var respA, respB fire.Response
	select {
	case a := <-h.control.Held():
		t.reached, t.line = true, a.Line
	case respA = <-answerA:
		seen := h.control.Release(id)
		t.why = fmt.Sprintf("the hold point %s:%d was not reached: the request answered %d %s%s", point.Path, point.Line, respA.Status, clip(string(respA.Body), 80), passed(seen))
		return t, respA.Err
	case <-time.After(reachLimit):
		seen := h.control.Release(id)
		<-answerA
		t.why = fmt.Sprintf("the hold point %s:%d was not reached within %v%s", point.Path, point.Line, reachLimit, passed(seen))
		return t, nil
	case <-ctx.Done():
		h.control.Release(id)
		return nil, ctx.Err()
	}
	answerB := goDo(ctx, &p.target.Target, reqB)
	select {
	case respB = <-answerB:
		if respB.Status < 300 && b.revokes(1, 0) {
			// What A relies on is gone. A copy of A that comes now is refused; is A, which asked before?
			ex, err := e.send(ctx, s.racers[0].op, "copy", reqA)
			if err != nil {
				h.control.Release(id)
				<-answerA
				return nil, err
			}
			t.fresh = ex.resp.Status
		}
		h.control.Release(id)
	case <-time.After(rivalBound):
		t.waited = true
		h.control.Release(id)
		respB = <-answerB
	}
	respA = <-answerA
	exA, exB := e.note(s.racers[0].op, "racer", reqA, respA), e.note(s.racers[1].op, "racer", reqB, respB)
	t.run = &run{env: e, before: before, replies: []reply{
		{racer: s.racers[0], resp: respA, body: exA.body}, {racer: s.racers[1], resp: respB, body: exB.body}}}
	return t, p.finish(ctx, s, t.run, b.settle)
}

func passed(lines []int) string {
	if len(lines) == 0 {
		return "; its function was not entered"
	}
	return fmt.Sprintf("; it took lines %v", lines)
}

// doer sends a request; both targets of a held schedule are one.
type doer interface {
	Do(context.Context, fire.Request) fire.Response
}

func goDo(ctx context.Context, t doer, r fire.Request) <-chan fire.Response {
	ch := make(chan fire.Response, 1)
	go func() { ch <- t.Do(ctx, r) }()
	return ch
}
