package action

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
)

// TestScale uploads none, one, many and far too many findings: the file stays inside the limits of code scanning, what
// is cut is what matters least, and the log says so.
func TestScale(t *testing.T) {
	for _, n := range []int{0, 1, 300, 30_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if n > 1000 && testing.Short() {
				t.Skip("thirty thousand findings take their time")
			}
			var known, all strings.Builder
			known.WriteString("import fastapi\n")
			for i := range n {
				severity := "medium"
				if i%10 == 0 {
					severity = "high"
				}
				line := fmt.Sprintf("act_%d()  # race k%d %s\n", i, i, severity)
				if i >= n/100 {
					known.WriteString(line)
				}
				all.WriteString(line)
			}
			base := tarball(t, tarEntry{name: "t/a.py", body: known.String()})
			r := runStep(t, fakegithub.Scenario{Archives: map[string][]byte{baseSHA: base}, Parents: map[string][]string{mergeSHA: {baseSHA, headSHA}}},
				map[string]string{"a.py": "import fastapi\n" + all.String()}, map[string]string{"GITHUB_EVENT_NAME": "pull_request"})
			if r.outputs["upload-status"] != "uploaded" || r.outputs["findings"] != fmt.Sprint(n) || r.outputs["new"] != fmt.Sprint(n/100) {
				t.Fatalf("outputs %v\n%.2000s", r.outputs, r.log)
			}
			var log struct {
				Runs []struct {
					Results []struct {
						Fingerprints map[string]string `json:"partialFingerprints"`
					} `json:"results"`
				} `json:"runs"`
			}
			if err := json.Unmarshal(r.server.SARIF(), &log); err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, res := range log.Runs[0].Results {
				got[res.Fingerprints["middlebrickRace/v1"]] = true
			}
			if want := min(n, maxShown); len(got) != want {
				t.Errorf("%d results uploaded, want %d", len(got), want)
			}
			if n > maxShown {
				for i := range n / 100 { // what is new comes before what is severe
					if !got[fmt.Sprintf("k%d", i)] {
						t.Fatalf("the new race k%d was cut", i)
					}
				}
				if !strings.Contains(r.log, "25000 of 30000 are left out") {
					t.Errorf("the log does not say what was cut:\n%.2000s", r.log)
				}
			}
			if size := len(r.summary); size > maxSummary || n > 0 && bytes.Count([]byte(r.summary), []byte("```mermaid")) > maxDiagrams {
				t.Errorf("summary of %d bytes", size)
			}
			packed, err := pack(r.server.SARIF())
			if err != nil || len(packed)*3/4 > 10_000_000 {
				t.Errorf("%d bytes packed: %v", len(packed)*3/4, err)
			}
			t.Logf("%d findings: %d uploaded, %d bytes, %d packed, summary %d", n, len(got), len(r.server.SARIF()), len(packed)*3/4, len(r.summary))
		})
	}
}
