package probe

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// accessOptions log the staff member in, by a cookie; the users who lose something are signed up for each trial.
func accessOptions(base string) Options {
	return Options{URL: base, Consent: true, Requests: 20_000, Created: 20_000, Duration: 3 * time.Minute, Trials: 2,
		Identities: []Identity{{Name: "root", Username: "root", Password: "root-password"}}}
}

// A request held with its body incomplete is honoured by a middleware that has asked already: after its sender was
// disabled, lost the role, after the document was deleted or came to somebody else. Where the handler asks, it is not.
func TestRevocations(t *testing.T) {
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
		fresh := map[string]bool{}
		for _, test := range r.Tests {
			if test.Verdict != freshness {
				continue
			}
			pair := []string{test.Method + " " + test.Endpoint, test.Rival.Method + " " + test.Rival.Endpoint}
			slices.Sort(pair)
			fresh[strings.Join(pair, " against ")] = true
			if e := test.Evidence; e.Hits != 3 || e.Trials != 3 || !e.Deterministic {
				t.Errorf("%v: %d of %d", pair, e.Hits, e.Trials)
			}
			if app == "repaired" {
				t.Errorf("accused although repaired: %v: %s", pair, test.Vulnerability)
			}
		}
		for what, pair := range lost {
			if app == "racy" && !fresh[pair] {
				t.Errorf("%s: %s was not found", what, pair)
			}
		}
	}
}
