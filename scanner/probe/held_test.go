package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// claim is a static finding as the engine might write it of the repaired form: where it acts.
type claim struct {
	method, endpoint, function, act string // act is a text on the line of the act
	rival                           string // "METHOD path", or the operation itself
}

var repairedActs = []claim{
	{"POST", "/orders/{id}/cancel", "cancel_order", "if not one(", ""},
	{"POST", "/coupons/{code}/redeem", "redeem_coupon", "if not one(", ""},
	{"POST", "/wallets/{id}/withdraw", "withdraw", "if not one(", ""},
	{"POST", "/transfers", "transfer", "if not one(", ""},
	{"POST", "/purchases", "purchase", "if not one(", ""},
	{"POST", "/members", "create_member", "db.add(", ""},
	{"PUT", "/documents/{id}", "edit_document", "if not one(", ""},
	{"POST", "/counters/{id}/increment", "increment", "one(", ""},
	{"POST", "/notes/{note_id}/tags", "add_tag", "db.add(", ""},
	{"POST", "/invites/accept", "accept_invite", "if not one(", ""},
	{"POST", "/events/{id}/book", "book", "if not one(", ""},
	{"POST", "/polls/{poll_id}/vote", "vote", "db.add(", ""},
	{"POST", "/payments", "pay", "db.add(", ""},
	{"POST", "/jobs/{id}/claim", "claim_job", "if not one(", ""},
	{"POST", "/subscriptions/{id}/upgrade", "upgrade", "if not one(", "POST /subscriptions/{id}/end"},
	{"POST", "/carts/{cart_id}/checkout", "checkout", "if not one(", "DELETE /carts/{cart_id}"},
	{"PATCH", "/settings/{id}", "patch_setting", "if one(", ""},
	{"POST", "/seats/{id}/reserve", "reserve", "if not one(", ""},
	{"POST", "/charges/{id}/refund", "refund", "if not one(", ""},
	{"POST", "/links/{id}/download", "download", "if not one(", ""},
	{"POST", "/tickets/{id}/scan", "scan_ticket", "if not one(", ""},
	{"POST", "/gifts/{id}/claim", "claim_gift", "if not one(", ""},
	{"POST", "/imports/{id}/start", "start_import", "if not one(", ""},
	{"POST", "/pages", "create_page", "db.add(", ""},
	{"POST", "/me/claim-bonus", "claim_bonus", "if not one(", ""},
}

// claims writes findings against the repaired form.
func claims(t *testing.T) []finding.Finding {
	t.Helper()
	data, err := os.ReadFile("../../testdata/apps/lab/repaired.py")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	var out []finding.Finding
	for i, c := range repairedActs {
		start := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "def "+c.function+"(") })
		at := -1
		for k := start; start >= 0 && k < len(lines) && at < 0; k++ {
			if strings.Contains(lines[k], c.act) {
				at = k + 1
			}
		}
		if at < 0 {
			t.Fatalf("no %q in %s", c.act, c.function)
		}
		f := finding.Finding{ID: fmt.Sprintf("F%d", i), Rule: "MB107", Severity: finding.High, Confidence: finding.MediumConfidence,
			Method: c.method, Endpoint: c.endpoint, Location: finding.Location{Path: "repaired.py", Line: at},
			Steps: []finding.Step{{Actor: "A", Role: finding.Check, Path: "repaired.py", Line: start + 2}, {Actor: "A", Role: finding.Act, Path: "repaired.py", Line: at, EndLine: at}}}
		if method, path, ok := strings.Cut(c.rival, " "); ok {
			f.Rival = &finding.Rival{Method: method, Endpoint: path}
		}
		out = append(out, f)
	}
	return out
}

func heldOptions(t *testing.T, app, db string, list []finding.Finding) Options {
	if db == "" {
		db = "sqlite:///" + filepath.Join(t.TempDir(), "lab.db")
	}
	return Options{Start: fmt.Sprintf("env LAB_DB=%s PYTHONDONTWRITEBYTECODE=1 %s -m uvicorn %s:app --log-level warning --port {port}", db, needPython(t), app),
		Dir: "../../testdata/apps/lab", Consent: true, Held: true, HeldOnly: true, Findings: list,
		Requests: 100_000, Created: 100_000, Duration: 3 * time.Minute, Settle: 2 * time.Second}
}

// scanned returns the races that the scan itself finds in one form of the laboratory.
func scanned(t *testing.T, form string) []finding.Finding {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"common.py", form + ".py"} {
		data, err := os.ReadFile(filepath.Join("../../testdata/apps/lab", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := source.Open(dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	r, err := scanner.Scan(t.Context(), tree, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// A note says what would race with more workers, and claims no schedule.
	return slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.Severity.Rank() <= finding.Note.Rank() })
}

// Everything that the scan finds in the racy form is confirmed in one forced trial and its repetition. The repaired form, of
// which the scan says nothing, is held where the racy one acts, and never accused.
func TestHeldSchedules(t *testing.T) {
	t.Parallel()
	if n := len(scanned(t, "repaired")); n > 0 {
		t.Errorf("the scan finds %d races in the repaired form", n)
	}
	for app, list := range map[string][]finding.Finding{"racy": scanned(t, "racy"), "repaired": claims(t)} {
		t.Run(app, func(t *testing.T) {
			o := heldOptions(t, app, os.Getenv("MIDDLEBRICK_LAB_PG"), list)
			o.RaceGets = true
			start := time.Now()
			r, err := Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			t.Logf("%d findings in %v, %v each, both starts included\n%s", len(list), took, took/time.Duration(len(list)), table(r))
			if took > time.Duration(len(list))*3*time.Second {
				t.Errorf("more than 3 s for each finding")
			}
			if len(r.Tests) != len(list) {
				t.Errorf("%d tests for %d findings", len(r.Tests), len(list))
			}
			for _, test := range r.Tests {
				ok := test.Verdict == guarded || test.Verdict == notReproduced
				if app == "racy" {
					ok = (test.Verdict == confirmedState || test.Verdict == confirmedResponse) && test.Evidence.Hits == 2 && test.Evidence.Trials == 2
				}
				if !ok {
					t.Errorf("%s %s: %s %s", test.Method, test.Endpoint, test.Verdict, test.Vulnerability)
				}
			}
			for _, f := range r.Findings {
				if app == "racy" && (f.Confidence != finding.HighConfidence || len(f.Evidence) == 0) {
					t.Errorf("%s was confirmed and not raised: %+v", f.Endpoint, f.Evidence)
				}
				if app == "repaired" && len(f.Evidence) > 0 {
					t.Errorf("%s was raised", f.Endpoint)
				}
			}
		})
	}
}

// TestHeldAsync holds coroutines: one whose rival runs through, and one whose rival has to wait for the database. An
// application's own sitecustomize is run as well. MIDDLEBRICK_LAB_PYTHON names another interpreter.
func TestHeldAsync(t *testing.T) {
	py := os.Getenv("MIDDLEBRICK_LAB_PYTHON")
	if py == "" {
		py = needPython(t)
	}
	data, err := os.ReadFile("../../testdata/apps/labasync/app.py")
	if err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	if err := os.WriteFile(filepath.Join(own, "sitecustomize.py"), []byte("import os\nopen(os.environ['OWN_MARK'], 'a').write('x')\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYTHONPATH", own)
	t.Setenv("OWN_MARK", filepath.Join(own, "mark"))
	line := func(mark string) int {
		for i, l := range strings.Split(string(data), "\n") {
			if strings.Contains(l, mark) {
				return i + 1
			}
		}
		t.Fatalf("no %q", mark)
		return 0
	}
	list := []finding.Finding{}
	for i, c := range []struct{ path, mark string }{{"/parcels/{parcel_id}/send", "act: send"}, {"/parcels/{parcel_id}/send-locked", "act: locked"},
		{"/parcels/{parcel_id}/send", "no such parcel"}} {
		list = append(list, finding.Finding{ID: fmt.Sprint(i), Method: "POST", Endpoint: c.path, Severity: finding.High, Confidence: finding.MediumConfidence,
			Steps: []finding.Step{{Actor: "A", Role: finding.Act, Path: "app.py", Line: line(c.mark), EndLine: line(c.mark)}}})
	}
	o := heldOptions(t, "app", "", list)
	o.Dir = "../../testdata/apps/labasync"
	o.Start = fmt.Sprintf("env LAB_DB=sqlite:///%s PYTHONDONTWRITEBYTECODE=1 %s -m uvicorn app:app --log-level warning --port {port}", filepath.Join(t.TempDir(), "a.db"), py)
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", table(r))
	for i, want := range []string{confirmedState, guarded, inconclusive} {
		if got := r.Tests[i]; got.Verdict != want {
			t.Errorf("%s %s: %s %s, want %s", got.Method, got.Endpoint, got.Verdict, got.Vulnerability, want)
		}
	}
	for _, f := range r.Findings {
		if f.ID == "1" && (f.Confidence != finding.LowConfidence || len(f.Assumptions) != 1) {
			t.Errorf("a guard was seen to work, and the finding says %s %q", f.Confidence, f.Assumptions)
		}
	}
	if why := r.Tests[2].Vulnerability; !strings.Contains(why, "was not reached") || !strings.Contains(why, "took lines") {
		t.Errorf("the reason is %q", why)
	}
	if _, err := os.Stat(filepath.Join(own, "mark")); err != nil {
		t.Error("the application's own sitecustomize did not run")
	}
}
