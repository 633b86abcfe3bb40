package report

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// timeline draws the two requests side by side, time running downwards.
func (t *text) timeline(f *finding.Finding) {
	if len(f.Steps) == 0 {
		return
	}
	margin := t.indent + 2
	column := (t.width - margin - 3) / 2
	a, b := route(f.Method, f.Endpoint), route(f.Method, f.Endpoint)
	if f.Rival != nil {
		b = route(f.Rival.Method, f.Rival.Endpoint)
	}
	space := strings.Repeat(" ", margin)
	t.line(strings.TrimRight(space+t.actor("A", pad("A  "+Plain(a), column))+t.gutter(" | ")+t.actor("B", fit("B  "+Plain(b), column)), " "))
	t.line(space + t.gutter(strings.Repeat("-", column+1)+"+"+strings.Repeat("-", column+1)))
	for i := range f.Steps {
		step := &f.Steps[i]
		t.moment(i+1, step, column)
	}
	t.line(t.gutter(t.number(0) + " |"))
}

// maxCodeLines bounds the code of one step; more of it stands in the spans.
const maxCodeLines = 3

// moment is one step of the schedule in its column: what the actor does, and below it what he believes.
func (t *text) moment(n int, step *finding.Step, column int) {
	room := column - 8
	lines := wrapCode(Plain(step.Statement(t.files.line)), room)
	if len(lines) > maxCodeLines {
		lines = append(lines[:maxCodeLines-1], strings.Join(lines[maxCodeLines-1:], " "))
	}
	said := len(lines)
	if note := strings.Join(strings.Fields(step.Note), " "); note != "" {
		lines = append(lines, wrapLine("-> "+Plain(note), room)...)
	}
	for i, line := range lines {
		line = fit(line, room)
		filling := strings.Repeat(" ", max(room-columns(line), 0))
		head, lead := strings.Repeat(" ", t.indent+2), strings.Repeat(" ", 8)
		if i == 0 {
			head = t.dim(fmt.Sprintf("%*d  ", t.indent, n))
			lead = t.actor(step.Actor, fmt.Sprintf("%-7s ", verb(step.Role)))
		}
		if i >= said {
			line = t.dim(line)
		}
		if step.Actor == "B" {
			t.line(strings.TrimRight(head+strings.Repeat(" ", column)+t.gutter(" | ")+lead+line, " "))
			continue
		}
		t.line(head + lead + line + filling + t.gutter(" |"))
	}
}
