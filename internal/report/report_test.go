package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const sampleDir = "../../testdata/report"

// sample is a report as the engine makes them, with the files that it speaks of.
func sample(t *testing.T) (*finding.Report, Options) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sampleDir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := &finding.Report{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(r); err != nil {
		t.Fatal(err)
	}
	return r, Options{Source: func(p string) ([]byte, error) { return os.ReadFile(filepath.Join(sampleDir, p)) }}
}

func TestGolden(t *testing.T) {
	r, opts := sample(t)
	narrow, colored, blind := opts, opts, opts
	narrow.Width, colored.Color, blind.Source = 72, true, nil
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":        func(b *bytes.Buffer) error { return Text(b, r, opts) },
		"text-narrow": func(b *bytes.Buffer) error { return Text(b, r, narrow) },
		"text-color":  func(b *bytes.Buffer) error { return Text(b, r, colored) },
		"text-blind":  func(b *bytes.Buffer) error { return Text(b, r, blind) },
		"concise":     func(b *bytes.Buffer) error { return Concise(b, r, Options{}) },
		"markdown":    func(b *bytes.Buffer) error { return Markdown(b, r, opts) },
		"github":      func(b *bytes.Buffer) error { return GitHub(b, r) },
		"azure":       func(b *bytes.Buffer) error { return Azure(b, r) },
		"gitlab":      func(b *bytes.Buffer) error { return CodeQuality(b, r) },
		"gitlab-sast": func(b *bytes.Buffer) error { return SAST(b, r, time.Unix(1_800_000_000, 0)) },
		"junit":       func(b *bytes.Buffer) error { return JUnit(b, r) },
		"rdjsonl":     func(b *bytes.Buffer) error { return RDJSONL(b, r, opts) },
		"bitbucket":   func(b *bytes.Buffer) error { return Bitbucket(b, r, finding.High) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s differs from %s (go test -update rewrites it):\n%s", name, golden, b.Bytes())
		}
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	r, opts := sample(t)
	r.Findings[0].Remediation = strings.Join(strings.Fields(r.Findings[0].Remediation), " ")
	r.Findings[1].Fix = nil // the code of a repair is never cut
	for width := 60; width <= 130; width++ {
		opts.Width = width
		var b bytes.Buffer
		if err := Text(&b, r, opts); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			mark := strings.Contains(line, "^^^ ") || strings.Contains(line, "--- ") // a label may stand out at the end
			if n := columns(line); n > min(width, widest) && !mark {
				t.Fatalf("at width %d a line has %d columns: %s", width, n, line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Fatalf("at width %d a line ends in a space: %q", width, line)
			}
		}
	}
}

// hostile is text as an attacker would write it into a file name, a source line or a message.
const hostile = "a\x1b[2Jb\x9bc\u202ed\u2066e\x00f\rg\u200bh\xffi ##[error]x\u2028j\U000e0041k \u0085l"

// Every string of a report, filled with hostile text, comes out of every form without a byte that steers a terminal.
func TestHostileText(t *testing.T) {
	r, opts := sample(t)
	fill(reflect.ValueOf(r).Elem())
	opts.Source = func(string) ([]byte, error) { return []byte(strings.Repeat(hostile+"\n", 40)), nil }
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":     func(b *bytes.Buffer) error { return Text(b, r, opts) },
		"concise":  func(b *bytes.Buffer) error { return Concise(b, r, Options{}) },
		"json":     func(b *bytes.Buffer) error { return JSON(b, r) },
		"markdown": func(b *bytes.Buffer) error { return Markdown(b, r, opts) },
		"github":   func(b *bytes.Buffer) error { return GitHub(b, r) },
		"azure":    func(b *bytes.Buffer) error { return Azure(b, r) },
		"junit":    func(b *bytes.Buffer) error { return JUnit(b, r) },
		"gitlab":   func(b *bytes.Buffer) error { return CodeQuality(b, r) },
		"sast":     func(b *bytes.Buffer) error { return SAST(b, r, time.Time{}) },
		"rdjsonl":  func(b *bytes.Buffer) error { return RDJSONL(b, r, opts) },
		"insights": func(b *bytes.Buffer) error { return Bitbucket(b, r, finding.High) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "[2J") && !strings.Contains(b.String(), "&#91;2J") {
			t.Errorf("%s does not show the hostile text at all:\n%s", name, b.String())
		}
		for _, c := range b.String() {
			if steers(c) {
				t.Fatalf("%s lets %U through:\n%q", name, c, b.String())
			}
		}
		data := map[string]bool{"json": true, "gitlab": true, "sast": true, "rdjsonl": true, "insights": true, "junit": true}[name] // never printed by a runner
		if !data && strings.Contains(b.String(), "##[") {
			t.Errorf("%s lets a build log command through", name)
		}
		if name == "json" {
			var back finding.Report
			if err := json.Unmarshal(b.Bytes(), &back); err != nil {
				t.Fatal(err)
			}
			if want := strings.ToValidUTF8(hostile, "\ufffd"); back.Findings[0].Description != want {
				t.Errorf("got %q, want %q", back.Findings[0].Description, want)
			}
		}
	}
}

// steers tells whether a character does something other than being shown.
func steers(r rune) bool {
	return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func TestTests(t *testing.T) {
	r := finding.NewReport(".", "0")
	r.Tests = []finding.Test{
		{Verdict: "confirmed", Method: "POST", Endpoint: "/orders/{id}/cancel", Rival: &finding.Route{Method: "POST", Endpoint: "/orders/{id}/ship"}, Vulnerability: "200 and 200 " + hostile, Replay: "middlebrick replay t1"},
		{Verdict: "not_observed", Method: "PUT", Endpoint: "/a", Rival: &finding.Route{Method: "PUT", Endpoint: "/a"}, Vulnerability: "nothing"},
	}
	var b bytes.Buffer
	if err := Tests(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range b.String() {
		if steers(c) {
			t.Fatalf("lets %U through: %q", c, b.String())
		}
	}
	for _, want := range []string{"Raced 2 pairs of requests:\n  confirmed           POST /orders/{id}/cancel against POST /orders/{id}/ship\n                      200 and 200 ", "\n                      middlebrick replay t1\n  not_observed        PUT /a\n\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type().Elem() != reflect.TypeFor[finding.Suppressed]() {
			fill(v.Elem())
		}
	}
}

// Whatever a report contains, the forms for people must not fail over it.
func FuzzText(f *testing.F) {
	f.Add("app/x.py", "if a:", hostile, 3, 9, 40, 80)
	f.Add("", "", "", 0, -1, 1<<30, 0)
	f.Add("x", "\t\té😀 = 1  # c", "a b\n c", 1, 2, 3, 61)
	f.Fuzz(func(t *testing.T, path, source, note string, line, column, end, width int) {
		x := finding.Finding{Severity: finding.High, Description: note, Location: finding.Location{Path: path, Line: line, Column: column, EndLine: line, EndColumn: end},
			Steps: []finding.Step{{Actor: "A", Role: finding.Read, Path: path, Line: 1, Text: source, Note: note}, {Actor: note, Role: finding.Role(note), Path: path, Line: line, Text: note}},
			Fix:   &finding.Fix{Edits: []finding.Edit{{Path: path, StartLine: 1, EndLine: 2, Text: note}}}}
		r := finding.NewReport("", "0")
		r.Findings = append(r.Findings, x)
		var b bytes.Buffer
		err := Text(&b, r, Options{Width: width, Source: func(string) ([]byte, error) { return []byte(source), nil }})
		if err != nil || Concise(&b, r, Options{}) != nil {
			t.Fatal(err)
		}
		for _, c := range b.String() {
			if steers(c) {
				t.Fatalf("lets %U through: %q", c, b.String())
			}
		}
	})
}

// A report that is printed to a log commands the runner to nothing: it obeys two marks anywhere in a line.
func TestReportsCommandNothing(t *testing.T) {
	r := finding.NewReport("", "0")
	r.Findings = append(r.Findings, finding.Finding{Rule: "MB101", Severity: finding.High, Endpoint: "/a##[set-output name=x]y", Method: "POST",
		Description: "###[x] and ##VSO[task.setvariable]y, ## Heading", Location: finding.Location{Path: "a##[b].py", Line: 1, Column: 1, EndLine: 1, EndColumn: 2}})
	var one, two bytes.Buffer
	if err := JSON(&one, r); err != nil {
		t.Fatal(err)
	}
	if err := JUnit(&two, r); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{one.String(), two.String()} {
		if low := strings.ToLower(text); strings.Contains(low, "##[") || strings.Contains(low, "##vso[") {
			t.Errorf("commands the runner: %s", text)
		}
	}
	var back finding.Report
	if err := json.Unmarshal(one.Bytes(), &back); err != nil || back.Findings[0].Description != r.Findings[0].Description {
		t.Errorf("reads otherwise: %v, %v", err, back.Findings)
	}
	if !strings.Contains(one.String(), "## Heading") {
		t.Error("what commands nothing was changed")
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, r *finding.Report) error {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

func TestJSONSchema(t *testing.T) {
	s := schema(t)
	r, _ := sample(t)
	r.Tests = append(r.Tests, finding.Test{ID: "t1", Endpoint: "/x", Method: "POST", Rival: &finding.Route{Method: "POST", Endpoint: "/x"},
		TestType: "double-submit", Verdict: "confirmed", CWE: []string{"CWE-367"}, Finding: "f", Evidence: &finding.Evidence{Hits: 2}, Location: &finding.Place{File: "a.py", Line: 1}})
	for _, good := range []*finding.Report{r, finding.NewReport(".", "0.1.0")} {
		if err := validate(t, s, good); err != nil {
			t.Error(err)
		}
	}
	bad, _ := sample(t)
	bad.Findings[0].Severity = "severe"
	if validate(t, s, bad) == nil {
		t.Error("the schema accepts an unknown severity")
	}
	bad, _ = sample(t)
	bad.Findings[0].Location.Line = 0
	if validate(t, s, bad) == nil {
		t.Error("the schema accepts line 0")
	}
}

// TestSchemaIsComplete finds fields that the schema does not describe, and descriptions without a field.
func TestSchemaIsComplete(t *testing.T) {
	data, err := os.ReadFile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
		Defs       map[string]object          `json:"$defs"`
	}
	var root object
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	objects := map[string]any{"": finding.Report{}, "finding": finding.Finding{}, "route": finding.Route{}, "location": finding.Location{},
		"step": finding.Step{}, "rival": finding.Rival{}, "guard": finding.Guard{}, "fix": finding.Fix{}, "edit": finding.Edit{},
		"suppressed": finding.Suppressed{}, "fingerprint": finding.Fingerprint{}, "test": finding.Test{}, "summary": finding.Summary{}, "skip": finding.Skip{}}
	for name, value := range objects {
		described := root.Defs[name]
		if name == "" {
			described = root
		}
		var fields, required []string
		for i := range reflect.TypeOf(value).NumField() {
			tag, opts, _ := strings.Cut(reflect.TypeOf(value).Field(i).Tag.Get("json"), ",")
			if tag == "-" {
				continue
			}
			fields = append(fields, tag)
			if opts != "omitempty" {
				required = append(required, tag)
			}
		}
		var properties []string
		for p := range described.Properties {
			properties = append(properties, p)
		}
		for _, list := range [][]string{fields, required, properties, described.Required} {
			slices.Sort(list)
		}
		if !slices.Equal(fields, properties) {
			t.Errorf("%q: the type has the fields %q, the schema describes %q", name, fields, properties)
		}
		if !slices.Equal(required, described.Required) {
			t.Errorf("%q: always written are %q, the schema requires %q", name, required, described.Required)
		}
	}
}

func TestPage(t *testing.T) {
	rule := finding.Rule{ID: "MB107", Name: "state-transition-race", Severity: finding.High, Category: "BOLA/IDOR", CWE: []string{"CWE-367"},
		Page: "# State\n\ntext\n\n```python\nx = 1\n```\n"}
	want := "MB107 state-transition-race, high, BOLA/IDOR, CWE-367\n\n# State\n\ntext\n\n```python\nx = 1\n```\n"
	if got := Page(rule, false); got != want {
		t.Errorf("got %q", got)
	}
	if got := Page(finding.Rule{ID: "MB1", Name: "n", Title: "What is wrong"}, false); !strings.Contains(got, "What is wrong.\n\nThis rule has no page yet.") {
		t.Errorf("got %q", got)
	}
	if got := Page(rule, true); !strings.Contains(got, "\x1b[1m# State\x1b[0m\n") || !strings.Contains(got, "\x1b[36mx = 1\x1b[0m\n") {
		t.Errorf("got %q", got)
	}
}
