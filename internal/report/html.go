package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The page is one file: style, script and data stand in it, and its policy allows nothing else. The data is JSON in an element that is
// not run; the script puts it into the page as text only.
var (
	//go:embed html/page.html
	htmlPage string
	//go:embed html/page.css
	htmlStyle string
	//go:embed html/page.js
	htmlScript string
)

// contextLines is how much of the source stands around each line that a finding speaks of.
const contextLines = 3

// page is what the script shows.
type page struct {
	Target   string            `json:"target"`
	Tool     finding.Tool      `json:"tool"`
	Summary  finding.Summary   `json:"summary"`
	Findings []finding.Finding `json:"findings"`
	Tests    []finding.Test    `json:"tests"`
	// Sources are the lines around what the findings speak of, by path and line.
	Sources map[string]map[int]string `json:"sources"`
	// Rules are the explanations by rule, for those that were found.
	Titles map[string]string `json:"titles"`
}

// HTML writes the report as one self-contained page. titles are the titles of the rules.
func HTML(w io.Writer, r *finding.Report, opts Options, titles map[string]string) error {
	p := page{Target: r.Target, Tool: r.Tool, Summary: r.Summary, Findings: r.Findings, Tests: r.Tests, Sources: map[string]map[int]string{}, Titles: map[string]string{}}
	files := map[string][]string{}
	for i := range r.Findings {
		f := &r.Findings[i]
		p.Titles[f.Rule] = titles[f.Rule]
		for _, s := range collectSpots(f) {
			p.quote(s, files, opts.Source)
		}
		if f.Fix != nil {
			for _, e := range f.Fix.Edits {
				p.quote(&spot{path: e.Path, line: e.StartLine, end: max(e.EndLine, e.StartLine)}, files, opts.Source)
			}
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	// json.Marshal writes <, > and & as escapes, so that nothing in the data can end its element.
	_, err = strings.NewReplacer("{{style}}", htmlStyle, "{{script}}", htmlScript, "{{style-hash}}", hashOf(htmlStyle),
		"{{script-hash}}", hashOf(htmlScript), "{{data}}", string(EscapeJSON(data))).WriteString(w, htmlPage)
	return err
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// quote keeps the lines around a spot.
func (p *page) quote(s *spot, files map[string][]string, read func(path string) ([]byte, error)) {
	if s.path == "" || s.line <= 0 || read == nil {
		return
	}
	lines, known := files[s.path]
	if !known {
		if data, err := read(s.path); err == nil {
			lines = strings.Split(strings.ToValidUTF8(string(data), "\uFFFD"), "\n")
		}
		files[s.path] = lines
	}
	kept := p.Sources[s.path]
	if kept == nil {
		kept = map[int]string{}
		p.Sources[s.path] = kept
	}
	for n := max(1, s.line-contextLines); n <= min(len(lines), min(s.end, s.line+20)+contextLines); n++ {
		kept[n] = clipLine(strings.TrimRight(lines[n-1], "\r"))
	}
}

// clipLine bounds what one line of source costs the page.
func clipLine(s string) string {
	if r := []rune(s); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return s
}
