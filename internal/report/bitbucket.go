package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The limits of Bitbucket's Code Insights.
const (
	maxInsights     = 1000
	insightsPerPost = 100
	maxInsight      = 450  // characters of a summary, which must not be empty
	maxInsightText  = 2000 // characters of the details
)

// The parts of Code Insights that are written: a report to put, and annotations to post in groups.
type (
	insights struct {
		Report      insightReport `json:"report"`
		Annotations [][]insight   `json:"annotations"`
	}
	insightReport struct {
		Title    string        `json:"title"`
		Details  string        `json:"details"`
		Type     string        `json:"report_type"`
		Reporter string        `json:"reporter"`
		Link     string        `json:"link"`
		Result   string        `json:"result"`
		Data     []insightData `json:"data"`
	}
	insightData struct {
		Title string `json:"title"`
		Type  string `json:"type"`
		Value int    `json:"value"`
	}
	insight struct {
		ID       string `json:"external_id"`
		Type     string `json:"annotation_type"`
		Path     string `json:"path"`
		Line     int    `json:"line"`
		Summary  string `json:"summary"`
		Details  string `json:"details"`
		Severity string `json:"severity"`
		Result   string `json:"result"`
	}
)

// Bitbucket writes a report of Code Insights and its annotations. The report has failed when a finding is as severe as
// failOn; an empty one never fails.
func Bitbucket(w io.Writer, r *finding.Report, failOn finding.Severity) error {
	out := insights{Annotations: [][]insight{}, Report: insightReport{Title: "middlebrick", Type: "SECURITY", Reporter: "middlebrick", Link: homepage, Result: "PASSED", Data: []insightData{}}}
	seen, total := prints{}, 0
	var all []insight
	counted(r, func(f *finding.Finding) {
		total++
		failed := failOn != "" && f.Severity.Rank() >= failOn.Rank()
		if failed {
			out.Report.Result = "FAILED"
		}
		if len(all) == maxInsights {
			return
		}
		begin, _ := lines(f.Location)
		i := insight{ID: seen.of(f), Type: "VULNERABILITY", Path: inRepo(r, f.Location.Path), Line: begin, Summary: sink.Clip(title(f)+": "+f.Description, maxInsight),
			Details: sink.Clip(explained(f), maxInsightText), Severity: "LOW", Result: "PASSED"}
		if failed {
			i.Result = "FAILED"
		}
		switch f.Severity {
		case finding.Critical, finding.High, finding.Medium:
			i.Severity = strings.ToUpper(string(f.Severity))
		}
		all = append(all, i)
	})
	for len(all) > 0 {
		n := min(len(all), insightsPerPost)
		out.Annotations = append(out.Annotations, all[:n])
		all = all[n:]
	}
	out.Report.Details = "No races found."
	if total > 0 {
		out.Report.Details = fmt.Sprintf("%d races found; the first %d are annotated.", total, min(total, maxInsights))
	}
	for _, level := range []finding.Severity{finding.Critical, finding.High, finding.Medium, finding.Low} {
		if n := r.Summary.BySeverity[string(level)]; n > 0 {
			out.Report.Data = append(out.Report.Data, insightData{string(level), "NUMBER", n})
		}
	}
	return writeJSON(w, out)
}
