package action

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
)

// TestCancelled ends the run during its scan and during its wait for code scanning. Before the decision the gate fails and says so;
// after it the decision stands. In no case is a file left half-written.
func TestCancelled(t *testing.T) {
	for _, early := range []bool{true, false} {
		server, err := fakegithub.Start(fakegithub.Scenario{Repository: "octo/shop"})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		dir := t.TempDir()
		put(t, dir, "push.json", `{"ref": "refs/heads/main"}`)
		put(t, dir, "workspace/a.py", "import fastapi\nact()  # race a low\n")
		vars := map[string]string{"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": filepath.Join(dir, "push.json"), "GITHUB_REF": "refs/heads/main",
			"GITHUB_SHA": mergeSHA, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_API_URL": server.API(), "GITHUB_WORKSPACE": filepath.Join(dir, "workspace"),
			"GITHUB_OUTPUT": filepath.Join(dir, "out"), "INPUT_TOKEN": fakegithub.Token}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var out bytes.Buffer
		a := &Action{Getenv: func(k string) string { return vars[k] }, Out: &out, Version: "0.0.0-test", JSON: writeJSON,
			Scan: func(ctx context.Context, job Job) (*Scanned, error) {
				if early {
					cancel()
					return nil, ctx.Err()
				}
				return scanMarks(ctx, job)
			},
			Sleep: func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }}
		exit := a.Run(ctx)
		o := readOutputs(t, vars["GITHUB_OUTPUT"])
		if want := map[bool]int{true: exitStopped, false: exitPass}[early]; exit != want || o["gate"] != map[bool]string{true: "fail", false: "pass"}[early] {
			t.Errorf("early %v: exit %d, outputs %v\n%s", early, exit, o, out.String())
		}
		files, err := os.ReadDir(vars["GITHUB_WORKSPACE"])
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name())
		}
		if want := map[bool]int{true: 1, false: 3}[early]; len(names) != want {
			t.Errorf("early %v: the workspace holds %q", early, names)
		}
	}
}
