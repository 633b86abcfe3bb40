package lsp

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// View is the result of analysing a folder, with the files that its findings speak of.
type View struct {
	Report *finding.Report
	Source map[string][]byte
	lines  map[string][]string
}

// Read returns a file as it was analysed.
func (v *View) Read(path string) ([]byte, error) {
	data, ok := v.Source[path]
	if !ok {
		return nil, fmt.Errorf("%s: not a file of the findings", path)
	}
	return data, nil
}

// line returns a line of a file as it was analysed.
func (v *View) line(path string, n int) string {
	if v.lines == nil {
		v.lines = map[string][]string{}
	}
	lines, ok := v.lines[path]
	if !ok {
		lines = strings.Split(string(v.Source[path]), "\n")
		v.lines[path] = lines
	}
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[n-1], "\r")
}

// span is the text of lines from to to, without what indents the first.
func (v *View) span(path string, from, to int) span {
	to = max(from, to)
	first, last := v.line(path, from), v.line(path, to)
	indent := len(first) - len(strings.TrimLeft(first, " \t\f"))
	return span{position{max(from-1, 0), indent}, position{max(to-1, 0), units(last)}}
}

// at is the span of a location.
func (v *View) at(l finding.Location) span {
	if l.Column < 1 || l.EndColumn < 1 || l.EndLine < l.Line {
		return v.span(l.Path, l.Line, l.EndLine)
	}
	return span{position{max(l.Line-1, 0), l.Column - 1}, position{l.EndLine - 1, l.EndColumn - 1}}
}

// units counts as the protocol does.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// plain makes text of a scanned project harmless for one line of an editor.
func plain(s string, most int) string {
	return sink.Clip(sink.Log(strings.Join(strings.Fields(s), " ")), most)
}

// The longest texts, and the most places, of one diagnostic.
const (
	maxMessage = 2000
	maxStep    = 300
	maxRelated = 64
)

var levels = map[finding.Severity]int{finding.Critical: 1, finding.High: 1, finding.Medium: 2, finding.Low: 3, finding.Note: 4, finding.Info: 4}

var verbs = map[finding.Role]string{finding.Read: "reads", finding.Check: "checks", finding.Suspend: "waits", finding.Act: "acts",
	finding.Lock: "locks", finding.Commit: "commits", finding.Effect: "acts"}

// diagnostics are the findings of a folder by the file in which they are shown.
func (v *View) diagnostics(folder string, withSteps bool) map[string][]diagnostic {
	out := map[string][]diagnostic{}
	for i := range v.Report.Findings {
		f := &v.Report.Findings[i]
		if f.Suppressed == nil && f.Location.Path != "" {
			out[f.Location.Path] = append(out[f.Location.Path], v.diagnostic(folder, f, withSteps))
		}
	}
	return out
}

func (v *View) diagnostic(folder string, f *finding.Finding, withSteps bool) diagnostic {
	d := diagnostic{Range: v.at(f.Location), Severity: levels[f.Severity], Code: f.Rule, Source: "middlebrick",
		Message: plain(f.Description, maxMessage), Data: f.Fingerprint.Race}
	if d.Severity == 0 {
		d.Severity = 2
	}
	for i := range f.Steps {
		if s := &f.Steps[i]; withSteps && s.Path != "" && len(d.Related) < maxRelated {
			d.Related = append(d.Related, related{
				place{uriOf(filepath.Join(folder, filepath.FromSlash(s.Path))), v.span(s.Path, s.Line, s.EndLine)}, v.said(i+1, s)})
		}
	}
	return d
}

// said is a step of the interleaving in words: who does what, and what he believes.
func (v *View) said(n int, s *finding.Step) string {
	verb := verbs[s.Role]
	if verb == "" {
		verb = string(s.Role)
	}
	text := s.Statement(func(path string, n int) (string, bool) { l := v.line(path, n); return l, l != "" })
	what := s.Actor + " " + verb + ": " + text
	if s.Note != "" {
		what += " (" + s.Note + ")"
	}
	return plain(fmt.Sprintf("%d. %s", n, what), maxStep)
}

// touching are the findings that a place of a file belongs to: where they are shown, or one of their steps.
func (v *View) touching(path string, at span) (out []*finding.Finding) {
	for i := range v.Report.Findings {
		f := &v.Report.Findings[i]
		if f.Suppressed == nil && v.touches(f, path, at) {
			out = append(out, f)
		}
	}
	return out
}

func (v *View) touches(f *finding.Finding, path string, at span) bool {
	if f.Location.Path == path && v.at(f.Location).has(at) {
		return true
	}
	for i := range f.Steps {
		if s := &f.Steps[i]; s.Path == path && (span{position{Line: s.Line - 1}, position{Line: max(s.Line, s.EndLine) - 1}}).has(at) {
			return true
		}
	}
	return false
}
