package report

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// spot is a line of source that a finding speaks of.
type spot struct {
	path     string
	line     int
	end      int    // of a statement of several lines, else the same line
	text     string // as the step gives it, for when the file is not at hand
	labels   []label
	primary  bool
	from, to int // 1-based columns in UTF-16 code units, the end exclusive; 0 for the whole line
}

// collectSpots gathers the steps by line, so that a line that both requests run is shown once.
func collectSpots(f *finding.Finding) []*spot {
	type key struct {
		path string
		line int
	}
	byLine := map[key]*spot{}
	var spots []*spot
	at := func(path string, line int) *spot {
		k := key{path, line}
		if byLine[k] == nil {
			byLine[k] = &spot{path: path, line: line, end: line}
			spots = append(spots, byLine[k])
		}
		return byLine[k]
	}
	if l := f.Location; l.Path != "" && l.Line > 0 {
		s := at(l.Path, l.Line)
		s.primary, s.text = true, f.CodeSnippet
		if l.EndLine == l.Line || l.EndLine == 0 {
			s.from, s.to = l.Column, l.EndColumn
		} else {
			s.from = l.Column
		}
	}
	for i := range f.Steps {
		step := &f.Steps[i]
		if step.Path == "" || step.Line <= 0 {
			continue
		}
		s := at(step.Path, step.Line)
		if s.text == "" {
			s.text = step.Text
		}
		if !s.primary {
			s.end = max(s.end, step.EndLine)
		}
		s.label(step)
	}
	return spots
}

// verbs say what a step does: one request alone, and both of them.
var verbs = map[finding.Role][2]string{
	finding.Read: {"reads", "read"}, finding.Check: {"checks", "check"}, finding.Suspend: {"waits", "wait"},
	finding.Act: {"acts", "act"}, finding.Lock: {"locks", "lock"}, finding.Commit: {"commits", "commit"},
	finding.Effect: {"calls", "call"},
}

func verb(r finding.Role) string {
	if v, ok := verbs[r]; ok {
		return v[0]
	}
	return Plain(string(r))
}

// label adds what an actor does to a spot, or makes it what both do when the other one does the same there.
func (s *spot) label(step *finding.Step) {
	for i, l := range s.labels {
		if l.role != step.Role {
			continue
		}
		if l.actor != step.Actor {
			s.labels[i].actor = "both"
		}
		return
	}
	s.labels = append(s.labels, label{step.Actor, step.Role})
}

// label is who does what at a spot.
type label struct {
	actor string
	role  finding.Role
}

// title is "A reads and checks, both act".
func (s *spot) title() string {
	var b strings.Builder
	for i, l := range s.labels {
		word := verb(l.role)
		if both, ok := verbs[l.role]; ok && l.actor == "both" {
			word = both[1]
		}
		switch {
		case i > 0 && s.labels[i-1].actor == l.actor:
			b.WriteString(" and " + word)
		case i > 0:
			b.WriteString(", " + l.actor + " " + word)
		default:
			b.WriteString(l.actor + " " + word)
		}
	}
	return Plain(b.String())
}

func lastLine(spots []*spot) int {
	last := 9
	for _, s := range spots {
		last = max(last, s.line)
	}
	return last
}

// spans shows the lines of a finding, file by file; the file of the primary location comes first.
func (t *text) spans(f *finding.Finding, spots []*spot) {
	var paths []string
	byPath := map[string][]*spot{}
	for _, s := range spots {
		if byPath[s.path] == nil {
			paths = append(paths, s.path)
		}
		byPath[s.path] = append(byPath[s.path], s)
	}
	bar := t.gutter(t.number(0) + " |")
	for i, path := range paths {
		group := byPath[path]
		if i == 0 {
			t.line(t.gutter(t.number(0)+"--> ") + where(t.report, path, f.Location.Line, f.Location.Column))
		} else {
			t.line(t.gutter(t.number(0)+" ::: ") + where(t.report, path, group[0].line, 0))
		}
		t.line(bar)
		sort.SliceStable(group, func(i, j int) bool { return group[i].line < group[j].line })
		t.margin = ""
		if t.files.known(path) && slices.ContainsFunc(group, func(s *spot) bool { return s.end > s.line }) {
			t.margin = "  " // for the bracket beside a statement of several lines
		}
		shown := 0
		for _, s := range group {
			t.between(path, shown, s.line)
			if s.end > s.line && t.margin != "" {
				t.block(s)
			} else {
				t.spot(s, f.Severity)
			}
			shown = max(shown, s.end)
		}
		t.line(bar)
	}
}

// between shows the one or two lines that separate two spots, or that there are more. Line 0 is the top of the file.
func (t *text) between(path string, above, below int) {
	switch {
	case above == 0 || below <= above+1:
	case below-above <= 3:
		for n := above + 1; n < below; n++ {
			line, ok := t.files.line(path, n)
			if !ok {
				return
			}
			t.source(n, t.margin, line)
		}
	default:
		t.line(t.gutter("..."))
	}
}

// source shows one line of a file behind its number.
func (t *text) source(n int, margin, line string) {
	line = fit(Plain(line), t.room())
	t.line(strings.TrimRight(t.gutter(t.number(n)+" | "+margin)+line, " "))
}

// room is the number of columns for a line of source.
func (t *text) room() int { return t.lines - t.indent - 3 - len(t.margin) }

// spot shows one line with the mark and the labels below it.
func (t *text) spot(s *spot, level finding.Severity) {
	source, known := t.files.line(s.path, s.line)
	if !known {
		source, _, _ = strings.Cut(s.text, "\n")
	}
	t.source(s.line, t.margin, source)
	from, to := s.extent(source, known)
	before := min(columns(Plain(source[:from])), t.room()-1)
	length := max(min(columns(Plain(source[from:to])), t.room()-before), 1)
	paint, sign := t.gutter, "-"
	if s.primary {
		paint, sign = func(x string) string { return t.severity(level, x) }, "^"
	}
	mark := strings.TrimRight(strings.Repeat(sign, length)+" "+s.title(), " ")
	t.line(t.gutter(t.number(0)+" | "+t.margin) + strings.Repeat(" ", before) + paint(mark))
}

// maxBlock bounds the lines of one statement that are shown.
const maxBlock = 8

// block shows a statement of several lines with a bracket beside it.
func (t *text) block(s *spot) {
	sign := "/ "
	for n := s.line; n <= s.end; n++ {
		if n == s.line+maxBlock-2 && s.end-s.line >= maxBlock {
			t.line(t.gutter("..." + strings.Repeat(" ", max(t.indent-2, 0)) + "| |"))
			n = s.end
		}
		line, ok := t.files.line(s.path, n)
		if !ok {
			break
		}
		t.source(n, sign, line)
		sign = "| "
	}
	t.line(t.gutter(t.number(0) + " | |____- " + s.title()))
}

// extent returns the byte range of the line to mark: the columns of the location, else the statement without its
// indentation and its comment.
func (s *spot) extent(line string, known bool) (from, to int) {
	if known && s.primary && s.from > 0 {
		from = utf16Offset(line, s.from)
		to = len(strings.TrimRight(line, " \t\r"))
		if s.to > s.from {
			to = utf16Offset(line, s.to)
		}
		if from < to {
			return from, to
		}
	}
	from = len(line) - len(strings.TrimLeft(line, " \t"))
	code := line
	if i := strings.Index(line, "  #"); i > from {
		code = line[:i]
	}
	return from, max(len(strings.TrimRight(code, " \t\r")), from)
}

// utf16Offset turns a 1-based column in UTF-16 code units into a byte offset.
func utf16Offset(line string, column int) int {
	units := 1
	for i, r := range line {
		if units >= column {
			return i
		}
		units++
		if r > 0xffff {
			units++
		}
	}
	return len(line)
}

// files gives the lines of the scanned files, reading each file once.
type files struct {
	source func(string) ([]byte, error)
	lines  map[string][][]byte
}

// maxHeld bounds the number of files whose lines are kept.
const maxHeld = 64

func newFiles(source func(string) ([]byte, error)) files {
	return files{source: source, lines: map[string][][]byte{}}
}

func (f files) known(path string) bool { _, ok := f.line(path, 1); return ok }

func (f files) line(path string, n int) (string, bool) {
	if f.source == nil {
		return "", false
	}
	lines, ok := f.lines[path]
	if !ok {
		if len(f.lines) >= maxHeld {
			clear(f.lines)
		}
		if data, err := f.source(path); err == nil {
			lines = bytes.Split(data, []byte("\n"))
		}
		f.lines[path] = lines
	}
	if n < 1 || n > len(lines) {
		return "", false
	}
	line := bytes.TrimSuffix(lines[n-1], []byte("\r"))
	// A line of megabytes is shown as far as a terminal goes.
	for end := 4 * widest; len(line) > end; end++ {
		if utf8.RuneStart(line[end]) {
			line = line[:end]
		}
	}
	return string(line), true
}
