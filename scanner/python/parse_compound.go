package python

// compoundStmt reads a statement with a header and a block. If its header cannot be read, the current
// token is bad; a function or class whose name is known is kept all the same.
func (p *parser) compoundStmt() Stmt {
	start := p.start
	switch p.tok {
	case tokDef:
		return p.function(start, nil, false)
	case tokClass:
		return p.class(start, nil)
	case tokIf:
		return p.ifStmt()
	case tokFor:
		return p.forStmt(start, false)
	case tokWhile:
		return p.whileStmt()
	case tokTry:
		return p.try()
	case tokWith:
		return p.with(start, false)
	case tokAt:
		return p.decorated()
	}
	return p.async(nil)
}

// async reads the statement behind `async`.
func (p *parser) async(decorators []Expr) Stmt {
	start := p.start
	p.next()
	switch {
	case p.tok == tokDef:
		return p.function(start, decorators, true)
	case p.tok == tokFor && decorators == nil:
		return p.forStmt(start, true)
	case p.tok == tokWith && decorators == nil:
		return p.with(start, true)
	}
	p.fail("expected 'def', 'with' or 'for' after 'async'")
	return nil
}

func (p *parser) decorated() Stmt {
	start, col := p.start, p.col
	base := len(p.exprs)
	for p.tok == tokAt && p.col == col {
		p.next()
		p.exprs = append(p.exprs, p.namedExpr())
		if p.tok == tokNewline {
			p.startLine()
			continue
		}
		// A broken decorator is kept as far as it was understood.
		p.fail("expected a newline after a decorator")
		p.skipLine(col)
	}
	decorators := p.takeExprs(base)
	switch p.tok {
	case tokDef:
		return p.function(p.start, decorators, false)
	case tokClass:
		return p.class(p.start, decorators)
	case tokAsync:
		return p.async(decorators)
	}
	// What follows is no part of the error.
	b := &BadStmt{}
	b.Start, b.End = start, p.last
	p.record(p.start, "expected a function or class after a decorator")
	return b
}

// clause reads the block of a header that is kept even if it cannot be read.
func (p *parser) clause(col int) []Stmt {
	body := p.suite()
	if p.tok == tokBad {
		return p.orphans(col)
	}
	return body
}

// suite reads the block of a header: `:` and either the rest of the line or the indented lines below.
func (p *parser) suite() []Stmt {
	if p.tok != tokColon {
		p.fail("expected ':'")
		return nil
	}
	p.next()
	if p.tok != tokNewline {
		return p.inlineSuite()
	}
	parent := p.col
	p.startLine()
	if p.col <= parent || p.tok == tokEOF {
		p.record(p.start, "expected an indented block")
		return nil
	}
	return p.indented(parent)
}

// inlineSuite reads the simple statements on the line of the header.
func (p *parser) inlineSuite() []Stmt {
	base, outer := len(p.stmts), p.base
	start, col := p.start, p.col
	p.compound, p.base = false, base
	p.simpleLine()
	if p.tok == tokBad {
		p.badStatement(start, col)
	}
	out := p.stmtLists.take(p.stmts[base:])
	p.stmts = p.stmts[:base]
	p.base = outer
	return out
}

// indented reads the block that begins at the current line.
func (p *parser) indented(parent int) []Stmt {
	p.blocks++
	defer func() { p.blocks-- }()
	if p.blocks > maxBlocks {
		p.record(p.start, "too many levels of indentation")
		for p.tok != tokEOF && p.col > parent {
			p.tok = tokBad
			p.pos = int(p.start)
			p.skipLine(p.col)
		}
		return nil
	}
	return p.block(p.col, parent)
}

func (p *parser) function(start int32, decorators []Expr, async bool) Stmt {
	f := p.functions.alloc()
	f.Decorators, f.Async = decorators, async
	col := p.col
	p.next()
	f.NamePos = p.start
	if f.Name = p.name(); f.Name == "" {
		return nil
	}
	f.TypeParams = p.typeParams()
	if p.expect(tokLParen, "expected '('") {
		f.Args = p.parameters(tokRParen, true)
		if p.expect(tokRParen, "expected ',' or ')'") && p.accept(tokArrow) {
			f.Returns = p.starExprs()
		}
	} else {
		f.Args = p.arguments.alloc()
	}
	f.Body = p.clause(col)
	f.Start, f.End = start, p.last
	return f
}

func (p *parser) class(start int32, decorators []Expr) Stmt {
	c := &ClassDef{Decorators: decorators}
	col := p.col
	p.next()
	c.NamePos = p.start
	if c.Name = p.name(); c.Name == "" {
		return nil
	}
	c.TypeParams = p.typeParams()
	c.Bases, c.Keywords = p.callArguments()
	c.Body = p.clause(col)
	c.Start, c.End = start, p.last
	return c
}

// parameters reads the parameters of a function or lambda, up to the closing token.
func (p *parser) parameters(closing token, annotated bool) *Arguments {
	a := p.arguments.alloc()
	base := len(p.args)
	star := false
	for p.tok != closing && p.tok != tokBad {
		switch p.tok {
		case tokSlash:
			p.next()
			a.PosOnly = append(a.PosOnly, p.takeArgs(base)...)
		case tokStar:
			p.next()
			a.Args = p.takeArgs(base)
			star = true
			if p.tok != tokComma {
				if v := p.parameter(annotated, true); v.Name != "" {
					a.VarArg = &v
				}
			}
		case tokDoubleStar:
			p.next()
			if v := p.parameter(annotated, false); v.Name != "" {
				a.KwArg = &v
			}
		default:
			if v := p.parameter(annotated, false); v.Name != "" {
				p.args = append(p.args, v)
			}
		}
		if p.tok != tokComma {
			break
		}
		p.next()
	}
	if star {
		a.KwOnly = p.takeArgs(base)
	} else {
		a.Args = p.takeArgs(base)
	}
	return a
}

func (p *parser) takeArgs(base int) []Arg {
	out := p.argLists.take(p.args[base:])
	p.args = p.args[:base]
	return out
}

func (p *parser) parameter(annotated, starred bool) Arg {
	a := Arg{Span: Span{Start: p.start}}
	a.Name = p.name()
	if annotated && p.tok == tokColon {
		p.next()
		if starred {
			a.Annotation = p.starExpr()
		} else {
			a.Annotation = p.expression()
		}
	}
	a.End = p.last
	if p.tok == tokAssign {
		p.next()
		a.Default = p.expression()
	}
	return a
}

// ifStmt reads if, elif and else in a loop: thousands of branches are one level of recursion here.
func (p *parser) ifStmt() Stmt {
	col := p.col
	first := p.ifs.alloc()
	s := first
	var few [8]*If
	branches := few[:0]
	for n := 0; ; n++ {
		s.Start = p.start
		p.compound = true
		p.next()
		s.Test = p.namedExpr()
		if n > 0 {
			s.Body = p.clause(col)
		} else if s.Body = p.suite(); p.tok == tokBad {
			return nil
		}
		branches = append(branches, s)
		if p.tok != tokElif || p.col != col || n > maxElif {
			break
		}
		e := p.ifs.alloc()
		s.Else = p.one(e)
		s = e
	}
	if p.tok == tokElse && p.col == col {
		p.next()
		s.Else = p.clause(col)
	}
	for _, s := range branches {
		s.End = p.last
	}
	return first
}

// one returns a block of one statement.
func (p *parser) one(s Stmt) []Stmt {
	list := [1]Stmt{s}
	return p.stmtLists.take(list[:])
}

// orElse reads the else clause of a loop or try, if there is one.
func (p *parser) orElse(t token, col int) []Stmt {
	if p.tok != t || p.col != col {
		return nil
	}
	p.next()
	return p.clause(col)
}

func (p *parser) forStmt(start int32, async bool) Stmt {
	f := &For{Async: async}
	col := p.col
	p.next()
	f.Target = p.targets()
	if p.expect(tokIn, "expected 'in'") {
		f.Iter = p.starExprs()
	} else {
		f.Iter = p.badExpr()
	}
	f.Body = p.suite()
	if p.tok == tokBad {
		return nil
	}
	f.Else = p.orElse(tokElse, col)
	f.Start, f.End = start, p.last
	return f
}

func (p *parser) whileStmt() Stmt {
	w := &While{}
	w.Start = p.start
	col := p.col
	p.next()
	w.Test = p.namedExpr()
	w.Body = p.suite()
	if p.tok == tokBad {
		return nil
	}
	w.Else = p.orElse(tokElse, col)
	w.End = p.last
	return w
}

func (p *parser) try() Stmt {
	t := &Try{}
	t.Start = p.start
	col := p.col
	p.next()
	t.Body = p.clause(col)
	for p.tok == tokExcept && p.col == col {
		t.Handlers = append(t.Handlers, p.handler(t, col))
	}
	t.Else = p.orElse(tokElse, col)
	t.Finally = p.orElse(tokFinally, col)
	if t.Handlers == nil && t.Finally == nil && p.tok != tokBad {
		p.record(p.start, "expected 'except' or 'finally' block")
	}
	t.End = p.last
	return t
}

func (p *parser) handler(t *Try, col int) *ExceptHandler {
	h := &ExceptHandler{}
	h.Start = p.start
	p.compound = true
	p.next()
	if p.accept(tokStar) {
		t.Star = true
	}
	if p.tok != tokColon {
		start := p.start
		h.Type = p.expression()
		if p.tok == tokComma {
			h.Type = p.tupleFrom(start, h.Type, (*parser).expression)
		}
		if p.accept(tokAs) {
			h.Name = p.name()
		}
	}
	h.Body = p.clause(col)
	h.End = p.last
	return h
}

func (p *parser) with(start int32, async bool) Stmt {
	w := &With{Async: async}
	p.next()
	if w.Items = p.withParens(); w.Items == nil {
		w.Items = p.withItems(tokColon)
	}
	w.Body = p.suite()
	w.Start, w.End = start, p.last
	return w
}

// withParens reads items in parentheses, or returns nil without having moved when the parenthesis belongs
// to the first item.
func (p *parser) withParens() []WithItem {
	if p.tok != tokLParen {
		return nil
	}
	before, trial := p.lexer, p.trial
	p.trial = true
	p.next()
	items := p.withItems(tokRParen)
	p.trial = trial
	if p.tok == tokRParen {
		p.next()
		if p.tok == tokColon {
			p.missed(before)
			return items
		}
	}
	p.lexer = before
	return nil
}

func (p *parser) withItems(closing token) []WithItem {
	var items []WithItem
	for {
		var i WithItem
		i.Context = p.expression()
		if p.tok == tokAs {
			p.next()
			i.Target = p.target()
		}
		items = append(items, i)
		if p.tok != tokComma {
			return items
		}
		p.next()
		if p.tok == closing && closing == tokRParen {
			return items
		}
	}
}
