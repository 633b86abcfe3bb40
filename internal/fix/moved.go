package fix

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Moved returns where a line of a file is after the changes. A line that was replaced is where its replacement begins.
func (p *Plan) Moved(path string, line int) int {
	before, after, change := 0, 0, 0 // lines passed; change is the first new line since the last one that stayed
	hunk := false
	for text := range strings.Lines(string(diff.Diff("a", p.Old[path], "b", p.New[path]))) {
		if rest, ok := strings.CutPrefix(text, "@@ -"); ok {
			from, to := start(rest), start(rest[strings.IndexByte(rest, '+')+1:])
			if line < from {
				return line + after - before
			}
			before, after, change, hunk = from-1, to-1, 0, true
			continue
		}
		if !hunk {
			continue // the names of the files
		}
		switch text[0] {
		case '-':
			if before++; before == line {
				return max(after+1, change)
			}
		case '+':
			if after++; change == 0 {
				change = after
			}
		case ' ':
			before, after, change = before+1, after+1, 0
			if before == line {
				return after
			}
		}
	}
	return line + after - before
}

// Follow returns a finding with its places as they are after the changes.
func (p *Plan) Follow(f finding.Finding) finding.Finding {
	f.Location.Line, f.Location.EndLine = p.Moved(f.Location.Path, f.Location.Line), p.Moved(f.Location.Path, f.Location.EndLine)
	f.Steps = slices.Clone(f.Steps)
	for i := range f.Steps {
		s := &f.Steps[i]
		if s.Path != "" && s.Line > 0 {
			s.Line, s.EndLine = p.Moved(s.Path, s.Line), p.Moved(s.Path, max(s.Line, s.EndLine))
		}
	}
	return f
}

// start reads the first number of a range such as "12,7".
func start(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	}
	n, _ := strconv.Atoi(text[:end])
	return n
}

// Undo brings back what Write changed, and takes away what it made.
func (p *Plan) Undo(dir string) error {
	back := &Plan{Old: map[string][]byte{}, New: map[string][]byte{}}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for path, data := range p.New {
		if p.Old[path] != nil {
			back.Old[path], back.New[path] = data, p.Old[path]
			continue
		}
		if now, err := root.ReadFile(filepath.FromSlash(path)); err == nil && bytes.Equal(now, data) {
			if err := root.Remove(filepath.FromSlash(path)); err != nil {
				return err
			}
		}
	}
	return back.Write(dir)
}
