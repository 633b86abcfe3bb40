package action

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"action": func() {
		step := &Action{Getenv: os.Getenv, Out: os.Stdout, Version: "0.0.0-test", Scan: scanMarks, JSON: writeJSON,
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
		os.Exit(step.Run(context.Background()))
	}})
}

func writeJSON(w io.Writer, r *finding.Report) error { return json.NewEncoder(w).Encode(r) }

// scanMarks stands in for the engine where the action is tested and not the engine: a line
//
//	act()  # race KEY SEVERITY [suppressed|panic]
//
// is a race of that key, unless a line of any file is "# guard KEY". A line "# damaged" makes the file one that cannot
// be parsed.
func scanMarks(_ context.Context, job Job) (*Scanned, error) {
	tree, err := source.FromFS(job.Tree, source.Options{Only: job.Paths, Tracked: job.Tracked})
	if err != nil {
		return nil, err
	}
	r := finding.NewReport(".", "0.0.0-test")
	r.Summary.Skipped = append(r.Summary.Skipped, tree.Skipped...)
	guarded := map[string]bool{}
	for i, f := range tree.Files {
		if f.Kind == source.Config {
			continue
		}
		data, err := tree.Read(i)
		if err != nil {
			r.Summary.Skipped = append(r.Summary.Skipped, source.SkipOf(f.Path, err))
			continue
		}
		r.Summary.Files++
		r.Summary.Framework = "fastapi"
		for n, line := range strings.Split(string(data), "\n") {
			if strings.Contains(line, "# damaged") {
				r.Summary.Skipped = append(r.Summary.Skipped, finding.Skip{Path: f.Path, Line: n + 1, Kind: "syntax", Reason: "unexpected " + line})
			}
			if key, ok := strings.CutPrefix(line, "# guard "); ok {
				guarded[key] = true
			}
			if _, mark, ok := strings.Cut(line, "# race "); ok {
				r.Findings = append(r.Findings, raceAt(f.Path, n+1, line, strings.Fields(mark)))
			}
		}
	}
	r.Keep(func(f *finding.Finding) bool { return !guarded[f.ID] })
	r.Finish()
	return &Scanned{Report: r}, nil
}

func raceAt(path string, n int, line string, words []string) finding.Finding {
	if slices.Contains(words, "panic") {
		panic("the scan met ::error::" + line)
	}
	f := finding.Finding{ID: words[0], Rule: "MB106", Name: "state-transition-race", Category: "Business logic", Severity: finding.Severity(words[1]),
		Confidence: finding.HighConfidence, CWE: []string{"CWE-367"}, Description: "two requests both pass the check of " + words[0], Method: "POST",
		Endpoint: "/orders/{id}/" + words[0], CodeSnippet: line, Remediation: "put the check into the update", Location: finding.Location{Path: path, Line: n, Column: 1, EndLine: n, EndColumn: len(line) + 1},
		Steps: []finding.Step{{Actor: "A", Role: finding.Read, Path: path, Line: n, Text: line}, {Actor: "B", Role: finding.Read, Path: path, Line: n, Text: line},
			{Actor: "A", Role: finding.Act, Path: path, Line: n, Text: line}, {Actor: "B", Role: finding.Act, Path: path, Line: n, Text: line}},
		Rival:       &finding.Rival{Method: "POST", Endpoint: "/orders/{id}/" + words[0], Path: path, Line: n},
		Fix:         &finding.Fix{Safe: true, Edits: []finding.Edit{{Path: path, StartLine: n, EndLine: n, Text: "act_if_unchanged()\n"}}},
		Fingerprint: finding.Fingerprint{PrimaryLocationLineHash: fmt.Sprintf("%x:1", len(line)), Race: words[0]}}
	if slices.Contains(words, "suppressed") {
		f.Suppressed = &finding.Suppressed{Path: path, Line: n, Reason: "accepted"}
	}
	return f
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script", "action"),
		RequireExplicitExec: true,
		Setup:               setup,
		Condition:           func(cond string) (bool, error) { return cond == "root" && os.Getuid() == 0, nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"github": startGitHub, "requests": requests, "output": output, "uploaded": uploaded, "body": body, "quiet": quiet, "unfenced": unfenced,
		},
	})
}

type serverKey struct{}

func setup(env *testscript.Env) error {
	work := env.WorkDir
	for key, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "octo/shop", "GITHUB_ACTOR": "octocat", "GITHUB_SERVER_URL": "https://github.example",
		"GITHUB_EVENT_PATH": filepath.Join(work, "event.json"), "GITHUB_WORKSPACE": filepath.Join(work, "workspace"),
		"GITHUB_OUTPUT": filepath.Join(work, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(work, "summary.md"),
		"INPUT_TOKEN": fakegithub.Token, "NO_PROXY": "127.0.0.1",
		"M": strings.Repeat("a", 40), "H": strings.Repeat("b", 40), "B": strings.Repeat("c", 40), "P": strings.Repeat("d", 40),
	} {
		env.Setenv(key, value)
	}
	holder := new(*fakegithub.Server)
	env.Values[serverKey{}] = holder
	env.Defer(func() {
		if *holder != nil {
			(*holder).Close()
		}
	})
	return nil
}

// startGitHub starts the stand-in with a scenario. $M, $H, $B and $P in it are the commits of the script.
func startGitHub(ts *testscript.TestScript, neg bool, args []string) {
	s := fakegithub.Scenario{Repository: "octo/shop"}
	if len(args) > 0 {
		text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
		ts.Check(json.Unmarshal([]byte(text), &s))
	}
	for sha, dir := range s.Trees {
		s.Trees[sha] = ts.MkAbs(dir)
	}
	server, err := fakegithub.Start(s)
	ts.Check(err)
	*ts.Value(serverKey{}).(**fakegithub.Server) = server
	ts.Setenv("GITHUB_API_URL", server.API())
}

func running(ts *testscript.TestScript) *fakegithub.Server {
	s := *ts.Value(serverKey{}).(**fakegithub.Server)
	if s == nil {
		ts.Fatalf("no github command before")
	}
	return s
}

// requests compares the operations that came with its arguments, and fails when any was not as the API describes it.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	s := running(ts)
	var got []string
	for _, r := range s.Requests() {
		got = append(got, r.Operation)
	}
	if v := s.Violations(); len(v) > 0 {
		ts.Fatalf("violations: %s", strings.Join(v, "\n"))
	}
	if !slices.Equal(got, args) {
		ts.Fatalf("requests: got %q, want %q", got, args)
	}
	quiet(ts, false, nil)
}

// quiet fails when the token, or that of an archive, stands in anything that was written, or when a line of the log is
// a command that was not meant.
func quiet(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range []string{"stdout", "stderr", "output", "summary.md", "workspace/middlebrick.sarif", "workspace/middlebrick.json"} {
		path := ts.MkAbs(name)
		if name == "stdout" || name == "stderr" {
			path = name
		} else if _, err := os.Stat(path); err != nil {
			continue
		}
		text := ts.ReadFile(path)
		if strings.Contains(text, fakegithub.Token) || strings.Contains(text, "AARCHIVESECRET") {
			ts.Fatalf("%s holds a token", name)
		}
		if name != "stdout" && name != "stderr" {
			continue
		}
		for line := range strings.Lines(text) {
			meant := strings.HasPrefix(line, "::error") || strings.HasPrefix(line, "::warning") || strings.HasPrefix(line, "::notice")
			if !meant && command.MatchString(line) {
				ts.Fatalf("%s holds a command: %q", name, line)
			}
		}
	}
}

// output compares outputs with NAME=VALUE arguments.
func output(ts *testscript.TestScript, neg bool, args []string) {
	got := map[string]string{}
	lines := strings.Split(ts.ReadFile("output"), "\n")
	for i := 0; i+2 < len(lines); i += 3 {
		name, _, _ := strings.Cut(lines[i], "<<")
		got[name] = lines[i+1]
	}
	for _, a := range args {
		name, want, _ := strings.Cut(a, "=")
		if value, ok := got[name]; !ok || value != want {
			ts.Fatalf("output %s is %q, want %q (all: %v)", name, value, want, got)
		}
	}
	if len(got) != 12 {
		ts.Fatalf("%d outputs are set, want all 12: %v", len(got), got)
	}
}

// uploaded writes the keys of the races in the uploaded file, one line each, to a file.
func uploaded(ts *testscript.TestScript, neg bool, args []string) {
	var log struct {
		Runs []struct {
			Results []struct {
				Properties          map[string]any    `json:"properties"`
				PartialFingerprints map[string]string `json:"partialFingerprints"`
			} `json:"results"`
		} `json:"runs"`
	}
	ts.Check(json.Unmarshal(running(ts).SARIF(), &log))
	var keys []string
	for _, r := range log.Runs[0].Results {
		keys = append(keys, r.PartialFingerprints["middlebrickRace/v1"])
	}
	slices.Sort(keys)
	if !slices.Equal(keys, args) {
		ts.Fatalf("uploaded races: got %q, want %q", keys, args)
	}
}

// body writes the body of the last request of an operation to a file.
func body(ts *testscript.TestScript, neg bool, args []string) {
	all := running(ts).Requests()
	slices.Reverse(all)
	for _, r := range all {
		if r.Operation == args[0] {
			var v any
			ts.Check(json.Unmarshal(r.Body, &v))
			text, err := json.MarshalIndent(v, "", " ")
			ts.Check(err)
			ts.Check(os.WriteFile(ts.MkAbs(args[1]), append(text, '\n'), 0o644))
			return
		}
	}
	ts.Fatalf("no request %s", args[0])
}

// unfenced writes a page without its fenced blocks, as a reader of Markdown finds them, to a file.
func unfenced(ts *testscript.TestScript, neg bool, args []string) {
	var out strings.Builder
	fence := ""
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		run := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(run) >= 3:
			fence = run
		case fence != "" && strings.TrimSpace(line) == fence:
			fence = ""
		case fence == "":
			out.WriteString(line)
		}
	}
	if fence != "" {
		ts.Fatalf("a fence has no end")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o644))
}
