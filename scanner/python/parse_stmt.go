package python

import "strings"

// block reads statements indented by col; parent is the indentation of the header, -1 for a file. Lines
// between the two, and deeper ones, are errors that cost nothing more.
func (p *parser) block(col, parent int) []Stmt {
	base, outer := len(p.stmts), p.base
	p.base = base
	was := col
	for p.tok != tokEOF {
		if p.col != col {
			if p.col <= parent {
				break
			}
			if p.col != was && p.tok != tokBad {
				p.record(p.start, "unexpected indentation")
			}
		}
		was = p.col
		p.statement()
	}
	out := p.stmtLists.take(p.stmts[base:])
	clear(p.stmts[base:])
	p.stmts = p.stmts[:base]
	p.base = outer
	return out
}

// statement reads one compound statement or one line of simple ones, and appends them to stmts.
func (p *parser) statement() {
	start, col := p.start, p.col
	p.links, p.compound = 0, false
	switch p.tok {
	case tokDef, tokClass, tokIf, tokFor, tokWhile, tokTry, tokWith, tokAsync, tokAt:
		p.compound = true
		s := p.compoundStmt()
		if p.tok != tokBad {
			p.stmts = append(p.stmts, s)
			return
		}
	default:
		if p.tok == tokName && p.text() == "match" {
			if s := p.matchStmt(); s != nil {
				p.stmts = append(p.stmts, s)
				return
			}
		}
		p.simpleLine()
		if p.tok != tokBad {
			return
		}
	}
	p.badStatement(start, col)
}

// simpleLine reads simple statements up to and over the end of the line.
func (p *parser) simpleLine() {
	for {
		s := p.simpleStmt()
		if p.tok == tokBad {
			return
		}
		p.stmts = append(p.stmts, s)
		if p.tok == tokSemi {
			p.next()
			if p.tok != tokNewline && p.tok != tokEOF {
				continue
			}
		}
		if p.tok == tokNewline {
			p.startLine()
			return
		}
		if p.tok == tokEOF {
			p.col = 0
			return
		}
		p.fail("invalid syntax")
		// The statement looked complete, but it is not.
		p.stmts = p.stmts[:len(p.stmts)-1]
		return
	}
}

func (p *parser) simpleStmt() Stmt {
	start := p.start
	switch p.tok {
	case tokReturn:
		p.next()
		r := p.returns.alloc()
		if p.beginsExpr() {
			r.Value = p.starExprs()
		}
		r.Start, r.End = start, p.last
		return r
	case tokImport:
		return p.importStmt(start, false)
	case tokFrom:
		return p.importFrom(start, false)
	case tokPass:
		p.next()
		return &Pass{stmtNode{Span{start, p.last}}}
	case tokBreak:
		p.next()
		return &Break{stmtNode{Span{start, p.last}}}
	case tokContinue:
		p.next()
		return &Continue{stmtNode{Span{start, p.last}}}
	case tokRaise:
		return p.raise()
	case tokAssert:
		return p.assert()
	case tokDel:
		return p.del()
	case tokGlobal:
		p.next()
		s := &Global{Names: p.nameList()}
		s.Start, s.End = start, p.last
		return s
	case tokNonlocal:
		p.next()
		s := &Nonlocal{Names: p.nameList()}
		s.Start, s.End = start, p.last
		return s
	case tokName:
		switch p.text() {
		case "type":
			if s := p.typeAlias(); s != nil {
				return s
			}
		case "lazy":
			if s := p.lazyImport(); s != nil {
				return s
			}
		}
	}
	return p.exprStmt()
}

// exprStmt reads an assignment of any kind or an expression that stands alone.
func (p *parser) exprStmt() Stmt {
	start := p.start
	e := p.yieldOrStarExprs()
	switch {
	case p.tok == tokAssign:
		return p.assign(start, e)
	case p.tok == tokColon:
		return p.annAssign(start, e)
	case tokPlusAssign <= p.tok && p.tok <= tokDoubleSlashAssign:
		a := &AugAssign{Target: e, Op: Operator(p.tok - tokPlusAssign)}
		p.next()
		a.Value = p.yieldOrStarExprs()
		a.Start, a.End = start, p.last
		return a
	}
	s := p.exprStmts.alloc()
	s.Start, s.End, s.Value = start, p.last, e
	return s
}

func (p *parser) assign(start int32, first Expr) Stmt {
	a := p.assigns.alloc()
	base := len(p.exprs)
	value := first
	for p.tok == tokAssign {
		p.exprs = append(p.exprs, value)
		p.next()
		value = p.yieldOrStarExprs()
	}
	a.Value = value
	a.Targets = p.takeExprs(base)
	a.Start, a.End = start, p.last
	return a
}

func (p *parser) annAssign(start int32, target Expr) Stmt {
	a := &AnnAssign{Target: target}
	p.next()
	a.Annotation = p.expression()
	if p.tok == tokAssign {
		p.next()
		a.Value = p.yieldOrStarExprs()
	}
	a.Start, a.End = start, p.last
	return a
}

func (p *parser) raise() Stmt {
	r := &Raise{}
	r.Start = p.start
	p.next()
	if p.beginsExpr() {
		r.Exc = p.expression()
		if p.tok == tokFrom {
			p.next()
			r.Cause = p.expression()
		}
	}
	r.End = p.last
	return r
}

func (p *parser) assert() Stmt {
	a := &Assert{}
	a.Start = p.start
	p.next()
	a.Test = p.namedExpr()
	if p.tok == tokComma {
		p.next()
		a.Msg = p.namedExpr()
	}
	a.End = p.last
	return a
}

func (p *parser) del() Stmt {
	d := &Delete{}
	d.Start = p.start
	p.next()
	base := len(p.exprs)
	p.exprs = append(p.exprs, p.target())
	for p.tok == tokComma {
		p.next()
		if !p.beginsExpr() {
			break
		}
		p.exprs = append(p.exprs, p.target())
	}
	d.Targets = p.takeExprs(base)
	d.End = p.last
	return d
}

func (p *parser) nameList() []string {
	list := []string{p.name()}
	for p.tok == tokComma {
		p.next()
		list = append(list, p.name())
	}
	return list
}

// dottedName reads `a.b.c` as written; blanks around the dots, which are rare, are dropped.
func (p *parser) dottedName() string {
	start := p.start
	n := len(p.name())
	for p.tok == tokDot {
		p.next()
		n += 1 + len(p.name())
	}
	s := p.src[start:max(start, p.last)]
	if len(s) != n {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\f\r\n\\", r) }), "")
	}
	return s
}

func (p *parser) importStmt(start int32, lazy bool) Stmt {
	s := &Import{Lazy: lazy}
	p.next()
	for {
		a := Alias{Span: Span{Start: p.start}}
		a.Name = p.dottedName()
		if p.accept(tokAs) {
			a.AsName = p.name()
		}
		a.End = p.last
		s.Names = append(s.Names, a)
		if !p.accept(tokComma) {
			break
		}
	}
	s.Start, s.End = start, p.last
	return s
}

func (p *parser) importFrom(start int32, lazy bool) Stmt {
	s := &ImportFrom{Lazy: lazy}
	p.next()
	for p.tok == tokDot || p.tok == tokEllipsis {
		if s.Level++; p.tok == tokEllipsis {
			s.Level += 2
		}
		p.next()
	}
	if s.Level == 0 || p.tok == tokName {
		s.Module = p.dottedName()
	}
	if p.expect(tokImport, "expected 'import'") {
		s.Names = p.importedNames()
	}
	s.Start, s.End = start, p.last
	return s
}

func (p *parser) importedNames() []Alias {
	if p.tok == tokStar {
		a := Alias{Span{p.start, p.end}, "*", ""}
		p.next()
		return []Alias{a}
	}
	parens := p.accept(tokLParen)
	var few [16]Alias
	list := few[:0]
	for {
		a := Alias{Span: Span{Start: p.start}}
		a.Name = p.name()
		if p.accept(tokAs) {
			a.AsName = p.name()
		}
		a.End = p.last
		list = append(list, a)
		if !p.accept(tokComma) || parens && p.tok == tokRParen {
			break
		}
	}
	if parens {
		p.expect(tokRParen, "expected ',' or ')'")
	}
	return append([]Alias(nil), list...)
}

// lazyImport reads a PEP 810 import, or returns nil when `lazy` is just a name.
func (p *parser) lazyImport() Stmt {
	start, before := p.start, p.lexer
	p.next()
	switch p.tok {
	case tokImport:
		return p.importStmt(start, true)
	case tokFrom:
		return p.importFrom(start, true)
	}
	p.lexer = before
	return nil
}

// typeAlias reads `type X[T] = value`, or returns nil when `type` is just a name.
func (p *parser) typeAlias() Stmt {
	start, before := p.start, p.lexer
	p.next()
	if p.tok != tokName {
		p.lexer = before
		return nil
	}
	t := &TypeAlias{Name: p.nameNodes.alloc()}
	t.Name.Start, t.Name.End = p.start, p.end
	t.Name.ID = p.name()
	t.TypeParams = p.typeParams()
	if p.expect(tokAssign, "expected '='") {
		t.Value = p.expression()
	} else {
		t.Value = p.badExpr()
	}
	t.Start, t.End = start, p.last
	return t
}

// typeParams reads the type parameters in brackets, if there are any.
func (p *parser) typeParams() []*TypeParam {
	if p.tok != tokLBracket {
		return nil
	}
	p.next()
	var list []*TypeParam
	for p.tok != tokRBracket && p.tok != tokBad {
		t := &TypeParam{}
		t.Start = p.start
		if p.tok == tokStar {
			t.Stars = 1
			p.next()
		} else if p.tok == tokDoubleStar {
			t.Stars = 2
			p.next()
		}
		if t.Name = p.name(); t.Name == "" {
			break
		}
		if p.accept(tokColon) {
			t.Bound = p.expression()
		}
		if p.accept(tokAssign) {
			t.Default = p.starExpr()
		}
		t.End = p.last
		list = append(list, t)
		if !p.accept(tokComma) {
			break
		}
	}
	p.expect(tokRBracket, "expected ',' or ']'")
	return list
}
