package probe

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The test that reproduce writes fails on the racy form and passes on the repaired one.
func TestReproduction(t *testing.T) {
	o := labOptions(serve(t, "lab", "racy:app", ""))
	o.StateDir, o.Only, o.Trials = t.TempDir(), "post.purchases.twice", 60
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
	run := func(target string, rounds string) (string, error) {
		cmd := exec.Command(needPython(t), file)
		cmd.Env = append(os.Environ(), "TARGET="+target, "ROUNDS="+rounds)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(o.URL, "150"); err == nil || !strings.Contains(out, "left what no order leaves") {
		t.Errorf("on the racy form: %v\n%s", err, clip(out, 2000))
	}
	if out, err := run(serve(t, "lab", "repaired:app", ""), "25"); err != nil {
		t.Errorf("on the repaired form: %v\n%s", err, clip(out, 2000))
	}
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
		"freshness":   func(k *Kept) { k.Test.Verdict = freshness },
		"fresh user":  func(k *Kept) { k.Evidence.FreshUser = true },
		"no requests": func(k *Kept) { k.Evidence.Requests = nil },
		"one racer":   func(k *Kept) { k.Evidence.Requests = k.Evidence.Requests[:2] },
	} {
		k, ev := base, *base.Evidence
		k.Evidence = &ev
		change(&k)
		if _, err := Reproduce(&k, "pytest"); err == nil {
			t.Errorf("%s: a test was written", name)
		}
	}
}
