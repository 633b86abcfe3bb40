package sink

import (
	"fmt"
	"strings"
)

// Code encodes text as inline code in Markdown, also inside a table cell. It is an HTML element filled with numeric
// character references, and not a span of backticks, because those have a second set of rules inside tables. Nothing
// inside <code> is read as a mention, a reference, a link or an emoji.
func Code(s string) string {
	if s == "" {
		return ""
	}
	return "<code>" + references(visible(s, "")) + "</code>"
}

// Text encodes prose that quotes a scanned project, for one paragraph or table cell of Markdown. Mentions, references
// to issues and bare addresses are found by the platform after Markdown is read, so character references alone do not
// stop them: a zero-width space parts them.
func Text(s string) string {
	s = visible(s, "")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		b.WriteString(reference(c))
		if c == '@' || c == '#' || (c == ':' && strings.HasPrefix(s[i+1:], "//")) {
			b.WriteString("&#8203;")
		}
		if c == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www") || c == '-' && i >= 2 && strings.EqualFold(s[i-2:i], "gh") {
			b.WriteString("&#8203;")
		}
	}
	return b.String()
}

// references replaces every ASCII character that Markdown or HTML can read as a mark.
func references(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteString(reference(s[i]))
	}
	return b.String()
}

func reference(c byte) string {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == ' ', c == ',', c >= 0x80:
		return string([]byte{c})
	}
	return fmt.Sprintf("&#%d;", c)
}

// Fence encodes text as a fenced block. The fence is longer than every run of its character inside, so the block ends
// where it is meant to. The info string must be a constant of the program.
func Fence(info, s string) string {
	s = strings.TrimRight(visible(strings.ReplaceAll(s, "\r\n", "\n"), "\n\t"), "\n")
	fence := strings.Repeat("`", max(3, longestRun(s, '`')+1))
	return fence + info + "\n" + s + "\n" + fence + "\n"
}

// Suggestion encodes replacement lines as a suggestion block of a review comment. What the block holds is committed
// as it stands, so text that would have to be altered is refused.
func Suggestion(s string) (string, bool) {
	if visible(s, "\n\t") != s {
		return "", false
	}
	fence := strings.Repeat("`", max(3, longestRun(s, '`')+1))
	return fence + "suggestion\n" + strings.TrimSuffix(s, "\n") + "\n" + fence + "\n", true
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// Mermaid encodes the label of a message or a note in a Mermaid sequence diagram. The grammar has no escape that holds
// everywhere, so marks that mean something in it are replaced by look-alikes or dropped.
func Mermaid(s string) string {
	s = Clip(strings.Join(strings.Fields(visible(s, "")), " "), 100)
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '<':
			b.WriteRune('‹')
		case '>':
			b.WriteRune('›')
		case '"', '`':
			b.WriteRune('\'')
		case ';':
			b.WriteRune(',')
		case ':':
			b.WriteRune('∶')
		case '#':
			b.WriteRune('♯')
		case '%':
			b.WriteRune('٪')
		case '\\':
			b.WriteRune('⧵')
		case '&':
			b.WriteRune('＆')
		case '@':
			b.WriteRune('＠')
		default:
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return "…"
	}
	return b.String()
}

// Prose encodes prose whose `quoted parts` are code, as rule pages and remediations write them. What stands between two
// backticks is encoded by Code, all else by Text.
func Prose(s string) string {
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 { // a backtick without its partner
		return Text(s)
	}
	for i, p := range parts {
		if i%2 == 1 {
			parts[i] = Code(p)
		} else {
			parts[i] = Text(p)
		}
	}
	return strings.Join(parts, "")
}
