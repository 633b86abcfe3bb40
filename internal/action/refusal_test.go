package action

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// step is one run of the action in the process of the test.
type step struct {
	exit    int
	log     string
	outputs map[string]string
	summary string
	slept   []time.Duration
	server  *fakegithub.Server
	dir     string
}

const headSHA, baseSHA, mergeSHA = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccccccccccccccccccccccc", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

const pullEvent = `{"action": "opened", "number": 12, "pull_request": {"number": 12, "user": {"login": "octocat"},
 "head": {"sha": "` + headSHA + `", "repo": {"full_name": "octo/shop"}}, "base": {"sha": "` + baseSHA + `", "repo": {"full_name": "octo/shop"}}}}`

// runStep runs the action on a workspace of files. Variables of more win over those of a push.
func runStep(t *testing.T, s fakegithub.Scenario, files map[string]string, more map[string]string) step {
	t.Helper()
	return runProbing(t, s, files, more, nil)
}

// runProbing is runStep with a stand-in for the prober.
func runProbing(t *testing.T, s fakegithub.Scenario, files, more map[string]string, prober func(context.Context, ProbeJob) (*finding.Report, error)) step {
	t.Helper()
	s.Repository = "octo/shop"
	server, err := fakegithub.Start(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for name, text := range files {
		put(t, dir, "workspace/"+name, text)
	}
	put(t, dir, "push.json", `{"ref": "refs/heads/main"}`)
	put(t, dir, "pull.json", pullEvent)
	vars := map[string]string{"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": filepath.Join(dir, "push.json"), "GITHUB_REF": "refs/heads/main",
		"GITHUB_SHA": mergeSHA, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_API_URL": server.API(), "GITHUB_WORKSPACE": filepath.Join(dir, "workspace"),
		"GITHUB_OUTPUT": filepath.Join(dir, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"), "INPUT_TOKEN": fakegithub.Token}
	if more["GITHUB_EVENT_NAME"] == "pull_request" {
		vars["GITHUB_EVENT_PATH"], vars["GITHUB_REF"] = filepath.Join(dir, "pull.json"), "refs/pull/12/merge"
	}
	for k, v := range more {
		vars[k] = v
	}
	var out bytes.Buffer
	r := step{server: server, dir: filepath.Join(dir, "workspace")}
	a := &Action{Getenv: func(k string) string { return vars[k] }, Out: &out, Version: "0.0.0-test", Scan: scanMarks, JSON: writeJSON, Probe: prober,
		Sleep: func(ctx context.Context, d time.Duration) error {
			if r.slept = append(r.slept, d); d < 2*time.Second {
				return Sleep(ctx, d) // what the platform asked for is watched by the library's own clock
			}
			return ctx.Err()
		}}
	r.exit = a.Run(context.Background())
	r.log = out.String()
	r.outputs = readOutputs(t, vars["GITHUB_OUTPUT"])
	summary, _ := os.ReadFile(vars["GITHUB_STEP_SUMMARY"])
	r.summary = string(summary)
	for _, v := range server.Violations() {
		t.Errorf("violation: %s", v)
	}
	for _, text := range []string{r.log, r.summary} {
		if strings.Contains(text, fakegithub.Token) || strings.Contains(text, "AARCHIVESECRET") {
			t.Error("a token was written")
		}
	}
	return r
}

var oneRace = map[string]string{"app/main.py": "import fastapi\npay()  # race pay high\n"}

// TestRefusals goes through what the platform answers to an upload. In every case the gate must be what the scan says,
// the local files and the summary must be there, and the log must say what to do.
func TestRefusals(t *testing.T) {
	const upload, status = "code-scanning/upload-sarif", "code-scanning/get-sarif"
	message := func(code int, text string) *fakegithub.Answer {
		return &fakegithub.Answer{Status: code, Body: map[string]any{"message": text, "documentation_url": "https://docs.github.example"}}
	}
	processed := func(errs ...string) fakegithub.Scenario {
		return fakegithub.Scenario{Status: []string{"failed"}, Errors: errs}
	}
	answers := func(op string, list ...*fakegithub.Answer) fakegithub.Scenario {
		return fakegithub.Scenario{Answers: map[string][]*fakegithub.Answer{op: list}}
	}
	limited := message(403, "API rate limit exceeded for installation ID 1.")
	limited.Header = map[string]string{"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}
	secondary := message(403, "You have exceeded a secondary rate limit.")
	secondary.Header = map[string]string{"Retry-After": "30"}
	secondary.Body = map[string]any{"message": "You have exceeded a secondary rate limit.", "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}
	soon := *secondary
	soon.Header = map[string]string{"Retry-After": "1"}
	for _, c := range []struct {
		name     string
		scenario fakegithub.Scenario
		status   UploadStatus
		says     string
		uploads  int
	}{
		{"works", fakegithub.Scenario{}, Uploaded, "", 1},
		{"permission", answers(upload, message(403, "Resource not accessible by integration")), NotPermitted, `security-events: write`, 1},
		{"personal token", answers(upload, message(403, "Resource not accessible by personal access token")), NotPermitted, "leave the input out", 1},
		{"advanced security", answers(upload, message(403, "Advanced Security must be enabled for this repository to use code scanning.")), NotEnabled, "Code Security", 1},
		{"code security", answers(upload, message(403, "Code Security must be enabled for this repository to use code scanning.")), NotEnabled, "Code Security", 1},
		{"not enabled", answers(upload, message(403, "Code Scanning is not enabled for this repository.")), NotEnabled, "turn it on", 1},
		{"archived", answers(upload, message(403, "Repository was archived so is read-only.")), NotEnabled, "archived", 1},
		{"plain 403", answers(upload, message(403, "Forbidden")), NotPermitted, `security-events: write`, 1},
		{"bad token", answers(upload, message(401, "Bad credentials")), NotPermitted, "token is not valid", 1},
		{"not found", answers(upload, message(404, "Not Found")), NotPermitted, "often means that the token may not see it", 1},
		{"ref is gone", answers(upload, message(404, "ref 'refs/heads/x' not found in this repository")), UploadFailed, "ref of this run is gone", 1},
		{"commit not found", answers(upload, message(400, "commit not found")), UploadFailed, "never pushed", 1},
		{"too large", answers(upload, message(413, "Payload too large")), UploadFailed, "too large", 1},
		{"bad request", answers(upload, message(400, "bad sarif field")), UploadFailed, "answers 400 (bad sarif field)", 1},
		{"rate limit", answers(upload, limited), RateLimited, "the next run uploads", 1},
		{"429", answers(upload, message(429, "Too Many Requests")), RateLimited, "the next run uploads", 1},
		{"secondary limit, obeyed once", answers(upload, &soon, nil), Uploaded, "", 2},
		{"secondary limit, twice", answers(upload, secondary), RateLimited, "slow down", 1},
		{"500 once", answers(upload, message(500, "Server Error"), nil), Uploaded, "", 2},
		{"500 always", answers(upload, message(500, "Server Error")), UploadFailed, "answers 500", 3},
		{"503", answers(upload, message(503, "Service unavailable")), UploadFailed, "answers 503", 3},
		{"HTML", answers(upload, &fakegithub.Answer{Status: 502, Raw: "<!DOCTYPE html><h1>Unicorn!</h1>"}), UploadFailed, "answers 502", 3},
		{"HTML with 200", answers(upload, &fakegithub.Answer{Status: 200, Raw: "<!DOCTYPE html>"}), UploadFailed, "", 1},
		{"redirect", answers(upload, &fakegithub.Answer{Status: 301, Raw: "moved", Header: map[string]string{"Location": "https://evil.example/"}}), UploadFailed, "redirects", 1},
		{"nothing", answers(upload, &fakegithub.Answer{Hangup: true}), UploadFailed, "could not be reached", 3},
		{"slow", fakegithub.Scenario{Status: []string{"pending"}}, Pending, "still being processed", 1},
		{"status 404 at first", answers(status, message(404, "Not Found"), nil), Uploaded, "", 1},
		{"status always 500", answers(status, message(500, "Server Error")), Pending, "not confirmed", 1},
		{"refused without a reason", processed(), UploadFailed, "without a reason", 1},
		{"too many results", processed("rejecting SARIF, as there are more results per run than allowed (42118 > 25000)"), UploadFailed, "over a limit", 1},
		{"too many runs", processed("rejecting SARIF, as there are more runs than allowed (64 > 20)"), UploadFailed, "too many runs", 1},
		{"one category twice", processed("A delivery cannot contain multiple runs with the same category"), UploadFailed, "two runs", 1},
		{"too many alerts", processed("rejecting delivery as the repository has too many logical alerts"), UploadFailed, "too many open alerts", 1},
		{"URI", processed("an invalid URI was provided as a SARIF location"), UploadFailed, "path of a finding", 1},
		{"URI scheme", processed("SARIF URI scheme \"https\" did not match the checkout URI scheme \"file\""), UploadFailed, "path of a finding", 1},
		{"unknown reason", processed("expected ::error::a physical location\n::set-output name=x::y"), UploadFailed, "expected", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := runStep(t, c.scenario, oneRace, nil)
			if got := r.outputs["upload-status"]; got != string(c.status) {
				t.Errorf("status %q, want %q; log:\n%s", got, c.status, r.log)
			}
			if !strings.Contains(r.log, c.says) {
				t.Errorf("the log does not say %q:\n%s", c.says, r.log)
			}
			uploads := 0
			for _, req := range r.server.Requests() {
				if req.Operation == upload {
					uploads++
				}
			}
			if uploads != c.uploads {
				t.Errorf("%d uploads, want %d", uploads, c.uploads)
			}
			wholeStep(t, r)
			annotated := strings.Contains(r.log, "::error ")
			if carried := c.status == Uploaded || c.status == Pending; annotated == carried {
				t.Errorf("carried by code scanning: %v, annotated: %v", carried, annotated)
			}
			for line := range strings.Lines(r.log) {
				if command.MatchString(line) && !strings.HasPrefix(line, "::error ") {
					t.Errorf("a command in the log: %q", line)
				}
			}
		})
	}
}

// wholeStep checks what must be there however the reports went: the true gate, the files, the summary.
func wholeStep(t *testing.T, r step) {
	t.Helper()
	if r.exit != exitGate || r.outputs["gate"] != "fail" || r.outputs["findings"] != "1" {
		t.Errorf("exit %d, outputs %v", r.exit, r.outputs)
	}
	for _, name := range []string{"middlebrick.sarif", "middlebrick.json"} {
		if _, err := os.Stat(filepath.Join(r.dir, name)); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(r.summary, "Gate: fail") {
		t.Errorf("summary:\n%s", r.summary)
	}
}

// TestUploadAlways checks the one case in which a report can make the step red, and that the gate stays what it is.
func TestUploadAlways(t *testing.T) {
	refuse := fakegithub.Scenario{Answers: map[string][]*fakegithub.Answer{"code-scanning/upload-sarif": {{Status: 403, Body: map[string]any{"message": "Resource not accessible by integration"}}}}}
	r := runStep(t, refuse, map[string]string{"a.py": "import fastapi\n"}, map[string]string{"INPUT_UPLOAD": "always"})
	if r.exit != exitReport || r.outputs["gate"] != "pass" {
		t.Errorf("exit %d, gate %s", r.exit, r.outputs["gate"])
	}
	r = runStep(t, fakegithub.Scenario{}, map[string]string{"a.py": "import fastapi\n"}, map[string]string{"INPUT_UPLOAD": "always"})
	if r.exit != exitPass || r.outputs["upload-status"] != "uploaded" {
		t.Errorf("exit %d, outputs %v", r.exit, r.outputs)
	}
}

// TestBaseRefusals goes through the ways in which a base cannot be had. The gate falls back as on-missing-base says.
func TestBaseRefusals(t *testing.T) {
	const tarballOp = "repos/download-tarball-archive"
	message := func(code int) *fakegithub.Answer {
		return &fakegithub.Answer{Status: code, Body: map[string]any{"message": "no"}}
	}
	answers := func(list ...*fakegithub.Answer) fakegithub.Scenario {
		return fakegithub.Scenario{Answers: map[string][]*fakegithub.Answer{tarballOp: list}, Parents: map[string][]string{mergeSHA: {baseSHA, headSHA}}}
	}
	archive := func(data []byte) fakegithub.Scenario {
		return fakegithub.Scenario{Archives: map[string][]byte{baseSHA: data}, Parents: map[string][]string{mergeSHA: {baseSHA, headSHA}}}
	}
	whole := tarball(t, tarEntry{name: "t/app/main.py", body: "import fastapi\npay()  # race pay high\n" + strings.Repeat("# x\n", 3000)})
	elsewhere := &fakegithub.Answer{Status: 302, Raw: "x", Header: map[string]string{"Location": "https://evil.example/archive"}}
	for _, c := range []struct {
		name     string
		scenario fakegithub.Scenario
		says     string
		gate     string
	}{
		{"works", archive(whole), "compared with cccccccccc", "pass"},
		{"404", answers(message(404)), `(404): the job lacks "contents: read"`, "fail"},
		{"403", answers(message(403)), `(403): the job lacks "contents: read"`, "fail"},
		{"500", answers(message(500)), "answers 500", "fail"},
		{"500 once", func() fakegithub.Scenario {
			s := archive(whole)
			s.Answers = answers(message(500), nil).Answers
			return s
		}(), "compared with", "pass"},
		{"429", answers(message(429)), "rate limit", "fail"},
		{"nothing", answers(&fakegithub.Answer{Hangup: true}), "could not be reached", "fail"},
		{"another host", answers(elsewhere), "not its own: refused", "fail"},
		{"archive 404", archive(nil), "not gzip", "fail"},
		{"archive HTML", archive([]byte("<!DOCTYPE html><title>Unicorn!</title>")), "not gzip", "fail"},
		{"archive truncated", archive(whole[:len(whole)/2]), "damaged", "fail"},
		{"archive upward", archive(tarball(t, tarEntry{name: "t/../../x.py"})), "not plain", "fail"},
		{"archive of links", archive(tarball(t, tarEntry{name: "t/app/main.py", kind: '2', link: "/etc/passwd"}, tarEntry{name: "t/x.py", body: "pay()  # race pay high\n"})), "compared with", "pass"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := runStep(t, c.scenario, oneRace, map[string]string{"GITHUB_EVENT_NAME": "pull_request"})
			if !strings.Contains(r.log, c.says) || r.outputs["gate"] != c.gate {
				t.Errorf("gate %s, want %s with %q:\n%s", r.outputs["gate"], c.gate, c.says, r.log)
			}
			if c.gate == "fail" {
				wholeStep(t, r)
				if !strings.Contains(r.log, "on-missing-base is warn") || r.outputs["new"] != "" {
					t.Errorf("new is %q:\n%s", r.outputs["new"], r.log)
				}
			}
		})
	}
}
