package action

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
	"github.com/middlebrick/middlebrick/internal/fixture"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// pulled is what a pull request from one tree to another gave.
type pulled struct {
	exit       int
	outputs    map[string]string
	cmp        Comparison
	summary    string
	violations []string
}

// pull runs the action with the real engine on a pull request that turns the tree base into the tree head. Both are directories.
func pull(t *testing.T, base, head string) pulled {
	t.Helper()
	server, err := fakegithub.Start(fakegithub.Scenario{Repository: "octo/shop", Parents: map[string][]string{mergeSHA: {baseSHA, headSHA}}, Trees: map[string]string{baseSHA: base}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	work := t.TempDir()
	put(t, work, "pull.json", pullEvent)
	if err := os.CopyFS(filepath.Join(work, "workspace"), os.DirFS(head)); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": filepath.Join(work, "pull.json"), "GITHUB_REF": "refs/pull/12/merge",
		"GITHUB_SHA": mergeSHA, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_API_URL": server.API(), "GITHUB_WORKSPACE": filepath.Join(work, "workspace"),
		"GITHUB_OUTPUT": filepath.Join(work, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(work, "summary"), "INPUT_TOKEN": fakegithub.Token, "INPUT_FAIL-ON": "low"}
	reports := map[bool]*finding.Report{} // by whether it is the head's
	a := &Action{Getenv: func(k string) string { return vars[k] }, Out: new(bytes.Buffer), Version: "0.0.0-test", JSON: writeJSON,
		Scan: func(ctx context.Context, job Job) (*Scanned, error) {
			scanned, err := scanReal(ctx, job)
			if err == nil {
				_, isHead := job.Tree.(workspace)
				reports[isHead] = scanned.Report
			}
			return scanned, err
		},
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	p := pulled{exit: a.Run(context.Background())}
	p.outputs = readOutputs(t, vars["GITHUB_OUTPUT"])
	p.violations = server.Violations()
	if summary, err := os.ReadFile(vars["GITHUB_STEP_SUMMARY"]); err == nil {
		p.summary = string(summary)
	}
	if reports[true] == nil || reports[false] == nil {
		t.Fatalf("a tree was not scanned: %v\n%s", p.outputs, a.Out)
	}
	p.cmp = Compare(reports[true], reports[false], nil, false)
	return p
}

func rulesOf(findings []finding.Finding) (out []string) {
	for _, f := range findings {
		out = append(out, f.Rule+" "+string(f.Severity)+" "+f.Location.Path)
	}
	return out
}

// TestPagePairs makes two pull requests of each rule's page: one that repairs its example, and one that undoes the repair. The
// first lists the race as fixed and adds none; the second adds exactly the races of the example and fails the gate.
func TestPagePairs(t *testing.T) {
	pages, err := fixture.Pages(filepath.Join("..", "..", "scanner", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for _, page := range pages {
		examples, repairs := page.Python("Example"), page.Python("Fix")
		if len(examples) == 0 || len(repairs) == 0 {
			continue
		}
		pairs++
		t.Run(page.Rule, func(t *testing.T) {
			racy, sound := t.TempDir(), t.TempDir()
			put(t, racy, "main.py", examples[0].Text)
			put(t, sound, "main.py", repairs[0].Text)
			introduced, repaired := pull(t, sound, racy), pull(t, racy, sound)
			var added []finding.Finding
			for _, e := range introduced.cmp.Of(New) {
				added = append(added, e.Finding)
			}
			if len(added) == 0 || len(introduced.cmp.Fixed) > 0 || introduced.exit != exitGate {
				t.Errorf("introduced: exit %d, %v, fixed %v", introduced.exit, introduced.outputs, rulesOf(introduced.cmp.Fixed))
			}
			if !slices.Equal(rulesOf(repaired.cmp.Fixed), rulesOf(added)) || len(repaired.cmp.Of(New)) > 0 || repaired.exit != exitPass {
				t.Errorf("repaired: exit %d, %v, fixed %v", repaired.exit, repaired.outputs, rulesOf(repaired.cmp.Fixed))
			}
			if !bytes.Contains([]byte(repaired.summary), []byte("Fixed by this change")) || len(introduced.violations)+len(repaired.violations) > 0 {
				t.Errorf("summary or requests: %v %v\n%s", introduced.violations, repaired.violations, repaired.summary)
			}
		})
	}
	if pairs < 10 {
		t.Errorf("%d pages have an example and its repair", pairs)
	}
}

// TestGivenPairs does the same for real commits: MIDDLEBRICK_PAIRS names a directory with one directory for each pair, in which
// "parent" is the tree before the repair, "fix" the tree after it, and pair.json, which is optional, says as {"path", "lines": [[from, to], …]}
// where the race is. It logs what is new and fixed in both directions, and fails where the race was found and is not new or not fixed.
func TestGivenPairs(t *testing.T) {
	dir := os.Getenv("MIDDLEBRICK_PAIRS")
	if dir == "" {
		t.Skip("no pairs of real commits were given: MIDDLEBRICK_PAIRS names their directory")
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range names {
		parent, repair := filepath.Join(dir, d.Name(), "parent"), filepath.Join(dir, d.Name(), "fix")
		t.Run(d.Name(), func(t *testing.T) {
			introduced, repaired := pull(t, repair, parent), pull(t, parent, repair)
			var race struct {
				Path  string
				Lines [][2]int
			}
			if data, err := os.ReadFile(filepath.Join(dir, d.Name(), "pair.json")); err == nil {
				if err := json.Unmarshal(data, &race); err != nil {
					t.Fatal(err)
				}
			}
			here := func(f finding.Finding) bool {
				return slices.ContainsFunc(race.Lines, func(span [2]int) bool { return touches(f, race.Path, span) })
			}
			var added []finding.Finding
			known := 0
			for _, e := range introduced.cmp.Entries {
				if e.State == New {
					added = append(added, e.Finding)
				} else if here(e.Finding) {
					known++
				}
			}
			isNew, isFixed := slices.ContainsFunc(added, here), slices.ContainsFunc(repaired.cmp.Fixed, here)
			t.Logf("introduced: exit %d, new %q, fixed %q", introduced.exit, rulesOf(added), rulesOf(introduced.cmp.Fixed))
			t.Logf("repaired: exit %d, new %s, fixed %q", repaired.exit, repaired.outputs["new"], rulesOf(repaired.cmp.Fixed))
			switch {
			case isNew && isFixed && introduced.exit == exitGate:
				t.Log("the race is new in one direction and fixed in the other")
			case isNew != isFixed:
				t.Errorf("the race is new: %v, fixed: %v", isNew, isFixed)
			case known > 0:
				t.Log("the race is found in both trees")
			default:
				t.Log("the race is not found")
			}
		})
	}
}

func touches(f finding.Finding, path string, span [2]int) bool {
	if f.Location.Path == path && f.Location.Line >= span[0] && f.Location.Line <= span[1] {
		return true
	}
	return slices.ContainsFunc(f.Steps, func(s finding.Step) bool {
		return s.Path == path && s.Line <= span[1] && max(s.Line, s.EndLine) >= span[0]
	})
}
