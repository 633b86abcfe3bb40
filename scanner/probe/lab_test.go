package probe

import (
	"bytes"
	"fmt"
	"net/http"
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
	// A worker of hypercorn now and then hangs while it starts, with the connections that its parent gave it: then it is started anew.
	for attempt := 1; ; attempt++ {
		i, err := hold.Start(t.Context(), command, filepath.Join("../../testdata/apps", lab), 2, nil)
		if err != nil {
			t.Fatal(err)
		}
		if steady(i.URL) {
			t.Cleanup(i.Stop)
			return i.URL
		}
		i.Stop()
		if attempt == 3 {
			t.Fatalf("%s does not answer steadily after %d starts", args[0], attempt)
		}
	}
}

// steady waits until a server answers ten fresh connections in a row: one of several workers may still be starting, and
// hypercorn's parent accepts for it.
func steady(url string) bool {
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	good := 0
	for deadline := time.Now().Add(20 * time.Second); good < 10; {
		if time.Now().After(deadline) {
			return false
		}
		resp, err := client.Get(url + "/openapi.json")
		if err != nil {
			good = 0
			time.Sleep(100 * time.Millisecond)
			continue
		}
		resp.Body.Close()
		good++
	}
	return true
}

// table writes what became of every pair.
func table(r *finding.Report) string {
	var b strings.Builder
	for _, t := range r.Tests {
		e := t.Evidence
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

// racyOperations are those of the laboratory that race; each has its repaired twin.
var racyOperations = []string{
	"POST /orders/{id}/cancel", "POST /coupons/{code}/redeem", "POST /wallets/{id}/withdraw", "POST /transfers", "POST /purchases",
	"POST /members", "PUT /documents/{id}", "POST /counters/{id}/increment", "POST /notes/{note_id}/tags", "POST /invites/accept",
	"POST /events/{id}/book", "POST /polls/{poll_id}/vote", "POST /payments", "POST /jobs/{id}/claim", "POST /subscriptions/{id}/upgrade",
	"POST /subscriptions/{id}/end", "POST /carts/{cart_id}/checkout", "DELETE /carts/{cart_id}", "POST /savings/{id}/deposit",
	"PATCH /settings/{id}", "POST /seats/{id}/reserve", "POST /charges/{id}/capture", "POST /charges/{id}/refund", "POST /links/{id}/download",
	"POST /gifts/{id}/claim", "POST /imports/{id}/start", "POST /pages", "GET /secrets/{secret_id}/reveal", "POST /me/claim-bonus",
	"POST /badges/{id}/enter", "POST /vouchers/{code}/spend", "POST /tickets/{id}/scan",
}

// missing lists the racy operations that a report does not accuse.
func missing(r *finding.Report) []string {
	found := raced(r)
	return slices.DeleteFunc(slices.Clone(racyOperations), func(op string) bool { return slices.Contains(found, op) })
}

// patiently races what was not hit once more, with four times the trials: on a busy machine windows hardly meet.
func patiently(t *testing.T, base string, r *finding.Report) *finding.Report {
	t.Helper()
	first := missing(r)
	t.Logf("found %d of %d with the trials of a default run, missing %q", len(racyOperations)-len(first), len(racyOperations), first)
	all := &finding.Report{Tests: slices.Clone(r.Tests)}
	for _, test := range r.Tests {
		if test.Evidence == nil || !slices.Contains(first, test.Method+" "+test.Endpoint) && !slices.Contains(first, test.Rival.Method+" "+test.Rival.Endpoint) {
			continue
		}
		o := labOptions(base)
		o.Only, o.Trials = test.Evidence.Scenario, 120
		again, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		all.Tests = append(all.Tests, again.Tests...)
		t.Logf("again, with 120 trials:\n%s", table(again))
	}
	return all
}

// foundEnough fails where more than one of 25 racy operations, or a test type, was not found.
func foundEnough(t *testing.T, r *finding.Report) {
	t.Helper()
	if left := missing(r); 25*len(left) > len(racyOperations) {
		t.Errorf("%d of %d racy operations were not found: %q", len(left), len(racyOperations), left)
	}
	for kind := range kinds { // a role that is taken away needs users who have one: TestRevocations
		if kind != roleChange && !slices.ContainsFunc(r.Tests, func(test finding.Test) bool { return accuses(test.Verdict) && test.TestType == kind }) {
			t.Errorf("no %s was found", kind)
		}
	}
}

// laboratory probes one form and logs the figures of the run.
func laboratory(t *testing.T, base string) *finding.Report {
	start := time.Now()
	r, err := Run(t.Context(), labOptions(base))
	if err != nil {
		t.Fatal(err)
	}
	var tries []int
	for _, test := range r.Tests {
		if e := test.Evidence; accuses(test.Verdict) {
			tries = append(tries, e.Trials)
		}
	}
	slices.Sort(tries)
	t.Logf("%v\n%s%s", time.Since(start).Round(time.Millisecond), table(r), r.Summary.Assumptions)
	if n := len(tries); n > 0 {
		t.Logf("trials until confirmed: median %d, 90 %% %d", tries[n/2], tries[n*9/10])
	}
	return r
}

// Without a script, at least 24 of 25 racy operations are found, on a busy machine too: what was not hit is raced again.
func TestLaboratoryRacy(t *testing.T) {
	t.Parallel()
	base := serve(t, "lab", "racy:app", "")
	foundEnough(t, patiently(t, base, laboratory(t, base)))
}

// No repaired operation is accused, whatever the machine does.
func TestLaboratoryRepaired(t *testing.T) {
	t.Parallel()
	for _, key := range raced(laboratory(t, serve(t, "lab", "repaired:app", ""))) {
		t.Errorf("accused although repaired: %s", key)
	}
}

// The same on PostgreSQL, where MIDDLEBRICK_LAB_PG names a database.
func TestLaboratoryPostgreSQL(t *testing.T) {
	db := os.Getenv("MIDDLEBRICK_LAB_PG")
	if db == "" {
		t.Skip("NOT RUN: MIDDLEBRICK_LAB_PG names no PostgreSQL (testdata/apps/postgres.py starts one)")
	}
	base := serve(t, "lab", "racy:app", db)
	foundEnough(t, patiently(t, base, laboratory(t, base)))
	for _, key := range raced(laboratory(t, serve(t, "lab", "repaired:app", db))) {
		t.Errorf("accused although repaired: %s", key)
	}
}

// Servers that start the application in other ways, def and async def, with two workers and with one. One worker may be
// too few for a race: then the test says that two are needed, never "safe".
func TestServers(t *testing.T) {
	type app struct{ dir, name, scenario string }
	def, async, still := app{"lab", "racy:app", "post.purchases.twice"}, app{"labasync", "app:app", "post.parcels.parcel_id.send.twice"}, app{"labasync", "app:app", "post.parcels.parcel_id.seal.twice"}
	servers := map[string][]string{
		"httptools": {"uvicorn", "--http", "httptools", "--log-level", "warning"},
		"h11":       {"uvicorn", "--http", "h11", "--log-level", "warning"},
		"hypercorn": {"hypercorn", "--log-level", "WARNING"},
	}
	for server, args := range servers {
		for _, a := range []app{def, async, still} {
			for _, workers := range []int{2, 1} {
				t.Run(fmt.Sprintf("%s/%s/%d", server, a.scenario, workers), func(t *testing.T) {
					o := labOptions(serve(t, a.dir, a.name, "", append(slices.Clone(args), "--workers", fmt.Sprint(workers))...))
					o.Only, o.Trials, o.Workers = a.scenario, 120, workers
					if a == still && workers == 2 {
						o.Trials = 400 // its window is a millisecond, and two workers must be reached
					}
					r, err := Run(t.Context(), o)
					if err != nil || len(r.Tests) != 1 {
						t.Fatal(err, r)
					}
					test := r.Tests[0]
					t.Logf("%s %d/%d %s", test.Verdict, test.Evidence.Hits, test.Evidence.Trials, test.Vulnerability)
					needsTwo := test.Verdict == notObserved && strings.Contains(test.Vulnerability, "needs two workers")
					switch {
					case test.Evidence.Gate == "leaked":
						t.Error("the gate leaked")
					case workers == 1 && a == still && !needsTwo:
						t.Errorf("%s: %s", test.Verdict, test.Vulnerability)
					case test.Verdict == confirmedState:
					case workers == 1 && needsTwo:
					default:
						t.Errorf("%s: %s", test.Verdict, test.Vulnerability)
					}
				})
			}
		}
	}
}
