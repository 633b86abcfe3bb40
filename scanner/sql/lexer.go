package sql

import "strings"

// Limits: a query beyond them is read up to the limit.
const (
	maxBytes      = 1 << 20
	maxTokens     = 100_000
	maxDepth      = 40
	maxStatements = 5_000
	maxColumns    = 1_000 // of one list
)

type kind uint8

const (
	word kind = iota
	quoted
	str
	num
	param
	op
)

// token is one lexical element. Text of a word is folded to lower case, of a quoted name or string the content.
type token struct {
	kind   kind
	double bool // quoted by ", which some engines also accept around strings
	text   string
	param  Param
}

// lexer cuts a query into tokens. Comments vanish, except MySQL's executable ones (/*! … */), whose content counts.
type lexer struct {
	src    string
	pos    int
	params int // anonymous placeholders seen
	toks   []token
}

func lex(src string) []token {
	if len(src) > maxBytes {
		src = src[:maxBytes]
	}
	l := &lexer{src: src}
	for len(l.toks) < maxTokens && l.skipBlank() {
		l.next()
	}
	return l.toks
}

func (l *lexer) at(i int) byte {
	if i < len(l.src) {
		return l.src[i]
	}
	return 0
}

// skipBlank passes over blanks and comments and tells whether something is left.
func (l *lexer) skipBlank() bool {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c <= ' ':
			l.pos++
		case c == '-' && l.at(l.pos+1) == '-':
			l.skipPast("\n")
		case c == '#' && (l.pos == 0 || l.src[l.pos-1] <= ' ') && l.at(l.pos+1) <= ' ':
			l.skipPast("\n") // MySQL; PostgreSQL's # operator has something behind it
		case c == '/' && l.at(l.pos+1) == '*' && l.at(l.pos+2) == '!':
			l.pos += 3
			for isDigit(l.at(l.pos)) {
				l.pos++
			}
		case c == '/' && l.at(l.pos+1) == '*':
			l.skipComment()
		case c == '*' && l.at(l.pos+1) == '/':
			l.pos += 2
		default:
			return true
		}
	}
	return false
}

func (l *lexer) skipPast(end string) {
	if i := strings.Index(l.src[l.pos:], end); i >= 0 {
		l.pos += i + len(end)
	} else {
		l.pos = len(l.src)
	}
}

// skipComment passes over a block comment; PostgreSQL nests them.
func (l *lexer) skipComment() {
	depth := 0
	for l.pos < len(l.src) {
		switch {
		case l.src[l.pos] == '/' && l.at(l.pos+1) == '*':
			depth++
			l.pos += 2
		case l.src[l.pos] == '*' && l.at(l.pos+1) == '/':
			l.pos += 2
			if depth--; depth == 0 {
				return
			}
		default:
			l.pos++
		}
	}
}

func (l *lexer) next() {
	c := l.src[l.pos]
	switch {
	case c == '\'':
		l.add(token{kind: str, text: l.quote('\'', false)})
	case c == '"':
		l.add(token{kind: quoted, double: true, text: l.quote('"', false)})
	case c == '`':
		l.add(token{kind: quoted, text: l.quote('`', false)})
	case isWordStart(c) || c == '@' && isWordStart(l.at(l.pos+1)): // @user_variable
		l.word()
	case isDigit(c) || c == '.' && isDigit(l.at(l.pos+1)):
		l.number()
	case c == '$' && isDigit(l.at(l.pos+1)):
		l.numbered()
	case c == '$' && l.dollarQuote():
	case c == '?':
		if isDigit(l.at(l.pos + 1)) {
			l.numbered()
			return
		}
		// PostgreSQL's jsonb operators ?| and ?& are operators, a lone ? is a placeholder.
		if n := l.at(l.pos + 1); n == '|' || n == '&' {
			l.operator()
			return
		}
		l.pos++
		l.anonymous()
	case c == '%':
		l.percent()
	case c == ':':
		l.colon()
	case c == '{':
		l.hole()
	default:
		l.operator()
	}
}

func (l *lexer) add(t token) { l.toks = append(l.toks, t) }

func (l *lexer) anonymous() {
	l.params++
	l.add(token{kind: param, text: "?", param: Param{Index: l.params}})
}

// quote reads a quoted text that starts at pos; a doubled quote stands for itself.
func (l *lexer) quote(q byte, backslash bool) string {
	l.pos++
	start := l.pos
	var b strings.Builder
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == q && l.at(l.pos+1) == q:
			b.WriteString(l.src[start : l.pos+1])
			l.pos += 2
			start = l.pos
		case c == q:
			b.WriteString(l.src[start:l.pos])
			l.pos++
			return b.String()
		case c == '\\' && backslash && l.pos+1 < len(l.src):
			l.pos += 2
		default:
			l.pos++
		}
	}
	b.WriteString(l.src[start:l.pos])
	return b.String()
}

func (l *lexer) word() {
	start := l.pos
	l.pos++
	for l.pos < len(l.src) && isWordPart(l.src[l.pos]) {
		l.pos++
	}
	w := strings.ToLower(l.src[start:l.pos])
	if l.at(l.pos) == '\'' && len(w) == 1 && strings.Contains("enxb", w) { // E'…', N'…', X'…', B'…'
		l.add(token{kind: str, text: l.quote('\'', w == "e")})
		return
	}
	if l.at(l.pos) == '{' { // prefix_{hole}: one name made by the program
		if end := strings.IndexByte(l.src[l.pos:], '}'); end > 0 && end < 200 {
			l.pos += end + 1
			for l.pos < len(l.src) && isWordPart(l.src[l.pos]) {
				l.pos++
			}
			l.add(token{kind: word, text: l.src[start:l.pos]})
			return
		}
	}
	l.add(token{kind: word, text: w})
}

func (l *lexer) number() {
	start := l.pos
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		exponent := (c == '+' || c == '-') && (l.src[l.pos-1] == 'e' || l.src[l.pos-1] == 'E')
		if !isWordPart(c) && c != '.' && !exponent {
			break
		}
		l.pos++
	}
	l.add(token{kind: num, text: l.src[start:l.pos]})
}

// numbered reads $1 or ?1.
func (l *lexer) numbered() {
	l.pos++
	start, n := l.pos, 0
	for isDigit(l.at(l.pos)) {
		if n < 1<<20 {
			n = n*10 + int(l.src[l.pos]-'0')
		}
		l.pos++
	}
	l.add(token{kind: param, text: "$" + l.src[start:l.pos], param: Param{Index: n}})
}

// dollarQuote reads $$ … $$ or $tag$ … $tag$.
func (l *lexer) dollarQuote() bool {
	end := l.pos + 1
	for end < len(l.src) && isWordPart(l.src[end]) && l.src[end] != '$' {
		end++
	}
	if l.at(end) != '$' {
		return false
	}
	tag := l.src[l.pos : end+1]
	body := l.src[end+1:]
	if i := strings.Index(body, tag); i >= 0 {
		l.pos = end + 1 + i + len(tag)
		body = body[:i]
	} else {
		l.pos = len(l.src)
	}
	l.add(token{kind: str, text: body})
	return true
}

// percent reads %s, %b, %t, %(name)s, or the operator % (written %% for drivers that format).
func (l *lexer) percent() {
	n := l.at(l.pos + 1)
	switch {
	case (n == 's' || n == 'b' || n == 't' || n == 'd') && !isWordPart(l.at(l.pos+2)):
		l.pos += 2
		l.anonymous()
	case n == '(':
		end := strings.IndexByte(l.src[l.pos:], ')')
		if end < 0 || end > 200 {
			l.operator()
			return
		}
		name := l.src[l.pos+2 : l.pos+end]
		l.pos += end + 1
		if isWordStart(l.at(l.pos)) { // the conversion letter
			l.pos++
		}
		l.add(token{kind: param, text: ":" + name, param: Param{Name: name}})
	case n == '%':
		l.pos += 2
		l.add(token{kind: op, text: "%"})
	default:
		l.operator()
	}
}

// colon reads :name, the cast ::, the assignment :=, or a lone colon (array slices).
func (l *lexer) colon() {
	n := l.at(l.pos + 1)
	switch {
	case n == ':' || n == '=':
		l.add(token{kind: op, text: l.src[l.pos : l.pos+2]})
		l.pos += 2
	case isWordStart(n) || isDigit(n):
		start := l.pos + 1
		for l.pos = start; l.pos < len(l.src) && isWordPart(l.src[l.pos]); l.pos++ {
		}
		name := l.src[start:l.pos]
		l.add(token{kind: param, text: ":" + name, param: Param{Name: name}})
	default:
		l.pos++
		l.add(token{kind: op, text: ":"})
	}
}

// hole reads {…}: a piece that the program fills in, by an f-string or format(). It is a placeholder where a value is
// expected and a name elsewhere. Doubled braces are text.
func (l *lexer) hole() {
	end := strings.IndexByte(l.src[l.pos:], '}')
	if end < 0 || end > 200 {
		l.pos++
		return
	}
	text := l.src[l.pos : l.pos+end+1]
	l.pos += end + 1
	if isWordPart(l.at(l.pos)) { // {prefix}_orders
		start := l.pos
		for l.pos < len(l.src) && isWordPart(l.src[l.pos]) {
			l.pos++
		}
		l.add(token{kind: word, text: text + l.src[start:l.pos]})
		return
	}
	l.add(token{kind: param, text: text, param: Param{Name: text}})
}

var operators = []string{"<=>", "->>", "#>>", "!~*", "<=", ">=", "<>", "!=", "||", "->", "#>", "@>", "<@", "?|", "?&", "&&", "!~", "~*", "=="}

func (l *lexer) operator() {
	for _, o := range operators {
		if strings.HasPrefix(l.src[l.pos:], o) {
			l.pos += len(o)
			l.add(token{kind: op, text: o})
			return
		}
	}
	l.add(token{kind: op, text: l.src[l.pos : l.pos+1]})
	l.pos++
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

func isWordPart(c byte) bool { return isWordStart(c) || isDigit(c) || c == '$' }
