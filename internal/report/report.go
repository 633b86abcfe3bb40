// Package report writes a finding.Report for people and machines, one file for each form. Whatever comes from the
// scanned project goes through the encoder of its sink first.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Options belong to the forms for people.
type Options struct {
	Color bool
	Width int // columns of the terminal; 0 when unknown
	// Source returns the content of a scanned file, so that lines can be shown as they stand there. It may be nil.
	Source func(path string) ([]byte, error)
}

// JSON writes the report as its contract says.
func JSON(w io.Writer, r *finding.Report) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return err
	}
	_, err := w.Write(EscapeJSON(b.Bytes()))
	return err
}

// Concise writes one line for each finding: path:line:col: MB102 [high] message.
func Concise(w io.Writer, r *finding.Report, opts Options) error {
	p := painter(opts.Color)
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppressed != nil {
			continue
		}
		fmt.Fprintf(&b, "%s: %s %s %s\n", p.bold(where(r, f.Location.Path, f.Location.Line, f.Location.Column)),
			p.severity(f.Severity, Plain(ruleOf(f))), p.severity(f.Severity, "["+Plain(string(f.Severity))+"]"), Plain(f.Description))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleOf names the rule of a finding; what was only seen by running the application has a name alone.
func ruleOf(f *finding.Finding) string {
	if f.Rule == "" {
		return f.Name
	}
	return f.Rule
}

// where writes a place as a person can open it from where the command was called.
func where(r *finding.Report, file string, line, column int) string {
	at := Plain(display(r, file))
	if line > 0 {
		at += fmt.Sprintf(":%d", line)
	}
	if line > 0 && column > 0 {
		at += fmt.Sprintf(":%d", column)
	}
	return at
}

func display(r *finding.Report, file string) string {
	if r.Target == "" || r.Target == "." {
		return file
	}
	return path.Join(r.Target, file)
}
