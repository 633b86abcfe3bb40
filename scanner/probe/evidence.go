package probe

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// Evidence is what a test keeps, in the report and on disk.
type Evidence = finding.Evidence

func newEvidence(p *prober, s *scenario, b *baseline) *Evidence {
	e := &Evidence{Scenario: s.id, Gate: "header", Server: p.target.server}
	for _, st := range s.setup {
		e.Setup = append(e.Setup, st.op.Key())
	}
	for _, r := range s.racers {
		e.Racers = append(e.Racers, r.op.Key())
		e.Names = append(e.Names, r.name)
	}
	e.FreshUser = s.freshUser
	for _, o := range s.observers {
		e.Observers = append(e.Observers, o.op.Key())
	}
	if b == nil {
		return e
	}
	seen := map[string]int{}
	for i, r := range b.runs {
		if len(r.order) != len(s.racers) {
			continue
		}
		name := ""
		for _, k := range r.order {
			name += s.racers[k].name
		}
		if at, ok := seen[name]; ok {
			e.Sequential[at].Runs++
			continue
		}
		seen[name] = len(e.Sequential)
		state, _ := judge.Decode([]byte(b.seq[i].State))
		e.Sequential = append(e.Sequential, finding.Sequential{Order: name, Statuses: r.statuses(), State: titled(state), Runs: 1})
	}
	return e
}

// keep keeps the volley that shows the violation.
func (a *attack) keep(r *run, offset time.Duration) {
	state, _ := judge.Decode([]byte(r.outcome(a.b.classes, a.b.volatile).State))
	a.ev.Parallel = &finding.Parallel{Statuses: r.statuses(), State: titled(state), OffsetUS: offset.Microseconds(), SpreadUS: r.volley.Spread.Microseconds()}
	keepRequests(a.ev, r)
}

// titled writes the names of the observers as people do; inside the judge a slash would be a step of a path.
func titled(state any) any {
	object, ok := state.(map[string]any)
	if !ok {
		return state
	}
	out := make(map[string]any, len(object))
	for k, v := range object {
		method, rest, _ := strings.Cut(k, "  ")
		out[method+" /"+strings.ReplaceAll(rest, " ", "/")] = v
	}
	return out
}

// closeEvidence computes what follows from the counts.
func closeEvidence(e *Evidence) { e.HitRate[0], e.HitRate[1] = judge.Wilson(e.Hits, e.Trials) }

// spread sums the distances between releases up.
func spread(list []time.Duration) *finding.SpreadUS {
	n := len(list)
	if n == 0 {
		return nil
	}
	slices.Sort(list)
	return &finding.SpreadUS{P50: us(list[n/2]), P90: us(list[n*9/10])}
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// add writes the result of a scenario into the report.
func (p *prober) add(s *scenario, r *result) {
	if r.raced != nil {
		s = r.raced
	}
	a, b := s.racers[0].op, s.racers[1].op
	t := finding.Test{ID: testID(s), Endpoint: a.Path, Method: a.Method, TestType: s.testType, Verdict: r.verdict,
		Rival: &finding.Route{Method: b.Method, Endpoint: b.Path}, CWE: cweOf(s.testType)}
	if place := p.handler(a.Method, a.Path); place != nil {
		t.Location = place
	}
	if r.held && s.finding != nil {
		t.Finding = s.finding.ID
	}
	if r.evidence == nil {
		r.evidence = newEvidence(p, s, r.base)
	}
	r.evidence.Reason = r.reason
	t.Vulnerability = p.describe(s, r)
	if accuses(r.verdict) {
		t.Recommendation = advice(s.testType, r.verdict)
		t.Replay = "middlebrick replay " + t.ID
		r.evidence.Replay = t.Replay
		p.hits++
	}
	t.Evidence = r.evidence
	p.report.Tests = append(p.report.Tests, t)
	p.journal.evidence(p, &t, s, r)
	p.say(Event{Kind: "verdict", Pair: s.title(), Trial: r.evidence.Trials, Hits: r.evidence.Hits, Text: r.verdict + optional(r.reason)})
}

func optional(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func accuses(verdict string) bool { return finding.Accuses(verdict) }

// handler maps an operation to its place in the source, when the static half knows it.
func (p *prober) handler(method, path string) *finding.Place {
	for _, r := range p.opts.Routes {
		if r.Path != "" && finding.SameRoute(r, method, path) {
			return &finding.Place{File: r.Path, Line: r.Line}
		}
	}
	for _, f := range p.opts.Findings {
		if f.Location.Path != "" && finding.SameRoute(finding.Route{Method: f.Method, Endpoint: f.Endpoint}, method, path) {
			return &finding.Place{File: f.Location.Path, Line: f.Location.Line}
		}
	}
	return nil
}

// describe says in one or two sentences what was seen.
func (p *prober) describe(s *scenario, r *result) string {
	if !accuses(r.verdict) {
		return r.reason
	}
	if r.verdict == freshness {
		return r.reason + "."
	}
	ev := r.evidence
	var b strings.Builder
	if s.identical() {
		fmt.Fprintf(&b, "%d concurrent %s on the same resource", len(s.racers), s.racers[0].op.Key())
	} else {
		fmt.Fprintf(&b, "%s and %s at the same time", s.racers[0].op.Key(), s.racers[1].op.Key())
	}
	fmt.Fprintf(&b, " were answered %s", joinInts(ev.Parallel.Statuses))
	if r.verdict == confirmedState {
		b.WriteString(" and left a state that no order of them leaves")
	} else {
		b.WriteString(", more acceptances than any order allows")
	}
	if len(ev.Sequential) > 0 {
		q := ev.Sequential[0]
		fmt.Fprintf(&b, "; one after the other they are answered %s", joinInts(q.Statuses))
		if d := difference(q.State, ev.Parallel.State); d != "" && r.verdict == confirmedState {
			fmt.Fprintf(&b, " (%s)", d)
		}
	}
	b.WriteString(".")
	return b.String()
}

func joinInts(list []int) string {
	parts := make([]string, len(list))
	for i, n := range list {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, " and ")
}

// difference names the first place where two states differ.
func difference(seq, par any) string {
	x, y := map[string]string{}, map[string]string{}
	flatten("", seq, x)
	flatten("", par, y)
	keys := map[string]bool{}
	for k := range x {
		keys[k] = true
	}
	for k := range y {
		keys[k] = true
	}
	var names []string
	for k := range keys {
		if x[k] != y[k] {
			names = append(names, k)
		}
	}
	if len(names) == 0 {
		return ""
	}
	sort.SliceStable(names, func(i, j int) bool { // what both sides have says more than what one lacks
		a, b := names[i], names[j]
		return cmp.Or(cmp.Compare(lacks(x[a], y[a]), lacks(x[b], y[b])), cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) < 0
	})
	k := names[0]
	was, is := x[k], y[k]
	if was == "" {
		was = "absent"
	}
	if is == "" {
		is = "absent"
	}
	return fmt.Sprintf("%s: %s in sequence, %s in the race", k, clip(was, 60), clip(is, 60))
}

func lacks(a, b string) int {
	if a == "" || b == "" {
		return 1
	}
	return 0
}

func flatten(path string, v any, out map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flatten(strings.TrimPrefix(path+"."+k, "."), x, out)
		}
	case []any:
		out[path+".length"] = fmt.Sprint(len(v))
		for i, x := range v {
			flatten(fmt.Sprintf("%s[%d]", path, i), x, out)
		}
	default:
		out[path] = judge.Encode(v)
	}
}
