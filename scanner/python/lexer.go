package python

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Classes of the first byte of a token.
const (
	classBad = iota
	className
	classSpace
	classNewline
	classDigit
	classQuote
	classOp
	classOpen
	classClose
	classHash
	classBackslash
	classDot
	classHigh
)

// classes tells what a byte begins.
var classes = byteClasses()

func byteClasses() (t [256]uint8) {
	for c := range t {
		switch {
		case ident[c] && (c < '0' || c > '9'):
			t[c] = className
		case ident[c]:
			t[c] = classDigit
		case c >= utf8.RuneSelf:
			t[c] = classHigh
		case single[c] != 0:
			t[c] = classOp
		}
	}
	for class, bytes := range map[uint8]string{
		classSpace: " \t\f", classNewline: "\n\r", classQuote: "\"'", classHash: "#", classBackslash: "\\",
		classDot: ".", classOpen: "([{", classClose: ")]}",
	} {
		for _, c := range []byte(bytes) {
			t[c] = class
		}
	}
	return t
}

// single is the token of an operator of one byte.
var single = [256]token{
	'(': tokLParen, ')': tokRParen, '[': tokLBracket, ']': tokRBracket, '{': tokLBrace, '}': tokRBrace,
	',': tokComma, ':': tokColon, ';': tokSemi, '=': tokAssign, '~': tokTilde, '!': tokBang,
	'+': tokPlus, '-': tokMinus, '*': tokStar, '@': tokAt, '/': tokSlash, '%': tokPercent,
	'|': tokPipe, '^': tokCaret, '&': tokAmper, '<': tokLess, '>': tokGreater,
}

// withEquals is the token of an operator byte followed by '='.
var withEquals = [256]token{
	'=': tokEq, '!': tokNotEq, '<': tokLessEq, '>': tokGreaterEq, ':': tokWalrus,
	'+': tokPlusAssign, '-': tokMinusAssign, '*': tokStarAssign, '@': tokAtAssign, '/': tokSlashAssign,
	'%': tokPercentAssign, '|': tokPipeAssign, '^': tokCaretAssign, '&': tokAmperAssign,
}

// ident holds the ASCII bytes an identifier may go on with.
var ident = identBytes()

func identBytes() (t [256]bool) {
	for c := range t {
		t[c] = c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	return t
}

// lexer reads tokens from src. There is one token of look-ahead, the current one: it reaches from start
// to pos. Copying the struct is all it takes to come back to a place.
type lexer struct {
	src   string
	pos   int   // where the next token is looked for
	start int32 // of the current token
	end   int32 // of the latest token that is not a line end
	last  int32 // end of the token before the current one
	col   int   // indentation of the current logical line
	depth int   // open brackets
	// field is the bracket depth of the innermost replacement field, 0 outside f-strings: there,
	// ":=" is a colon and the beginning of a format.
	field int
	tok   token
	bytes bool // the current string is a bytes literal
	// triple is the latest triple-quoted string.
	triple Span
	// failed is the place of the first error of the statement that is being read.
	failed int32
}

// next moves to the next token.
func (p *parser) next() {
	p.last = p.end
	s, i := p.src, p.pos
	for i < len(s) {
		c := s[i]
		switch classes[c] {
		case classSpace:
			i++
			continue
		case className:
			j := i + 1
			for j < len(s) && ident[s[j]] {
				j++
			}
			if j < len(s) {
				if c := s[j]; c >= utf8.RuneSelf {
					p.unicodeName(i, j)
					return
				} else if (c == '"' || c == '\'') && j-i <= 2 && p.prefixed(i, j) {
					return
				}
			}
			p.set(keyword(s[i:j]), i, j)
			return
		case classNewline:
			if p.depth > 0 {
				i++
				continue
			}
			p.tok, p.start = tokNewline, int32(i)
			p.pos = afterNewline(s, i)
			return
		case classOpen:
			p.depth++
			p.set(single[c], i, i+1)
			if p.depth > maxBrackets {
				p.fail("too many nested brackets")
			}
			return
		case classClose:
			if p.depth > 0 {
				p.depth--
			}
			p.set(single[c], i, i+1)
			return
		case classOp:
			p.operator(c, i)
			return
		case classDot:
			p.dot(i)
			return
		case classDigit:
			p.number(i)
			return
		case classQuote:
			p.bytes = false
			p.plainString(i, i)
			return
		case classHash:
			i = p.comment(i)
			continue
		case classBackslash:
			if i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r') {
				i = afterNewline(s, i+1)
				continue
			}
			p.lexError(i, i+1, "unexpected character after line continuation character")
			return
		case classHigh:
			p.unicodeName(i, i)
			return
		default:
			p.strayByte(i)
			return
		}
	}
	p.tok, p.start, p.pos = tokEOF, int32(len(s)), len(s)
	if p.depth > 0 {
		p.fail("a bracket was never closed")
	}
}

func (p *parser) set(t token, i, j int) {
	p.tok, p.start, p.end, p.pos = t, int32(i), int32(j), j
}

// afterNewline returns the offset behind the line end at i.
func afterNewline(s string, i int) int {
	if s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
		return i + 2
	}
	return i + 1
}

// lineEnd returns the offset of the line end, or end of file, at or after i.
func lineEnd(s string, i int) int {
	n := strings.IndexByte(s[i:], '\n')
	if n < 0 {
		n = len(s) - i
	}
	if r := strings.IndexByte(s[i:i+n], '\r'); r >= 0 {
		n = r
	}
	return i + n
}

// comment returns the end of the comment at i, which is kept when it may suppress a finding.
func (p *parser) comment(i int) int {
	end := lineEnd(p.src, i)
	text := p.src[i:end]
	// The rare letters first: most comments hold neither.
	if strings.IndexByte(text, 'q') > 0 && strings.Contains(text, "noqa") ||
		strings.IndexByte(text, ':') > 0 && strings.Contains(text, "middlebrick:") {
		p.addComment(int32(i), int32(end))
	}
	return end
}

// addComment keeps a comment; text that is read a second time after looking ahead is not kept twice.
func (p *parser) addComment(start, end int32) {
	list := p.file.Comments
	if n := len(list); n > 0 && list[n-1].Start >= start {
		return
	}
	p.file.Comments = append(list, Comment{Span{start, end}, p.src[start:end]})
}

// startLine is called with a line end as the current token. It skips empty lines and comments, measures
// the indentation of the next logical line and moves to its first token.
func (p *parser) startLine() {
	s, i := p.src, p.pos
	col := 0
	for i < len(s) {
		switch s[i] {
		case ' ':
			col++
			i++
		case '\t':
			col = col/8*8 + 8
			i++
		case '\f':
			col = 0
			i++
		case '\n', '\r':
			col = 0
			i++
		case '#':
			i = p.comment(i)
		case '\\':
			// A continued line of nothing but its indentation.
			if i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r') {
				i = afterNewline(s, i+1)
				for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\f') {
					i++
				}
				if i < len(s) && s[i] != '\n' && s[i] != '\r' && s[i] != '#' {
					p.col, p.pos = col, i
					p.next()
					return
				}
				continue
			}
			p.col, p.pos = col, i
			p.next()
			return
		default:
			p.col, p.pos = col, i
			p.next()
			return
		}
	}
	p.last = p.end
	p.col, p.pos, p.tok, p.start = 0, i, tokEOF, int32(i)
}

func (p *parser) operator(c byte, i int) {
	s := p.src
	j := i + 1
	t := single[c]
	if j < len(s) {
		d := s[j]
		switch {
		case d == '=' && withEquals[c] != 0:
			if c != ':' || p.field == 0 || p.field != p.depth {
				t = withEquals[c]
				j++
			}
		case d == '>' && c == '-':
			t = tokArrow
			j++
		case d == '>' && c == '<':
			t = tokNotEq // the spelling of PEP 401, and of Python 2
			j++
		case d == c && (c == '*' || c == '/' || c == '<' || c == '>'):
			j++
			t = doubled(c, j < len(s) && s[j] == '=')
			if t >= tokPlusAssign {
				j++
			}
		}
	}
	p.set(t, i, j)
}

// doubled is the token of a doubled operator, followed by '=' or not.
func doubled(c byte, assign bool) token {
	t := tokDoubleStar
	switch c {
	case '/':
		t = tokDoubleSlash
	case '<':
		t = tokLShift
	case '>':
		t = tokRShift
	}
	if assign {
		t += tokPlusAssign - tokPlus
	}
	return t
}

func (p *parser) dot(i int) {
	s := p.src
	if i+1 < len(s) {
		if c := s[i+1]; '0' <= c && c <= '9' {
			p.number(i)
			return
		} else if c == '.' && i+2 < len(s) && s[i+2] == '.' {
			p.set(tokEllipsis, i, i+3)
			return
		}
	}
	p.set(tokDot, i, i+1)
}

// number reads a number. Digits are not checked against the base: what CPython refuses may pass.
func (p *parser) number(i int) {
	s, j := p.src, i
	t := tokInt
	if s[j] == '0' && j+1 < len(s) {
		switch s[j+1] | 0x20 {
		case 'x':
			j = digits(s, j+2, true)
			p.set(t, i, j)
			return
		case 'o', 'b':
			j = digits(s, j+2, false)
			p.set(t, i, j)
			return
		}
	}
	j = digits(s, j, false)
	if j < len(s) && s[j] == '.' {
		t = tokFloat
		j = digits(s, j+1, false)
	}
	if j < len(s) && s[j]|0x20 == 'e' {
		k := j + 1
		if k < len(s) && (s[k] == '+' || s[k] == '-') {
			k++
		}
		if k < len(s) && '0' <= s[k] && s[k] <= '9' {
			t = tokFloat
			j = digits(s, k, false)
		}
	}
	if j < len(s) && s[j]|0x20 == 'j' {
		t = tokImag
		j++
	}
	p.set(t, i, j)
}

func digits(s string, j int, hex bool) int {
	for j < len(s) {
		c := s[j]
		if '0' <= c && c <= '9' || c == '_' || hex && 'a' <= c|0x20 && c|0x20 <= 'f' {
			j++
			continue
		}
		break
	}
	return j
}

// unicodeName reads an identifier that holds bytes outside ASCII; src[i:j] is known to belong to it.
func (p *parser) unicodeName(i, j int) {
	s := p.src
	for j < len(s) {
		if ident[s[j]] {
			j++
			continue
		}
		if s[j] < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(s[j:])
		if !unicode.IsLetter(r) && !unicode.In(r, unicode.Nl, unicode.Other_ID_Start) &&
			(j == i || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)) {
			if j == i {
				p.lexError(i, i+n, "invalid character in the code")
				return
			}
			break
		}
		j += n
	}
	p.set(keyword(s[i:j]), i, j)
}

// strayByte reports a byte that begins no token. A run of them is one error.
func (p *parser) strayByte(i int) {
	j := i + 1
	for j < len(p.src) && classes[p.src[j]] == classBad {
		j++
	}
	p.lexError(i, j, "invalid character in the code")
}

// lexError makes src[i:j], which is no token, the place of a syntax error.
func (p *parser) lexError(i, j int, message string) {
	p.set(tokBad, i, j)
	p.last = p.start
	p.record(int32(i), message)
}
