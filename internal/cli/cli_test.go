package cli

import (
	"bytes"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

func TestVerdict(t *testing.T) {
	report := func(levels ...finding.Severity) *finding.Report {
		r := finding.NewReport(".", "0")
		for _, l := range levels {
			r.Findings = append(r.Findings, finding.Finding{Severity: l})
		}
		return r
	}
	suppressed := report(finding.Critical)
	suppressed.Findings[0].Suppressed = &finding.Suppressed{}
	broken := report(finding.Low)
	broken.Summary.Skipped = []finding.Skip{{Path: "x.py", Kind: "syntax"}}
	linked := report()
	linked.Summary.Skipped = []finding.Skip{{Path: "x.py", Kind: "link"}}
	for i, k := range []struct {
		report *finding.Report
		failOn finding.Severity
		strict bool
		want   int
	}{
		{report(), finding.Low, true, exitPass},
		{report(finding.Medium), finding.High, false, exitPass},
		{report(finding.Medium, finding.High), finding.High, false, exitGate},
		{report(finding.Critical), finding.High, false, exitGate},
		{report(finding.Critical), "", false, exitPass},
		{suppressed, finding.Low, false, exitPass},
		{broken, finding.High, false, exitPass},
		{broken, finding.High, true, exitIncomplete},
		{broken, finding.Low, true, exitGate},
		{linked, finding.Low, true, exitPass},
	} {
		if got := verdict(k.report, k.failOn, k.strict); got != k.want {
			t.Errorf("case %d: got %d, want %d", i, got, k.want)
		}
	}
}

func TestColored(t *testing.T) {
	for i, k := range []struct {
		flag, noColor, force string
		toStdout, want       bool
	}{
		{"auto", "", "", true, false}, // a buffer is no terminal
		{"auto", "", "1", true, true},
		{"auto", "", "0", true, false},
		{"auto", "1", "1", true, false},
		{"auto", "", "1", false, false}, // --output-file
		{"always", "1", "", false, true},
		{"never", "", "1", true, false},
	} {
		t.Setenv("NO_COLOR", k.noColor)
		t.Setenv("FORCE_COLOR", k.force)
		t.Setenv("CLICOLOR_FORCE", "")
		c := &command{out: &bytes.Buffer{}, color: k.flag}
		if got, err := c.colored(k.toStdout); err != nil || got != k.want {
			t.Errorf("case %d: got %t, %v", i, got, err)
		}
	}
}

func TestTellSkipped(t *testing.T) {
	s := &finding.Summary{Skipped: []finding.Skip{
		{Path: "a\x1b[2J.py", Line: 3, Kind: "syntax", Reason: "expected ':'"},
		{Path: "b.py", Kind: "unreadable", Reason: "permission denied"},
		{Path: "c.py", Line: 1, Kind: "given-up", Reason: "x"},
		{Path: "c.py", Line: 2, Kind: "given-up", Reason: "x"},
		{Path: "c.py", Line: 2, Kind: "unresolved", Reason: "x"},
	}}
	var b bytes.Buffer
	(&command{err: &b}).tellSkipped(s, ".")
	want := `middlebrick: a\x1b[2J.py:3: syntax error: expected ':' (the damaged lines are left out, the rest of the file is scanned)
middlebrick: b.py: skipped: permission denied (races that pass through it are not found)
middlebrick: 2 functions given up on: races that need more than the bounds of the analysis are not found there (summary.skipped names them)
middlebrick: 1 call could not be resolved on a path that matters (summary.skipped names them)
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	b.Reset()
	s.Skipped = slices.Repeat([]finding.Skip{{Path: "x.py", Kind: "unreadable"}}, maxNotes+7)
	(&command{err: &b}).tellSkipped(s, ".")
	if n := strings.Count(b.String(), "\n"); n != maxNotes+1 || !strings.Contains(b.String(), "and 7 skipped files more") {
		t.Errorf("%d lines:\n%s", n, b.String())
	}
}

func TestPrefix(t *testing.T) {
	for target, want := range map[string]string{".": "", "app": "app", "services/api": "services/api", "..": "", "../x": "", "/abs": ""} {
		if got := prefix(target); got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
}

// panicking is an output that brings the program down.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("boom") }

func TestInternalError(t *testing.T) {
	var b bytes.Buffer
	if code := Main([]string{"version"}, nil, panicking{}, &b); code != exitInternal {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(b.String(), "middlebrick: internal error: boom\n") || !strings.Contains(b.String(), "please report it") {
		t.Errorf("got %s", b.String())
	}
}

// full is an output that takes nothing, like a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestUnwritableReport(t *testing.T) {
	var b bytes.Buffer
	if code := Main([]string{"scan", ".", "--output", "json"}, nil, full{}, &b); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(b.String(), "the report could not be written: no space left on device") {
		t.Errorf("got %s", b.String())
	}
}

// TestLeanBuild compiles the program of the image, which reads OpenAPI documents by itself.
func TestLeanBuild(t *testing.T) {
	if out, err := exec.Command("go", "vet", "-tags", "lean", ".").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
