package report

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// spot is a line of source that a finding speaks of.
type spot struct {
	path     string
	line     int
	text     string // as the step gives it, for when the file is not at hand
	labels   []string
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
			byLine[k] = &spot{path: path, line: line}
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

// label adds "A reads" to a spot, or makes it "both read" when the other request does the same there.
func (s *spot) label(step *finding.Step) {
	mine := step.Actor + " " + verb(step.Role)
	other := map[string]string{"A": "B ", "B": "A "}[step.Actor] + verb(step.Role)
	both := "both " + verbs[step.Role][1]
	for i, have := range s.labels {
		switch have {
		case mine, both:
			return
		case other:
			s.labels[i] = both
			return
		}
	}
	s.labels = append(s.labels, mine)
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
		arrow, column := " ::: ", 0
		line := group[0].line
		if i == 0 {
			arrow, column = "--> ", f.Location.Column
			t.line(t.gutter(t.number(0)+arrow) + where(t.report, path, f.Location.Line, column))
		} else {
			t.line(t.gutter(t.number(0)+arrow) + where(t.report, path, line, 0))
		}
		t.line(bar)
		slices.SortStableFunc(group, func(a, b *spot) int { return cmp.Compare(a.line, b.line) })
		for j, s := range group {
			if j > 0 {
				t.between(path, group[j-1].line, s.line)
			}
			t.spot(s, f.Severity)
		}
		t.line(bar)
	}
}

// between shows the one or two lines that separate two spots, or that there are more.
func (t *text) between(path string, above, below int) {
	switch {
	case below-above <= 3:
		for n := above + 1; n < below; n++ {
			line, ok := t.files.line(path, n)
			if !ok {
				return
			}
			t.line(strings.TrimRight(t.gutter(t.number(n)+" |")+" "+t.fitLine(line), " "))
		}
	default:
		t.line(t.gutter("..."))
	}
}

func (t *text) fitLine(line string) string { return fit(Plain(line), t.width-t.indent-3) }

// spot shows one line with the mark and the labels below it.
func (t *text) spot(s *spot, level finding.Severity) {
	source, known := t.files.line(s.path, s.line)
	if !known {
		source, _, _ = strings.Cut(s.text, "\n")
	}
	t.line(t.gutter(t.number(s.line)+" | ") + t.fitLine(source))
	from, to := s.extent(source, known)
	room := t.width - t.indent - 3
	before := min(columns(Plain(source[:from])), room-1)
	length := max(min(columns(Plain(source[from:to])), room-before), 1)
	mark := strings.Repeat("-", length)
	if s.primary {
		mark = strings.Repeat("^", length)
	}
	label := strings.Join(s.labels, ", ")
	painted := t.gutter(mark)
	if s.primary {
		painted, label = t.severity(level, mark), t.severity(level, Plain(label))
	} else {
		label = t.gutter(Plain(label))
	}
	t.line(strings.TrimRight(t.gutter(t.number(0)+" | ")+strings.Repeat(" ", before)+painted+" "+label, " "))
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
