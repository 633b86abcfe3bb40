package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// many is a report of n findings that have everything, also twins with one fingerprint and a suppressed one.
func many(t *testing.T, n int) *finding.Report {
	t.Helper()
	r, _ := sample(t)
	r.Keep(func(f *finding.Finding) bool { return f.Suppressed == nil })
	out := finding.NewReport("services/api", "0.1.0")
	for i := range n {
		f := r.Findings[i%len(r.Findings)]
		f.Location.Line, f.Location.EndLine = i+1, i+1
		f.Fingerprint.Race = fmt.Sprint(i / 2)
		out.Findings = append(out.Findings, f)
	}
	hidden := r.Findings[0]
	hidden.Description, hidden.Suppressed = "hidden", &finding.Suppressed{Path: "x.py", Line: 1}
	out.Findings = append(out.Findings, hidden)
	out.Finish()
	return out
}

func written(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "hidden") {
		t.Error("a suppressed finding is written")
	}
	return b.Bytes()
}

// TestCodeQuality checks what GitLab documents: the fields, the levels, a path without ./, and no fingerprint twice.
func TestCodeQuality(t *testing.T) {
	for _, n := range []int{0, 1, 300} {
		var all []map[string]any
		r := many(t, n)
		if err := json.Unmarshal(written(t, func(b *bytes.Buffer) error { return CodeQuality(b, r) }), &all); err != nil || all == nil || len(all) != n {
			t.Fatalf("%d entries, want %d: %v", len(all), n, err)
		}
		seen := map[any]bool{}
		for _, x := range all {
			at := x["location"].(map[string]any)
			begin := at["lines"].(map[string]any)["begin"].(float64)
			if x["description"] == "" || x["check_name"] == "" || begin < 1 || !strings.HasPrefix(at["path"].(string), "services/api/app/") ||
				!slices.Contains([]any{"info", "minor", "major", "critical", "blocker"}, x["severity"]) || seen[x["fingerprint"]] || x["fingerprint"] == "" {
				t.Fatalf("%v", x)
			}
			seen[x["fingerprint"]] = true
		}
	}
}

// TestSAST checks what GitLab's schema of version 15 requires.
func TestSAST(t *testing.T) {
	zoneless := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`)
	for _, n := range []int{0, 1, 300} {
		r := many(t, n)
		if n == 1 {
			r.Findings[0].Rule, r.Findings[0].Name, r.Findings[0].CWE = "", "", nil // an alert of the prober alone
		}
		if n == 300 {
			f := &r.Findings[7]
			f.Name, f.Remediation, f.Description = strings.Repeat("ü", 300), strings.Repeat("ü", 8000), strings.Repeat("*", 1<<20)
		}
		var out sastReport
		data := written(t, func(b *bytes.Buffer) error { return SAST(b, r, time.Now()) })
		if err := json.Unmarshal(data, &out); err != nil || out.Vulnerabilities == nil || len(out.Vulnerabilities) != n {
			t.Fatalf("%d entries, want %d: %v", len(out.Vulnerabilities), n, err)
		}
		s := out.Scan
		if !strings.HasPrefix(out.Version, "15.") || s.Type != "sast" || s.Status != "success" || !zoneless.MatchString(s.Start) || !zoneless.MatchString(s.End) ||
			s.Analyzer.ID == "" || s.Analyzer.Vendor["name"] == "" || s.Scanner.Name == "" || s.Scanner.Version == "" {
			t.Errorf("%+v", s)
		}
		seen := map[string]bool{}
		for _, v := range out.Vulnerabilities {
			if v.ID == "" || seen[v.ID] || len(v.Identifiers) == 0 || v.Location.File == "" || v.Location.Start < 1 || v.Location.End < v.Location.Start ||
				!slices.Contains([]string{"Info", "Unknown", "Low", "Medium", "High", "Critical"}, v.Severity) {
				t.Fatalf("%+v", v)
			}
			if n := utf8.RuneCountInString; n(v.Name) > 255 || n(v.Solution) > 7000 || n(v.Description) > 1<<20 {
				t.Fatalf("%s: longer than the schema allows", v.ID)
			}
			for _, id := range v.Identifiers {
				if id.Type == "" || id.Name == "" || id.Value == "" || id.URL == "" {
					t.Fatalf("%+v", v.Identifiers)
				}
			}
			seen[v.ID] = true
		}
	}
}

// TestJUnit reads the file as the readers do, and compares the counts of the suites with what is in them.
func TestJUnit(t *testing.T) {
	type testcase struct {
		Name    string `xml:"name,attr"`
		Class   string `xml:"classname,attr"`
		Failure *struct {
			Message string `xml:"message,attr"`
			Text    string `xml:",chardata"`
		} `xml:"failure"`
	}
	for n, suites := range map[int]int{0: 1, 1: 1, 300: 2} {
		var doc struct {
			XMLName  xml.Name `xml:"testsuites"`
			Tests    int      `xml:"tests,attr"`
			Failures int      `xml:"failures,attr"`
			Suites   []struct {
				Name     string     `xml:"name,attr"`
				Tests    int        `xml:"tests,attr"`
				Failures int        `xml:"failures,attr"`
				Cases    []testcase `xml:"testcase"`
			} `xml:"testsuite"`
		}
		r := many(t, n)
		if err := xml.Unmarshal(written(t, func(b *bytes.Buffer) error { return JUnit(b, r) }), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Tests != max(n, 1) || doc.Failures != n || len(doc.Suites) != suites {
			t.Errorf("%d findings: %d tests, %d failures, %d suites", n, doc.Tests, doc.Failures, len(doc.Suites))
		}
		names := map[string]bool{}
		for _, s := range doc.Suites {
			failed := 0
			for _, c := range s.Cases {
				if c.Failure != nil {
					failed++
				}
				if c.Name == "" || c.Class == "" || names[c.Name] {
					t.Errorf("test %q twice or without a name", c.Name)
				}
				names[c.Name] = true
			}
			if s.Tests != len(s.Cases) || s.Failures != failed {
				t.Errorf("suite %s says %d tests and %d failures, has %d and %d", s.Name, s.Tests, s.Failures, len(s.Cases), failed)
			}
		}
	}
	if schema := filepath.Join("testdata", "junit.xsd"); exec.Command("xmllint", "--version").Run() == nil {
		if out, err := exec.Command("xmllint", "--noout", "--schema", schema, filepath.Join("testdata", "junit.golden")).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	} else {
		t.Log("no xmllint: the file is not checked against the schema")
	}
}

// TestBitbucket checks the limits of Code Insights.
func TestBitbucket(t *testing.T) {
	for _, n := range []int{0, 1, 300, 1500} {
		var out insights
		r := many(t, n)
		for i := range r.Findings {
			if i%3 == 0 {
				r.Findings[i].Description += strings.Repeat(" long", 200)
			}
		}
		if err := json.Unmarshal(written(t, func(b *bytes.Buffer) error { return Bitbucket(b, r, finding.High) }), &out); err != nil {
			t.Fatal(err)
		}
		count, seen := 0, map[string]bool{}
		for _, group := range out.Annotations {
			if len(group) > 100 {
				t.Errorf("%d annotations in one request", len(group))
			}
			for _, a := range group {
				count++
				if a.Summary == "" || utf8.RuneCountInString(a.Summary) > 450 || utf8.RuneCountInString(a.Details) > 2000 || seen[a.ID] || a.Line < 1 || a.Path == "" ||
					!slices.Contains([]string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}, a.Severity) {
					t.Fatalf("%+v", a)
				}
				seen[a.ID] = true
			}
		}
		if want := min(n, 1000); count != want || (out.Report.Result == "FAILED") != (n > 0) || out.Report.Details == "" || len(out.Report.Data) > 10 {
			t.Errorf("%d of %d annotations, %+v", count, want, out.Report)
		}
	}
	var b bytes.Buffer
	if err := Bitbucket(&b, many(t, 3), ""); err != nil || !strings.Contains(b.String(), `"result": "PASSED"`) || strings.Contains(b.String(), "FAILED") {
		t.Errorf("fail-on none: %v\n%s", err, b.String())
	}
}

// TestCommands reads the lines as the two runners do.
func TestCommands(t *testing.T) {
	r := many(t, 300)
	for form, line := range map[string]*regexp.Regexp{
		"github": regexp.MustCompile(`^::(error|warning|notice) file=services/api/app/[a-z]+\.py,line=\d+,endLine=\d+(,col=\d+,endColumn=\d+)?,title=[^:,]+::[^\r\n]+$`),
		"azure":  regexp.MustCompile(`^##vso\[task\.logissue type=(error|warning);sourcepath=services/api/app/[a-z]+\.py;linenumber=\d+;columnnumber=\d+;code=MB\d+;\][^\r\n]+$`),
	} {
		text := written(t, func(b *bytes.Buffer) error {
			if form == "github" {
				return GitHub(b, r)
			}
			return Azure(b, r)
		})
		all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(all) != 300 {
			t.Errorf("%s: %d lines", form, len(all))
		}
		for _, l := range all {
			if !line.MatchString(l) {
				t.Fatalf("%s: %q", form, l)
			}
		}
	}
}

// TestReviewdog has reviewdog itself read the lines, where it is installed.
func TestReviewdog(t *testing.T) {
	program := "../../.cache/bin/reviewdog"
	if _, err := os.Stat(program); err != nil {
		t.Skip("reviewdog is not in .cache/bin: make test-tools installs it")
	}
	r, opts := sample(t)
	cmd := exec.Command(program, "-f=rdjsonl", "-reporter=rdjsonl", "-filter-mode=nofilter", "-fail-level=none")
	cmd.Stdin = bytes.NewReader(written(t, func(b *bytes.Buffer) error { return RDJSONL(b, r, opts) }))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got, want []string
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var d rdDiagnostic
		if err := dec.Decode(&d); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %s:%d:%d %d", d.Code.Value, d.Location.Path, d.Location.Range.Start.Line, d.Location.Range.Start.Column, len(d.Message)))
	}
	counted(r, func(f *finding.Finding) {
		want = append(want, fmt.Sprintf("%s %s:%d:%d %d", f.Rule, f.Location.Path, f.Location.Line, f.Location.Column, len(explained(f))))
	})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("reviewdog read %q, want %q", got, want)
	}
}

// TestRDJSONL checks the lines, and that columns count bytes.
func TestRDJSONL(t *testing.T) {
	r := finding.NewReport(".", "0")
	r.Findings = []finding.Finding{{Rule: "MB1", Severity: finding.High, Description: "x", Location: finding.Location{Path: "a.py", Line: 1, Column: 6, EndLine: 1, EndColumn: 9},
		Fix: &finding.Fix{Safe: true, Edits: []finding.Edit{{Path: "a.py", StartLine: 1, EndLine: 1, Text: "y\n"}}}}}
	source := func(string) ([]byte, error) { return []byte("é = '😀' if x\n"), nil }
	var d rdDiagnostic
	if err := json.Unmarshal(written(t, func(b *bytes.Buffer) error { return RDJSONL(b, r, Options{Source: source}) }), &d); err != nil {
		t.Fatal(err)
	}
	// Columns 6 to 9 in UTF-16 are the astral character and the quote behind it: bytes 7 to 12.
	if d.Location.Range.Start.Column != 7 || d.Location.Range.End.Column != 12 || d.Suggestions[0].Text != "y" || d.Severity != "ERROR" {
		t.Errorf("%+v", d)
	}
}
