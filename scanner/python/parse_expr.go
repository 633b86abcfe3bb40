package python

// starExprs reads an expression list as it stands alone, right of `=` or behind `return`: a tuple needs no
// parentheses and elements may be starred.
func (p *parser) starExprs() Expr {
	start := p.start
	first := p.starExpr()
	if p.tok != tokComma {
		return first
	}
	return p.tupleFrom(start, first, (*parser).starExpr)
}

// tupleFrom reads on behind the first element of a tuple without parentheses.
func (p *parser) tupleFrom(start int32, first Expr, element func(*parser) Expr) Expr {
	base := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.tok == tokComma {
		p.next()
		if !p.beginsExpr() {
			break
		}
		p.exprs = append(p.exprs, element(p))
	}
	return p.tuple(start, base)
}

func (p *parser) tuple(start int32, base int) *Tuple {
	t := p.tuples.alloc()
	t.Start, t.End = start, p.last
	t.Elts = p.takeExprs(base)
	return t
}

// exprStart holds the tokens an expression, or a starred one, can begin with.
var exprStart = [256]bool{
	tokName: true, tokInt: true, tokFloat: true, tokImag: true, tokString: true, tokFString: true,
	tokLParen: true, tokLBracket: true, tokLBrace: true, tokEllipsis: true, tokTilde: true,
	tokPlus: true, tokMinus: true, tokStar: true, tokFalse: true, tokNone: true, tokTrue: true,
	tokAwait: true, tokLambda: true, tokNot: true,
}

func (p *parser) beginsExpr() bool { return exprStart[p.tok] }

// starExpr reads `*a` or an expression, with `:=` allowed: where CPython forbids it nothing else fits.
func (p *parser) starExpr() Expr {
	if p.tok == tokStar {
		return p.starred()
	}
	return p.namedExpr()
}

func (p *parser) starred() Expr {
	s := &Starred{}
	s.Start = p.start
	p.next()
	s.Value = p.binary(precBitOr)
	s.End = p.last
	return s
}

// namedExpr reads an expression or `name := expression`.
func (p *parser) namedExpr() Expr {
	e := p.expression()
	if p.tok != tokWalrus {
		return e
	}
	n, ok := e.(*Name)
	if !ok {
		p.fail("cannot use := with this target")
		return e
	}
	w := &NamedExpr{Target: n}
	w.Start = n.Start
	p.next()
	w.Value = p.expression()
	w.End = p.last
	return w
}

// yieldOrStarExprs reads what may stand right of `=`.
func (p *parser) yieldOrStarExprs() Expr {
	if p.tok == tokYield {
		return p.yield()
	}
	return p.starExprs()
}

func (p *parser) yield() Expr {
	start := p.start
	p.next()
	if p.tok == tokFrom {
		y := &YieldFrom{}
		p.next()
		y.Start, y.Value, y.End = start, p.expression(), p.last
		return y
	}
	y := &Yield{}
	if p.beginsExpr() {
		y.Value = p.starExprs()
	}
	y.Start, y.End = start, p.last
	return y
}

// expression reads `a if b else c`, a lambda or anything that binds tighter.
func (p *parser) expression() Expr {
	if !p.enter() {
		p.level--
		return p.badExpr()
	}
	start := p.start
	var e Expr
	if p.tok == tokLambda {
		e = p.lambda()
	} else {
		e = p.binary(precOr)
		if p.tok == tokIf {
			e = p.conditional(start, e)
		}
	}
	p.level--
	return e
}

func (p *parser) conditional(start int32, body Expr) Expr {
	c := &IfExp{Body: body}
	p.next()
	c.Test = p.binary(precOr)
	if p.expect(tokElse, "expected 'else' after 'if' expression") {
		c.Else = p.expression()
	} else {
		c.Else = p.badExpr()
	}
	c.Start, c.End = start, p.last
	return c
}

func (p *parser) lambda() Expr {
	l := &Lambda{}
	l.Start = p.start
	p.next()
	l.Args = p.parameters(tokColon, false)
	if p.expect(tokColon, "expected ':' after the parameters of a lambda") {
		l.Body = p.expression()
	} else {
		l.Body = p.badExpr()
	}
	l.End = p.last
	return l
}

// badExpr stands behind the last token, where an expression was expected.
func (p *parser) badExpr() Expr {
	p.fail("expected an expression")
	b := &BadExpr{}
	b.Start, b.End = p.last, p.last
	return b
}

// binary reads operators that bind at least as tightly as lowest, by precedence climbing.
func (p *parser) binary(lowest uint8) Expr {
	start := p.start
	left := p.unary()
	for n := 0; ; n++ {
		prec := precedence[p.tok]
		if prec < lowest || prec == precNone {
			return left
		}
		switch prec {
		case precOr, precAnd:
			left = p.boolOp(start, left, prec)
		case precCompare:
			left = p.compare(start, left)
		default:
			p.link(n)
			if p.tok == tokBad {
				return left
			}
			b := p.binOps.alloc()
			b.Left = left
			b.Op = Operator(p.tok - tokPlus)
			p.next()
			b.Right = p.binary(prec + 1)
			b.Start, b.End = start, p.last
			left = b
		}
	}
}

func (p *parser) boolOp(start int32, left Expr, prec uint8) Expr {
	op := p.tok
	base := len(p.exprs)
	p.exprs = append(p.exprs, left)
	for p.tok == op {
		p.next()
		p.exprs = append(p.exprs, p.binary(prec+1))
	}
	b := &BoolOp{Or: op == tokOr}
	b.Start, b.End = start, p.last
	b.Values = p.takeExprs(base)
	return b
}

func (p *parser) compare(start int32, left Expr) Expr {
	c := p.compares.alloc()
	c.Left = left
	base := len(p.exprs)
	var few [8]CmpOperator
	ops := few[:0]
	for precedence[p.tok] == precCompare {
		op, ok := p.cmpOperator()
		if !ok {
			break
		}
		ops = append(ops, op)
		p.exprs = append(p.exprs, p.binary(precBitOr))
	}
	c.Ops = p.cmpOps.take(ops)
	c.Comparators = p.takeExprs(base)
	c.Start, c.End = start, p.last
	return c
}

func (p *parser) cmpOperator() (CmpOperator, bool) {
	t := p.tok
	p.next()
	switch t {
	case tokIn:
		return In, true
	case tokIs:
		if p.accept(tokNot) {
			return IsNot, true
		}
		return Is, true
	case tokNot:
		return NotIn, p.expect(tokIn, "expected 'in' after 'not'")
	}
	return CmpOperator(t - tokEq), true
}

func (p *parser) unary() Expr {
	var op UnaryOperator
	switch p.tok {
	default:
		start := p.start
		e := p.primary()
		if p.tok == tokDoubleStar {
			e = p.power(start, e)
		}
		return e
	case tokNot:
		op = Not
	case tokMinus:
		op = USub
	case tokPlus:
		op = UAdd
	case tokTilde:
		op = Invert
	}
	if !p.enter() {
		p.level--
		return p.badExpr()
	}
	u := &UnaryOp{Op: op}
	u.Start = p.start
	p.next()
	if op == Not {
		u.Operand = p.binary(precNot)
	} else {
		u.Operand = p.unary()
	}
	u.End = p.last
	p.level--
	return u
}

// power reads the exponent of base.
func (p *parser) power(start int32, base Expr) Expr {
	if !p.enter() {
		p.level--
		return base
	}
	b := p.binOps.alloc()
	b.Left, b.Op = base, Pow
	p.next()
	b.Right = p.unary()
	b.Start, b.End = start, p.last
	p.level--
	return b
}

// primary reads an atom and what is appended to it: attributes, calls, subscripts.
func (p *parser) primary() Expr {
	start := p.start
	if p.tok == tokAwait {
		p.next()
		a := &Await{}
		if p.tok == tokAwait {
			p.fail("expected an expression")
		}
		a.Value = p.primary()
		a.Start, a.End = start, p.last
		return a
	}
	var e Expr
	if p.tok == tokName {
		n := p.nameNodes.alloc()
		n.Start, n.End = start, p.end
		n.ID = p.src[start:p.pos]
		p.next()
		e = n
	} else {
		e = p.atom()
	}
	for n := 0; ; n++ {
		switch p.tok {
		case tokDot:
			p.link(n)
			a := p.attributes.alloc()
			a.Value = e
			if p.tok == tokDot {
				p.next()
				a.Attr = p.name()
			}
			a.Start, a.End = start, p.last
			e = a
		case tokLParen:
			p.link(n)
			e = p.call(start, e)
		case tokLBracket:
			p.link(n)
			e = p.subscript(start, e)
		default:
			return e
		}
	}
}

func (p *parser) atom() Expr {
	switch p.tok {
	case tokString, tokFString:
		return p.strings()
	case tokInt:
		return p.constant(ConstInt)
	case tokFloat:
		return p.constant(ConstFloat)
	case tokImag:
		return p.constant(ConstComplex)
	case tokNone:
		return p.constant(ConstNone)
	case tokTrue:
		return p.constant(ConstTrue)
	case tokFalse:
		return p.constant(ConstFalse)
	case tokEllipsis:
		return p.constant(ConstEllipsis)
	case tokLParen:
		return p.parenthesised()
	case tokLBracket:
		return p.listDisplay()
	case tokLBrace:
		return p.braceDisplay()
	}
	return p.badExpr()
}

func (p *parser) constant(kind ConstKind) Expr {
	c := p.constants.alloc()
	c.Start, c.End = p.start, p.end
	c.Kind, c.Raw = kind, p.text()
	p.next()
	return c
}

// parenthesised reads a group, a tuple, a generator expression or `(yield)`.
func (p *parser) parenthesised() Expr {
	start := p.start
	p.next()
	if p.tok == tokRParen {
		p.next()
		return p.tuple(start, len(p.exprs))
	}
	var e Expr
	if p.tok == tokYield {
		e = p.yield()
	} else {
		e = p.starExpr()
		if p.tok == tokFor || p.tok == tokAsync {
			return p.comprehension(start, GeneratorExp, e, nil, tokRParen)
		}
	}
	if p.tok != tokComma {
		p.expect(tokRParen, "expected ')'")
		return e
	}
	base := len(p.exprs)
	p.exprs = append(p.exprs, e)
	p.elements(tokRParen)
	return p.tuple(start, base)
}

// elements reads the rest of a display from its first comma to the closing bracket.
func (p *parser) elements(closing token) {
	for p.tok == tokComma {
		p.next()
		if p.tok == closing {
			break
		}
		p.exprs = append(p.exprs, p.starExpr())
	}
	p.expect(closing, "expected ',' or a closing bracket")
}

func (p *parser) listDisplay() Expr {
	start := p.start
	base := len(p.exprs)
	p.next()
	if p.tok == tokRBracket {
		p.next()
	} else {
		e := p.starExpr()
		if p.tok == tokFor || p.tok == tokAsync {
			return p.comprehension(start, ListComp, e, nil, tokRBracket)
		}
		p.exprs = append(p.exprs, e)
		p.elements(tokRBracket)
	}
	l := &List{}
	l.Start, l.End = start, p.last
	l.Elts = p.takeExprs(base)
	return l
}

func (p *parser) braceDisplay() Expr {
	start := p.start
	p.next()
	if p.tok == tokRBrace {
		p.next()
		d := &Dict{}
		d.Start, d.End = start, p.last
		return d
	}
	if p.tok == tokDoubleStar {
		return p.dict(start, nil)
	}
	e := p.starExpr()
	if p.tok == tokColon {
		return p.dict(start, e)
	}
	if p.tok == tokFor || p.tok == tokAsync {
		return p.comprehension(start, SetComp, e, nil, tokRBrace)
	}
	base := len(p.exprs)
	p.exprs = append(p.exprs, e)
	p.elements(tokRBrace)
	s := &Set{}
	s.Start, s.End = start, p.last
	s.Elts = p.takeExprs(base)
	return s
}

// dict reads a dict display or comprehension whose first key, nil for `**`, is known.
func (p *parser) dict(start int32, key Expr) Expr {
	base := len(p.exprs)
	for first := true; ; first = false {
		if key == nil && p.tok != tokDoubleStar {
			key = p.expression()
		}
		if key == nil {
			p.next()
			value := p.binary(precBitOr)
			if first && (p.tok == tokFor || p.tok == tokAsync) {
				return p.comprehension(start, DictComp, value, nil, tokRBrace)
			}
			p.exprs = append(p.exprs, nil, value)
		} else {
			var value Expr
			if p.expect(tokColon, "expected ':' after a dictionary key") {
				value = p.expression()
			} else {
				value = p.badExpr()
			}
			if first && (p.tok == tokFor || p.tok == tokAsync) {
				return p.comprehension(start, DictComp, key, value, tokRBrace)
			}
			p.exprs = append(p.exprs, key, value)
		}
		key = nil
		if p.tok != tokComma {
			break
		}
		p.next()
		if p.tok == tokRBrace {
			break
		}
	}
	p.expect(tokRBrace, "expected ',' or '}'")
	d := &Dict{}
	d.Start, d.End = start, p.last
	pairs := p.exprs[base:]
	both := p.exprLists.take(pairs)
	n := len(pairs) / 2
	for i := 0; i < n; i++ {
		both[i], both[n+i] = pairs[2*i], pairs[2*i+1]
	}
	d.Keys, d.Values = both[:n:n], both[n:]
	p.exprs = p.exprs[:base]
	return d
}

// comprehension reads the clauses behind the element, and the closing bracket.
func (p *parser) comprehension(start int32, kind CompKind, elt, value Expr, closing token) Expr {
	c := &Comp{Kind: kind, Elt: elt, Value: value}
	p.clauses(c)
	p.expect(closing, "expected 'for' or a closing bracket")
	c.Start, c.End = start, p.last
	return c
}

// clauses reads `for … in … if …`, once or more.
func (p *parser) clauses(c *Comp) {
	for p.tok == tokFor || p.tok == tokAsync {
		var g Comprehension
		g.Async = p.accept(tokAsync)
		if !p.expect(tokFor, "expected 'for'") {
			break
		}
		g.Target = p.targets()
		if p.expect(tokIn, "expected 'in'") {
			g.Iter = p.binary(precOr)
		} else {
			g.Iter = p.badExpr()
		}
		base := len(p.exprs)
		for p.tok == tokIf {
			p.next()
			p.exprs = append(p.exprs, p.condition())
		}
		g.Ifs = p.takeExprs(base)
		c.Generators = append(c.Generators, g)
	}
}

// condition reads an if clause of a comprehension, where a conditional expression needs parentheses.
func (p *parser) condition() Expr {
	start := p.start
	if p.tok == tokLambda {
		return p.lambda()
	}
	e := p.binary(precOr)
	if n, ok := e.(*Name); ok && p.tok == tokWalrus {
		w := &NamedExpr{Target: n}
		p.next()
		w.Value = p.expression()
		w.Start, w.End = start, p.last
		return w
	}
	return e
}

// targets reads what `for` assigns to: it ends before `in`.
func (p *parser) targets() Expr {
	start := p.start
	first := p.target()
	if p.tok != tokComma {
		return first
	}
	return p.tupleFrom(start, first, (*parser).target)
}

func (p *parser) target() Expr {
	if p.tok == tokStar {
		return p.starred()
	}
	return p.binary(precBitOr)
}

// call reads the arguments of a call, or of anything that takes arguments.
func (p *parser) call(start int32, f Expr) Expr {
	c := p.calls.alloc()
	c.Func = f
	c.Args, c.Keywords = p.callArguments()
	c.Start, c.End = start, p.last
	return c
}

// callArguments reads from '(' to ')'.
func (p *parser) callArguments() ([]Expr, []*Keyword) {
	if p.tok != tokLParen {
		return nil, nil
	}
	open := p.start
	p.next()
	base, kbase := len(p.exprs), len(p.keywords)
	for p.tok != tokRParen && p.tok != tokBad {
		p.argument(open)
		if p.tok != tokComma {
			break
		}
		p.next()
	}
	if p.tok == tokRParen {
		p.next()
	} else {
		p.fail("expected ',' or ')'")
	}
	if n := len(p.exprs); n == base+1 {
		if g, ok := p.exprs[base].(*Comp); ok && g.Start == open {
			g.End = p.last
		}
	}
	keywords := p.keywordLists.take(p.keywords[kbase:])
	p.keywords = p.keywords[:kbase]
	return p.takeExprs(base), keywords
}

func (p *parser) argument(open int32) {
	start := p.start
	switch p.tok {
	case tokStar:
		s := &Starred{}
		p.next()
		s.Value = p.expression()
		s.Start, s.End = start, p.last
		p.exprs = append(p.exprs, s)
		return
	case tokDoubleStar:
		k := p.keywordsOf.alloc()
		p.next()
		k.Value = p.expression()
		k.Start, k.End = start, p.last
		p.keywords = append(p.keywords, k)
		return
	}
	e := p.namedExpr()
	switch p.tok {
	case tokAssign:
		n, ok := e.(*Name)
		if !ok {
			p.fail("expected a name before '='")
			break
		}
		k := p.keywordsOf.alloc()
		k.Name = n.ID
		p.next()
		k.Value = p.expression()
		k.Start, k.End = start, p.last
		p.keywords = append(p.keywords, k)
		return
	case tokFor, tokAsync:
		// The parentheses of the call are those of the generator expression.
		c := &Comp{Kind: GeneratorExp, Elt: e}
		p.clauses(c)
		c.Start, c.End = open, p.last
		e = c
	}
	p.exprs = append(p.exprs, e)
}

// subscript reads `[…]` behind a value.
func (p *parser) subscript(start int32, value Expr) Expr {
	s := p.subscripts.alloc()
	s.Value = value
	if p.tok == tokLBracket {
		p.next()
	}
	from := p.start
	s.Slice = p.slice()
	if _, star := s.Slice.(*Starred); star || p.tok == tokComma {
		base := len(p.exprs)
		p.exprs = append(p.exprs, s.Slice)
		for p.tok == tokComma {
			p.next()
			if p.tok == tokRBracket {
				break
			}
			p.exprs = append(p.exprs, p.slice())
		}
		s.Slice = p.tuple(from, base)
	}
	p.expect(tokRBracket, "expected ',' or ']'")
	s.Start, s.End = start, p.last
	return s
}

func (p *parser) slice() Expr {
	start := p.start
	var lower Expr
	if p.tok != tokColon {
		lower = p.starExpr()
		if p.tok != tokColon {
			return lower
		}
	}
	s := &Slice{Lower: lower}
	p.next()
	if p.tok != tokColon && p.tok != tokRBracket && p.tok != tokComma {
		s.Upper = p.expression()
	}
	if p.tok == tokColon {
		p.next()
		if p.tok != tokRBracket && p.tok != tokComma {
			s.Step = p.expression()
		}
	}
	s.Start, s.End = start, p.last
	return s
}
