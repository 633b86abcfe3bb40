package probe

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// accessOptions log the staff member in, by a cookie; the users who lose something are signed up for each trial.
func accessOptions(base string) Options {
	return Options{URL: base, Consent: true, Requests: 20_000, Created: 20_000, Duration: 3 * time.Minute, Trials: 2,
		Identities: []Identity{{Name: "root", Username: "root", Password: "root-password"}}}
}

// A request held with its body incomplete is honoured by a middleware that has asked already: after its sender was
// disabled, lost the role, after the document was deleted or came to somebody else. Where the handler asks, it is not.
func TestRevocations(t *testing.T) {
	t.Parallel()
	lost := map[string]string{
		"disabled user":  "PATCH /users/{user_id} against PUT /documents/{document_id}",
		"revoked role":   "PATCH /users/{user_id}/role against POST /articles",
		"deleted object": "DELETE /documents/{document_id} against PUT /documents/{document_id}",
		"changed owner":  "POST /documents/{document_id}/transfer against PUT /documents/{document_id}",
	}
	for _, app := range []string{"racy", "repaired"} {
		r, err := Run(t.Context(), accessOptions(serve(t, "access", app+":app", "")))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s\n%s%s", app, table(r), r.Summary.Assumptions)
		fresh, roles := map[string]bool{}, false
		for _, test := range r.Tests {
			if test.Verdict != freshness {
				continue
			}
			pair := []string{test.Method + " " + test.Endpoint, test.Rival.Method + " " + test.Rival.Endpoint}
			slices.Sort(pair)
			fresh[strings.Join(pair, " against ")] = true
			roles = roles || test.TestType == roleChange
			if e := test.Evidence; e.Hits != 3 || e.Trials != 3 || !e.Deterministic {
				t.Errorf("%v: %d of %d", pair, e.Hits, e.Trials)
			}
			if app == "repaired" {
				t.Errorf("accused although repaired: %v: %s", pair, test.Vulnerability)
			}
		}
		if app == "racy" && !roles {
			t.Errorf("no %s was found", roleChange)
		}
		for what, pair := range lost {
			if app == "racy" && !fresh[pair] {
				t.Errorf("%s: %s was not found", what, pair)
			}
		}
	}
}

// A request held between its check and its act, while the document comes to somebody else: it is carried out although a
// copy of it that comes then is refused. An order would explain that, and the test says so by its verdict.
func TestHeldWhileTheOwnerChanges(t *testing.T) {
	data, err := os.ReadFile("../../testdata/apps/access/repaired.py")
	if err != nil {
		t.Fatal(err)
	}
	line := 1 + strings.Count(string(data[:strings.Index(string(data), "db.commit()")]), "\n")
	o := heldOptions(t, "repaired", "", []finding.Finding{{ID: "owner", Rule: "MB109", Severity: finding.High, Confidence: finding.LowConfidence,
		Method: "PUT", Endpoint: "/documents/{document_id}", Rival: &finding.Rival{Method: "POST", Endpoint: "/documents/{document_id}/transfer"},
		Steps: []finding.Step{{Actor: "A", Role: finding.Act, Path: "repaired.py", Line: line, EndLine: line}}}})
	o.Dir, o.Identities, o.StateDir = "../../testdata/apps/access", accessOptions("").Identities, t.TempDir()
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 {
		t.Fatal(err, r)
	}
	t.Logf("\n%s", table(r))
	if test := r.Tests[0]; test.Verdict != freshness || test.Evidence.Hold == nil || test.Evidence.Hits != 2 {
		t.Errorf("%s: %s", test.Verdict, test.Vulnerability)
	}
	if f := r.Findings[0]; f.Confidence != finding.HighConfidence || len(f.Evidence) != 1 {
		t.Errorf("not raised: %+v", f)
	}
	again := o
	again.Findings, again.Start = nil, ""
	var needs *NeedsStart
	if _, err := Replay(t.Context(), again, r.Tests[0].ID); !errors.As(err, &needs) {
		t.Errorf("replayed on what is gone: %v", err)
	}
	again.Start = o.Start
	if r, err = Replay(t.Context(), again, r.Tests[0].ID); err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != freshness || r.Tests[0].Evidence.Hold == nil {
		t.Errorf("replayed: %v %+v", err, r)
	}
}
