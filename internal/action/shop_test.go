package action

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/source"
)

func scanReal(ctx context.Context, job Job) (*Scanned, error) {
	tree, err := source.FromFS(job.Tree, source.Options{Only: job.Paths})
	if err != nil {
		return nil, err
	}
	r, err := scanner.Scan(ctx, tree, scanner.Options{Version: "0.0.0-test"})
	return &Scanned{Report: r}, err
}

// copyShop copies the example application, each Python file through change.
func copyShop(t *testing.T, change func(text string) string) string {
	t.Helper()
	dir := t.TempDir()
	shop := filepath.Join("..", "..", "testdata", "apps", "shop")
	err := fs.WalkDir(os.DirFS(shop), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(shop, name))
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".py") {
			data = []byte(change(string(data)))
		}
		put(t, dir, name, string(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestShop runs the action with the real engine on pull requests that add the races of the example application, only
// move its lines, or take it away.
func TestShop(t *testing.T) {
	same := func(s string) string { return s }
	moved := func(s string) string {
		if strings.Contains(s, "from __future__") {
			return s
		}
		return "# one\n# two\n# three\n\n" + s
	}
	empty := t.TempDir()
	put(t, empty, "app.py", "import fastapi\n")
	for _, c := range []struct {
		name       string
		head, base string
		check      func(o map[string]string) bool
		exit       int
	}{
		{"added", copyShop(t, same), empty, func(o map[string]string) bool {
			return o["new"] == o["findings"] && o["new"] != "0" && o["fixed"] == "0" && o["known"] == "0"
		}, exitGate},
		{"moved", copyShop(t, moved), copyShop(t, same), func(o map[string]string) bool {
			return o["new"] == "0" && o["fixed"] == "0" && o["known"] == o["findings"] && o["known"] != "0"
		}, exitPass},
		{"taken away", empty, copyShop(t, same), func(o map[string]string) bool {
			return o["findings"] == "0" && o["new"] == "0" && o["fixed"] != "0"
		}, exitPass},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, err := fakegithub.Start(fakegithub.Scenario{Repository: "octo/shop", Parents: map[string][]string{mergeSHA: {baseSHA, headSHA}}, Trees: map[string]string{baseSHA: c.base}})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			dir := t.TempDir()
			put(t, dir, "pull.json", pullEvent)
			vars := map[string]string{"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": filepath.Join(dir, "pull.json"), "GITHUB_REF": "refs/pull/12/merge",
				"GITHUB_SHA": mergeSHA, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_API_URL": server.API(), "GITHUB_WORKSPACE": c.head,
				"GITHUB_OUTPUT": filepath.Join(dir, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"), "INPUT_TOKEN": fakegithub.Token}
			var out bytes.Buffer
			a := &Action{Getenv: func(k string) string { return vars[k] }, Out: &out, Version: "0.0.0-test", Scan: scanReal, JSON: writeJSON,
				Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
			exit := a.Run(context.Background())
			o := readOutputs(t, vars["GITHUB_OUTPUT"])
			if exit != c.exit || !c.check(o) || o["upload-status"] != "uploaded" || o["analysis"] != "complete" {
				t.Errorf("exit %d, outputs %v\n%s", exit, o, out.String())
			}
			if v := server.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
	}
}
