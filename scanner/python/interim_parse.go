// This file is replaced by the full parser as soon as that lands.

package python

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

var lineMu sync.Mutex

type parser struct {
	lexer
	f    *File
	t    tok
	prev int32
	nest int
}

type syntaxPanic struct{ off int32 }

// Parse parses.
func Parse(path string, src []byte) *File {
	if len(src) >= 3 && src[0] == 0xef && src[1] == 0xbb && src[2] == 0xbf {
		src = src[3:]
	}
	f := &File{Path: path, Source: src}
	p := &parser{f: f}
	p.src = unsafe.String(unsafe.SliceData(src), len(src))
	p.indent = []int{0}
	p.bol = true
	p.advance()
	for p.t.kind != 0 {
		if p.t.kind == 'N' || p.t.kind == 'I' || p.t.kind == 'D' {
			p.advance()
			continue
		}
		f.Body = p.line(f.Body)
	}
	return f
}

func (p *parser) advance() { p.prev = p.t.end; p.t = p.next() }

func (p *parser) fail() { panic(syntaxPanic{p.t.start}) }

func (p *parser) is(s string) bool { return (p.t.kind == 'o' || p.t.kind == 'n') && p.t.text == s }

func (p *parser) accept(s string) bool {
	if p.is(s) {
		p.advance()
		return true
	}
	return false
}
func (p *parser) expect(s string) {
	if !p.accept(s) {
		p.fail()
	}
}

// line parses one logical line (or compound statement) with recovery.
func (p *parser) line(out []Stmt) (res []Stmt) {
	start := p.t.start
	defer func() {
		if r := recover(); r != nil {
			sp, ok := r.(syntaxPanic)
			if !ok {
				panic(r)
			}
			p.f.Errors = append(p.f.Errors, SyntaxError{sp.off, "invalid syntax"})
			p.nest = 0
			for p.t.kind != 'N' && p.t.kind != 0 && p.t.kind != 'D' && p.t.kind != 'I' {
				p.lexer.depth = 0
				p.advance()
			}
			b := &BadStmt{stmtNode: stmtNode{Span{start, p.prev}}}
			if p.t.kind == 'N' {
				p.advance()
			}
			if p.t.kind == 'I' {
				p.advance()
				b.Body = p.suiteLines()
			}
			res = append(out, b)
		}
	}()
	return p.statement(out)
}

func (p *parser) suiteLines() []Stmt {
	var body []Stmt
	for p.t.kind != 'D' && p.t.kind != 0 {
		if p.t.kind == 'N' {
			p.advance()
			continue
		}
		if p.t.kind == 'I' {
			p.advance()
			body = append(body, p.suiteLines()...)
			continue
		}
		body = p.line(body)
	}
	if p.t.kind == 'D' {
		p.advance()
	}
	return body
}

func (p *parser) block() []Stmt {
	p.expect(":")
	p.nest++
	if p.nest > 200 {
		p.fail()
	}
	defer func() { p.nest-- }()
	if p.t.kind == 'N' {
		p.advance()
		if p.t.kind != 'I' {
			p.fail()
		}
		p.advance()
		return p.suiteLines()
	}
	return p.simpleLine(nil)
}

func (p *parser) simpleLine(out []Stmt) []Stmt {
	for {
		out = append(out, p.simple())
		if p.accept(";") {
			if p.t.kind == 'N' || p.t.kind == 0 {
				break
			}
			continue
		}
		break
	}
	if p.t.kind == 'N' {
		p.advance()
	} else if p.t.kind != 0 && p.t.kind != 'D' {
		p.fail()
	}
	return out
}

func (p *parser) statement(out []Stmt) []Stmt {
	s := p.t.start
	if p.t.kind == 'o' && p.t.text == "@" {
		var decs []Expr
		for p.accept("@") {
			decs = append(decs, p.namedExpr())
			if p.t.kind != 'N' {
				p.fail()
			}
			p.advance()
		}
		s = p.t.start
		async := p.accept("async")
		switch {
		case p.is("def"):
			d := p.def(s, async)
			d.Decorators = decs
			return append(out, d)
		case p.is("class"):
			c := p.class(s)
			c.Decorators = decs
			return append(out, c)
		}
		p.fail()
	}
	if p.t.kind == 'n' {
		switch p.t.text {
		case "def":
			return append(out, p.def(s, false))
		case "class":
			return append(out, p.class(s))
		case "async":
			p.advance()
			switch {
			case p.is("def"):
				return append(out, p.def(s, true))
			case p.is("for"):
				return append(out, p.forStmt(s, true))
			case p.is("with"):
				return append(out, p.with(s, true))
			}
			p.fail()
		case "if":
			return append(out, p.ifStmt())
		case "for":
			return append(out, p.forStmt(s, false))
		case "while":
			p.advance()
			w := &While{}
			w.Test = p.namedExpr()
			w.Body = p.block()
			if p.accept("else") {
				w.Else = p.block()
			}
			w.Span = Span{s, p.endOf(w.Body, w.Else)}
			return append(out, w)
		case "with":
			return append(out, p.with(s, false))
		case "try":
			return append(out, p.try())
		case "match":
			save := *p
			if m := p.tryMatch(); m != nil {
				return append(out, m)
			}
			f := p.f
			*p = save
			p.f = f
		}
	}
	return p.simpleLine(out)
}

func (p *parser) endOf(lists ...[]Stmt) int32 {
	for i := len(lists) - 1; i >= 0; i-- {
		if n := len(lists[i]); n > 0 {
			return lists[i][n-1].Stop()
		}
	}
	return p.prev
}

func (p *parser) ident() string {
	if p.t.kind != 'n' || keyword(p.t.text) {
		p.fail()
	}
	s := p.t.text
	p.advance()
	return s
}

func keyword(s string) bool {
	switch s {
	case "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield":
		return true
	}
	return false
}

func (p *parser) typeParams() []*TypeParam {
	if !p.accept("[") {
		return nil
	}
	var out []*TypeParam
	for !p.is("]") {
		tp := &TypeParam{Span: Span{Start: p.t.start}}
		if p.accept("*") {
			tp.Stars = 1
		} else if p.accept("**") {
			tp.Stars = 2
		}
		tp.Name = p.ident()
		if p.accept(":") {
			tp.Bound = p.expression()
		}
		if p.accept("=") {
			tp.Default = p.starExpr()
		}
		tp.End = p.prev
		out = append(out, tp)
		if !p.accept(",") {
			break
		}
	}
	p.expect("]")
	return out
}

func (p *parser) def(s int32, async bool) *FunctionDef {
	p.expect("def")
	d := &FunctionDef{Async: async, NamePos: p.t.start}
	d.Name = p.ident()
	d.TypeParams = p.typeParams()
	p.expect("(")
	d.Args = p.params(")", true)
	p.expect(")")
	if p.accept("->") {
		d.Returns = p.exprList()
	}
	d.Body = p.block()
	d.Span = Span{s, p.endOf(d.Body)}
	return d
}

func (p *parser) params(end string, ann bool) *Arguments {
	a := &Arguments{}
	kwonly := false
	arg := func(star bool) Arg {
		x := Arg{Span: Span{Start: p.t.start}}
		x.Name = p.ident()
		if ann && p.accept(":") {
			if star {
				x.Annotation = p.starExpr()
			} else {
				x.Annotation = p.expression()
			}
		}
		x.End = p.prev
		return x
	}
	for !p.is(end) {
		switch {
		case p.accept("/"):
			a.PosOnly, a.Args = a.Args, nil
		case p.accept("**"):
			x := arg(false)
			a.KwArg = &x
		case p.accept("*"):
			kwonly = true
			if !p.is(",") && !p.is(end) {
				x := arg(true)
				a.VarArg = &x
			}
		default:
			x := arg(false)
			if p.accept("=") {
				x.Default = p.expression()
			}
			if kwonly {
				a.KwOnly = append(a.KwOnly, x)
			} else {
				a.Args = append(a.Args, x)
			}
		}
		if !p.accept(",") {
			break
		}
	}
	return a
}

func (p *parser) class(s int32) *ClassDef {
	p.expect("class")
	c := &ClassDef{NamePos: p.t.start}
	c.Name = p.ident()
	c.TypeParams = p.typeParams()
	if p.accept("(") {
		c.Bases, c.Keywords = p.args()
	}
	c.Body = p.block()
	c.Span = Span{s, p.endOf(c.Body)}
	return c
}

func (p *parser) ifStmt() *If {
	s := p.t.start
	p.advance()
	n := &If{}
	n.Test = p.namedExpr()
	n.Body = p.block()
	if p.is("elif") {
		n.Else = []Stmt{p.ifStmt()}
	} else if p.accept("else") {
		n.Else = p.block()
	}
	n.Span = Span{s, p.endOf(n.Body, n.Else)}
	return n
}

func (p *parser) forStmt(s int32, async bool) *For {
	p.expect("for")
	n := &For{Async: async}
	n.Target = p.targetList()
	p.expect("in")
	n.Iter = p.starExprs()
	n.Body = p.block()
	if p.accept("else") {
		n.Else = p.block()
	}
	n.Span = Span{s, p.endOf(n.Body, n.Else)}
	return n
}

func (p *parser) with(s int32, async bool) *With {
	p.expect("with")
	w := &With{Async: async}
	done := false
	if p.is("(") {
		save := *p
		nerr := len(p.f.Errors)
		func() {
			defer func() {
				if r := recover(); r != nil {
					if _, ok := r.(syntaxPanic); !ok {
						panic(r)
					}
				}
			}()
			p.advance()
			var items []WithItem
			for !p.is(")") {
				it := WithItem{Context: p.namedExpr()}
				if p.accept("as") {
					it.Target = p.starTarget()
				}
				items = append(items, it)
				if !p.accept(",") {
					break
				}
			}
			p.expect(")")
			if p.is(":") {
				w.Items, done = items, true
			}
		}()
		if !done {
			f := p.f
			*p = save
			p.f = f
			p.f.Errors = p.f.Errors[:nerr]
		}
	}
	if !done {
		for {
			it := WithItem{Context: p.expression()}
			if p.accept("as") {
				it.Target = p.starTarget()
			}
			w.Items = append(w.Items, it)
			if !p.accept(",") {
				break
			}
		}
	}
	w.Body = p.block()
	w.Span = Span{s, p.endOf(w.Body)}
	return w
}

func (p *parser) starTarget() Expr { return p.bitOr() }

func (p *parser) try() *Try {
	s := p.t.start
	p.advance()
	n := &Try{}
	n.Body = p.block()
	for p.is("except") {
		h := &ExceptHandler{Span: Span{Start: p.t.start}}
		p.advance()
		if p.accept("*") {
			n.Star = true
		}
		if !p.is(":") {
			ts := p.t.start
			h.Type = p.expression()
			if p.is(",") {
				elts := []Expr{h.Type}
				for p.accept(",") {
					if p.is(":") {
						break
					}
					elts = append(elts, p.expression())
				}
				h.Type = &Tuple{exprNode{Span{ts, p.prev}}, elts}
			}
			if p.accept("as") {
				h.Name = p.ident()
			}
		}
		h.Body = p.block()
		h.End = p.endOf(h.Body)
		n.Handlers = append(n.Handlers, h)
	}
	end := p.endOf(n.Body)
	if len(n.Handlers) > 0 {
		end = n.Handlers[len(n.Handlers)-1].End
	}
	if p.accept("else") {
		n.Else = p.block()
		end = p.endOf(n.Else)
	}
	if p.accept("finally") {
		n.Finally = p.block()
		end = p.endOf(n.Finally)
	}
	n.Span = Span{s, end}
	return n
}

func (p *parser) tryMatch() (m *Match) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(syntaxPanic); !ok {
				panic(r)
			}
			m = nil
		}
	}()
	s := p.t.start
	p.advance()
	if p.is("=") || p.is(".") || p.is(",") || p.is(":") || p.t.kind == 'N' || p.is(")") {
		return nil
	}
	subj := p.starExprs()
	if !p.accept(":") || p.t.kind != 'N' {
		return nil
	}
	p.advance()
	if p.t.kind != 'I' {
		return nil
	}
	p.advance()
	n := &Match{Subject: subj}
	for p.is("case") {
		p.advance()
		c := &MatchCase{}
		c.Pattern = p.patterns()
		if p.accept("if") {
			c.Guard = p.namedExpr()
		}
		c.Body = p.block()
		n.Cases = append(n.Cases, c)
	}
	if len(n.Cases) == 0 {
		return nil
	}
	end := p.endOf(n.Cases[len(n.Cases)-1].Body)
	if p.t.kind == 'D' {
		p.advance()
	}
	n.Span = Span{s, end}
	return n
}

func (p *parser) patterns() Pattern {
	s := p.t.start
	first := p.asPattern()
	if !p.is(",") {
		if st, ok := first.(*MatchStar); ok {
			return &MatchSequence{patternNode{Span{s, p.prev}}, []Pattern{st}}
		}
		return first
	}
	list := []Pattern{first}
	for p.accept(",") {
		if p.is(":") || p.is("if") {
			break
		}
		list = append(list, p.asPattern())
	}
	return &MatchSequence{patternNode{Span{s, p.prev}}, list}
}

func (p *parser) asPattern() Pattern {
	s := p.t.start
	if p.accept("*") {
		n := p.ident()
		if n == "_" {
			n = ""
		}
		return &MatchStar{patternNode{Span{s, p.prev}}, n}
	}
	first := p.closedPattern()
	if p.is("|") {
		alts := []Pattern{first}
		for p.accept("|") {
			alts = append(alts, p.closedPattern())
		}
		first = &MatchOr{patternNode{Span{s, p.prev}}, alts}
	}
	if p.accept("as") {
		return &MatchAs{patternNode{Span{s, 0}}, first, p.ident()}
	}
	return first
}

func (p *parser) closedPattern() Pattern {
	s := p.t.start
	p.nest++
	if p.nest > 200 {
		p.fail()
	}
	defer func() { p.nest-- }()
	switch {
	case p.is("[") || p.is("("):
		closer := "]"
		paren := p.is("(")
		if paren {
			closer = ")"
		}
		p.advance()
		var list []Pattern
		comma := false
		for !p.is(closer) {
			list = append(list, p.asPattern())
			if !p.accept(",") {
				break
			}
			comma = true
		}
		p.expect(closer)
		if paren && len(list) == 1 && !comma {
			return list[0]
		}
		return &MatchSequence{patternNode{Span{s, p.prev}}, list}
	case p.is("{"):
		p.advance()
		m := &MatchMapping{}
		for !p.is("}") {
			if p.accept("**") {
				m.Rest = p.ident()
			} else {
				m.Keys = append(m.Keys, p.bitOr())
				p.expect(":")
				m.Patterns = append(m.Patterns, p.asPattern())
			}
			if !p.accept(",") {
				break
			}
		}
		p.expect("}")
		m.Span = Span{s, p.prev}
		return m
	case p.is("None"), p.is("True"), p.is("False"):
		c := p.atom().(*Constant)
		return &MatchSingleton{patternNode{c.Span}, c}
	case p.t.kind == 'n' && !keyword(p.t.text):
		name := p.t.text
		var e Expr = &Name{exprNode{Span{s, p.t.end}}, name}
		p.advance()
		dotted := false
		for p.accept(".") {
			dotted = true
			e = &Attribute{exprNode{Span{s, p.t.end}}, e, p.ident()}
		}
		if p.accept("(") {
			m := &MatchClass{Cls: e}
			for !p.is(")") {
				if p.t.kind == 'n' && !keyword(p.t.text) {
					save := *p
					n := p.t.text
					p.advance()
					if p.accept("=") {
						m.KwdAttrs = append(m.KwdAttrs, n)
						m.KwdPatterns = append(m.KwdPatterns, p.asPattern())
						if !p.accept(",") {
							break
						}
						continue
					}
					f := p.f
					*p = save
					p.f = f
				}
				m.Patterns = append(m.Patterns, p.asPattern())
				if !p.accept(",") {
					break
				}
			}
			p.expect(")")
			m.Span = Span{s, p.prev}
			return m
		}
		if dotted {
			return &MatchValue{patternNode{e.(*Attribute).Span}, e}
		}
		if name == "_" {
			name = ""
		}
		return &MatchAs{patternNode{Span{s, p.prev}}, nil, name}
	}
	e := p.arith()
	return &MatchValue{patternNode{Span{e.Pos(), e.Stop()}}, e}
}

func (p *parser) simple() Stmt {
	s := p.t.start
	sp := func() stmtNode { return stmtNode{Span{s, p.prev}} }
	ends := func() bool {
		return p.t.kind == 'N' || p.t.kind == 0 || p.is(";") || p.t.kind == 'D'
	}
	if p.t.kind == 'n' {
		switch p.t.text {
		case "pass":
			p.advance()
			return &Pass{sp()}
		case "break":
			p.advance()
			return &Break{sp()}
		case "continue":
			p.advance()
			return &Continue{sp()}
		case "return":
			p.advance()
			var v Expr
			if !ends() {
				v = p.starExprs()
			}
			return &Return{sp(), v}
		case "raise":
			p.advance()
			r := &Raise{}
			if !ends() {
				r.Exc = p.expression()
				if p.accept("from") {
					r.Cause = p.expression()
				}
			}
			r.stmtNode = sp()
			return r
		case "global", "nonlocal":
			g := p.t.text == "global"
			p.advance()
			var names []string
			for {
				names = append(names, p.ident())
				if !p.accept(",") {
					break
				}
			}
			if g {
				return &Global{sp(), names}
			}
			return &Nonlocal{sp(), names}
		case "del":
			p.advance()
			var ts []Expr
			for !ends() {
				ts = append(ts, p.bitOr())
				if !p.accept(",") {
					break
				}
			}
			return &Delete{sp(), ts}
		case "assert":
			p.advance()
			a := &Assert{}
			a.Test = p.expression()
			if p.accept(",") {
				a.Msg = p.expression()
			}
			a.stmtNode = sp()
			return a
		case "import":
			p.advance()
			n := &Import{}
			for {
				a := Alias{Span: Span{Start: p.t.start}}
				a.Name = p.dotted()
				if p.accept("as") {
					a.AsName = p.ident()
				}
				a.End = p.prev
				n.Names = append(n.Names, a)
				if !p.accept(",") {
					break
				}
			}
			n.stmtNode = sp()
			return n
		case "from":
			return p.importFrom(s)
		case "type":
			save := *p
			p.advance()
			if p.t.kind == 'n' && !keyword(p.t.text) {
				nm := &Name{exprNode{Span{p.t.start, p.t.end}}, p.t.text}
				p.advance()
				if p.is("[") || p.is("=") {
					t := &TypeAlias{Name: nm, TypeParams: p.typeParams()}
					p.expect("=")
					t.Value = p.expression()
					t.stmtNode = sp()
					return t
				}
			}
			f := p.f
			*p = save
			p.f = f
		}
	}
	e := p.starExprs()
	switch {
	case p.is("="):
		targets := []Expr{e}
		var v Expr
		for p.accept("=") {
			if p.is("yield") {
				v = p.yieldExpr()
			} else {
				v = p.starExprs()
			}
			targets = append(targets, v)
		}
		targets = targets[:len(targets)-1]
		return &Assign{sp(), targets, v}
	case p.is(":"):
		p.advance()
		a := &AnnAssign{Target: e}
		a.Annotation = p.expression()
		if p.accept("=") {
			if p.is("yield") {
				a.Value = p.yieldExpr()
			} else {
				a.Value = p.starExprs()
			}
		}
		a.stmtNode = sp()
		return a
	case p.t.kind == 'o' && len(p.t.text) >= 2 && p.t.text[len(p.t.text)-1] == '=':
		if op, ok := augOps[p.t.text[:len(p.t.text)-1]]; ok {
			p.advance()
			var v Expr
			if p.is("yield") {
				v = p.yieldExpr()
			} else {
				v = p.starExprs()
			}
			return &AugAssign{sp(), e, op, v}
		}
	}
	return &ExprStmt{sp(), e}
}

var augOps = map[string]Operator{"+": Add, "-": Sub, "*": Mult, "@": MatMult, "/": Div, "%": Mod, "**": Pow, "<<": LShift, ">>": RShift, "|": BitOr, "^": BitXor, "&": BitAnd, "//": FloorDiv}

func (p *parser) dotted() string {
	s := p.t.start
	p.ident()
	for p.accept(".") {
		p.ident()
	}
	return p.src[s:p.prev]
}

func (p *parser) importFrom(s int32) Stmt {
	p.advance()
	n := &ImportFrom{}
	for {
		if p.accept(".") {
			n.Level++
		} else if p.accept("...") {
			n.Level += 3
		} else {
			break
		}
	}
	if !p.is("import") {
		n.Module = p.dotted()
	}
	p.expect("import")
	if p.is("*") {
		n.Names = []Alias{{Span{p.t.start, p.t.end}, "*", ""}}
		p.advance()
	} else {
		paren := p.accept("(")
		for !p.is(")") {
			a := Alias{Span: Span{Start: p.t.start}}
			a.Name = p.ident()
			if p.accept("as") {
				a.AsName = p.ident()
			}
			a.End = p.prev
			n.Names = append(n.Names, a)
			if !p.accept(",") {
				break
			}
		}
		if paren {
			p.expect(")")
		}
	}
	n.stmtNode = stmtNode{Span{s, p.prev}}
	return n
}

// ---- expressions

func (p *parser) targetList() Expr {
	s := p.t.start
	one := func() Expr {
		if p.is("*") {
			return p.starExpr()
		}
		return p.bitOr()
	}
	e := one()
	if !p.is(",") {
		return e
	}
	elts := []Expr{e}
	for p.accept(",") {
		if p.is("in") || p.is("=") {
			break
		}
		elts = append(elts, one())
	}
	return &Tuple{exprNode{Span{s, p.prev}}, elts}
}

func (p *parser) startsExpr() bool {
	switch p.t.kind {
	case '0', 's', 'f':
		return true
	case 'n':
		switch p.t.text {
		case "lambda", "not", "await", "None", "True", "False", "yield":
			return true
		}
		return !keyword(p.t.text)
	case 'o':
		switch p.t.text {
		case "(", "[", "{", "-", "+", "~", "*", "...", "**":
			return true
		}
	}
	return false
}

// starExprs: possibly a tuple.
func (p *parser) starExprs() Expr {
	if p.is("yield") {
		return p.yieldExpr()
	}
	s := p.t.start
	e := p.starNamed()
	if !p.is(",") {
		return e
	}
	elts := []Expr{e}
	for p.accept(",") {
		if !p.startsExpr() {
			break
		}
		elts = append(elts, p.starNamed())
	}
	return &Tuple{exprNode{Span{s, p.prev}}, elts}
}

func (p *parser) exprList() Expr { return p.starExprs() }

func (p *parser) starNamed() Expr {
	if p.is("*") {
		return p.starExpr()
	}
	return p.namedExpr()
}

func (p *parser) starExpr() Expr {
	s := p.t.start
	if p.accept("*") {
		v := p.bitOr()
		return &Starred{exprNode{Span{s, p.prev}}, v}
	}
	return p.expression()
}

func (p *parser) namedExpr() Expr {
	e := p.expression()
	if n, ok := e.(*Name); ok && p.is(":=") {
		p.advance()
		v := p.expression()
		return &NamedExpr{exprNode{Span{n.Start, p.prev}}, n, v}
	}
	return e
}

func (p *parser) yieldExpr() Expr {
	s := p.t.start
	p.advance()
	if p.accept("from") {
		v := p.expression()
		return &YieldFrom{exprNode{Span{s, p.prev}}, v}
	}
	var v Expr
	if p.startsExpr() {
		v = p.starExprs()
	}
	return &Yield{exprNode{Span{s, p.prev}}, v}
}

func (p *parser) expression() Expr {
	p.nest++
	if p.nest > 200 {
		p.fail()
	}
	defer func() { p.nest-- }()
	s := p.t.start
	if p.is("lambda") {
		p.advance()
		a := p.params(":", false)
		p.expect(":")
		b := p.expression()
		return &Lambda{exprNode{Span{s, p.prev}}, a, b}
	}
	if p.is("yield") {
		return p.yieldExpr()
	}
	e := p.or()
	if p.is("if") {
		p.advance()
		t := p.or()
		p.expect("else")
		x := p.expression()
		return &IfExp{exprNode{Span{s, p.prev}}, t, e, x}
	}
	return e
}

func (p *parser) or() Expr {
	s := p.t.start
	e := p.and()
	if !p.is("or") {
		return e
	}
	v := []Expr{e}
	for p.accept("or") {
		v = append(v, p.and())
	}
	return &BoolOp{exprNode{Span{s, p.prev}}, true, v}
}

func (p *parser) and() Expr {
	s := p.t.start
	e := p.not()
	if !p.is("and") {
		return e
	}
	v := []Expr{e}
	for p.accept("and") {
		v = append(v, p.not())
	}
	return &BoolOp{exprNode{Span{s, p.prev}}, false, v}
}

func (p *parser) not() Expr {
	if p.is("not") {
		s := p.t.start
		p.advance()
		p.nest++
		if p.nest > 200 {
			p.fail()
		}
		v := p.not()
		p.nest--
		return &UnaryOp{exprNode{Span{s, p.prev}}, Not, v}
	}
	return p.comparison()
}

func (p *parser) comparison() Expr {
	s := p.t.start
	e := p.bitOr()
	var c *Compare
	for {
		var op CmpOperator
		switch {
		case p.t.kind != 'o' && p.t.kind != 'n':
			goto done
		case p.is("=="):
			op = Eq
		case p.is("!="):
			op = NotEq
		case p.is("<"):
			op = Lt
		case p.is("<="):
			op = LtE
		case p.is(">"):
			op = Gt
		case p.is(">="):
			op = GtE
		case p.is("in"):
			op = In
		case p.is("is"):
			op = Is
		case p.is("not"):
			op = NotIn
		default:
			goto done
		}
		p.advance()
		if op == Is && p.accept("not") {
			op = IsNot
		}
		if op == NotIn {
			p.expect("in")
		}
		if c == nil {
			c = &Compare{Left: e}
			e = c
		}
		c.Ops = append(c.Ops, op)
		c.Comparators = append(c.Comparators, p.bitOr())
		c.Span = Span{s, p.prev}
	}
done:
	return e
}

var binPrec = map[string]struct {
	p  int
	op Operator
}{"|": {1, BitOr}, "^": {2, BitXor}, "&": {3, BitAnd}, "<<": {4, LShift}, ">>": {4, RShift}, "+": {5, Add}, "-": {5, Sub}, "*": {6, Mult}, "/": {6, Div}, "//": {6, FloorDiv}, "%": {6, Mod}, "@": {6, MatMult}}

func (p *parser) bitOr() Expr {
	if p.is("*") {
		return p.starExpr()
	}
	return p.binary(1)
}
func (p *parser) arith() Expr { return p.binary(5) }

func (p *parser) binary(min int) Expr {
	s := p.t.start
	l := p.unary()
	for p.t.kind == 'o' {
		b, ok := binPrec[p.t.text]
		if !ok || b.p < min {
			break
		}
		p.advance()
		r := p.binary(b.p + 1)
		l = &BinOp{exprNode{Span{s, p.prev}}, l, b.op, r}
	}
	return l
}

func (p *parser) unary() Expr {
	s := p.t.start
	if p.t.kind == 'o' && len(p.t.text) == 1 {
		var op UnaryOperator
		switch p.t.text[0] {
		case '-':
			op = USub
		case '+':
			op = UAdd
		case '~':
			op = Invert
		default:
			return p.power()
		}
		p.advance()
		p.nest++
		if p.nest > 200 {
			p.fail()
		}
		v := p.unary()
		p.nest--
		return &UnaryOp{exprNode{Span{s, p.prev}}, op, v}
	}
	return p.power()
}

func (p *parser) power() Expr {
	s := p.t.start
	var e Expr
	if p.is("await") {
		p.advance()
		v := p.primary()
		e = &Await{exprNode{Span{s, p.prev}}, v}
	} else {
		e = p.primary()
	}
	if p.accept("**") {
		r := p.unary()
		return &BinOp{exprNode{Span{s, p.prev}}, e, Pow, r}
	}
	return e
}

func (p *parser) primary() Expr {
	s := p.t.start
	e := p.atom()
	for p.t.kind == 'o' {
		switch p.t.text {
		case ".":
			p.advance()
			n := p.ident()
			e = &Attribute{exprNode{Span{s, p.prev}}, e, n}
		case "(":
			p.advance()
			a, k := p.args()
			e = &Call{exprNode{Span{s, p.prev}}, e, a, k}
		case "[":
			p.advance()
			x := p.slices()
			p.expect("]")
			e = &Subscript{exprNode{Span{s, p.prev}}, e, x}
		default:
			return e
		}
	}
	return e
}

func (p *parser) slices() Expr {
	s := p.t.start
	one := func() Expr {
		ss := p.t.start
		var lo, up, st Expr
		if !p.is(":") {
			lo = p.starNamed()
			if !p.is(":") {
				return lo
			}
		}
		p.expect(":")
		if !p.is(":") && !p.is("]") && !p.is(",") {
			up = p.expression()
		}
		if p.accept(":") && !p.is("]") && !p.is(",") {
			st = p.expression()
		}
		return &Slice{exprNode{Span{ss, p.prev}}, lo, up, st}
	}
	e := one()
	if !p.is(",") {
		return e
	}
	elts := []Expr{e}
	for p.accept(",") {
		if p.is("]") {
			break
		}
		elts = append(elts, one())
	}
	return &Tuple{exprNode{Span{s, p.prev}}, elts}
}

func (p *parser) args() ([]Expr, []*Keyword) {
	var args []Expr
	var kws []*Keyword
	for !p.is(")") {
		s := p.t.start
		switch {
		case p.accept("**"):
			v := p.expression()
			kws = append(kws, &Keyword{Span{s, p.prev}, "", v})
		case p.accept("*"):
			v := p.expression()
			args = append(args, &Starred{exprNode{Span{s, p.prev}}, v})
		default:
			e := p.namedExpr()
			if n, ok := e.(*Name); ok && p.is("=") {
				p.advance()
				v := p.expression()
				kws = append(kws, &Keyword{Span{s, p.prev}, n.ID, v})
			} else if p.is("for") || p.is("async") {
				gens := p.comps()
				g := &Comp{Kind: GeneratorExp, Elt: e, Generators: gens}
				g.Span = Span{s - 1, p.t.end}
				args = append(args, g)
			} else {
				args = append(args, e)
			}
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return args, kws
}

func (p *parser) comps() []Comprehension {
	var out []Comprehension
	for p.is("for") || p.is("async") {
		c := Comprehension{Async: p.accept("async")}
		p.expect("for")
		c.Target = p.targetList()
		p.expect("in")
		c.Iter = p.or()
		for p.accept("if") {
			c.Ifs = append(c.Ifs, p.orNamed())
		}
		out = append(out, c)
	}
	return out
}

func (p *parser) orNamed() Expr {
	if p.is("lambda") {
		return p.expression()
	}
	e := p.or()
	if n, ok := e.(*Name); ok && p.is(":=") {
		p.advance()
		v := p.or()
		return &NamedExpr{exprNode{Span{n.Start, p.prev}}, n, v}
	}
	return e
}

func (p *parser) atom() Expr {
	s := p.t.start
	switch p.t.kind {
	case 'n':
		switch p.t.text {
		case "None", "True", "False":
			k := map[string]ConstKind{"None": ConstNone, "True": ConstTrue, "False": ConstFalse}[p.t.text]
			c := &Constant{exprNode{Span{s, p.t.end}}, k, p.t.text}
			p.advance()
			return c
		}
		if keyword(p.t.text) {
			p.fail()
		}
		n := &Name{exprNode{Span{s, p.t.end}}, p.t.text}
		p.advance()
		return n
	case '0':
		k := ConstInt
		t := strings.ToLower(p.t.text)
		if strings.HasSuffix(t, "j") {
			k = ConstComplex
		} else if !strings.HasPrefix(t, "0x") && strings.ContainsAny(t, ".e") {
			k = ConstFloat
		}
		c := &Constant{exprNode{Span{s, p.t.end}}, k, p.t.text}
		p.advance()
		return c
	case 's', 'f':
		return p.strings()
	case 'o':
		switch p.t.text {
		case "...":
			p.advance()
			return &Constant{exprNode{Span{s, p.prev}}, ConstEllipsis, "..."}
		case "(":
			return p.paren()
		case "[":
			p.advance()
			if p.accept("]") {
				return &List{exprNode{Span{s, p.prev}}, nil}
			}
			e := p.starNamed()
			if p.is("for") || p.is("async") {
				g := p.comps()
				p.expect("]")
				return &Comp{exprNode: exprNode{Span{s, p.prev}}, Kind: ListComp, Elt: e, Generators: g}
			}
			elts := []Expr{e}
			for p.accept(",") {
				if p.is("]") {
					break
				}
				elts = append(elts, p.starNamed())
			}
			p.expect("]")
			return &List{exprNode{Span{s, p.prev}}, elts}
		case "{":
			return p.dictOrSet()
		}
	}
	p.fail()
	return nil
}

func (p *parser) paren() Expr {
	s := p.t.start
	p.advance()
	if p.accept(")") {
		return &Tuple{exprNode{Span{s, p.prev}}, nil}
	}
	if p.is("yield") {
		e := p.yieldExpr()
		p.expect(")")
		return e
	}
	e := p.starNamed()
	if p.is("for") || p.is("async") {
		g := p.comps()
		p.expect(")")
		return &Comp{exprNode: exprNode{Span{s, p.prev}}, Kind: GeneratorExp, Elt: e, Generators: g}
	}
	if p.is(",") {
		elts := []Expr{e}
		for p.accept(",") {
			if p.is(")") {
				break
			}
			elts = append(elts, p.starNamed())
		}
		p.expect(")")
		return &Tuple{exprNode{Span{s, p.prev}}, elts}
	}
	p.expect(")")
	return e
}

func (p *parser) dictOrSet() Expr {
	s := p.t.start
	p.advance()
	if p.accept("}") {
		return &Dict{exprNode{Span{s, p.prev}}, nil, nil}
	}
	var keys, vals []Expr
	if !p.is("**") {
		e := p.starNamed()
		if !p.is(":") {
			if p.is("for") || p.is("async") {
				g := p.comps()
				p.expect("}")
				return &Comp{exprNode: exprNode{Span{s, p.prev}}, Kind: SetComp, Elt: e, Generators: g}
			}
			elts := []Expr{e}
			for p.accept(",") {
				if p.is("}") {
					break
				}
				elts = append(elts, p.starNamed())
			}
			p.expect("}")
			return &Set{exprNode{Span{s, p.prev}}, elts}
		}
		p.advance()
		v := p.expression()
		if p.is("for") || p.is("async") {
			g := p.comps()
			p.expect("}")
			return &Comp{exprNode: exprNode{Span{s, p.prev}}, Kind: DictComp, Elt: e, Value: v, Generators: g}
		}
		keys, vals = append(keys, e), append(vals, v)
		if !p.accept(",") {
			p.expect("}")
			return &Dict{exprNode{Span{s, p.prev}}, keys, vals}
		}
	}
	for !p.is("}") {
		if p.accept("**") {
			keys, vals = append(keys, nil), append(vals, p.bitOr())
		} else {
			k := p.expression()
			p.expect(":")
			keys, vals = append(keys, k), append(vals, p.expression())
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	return &Dict{exprNode{Span{s, p.prev}}, keys, vals}
}

func (p *parser) strings() Expr {
	s := p.t.start
	hasF, bytes, tmpl := false, false, false
	var parts []tok
	for p.t.kind == 's' || p.t.kind == 'f' {
		pre := strings.ToLower(p.t.text[:strings.IndexAny(p.t.text, "\"'")])
		if p.t.kind == 'f' {
			hasF = true
			tmpl = tmpl || strings.Contains(pre, "t")
		}
		bytes = bytes || strings.Contains(pre, "b")
		parts = append(parts, p.t)
		p.advance()
	}
	if !hasF {
		k := ConstStr
		if bytes {
			k = ConstBytes
		}
		return &Constant{exprNode{Span{s, p.prev}}, k, p.src[s:p.prev]}
	}
	j := &JoinedStr{exprNode: exprNode{Span{s, p.prev}}, Template: tmpl}
	for _, t := range parts {
		if t.kind == 's' {
			j.Values = append(j.Values, &Constant{exprNode{Span{t.start, t.end}}, ConstStr, t.text})
			continue
		}
		q := strings.IndexAny(t.text, "\"'")
		n := 1
		if strings.HasPrefix(t.text[q:], strings.Repeat(t.text[q:q+1], 3)) && len(t.text) >= q+6 {
			n = 3
		}
		end := int(t.end) - n
		if end < int(t.start)+q+n {
			end = int(t.start) + q + n
		}
		j.Values = append(j.Values, p.fparts(int(t.start)+q+n, end, t.text[:q], 0)...)
	}
	return j
}

func (p *parser) fparts(i, end int, pre string, nest int) []Expr {
	var out []Expr
	lit := i
	flush := func(to int) {
		if to > lit {
			txt := strings.ReplaceAll(strings.ReplaceAll(p.src[lit:to], "{{", "{"), "}}", "}")
			out = append(out, &Constant{exprNode{Span{int32(lit), int32(to)}}, ConstStr, "'''" + txt + "'''"})
		}
	}
	for i < end {
		c := p.src[i]
		if c == '{' {
			if nest == 0 && i+1 < end && p.src[i+1] == '{' {
				i += 2
				continue
			}
			flush(i)
			stop := scanField(p.src, i+1, 0, true, nest)
			out = append(out, p.field(i, stop, nest))
			i = stop
			lit = i
			continue
		}
		if c == '}' && i+1 < end && p.src[i+1] == '}' {
			i += 2
			continue
		}
		if c == '\\' {
			i++
		}
		i++
	}
	flush(min(i, end))
	return out
}

func (p *parser) field(start, stop, nest int) Expr {
	fv := &FormattedValue{exprNode: exprNode{Span{int32(start), int32(stop)}}}
	sub := &parser{f: p.f, nest: p.nest + 1}
	sub.src = p.src[:max(stop-1, start+1)]
	sub.pos = start + 1
	sub.lexer.depth = 1
	sub.indent = []int{0}
	if sub.nest > 200 || nest > 10 {
		fv.Value = &BadExpr{exprNode{Span{int32(start), int32(stop)}}}
		return fv
	}
	sub.advance()
	fv.Value = sub.starExprs()
	if sub.is("=") {
		sub.advance()
	}
	if sub.is("!") || sub.t.kind == 'o' && sub.t.text == "!" {
		sub.advance()
		if sub.t.kind == 'n' {
			fv.Conversion = sub.t.text[0]
			sub.advance()
		}
	}
	if sub.is(":") {
		b := int(sub.t.end)
		fv.FormatSpec = &JoinedStr{exprNode: exprNode{Span{int32(b), int32(stop - 1)}}, Values: p.fparts(b, stop-1, "", nest+1)}
	}
	return fv
}

// ---- File helpers

func (f *File) index() {
	lineMu.Lock()
	defer lineMu.Unlock()
	if f.lines != nil {
		return
	}
	lines := []int32{0}
	for i := 0; i < len(f.Source); i++ {
		switch f.Source[i] {
		case '\n':
			lines = append(lines, int32(i+1))
		case '\r':
			if i+1 < len(f.Source) && f.Source[i+1] == '\n' {
				continue
			}
			lines = append(lines, int32(i+1))
		}
	}
	f.lines = lines
}

// Position gives the line and column.
func (f *File) Position(o int32) (line, column int) {
	f.index()
	i := sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > o })
	s := f.lines[i-1]
	col := 1
	for _, r := range string(f.Source[s:min(int(o), len(f.Source))]) {
		col++
		if r > 0xffff {
			col++
		}
	}
	return i, col
}

// Line gives a line.
func (f *File) Line(n int) string {
	f.index()
	if n < 1 || n > len(f.lines) {
		return ""
	}
	e := len(f.Source)
	if n < len(f.lines) {
		e = int(f.lines[n])
	}
	return strings.TrimRight(string(f.Source[f.lines[n-1]:e]), "\r\n")
}

// Text gives the source of a node.
func (f *File) Text(n Node) string { return string(f.Source[n.Pos():n.Stop()]) }

// Str decodes.
func (c *Constant) Str() (string, bool) {
	if c.Kind != ConstStr {
		return "", false
	}
	var b strings.Builder
	l := &lexer{src: c.Raw, indent: []int{0}, depth: 1}
	for {
		t := l.next()
		if t.kind != 's' {
			break
		}
		q := strings.IndexAny(t.text, "\"'")
		n := 1
		if len(t.text) >= q+6 && strings.HasPrefix(t.text[q:], strings.Repeat(t.text[q:q+1], 3)) {
			n = 3
		}
		if len(t.text) < q+2*n {
			break
		}
		body := t.text[q+n : len(t.text)-n]
		if strings.ContainsAny(t.text[:q], "rR") || !strings.Contains(body, "\\") {
			b.WriteString(body)
		} else {
			body = strings.ReplaceAll(body, "\\\n", "")
			b.WriteString(strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\'`, "'", `\"`, `"`).Replace(body))
		}
	}
	return b.String(), true
}

// Int decodes.
func (c *Constant) Int() (int64, bool) {
	v, err := strconv.ParseInt(strings.ReplaceAll(c.Raw, "_", ""), 0, 64)
	return v, err == nil
}
