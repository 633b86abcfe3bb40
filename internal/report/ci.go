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

// What the forms for other programs share. Suppressed findings are left out of all of them: none of these programs
// knows the mark.

// counted calls do for the findings that count.
func counted(r *finding.Report, do func(*finding.Finding)) {
	for i := range r.Findings {
		if r.Findings[i].Suppressed == nil {
			do(&r.Findings[i])
		}
	}
}

// inRepo is a path as the platform knows it, which stands in the root of the repository as the caller does.
func inRepo(r *finding.Report, file string) string {
	if t := r.Target; t == "" || t == "." || path.IsAbs(t) || t == ".." || strings.HasPrefix(t, "../") {
		return file
	}
	return path.Join(r.Target, file)
}

// title names the rule of a finding; an alert of the prober alone has none.
func title(f *finding.Finding) string {
	return strings.TrimSpace(f.Rule + " " + f.Name)
}

// explained is the description with the guard and the repair, one paragraph each.
func explained(f *finding.Finding) string {
	parts := []string{f.Description}
	if g := f.Guard; g != nil && g.Verdict != "" {
		parts = append(parts, "Why: "+strings.TrimSpace(g.Seen+" "+g.Verdict)+".")
	}
	if f.Remediation != "" {
		parts = append(parts, "To repair: "+f.Remediation)
	}
	return strings.Join(parts, "\n")
}

// schedule is the interleaving in words, one line a step.
func schedule(f *finding.Finding) string {
	var b strings.Builder
	for i, s := range f.Steps {
		fmt.Fprintf(&b, "%d. %s %s %s:%d: %s\n", i+1, s.Actor, verb(s.Role), s.Path, s.Line, s.Text)
	}
	return b.String()
}

// lines is the extent of a finding in lines.
func lines(l finding.Location) (begin, end int) {
	begin = max(l.Line, 1)
	return begin, max(l.EndLine, begin)
}

// prints gives every finding a fingerprint of its own: platforms drop all but one of those that are equal.
type prints map[string]int

func (p prints) of(f *finding.Finding) string {
	key := f.Fingerprint.Race
	if key == "" {
		key = f.ID
	}
	p[key]++
	if n := p[key]; n > 1 {
		return fmt.Sprintf("%s-%d", key, n)
	}
	return key
}

// writeJSON writes a value as the machines of others read it: indented, and without anything that steers a terminal.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(EscapeJSON(b.Bytes()))
	return err
}
