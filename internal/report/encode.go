package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/middlebrick/middlebrick/internal/sink"
)

// Plain makes one line of text safe for a terminal and a build log. Names of files, source lines and messages about
// them are written by whoever wrote the project.
func Plain(s string) string { return sink.Log(strings.ReplaceAll(s, "\t", "    ")) }

// EscapeJSON replaces, in valid JSON, the characters that are legal there but would steer or deceive a terminal, and the marks of
// commands that a runner obeys anywhere in a line of its log. They can only stand inside strings, where an escape means the same.
func EscapeJSON(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == '#' && i > 0 && data[i-1] == '#' && sink.Commands(data[i-1:]) {
			out = append(out, `\u0023`...)
		} else if r == '\n' || r < utf8.RuneSelf && r != 0x7f || unicode.IsPrint(r) {
			out = append(out, data[i:i+size]...)
		} else if r > 0xffff {
			high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

// wide lists the blocks whose characters take two columns.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x2e80, Hi: 0xa4cf, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1},
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, {Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff00, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, {Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1}, {Lo: 0x20000, Hi: 0x3fffd, Stride: 1}},
}

// columns is the number of terminal columns that a plain text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// fit cuts a plain text to a number of columns and marks the cut.
func fit(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	n := 0
	for i, r := range s {
		if n += runeColumns(r); n > width-1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// pad fits a plain text and fills it up to a number of columns.
func pad(s string, width int) string {
	s = fit(s, width)
	return s + strings.Repeat(" ", max(width-columns(s), 0))
}

// wrap breaks a text into plain lines of at most width columns. Lines that begin with a space are code and stay whole.
func wrap(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n") {
		line = strings.TrimRight(line, "\r ")
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || line == "" {
			lines = append(lines, Plain(line))
			continue
		}
		lines = append(lines, wrapLine(Plain(line), width)...)
	}
	return lines
}

func wrapLine(line string, width int) []string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(line) {
		switch {
		case current == "":
			current = word
		case columns(current)+1+columns(word) <= width:
			current += " " + word
		default:
			lines = append(lines, current)
			current = word
		}
	}
	return append(lines, current)
}

// wrapCode breaks code at a space, behind a bracket or a comma, or before a dot, and where there is none in the middle.
func wrapCode(code string, width int) []string {
	var lines []string
	for columns(code) > width {
		cut, last, used := 0, 0, 0
		for i, r := range code {
			if used += runeColumns(r); used > width {
				break
			}
			cut = i + utf8.RuneLen(r)
			switch {
			case r == '.':
				last = i
			case strings.ContainsRune(" (,[", r):
				last = cut
			}
		}
		if last > cut/2 {
			cut = last
		}
		if cut == 0 {
			break
		}
		lines = append(lines, strings.TrimRight(code[:cut], " "))
		code = strings.TrimLeft(code[cut:], " ")
	}
	return append(lines, code)
}
