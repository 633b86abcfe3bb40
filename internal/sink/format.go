package sink

import (
	"strings"
	"unicode/utf8"
)

// SARIFText encodes the text of a SARIF message: "[text](target)" is a link there and "{0}" is a placeholder.
func SARIFText(s string) string {
	s = visible(s, "\n\t")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\', '[', ']':
			b.WriteByte('\\')
			b.WriteByte(s[i])
		case '{', '}':
			// A doubled brace stands for itself.
			b.WriteByte(s[i])
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// URI encodes a path with '/' as a relative reference: every segment percent-encoded, "./" in front of a first segment
// that could be read as a scheme or as a host.
func URI(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if c := path[i]; unreserved(c) || c == '/' {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	uri := b.String()
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ":") || strings.HasPrefix(path, "//") {
		uri = "./" + strings.TrimLeft(uri, "/")
	}
	return uri
}

// unreserved are the characters of a path segment that stay as they are; a colon is safe behind "./".
func unreserved(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("-._~!$'()*+,;=:", c) >= 0
}

// XML encodes text for an attribute value or the content of an element of XML 1.0, in which most control characters
// are illegal in any spelling.
func XML(s string) string {
	s = visible(strings.ReplaceAll(s, "\r\n", "\n"), "\n\t")
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		case '\'':
			b.WriteString("&#39;")
		case '\n':
			b.WriteString("&#10;")
		case '\t':
			b.WriteString("&#9;")
		case 0xfffe, 0xffff, utf8.RuneError:
			b.WriteRune('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
