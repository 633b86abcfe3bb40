// Package sink encodes text for the places where middlebrick writes it: one encoder per place.
//
// Everything that comes from a scanned project is hostile: file names, source lines, route paths, parse errors. A log
// line can hold a command to the runner, a summary can hold a mention, an image or a link, a diagram can hold a
// directive. The rule is that text is encoded once, at the place where it is written, by the encoder of that place;
// what an encoder returns can start nothing there. The tests of the package fuzz exactly these claims.
package sink

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible maps every rune that a reader cannot see, or that acts on a terminal or on the direction of text, to a form
// that can be seen: \n, \x1b, \u202e. Invalid UTF-8 becomes \xNN. Runes in keep are left alone.
func visible(s, keep string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return hidden(r) && !strings.ContainsRune(keep, r) }) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			hex(&b, `\x`, uint32(s[i]), 2)
		case strings.ContainsRune(keep, r):
			b.WriteRune(r)
		case hidden(r):
			name(&b, r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// hidden tells whether a rune is a control, a line break, a direction mark or another format character.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return true
	case r == 0x2028, r == 0x2029, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return unicode.Is(unicode.Cf, r) || r >= 0xe0000 && r <= 0xe007f
}

func name(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r < 0x100:
		hex(b, `\x`, uint32(r), 2)
	case r < 0x10000:
		hex(b, `\u`, uint32(r), 4)
	default:
		hex(b, `\U`, uint32(r), 8)
	}
}

func hex(b *strings.Builder, prefix string, v uint32, digits int) {
	b.WriteString(prefix)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b.WriteByte("0123456789abcdef"[v>>shift&15])
	}
}

// Clip shortens text to at most n runes and marks the cut.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n-1 {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// ClipBytes shortens text to at most n bytes at a rune boundary and marks the cut.
func ClipBytes(s string, n int) string {
	const mark = "…"
	if len(s) <= n {
		return s
	}
	if n < len(mark) {
		return ""
	}
	cut := n - len(mark)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + mark
}
