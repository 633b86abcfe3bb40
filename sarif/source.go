package sarif

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// text is a scanned file, split when it is first needed.
type text struct {
	data   []byte
	lines  []string
	hashes []string
}

func (b *builder) file(path string) *text {
	if t, ok := b.files[path]; ok {
		return t
	}
	t := &text{}
	if b.Source != nil {
		if data, err := b.Source(path); err == nil {
			t = &text{data: data, lines: strings.Split(string(data), "\n")}
		}
	}
	b.files[path] = t
	return t
}

// line returns a line of a file, if the file is at hand.
func (b *builder) line(path string, n int) (string, bool) {
	t := b.file(path)
	if n < 1 || n > len(t.lines) {
		return "", false
	}
	return strings.TrimSuffix(t.lines[n-1], "\r"), true
}

// hash is the line hash of a place, or "" when the file is not at hand.
func (b *builder) hash(path string, line int) string {
	t := b.file(path)
	if t.data == nil {
		return ""
	}
	if t.hashes == nil {
		t.hashes = finding.LineHashes(t.data)
	}
	if line < 1 || line > len(t.hashes) {
		return ""
	}
	return t.hashes[line-1]
}
