package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// claim is a static finding as the engine would write it: where actor A acts.
type claim struct {
	method, endpoint, function, act string // act is a text on the first line of the act
	rival                           string // "METHOD path", or the operation itself
}

var racyClaims = []claim{
	{"POST", "/orders/{id}/cancel", "cancel_order", `o.status = "cancelled"`, ""},
	{"POST", "/coupons/{code}/redeem", "redeem_coupon", "c.used = True", ""},
	{"POST", "/wallets/{id}/withdraw", "withdraw", "w.balance = ", ""},
	{"POST", "/transfers", "transfer", "a.balance = ", ""},
	{"POST", "/purchases", "purchase", "p.stock = ", ""},
	{"POST", "/members", "create_member", "m = Member", ""},
	{"PUT", "/documents/{id}", "edit_document", "d.title, d.version", ""},
	{"POST", "/counters/{id}/increment", "increment", "db.commit()", ""},
	{"POST", "/notes/{note_id}/tags", "add_tag", "db.commit()", ""},
	{"POST", "/invites/accept", "accept_invite", "i.accepted = True", ""},
	{"POST", "/events/{id}/book", "book", "b = Booking", ""},
	{"POST", "/polls/{poll_id}/vote", "vote", "db.add(", ""},
	{"POST", "/payments", "pay", "p = Payment(", ""},
	{"POST", "/jobs/{id}/claim", "claim_job", "j.status = ", ""},
	{"POST", "/subscriptions/{id}/upgrade", "upgrade", "s.plan = ", "POST /subscriptions/{id}/end"},
	{"POST", "/carts/{cart_id}/checkout", "checkout", "c.checkouts = ", "DELETE /carts/{cart_id}"},
	{"PATCH", "/settings/{id}", "patch_setting", "db.commit()", ""},
	{"POST", "/seats/{id}/reserve", "reserve", "s.holder = ", ""},
	{"POST", "/charges/{id}/refund", "refund", "c.status = ", ""},
	{"POST", "/links/{id}/download", "download", "x.downloads = ", ""},
	{"POST", "/gifts/{id}/claim", "claim_gift", "g.claimed = ", ""},
	{"POST", "/imports/{id}/start", "start_import", "i.status = ", ""},
	{"POST", "/pages", "create_page", "p = Page(", ""},
	{"POST", "/me/claim-bonus", "claim_bonus", "user.claimed = ", ""},
}

// repairedActs is where the same operations act in the repaired form.
var repairedActs = map[string]string{"create_member": "db.add(", "increment": "one(", "add_tag": "db.add(", "vote": "db.add(",
	"pay": "db.add(", "patch_setting": "if one(", "create_page": "db.add("}

// findings writes the claims against a file of the laboratory.
func claims(t *testing.T, file string, list []claim) []finding.Finding {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/apps/lab", file))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	var out []finding.Finding
	for i, c := range list {
		act := c.act
		if file == "repaired.py" {
			act = "if not one("
			if a := repairedActs[c.function]; a != "" {
				act = a
			}
		}
		start := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "def "+c.function+"(") })
		at := -1
		for k := start; start >= 0 && k < len(lines) && at < 0; k++ {
			if strings.Contains(lines[k], act) {
				at = k + 1
			}
		}
		if at < 0 {
			t.Fatalf("%s: no %q in %s", file, act, c.function)
		}
		f := finding.Finding{ID: fmt.Sprintf("F%d", i), Rule: "MB107", Severity: finding.High, Confidence: finding.MediumConfidence,
			Method: c.method, Endpoint: c.endpoint, Location: finding.Location{Path: file, Line: at},
			Steps: []finding.Step{{Actor: "A", Role: finding.Check, Path: file, Line: start + 2}, {Actor: "A", Role: finding.Act, Path: file, Line: at, EndLine: at}}}
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

// Every racy form is confirmed in one forced trial and its repetition; no repaired form ever is.
func TestHeldSchedules(t *testing.T) {
	for _, app := range []string{"racy", "repaired"} {
		t.Run(app, func(t *testing.T) {
			list := claims(t, app+".py", racyClaims)
			start := time.Now()
			r, err := Run(t.Context(), heldOptions(t, app, "", list))
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			t.Logf("%d findings in %v, %v each, both starts included\n%s", len(list), took, took/time.Duration(len(list)), table(r))
			if len(r.Tests) != len(list) {
				t.Errorf("%d tests for %d findings", len(r.Tests), len(list))
			}
			for _, test := range r.Tests {
				ok := test.Verdict == guarded || test.Verdict == notReproduced
				if app == "racy" {
					ok = test.Verdict == confirmedState || test.Verdict == confirmedResponse
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
