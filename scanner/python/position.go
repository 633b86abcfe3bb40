package python

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Position returns the line and the column, both counted from 1, of a byte offset. Columns count UTF-16
// code units, as SARIF and editors do. It may be called concurrently.
func (f *File) Position(offset int32) (line, column int) {
	f.lineOnce.Do(f.countLines)
	offset = max(f.lines[0], min(offset, int32(len(f.Source))))
	line = sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
	column = 1
	for s := f.Source[f.lines[line-1]:offset]; len(s) > 0; {
		r, n := utf8.DecodeRune(s)
		if column++; r > 0xffff {
			column++
		}
		s = s[n:]
	}
	return line, column
}

// Line returns the text of line n, counted from 1, without its line end; "" if there is no such line.
func (f *File) Line(n int) string {
	f.lineOnce.Do(f.countLines)
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := int32(len(f.Source))
	if n < len(f.lines) {
		end = f.lines[n]
	}
	return strings.TrimRight(string(f.Source[f.lines[n-1]:end]), "\r\n")
}

// Text returns the source of a node.
func (f *File) Text(n Node) string { return string(f.Source[n.Pos():n.Stop()]) }

// countLines fills the table of line starts; a byte order mark belongs to no line.
func (f *File) countLines() {
	s := f.Source
	first := int32(0)
	if strings.HasPrefix(string(s[:min(3, len(s))]), "\ufeff") {
		first = 3
	}
	f.lines = append(f.lines, first)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			f.lines = append(f.lines, int32(i+1))
		case '\n':
			f.lines = append(f.lines, int32(i+1))
		}
	}
}
