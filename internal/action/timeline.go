package action

import (
	"fmt"
	"path"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// maxSteps bounds an interleaving in the summary; more is no longer read.
const maxSteps = 24

// diagram draws the interleaving as a Mermaid sequence: two requests and the state that they share.
func diagram(f finding.Finding) string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n  participant A as request A\n  participant S as shared state\n  participant B as request B\n")
	if f.Endpoint != "" {
		fmt.Fprintf(&b, "  Note over A: %s\n", sink.Mermaid(f.Method+" "+f.Endpoint))
	}
	if f.Rival != nil {
		fmt.Fprintf(&b, "  Note over B: %s\n", sink.Mermaid(f.Rival.Method+" "+f.Rival.Endpoint))
	}
	for _, s := range f.Steps[:min(len(f.Steps), maxSteps)] {
		actor := actorOf(s)
		label := sink.Mermaid(string(s.Role) + ": " + oneLine(s.Text))
		switch s.Role {
		case finding.Read:
			fmt.Fprintf(&b, "  S->>%s: %s\n", actor, label)
		case finding.Act, finding.Lock, finding.Commit, finding.Effect:
			fmt.Fprintf(&b, "  %s->>S: %s\n", actor, label)
		default:
			fmt.Fprintf(&b, "  Note over %s: %s\n", actor, label)
		}
	}
	return b.String()
}

// timeline writes the same interleaving as text, one column for each request.
func (r *run) timeline(f finding.Finding) string {
	var rows [][3]string
	width := len("request A")
	for _, s := range f.Steps[:min(len(f.Steps), maxSteps)] {
		cell := sink.Clip(string(s.Role)+": "+oneLine(s.Text), 60)
		row := [3]string{fmt.Sprintf("%s:%d", path.Base(s.Path), s.Line), cell, ""}
		if actorOf(s) == "B" {
			row[1], row[2] = "", cell
		} else {
			width = max(width, len([]rune(cell)))
		}
		rows = append(rows, row)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s  %-*s  %s\n", "", width, "request A", "request B")
	for _, row := range rows {
		fmt.Fprintf(&b, "%-24s  %-*s  %s\n", sink.Clip(row[0], 24), width, row[1], row[2])
	}
	return b.String()
}

func actorOf(s finding.Step) string {
	if s.Actor == "B" {
		return "B"
	}
	return "A"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fixDiff shows the edits of a finding as a diff.
func (r *run) fixDiff(f finding.Finding) string {
	if f.Fix == nil {
		return ""
	}
	var b strings.Builder
	for _, e := range f.Fix.Edits {
		data, err := r.source(e.Path)
		if err != nil {
			return ""
		}
		lines := strings.Split(string(data), "\n")
		if e.StartLine < 1 || e.EndLine > len(lines) || e.StartLine > len(lines)+1 {
			return ""
		}
		fmt.Fprintf(&b, "--- %s:%d\n", r.inRepo(e.Path), e.StartLine)
		for n := e.StartLine; n <= e.EndLine; n++ {
			b.WriteString("-" + strings.TrimSuffix(lines[n-1], "\r") + "\n")
		}
		for line := range strings.Lines(e.Text) {
			b.WriteString("+" + strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	return b.String()
}
