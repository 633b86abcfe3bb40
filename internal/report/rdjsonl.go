package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The parts of reviewdog's diagnostic format that are written. Its columns count bytes.
type (
	rdDiagnostic struct {
		Message     string         `json:"message"`
		Location    rdLocation     `json:"location"`
		Severity    string         `json:"severity"`
		Source      rdNamed        `json:"source"`
		Code        rdCode         `json:"code"`
		Suggestions []rdSuggestion `json:"suggestions,omitempty"`
		Related     []rdRelated    `json:"relatedLocations,omitempty"`
		Original    string         `json:"originalOutput"` // what reviewdog prints without a platform
	}
	rdNamed struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	rdCode struct {
		Value string `json:"value"`
		URL   string `json:"url"`
	}
	rdLocation struct {
		Path  string  `json:"path"`
		Range rdRange `json:"range"`
	}
	rdRange struct {
		Start rdPosition  `json:"start"`
		End   *rdPosition `json:"end,omitempty"`
	}
	rdPosition struct {
		Line   int `json:"line"`
		Column int `json:"column,omitempty"`
	}
	rdSuggestion struct {
		Range rdRange `json:"range"`
		Text  string  `json:"text"`
	}
	rdRelated struct {
		Message  string     `json:"message"`
		Location rdLocation `json:"location"`
	}
)

// RDJSONL writes one line of JSON for each finding, as reviewdog reads them.
func RDJSONL(w io.Writer, r *finding.Report, opts Options) error {
	src := newFiles(opts.Source)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	var err error
	counted(r, func(f *finding.Finding) {
		d := rdDiagnostic{Message: explained(f), Location: rdLocation{inRepo(r, f.Location.Path), src.rdRange(f.Location)}, Severity: "INFO",
			Source: rdNamed{"middlebrick", homepage}, Code: rdCode{f.Rule, homepage},
			Original: Plain(fmt.Sprintf("%s:%d:%d: %s [%s] %s", inRepo(r, f.Location.Path), max(f.Location.Line, 1), max(f.Location.Column, 1), f.Rule, f.Severity, f.Description))}
		switch {
		case f.Severity.Rank() >= finding.High.Rank():
			d.Severity = "ERROR"
		case f.Severity == finding.Medium:
			d.Severity = "WARNING"
		}
		for _, s := range f.Steps {
			d.Related = append(d.Related, rdRelated{s.Actor + " " + verb(s.Role), rdLocation{inRepo(r, s.Path), rdRange{Start: rdPosition{Line: max(s.Line, 1)}}}})
		}
		d.Suggestions = suggestions(f)
		if e := enc.Encode(d); err == nil {
			err = e
		}
	})
	if err != nil {
		return err
	}
	_, err = w.Write(EscapeJSON(b.Bytes()))
	return err
}

// rdRange turns a location into lines and columns in bytes; without the source, lines alone.
func (f files) rdRange(l finding.Location) rdRange {
	begin, end := lines(l)
	out := rdRange{Start: rdPosition{Line: begin}, End: &rdPosition{Line: end}}
	first, ok := f.line(l.Path, begin)
	last, too := f.line(l.Path, end)
	if ok && too && utf8.ValidString(first) && utf8.ValidString(last) && l.Column > 0 && l.EndColumn > 0 {
		out.Start.Column = utf16Offset(first, l.Column) + 1
		out.End.Column = utf16Offset(last, l.EndColumn) + 1
	}
	return out
}

// suggestions are the edits of a verified fix in the file of the finding; reviewdog knows no other.
func suggestions(f *finding.Finding) []rdSuggestion {
	if f.Fix == nil || !f.Fix.Safe {
		return nil
	}
	var out []rdSuggestion
	for _, e := range f.Fix.Edits {
		if e.Path != f.Location.Path {
			return nil
		}
		s := rdSuggestion{Range: rdRange{Start: rdPosition{Line: e.StartLine}, End: &rdPosition{Line: e.EndLine}}, Text: string(bytes.TrimSuffix([]byte(e.Text), []byte("\n")))}
		if e.EndLine < e.StartLine { // an insertion stands before the first column
			s.Range = rdRange{Start: rdPosition{e.StartLine, 1}, End: &rdPosition{e.StartLine, 1}}
			s.Text = e.Text
		}
		out = append(out, s)
	}
	return out
}
