package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Tests writes what the prober raced: each pair of operations with its verdict, what was seen, and how to see it again.
func Tests(w io.Writer, r *finding.Report, opts Options) error {
	t := &text{painter: painter(opts.Color), report: r, width: defaultWidth}
	t.tests()
	_, err := io.WriteString(w, t.String())
	return err
}

// verdictColumns is the width of the longest verdict, "confirmed_response", and a space.
const verdictColumns = 20

func (t *text) tests() {
	all := t.report.Tests
	if len(all) == 0 {
		return
	}
	noun := "pairs of requests"
	if len(all) == 1 {
		noun = "pair of requests"
	}
	t.line(t.bold(fmt.Sprintf("Raced %d %s:", len(all), noun)))
	for i := range all {
		t.test(&all[i])
	}
	t.line("")
}

func (t *text) test(x *finding.Test) {
	verdict := pad(Plain(x.Verdict), verdictColumns)
	switch {
	case finding.Accuses(x.Verdict):
		verdict = t.severity(finding.High, verdict)
	case x.Verdict == "not_observed" || x.Verdict == "guarded":
		verdict = t.good(verdict)
	default:
		verdict = t.severity(finding.Medium, verdict)
	}
	pair := route(x.Method, x.Endpoint)
	if r := x.Rival; r != nil && (r.Method != x.Method || r.Endpoint != x.Endpoint) {
		pair += " against " + route(r.Method, r.Endpoint)
	}
	t.line("  " + verdict + t.bold(Plain(pair)))
	var more []string
	if x.Verdict != "not_observed" {
		more = wrap(x.Vulnerability, t.width-verdictColumns-2)
	}
	if x.Replay != "" {
		more = append(more, Plain(x.Replay))
	}
	for _, line := range more {
		if line != "" {
			t.line(strings.Repeat(" ", verdictColumns+2) + line)
		}
	}
}
