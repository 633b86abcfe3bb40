package python

import "strings"

// A syntax error costs one logical line. The block indented under that line is kept, and inside brackets
// a line that can only begin a statement tells that a bracket was forgotten.

// badStatement recovers from an error in a statement that began at start.
func (p *parser) badStatement(start int32, col int) {
	if p.reopen() {
		start = min(start, p.triple.Start)
	}
	b := &BadStmt{}
	i := len(p.stmts)
	p.stmts = append(p.stmts, b)
	b.Body = p.orphans(col)
	b.Start, b.End = min(start, p.last), p.last
	p.stmts = p.stmts[:i+1]
}

// reopen looks whether the error comes from a triple-quoted string before it that was never closed: it then
// ended where the next one begins, and has swallowed the code between. If so, reading goes on behind the line
// on which the string begins.
func (p *parser) reopen() bool {
	s := p.triple
	if s.End <= s.Start || s.Start < p.reopened || p.failed < s.End || p.failed-s.End > 400 {
		return false
	}
	gap := p.src[s.End:p.failed]
	lines := strings.Count(gap, "\n")
	text := p.src[s.Start:s.End]
	if lines > 2 || !strings.Contains(text, "\n") || !(lines == 0 && strings.TrimSpace(gap) == "") && !holdsCode(text) {
		return false
	}
	// The statement of the string, if it is complete, must not remain beside what it has swallowed.
	if n := len(p.stmts) - 1; n >= p.base && p.stmts[n].Pos() <= s.Start && s.End <= p.stmts[n].Stop() {
		p.stmts = p.stmts[:n]
	} else if lines > 0 {
		return false
	}
	if n := len(p.file.Errors) - 1; n >= 0 && p.file.Errors[n].Offset == p.failed {
		p.file.Errors[n] = SyntaxError{s.Start, "triple-quoted string is never closed"}
	}
	p.reopened = s.Start + 1
	p.depth, p.field = 0, 0
	p.pos = lineEnd(p.src, int(s.Start))
	p.end = int32(p.pos)
	return true
}

// holdsCode reports whether a line of text begins like a definition or decorator.
func holdsCode(text string) bool {
	for range 2000 {
		n := strings.IndexByte(text, '\n')
		if n < 0 {
			return false
		}
		text = strings.TrimLeft(text[n+1:], " \t")
		for _, word := range [...]string{"def ", "class ", "async def ", "@", "return "} {
			if strings.HasPrefix(text, word) {
				return true
			}
		}
	}
	return false
}

// cutString ends a string that was met while skipping, and that has most likely swallowed code, with its line.
func (p *parser) cutString() {
	text := p.src[p.start:p.pos]
	if !strings.Contains(text, "\n") {
		return
	}
	if p.pos < len(p.src) && ident[p.src[p.pos]] || holdsCode(text) {
		p.pos = lineEnd(p.src, int(p.start))
		p.end = int32(p.pos)
	}
}

// orphans skips a logical line with an error and reads the block under it, if there is one.
func (p *parser) orphans(col int) []Stmt {
	p.skipLine(col)
	if p.tok == tokEOF || p.col <= col || !p.headed {
		return nil
	}
	return p.indented(col)
}

// skipLine moves from the place of an error to the first token of the next logical line. The line with the
// error is indented by col.
func (p *parser) skipLine(col int) {
	p.field = 0
	p.headed = false
	for {
		p.trial, p.tok = true, tokNewline
		p.next()
		p.trial = false
		switch p.tok {
		case tokEOF:
			p.col, p.depth = 0, 0
			return
		case tokNewline:
			p.startLine()
			return
		case tokBad:
			p.pos = max(p.pos, int(p.start)+1)
			if p.pos >= len(p.src) {
				p.pos = len(p.src)
				p.depth = 0
			}
			continue
		case tokFString:
			p.skipFString()
			p.cutString()
			continue
		case tokString:
			p.cutString()
		case tokColon:
			if p.compound && p.depth > 0 && p.lineEnds() {
				p.depth = 0 // the header ends here, whatever bracket is open
			}
		}
		p.headed = p.tok == tokColon
		if p.depth > 0 && p.boundary(col) {
			// Deeper lines under a header whose bracket was forgotten are its block.
			p.depth, p.headed = 0, p.compound
			return
		}
	}
}

// lineEnds reports whether nothing but a comment follows on the line.
func (p *parser) lineEnds() bool {
	for _, c := range []byte(p.src[p.pos:]) {
		switch c {
		case ' ', '\t', '\f':
			continue
		case '\n', '\r', '#':
			return true
		}
		return false
	}
	return true
}

// skipFString moves behind the f-string whose opening is the current token, taking it for a plain one.
func (p *parser) skipFString() {
	q := int(p.start)
	for p.src[q] != '"' && p.src[q] != '\'' {
		q++
	}
	trial := p.trial
	p.trial = true
	p.plainString(int(p.start), q)
	p.trial = trial
}

// boundary reports whether the current token, inside brackets, begins a new statement after all; it then
// sets the indentation of the line.
func (p *parser) boundary(col int) bool {
	i := int(p.start) - 1
	for i >= 0 && (p.src[i] == ' ' || p.src[i] == '\t' || p.src[i] == '\f') {
		i--
	}
	if i >= 0 && p.src[i] != '\n' && p.src[i] != '\r' {
		return false
	}
	c := 0
	for _, b := range []byte(p.src[i+1 : p.start]) {
		switch b {
		case '\t':
			c = c/8*8 + 8
		case '\f':
			c = 0
		default:
			c++
		}
	}
	closer := p.tok == tokRParen || p.tok == tokRBracket || p.tok == tokRBrace
	if beginsOnlyStatements[p.tok] || c <= col && !closer {
		p.col = c
		return true
	}
	return false
}
