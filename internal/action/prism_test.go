package action

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// prism stands between the action and a mock server of GitHub's whole API description. It notes what that server finds
// wrong with a request, and gives what a description cannot: the archive, a diff, and a comment of an earlier run.
type prism struct {
	to      string
	archive []byte
	answers map[string]string // by the end of a path: given to the action instead of the example of the description
	mu      sync.Mutex
	seen    []string
	wrong   []string
}

func (p *prism) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/_codeload/") {
		w.Write(p.archive)
		return
	}
	body, _ := io.ReadAll(r.Body)
	address := p.to + strings.TrimPrefix(r.URL.RequestURI(), "/api/v3")
	req, err := http.NewRequestWithContext(r.Context(), r.Method, address, bytes.NewReader(body))
	if err != nil {
		p.wrong = append(p.wrong, err.Error())
		return
	}
	req.Header = r.Header.Clone()
	// The library asks for the media types of GitHub, which stand for JSON; the description lists plain JSON only.
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.wrong = append(p.wrong, err.Error())
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	p.seen = append(p.seen, fmt.Sprintf("%s %s %d", r.Method, r.URL.Path, resp.StatusCode))
	if v := resp.Header.Get("Sl-Violations"); v != "" || resp.StatusCode >= 400 {
		p.wrong = append(p.wrong, fmt.Sprintf("%s %s: %d %s %.300s", r.Method, r.URL.Path, resp.StatusCode, v, answer))
	}
	if strings.Contains(r.URL.Path, "/tarball/") && resp.StatusCode == http.StatusFound {
		w.Header().Set("Location", "http://"+r.Host+"/_codeload/x")
	}
	for end, instead := range p.answers {
		if strings.HasSuffix(r.URL.Path, end) {
			answer = []byte(instead)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(resp.StatusCode)
	w.Write(answer)
}

// TestPrism sends every request of the action to a mock server of the whole description (npm packages
// @octokit/openapi and @stoplight/prism-cli), whose address is in MIDDLEBRICK_PRISM.
func TestPrism(t *testing.T) {
	to := os.Getenv("MIDDLEBRICK_PRISM")
	if to == "" {
		t.Skip("the requests are checked against the extract alone: set MIDDLEBRICK_PRISM to the address of a mock server of the whole description")
	}
	p := &prism{to: to, archive: tarball(t, tarEntry{name: "t/a.py", body: "import fastapi\n"}), answers: map[string]string{
		"/pulls/12/files":    `[{"filename": "a.py", "patch": "@@ -1 +1,2 @@\n import fastapi\n+act()"}]`,
		"/pulls/12/comments": `[{"id": 9, "user": {"type": "Bot"}, "body": "x\n<!-- middlebrick/1 0123456789abcdef0123456789abcdef -->"}]`}}
	server := httptest.NewServer(p)
	defer server.Close()
	dir := t.TempDir()
	text := "import fastapi\n"
	for i := range 60 { // more than one request of a check run can hold
		text += fmt.Sprintf("act()  # race k%d high\n", i)
	}
	put(t, dir, "w/a.py", text)
	put(t, dir, "pull.json", pullEvent)
	for _, more := range []map[string]string{{"INPUT_REVIEW": "suggest"}, {"INPUT_ANNOTATIONS": "checks"}, {"HEAD": headSHA}} {
		if more["HEAD"] != "" {
			put(t, dir, "w/.git/HEAD", more["HEAD"])
		}
		vars := map[string]string{"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": dir + "/pull.json", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_SHA": mergeSHA,
			"GITHUB_REPOSITORY": "octo/shop", "GITHUB_API_URL": server.URL + "/api/v3", "GITHUB_WORKSPACE": dir + "/w", "INPUT_TOKEN": "x"}
		for k, v := range more {
			vars[k] = v
		}
		a := &Action{Getenv: func(k string) string { return vars[k] }, Out: io.Discard, Version: "0.0.0-test", Scan: scanMarks, JSON: writeJSON,
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
		if code := a.Run(context.Background()); code != exitGate {
			t.Errorf("exit %d", code)
		}
	}
	for _, w := range p.wrong {
		t.Error(w)
	}
	t.Logf("%d requests:\n%s", len(p.seen), strings.Join(p.seen, "\n"))
}
