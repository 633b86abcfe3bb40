package probe

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The tests that reproduce writes fail on the racy form and pass on the repaired one: of a race on one thing, of one about
// a user who is signed up for each trial, and of requests that are held while what lets them in is taken away.
func TestReproduction(t *testing.T) {
	lab := [2]string{serve(t, "lab", "racy:app", ""), serve(t, "lab", "repaired:app", "")}
	access := [2]string{serve(t, "access", "racy:app", ""), serve(t, "access", "repaired:app", "")}
	for name, c := range map[string]struct {
		on       [2]string
		scenario string
		want     string
		rounds   [2]string
		staff    bool
	}{
		"race":       {lab, "post.purchases.twice", "left what no order leaves", [2]string{"200", "15"}, false},
		"fresh user": {lab, "post.me.claim-bonus.twice", "left what no order leaves", [2]string{"200", "15"}, false},
		"freshness":  {lab, "post.badges.id.enter.against.post.badges.id.revoke", "held while its permission was taken away", [2]string{"3", "3"}, false},
		"disabled":   {access, "patch.users.user_id.0.revokes.put.documents.document_id", "held while its permission was taken away", [2]string{"3", "3"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := labOptions(c.on[0])
			o.StateDir, o.Only, o.Trials = t.TempDir(), c.scenario, 80
			if c.staff {
				o.Identities = accessOptions("").Identities
			}
			r, err := Run(t.Context(), o)
			if err != nil || len(r.Tests) != 1 || !accuses(r.Tests[0].Verdict) {
				t.Fatal(err, r)
			}
			kept, err := Load(o.StateDir, r.Tests[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			text, err := Reproduce(kept, "python")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "race.py")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			run := func(i int) (string, error) {
				cmd := exec.Command(needPython(t), file)
				cmd.Env = append(os.Environ(), "TARGET="+c.on[i], "ROUNDS="+c.rounds[i])
				if c.staff {
					cmd.Env = append(cmd.Env, "COOKIE_ROOT="+staffCookie(t, c.on[i]))
				}
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			if out, err := run(0); err == nil || !strings.Contains(out, c.want) {
				t.Errorf("on the racy form: %v\n%s", err, clip(out, 3000))
			}
			if out, err := run(1); err != nil {
				t.Errorf("on the repaired form: %v\n%s", err, clip(out, 3000))
			}
		})
	}
}

func staffCookie(t *testing.T, base string) string {
	t.Helper()
	resp, err := http.Post(base+"/login", "application/json", strings.NewReader(`{"username":"root","password":"root-password"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		return c.Name + "=" + c.Value
	}
	t.Fatalf("no cookie: %s", resp.Status)
	return ""
}

func TestReproduceRefuses(t *testing.T) {
	base := Kept{Test: finding.Test{ID: "MB-R-1", Verdict: confirmedState, Vulnerability: `a "quote" \ and """`}, Target: "http://127.0.0.1:1",
		Evidence: &Evidence{Scenario: "post.x.twice", Unique: "mb1", Names: []string{"A", "A"}, Requests: []finding.Request{
			{Role: "setup", Method: "POST", Path: "/x", Body: map[string]any{"name": "mb1", "n": 7.0}, Status: 201, Answer: map[string]any{"id": 7.0}},
			{Role: "racer", Method: "POST", Path: "/x/7/use", Status: 200}, {Role: "racer", Method: "POST", Path: "/x/7/use", Status: 200},
			{Role: "observer", Method: "GET", Path: "/x/7", Status: 200}}}}
	text, err := Reproduce(&base, "pytest")
	if err != nil || !strings.Contains(text, `"/x/{{s0.id}}/use"`) || !strings.Contains(text, `"{{unique}}"`) || !strings.Contains(text, `"n": 7`) {
		t.Errorf("%v\n%s", err, text)
	}
	if _, err := Reproduce(&base, "go"); err == nil {
		t.Error("an unknown form was written")
	}
	for name, change := range map[string]func(*Kept){
		"held at a line": func(k *Kept) { k.Test.Verdict, k.Evidence.Gate = freshness, "hold" },
		"no copy":        func(k *Kept) { k.Test.Verdict, k.Evidence.Gate = freshness, "body" },
		"fresh user":     func(k *Kept) { k.Evidence.FreshUser = true },
		"no requests":    func(k *Kept) { k.Evidence.Requests = nil },
		"one racer":      func(k *Kept) { k.Evidence.Requests = k.Evidence.Requests[:2] },
	} {
		k, ev := base, *base.Evidence
		k.Evidence = &ev
		change(&k)
		if _, err := Reproduce(&k, "pytest"); err == nil {
			t.Errorf("%s: a test was written", name)
		}
	}
}
