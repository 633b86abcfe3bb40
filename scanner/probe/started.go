//go:build !lean

package probe

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/hold"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// runStarted starts the application itself. Static findings are replayed first, on two instances of one process
// each of which one can be held; what is left is searched for on an instance with several workers.
func runStarted(ctx context.Context, o Options) (*finding.Report, error) {
	if !o.Consent {
		return nil, refuse("--start runs %q and races it, which changes its data: say that it is yours with --i-own-this-target", o.Start)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	var tests []finding.Test
	settled := map[string]bool{}
	if o.Held && len(o.Findings) > 0 {
		h, err := startHeld(ctx, o)
		if err != nil {
			return nil, &Unreachable{err.Error()}
		}
		report, done, err := h.all(ctx)
		h.stop()
		if err != nil && !spent(err) {
			return report, err
		}
		tests, settled = report.Tests, done
		o.Findings = h.main.findings()
		if o.HeldOnly || err != nil {
			if !errors.Is(err, context.Canceled) { // a budget that is spent is no failure, an interrupt is told
				err = nil
			}
			return report, err
		}
	}
	app, err := hold.Start(ctx, o.Start, o.Dir, o.Workers, nil)
	if err != nil {
		return nil, &Unreachable{err.Error()}
	}
	defer app.Stop()
	o.URL, o.Start, o.skip, o.started = app.URL, "", settled, true
	report, err := Run(ctx, o)
	if report != nil {
		report.Tests = append(tests, report.Tests...)
		report.Target = dir
	}
	return report, err
}

// held is the pair of instances on which findings are replayed: one that can be held, and one for everything else.
type held struct {
	main    *prober // talks to the free instance
	control *hold.Control
	holding *hold.Instance
	free    *hold.Instance
	target  *target // the instance that can be held
}

func startHeld(ctx context.Context, o Options) (*held, error) {
	free, err := hold.Start(ctx, o.Start, o.Dir, 1, nil)
	if err != nil {
		return nil, err
	}
	h := &held{free: free}
	if h.control, err = hold.NewControl(); err != nil {
		free.Stop()
		return nil, err
	}
	if h.holding, err = hold.Start(ctx, o.Start, o.Dir, 1, h.control); err != nil {
		h.control.Close()
		free.Stop()
		return nil, err
	}
	mine := o
	mine.URL, mine.Start, mine.started = free.URL, "", true
	if h.main, err = open(ctx, mine); err == nil {
		second := mine
		second.URL = h.holding.URL
		h.target, err = connect(ctx, &second, h.main.run)
	}
	if err == nil {
		err = h.main.identify(ctx)
	}
	if err == nil {
		err = h.main.readFiles()
	}
	if err != nil {
		h.stop()
		return nil, err
	}
	return h, nil
}

func (h *held) stop() {
	h.holding.Stop()
	h.free.Stop()
	if h.main != nil {
		h.main.journal.close()
	}
}

// all replays every finding that a request can reach, and returns the scenarios that need no search any more.
func (h *held) all(ctx context.Context) (*finding.Report, map[string]bool, error) {
	p := h.main
	scenarios, _ := p.plan()
	shard := p.division(scenarios)
	done := map[string]bool{}
	p.total = len(p.opts.Findings)
	for i := range p.opts.Findings {
		f := &p.opts.Findings[i]
		p.index = i + 1
		if f.Suppressed != nil || f.Method == "" || !strings.HasPrefix(f.Endpoint, "/") {
			continue
		}
		if !p.replays(scenarios, shard, f, i) {
			continue
		}
		s, res, err := h.replay(ctx, scenarios, f)
		if err != nil {
			p.finishReport()
			return p.report, done, err
		}
		if s == nil {
			p.addUnplanned(f, res)
			continue
		}
		s.finding = f
		p.add(s, res)
		done[s.id] = accuses(res.verdict)
	}
	p.cleanup()
	p.finishReport()
	return p.report, done, nil
}

// findings returns what the report now says about the static findings.
func (p *prober) findings() []finding.Finding { return p.report.Findings }

// replay tries the scenarios of a finding under its own schedule until one of them accuses.
func (h *held) replay(ctx context.Context, scenarios []*scenario, f *finding.Finding) (*scenario, *result, error) {
	points := holdPoints(f)
	if len(points) == 0 {
		return nil, &result{verdict: inconclusive, reason: "the finding names no line at which a request could be held"}, nil
	}
	var last *scenario
	var kept *result
	for _, s := range scenarios {
		if !h.main.speaksOf(s, f) {
			continue
		}
		// Actor A of the finding is the request that is held.
		if !checks(f, s.racers[0].op) {
			s.racers[0], s.racers[1] = s.racers[1], s.racers[0]
			s.racers[0].name, s.racers[1].name = "A", "B"
		}
		h.main.say(Event{Kind: "pair", Pair: s.title()})
		for _, point := range points {
			res, err := h.hold(ctx, s, point)
			if err != nil {
				if spent(err) {
					return nil, nil, err
				}
				res = &result{verdict: inconclusive, reason: err.Error()}
			}
			if accuses(res.verdict) {
				return s, res, nil
			}
			if kept == nil || kept.verdict == inconclusive {
				last, kept = s, res
			}
			if res.base == nil {
				break // the scenario itself did not come about
			}
		}
	}
	if kept == nil {
		return nil, &result{verdict: inconclusive, reason: fmt.Sprintf("no scenario could be planned for %s %s against %s", f.Method, f.Endpoint, rivalOf(f))}, nil
	}
	return last, kept, nil
}

func rivalOf(f *finding.Finding) string {
	if f.Rival == nil {
		return "itself"
	}
	return f.Rival.Method + " " + f.Rival.Endpoint
}

// checks reports whether an operation is the one of the finding that checks, by any entry point that reaches it.
func checks(f *finding.Finding, op *openapi.Op) bool {
	if finding.SameRoute(finding.Route{Method: f.Method, Endpoint: f.Endpoint}, op.Method, op.Path) {
		return true
	}
	return slices.ContainsFunc(f.Routes, func(r finding.Route) bool { return finding.SameRoute(r, op.Method, op.Path) })
}

// holdPoints returns where actor A is stopped: where it goes on after the rival, which is its first act, or the lock that comes too
// late; and, where that shows nothing, at whatever line comes first after its last check. A lock that is taken in between excludes the
// rival from the act, and not from the check.
func holdPoints(f *finding.Finding) []finding.Step {
	var check finding.Step
	passed := false
	for _, st := range f.Steps {
		switch {
		case st.Path == "" || st.Line <= 0:
		case st.Actor == "B":
			passed = true
		case passed && st.Role == finding.Lock:
			return []finding.Step{st}
		case st.Role == finding.Check:
			check = st
		case st.Role == finding.Act:
			points := []finding.Step{st}
			if from := max(check.Line, check.EndLine) + 1; check.Path == st.Path && check.Line > 0 && from < st.Line {
				points = append(points, finding.Step{Actor: "A", Role: finding.Act, Path: st.Path, Line: from, EndLine: st.Line - 1})
			}
			return points
		}
	}
	return nil
}

// addUnplanned reports a finding that no scenario could be made for.
func (p *prober) addUnplanned(f *finding.Finding, r *result) {
	p.report.Tests = append(p.report.Tests, finding.Test{
		ID: "MB-R-" + hash(f.ID + f.Method + f.Endpoint)[:8], Endpoint: f.Endpoint, Method: f.Method, TestType: stateChange, Verdict: r.verdict,
		Vulnerability: r.reason, Evidence: &Evidence{Reason: r.reason, Gate: "hold"}, Finding: f.ID,
		Location: &finding.Place{File: f.Location.Path, Line: f.Location.Line}})
}
