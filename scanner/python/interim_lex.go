// This file is replaced by the full parser as soon as that lands.

package python

import "strings"

type tok struct {
	kind  byte // 0 EOF, 'n' name, '0' number, 's' string, 'f' fstring start, 'N' newline, 'I' indent, 'D' dedent, 'o' op, 'e' error
	start int32
	end   int32
	text  string
}

type lexer struct {
	src    string
	pos    int
	depth  int
	indent []int
	queue  int // pending dedents
	bol    bool
}

func isIdStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
func isIdent(c byte) bool { return isIdStart(c) || c >= '0' && c <= '9' }

func (l *lexer) mk(k byte, s int) tok {
	return tok{k, int32(s), int32(l.pos), l.src[s:l.pos]}
}

func (l *lexer) next() tok {
	if l.queue > 0 {
		l.queue--
		return tok{'D', int32(l.pos), int32(l.pos), ""}
	}
	for {
		if l.bol && l.depth == 0 {
			col, p := 0, l.pos
			for p < len(l.src) {
				c := l.src[p]
				if c == ' ' {
					col++
				} else if c == '\t' {
					col = (col/8 + 1) * 8
				} else if c == '\f' {
					col = 0
				} else {
					break
				}
				p++
			}
			l.pos = p
			if p >= len(l.src) {
				l.bol = false
				continue
			}
			c := l.src[p]
			if c == '\n' || c == '\r' {
				l.newline()
				continue
			}
			if c == '#' {
				l.comment()
				continue
			}
			l.bol = false
			top := l.indent[len(l.indent)-1]
			if col > top {
				l.indent = append(l.indent, col)
				return tok{'I', int32(p), int32(p), ""}
			}
			n := 0
			for col < l.indent[len(l.indent)-1] {
				l.indent = l.indent[:len(l.indent)-1]
				n++
			}
			if n > 0 {
				l.queue = n - 1
				return tok{'D', int32(p), int32(p), ""}
			}
		}
		if l.pos >= len(l.src) {
			if len(l.indent) > 1 {
				l.indent = l.indent[:len(l.indent)-1]
				return tok{'D', int32(l.pos), int32(l.pos), ""}
			}
			return tok{0, int32(l.pos), int32(l.pos), ""}
		}
		s := l.pos
		c := l.src[s]
		switch {
		case c == ' ' || c == '\t' || c == '\f':
			l.pos++
			continue
		case c == '#':
			l.comment()
			continue
		case c == '\\' && s+1 < len(l.src) && (l.src[s+1] == '\n' || l.src[s+1] == '\r'):
			l.pos++
			l.newline()
			l.bol = false
			continue
		case c == '\n' || c == '\r':
			l.newline()
			if l.depth > 0 {
				continue
			}
			l.bol = true
			return tok{'N', int32(s), int32(s), ""}
		case isIdStart(c):
			for l.pos < len(l.src) && isIdent(l.src[l.pos]) {
				l.pos++
			}
			if l.pos < len(l.src) && (l.src[l.pos] == '"' || l.src[l.pos] == '\'') && l.pos-s <= 2 {
				pre := strings.ToLower(l.src[s:l.pos])
				switch pre {
				case "r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt":
					return l.str(s, pre)
				}
			}
			return l.mk('n', s)
		case c >= '0' && c <= '9' || c == '.' && s+1 < len(l.src) && l.src[s+1] >= '0' && l.src[s+1] <= '9':
			for l.pos < len(l.src) {
				d := l.src[l.pos]
				if isIdent(d) || d == '.' {
					l.pos++
				} else if (d == '+' || d == '-') && (l.src[l.pos-1] == 'e' || l.src[l.pos-1] == 'E') && !strings.HasPrefix(l.src[s:], "0x") {
					l.pos++
				} else {
					break
				}
			}
			return l.mk('0', s)
		case c == '"' || c == '\'':
			return l.str(s, "")
		}
		for _, n := range []int{3, 2} {
			if s+n <= len(l.src) {
				switch l.src[s : s+n] {
				case "**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>", ":=":
					l.pos += n
					return l.mk('o', s)
				}
			}
		}
		l.pos++
		switch c {
		case '(', '[', '{':
			l.depth++
		case ')', ']', '}':
			if l.depth > 0 {
				l.depth--
			}
		}
		return l.mk('o', s)
	}
}

func (l *lexer) newline() {
	if l.src[l.pos] == '\r' && l.pos+1 < len(l.src) && l.src[l.pos+1] == '\n' {
		l.pos++
	}
	l.pos++
}

func (l *lexer) comment() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' && l.src[l.pos] != '\r' {
		l.pos++
	}
}

// str lexes a string literal as one token; f-strings are split by the parser.
func (l *lexer) str(s int, pre string) tok {
	f := strings.ContainsAny(pre, "ft")
	raw := strings.Contains(pre, "r")
	q := l.src[l.pos]
	triple := strings.HasPrefix(l.src[l.pos:], strings.Repeat(string(q), 3))
	n := 1
	if triple {
		n = 3
	}
	l.pos += n
	l.pos = scanStr(l.src, l.pos, q, triple, f, raw, 0)
	k := byte('s')
	if f {
		k = 'f'
	}
	return l.mk(k, s)
}

func scanStr(src string, p int, q byte, triple, f, raw bool, nest int) int {
	for p < len(src) {
		c := src[p]
		switch {
		case c == '\\':
			p += 2
			continue
		case c == q:
			if !triple {
				return p + 1
			}
			if p+2 < len(src) && src[p+1] == q && src[p+2] == q {
				return p + 3
			}
		case (c == '\n') && !triple:
			return p
		case f && c == '{':
			if p+1 < len(src) && src[p+1] == '{' {
				p += 2
				continue
			}
			if nest < 20 {
				p = scanField(src, p+1, q, triple, nest+1)
				continue
			}
		}
		p++
	}
	return len(src)
}

// scanField skips a replacement field and returns the position after its '}'.
func scanField(src string, p int, q byte, triple bool, nest int) int {
	depth := 0
	for p < len(src) {
		c := src[p]
		switch {
		case c == '"' || c == '\'':
			// nested string (prefix irrelevant except f)
			isf := p > 0 && (src[p-1] == 'f' || src[p-1] == 'F' || p > 1 && (src[p-2] == 'f' || src[p-2] == 'F') && (src[p-1] == 'r' || src[p-1] == 'R'))
			t := strings.HasPrefix(src[p:], strings.Repeat(string(c), 3))
			n := 1
			if t {
				n = 3
			}
			p = scanStr(src, p+n, c, t, isf, false, nest+1)
			continue
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == '}':
			if depth <= 0 {
				return p + 1
			}
			depth--
		case c == ':' && depth == 0:
			// format spec: until matching } with nested fields
			p++
			for p < len(src) {
				if src[p] == '{' {
					p = scanField(src, p+1, q, triple, nest+1)
					continue
				}
				if src[p] == '}' {
					return p + 1
				}
				if src[p] == q && !triple || src[p] == '\n' && !triple {
					return p
				}
				p++
			}
			return p
		case c == '\n' && !triple && false:
			return p
		}
		p++
	}
	return p
}
