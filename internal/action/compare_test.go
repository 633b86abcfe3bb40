package action

import (
	"slices"
	"testing"

	"github.com/middlebrick/middlebrick/internal/baseline"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

func race(key string, severity finding.Severity, change ...func(*finding.Finding)) finding.Finding {
	f := finding.Finding{Rule: "MB106", Severity: severity, Confidence: finding.HighConfidence,
		Location: finding.Location{Path: "app/" + key + ".py", Line: 3, Column: 1, EndLine: 3, EndColumn: 9}}
	f.Fingerprint.Race = key
	for _, c := range change {
		c(&f)
	}
	return f
}

func hushed(f *finding.Finding) {
	f.Suppressed = &finding.Suppressed{Path: f.Location.Path, Line: f.Location.Line}
}

func ruled(id string) func(*finding.Finding) { return func(f *finding.Finding) { f.Rule = id } }

func seen(f *finding.Finding) { f.Evidence = []string{"T1"} }

func at(entry, code string) func(*finding.Finding) {
	return func(f *finding.Finding) { f.Endpoint, f.CodeSnippet = entry, code }
}

// TestTwins gives several races of one function one fingerprint: what is left over must be the one that came or went.
func TestTwins(t *testing.T) {
	sell, give := at("/sell", "if left:"), at("/give", "if given:")
	for _, c := range []struct {
		name       string
		head, base *finding.Report
		at         string // of the one that is left over
	}{
		{"the other entry is new", reportOf(race("a", "high", give), race("a", "high", sell)), reportOf(race("a", "high", sell)), "new /give"},
		{"also when the known one changed its rule", reportOf(race("a", "high", give), race("a", "high", sell, ruled("MB101"))), reportOf(race("a", "high", sell)), "new /give"},
		{"the other entry is fixed", reportOf(race("a", "high", give)), reportOf(race("a", "high", sell), race("a", "high", give)), "fixed /sell"},
		{"the worse one is new", reportOf(race("a", "low", sell), race("a", "high", sell)), reportOf(race("a", "low", sell)), "new /sell"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmp, got := Compare(c.head, c.base, nil, false), ""
			for _, e := range cmp.Of(New) {
				got += "new " + e.Endpoint
			}
			for _, f := range cmp.Fixed {
				got += "fixed " + f.Endpoint
			}
			if got != c.at {
				t.Errorf("got %q, want %q", got, c.at)
			}
		})
	}
}

func atLine(n int) func(*finding.Finding) { return func(f *finding.Finding) { f.Location.Line = n } }

func reportOf(findings ...finding.Finding) *finding.Report {
	return &finding.Report{Findings: findings}
}

func states(c Comparison) (out []string) {
	for _, e := range c.Entries {
		out = append(out, string(e.State)+" "+e.Fingerprint.Race)
	}
	for _, f := range c.Fixed {
		out = append(out, "fixed "+f.Fingerprint.Race)
	}
	return out
}

func accepting(races []string) baseline.Left {
	f := &baseline.File{}
	for _, r := range races {
		f.Races = append(f.Races, baseline.Race{Fingerprint: r})
	}
	return f.Left()
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name       string
		head, base *finding.Report
		baseline   []string
		trust      bool
		want       []string
	}{
		{name: "without a base all is known", head: reportOf(race("a", "high")), want: []string{"known a"}},
		{name: "a moved line is no new race", head: reportOf(race("a", "high", atLine(90))), base: reportOf(race("a", "high")), want: []string{"known a"}},
		{name: "new and fixed", head: reportOf(race("b", "low"), race("a", "high")), base: reportOf(race("a", "high"), race("c", "low")),
			want: []string{"new b", "known a", "fixed c"}},
		{name: "a second instance is new", head: reportOf(race("a", "high"), race("a", "high", atLine(9))), base: reportOf(race("a", "high")),
			want: []string{"new a", "known a"}},
		{name: "one of two instances is fixed", head: reportOf(race("a", "high")), base: reportOf(race("a", "high"), race("a", "high", atLine(9))),
			want: []string{"known a", "fixed a"}},
		{name: "a suppression of the head does not count", head: reportOf(race("a", "high", hushed)), base: reportOf(), want: []string{"new a"}},
		{name: "nor does it hide a known race", head: reportOf(race("a", "high", hushed)), base: reportOf(race("a", "high")), want: []string{"known a"}},
		{name: "unless the head is trusted", head: reportOf(race("a", "high", hushed)), base: reportOf(race("a", "high")), trust: true, want: []string{"suppressed a"}},
		{name: "a suppression of the base counts", head: reportOf(race("a", "high", hushed)), base: reportOf(race("a", "high", hushed)), want: []string{"suppressed a"}},
		{name: "one suppression covers one instance", head: reportOf(race("a", "high", hushed), race("a", "high", hushed)), base: reportOf(race("a", "high", hushed)),
			want: []string{"new a", "suppressed a"}},
		{name: "taking a suppression away adds no race", head: reportOf(race("a", "high")), base: reportOf(race("a", "high", hushed)), want: []string{"known a"}},
		{name: "no base to ask about suppressions", head: reportOf(race("a", "high", hushed)), want: []string{"suppressed a"}},
		{name: "the baseline", head: reportOf(race("a", "high"), race("b", "high")), baseline: []string{"a"}, want: []string{"known b", "baselined a"}},
		{name: "told under another rule it is the same", head: reportOf(race("a", "medium", ruled("MB101"))), base: reportOf(race("a", "high")), want: []string{"known a"}},
		{name: "what got worse is new, and nothing was fixed", head: reportOf(race("a", "high", ruled("MB101"))), base: reportOf(race("a", "low")), want: []string{"new a"}},
		{name: "evidence does not make it worse", head: reportOf(race("a", "high", seen)), base: reportOf(race("a", "low")), want: []string{"known a"}},
		{name: "no fingerprint never matches", head: reportOf(race("", "high")), base: reportOf(race("", "high")), want: []string{"new "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := states(Compare(c.head, c.base, accepting(c.baseline), c.trust)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzCompare checks the arithmetic: every finding of the head has one state, and what is common is counted once.
func FuzzCompare(f *testing.F) {
	f.Add([]byte("aab"), []byte("abc"))
	f.Add([]byte("AaB"), []byte("aA"))
	f.Fuzz(func(t *testing.T, head, base []byte) {
		c := Compare(fromLetters(head), fromLetters(base), nil, false)
		if len(c.Entries) != len(head) {
			t.Fatalf("%d findings gave %d entries", len(head), len(c.Entries))
		}
		open := func(s []byte) (n int) {
			for _, b := range s {
				if b&0x20 != 0 {
					n++
				}
			}
			return n
		}
		if len(c.Fixed) > open(base) {
			t.Fatalf("%d fixed of %d open", len(c.Fixed), open(base))
		}
		if same := Compare(fromLetters(base), fromLetters(base), nil, false); len(same.Of(New)) != 0 || len(same.Fixed) != 0 {
			t.Fatalf("a tree compared with itself: %q", states(same))
		}
	})
}

// fromLetters makes a race of each byte: without the bit of lower case it is suppressed.
func fromLetters(s []byte) *finding.Report {
	r := reportOf()
	for i, b := range s {
		f := race(string(rune('a'+b&0x1f)), finding.High, atLine(i+1))
		if b&0x20 == 0 {
			hushed(&f)
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

func TestDecide(t *testing.T) {
	defaults, err := ReadInputs(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	defaults.settle("")
	with := func(change func(*Inputs)) Inputs { in := defaults; change(&in); return in }
	low := func(f *finding.Finding) { f.Confidence = finding.LowConfidence }
	broken := []finding.Skip{{Path: "x.py", Kind: "syntax"}}
	base := reportOf(race("old", "critical"))
	for _, c := range []struct {
		name    string
		in      Inputs
		head    *finding.Report
		base    *finding.Report
		newOnly bool
		missing bool
		partial []finding.Skip
		exit    int
	}{
		{name: "nothing", in: defaults, head: reportOf(), exit: exitPass},
		{name: "known on a push", in: defaults, head: reportOf(race("a", "high")), exit: exitGate},
		{name: "below", in: defaults, head: reportOf(race("a", "medium")), exit: exitPass},
		{name: "known on a pull request", in: defaults, head: base, base: base, newOnly: true, exit: exitPass},
		{name: "known, scope all", in: defaults, head: base, base: base, exit: exitGate},
		{name: "new on a pull request", in: defaults, head: reportOf(race("a", "high")), base: base, newOnly: true, exit: exitGate},
		{name: "none", in: with(func(in *Inputs) { in.FailOn = "none" }), head: reportOf(race("a", "critical")), exit: exitPass},
		{name: "low", in: with(func(in *Inputs) { in.FailOn = "low" }), head: reportOf(race("a", "low")), exit: exitGate},
		{name: "too unsure", in: with(func(in *Inputs) { in.MinConfidence = "medium" }), head: reportOf(race("a", "critical", low)), exit: exitPass},
		{name: "min-severity is not the gate", in: with(func(in *Inputs) { in.MinSeverity = "critical" }), head: reportOf(race("a", "high")), exit: exitGate},
		{name: "base missing, medium", in: with(func(in *Inputs) { in.FailOn = "low" }), head: reportOf(race("a", "medium")), newOnly: true, missing: true, exit: exitPass},
		{name: "base missing, high", in: defaults, head: reportOf(race("a", "high")), newOnly: true, missing: true, exit: exitGate},
		{name: "base missing, all", in: with(func(in *Inputs) { in.FailOn, in.OnMissingBase = "low", "all" }), head: reportOf(race("a", "low")), newOnly: true, missing: true, exit: exitGate},
		{name: "base missing, fail", in: with(func(in *Inputs) { in.OnMissingBase = "fail" }), head: reportOf(), newOnly: true, missing: true, exit: exitGate},
		{name: "incomplete", in: defaults, head: reportOf(), partial: broken, exit: exitPartial},
		{name: "incomplete and a race", in: defaults, head: reportOf(race("a", "high")), partial: broken, exit: exitGate},
		{name: "incomplete is accepted", in: with(func(in *Inputs) { in.FailOnIncomplete = false }), head: reportOf(), partial: broken, exit: exitPass},
		{name: "suppressed by the change", in: with(func(in *Inputs) { in.FailOnSuppressed = true }), head: reportOf(race("a", "low", hushed)), base: base, newOnly: true, exit: exitGate},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Decide(Compare(c.head, c.base, nil, false), c.in, c.newOnly, c.missing, c.partial)
			if v.Exit != c.exit || v.Pass != (c.exit == exitPass) || v.Reason == "" {
				t.Errorf("exit %d, pass %v (%s), want exit %d", v.Exit, v.Pass, v.Reason, c.exit)
			}
		})
	}
}

func TestPartial(t *testing.T) {
	head, base := reportOf(), reportOf()
	head.Summary.Skipped = []finding.Skip{{Path: "a.py", Kind: "syntax"}, {Path: "b.py", Kind: "syntax"}, {Path: "b.py", Kind: "syntax"}, {Path: "c.py", Kind: "unresolved"}}
	base.Summary.Skipped = []finding.Skip{{Path: "a.py", Kind: "syntax"}}
	if got := Partial(head, base); len(got) != 1 || got[0].Path != "b.py" {
		t.Errorf("got %v, want b.py alone", got)
	}
	if got := Partial(head, nil); len(got) != 2 {
		t.Errorf("without a base got %v, want a.py and b.py", got)
	}
}
