package python

// token is the kind of a lexical element. Operators and keywords each have their own.
type token uint8

const (
	tokEOF token = iota
	// tokBad is the current token from a syntax error until recovery: no production matches it,
	// so the parser unwinds by itself.
	tokBad
	tokNewline
	tokName
	tokInt
	tokFloat
	tokImag
	tokString
	tokFString // only the opening of an f- or t-string: the parser asks for the rest

	tokLParen
	tokRParen
	tokLBracket
	tokRBracket
	tokLBrace
	tokRBrace
	tokComma
	tokColon
	tokSemi
	tokDot
	tokEllipsis
	tokArrow
	tokWalrus
	tokBang
	tokAssign
	tokTilde

	// Binary operators, in the order of Operator.
	tokPlus
	tokMinus
	tokStar
	tokAt
	tokSlash
	tokPercent
	tokDoubleStar
	tokLShift
	tokRShift
	tokPipe
	tokCaret
	tokAmper
	tokDoubleSlash

	// Augmented assignments, in the same order.
	tokPlusAssign
	tokMinusAssign
	tokStarAssign
	tokAtAssign
	tokSlashAssign
	tokPercentAssign
	tokDoubleStarAssign
	tokLShiftAssign
	tokRShiftAssign
	tokPipeAssign
	tokCaretAssign
	tokAmperAssign
	tokDoubleSlashAssign

	// Comparisons, in the order of CmpOperator.
	tokEq
	tokNotEq
	tokLess
	tokLessEq
	tokGreater
	tokGreaterEq

	tokFalse
	tokNone
	tokTrue
	tokAnd
	tokAs
	tokAssert
	tokAsync
	tokAwait
	tokBreak
	tokClass
	tokContinue
	tokDef
	tokDel
	tokElif
	tokElse
	tokExcept
	tokFinally
	tokFor
	tokFrom
	tokGlobal
	tokIf
	tokImport
	tokIn
	tokIs
	tokLambda
	tokNonlocal
	tokNot
	tokOr
	tokPass
	tokRaise
	tokReturn
	tokTry
	tokWhile
	tokWith
	tokYield
)

// keyword returns the token of an identifier: a keyword's own, or tokName.
func keyword(s string) token {
	if len(s) < 2 || len(s) > 8 {
		return tokName
	}
	switch s {
	case "False":
		return tokFalse
	case "None":
		return tokNone
	case "True":
		return tokTrue
	case "and":
		return tokAnd
	case "as":
		return tokAs
	case "assert":
		return tokAssert
	case "async":
		return tokAsync
	case "await":
		return tokAwait
	case "break":
		return tokBreak
	case "class":
		return tokClass
	case "continue":
		return tokContinue
	case "def":
		return tokDef
	case "del":
		return tokDel
	case "elif":
		return tokElif
	case "else":
		return tokElse
	case "except":
		return tokExcept
	case "finally":
		return tokFinally
	case "for":
		return tokFor
	case "from":
		return tokFrom
	case "global":
		return tokGlobal
	case "if":
		return tokIf
	case "import":
		return tokImport
	case "in":
		return tokIn
	case "is":
		return tokIs
	case "lambda":
		return tokLambda
	case "nonlocal":
		return tokNonlocal
	case "not":
		return tokNot
	case "or":
		return tokOr
	case "pass":
		return tokPass
	case "raise":
		return tokRaise
	case "return":
		return tokReturn
	case "try":
		return tokTry
	case "while":
		return tokWhile
	case "with":
		return tokWith
	case "yield":
		return tokYield
	}
	return tokName
}

// Binding strengths of operators; 0 means the token is no binary operator.
const (
	precNone = iota
	precOr
	precAnd
	precNot
	precCompare
	precBitOr
	precBitXor
	precBitAnd
	precShift
	precSum
	precTerm
)

var precedence = [256]uint8{
	tokOr: precOr, tokAnd: precAnd,
	tokEq: precCompare, tokNotEq: precCompare, tokLess: precCompare, tokLessEq: precCompare,
	tokGreater: precCompare, tokGreaterEq: precCompare, tokIn: precCompare, tokIs: precCompare, tokNot: precCompare,
	tokPipe: precBitOr, tokCaret: precBitXor, tokAmper: precBitAnd,
	tokLShift: precShift, tokRShift: precShift,
	tokPlus: precSum, tokMinus: precSum,
	tokStar: precTerm, tokAt: precTerm, tokSlash: precTerm, tokPercent: precTerm, tokDoubleSlash: precTerm,
}

// beginsOnlyStatements holds the keywords that cannot occur inside an expression: one of them at the
// beginning of a line inside brackets means that a bracket was forgotten.
var beginsOnlyStatements = [256]bool{
	tokAssert: true, tokBreak: true, tokClass: true, tokContinue: true, tokDef: true, tokDel: true,
	tokElif: true, tokExcept: true, tokFinally: true, tokGlobal: true, tokImport: true, tokNonlocal: true,
	tokPass: true, tokRaise: true, tokReturn: true, tokTry: true, tokWhile: true, tokWith: true, tokAt: true,
}
