package baseline

import (
	"slices"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

func report(prints ...string) *finding.Report {
	r := finding.NewReport(".", "0")
	for _, p := range prints {
		f := finding.Finding{Rule: "MB107", Method: "POST", Endpoint: "/a/<b>", Location: finding.Location{Path: "a.py", Line: 3}}
		f.Fingerprint.Race = p
		r.Findings = append(r.Findings, f)
	}
	return r
}

func roundTrip(t *testing.T, f *File) *File {
	t.Helper()
	data, err := f.JSON()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("b.json", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return again
}

func TestBaseline(t *testing.T) {
	b := roundTrip(t, Of(report("one", "two", "two")))
	r := report("two", "three", "two", "two")
	if gone := b.Apply(r, "b.json"); gone != 1 {
		t.Errorf("%d gone, want 1", gone)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, map[bool]string{true: "known", false: "new"}[f.Suppressed != nil])
	}
	if strings.Join(got, " ") != "known new known new" {
		t.Errorf("got %v", got)
	}
	if n := b.Prune(report("two", "three")); n != 2 || len(b.Races) != 1 || b.Races[0].Fingerprint != "two" || b.Races[0].Count != 0 {
		t.Errorf("pruned %d, left %+v", n, b.Races)
	}
	if empty := roundTrip(t, Of(report())); len(empty.Races) != 0 {
		t.Errorf("%+v", empty)
	}
}

func TestWhatGotWorseIsNew(t *testing.T) {
	of := func(severities ...finding.Severity) *finding.Report {
		r := report(slices.Repeat([]string{"one"}, len(severities))...)
		for i, s := range severities {
			r.Findings[i].Severity = s
		}
		return r
	}
	b := roundTrip(t, Of(of(finding.Low, finding.Medium)))
	worse, same := of(finding.High, finding.Low), of(finding.Medium, finding.Low)
	b.Apply(worse, "b.json")
	b.Apply(same, "b.json")
	if worse.Findings[0].Suppressed != nil || worse.Findings[1].Suppressed == nil || same.Findings[0].Suppressed == nil || same.Findings[1].Suppressed == nil {
		t.Errorf("%+v\n%+v", worse.Findings, same.Findings)
	}
	worse.Findings[0].Evidence = []string{"T1"}
	if !b.Left().Take(&worse.Findings[0]) {
		t.Error("a confirmed race is no other")
	}
}

func TestSuppressedNeedNoBaseline(t *testing.T) {
	r := report("one", "two")
	r.Findings[0].Suppressed = &finding.Suppressed{Path: "a.py", Line: 3}
	if b := Of(r); len(b.Races) != 1 || b.Races[0].Fingerprint != "two" {
		t.Errorf("%+v", b.Races)
	}
}

func TestBadFiles(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "b.json:1: damaged",
		"{\n\n\"schema\": }":                   "b.json:3: damaged",
		`[]`:                                   "b.json:1: damaged",
		`{}`:                                   "has no schema",
		`{"schema": "middlebrick-baseline/2"}`: "make it again",
		`{"schema": "middlebrick-baseline/1",` + "\n" + `"races": 7}`:                            "b.json:2: damaged",
		`{"schema": "middlebrick-baseline/1", "races": [{"rule": "MB1"}]}`:                       "race 1 has no fingerprint",
		`{"schema": "middlebrick-baseline/1", "races": [{"middlebrickRace/v1":"a","count":-1}]}`: "impossible count",
		strings.Repeat("[", 200_000): "damaged",
	} {
		if _, err := Parse("b.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func TestReportIsBaseline(t *testing.T) {
	b, err := Parse("r.json", []byte(`{"schema":"middlebrick-report/1","findings":[{"rule":"MB1","fingerprint":{"middlebrickRace/v1":"x"}}]}`))
	if err != nil || len(b.Races) != 1 || b.Races[0].Fingerprint != "x" {
		t.Errorf("%+v %v", b, err)
	}
}

// FuzzParse reads what anybody committed as a baseline: what is taken can be written and read again and accepts the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schema":"middlebrick-baseline/1","races":[{"middlebrickRace/v1":"a","rule":"MB107","severity":"high","path":"a.py","count":2}]}`))
	f.Add([]byte(`{"schema":"middlebrick-report/1","findings":[{"rule":"MB1","fingerprint":{"middlebrickRace/v1":"x"}}]}`))
	f.Add([]byte(`{"schema":"middlebrick-baseline/2"}`))
	f.Add([]byte("["))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Parse("b.json", data)
		if err != nil {
			return
		}
		written, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("b.json", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if len(again.Left()) != len(b.Left()) {
			t.Errorf("%d races became %d", len(b.Left()), len(again.Left()))
		}
	})
}
