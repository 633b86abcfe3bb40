package probe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// Evidence is what a test keeps, in the report and on disk. It holds no secret: proofs of identity are replaced by
// the start of their hash.
type Evidence struct {
	Scenario      string       `json:"scenario"`
	Setup         []string     `json:"setup"`
	Racers        []string     `json:"racers"`
	Observers     []string     `json:"observers"`
	Sequential    []Sequential `json:"sequential,omitempty"`
	Parallel      *Parallel    `json:"parallel,omitempty"`
	Hits          int          `json:"hits"`
	Trials        int          `json:"trials"`
	Controls      Controls     `json:"controls"`
	HitRate       [2]float64   `json:"hit_rate_95"`
	ResponseOnly  int          `json:"response_only,omitempty"` // replies that fit no order while the state did
	Failures      int          `json:"failures,omitempty"`      // requests that failed only in parallel
	Gate          string       `json:"gate"`
	Deterministic bool         `json:"deterministic,omitempty"`
	Spread        *SpreadUS    `json:"release_spread_us,omitempty"`
	Server        string       `json:"server,omitempty"`
	Reason        string       `json:"reason,omitempty"`
	Hold          *HoldPoint   `json:"hold,omitempty"`
	Requests      []Request    `json:"requests,omitempty"` // of the run that shows it, in their order
	Replay        string       `json:"replay,omitempty"`
	Unique        string       `json:"unique,omitempty"` // the text that made the names of that run unique
	Names         []string     `json:"names,omitempty"`  // of the racers; equal names are identical requests
	FreshUser     bool         `json:"fresh_user,omitempty"`

	spreads []time.Duration
}

// Sequential is what one order showed.
type Sequential struct {
	Order    string `json:"order"`
	Statuses []int  `json:"statuses"`
	State    any    `json:"state"`
	Runs     int    `json:"runs"`
}

// Parallel is what the violating volley showed.
type Parallel struct {
	Statuses []int `json:"statuses"`
	State    any   `json:"state"`
	OffsetUS int64 `json:"offset_us"`
	SpreadUS int64 `json:"release_spread_us"`
}

// Controls counts the volleys whose requests were kept apart.
type Controls struct {
	Runs      int `json:"runs"`
	Anomalies int `json:"anomalies"`
}

// SpreadUS is the measured distance between releases in microseconds.
type SpreadUS struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
}

// HoldPoint is the line at which a request was held.
type HoldPoint struct {
	Path  string `json:"path"`
	Line  int    `json:"line"`
	Rival string `json:"rival"` // "passed" or "waited"
}

// Request is one exchange of the evidence.
type Request struct {
	Role    string            `json:"role"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
	Status  int               `json:"status"`
	Answer  any               `json:"answer,omitempty"`
}

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
		e.Sequential = append(e.Sequential, Sequential{Order: name, Statuses: r.statuses(), State: titled(state), Runs: 1})
	}
	return e
}

// parallel keeps the volley that shows the violation.
func (e *Evidence) parallel(a *attack, r *run, offset time.Duration) {
	state, _ := judge.Decode([]byte(r.outcome(a.b.classes, a.b.volatile).State))
	e.Parallel = &Parallel{Statuses: r.statuses(), State: titled(state), OffsetUS: offset.Microseconds(), SpreadUS: r.volley.Spread.Microseconds()}
	e.Requests, e.Unique = requests(r), r.env.unique
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

const maxRequests = 60

func requests(r *run) []Request {
	var out []Request
	for _, ex := range r.env.log {
		if len(out) == maxRequests {
			break
		}
		q := Request{Role: ex.role, Method: ex.req.Method, Path: ex.req.Path, Status: ex.resp.Status, Answer: redactBody(ex.body), Headers: map[string]string{}}
		for _, h := range redact(ex.req.Headers) {
			if n := strings.ToLower(h.Name); n != "user-agent" && n != "connection" && n != "accept" {
				q.Headers[h.Name] = h.Value
			}
		}
		if v, err := judge.Decode(ex.req.Body); err == nil {
			q.Body = redactBody(v)
		} else if len(ex.req.Body) > 0 {
			q.Body = fmt.Sprintf("[%d bytes]", len(ex.req.Body))
		}
		out = append(out, q)
	}
	return out
}

func (e *Evidence) close() {
	e.HitRate[0], e.HitRate[1] = judge.Wilson(e.Hits, e.Trials)
	if n := len(e.spreads); n > 0 {
		slices.Sort(e.spreads)
		e.Spread = &SpreadUS{P50: us(e.spreads[n/2]), P90: us(e.spreads[n*9/10])}
	}
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// add writes the result of a scenario into the report.
func (p *prober) add(s *scenario, r *result) {
	a, b := s.racers[0].op, s.racers[1].op
	t := finding.Test{ID: testID(s), Endpoint: a.Path, Method: a.Method, TestType: s.testType, Verdict: r.verdict,
		Rival: &finding.Route{Method: b.Method, Endpoint: b.Path}, CWE: cweOf(s.testType)}
	if place := p.handler(a.Method, a.Path); place != nil {
		t.Location = place
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
	p.journal.evidence(p, &t, r)
	p.fuse(s, r, &t)
	p.say(Event{Kind: "verdict", Pair: s.title(), Trial: r.evidence.Trials, Hits: r.evidence.Hits, Text: r.verdict + optional(r.reason)})
}

func optional(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func accuses(verdict string) bool {
	return verdict == confirmedState || verdict == confirmedResponse || verdict == freshness
}

// handler maps an operation to its place in the source, when the static half knows it.
func (p *prober) handler(method, path string) *finding.Place {
	for _, r := range p.opts.Routes {
		if r.Path != "" && r.Method == method && (shape(r.Endpoint) == shape(path) || strings.HasSuffix(shape(path), shape(r.Endpoint)) && len(r.Endpoint) > 1) {
			return &finding.Place{File: r.Path, Line: r.Line}
		}
	}
	for _, f := range p.opts.Findings {
		if f.Method == method && f.Endpoint != "" && strings.HasSuffix(shape(path), shape(f.Endpoint)) {
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
	slices.SortFunc(names, func(a, b string) int { // what both sides have says more than what one lacks
		return cmp.Or(cmp.Compare(lacks(x[a], y[a]), lacks(x[b], y[b])), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
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
