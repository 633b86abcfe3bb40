package python

// A syntax error costs one logical line. The block indented under that line is kept, and inside brackets
// a line that can only begin a statement tells that a bracket was forgotten.

// badStatement recovers from an error in a statement that began at start.
func (p *parser) badStatement(start int32, col int) {
	b := &BadStmt{}
	i := len(p.stmts)
	p.stmts = append(p.stmts, b)
	b.Body = p.orphans(col)
	b.Start, b.End = start, max(p.last, start)
	p.stmts = p.stmts[:i+1]
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
			continue
		}
		p.headed = p.tok == tokColon
		if p.depth > 0 && p.boundary(col) {
			p.depth = 0
			return
		}
	}
}

// skipFString moves behind the f-string whose opening is the current token, taking it for a plain one.
func (p *parser) skipFString() {
	q := int(p.start)
	for p.src[q] != '"' && p.src[q] != '\'' {
		q++
	}
	p.trial = true
	p.plainString(int(p.start), q)
	p.trial = false
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
