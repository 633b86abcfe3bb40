package sarif

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escape keeps text of the scanned project from becoming a link or a placeholder in a SARIF message.
func escape(s string) string {
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`[`, `\[`, `]`, `\]`).Replace(s)
	}
	return braces(s)
}

// bracketed makes text safe between the brackets of a link.
func bracketed(s string) string {
	return braces(strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s))
}

// braces doubles the braces around a number, which would be a placeholder: {0}. Those of a route, {order_id}, are none.
func braces(s string) string {
	for at := 0; ; {
		open := strings.IndexByte(s[at:], '{')
		if open < 0 {
			return s
		}
		open += at
		end := open + 1
		for end < len(s) && '0' <= s[end] && s[end] <= '9' {
			end++
		}
		if end > open+1 && end < len(s) && s[end] == '}' {
			s = s[:open] + "{{" + s[open+1:end] + "}}" + s[end+1:]
			end += 2
		}
		at = end
	}
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}

// cut shortens a text to at most n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// units is the length of a line in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
