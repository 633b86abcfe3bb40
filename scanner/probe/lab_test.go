package probe

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/hold"
)

// python returns the interpreter of the pinned packages, installing them when needed. Without a Python the tests
// that need a real application cannot run, and say so.
var python = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("bash", "../../testdata/apps/venv.sh")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("testdata/apps/venv.sh: %w: %s", err, errs.String())
	}
	return filepath.Abs(strings.TrimSpace(string(out)))
})

func needPython(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT RUN: a real application is needed, and -short was given")
	}
	py, err := python()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("NOT RUN: no Python for the laboratory: %v", err)
		}
		t.Skipf("NOT RUN: no Python for the laboratory: %v", err)
	}
	return py
}

// serve starts a laboratory application and returns its address. It is ended with the test.
func serve(t *testing.T, lab, app, db string, args ...string) string {
	t.Helper()
	py := needPython(t)
	if db == "" {
		db = "sqlite:///" + filepath.Join(t.TempDir(), "lab.db")
	}
	if len(args) == 0 {
		args = []string{"uvicorn", "--workers", "2", "--log-level", "warning"}
	}
	bind := "--port {port}"
	if args[0] == "hypercorn" {
		bind = "--bind 127.0.0.1:{port}"
	}
	command := fmt.Sprintf("env LAB_DB=%s PYTHONDONTWRITEBYTECODE=1 %s -m %s %s %s %s", db, py, args[0], app, strings.Join(args[1:], " "), bind)
	i, err := hold.Start(t.Context(), command, filepath.Join("../../testdata/apps", lab), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Stop)
	return i.URL
}

// table writes what became of every pair.
func table(r *finding.Report) string {
	var b strings.Builder
	for _, t := range r.Tests {
		e := t.Evidence.(*Evidence)
		fmt.Fprintf(&b, "%-18s %-24s %3d/%-3d %s %s | %s %s | %s\n", t.Verdict, t.TestType, e.Hits, e.Trials, t.Method, t.Endpoint, t.Rival.Method, t.Rival.Endpoint, clip(t.Vulnerability, 150))
	}
	return b.String()
}

// raced lists the operations that an accusing test names.
func raced(r *finding.Report) []string {
	var out []string
	for _, t := range r.Tests {
		if accuses(t.Verdict) {
			for _, key := range []string{t.Method + " " + t.Endpoint, t.Rival.Method + " " + t.Rival.Endpoint} {
				if !slices.Contains(out, key) {
					out = append(out, key)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func labOptions(base string) Options {
	return Options{URL: base, Consent: true, RaceGets: true, Requests: 100_000, Created: 100_000, Duration: 4 * time.Minute}
}

func TestLaboratoryRacy(t *testing.T) {
	base := serve(t, "lab", "racy:app", "")
	start := time.Now()
	r, err := Run(context.Background(), labOptions(base))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v\n%s%s\nraced: %d %s", time.Since(start), table(r), r.Summary.Assumptions, len(raced(r)), strings.Join(raced(r), "\n"))
	for _, s := range r.Summary.Skipped {
		t.Logf("skipped %s: %s: %s", s.Path, s.Kind, s.Reason)
	}
}

func TestLaboratoryRepaired(t *testing.T) {
	base := serve(t, "lab", "repaired:app", "")
	start := time.Now()
	r, err := Run(context.Background(), labOptions(base))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v\n%s%s", time.Since(start), table(r), r.Summary.Assumptions)
	for _, key := range raced(r) {
		t.Errorf("accused although repaired: %s", key)
	}
}
