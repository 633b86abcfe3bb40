package finding

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func fusion() (static, probed *Report) {
	static, probed = NewReport(".", "0"), NewReport("http://127.0.0.1:1", "0")
	static.Findings = []Finding{
		{ID: "low", Rule: "MB107", Severity: Low, Confidence: HighConfidence, Method: "POST", Endpoint: "/orders/{order_id}/cancel"},
		{ID: "worst", Rule: "MB101", Severity: High, Confidence: LowConfidence, Method: "POST", Endpoint: "/orders/{order_id}/cancel"},
		{ID: "pair", Rule: "MB107", Severity: High, Confidence: MediumConfidence, Method: "POST", Endpoint: "/carts/{id}/pay", Rival: &Rival{Method: "DELETE", Endpoint: "/carts/{id}"}},
		{ID: "quiet", Rule: "MB107", Severity: High, Confidence: MediumConfidence, Method: "POST", Endpoint: "/quiet"},
		{ID: "accepted", Rule: "MB107", Severity: High, Method: "POST", Endpoint: "/accepted", Suppressed: &Suppressed{}},
		{ID: "held", Rule: "MB107", Severity: Low, Confidence: LowConfidence, Method: "POST", Endpoint: "/seats",
			Routes: []Route{{Method: "POST", Endpoint: "/seats"}, {Method: "PUT", Endpoint: "/seats/{id}"}}},
	}
	test := func(id, verdict, method, endpoint, rival, rivalPath string) Test {
		return Test{ID: id, Verdict: verdict, Method: method, Endpoint: endpoint, Rival: &Route{Method: rival, Endpoint: rivalPath}}
	}
	cancel := "/api/v1/orders/{id}/cancel"
	probed.Tests = []Test{
		test("1", "confirmed", "POST", cancel, "POST", cancel),
		test("2", "confirmed", "DELETE", "/carts/{cart}", "POST", "/carts/{cart}/pay"), // the other way round
		test("3", "not_observed", "POST", "/quiet", "POST", "/quiet"),
		test("4", "guarded", "POST", "/quiet", "POST", "/quiet"),
		test("5", "confirmed", "POST", "/new", "POST", "/new"),
		test("6", "confirmed_response", "POST", "/new", "POST", "/other"), // more of the same
		test("7", "confirmed", "POST", cancel, "DELETE", "/api/v1/orders/{id}"),
		test("8", "freshness", "PUT", "/seats/{id}", "PUT", "/seats/{id}"),
		test("9", "confirmed", "POST", "/accepted", "POST", "/accepted"),
	}
	probed.Findings = []Finding{{ID: "R5", Severity: High, Confidence: HighConfidence, Method: "POST", Endpoint: "/new", Evidence: []string{"5", "6"}},
		{ID: "R9", Severity: High, Method: "POST", Endpoint: "/accepted", Evidence: []string{"9"}},
		{ID: "x", Rule: "MB1", Method: "POST", Endpoint: "/forged", Evidence: []string{"1"}}}
	return static, probed
}

func TestFuse(t *testing.T) {
	static, probed := fusion()
	before, _ := json.Marshal(static)
	r := Fuse(static, probed)
	if after, _ := json.Marshal(static); string(after) != string(before) {
		t.Error("the scan's report was changed")
	}
	got := map[string]Finding{}
	for _, f := range r.Findings {
		got[f.ID] = f
	}
	for id, want := range map[string][]string{"worst": {"1", "7"}, "low": nil, "pair": {"2"}, "quiet": nil, "held": {"8"}, "R5": {"5", "6"}, "R9": {"9"}} {
		if f, ok := got[id]; !ok || !slices.Equal(f.Evidence, want) {
			t.Errorf("%s: evidence %q, want %q", id, f.Evidence, want)
		}
	}
	if len(r.Findings) != len(static.Findings)+2 {
		t.Errorf("%d findings: one alert per race, and none that only the other report claims", len(r.Findings))
	}
	if got["worst"].Confidence != HighConfidence || got["quiet"].Confidence != MediumConfidence || got["pair"].Confidence != HighConfidence {
		t.Error("a confirmed race raises its finding, and what was not seen lowers none")
	}
	if len(r.Tests) != len(probed.Tests) || len(r.Summary.Assumptions) != 1 || r.Summary.BySeverity["high"] != 5 {
		t.Errorf("%d tests, %q, %v", len(r.Tests), r.Summary.Assumptions, r.Summary.BySeverity)
	}
	again := Fuse(static, probed)
	if !reflect.DeepEqual(r, again) {
		t.Error("the same input gives another result")
	}
}

// A test that was made for a finding confirms that one, whatever else speaks of its pair.
func TestFuseByFinding(t *testing.T) {
	static, probed := fusion()
	probed.Tests = probed.Tests[:1]
	probed.Tests[0].Finding = "low"
	for _, f := range Fuse(static, probed).Findings {
		if (f.ID == "low") != (len(f.Evidence) == 1) {
			t.Errorf("%s: %q", f.ID, f.Evidence)
		}
	}
}

func TestDecode(t *testing.T) {
	_, probed := fusion()
	probed.Tests[0].Evidence = &Evidence{Scenario: "s", Requests: []Request{{Role: "racer", Method: "POST", Path: "/x", Status: 200}}}
	data, err := json.Marshal(probed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Decode(data)
	if err != nil || r.Tests[0].Evidence.Requests[0].Path != "/x" {
		t.Errorf("%v %+v", err, r)
	}
	for _, text := range []string{"", "[]", "{}", `{"schema":"middlebrick-report/9"}`, `{"schema":"middlebrick-report/1","fastapi_toctou_tests":7}`, "\x00", `{"version":"2.1.0","runs":[]}`} {
		if _, err := Decode([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func FuzzFuse(f *testing.F) {
	static, probed := fusion()
	seed, _ := json.Marshal(probed)
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data)
		if err != nil {
			return
		}
		out := Fuse(static, r)
		for _, was := range static.Findings {
			i := slices.IndexFunc(out.Findings, func(f Finding) bool { return f.ID == was.ID })
			if i < 0 || out.Findings[i].Confidence.Rank() < was.Confidence.Rank() || out.Findings[i].Severity != was.Severity {
				t.Errorf("%s was lowered or lost", was.ID)
			}
		}
	})
}

// FuzzDecode reads the report of a prober that anybody may have written: what is taken can be copied, fused and counted.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":"middlebrick-report/1","findings":[{"id":"a","severity":"high"}],"fastapi_toctou_tests":[{"id":"T1","verdict":"race","finding":"a"}]}`))
	f.Add([]byte(`{"schema":"middlebrick-report/2"}`))
	f.Add([]byte("[[[["))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data)
		if err != nil {
			return
		}
		fused := Fuse(r.Clone(), r)
		fused.Finish()
		if len(fused.Findings) < len(r.Findings) {
			t.Errorf("%d findings became %d", len(r.Findings), len(fused.Findings))
		}
	})
}
