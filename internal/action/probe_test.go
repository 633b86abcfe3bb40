package action

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// What a probe of a service container saw raises the finding that speaks of it; one that cannot begin ends the step with the
// exit code of its reason, and one that ends early counts as far as it came.
func TestProbe(t *testing.T) {
	seen := finding.NewReport("http://app:8000", "0.0.0-test")
	seen.Tests = []finding.Test{{ID: "MB-R-1", Method: "POST", Endpoint: "/orders/{id}/pay", Rival: &finding.Route{Method: "POST", Endpoint: "/orders/{id}/pay"},
		TestType: "state_change_attack", Verdict: "confirmed", Vulnerability: "both were paid", Evidence: &finding.Evidence{}}}
	seen.Finish()
	for name, c := range map[string]struct {
		report *finding.Report
		err    error
		more   map[string]string
		exit   int
		want   string
	}{
		"confirmed":   {report: seen, exit: exitGate, want: "probe of http://app:8000: 1 test of the prober read, 1 finding confirmed"},
		"early":       {report: seen, err: errors.New("the target stopped answering"), exit: exitGate, want: "ended early: the target stopped answering"},
		"refused":     {err: fmt.Errorf("%w: 203.0.113.9:80 is not yours", ErrProbeRefused), exit: exitRefused, want: "203.0.113.9:80 is not yours"},
		"unreachable": {err: errors.New("target not reachable"), exit: exitNothing, want: "probe-url: target not reachable"},
		"no consent":  {report: seen, more: map[string]string{"INPUT_PROBE-I-OWN-THIS-TARGET": "false"}, exit: exitUsage, want: "probe-i-own-this-target: true"},
		"no password": {report: seen, more: map[string]string{"INPUT_PROBE-USERNAME": "ann"}, exit: exitUsage, want: "needs probe-password"},
		"no address":  {report: seen, more: map[string]string{"INPUT_PROBE-URL": "app:8000"}, exit: exitUsage, want: "not an http or https address"},
		"no header":   {report: seen, more: map[string]string{"INPUT_PROBE-HEADERS": "X-Key: a\nsecret"}, exit: exitUsage, want: "one \"Name: value\" a line"},
	} {
		t.Run(name, func(t *testing.T) {
			more := map[string]string{"INPUT_PROBE-URL": "http://app:8000", "INPUT_PROBE-I-OWN-THIS-TARGET": "true", "INPUT_PROBE-MINUTES": "2"}
			for k, v := range c.more {
				more[k] = v
			}
			var asked []ProbeJob
			s := runProbing(t, fakegithub.Scenario{}, oneRace, more, func(_ context.Context, job ProbeJob) (*finding.Report, error) {
				asked = append(asked, job)
				job.Log("the application says %s", "::error::x")
				return c.report, c.err
			})
			if s.exit != c.exit || !strings.Contains(s.log, c.want) || strings.Contains(s.log, "secret") {
				t.Errorf("exit %d, want %d, log:\n%s", s.exit, c.exit, s.log)
			}
			if strings.Contains(s.log, "\n::error::x") {
				t.Error("what the application says can be a command")
			}
			if c.exit == exitUsage {
				if len(asked) != 0 {
					t.Error("the prober was asked all the same")
				}
				return
			}
			if len(asked) != 1 || asked[0].Time() != 2*time.Minute || len(asked[0].Findings) != 1 {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}
