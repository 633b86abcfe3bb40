package report

import (
	"fmt"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// hoverWidth is what a window over the text of an editor holds without breaking lines.
const hoverWidth = 88

// Hover writes one finding for the window that an editor opens over the text: the sentence, the interleaving, why, and what to write
// instead. All of it stands in one fenced block: the prose, too, quotes the project, and editors show character references as they are.
func Hover(r *finding.Report, f *finding.Finding, markdown bool, opts Options) string {
	t := &text{painter: painter(false), report: r, files: newFiles(opts.Source), width: hoverWidth, lines: hoverWidth}
	t.indent = len(fmt.Sprint(len(f.Steps)))
	t.heading(f)
	t.timeline(f)
	t.facts(f)
	if !markdown {
		return t.String()
	}
	return sink.Fence("text", t.String())
}
