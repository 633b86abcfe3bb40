package python

import (
	"math"
	"sort"
	"strings"
	"sync"
	"unsafe"
)

// Limits on hostile input. Beyond them a statement is an error, as it is in CPython: a deeper tree would
// overflow the stack of whoever walks it, which Go cannot recover from.
const (
	maxBrackets = 200    // open brackets
	maxDepth    = 1000   // nested expressions of any kind
	maxBlocks   = 100    // nested blocks
	freeLinks   = 100    // links of one chain `a.b(c).d + e` that cost nothing
	maxLinks    = 20_000 // links beyond that, in one statement
	maxElif     = 2000   // branches of one if statement
	maxErrors   = 1000   // errors listed for one file
)

type parser struct {
	lexer
	file *File
	// trial is set while looking ahead: errors are not recorded.
	trial bool
	// compound tells that the statement being read has a header and a block.
	compound bool
	// headed tells that the last token of a skipped line was a colon.
	headed bool
	// base is where the statements of the current block begin in stmts.
	base int
	// reopened is behind the start of the latest string that reopen cut.
	reopened int32
	// reread counts the bytes of f-strings that could not be read and are skipped in a second pass.
	reread int

	level  int // nested expressions
	blocks int // nested blocks
	links  int // links of long chains in this statement

	// Children are collected here and copied out at their exact number.
	exprs    []Expr
	stmts    []Stmt
	patterns []Pattern
	keywords []*Keyword
	args     []Arg
	slabs
	shared int // bytes of the files before that have nodes in the same allocations
}

// Parse reads a source file. It never fails: what cannot be read is listed in File.Errors and the rest of
// the tree is usable. The tree points into src, which must not be changed afterwards.
func Parse(path string, src []byte) *File {
	f := &File{Path: path}
	p := parsers.Get().(*parser)
	defer p.release()
	p.file = f
	p.source(src)
	if len(f.Source) > math.MaxInt32-8 {
		f.Source = nil
		p.record(0, "file is larger than 2 GB")
		return f
	}
	if len(f.Source) == 0 {
		return f
	}
	p.src = unsafe.String(&f.Source[0], len(f.Source))
	if strings.HasPrefix(p.src, "\ufeff") {
		p.pos = 3
	}
	p.startLine()
	f.Body = p.block(0, -1)
	if len(f.Errors) > 1 {
		sort.SliceStable(f.Errors, func(i, j int) bool { return f.Errors[i].Offset < f.Errors[j].Offset })
	}
	return f
}

// bundle is how many bytes of source may share allocations. A tree that is kept keeps all that it shares with: without an end to
// it, one tree would keep every tree that was ever read.
const bundle = 256 << 10

// parsers keeps parsers for the next file: their stacks, and what is left of the last allocations.
var parsers = sync.Pool{New: func() any { return new(parser) }}

func (p *parser) release() {
	const large = 1 << 16
	if cap(p.exprs)+cap(p.stmts)+cap(p.patterns)+cap(p.keywords)+cap(p.args) > large {
		return
	}
	clear(p.exprs[:cap(p.exprs)])
	clear(p.stmts[:cap(p.stmts)])
	clear(p.patterns[:cap(p.patterns)])
	clear(p.keywords[:cap(p.keywords)])
	clear(p.args[:cap(p.args)])
	next := parser{exprs: p.exprs[:0], stmts: p.stmts[:0], patterns: p.patterns[:0], keywords: p.keywords[:0], args: p.args[:0]}
	if shared := p.shared + len(p.src); shared < bundle {
		next.shared, next.slabs = shared, p.slabs
	}
	*p = next
	parsers.Put(p)
}

// record lists an error.
func (p *parser) record(offset int32, message string) {
	p.failed = offset
	if p.trial {
		return
	}
	switch n := len(p.file.Errors); {
	case n < maxErrors:
		p.file.Errors = append(p.file.Errors, SyntaxError{offset, message})
	case n == maxErrors:
		p.file.Errors = append(p.file.Errors, SyntaxError{offset, "too many errors; the rest is not listed"})
	}
}

// missed lists the error that reading ahead from a place came over and left behind: one in an f-string.
func (p *parser) missed(before lexer) {
	if p.failed != before.failed {
		p.record(p.failed, "cannot read the f-string")
	}
}

// fail makes the current token the place of a syntax error. The token becomes tokBad, which fits nowhere:
// all productions return, up to the statement, which recovers.
func (p *parser) fail(message string) {
	if p.tok == tokBad {
		return
	}
	switch p.tok {
	case tokLParen, tokLBracket, tokLBrace:
		p.depth--
	case tokRParen, tokRBracket, tokRBrace:
		p.depth++
	}
	p.record(p.start, message)
	p.tok = tokBad
	p.pos = int(p.start)
	// Nodes that are given up end here, not before they began.
	p.end, p.last = p.start, p.start
}

// expect moves over a token that must be there.
func (p *parser) expect(t token, message string) bool {
	if p.tok != t {
		p.fail(message)
		return false
	}
	p.next()
	return true
}

// accept moves over a token that may be there.
func (p *parser) accept(t token) bool {
	if p.tok != t {
		return false
	}
	p.next()
	return true
}

// text is the source of the current token.
func (p *parser) text() string { return p.src[p.start:p.pos] }

// name reads an identifier.
func (p *parser) name() string {
	if p.tok != tokName {
		p.fail("expected a name")
		return ""
	}
	s := p.src[p.start:p.pos]
	p.next()
	return s
}

// enter counts a level of nesting; leave it with p.level--.
func (p *parser) enter() bool {
	p.level++
	if p.level > maxDepth {
		p.fail("nested too deeply")
		return false
	}
	return true
}

// link counts a link of a chain that is n links long so far.
func (p *parser) link(n int) {
	if n > freeLinks {
		if p.links++; p.links > maxLinks {
			p.fail("expression is too long")
		}
	}
}

func (p *parser) takeExprs(base int) []Expr {
	out := p.exprLists.take(p.exprs[base:])
	p.exprs = p.exprs[:base]
	return out
}
