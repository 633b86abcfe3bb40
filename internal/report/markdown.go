package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Markdown writes a page for a comment, a wiki or a summary: a table of all findings, then each with its interleaving.
func Markdown(w io.Writer, r *finding.Report, opts Options) error {
	t := &text{report: r, files: newFiles(opts.Source), width: defaultWidth, lines: widest}
	var table, details strings.Builder
	total := 0
	counted(r, func(f *finding.Finding) {
		total++
		at := sink.Code(where(r, f.Location.Path, f.Location.Line, 0))
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", sink.Code(string(f.Severity)), sink.Code(title(f)), at, sink.Code(route(f.Method, f.Endpoint)))
		fmt.Fprintf(&details, "\n## %s %s\n\n%s\n\n%s\n", sink.Code(string(f.Severity)), sink.Text(title(f)), at, sink.Prose(f.Description))
		if len(f.Steps) > 0 {
			t.Reset()
			t.indent = len(fmt.Sprint(len(f.Steps)))
			t.timeline(f)
			details.WriteString("\n" + sink.Fence("text", t.String()))
		}
		if g := f.Guard; g != nil && g.Verdict != "" {
			details.WriteString("\n**Why:** " + sink.Prose(strings.TrimSpace(g.Seen+" "+g.Verdict)) + "\n")
		}
		for _, a := range f.Assumptions {
			details.WriteString("\n**Assumed:** " + sink.Prose(a) + "\n")
		}
		if f.Remediation != "" {
			details.WriteString("\n**To repair:** " + sink.Prose(f.Remediation) + "\n")
		}
	})
	var b strings.Builder
	b.WriteString("# middlebrick\n\n")
	if total == 0 {
		b.WriteString("No races found.\n")
	} else {
		b.WriteString("| severity | rule | place | entry point |\n|---|---|---|---|\n" + table.String() + details.String())
	}
	if n := r.Summary.Suppressed; n > 0 {
		fmt.Fprintf(&b, "\n%d suppressed.\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
