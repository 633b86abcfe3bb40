package python

// matchStmt reads a match statement, or returns nil without having moved when `match` is just a name. The
// header is read ahead: only a match statement ends its line with a colon.
func (p *parser) matchStmt() Stmt {
	before, trial := p.lexer, p.trial
	start, col := p.start, p.col
	p.next()
	if !p.beginsExpr() {
		p.lexer = before
		return nil
	}
	m := &Match{}
	p.trial = true
	m.Subject = p.starExprs()
	p.trial = trial
	if p.tok == tokColon {
		p.next()
	} else {
		p.tok = tokBad
	}
	if p.tok != tokNewline {
		p.lexer = before
		return nil
	}
	p.missed(before)
	p.startLine()
	if p.col <= col || p.tok == tokEOF {
		p.record(p.start, "expected an indented block")
	} else {
		m.Cases = p.cases(col)
	}
	m.Start, m.End = start, p.last
	return m
}

// cases reads the block of a match statement. What is not a case is an error; its functions are lost.
func (p *parser) cases(parent int) []*MatchCase {
	p.blocks++
	defer func() { p.blocks-- }()
	var list []*MatchCase
	col := p.col
	for p.tok != tokEOF && p.col > parent {
		if p.blocks > maxBlocks || p.col != col || p.tok != tokName || p.text() != "case" {
			p.fail("expected 'case'")
			p.orphans(p.col)
			continue
		}
		p.links, p.compound = 0, true
		p.next()
		c := &MatchCase{Pattern: p.openPattern()}
		if p.accept(tokIf) {
			c.Guard = p.namedExpr()
		}
		c.Body = p.clause(col)
		list = append(list, c)
	}
	return list
}

// openPattern reads the pattern of a case, where a sequence needs no brackets.
func (p *parser) openPattern() Pattern {
	start := p.start
	first := p.starPattern()
	if p.tok != tokComma {
		if _, star := first.(*MatchStar); !star {
			return first
		}
	}
	base := len(p.patterns)
	p.patterns = append(p.patterns, first)
	for p.tok == tokComma {
		p.next()
		if p.tok == tokColon || p.tok == tokIf {
			break
		}
		p.patterns = append(p.patterns, p.starPattern())
	}
	return p.sequence(start, base)
}

func (p *parser) sequence(start int32, base int) Pattern {
	s := &MatchSequence{Patterns: p.takePatterns(base)}
	s.Start, s.End = start, p.last
	return s
}

func (p *parser) takePatterns(base int) []Pattern {
	out := append([]Pattern(nil), p.patterns[base:]...)
	p.patterns = p.patterns[:base]
	return out
}

func (p *parser) starPattern() Pattern {
	if p.tok != tokStar {
		return p.pattern()
	}
	s := &MatchStar{}
	s.Start = p.start
	p.next()
	if s.Name = p.name(); s.Name == "_" {
		s.Name = ""
	}
	s.End = p.last
	return s
}

// pattern reads alternatives and `as`.
func (p *parser) pattern() Pattern {
	start := p.start
	if !p.enter() {
		p.level--
		return p.badPattern()
	}
	e := p.closedPattern()
	if p.tok == tokPipe {
		base := len(p.patterns)
		p.patterns = append(p.patterns, e)
		for p.tok == tokPipe {
			p.next()
			p.patterns = append(p.patterns, p.closedPattern())
		}
		o := &MatchOr{Patterns: p.takePatterns(base)}
		o.Start, o.End = start, p.last
		e = o
	}
	if p.tok == tokAs {
		p.next()
		a := &MatchAs{Pattern: e, Name: p.name()}
		a.Start, a.End = start, p.last
		e = a
	}
	p.level--
	return e
}

func (p *parser) badPattern() Pattern {
	p.fail("expected a pattern")
	a := &MatchAs{}
	a.Start, a.End = p.last, p.last
	return a
}

func (p *parser) closedPattern() Pattern {
	start := p.start
	switch p.tok {
	case tokNone, tokTrue, tokFalse:
		s := &MatchSingleton{Value: p.atom().(*Constant)}
		s.Start, s.End = start, p.last
		return s
	case tokInt, tokFloat, tokImag, tokMinus, tokString, tokFString:
		v := &MatchValue{Value: p.binary(precSum)}
		v.Start, v.End = start, p.last
		return v
	case tokName:
		return p.namePattern()
	case tokLParen, tokLBracket:
		return p.groupPattern()
	case tokLBrace:
		return p.mappingPattern()
	}
	return p.badPattern()
}

// namePattern reads a capture, a dotted name or a class pattern.
func (p *parser) namePattern() Pattern {
	start := p.start
	n := p.nameNodes.alloc()
	n.Start, n.End = start, p.end
	n.ID = p.name()
	var e Expr = n
	for k := 0; p.tok == tokDot; k++ {
		p.link(k)
		a := p.attributes.alloc()
		a.Value = e
		p.accept(tokDot)
		a.Attr = p.name()
		a.Start, a.End = start, p.last
		e = a
	}
	if p.tok == tokLParen {
		return p.classPattern(start, e)
	}
	if e != Expr(n) {
		v := &MatchValue{Value: e}
		v.Start, v.End = start, p.last
		return v
	}
	a := &MatchAs{Name: n.ID}
	if a.Name == "_" {
		a.Name = ""
	}
	a.Start, a.End = start, p.last
	return a
}

func (p *parser) classPattern(start int32, cls Expr) Pattern {
	c := &MatchClass{Cls: cls}
	p.next()
	base := len(p.patterns)
	for p.tok != tokRParen && p.tok != tokBad {
		before := p.start
		e := p.pattern()
		if a, ok := e.(*MatchAs); ok && p.tok == tokAssign && a.Pattern == nil {
			name := p.src[before:a.End]
			p.next()
			c.KwdAttrs = append(c.KwdAttrs, name)
			c.KwdPatterns = append(c.KwdPatterns, p.pattern())
		} else {
			p.patterns = append(p.patterns, e)
		}
		if !p.accept(tokComma) {
			break
		}
	}
	p.expect(tokRParen, "expected ',' or ')'")
	c.Patterns = p.takePatterns(base)
	c.Start, c.End = start, p.last
	return c
}

// groupPattern reads what is in parentheses or brackets: a sequence, or one pattern in parentheses.
func (p *parser) groupPattern() Pattern {
	start := p.start
	closing := tokRParen
	if p.tok == tokLBracket {
		closing = tokRBracket
	}
	p.next()
	base := len(p.patterns)
	comma := false
	for p.tok != closing && p.tok != tokBad {
		p.patterns = append(p.patterns, p.starPattern())
		if p.tok != tokComma {
			break
		}
		comma = true
		p.next()
	}
	p.expect(closing, "expected ',' or a closing bracket")
	if closing == tokRParen && !comma && len(p.patterns) == base+1 {
		e := p.patterns[base]
		if _, star := e.(*MatchStar); !star {
			p.patterns = p.patterns[:base]
			return e
		}
	}
	return p.sequence(start, base)
}

func (p *parser) mappingPattern() Pattern {
	m := &MatchMapping{}
	m.Start = p.start
	p.next()
	for p.tok != tokRBrace && p.tok != tokBad {
		if p.tok == tokDoubleStar {
			p.next()
			m.Rest = p.name()
		} else {
			m.Keys = append(m.Keys, p.binary(precSum))
			if !p.expect(tokColon, "expected ':'") {
				break
			}
			m.Patterns = append(m.Patterns, p.pattern())
		}
		if !p.accept(tokComma) {
			break
		}
	}
	p.expect(tokRBrace, "expected ',' or '}'")
	m.End = p.last
	return m
}
