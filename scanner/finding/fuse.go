package finding

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// maxTests bounds what is taken over from a report that somebody else wrote.
const maxTests = 5000

// Decode reads a report from its JSON.
func Decode(data []byte) (*Report, error) {
	r := &Report{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("not a report of middlebrick: %w", err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("not a report of this version: its schema is %q, want %q", r.Schema, Schema)
	}
	if len(r.Tests) > maxTests {
		return nil, fmt.Errorf("the report holds %d tests, at most %d are read", len(r.Tests), maxTests)
	}
	return r, nil
}

// Fuse returns the report of a scan together with what a probe of the running application showed. Neither argument is
// changed. A race that was seen raises the finding that speaks of it; one that no finding speaks of becomes an alert of
// its own, one for each race. Nothing is ever lowered or left out: what a probe did not see may still happen, and the
// report of the probe may have been written by the very code that was scanned.
func Fuse(static, probed *Report) *Report {
	out := *static
	out.Tests = append(slices.Clone(static.Tests), probed.Tests[:min(len(probed.Tests), maxTests)]...)
	own := map[string]*Finding{}
	for i := range probed.Findings {
		f := &probed.Findings[i]
		if f.Rule != "" {
			continue // what its scan found is for our own scan to find
		}
		for _, id := range f.Evidence {
			own[id] = f
		}
	}
	out.Findings = Confirm(static.Findings, probed.Tests, func(t *Test) *Finding { return own[t.ID] })
	out.Summary.Skipped = slices.Clone(static.Summary.Skipped)
	out.Summary.Assumptions = slices.Clone(static.Summary.Assumptions)
	if p := tally(probed.Tests); p != "" {
		out.Summary.Assumptions = append(out.Summary.Assumptions, "the running application was probed: "+p)
	}
	out.Finish()
	return &out
}

// Confirm returns the findings, each with the tests that saw its race. A test that speaks of none of them makes an
// alert by made, once for each operation: further pairs of one that is confirmed already are more evidence for it.
func Confirm(findings []Finding, tests []Test, made func(*Test) *Finding) []Finding {
	out := slices.Clone(findings)
	var rest []*Test
	for i := range tests {
		t := &tests[i]
		if !Accuses(t.Verdict) {
			continue
		}
		if f := spokenOf(out, t); f != nil {
			f.confirm(t)
		} else {
			rest = append(rest, t)
		}
	}
	for _, t := range rest {
		if i := slices.IndexFunc(out, func(f Finding) bool { return len(f.Evidence) > 0 && f.Suppressed == nil && f.touches(t) }); i >= 0 {
			out[i].addEvidence(t.ID)
			continue
		}
		if f := made(t); f != nil {
			alert := *f
			alert.Evidence = []string{t.ID}
			out = append(out, alert)
		}
	}
	return out
}

// Accuses tells whether a verdict says that there is a race.
func Accuses(verdict string) bool {
	return verdict == "confirmed" || verdict == "confirmed_response" || verdict == "freshness"
}

// spokenOf returns the finding that a test confirms: the one it was made for, else the worst one of its pair.
func spokenOf(list []Finding, t *Test) *Finding {
	var best *Finding
	for i := range list {
		f := &list[i]
		if t.Finding != "" && f.ID == t.Finding {
			return f
		}
		if f.Suppressed != nil || !f.SpeaksOf(t.Method, t.Endpoint, t.Rival) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(f.Severity.Rank(), best.Severity.Rank()), cmp.Compare(f.Confidence.Rank(), best.Confidence.Rank())) > 0 {
			best = f
		}
	}
	return best
}

func (f *Finding) confirm(t *Test) {
	f.Confidence = HighConfidence
	f.addEvidence(t.ID)
}

// addEvidence leaves the list that the copy shares with its original alone.
func (f *Finding) addEvidence(id string) {
	if !slices.Contains(f.Evidence, id) {
		f.Evidence = append(slices.Clone(f.Evidence), id)
	}
}

// SpeaksOf tells whether the finding is about a pair of operations, in either order. Without a rival it is about an
// operation against itself. All entry points that reach the race count.
func (f *Finding) SpeaksOf(method, endpoint string, rival *Route) bool {
	other := Route{Method: method, Endpoint: endpoint}
	if rival != nil {
		other = *rival
	}
	for _, own := range f.entries() {
		against := Route{Method: own.Method, Endpoint: own.Endpoint}
		if f.Rival != nil {
			against = Route{Method: f.Rival.Method, Endpoint: f.Rival.Endpoint}
		}
		if SameRoute(own, method, endpoint) && SameRoute(against, other.Method, other.Endpoint) ||
			SameRoute(own, other.Method, other.Endpoint) && SameRoute(against, method, endpoint) {
			return true
		}
	}
	return false
}

// touches tells whether the finding is about one of the operations of a test.
func (f *Finding) touches(t *Test) bool {
	return slices.ContainsFunc(f.entries(), func(r Route) bool {
		return SameRoute(r, t.Method, t.Endpoint) || t.Rival != nil && SameRoute(r, t.Rival.Method, t.Rival.Endpoint)
	})
}

func (f *Finding) entries() []Route {
	first := Route{Method: f.Method, Endpoint: f.Endpoint}
	if f.Method == "" || f.Endpoint == "" {
		return f.Routes
	}
	return append([]Route{first}, f.Routes...)
}

// SameRoute tells whether a route of the source is an operation of the running application. Placeholders may be named
// differently, and the source may not know the prefix under which the application is mounted.
func SameRoute(r Route, method, endpoint string) bool {
	if r.Method != method || r.Endpoint == "" {
		return false
	}
	a, b := anonymous(r.Endpoint), anonymous(endpoint)
	return a == b || len(a) > 1 && strings.HasSuffix(b, a)
}

// anonymous writes a path without the names of its placeholders and without a trailing slash.
func anonymous(path string) string {
	segs := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for i, s := range segs {
		if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
			segs[i] = "{}"
		}
	}
	return "/" + strings.Join(segs, "/")
}

// tally counts the verdicts of tests, in words.
func tally(tests []Test) string {
	counts := map[string]int{}
	for _, t := range tests {
		counts[t.Verdict]++
	}
	var parts []string
	for _, v := range []string{"confirmed", "confirmed_response", "freshness", "guarded", "not_reproduced", "not_observed", "inconclusive"} {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	return strings.Join(parts, ", ")
}
