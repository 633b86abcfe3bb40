package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Widths of the text report: it uses the terminal between these, and the default where there is none.
const (
	narrowest    = 60
	widest       = 120
	defaultWidth = 100
)

// text is the state of one text report.
type text struct {
	strings.Builder
	painter
	report *finding.Report
	files  files
	width  int
	lines  int    // the width for lines of source
	indent int    // columns of the line number gutter of the finding at hand
	margin string // between the gutter and the source of the file at hand
}

// Text writes the report for people, in the manner of a compiler: each finding with the lines it is about, the
// interleaving of the two requests, why nothing prevents it, and what to write instead.
func Text(w io.Writer, r *finding.Report, opts Options) error {
	t := &text{painter: painter(opts.Color), report: r, files: newFiles(opts.Source), width: defaultWidth, lines: widest}
	if opts.Width > 0 {
		t.width = min(max(opts.Width, narrowest), widest)
		t.lines = t.width
	}
	shown := 0
	for i := range r.Findings {
		if r.Findings[i].Suppressed != nil {
			continue
		}
		shown++
		t.finding(&r.Findings[i])
		t.WriteByte('\n')
		// What is written is not needed again: a report of many findings need not be held as a whole.
		if _, err := io.WriteString(w, t.String()); err != nil {
			return err
		}
		t.Reset()
	}
	t.tests()
	t.summary(shown)
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *text) finding(f *finding.Finding) {
	spots := collectSpots(f)
	t.indent = len(fmt.Sprint(lastLine(spots)))
	t.heading(f)
	t.spans(f, spots)
	t.timeline(f)
	t.facts(f)
}

// heading is the severity, the rule and the sentence that says who can do what to whom.
func (t *text) heading(f *finding.Finding) {
	label := Plain(fmt.Sprintf("%s[%s]", f.Severity, ruleOf(f)))
	lines := wrap(f.Description, t.width-len(label)-2)
	for i, line := range lines {
		if i == 0 {
			t.line(t.severity(f.Severity, label) + t.bold(": "+line))
			continue
		}
		t.line(strings.Repeat(" ", len(label)+2) + t.bold(line))
	}
}

// facts are what stands below the code: how, why, what to do.
func (t *text) facts(f *finding.Finding) {
	if g := f.Guard; g != nil {
		t.fact("why", strings.TrimSpace(g.Seen+" "+g.Verdict))
	}
	if f.Engine != "" {
		t.fact("engine", f.Engine)
	}
	for _, a := range f.Assumptions {
		t.fact("assumed", a)
	}
	t.routes(f)
	t.fact("fix", f.Remediation)
	t.diff(f.Fix)
	t.fact("confirmed", t.proof(f))
	more := "; middlebrick explain " + f.Rule + " says more"
	if f.Rule == "" {
		more = ""
	}
	t.fact("rule", fmt.Sprintf("%s (%s), %s confidence%s", f.Name, strings.Join(append([]string{f.Category}, f.CWE...), ", "), f.Confidence, more))
}

// proof says which tests saw the race, and what the first of them saw.
func (t *text) proof(f *finding.Finding) string {
	if len(f.Evidence) == 0 {
		return ""
	}
	what := "by running it: " + strings.Join(f.Evidence, ", ")
	for i := range t.report.Tests {
		if x := &t.report.Tests[i]; x.ID == f.Evidence[0] && x.Vulnerability != f.Description {
			what += ": " + x.Vulnerability
		}
	}
	return what
}

// maxRoutes bounds the list of entry points of one finding.
const maxRoutes = 8

func (t *text) routes(f *finding.Finding) {
	var also []string
	for _, r := range f.Routes {
		if r.Method == f.Method && r.Endpoint == f.Endpoint {
			continue
		}
		also = append(also, route(r.Method, r.Endpoint))
	}
	if more := len(also) - maxRoutes; more > 0 {
		also = append(also[:maxRoutes], fmt.Sprintf("%d more", more))
	}
	if len(also) > 0 {
		t.fact("reached", "also from "+strings.Join(also, ", "))
	}
}

// fact writes "= name: text", its further lines below the text.
func (t *text) fact(name, what string) {
	if what == "" {
		return
	}
	head := strings.Repeat(" ", t.indent+1) + "= "
	hang := strings.Repeat(" ", len(head)+len(name)+2)
	for i, line := range wrap(what, t.width-len(hang)) {
		if i == 0 {
			t.line(t.gutter(head) + t.bold(name) + ": " + line)
			continue
		}
		t.line(strings.TrimRight(hang+line, " "))
	}
}

// diff shows the edits of a fix.
func (t *text) diff(fix *finding.Fix) {
	if fix == nil {
		return
	}
	for _, e := range fix.Edits {
		t.line(t.gutter(strings.Repeat(" ", t.indent)+" ::: ") + where(t.report, e.Path, e.StartLine, 0))
		for n := e.StartLine; n <= e.EndLine; n++ {
			if old, ok := t.files.line(e.Path, n); ok {
				t.line(t.gutter(t.number(n)+" | ") + t.bad("- "+Plain(old)))
			}
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(e.Text, "\n"), "\n") {
			t.line(t.gutter(t.number(0)+" | ") + t.good("+ "+Plain(line)))
		}
	}
}

func (t *text) summary(shown int) {
	s := &t.report.Summary
	confirmed := slices.ContainsFunc(t.report.Tests, func(x finding.Test) bool { return finding.Accuses(x.Verdict) })
	switch {
	case shown == 0 && !confirmed:
		t.line("No races found.")
	case shown > 0:
		var parts []string
		for _, level := range []finding.Severity{finding.Critical, finding.High, finding.Medium, finding.Low, finding.Note, finding.Info} {
			if n := s.BySeverity[string(level)]; n > 0 {
				parts = append(parts, t.severity(level, fmt.Sprintf("%d %s", n, level)))
			}
		}
		noun := "races"
		if shown == 1 {
			noun = "race"
		}
		t.line(t.bold(fmt.Sprintf("Found %d %s: ", shown, noun)) + strings.Join(parts, ", ") + ".")
	}
	if s.Suppressed > 0 {
		t.line(fmt.Sprintf("%d suppressed.", s.Suppressed))
	}
}

func (t *text) line(s string) {
	t.WriteString(s)
	t.WriteByte('\n')
}

// number is a line number in the gutter; 0 is an empty one.
func (t *text) number(n int) string {
	if n == 0 {
		return strings.Repeat(" ", t.indent)
	}
	return fmt.Sprintf("%*d", t.indent, n)
}

// route names an entry point.
func route(method, endpoint string) string {
	return strings.TrimSpace(method + " " + endpoint)
}
