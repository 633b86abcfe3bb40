package python

import "strings"

// Bits of Constant.begin: what a string constant begins inside of. Zero means at a literal of its own.
const (
	beginPiece  = 1 << iota // in the text of an f- or t-string
	beginDebug              // in the expression text of `{x = }`
	beginRaw                // in a raw literal
	beginTriple             // in a triple-quoted literal
	beginDouble             // in a literal quoted with "
)

// prefixed reads a string literal whose prefix is src[i:j], and reports whether that is one.
func (p *parser) prefixed(i, j int) bool {
	formatted, bytes := false, false
	seen := 0
	for _, c := range []byte(p.src[i:j]) {
		switch c | 0x20 {
		case 'r':
			seen |= 1
		case 'u':
			seen |= 2 | 1
		case 'b':
			seen |= 2
			bytes = true
		case 'f', 't':
			seen |= 2
			formatted = true
		default:
			return false
		}
	}
	if j-i == 2 && seen != 3 || j-i == 2 && (p.src[i]|0x20 == 'u' || p.src[j-1]|0x20 == 'u') {
		return false
	}
	p.bytes = bytes
	if formatted {
		p.set(tokFString, i, j+quoteLen(p.src, j))
	} else {
		p.plainString(i, j)
	}
	return true
}

// quoteLen returns the length of the opening quote at q, 1 or 3.
func quoteLen(s string, q int) int {
	if q+2 < len(s) && s[q+1] == s[q] && s[q+2] == s[q] {
		return 3
	}
	return 1
}

// plainString reads the string that starts at i and whose quote is at q. A backslash protects the next
// byte even in raw literals.
func (p *parser) plainString(i, q int) {
	s := p.src
	quote := s[q]
	if quoteLen(s, q) == 3 {
		if end := tripleEnd(s, q+3, quote); end >= 0 {
			p.set(tokString, i, end)
			p.triple = Span{int32(i), int32(end)}
			return
		}
		// Go on behind the line: what follows is more likely code than text.
		p.lexError(i, lineEnd(s, q), "triple-quoted string is never closed")
		return
	}
	for j := q + 1; j < len(s); j++ {
		switch c := s[j]; c {
		case quote:
			p.set(tokString, i, j+1)
			return
		case '\\':
			j++
			if j+1 < len(s) && s[j] == '\r' && s[j+1] == '\n' {
				j++
			}
		case '\n', '\r':
			p.lexError(i, j, "string is never closed")
			return
		}
	}
	p.lexError(i, len(s), "string is never closed")
}

// tripleEnd returns the offset behind the closing quote of a triple-quoted string, or -1.
func tripleEnd(s string, j int, quote byte) int {
	for {
		n := strings.IndexByte(s[j:], quote)
		if n < 0 {
			return -1
		}
		// A backslash can only matter when an odd number of them stands before the quote.
		at := j + n
		k := at
		for k > j && s[k-1] == '\\' {
			k--
		}
		switch {
		case (at-k)%2 == 1:
			j = at + 1
		case at+2 < len(s) && s[at+1] == quote && s[at+2] == quote:
			return at + 3
		default:
			j = at + 1
		}
	}
}

// strings reads adjacent string literals, which are one constant, or one JoinedStr if any is formatted.
func (p *parser) strings() Expr {
	start := p.start
	kind := ConstStr
	if p.bytes {
		kind = ConstBytes
	}
	if p.tok == tokString {
		p.next()
		for p.tok == tokString {
			if p.bytes != (kind == ConstBytes) {
				p.fail("cannot mix bytes and nonbytes literals")
				break
			}
			p.next()
		}
		if p.tok != tokFString {
			c := p.constants.alloc()
			c.Start, c.End = start, p.last
			c.Kind, c.Raw = kind, p.src[start:p.last]
			return c
		}
	}
	j := joiner{parser: p, base: len(p.exprs)}
	if p.last > start {
		j.literal(start, p.last, 0)
	}
	return j.join(start)
}

// joiner collects the values of one JoinedStr. Neighbouring constants become one.
type joiner struct {
	*parser
	base    int
	pending bool
	filled  bool // the pending constant is not empty
	begin   uint8
	from    int32
	to      int32
}

// literal adds constant text.
func (j *joiner) literal(from, to int32, begin uint8) {
	if !j.pending {
		j.pending, j.filled, j.from, j.begin = true, false, from, begin
	}
	j.to = to
	if !j.filled {
		c := Constant{Kind: ConstStr, Raw: j.src[from:to], begin: begin}
		s, ok := c.Str()
		j.filled = s != "" || !ok
	}
}

func (j *joiner) flush() {
	if j.pending && j.filled {
		c := j.constants.alloc()
		c.Start, c.End = j.from, j.to
		c.Kind, c.Raw, c.begin = ConstStr, j.src[j.from:j.to], j.begin
		j.exprs = append(j.exprs, c)
	}
	j.pending = false
}

// join reads the formatted literal that is the current token and all that follow it.
func (j *joiner) join(start int32) Expr {
	n := &JoinedStr{}
	for {
		switch {
		case j.tok == tokFString:
			n.Template = n.Template || strings.ContainsAny(j.text()[:2], "tT")
			if !j.formatted() {
				j.parser.next()
			}
			continue
		case j.tok == tokString:
			j.literal(j.start, j.end, 0)
			j.parser.next()
			continue
		}
		break
	}
	j.flush()
	n.Start, n.End = start, j.last
	n.Values = j.takeExprs(j.base)
	return n
}

// formatted reads one f- or t-string. When something in it cannot be read, the outermost one is skipped as a
// whole: what is behind it remains intact. It reports whether not even its end was found.
func (j *joiner) formatted() (lost bool) {
	p := j.parser
	before, n := p.lexer, len(p.exprs)
	if p.reread > len(p.src)+1<<16 {
		p.record(p.start, "too many broken f-strings; this one is not read")
	} else {
		if j.pieces(p.quotation(), false) && p.tok != tokBad {
			p.end = int32(p.pos)
			return false
		}
		if p.tok != tokBad {
			p.record(int32(p.pos), "f-string is never closed")
			p.tok = tokBad
		}
		p.exprs, j.pending = p.exprs[:n], false
		if before.field > 0 {
			return true
		}
	}
	failed := p.failed
	p.reread += int(failed - before.start)
	p.lexer = before
	p.skipFString()
	p.failed = failed
	return p.tok == tokBad
}

// quotation describes the literal whose opening is the current token.
func (p *parser) quotation() (begin uint8) {
	open := p.text()
	quote := open[len(open)-1]
	begin = beginPiece
	if quote == '"' {
		begin |= beginDouble
	}
	if strings.HasSuffix(open, `"""`) || strings.HasSuffix(open, "'''") {
		begin |= beginTriple
	}
	if strings.ContainsAny(open[:2], "rR") {
		begin |= beginRaw
	}
	return begin
}

// pieces reads text and replacement fields from pos: to the closing quote, or in a format to the closing
// brace. It reports whether that was found.
func (j *joiner) pieces(begin uint8, format bool) bool {
	p := j.parser
	for {
		from := p.pos
		at := min(pieceEnd(p.src, from, begin, format), len(p.src))
		if at > from {
			j.literal(int32(from), int32(at), begin)
		}
		p.pos = at
		if at >= len(p.src) {
			return false
		}
		switch p.src[at] {
		case '{':
			if !j.replacement(begin) {
				return false
			}
		case '}':
			return format
		case '\n', '\r':
			return false
		default:
			p.pos++
			if begin&beginTriple != 0 {
				p.pos += 2
			}
			return !format
		}
	}
}

// pieceEnd finds the end of the text at i: a brace, a closing quote or, in a single-quoted literal, a line
// end. A doubled brace is text, but for the format of a field.
func pieceEnd(s string, i int, begin uint8, format bool) int {
	quote := byte('\'')
	if begin&beginDouble != 0 {
		quote = '"'
	}
	for ; i < len(s); i++ {
		switch c := s[i]; c {
		case quote:
			if begin&beginTriple == 0 || quoteLen(s, i) == 3 {
				return i
			}
		case '{', '}':
			if format || i+1 >= len(s) || s[i+1] != c {
				return i
			}
			i++
		case '\n', '\r':
			if begin&beginTriple == 0 {
				return i
			}
		case '\\':
			i = skipEscape(s, i, begin)
		}
	}
	return i
}

// skipEscape returns the offset of the last byte of the escape sequence at i.
func skipEscape(s string, i int, begin uint8) int {
	if i+1 >= len(s) {
		return i
	}
	switch s[i+1] {
	case '{', '}':
		return i
	case '\r':
		if i+2 < len(s) && s[i+2] == '\n' {
			return i + 2
		}
	case 'N':
		if begin&beginRaw == 0 && i+2 < len(s) && s[i+2] == '{' {
			for k := i + 3; k < len(s) && s[k] != '\n' && s[k] != '"' && s[k] != '\'' && s[k] != '{'; k++ {
				if s[k] == '}' {
					return k
				}
			}
		}
	}
	return i + 1
}

// replacement reads `{expr!r:format}`; pos is at the brace.
func (j *joiner) replacement(begin uint8) bool {
	p := j.parser
	open := int32(p.pos)
	outer := p.field
	p.depth++
	p.field = p.depth
	p.tok, p.start, p.end = tokLBrace, open, open+1
	p.pos++
	if p.depth > maxBrackets {
		p.fail("too many nested brackets")
		return false
	}
	p.next()
	v := &FormattedValue{Value: p.yieldOrStarExprs()}
	if p.tok == tokAssign {
		p.next()
		j.literal(open+1, p.start, beginDebug)
		v.Conversion = 'r'
	}
	debug := v.Conversion != 0
	j.flush()
	if p.tok == tokBang {
		p.next()
		v.Conversion = p.conversion()
		debug = false
	}
	if p.tok == tokColon {
		if debug {
			v.Conversion = 0
		}
		if v.FormatSpec = p.format(begin); v.FormatSpec == nil {
			p.field = outer
			return false
		}
	}
	p.field = outer
	if p.tok != tokRBrace {
		p.fail("expected '}' in an f-string")
		return false
	}
	v.Start, v.End = open, int32(p.pos)
	p.exprs = append(p.exprs, v)
	return true
}

// conversion reads the letter behind '!'.
func (p *parser) conversion() byte {
	if p.tok == tokName {
		if s := p.text(); s == "r" || s == "s" || s == "a" {
			p.next()
			return s[0]
		}
	}
	p.fail("expected r, s or a behind '!'")
	return 0
}

// format reads the format behind the colon that is the current token; it leaves the closing brace as the
// current token.
func (p *parser) format(begin uint8) *JoinedStr {
	j := joiner{parser: p, base: len(p.exprs)}
	n := &JoinedStr{}
	n.Start = p.start
	outer := p.field
	p.field = 0
	ok := j.pieces(begin, true)
	p.field = outer
	if !ok {
		p.exprs = p.exprs[:j.base]
		if p.tok != tokBad {
			p.record(int32(p.pos), "expected '}' in an f-string")
			p.tok = tokBad
		}
		return nil
	}
	j.flush()
	n.End = int32(p.pos)
	n.Values = p.takeExprs(j.base)
	p.depth--
	p.set(tokRBrace, p.pos, p.pos+1)
	return n
}
