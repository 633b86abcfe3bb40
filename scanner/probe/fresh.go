package probe

import (
	"context"
	"fmt"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// heldBody tests whether the authorisation of a request still holds when the request is carried out. One racer is
// held with the last byte of its body missing, which is when middleware has already run; the other one takes away
// what the first relies on; that it took effect is checked with a fresh request; then the first is completed. Since
// the two overlap, "use, then revoke" would be a legal order: this is a violation of freshness, with a verdict of
// its own. It needs no luck, and must happen three times out of three.
func (p *prober) heldBody(ctx context.Context, s *scenario, b *baseline) (*result, error) {
	if s.identical() || len(s.racers) != 2 {
		return nil, nil
	}
	for _, user := range []int{0, 1} {
		if s.racers[user].op.Body == nil || !b.revokes(1-user, user) {
			continue
		}
		honoured, ev := 0, newEvidence(p, s, b)
		ev.Gate = fire.BodyGate.String()
		for range 3 {
			r, fresh, err := p.holdOnce(ctx, s, user)
			if err != nil {
				return nil, err
			}
			ev.Trials++
			if r == nil || fresh < 400 {
				break // the gate leaked, or the revocation does not show
			}
			st := r.replies[0].resp.Status
			ev.Parallel = &finding.Parallel{Statuses: []int{st, fresh}, State: r.env.normal(b.volatile).Tree("", r.tree(), 0)}
			if st >= 200 && st < 300 {
				honoured++
				ev.Hits++
			} else {
				break
			}
		}
		if honoured == 3 {
			if s.testType != roleChange {
				s.testType = revocation
			}
			ev.Deterministic = true
			closeEvidence(ev)
			use, revoke := s.racers[user].op.Key(), s.racers[1-user].op.Key()
			return &result{verdict: freshness, evidence: ev, base: b,
				reason: fmt.Sprintf("%s was accepted although %s had taken effect: a fresh request was refused (%d)", use, revoke, ev.Parallel.Statuses[1])}, nil
		}
	}
	return nil, nil
}

// revokes reports whether racer i, run first, makes the application refuse racer j for want of permission or object.
func (b *baseline) revokes(i, j int) bool {
	for k, r := range b.runs {
		if len(r.order) == 2 && r.order[0] == i && r.order[1] == j {
			st := r.replies[1].resp.Status
			return (st == 401 || st == 403 || st == 404 || st == 410) && b.seq[k].Replies[0].Class == judge.Accepted
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
	req, _, err := e.request(use.op, use)
	if err != nil {
		return nil, 0, err
	}
	fresh := 0
	v := p.target.Fire(ctx, []fire.Shot{{Request: req, Gate: fire.BodyGate}}, func(ctx context.Context) error {
		r, _, err := e.request(revoke.op, revoke)
		if err != nil {
			return err
		}
		if _, err := e.send(ctx, revoke.op, "racer", r); err != nil {
			return err
		}
		ex, err := e.send(ctx, use.op, "racer", req)
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
