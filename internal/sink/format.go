package sink

import "strings"

// SARIFText encodes the text of a SARIF message, in which "[text](target)" is a link and "{0}" a placeholder. Brackets
// and braces that mean nothing there stay as they are: the braces of a route read better.
func SARIFText(s string) string {
	s = visible(s, "\n\t")
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s)
	}
	return placeholders(s)
}

// SARIFLink encodes text that is to stand between the brackets of a link in a SARIF message.
func SARIFLink(s string) string {
	return placeholders(strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(visible(s, "")))
}

// placeholders doubles the braces around a number; a doubled brace stands for itself.
func placeholders(s string) string {
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
