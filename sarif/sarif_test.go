package sarif

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const sampleDir = "../testdata/report"

var rules = []finding.Rule{
	{ID: "MB104", Name: "unhandled-integrity-error", Title: "IntegrityError is not handled", Category: "Data Integrity", Severity: finding.Low, CWE: []string{"CWE-703"}, Page: "# T\n\n## What it finds\n\nA `commit` that *fails*.\n"},
	{ID: "MB107", Name: "state-transition-race", Title: "State checked, then changed", Category: "BOLA/IDOR", Severity: finding.High, CWE: []string{"CWE-841", "CWE-367"}, Page: "# MB107\n\n## What it finds\n\nA `status` that is checked and then changed.\n"},
	{ID: "MB201", Name: "file-check-then-use", Title: "File checked, then used", Category: "Input Validation", Severity: finding.Medium, CWE: []string{"CWE-367"}, Page: "# MB201\n\n## What it finds\n\nA path.\n"},
}

func fromSample(path string) ([]byte, error) { return os.ReadFile(filepath.Join(sampleDir, path)) }

func sample(t *testing.T) *finding.Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sampleDir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := &finding.Report{}
	if err := json.Unmarshal(data, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// The parts of a log that the tests look at.
type sarifLog struct {
	Schema string `json:"$schema"`
	Runs   []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID         string
					Name       string
					Short      struct{ Text string } `json:"shortDescription"`
					Full       struct{ Text string } `json:"fullDescription"`
					Help       struct{ Text, Markdown string }
					Default    struct{ Level string } `json:"defaultConfiguration"`
					Properties map[string]any
				}
			}
		}
		AutomationDetails struct{ ID string }
		Invocations       []struct {
			Notifications []struct{ Message message } `json:"toolExecutionNotifications"`
		}
		Results []result
	}
}

type message struct{ Text string }

type location struct {
	ID       *int
	Message  message
	Physical struct {
		Artifact struct{ URI string } `json:"artifactLocation"`
		Region   struct {
			StartLine, StartColumn, EndLine, EndColumn int
			Snippet                                    struct{ Text string }
		}
	} `json:"physicalLocation"`
}

type result struct {
	RuleID       string
	RuleIndex    int
	Level        string
	Message      message
	Locations    []location
	Related      []location        `json:"relatedLocations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	CodeFlows    []struct {
		ThreadFlows []struct {
			ID        string
			Locations []struct {
				ExecutionOrder int
				Location       location
			}
		}
	}
	Fixes        []json.RawMessage
	Suppressions []json.RawMessage
}

func build(t *testing.T, r *finding.Report, opts Options) (sarifLog, []byte, []string) {
	t.Helper()
	data, notes, err := Build(r, opts)
	if err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	return log, data, notes
}

func full() Options { return Options{Rules: rules, Source: fromSample} }

func TestGolden(t *testing.T) {
	_, data, notes := build(t, sample(t), full())
	if len(notes) > 0 {
		t.Errorf("notes: %q", notes)
	}
	golden := filepath.Join("testdata", "sample.sarif.golden")
	if *update {
		if err := os.WriteFile(golden, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, want) {
		t.Errorf("the log differs from %s (go test -update rewrites it)", golden)
	}
	if _, again, _ := build(t, sample(t), full()); !bytes.Equal(data, again) {
		t.Error("a second log of the same report differs")
	}
}

func TestResults(t *testing.T) {
	log, data, _ := build(t, sample(t), full())
	if bytes.Contains(data, []byte(": null")) {
		t.Error("the log contains null")
	}
	if len(log.Runs) != 1 || log.Schema != schemaURI || log.Runs[0].AutomationDetails.ID != "middlebrick/" {
		t.Errorf("%d runs, schema %s, category %q", len(log.Runs), log.Schema, log.Runs[0].AutomationDetails.ID)
	}
	run := log.Runs[0]
	if len(run.Results) != 2 {
		t.Fatalf("%d results: the suppressed finding must not be there, the others must", len(run.Results))
	}
	for _, r := range run.Results {
		if r.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule index %d of %s leads nowhere", r.RuleIndex, r.RuleID)
		}
	}
	first := run.Results[0]
	if first.RuleID != "MB107/critical" || first.Level != "error" {
		t.Errorf("got %s %s", first.RuleID, first.Level)
	}
	region := first.Locations[0].Physical.Region
	if region.StartLine != 18 || region.StartColumn != 8 || region.EndLine != 18 || region.EndColumn != 30 || !strings.Contains(region.Snippet.Text, "order.status") {
		t.Errorf("region %+v", region)
	}
	source, _ := fromSample("app/orders.py")
	if got, want := first.Fingerprints["primaryLocationLineHash"], finding.LineHashes(source)[17]; got != want {
		t.Errorf("line hash %s, want %s", got, want)
	}
	if first.Fingerprints["middlebrickRace/v1"] != "8f3c51d20a9b77e4" {
		t.Errorf("fingerprints %v", first.Fingerprints)
	}
	for i, r := range first.Related {
		if r.ID == nil || *r.ID != i+1 || !strings.Contains(first.Message.Text, fmt.Sprintf("](%d)", i+1)) {
			t.Errorf("related location %d is not linked from %q", i+1, first.Message.Text)
		}
	}
	if !strings.HasPrefix(first.Message.Text, "POST /orders/{order_id}/cancel sent twice") || !strings.HasSuffix(first.Message.Text, ".") {
		t.Errorf("message %q", first.Message.Text)
	}
	if len(run.Invocations) != 1 || len(run.Invocations[0].Notifications) != 1 || !strings.Contains(run.Invocations[0].Notifications[0].Message.Text, "app/broken.py: syntax") {
		t.Errorf("invocations %+v", run.Invocations)
	}
	if len(run.Results[1].Fixes) != 1 || len(first.Fixes) != 0 {
		t.Error("a verified fix is missing, or an unverified one is there")
	}
}

func TestCodeFlows(t *testing.T) {
	r := sample(t)
	r.Findings[0].Steps[1].Path, r.Findings[0].Steps[1].Line = "", 0 // a step without a place of its own
	log, _, _ := build(t, r, full())
	flows := log.Runs[0].Results[0].CodeFlows
	if len(flows) != 2 || len(flows[0].ThreadFlows) != 1 || len(flows[1].ThreadFlows) != 2 {
		t.Fatalf("flows %+v", flows)
	}
	if n := len(flows[0].ThreadFlows[0].Locations); n != 8 {
		t.Errorf("the interleaving has %d steps", n)
	}
	seen := map[int]bool{}
	for _, thread := range flows[1].ThreadFlows {
		last := 0
		for _, l := range thread.Locations {
			if l.ExecutionOrder <= last || seen[l.ExecutionOrder] {
				t.Errorf("execution order %d after %d in %s", l.ExecutionOrder, last, thread.ID)
			}
			last, seen[l.ExecutionOrder] = l.ExecutionOrder, true
			if l.Location.Physical.Artifact.URI == "" || l.Location.Physical.Region.StartLine == 0 {
				t.Errorf("a step has no place: %+v", l)
			}
		}
	}
	if len(seen) != 8 {
		t.Errorf("the threads have %d steps together", len(seen))
	}
}

func TestRules(t *testing.T) {
	log, _, _ := build(t, sample(t), full())
	scores := map[string]any{}
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		scores[r.ID] = r.Properties["security-severity"]
		if r.Short.Text == "" || r.Full.Text == "" || r.Help.Text == "" || r.Help.Markdown == "" {
			t.Errorf("%s lacks a text: %+v", r.ID, r)
		}
		if strings.ContainsAny(r.Name, "- ") {
			t.Errorf("name %q", r.Name)
		}
	}
	want := map[string]any{"MB104": "2.5", "MB107": "8.0", "MB107/critical": "9.5", "MB201": "5.5"}
	if fmt.Sprint(scores) != fmt.Sprint(want) {
		t.Errorf("security severities %v, want %v", scores, want)
	}
	if tags := fmt.Sprint(log.Runs[0].Tool.Driver.Rules[1].Properties["tags"]); tags != "[security race-condition MB107 external/cwe/cwe-841 external/cwe/cwe-367]" {
		t.Errorf("tags %s", tags)
	}
}

func TestNothingFound(t *testing.T) {
	_, data, _ := build(t, finding.NewReport(".", "0.1.0"), Options{})
	for _, want := range []string{`"results": []`, `"rules": []`} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("no %s in\n%s", want, data)
		}
	}
}

// hostile is a finding as a project that attacks its reader would cause it; nothing of it is declared or readable.
func hostile() *finding.Report {
	r := finding.NewReport(".", "0.1.0")
	evil := "x[click](1) {0} ](2)\x1b[2J\u202e\xff\n::error::"
	r.Findings = []finding.Finding{
		{Rule: "MB999", Severity: finding.Note, Confidence: finding.LowConfidence, Description: evil, Remediation: evil,
			Location: finding.Location{Path: "a b/[x]#?%\u00e9\xff:y.py", Line: 0},
			Steps:    []finding.Step{{Actor: "A", Role: "", Path: "c:d.py", Line: 3, Text: evil, Note: evil}, {Actor: "B", Role: finding.Act}},
			Guard:    &finding.Guard{Seen: evil, Verdict: evil}, Rival: &finding.Rival{Method: evil, Endpoint: evil, Path: evil, Line: 1},
			Fix: &finding.Fix{Safe: true, Edits: []finding.Edit{{Path: "x", StartLine: 3, EndLine: 9, Text: evil}}}},
		{Severity: "worst", Location: finding.Location{Path: "b.py", Line: 5, Column: 9, EndLine: 12, EndColumn: 2}},
	}
	r.Summary.Skipped = []finding.Skip{{Path: evil, Kind: "syntax", Line: 2, Reason: evil}}
	return r
}

func TestHostile(t *testing.T) {
	log, _, _ := build(t, hostile(), full())
	for _, r := range log.Runs[0].Results {
		region := r.Locations[0].Physical.Region
		if region.StartLine < 1 || region.EndLine != region.StartLine {
			t.Errorf("region %+v", region)
		}
		if _, err := url.Parse(r.Locations[0].Physical.Artifact.URI); err != nil {
			t.Error(err)
		}
		if strings.Contains(r.Message.Text, "x[click](1)") || strings.Contains(r.Message.Text, " {0}") {
			t.Errorf("the message has a foreign link or placeholder: %q", r.Message.Text)
		}
	}
}

func TestURI(t *testing.T) {
	for path, want := range map[string]string{
		"app/main.py":    "app/main.py",
		"a b/[x]#1?.py":  "a%20b/%5Bx%5D%231%3F.py",
		"100%/é.py":      "100%25/%C3%A9.py",
		"c:evil.py":      "./c:evil.py",
		`back\slash.py`:  "back%5Cslash.py",
		"invalid\xff.py": "invalid%FF.py",
	} {
		r := finding.NewReport(".", "0")
		r.Findings = []finding.Finding{{Rule: "MB201", Location: finding.Location{Path: path, Line: 1}}}
		log, _, _ := build(t, r, Options{Rules: rules})
		if got := log.Runs[0].Results[0].Locations[0].Physical.Artifact.URI; got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}

func TestPrefix(t *testing.T) {
	opts := full()
	opts.Prefix = "services/api v2"
	log, _, _ := build(t, sample(t), opts)
	if got := log.Runs[0].Results[0].Locations[0].Physical.Artifact.URI; got != "services/api%20v2/app/orders.py" {
		t.Errorf("got %s", got)
	}
}

func TestColumnsAreUTF16(t *testing.T) {
	r := finding.NewReport(".", "0")
	line := `x = "😀é"; if y: z`
	r.Findings = []finding.Finding{{Rule: "MB201", Severity: finding.Medium, Location: finding.Location{Path: "a.py", Line: 1, Column: 1, EndLine: 3, EndColumn: 2}}}
	opts := full()
	opts.Source = func(string) ([]byte, error) { return []byte(line + "\r\nb\nc\n"), nil }
	log, _, _ := build(t, r, opts)
	if region := log.Runs[0].Results[0].Locations[0].Physical.Region; region.EndColumn != 19 || region.EndLine != 1 || region.Snippet.Text != line {
		t.Errorf("region %+v", region)
	}
}

func TestLimits(t *testing.T) {
	r := finding.NewReport(".", "0.1.0")
	for i := range maxResults + 10 {
		level := []finding.Severity{finding.Low, finding.High}[i%2]
		r.Findings = append(r.Findings, finding.Finding{Rule: "MB107", Severity: level, Location: finding.Location{Path: "a.py", Line: i + 1}})
	}
	r.Findings[1].Steps = make([]finding.Step, maxSteps+5)
	log, _, notes := build(t, r, Options{Rules: rules})
	results := log.Runs[0].Results
	if len(results) != maxResults || results[0].Level != "error" || results[maxResults-1].Level != "note" {
		t.Errorf("%d results, the first %s, the last %s", len(results), results[0].Level, results[len(results)-1].Level)
	}
	if n := len(results[0].CodeFlows[0].ThreadFlows[0].Locations); n != maxSteps {
		t.Errorf("%d steps", n)
	}
	for i, want := range []string{"25010 findings are more than the 25000", "keeps the 5000 most severe", "500 of 505 steps"} {
		if i >= len(notes) || !strings.Contains(notes[i], want) {
			t.Errorf("notes %q, want %q", notes, want)
		}
	}
}

// A log that is too large loses the interleaving of the least severe findings first, then the findings.
func TestTooLarge(t *testing.T) {
	r := finding.NewReport(".", "0.1.0")
	for i := range 400 {
		step := finding.Step{Actor: "A", Role: finding.Read, Text: fmt.Sprintf("%x", finding.LineHashes(fmt.Appendf(nil, "%d", i*i)))}
		r.Findings = append(r.Findings, finding.Finding{Rule: "MB201", Severity: finding.Medium, Location: finding.Location{Path: "a.py", Line: i + 1},
			Steps: []finding.Step{step, step, step}})
	}
	for _, c := range []struct{ limit, results, flows int }{{1 << 30, 400, 400}, {12_000, 400, 50}, {2_500, 100, 0}} {
		data, notes, err := buildWithin(r, Options{Rules: rules}, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var log sarifLog
		if err := json.Unmarshal(data, &log); err != nil {
			t.Fatal(err)
		}
		results, flows := log.Runs[0].Results, 0
		for _, x := range results {
			if len(x.CodeFlows) > 0 {
				flows++
			}
		}
		if compressed(data) > c.limit || len(results) != c.results || flows != c.flows {
			t.Errorf("limit %d: %d bytes, %d results, %d with flows", c.limit, compressed(data), len(results), flows)
		}
		if (len(notes) > 0) != (flows < 400) {
			t.Errorf("limit %d: notes %q", c.limit, notes)
		}
	}
}

// confirmed is the sample with a race that a probe saw, and one that no rule claims in an application without source.
func confirmed(t *testing.T) *finding.Report {
	t.Helper()
	static := sample(t)
	first := static.Findings[0]
	probed := finding.NewReport("http://127.0.0.1:1", "0")
	evidence := &finding.Evidence{Hits: 2, Trials: 7, Requests: []finding.Request{{Role: "setup", Method: "POST", Path: "/x"},
		{Role: "racer", Method: "POST", Path: "/x/1/use", Headers: map[string]string{"Authorization": "[redacted 12345678]"}, Body: map[string]any{"n": 1}, Status: 200, Answer: map[string]any{"ok": true}}}}
	probed.Tests = []finding.Test{
		{ID: "MB-R-1", Method: first.Method, Endpoint: first.Endpoint, Verdict: "confirmed", Finding: first.ID, Vulnerability: "Both were [accepted](1)", Evidence: evidence},
		{ID: "MB-R-2", Method: "POST", Endpoint: "/elsewhere", Verdict: "confirmed", Vulnerability: "Twice", Evidence: &finding.Evidence{Deterministic: true}}}
	probed.Findings = []finding.Finding{{ID: "MB-R-2", Name: "lost-update", Severity: finding.High, Description: "Twice", Method: "POST", Endpoint: "/elsewhere", Evidence: []string{"MB-R-2"}}}
	return finding.Fuse(static, probed)
}

// A confirmed race shows the request that raced and its answer, and says in its message how it was seen. One that no
// rule claims and whose source is unknown still has a place, without which code scanning refuses the whole log.
func TestConfirmed(t *testing.T) {
	log, _, err := Build(confirmed(t), Options{Rules: rules, Source: fromSample})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Runs []struct {
			Results []struct {
				RuleID     string
				Message    message
				Locations  []location
				WebRequest *struct {
					Method, Target string
					Headers        map[string]string
					Body           struct{ Text string }
				}
				WebResponse *struct{ StatusCode int }
				Properties  map[string]any
			}
		}
	}
	if err := json.Unmarshal(log, &got); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, r := range got.Runs[0].Results {
		switch r.Properties["test"] {
		case "MB-R-1":
			seen++
			if r.WebRequest == nil || r.WebRequest.Target != "/x/1/use" || r.WebRequest.Body.Text != `{"n":1}` || r.WebResponse.StatusCode != 200 || r.Properties["hits"] != 2.0 {
				t.Errorf("%+v", r)
			}
			if !strings.Contains(r.Message.Text, "Confirmed by running it in 2 of 7 trials (MB-R-1)") || strings.Contains(r.Message.Text, "](1) ") && strings.Contains(r.Message.Text, "[accepted](1)") {
				t.Errorf("message %q", r.Message.Text)
			}
		case "MB-R-2":
			seen++
			if r.RuleID != "MB000/lost-update/high" || r.Locations[0].Physical.Artifact.URI != "openapi.json" || r.Locations[0].Physical.Region.StartLine != 1 {
				t.Errorf("%+v", r)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d results carry their proof", seen)
	}
}
