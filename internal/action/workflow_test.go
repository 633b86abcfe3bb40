package action

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const testToken = "ghs_0123456789abcdefTESTONLY"

func fakeEnv(t testing.TB, more map[string]string) func(string) string {
	dir := t.TempDir()
	vars := map[string]string{"GITHUB_OUTPUT": filepath.Join(dir, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "sum")}
	for k, v := range more {
		vars[k] = v
	}
	return func(key string) string { return vars[key] }
}

// command is what the runner reads as one: "::name props::" at the start of a line, or "##[name" anywhere.
var command = regexp.MustCompile(`(?i)^\s*::|##(vso)?\[`)

// FuzzWorkflow checks the adapter as the runner reads it: one call, one line, at most the one command that was meant.
func FuzzWorkflow(f *testing.F) {
	f.Add("app/a.py", "title", "message")
	f.Add("a,line=1::x", "::error::x", "x\n::add-mask::y\r::set-output name=x::y")
	f.Add("##[error]", "%0A::x", "##vso[task.complete]")
	f.Add(testToken, "https://codeload.example/x?token=secret", "a\x1b[31m"+testToken)
	f.Fuzz(func(t *testing.T, path, title, message string) {
		var out bytes.Buffer
		w := NewWorkflow(&out, fakeEnv(t, nil), testToken)
		w.Annotate(Annotation{Level: LevelError, Path: path, Line: 3, EndLine: 3, Column: 1, EndColumn: 4, Title: title, Message: message})
		if got := out.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "::error ") && !strings.HasPrefix(got, "::error::") || strings.ContainsAny(got, "\r\x1b") || command.MatchString(strings.TrimPrefix(got, "::")) {
			t.Errorf("annotation %q", got)
		}
		out.Reset()
		w.Log("%s: %s", path, message)
		w.Log("%s", message)
		for line := range strings.Lines(out.String()) {
			if command.MatchString(line) || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\n\r\x1b") {
				t.Errorf("log line %q", line)
			}
		}
		if strings.Count(out.String(), "\n") != 2 || strings.Contains(out.String(), testToken) {
			t.Errorf("log %q", out.String())
		}
	})
}

// readOutputs reads the file as the runner does.
func readOutputs(t testing.TB, name string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	s := bufio.NewScanner(bytes.NewReader(data))
	for s.Scan() {
		key, delimiter, ok := strings.Cut(s.Text(), "<<")
		if !ok {
			t.Fatalf("line %q starts no output", s.Text())
		}
		var lines []string
		for closed := false; !closed; {
			if !s.Scan() {
				t.Fatalf("output %s has no end", key)
			}
			if closed = s.Text() == delimiter; !closed {
				lines = append(lines, s.Text())
			}
		}
		out[key] = strings.Join(lines, "\n")
	}
	return out
}

func TestOutputCannotBeClosed(t *testing.T) {
	getenv := fakeEnv(t, nil)
	w := NewWorkflow(&bytes.Buffer{}, getenv, testToken)
	value := "x\n_GitHubActionsFileCommandDelimeter_\ngate<<E\npass\nE"
	w.Output("sarif-file", value)
	w.Output("gate", "fail")
	w.Output("leak", "a"+testToken)
	got := readOutputs(t, getenv("GITHUB_OUTPUT"))
	if got["sarif-file"] != value || got["gate"] != "fail" || got["leak"] != "a***" {
		t.Errorf("got %q", got)
	}
}

func TestOutsideOfActions(t *testing.T) {
	var out bytes.Buffer
	w := NewWorkflow(&out, func(string) string { return "" }, testToken)
	w.Output("gate", "pass")
	w.Summary("# x")
	w.Annotate(Annotation{Level: LevelNotice, Message: "x"})
	if out.String() != "::notice::x\n" || w.failed != nil {
		t.Errorf("wrote %q, failed %v", out.String(), w.failed)
	}
	w = NewWorkflow(&out, func(k string) string { return "/nonexistent/dir/" + k }, "")
	w.Output("gate", "pass")
	if len(w.failed) != 1 {
		t.Errorf("a file that cannot be written: %v", w.failed)
	}
}
