package probe

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// prober is one run against one target.
type prober struct {
	opts     Options
	run      string // the run's id, also in the marker header
	target   *target
	model    *model
	who      *session
	others   []*session
	file     []*scenario              // from scenario files
	planning bool                     // nothing is sent: nobody is logged in
	actors   map[*openapi.Op]*session // whom an operation let in when it refused the identity of the trial
	refused  map[*openapi.Op]map[*session]bool
	repairs  map[string][]any     // by operation: 422 answers that taught something
	full     map[*openapi.Op]bool // operations whose optional fields are sent as well
	mute     map[*openapi.Op]bool
	fillers  map[*openapi.Op][]step        // by list: what adds something to it
	watched  map[*openapi.Op]time.Duration // by operation: how long the state moved after it, where that was watched
	broken   map[*openapi.Op]*setupError   // producers that were refused: what needs them optionally does without
	enablers map[string][]step             // by operation: what had to come first
	journal  *journal
	spreads  []time.Duration // of all volleys
	report   *finding.Report
	trials   int
	made     int
	began    time.Time
	index    int
	total    int
	hits     int
}

// Run probes a target and reports what it found. The report is returned together with the error when the run ended
// early: what was found until then counts. A *Refused or *Unreachable error says that nothing was probed.
func Run(ctx context.Context, o Options) (*finding.Report, error) {
	o.defaults()
	if o.Start != "" {
		return runStarted(ctx, o)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	p, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	if !o.Consent {
		return nil, refuse("racing %s changes its data: say that it is yours with --i-own-this-target", o.URL)
	}
	if prefix, moved := p.target.found(ctx, &p.opts); moved {
		p.note("the paths of the document are answered under " + prefix)
	}
	if err := p.identify(ctx); err != nil {
		return nil, err
	}
	defer p.journal.close()
	if err := p.readFiles(); err != nil {
		return nil, err
	}
	err = p.probe(ctx)
	p.cleanup()
	p.finishReport()
	if spent(err) {
		p.note("stopped early: " + stopReason(err))
		err = nil
		if ctx.Err() == context.Canceled {
			err = context.Canceled
		}
	}
	return p.report, err
}

func stopReason(err error) string {
	switch {
	case errors.Is(err, errBudget):
		return "the budget of requests or created resources is spent"
	case errors.Is(err, context.DeadlineExceeded):
		return "the budget of time is spent"
	}
	return "interrupted"
}

// open connects and infers, and sends nothing but the request for the document.
func open(ctx context.Context, o Options) (*prober, error) {
	id := make([]byte, 6)
	rand.Read(id)
	p := &prober{opts: o, run: hex.EncodeToString(id), repairs: map[string][]any{}, full: map[*openapi.Op]bool{}, mute: map[*openapi.Op]bool{}, watched: map[*openapi.Op]time.Duration{}, fillers: map[*openapi.Op][]step{}, actors: map[*openapi.Op]*session{}, refused: map[*openapi.Op]map[*session]bool{}, enablers: map[string][]step{}, broken: map[*openapi.Op]*setupError{}, began: time.Now()}
	t, err := connect(ctx, &p.opts, p.run)
	if err != nil {
		return nil, err
	}
	p.target, p.model = t, infer(t.doc)
	p.report = finding.NewReport(o.URL, o.Version)
	p.report.Summary.Framework = "fastapi"
	p.report.Summary.Routes = len(t.doc.Ops)
	for i := range o.Files {
		if err := p.apply(o.Files[i]); err != nil {
			return nil, err
		}
	}
	p.journal, err = openJournal(o.StateDir, p.run, o.URL)
	return p, err
}

// identify logs the identities in; without any, a user is signed up where the document offers that.
func (p *prober) identify(ctx context.Context) error {
	for _, id := range p.opts.Identities {
		s, err := p.login(ctx, id)
		if err != nil && !spent(err) {
			var refused *Refused
			if errors.As(err, &refused) {
				return err
			}
			return &LoginError{err}
		}
		if err != nil {
			return err
		}
		p.others = append(p.others, s)
	}
	if len(p.others) == 0 && p.model.signup != nil && (p.target.doc.TokenPath != "" || p.loginOp() != nil) {
		s, err := p.newUser(ctx, "mb"+p.run[:6]+"user")
		if err == nil {
			p.others = append(p.others, s)
		} else if spent(err) {
			return err
		} else {
			p.note("no identity was given and the sign-up failed: " + err.Error())
		}
	}
	if len(p.others) > 0 {
		p.who = p.others[0]
	}
	return nil
}

// readFiles turns what users wrote into scenarios, once it is known who there is.
func (p *prober) readFiles() error {
	for _, f := range p.opts.Files {
		list, err := p.written(f)
		if err != nil {
			return err
		}
		p.file = append(p.file, list...)
	}
	return nil
}

// manyPairs is when pairs of operations that race already are left out.
const manyPairs = 150

// probe runs all scenarios, the most promising first.
func (p *prober) probe(ctx context.Context) error {
	scenarios, skipped := p.plan()
	for _, u := range skipped {
		p.report.Summary.Skipped = append(p.report.Summary.Skipped, finding.Skip{Path: u.op.Key(), Kind: "unresolved", Reason: u.reason})
	}
	many := len(scenarios) > manyPairs && p.opts.Shards == 0 // which pairs a shard leaves out may not depend on what another one saw
	scenarios = p.mine(scenarios)
	p.total = len(scenarios)
	confirmed := map[*openapi.Op]bool{}
	for i, s := range scenarios {
		if p.opts.Only != "" && s.id != p.opts.Only && testID(s) != p.opts.Only {
			continue
		}
		if p.opts.skip[s.id] {
			continue
		}
		p.index = i + 1
		a, b := s.racers[0].op, s.racers[1].op
		if a != b && confirmed[a] && confirmed[b] && s.finding == nil && many {
			continue // both are known to race already, and there is much to do
		}
		if s.several && confirmed[a] {
			continue // one user alone races it already
		}
		p.say(Event{Kind: "pair", Pair: s.title()})
		res, err := p.race(ctx, s)
		if err != nil && spent(err) {
			if res != nil {
				p.add(s, res)
			}
			return err
		}
		if err != nil {
			res = &result{verdict: inconclusive, reason: err.Error(), failed: true}
		}
		if res.verdict == "" {
			continue // a GET that changes nothing is no test
		}
		p.add(s, res)
		if res.verdict == confirmedState || res.verdict == confirmedResponse {
			confirmed[a], confirmed[b] = true, true
		}
		if i%5 == 1 || res.failed {
			if err := p.healthy(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// A target that has become this much slower than it was, and slow by any measure, is left alone.
const (
	muchSlower = 5
	slow       = 1500 * time.Millisecond
)

// healthy asks for the document again: a target that died, hangs or has become much slower ends the run. Once may be a
// moment's load: it is asked three times.
func (p *prober) healthy(ctx context.Context) error {
	var resp fire.Response
	for range 3 {
		resp = p.target.Do(ctx, fire.Request{Method: "GET", Path: p.target.document, Headers: p.target.marker})
		if resp.Err == nil && (resp.Latency < slow || resp.Latency < muchSlower*p.target.latency) || resp.Err != nil && spent(resp.Err) {
			return resp.Err
		}
	}
	if resp.Err != nil {
		return fmt.Errorf("the target stopped answering: %w", resp.Err)
	}
	return fmt.Errorf("the target has become much slower: its document takes %v, it took %v at first", resp.Latency.Round(time.Millisecond), p.target.latency.Round(time.Millisecond))
}

// created counts a resource against the budget.
func (p *prober) created() error {
	p.made++
	if p.made > p.opts.Created {
		return errBudget
	}
	return nil
}

func (p *prober) say(e Event) {
	if p.opts.Progress == nil {
		return
	}
	e.Index, e.Pairs, e.Requests, e.Budget = p.index, p.total, int(p.target.requests.Load()), p.opts.Requests
	e.Left = p.opts.Duration - time.Since(p.began)
	p.opts.Progress(e)
}

func (p *prober) note(text string) {
	p.report.Summary.Assumptions = append(p.report.Summary.Assumptions, text)
	p.say(Event{Kind: "note", Text: text})
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// testID names a test; it is the same in every run against the same operations.
func testID(s *scenario) string { return "MB-R-" + hash(s.id)[:8] }
