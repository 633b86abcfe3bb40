package probe

import (
	"context"
	"fmt"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// Freshness: does the authorisation of a request still hold when the request is carried out? One request is held with
// the last byte of its body missing, which is when middleware has already run; another one takes away what the first
// relies on; that it took effect is checked with a fresh request; then the first is completed. Since the two overlap,
// "use, then revoke" would be a legal order: this is a violation of freshness, with a verdict of its own. It needs no
// luck, and must happen three times out of three.

// heldBody tests a pair of which the sequential runs have shown that one takes away what the other needs.
func (p *prober) heldBody(ctx context.Context, s *scenario, b *baseline) (*result, error) {
	if s.identical() || len(s.racers) != 2 {
		return nil, nil
	}
	for _, user := range []int{0, 1} {
		if s.racers[user].op.Body == nil || !b.revokes(1-user, user) {
			continue
		}
		ev := newEvidence(p, s, b)
		if honoured, err := p.held3(ctx, s, user, ev); err != nil {
			return nil, err
		} else if honoured {
			return freshResult(s, user, ev, b), nil
		}
	}
	return nil, nil
}

func freshResult(s *scenario, user int, ev *Evidence, b *baseline) *result {
	if s.testType != roleChange {
		s.testType = revocation
	}
	use, revoke := s.racers[user].op.Key(), s.racers[1-user].op.Key()
	return &result{verdict: freshness, evidence: ev, base: b,
		reason: fmt.Sprintf("%s was accepted although %s had taken effect: a fresh request was refused (%d)", use, revoke, ev.Parallel.Statuses[1])}
}

// held3 holds the request three times and reports whether it was honoured every time.
func (p *prober) held3(ctx context.Context, s *scenario, user int, ev *Evidence) (bool, error) {
	ev.Gate, ev.Deterministic = fire.BodyGate.String(), true
	for range 3 {
		r, fresh, err := p.holdOnce(ctx, s, user)
		if err != nil {
			return false, err
		}
		ev.Trials++
		if r == nil {
			ev.Gate = "leaked"
			return false, nil
		}
		st := r.replies[0].resp.Status
		ev.Parallel = &finding.Parallel{Statuses: []int{st, fresh}, State: titled(r.env.normal(nil).Tree("", r.tree(), 0))}
		keepRequests(ev, r)
		if fresh < 400 || st < 200 || st >= 300 { // the revocation does not show, or the request is refused like a fresh one
			break
		}
		ev.Hits++
	}
	closeEvidence(ev)
	return ev.Hits == 3, nil
}

// fresh runs a scenario that is about freshness alone. One whose second racer takes nothing away from the first is no
// test, and has no verdict.
func (p *prober) fresh(ctx context.Context, s *scenario) (*result, error) {
	for i := range []int{0, 1} { // each as somebody whom it lets in
		r, err := p.admitted(ctx, s, i, 0)
		if err != nil {
			return nil, err
		}
		if !welcome(r) {
			return &result{}, nil
		}
	}
	after, err := p.sequential(ctx, s, []int{1, 0}, 0)
	if err != nil {
		return nil, err
	}
	if !welcome(after) || !denied(after.replies[1].resp.Status) {
		return &result{}, nil
	}
	ev := newEvidence(p, s, nil)
	ev.Sequential = []finding.Sequential{{Order: "BA", Statuses: after.statuses(), State: titled(after.env.normal(nil).Tree("", after.tree(), 0)), Runs: 1}}
	honoured, err := p.held3(ctx, s, 0, ev)
	switch {
	case err != nil:
		return nil, err
	case honoured:
		return freshResult(s, 0, ev, nil), nil
	case ev.Gate == "leaked":
		return &result{verdict: inconclusive, evidence: ev, reason: "the gate leaked: the server answered before the body was complete"}, nil
	}
	return &result{verdict: notObserved, evidence: ev, reason: fmt.Sprintf("held with the last byte of its body missing, %s was answered %d once %s had taken effect",
		s.racers[0].op.Key(), ev.Parallel.Statuses[0], s.racers[1].op.Key())}, nil
}

// denied reports whether a status says that the permission or the object is gone.
func denied(status int) bool { return status == 401 || status == 403 || status == 404 || status == 410 }

// revokes reports whether racer i, run first, makes the application refuse racer j for want of permission or object.
func (b *baseline) revokes(i, j int) bool {
	for k, r := range b.runs {
		if len(r.order) == 2 && r.order[0] == i && r.order[1] == j {
			return denied(r.replies[1].resp.Status) && b.seq[k].Replies[0].Class == judge.Accepted
		}
	}
	return false
}

// holdOnce returns the held racer's run and the status that a fresh copy of it got after the revocation.
func (p *prober) holdOnce(ctx context.Context, s *scenario, user int) (*run, int, error) {
	e, before, err := p.prepare(ctx, s)
	if err != nil {
		return nil, 0, err
	}
	use, revoke := s.racers[user], s.racers[1-user]
	req, _, err := e.request(use)
	if err != nil {
		return nil, 0, err
	}
	fresh := 0
	v := p.target.Fire(ctx, []fire.Shot{{Request: req, Gate: fire.BodyGate}}, func(ctx context.Context) error {
		r, _, err := e.request(revoke)
		if err != nil {
			return err
		}
		if _, err := e.send(ctx, revoke.op, "racer", r); err != nil {
			return err
		}
		ex, err := e.send(ctx, use.op, "copy", req)
		fresh = ex.resp.Status
		return err
	})
	if v.Err != nil {
		return nil, 0, v.Err
	}
	if v.Leaked {
		return nil, 0, nil
	}
	ex := e.note(use.op, "racer", req, v.Hits[0].Response)
	r := &run{env: e, volley: &v, before: before, replies: []reply{{racer: use, resp: v.Hits[0].Response, body: ex.body}}}
	return r, fresh, p.finish(ctx, s, r, 0)
}
