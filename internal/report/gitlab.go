package report

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// qualityIssue is an entry of GitLab's Code Quality report.
type qualityIssue struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
			End   int `json:"end"`
		} `json:"lines"`
	} `json:"location"`
}

// CodeQuality writes GitLab's Code Quality report, which every tier shows in a merge request.
func CodeQuality(w io.Writer, r *finding.Report) error {
	all, seen := []qualityIssue{}, prints{}
	counted(r, func(f *finding.Finding) {
		i := qualityIssue{Description: title(f) + ": " + f.Description, CheckName: title(f), Fingerprint: seen.of(f),
			Severity: map[finding.Severity]string{finding.Critical: "blocker", finding.High: "critical", finding.Medium: "major", finding.Low: "minor"}[f.Severity]}
		if i.Severity == "" {
			i.Severity = "info"
		}
		i.Location.Path = inRepo(r, f.Location.Path)
		i.Location.Lines.Begin, i.Location.Lines.End = lines(f.Location)
		all = append(all, i)
	})
	return writeJSON(w, all)
}

// The parts of GitLab's SAST report that are written: version 15 of its schema.
type (
	sastReport struct {
		Version         string    `json:"version"`
		Scan            sastScan  `json:"scan"`
		Vulnerabilities []sastBug `json:"vulnerabilities"`
	}
	sastScan struct {
		Analyzer sastTool `json:"analyzer"`
		Scanner  sastTool `json:"scanner"`
		Type     string   `json:"type"`
		Start    string   `json:"start_time"`
		End      string   `json:"end_time"`
		Status   string   `json:"status"`
	}
	sastTool struct {
		ID      string            `json:"id"`
		Name    string            `json:"name"`
		URL     string            `json:"url"`
		Version string            `json:"version"`
		Vendor  map[string]string `json:"vendor"`
	}
	sastBug struct {
		ID          string           `json:"id"`
		Name        string           `json:"name"`
		Description string           `json:"description"`
		Severity    string           `json:"severity"`
		Solution    string           `json:"solution,omitempty"`
		Identifiers []sastIdentifier `json:"identifiers"`
		Location    sastLocation     `json:"location"`
	}
	sastIdentifier struct {
		Type  string `json:"type"`
		Name  string `json:"name"`
		Value string `json:"value"`
		URL   string `json:"url,omitempty"`
	}
	sastLocation struct {
		File  string `json:"file"`
		Start int    `json:"start_line"`
		End   int    `json:"end_line"`
	}
)

const homepage = "https://github.com/middlebrick/middlebrick"

// sastSchema is the version of the schema that the report follows: it needs nothing newer, and an instance refuses a report whose minor
// version it does not know.
const sastSchema = "15.1.4"

// What the schema allows. One text that is longer makes GitLab refuse the whole report.
const (
	sastName        = 255
	sastSolution    = 7000
	sastDescription = 1 << 20
)

// atMost cuts a text to a number of characters.
func atMost(text string, most int) string {
	if len(text) <= most {
		return text
	}
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// SAST writes GitLab's SAST report. It must name the time of the scan, so it is the one form whose bytes depend on when.
func SAST(w io.Writer, r *finding.Report, now time.Time) error {
	at := now.UTC().Format("2006-01-02T15:04:05") // the schema wants no zone
	tool := sastTool{ID: "middlebrick", Name: "middlebrick", URL: homepage, Version: r.Tool.Version, Vendor: map[string]string{"name": "middlebrick"}}
	out := sastReport{Version: sastSchema, Scan: sastScan{tool, tool, "sast", at, at, "success"}, Vulnerabilities: []sastBug{}}
	seen := prints{}
	counted(r, func(f *finding.Finding) {
		begin, end := lines(f.Location)
		out.Vulnerabilities = append(out.Vulnerabilities, sastBug{ID: identity(seen.of(f)), Name: atMost(title(f), sastName), Description: atMost(sink.Prose(f.Description)+"\n\n"+sink.Fence("text", schedule(f)), sastDescription), // GitLab reads it as Markdown
			Severity: sastSeverity(f.Severity), Solution: atMost(f.Remediation, sastSolution), Identifiers: identifiers(f), Location: sastLocation{inRepo(r, f.Location.Path), begin, end}})
	})
	return writeJSON(w, out)
}

func sastSeverity(s finding.Severity) string {
	switch s {
	case finding.Critical, finding.High, finding.Medium, finding.Low:
		return strings.ToUpper(string(s[:1])) + string(s[1:])
	}
	return "Info"
}

// identifiers name the rule and the weakness; an empty name would make the whole report invalid.
func identifiers(f *finding.Finding) []sastIdentifier {
	rule := f.Rule
	if rule == "" {
		rule = "MB000"
	}
	out := []sastIdentifier{{"middlebrick_rule", strings.TrimSpace(rule + " " + f.Name), rule, homepage}}
	for _, cwe := range f.CWE {
		number := strings.TrimPrefix(cwe, "CWE-")
		out = append(out, sastIdentifier{"cwe", cwe, number, "https://cwe.mitre.org/data/definitions/" + number + ".html"})
	}
	return out
}

// identity makes a name-based identifier in the form of a UUID.
func identity(name string) string {
	h := sha256.Sum256([]byte("middlebrick\x00" + name))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
