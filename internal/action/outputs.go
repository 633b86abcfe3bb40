package action

import (
	"strconv"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// outputs sets every output of action.yml, also when the run ended early. What was not compared has an empty count,
// not a zero.
func (r *run) outputs() {
	gate, analysis := "pass", "complete"
	if !r.verdict.Pass {
		gate = "fail"
	}
	if r.head == nil || len(r.verdict.Partial) > 0 {
		analysis = "incomplete"
	}
	counted := r.cmp.Of(New, Known, Baselined)
	number := func(n int, known bool) string {
		if !known {
			return ""
		}
		return strconv.Itoa(n)
	}
	scanned := r.head != nil
	for _, o := range []struct{ name, value string }{
		{"gate", gate},
		{"findings", number(len(counted), scanned)},
		{"new", number(len(r.cmp.Of(New)), r.cmp.Compared)},
		{"fixed", number(len(r.cmp.Fixed), r.cmp.Compared)},
		{"known", number(len(r.cmp.Of(Known, Baselined)), r.cmp.Compared)},
		{"suppressed", number(len(r.cmp.Of(Suppressed)), scanned)},
		{"highest-severity", string(highest(counted))},
		{"sarif-file", r.published.sarif},
		{"json-file", r.published.json},
		{"sarif-id", r.upload.ID},
		{"upload-status", string(r.upload.Status)},
		{"analysis", analysis},
	} {
		r.flow.Output(o.name, o.value)
	}
}

// highest is the worst severity, or "none".
func highest(entries []Entry) finding.Severity {
	worst := finding.Severity("none")
	for _, e := range entries {
		if worst == "none" || e.Severity.Rank() > worst.Rank() {
			worst = e.Severity
		}
	}
	return worst
}
