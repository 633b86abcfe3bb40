package python

import "sync"

// The syntax tree mirrors CPython's ast module: the same node names and the same fields, so that the
// language reference doubles as its documentation and CPython itself can serve as the oracle in tests.
//
// Nodes carry byte offsets into the file only; File.Position turns one into a line and column when
// something is reported. Identifiers are substrings of the source, never copies.

// Span is the byte range [Start, End) of a node.
type Span struct{ Start, End int32 }

// Pos returns the byte offset of the first byte of the node.
func (s Span) Pos() int32 { return s.Start }

// Stop returns the byte offset just past the last byte of the node.
func (s Span) Stop() int32 { return s.End }

// Node is any part of the tree that has a place in the source.
type Node interface {
	Pos() int32
	Stop() int32
}

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Pattern is a pattern of a case clause.
type Pattern interface {
	Node
	pattern()
}

type stmtNode struct{ Span }

func (*stmtNode) stmt() {}

type exprNode struct{ Span }

func (*exprNode) expr() {}

type patternNode struct{ Span }

func (*patternNode) pattern() {}

// Statements.
type (
	// FunctionDef is `def` or `async def`. Its span begins at the keyword, as in CPython: decorators lie before it.
	FunctionDef struct {
		stmtNode
		Name       string
		NamePos    int32
		Async      bool
		TypeParams []*TypeParam
		Args       *Arguments
		Returns    Expr // nil without annotation
		Body       []Stmt
		Decorators []Expr
	}
	// ClassDef is a class statement.
	ClassDef struct {
		stmtNode
		Name       string
		NamePos    int32
		TypeParams []*TypeParam
		Bases      []Expr // positional; may hold *Starred
		Keywords   []*Keyword
		Body       []Stmt
		Decorators []Expr
	}
	// Return is a return statement; Value is nil when bare.
	Return struct {
		stmtNode
		Value Expr
	}
	// Delete is `del a, b`.
	Delete struct {
		stmtNode
		Targets []Expr
	}
	// Assign is `a = b = value`.
	Assign struct {
		stmtNode
		Targets []Expr
		Value   Expr
	}
	// AugAssign is `target op= value`.
	AugAssign struct {
		stmtNode
		Target Expr
		Op     Operator
		Value  Expr
	}
	// AnnAssign is `target: annotation [= value]`.
	AnnAssign struct {
		stmtNode
		Target     Expr
		Annotation Expr
		Value      Expr // nil when only declared
	}
	// TypeAlias is `type Name[params] = value` (PEP 695).
	TypeAlias struct {
		stmtNode
		Name       *Name
		TypeParams []*TypeParam
		Value      Expr
	}
	// For is `for` or `async for`.
	For struct {
		stmtNode
		Async  bool
		Target Expr
		Iter   Expr
		Body   []Stmt
		Else   []Stmt
	}
	// While is a while loop.
	While struct {
		stmtNode
		Test Expr
		Body []Stmt
		Else []Stmt
	}
	// If is an if statement; elif is an If alone in Else.
	If struct {
		stmtNode
		Test Expr
		Body []Stmt
		Else []Stmt
	}
	// With is `with` or `async with`.
	With struct {
		stmtNode
		Async bool
		Items []WithItem
		Body  []Stmt
	}
	// Match is a match statement.
	Match struct {
		stmtNode
		Subject Expr
		Cases   []*MatchCase
	}
	// Raise is a raise statement; both fields may be nil.
	Raise struct {
		stmtNode
		Exc   Expr
		Cause Expr
	}
	// Try is try with `except` or, when Star is set, `except*` clauses.
	Try struct {
		stmtNode
		Star     bool
		Body     []Stmt
		Handlers []*ExceptHandler
		Else     []Stmt
		Finally  []Stmt
	}
	// Assert is an assert statement; Msg may be nil.
	Assert struct {
		stmtNode
		Test Expr
		Msg  Expr
	}
	// Import is `import a.b as c, d`.
	Import struct {
		stmtNode
		Lazy  bool // PEP 810
		Names []Alias
	}
	// ImportFrom is `from ..module import a as b`; a star import has one Alias named "*".
	ImportFrom struct {
		stmtNode
		Lazy   bool
		Module string // "" for `from . import x`
		Level  int    // number of leading dots
		Names  []Alias
	}
	// Global is a global statement.
	Global struct {
		stmtNode
		Names []string
	}
	// Nonlocal is a nonlocal statement.
	Nonlocal struct {
		stmtNode
		Names []string
	}
	// ExprStmt is an expression that stands alone.
	ExprStmt struct {
		stmtNode
		Value Expr
	}
	// Pass is a pass statement.
	Pass struct{ stmtNode }
	// Break is a break statement.
	Break struct{ stmtNode }
	// Continue is a continue statement.
	Continue struct{ stmtNode }
	// BadStmt stands for a logical line that could not be parsed. An indented block under it is kept.
	BadStmt struct {
		stmtNode
		Body []Stmt
	}
)

// Expressions.
type (
	// BoolOp is `a and b and c` or `a or b`; one node for a run of the same operator.
	BoolOp struct {
		exprNode
		Or     bool
		Values []Expr
	}
	// NamedExpr is `target := value`.
	NamedExpr struct {
		exprNode
		Target *Name
		Value  Expr
	}
	// BinOp is a binary operation.
	BinOp struct {
		exprNode
		Left  Expr
		Op    Operator
		Right Expr
	}
	// UnaryOp is `not`, `-`, `+` or `~`.
	UnaryOp struct {
		exprNode
		Op      UnaryOperator
		Operand Expr
	}
	// Lambda is a lambda expression.
	Lambda struct {
		exprNode
		Args *Arguments
		Body Expr
	}
	// IfExp is `body if test else else`.
	IfExp struct {
		exprNode
		Test, Body, Else Expr
	}
	// Dict is a dict display; a nil key is a `**value` entry.
	Dict struct {
		exprNode
		Keys, Values []Expr
	}
	// Set is a set display.
	Set struct {
		exprNode
		Elts []Expr
	}
	// Comp is a list, set, generator or dict comprehension. Value is set for a dict comprehension only.
	Comp struct {
		exprNode
		Kind       CompKind
		Elt        Expr // the key of a dict comprehension
		Value      Expr
		Generators []Comprehension
	}
	// Await is an await expression.
	Await struct {
		exprNode
		Value Expr
	}
	// Yield is `yield [value]`.
	Yield struct {
		exprNode
		Value Expr
	}
	// YieldFrom is `yield from value`.
	YieldFrom struct {
		exprNode
		Value Expr
	}
	// Compare is a chain `left op0 c0 op1 c1 …`.
	Compare struct {
		exprNode
		Left        Expr
		Ops         []CmpOperator
		Comparators []Expr
	}
	// Call is a call. Args may hold *Starred; a Keyword without a name is `**value`.
	Call struct {
		exprNode
		Func     Expr
		Args     []Expr
		Keywords []*Keyword
	}
	// Constant is a number, string, bytes, True, False, None or the ellipsis.
	// Adjacent string literals are one Constant, as in CPython.
	Constant struct {
		exprNode
		Kind ConstKind
		// begin tells what Raw begins inside of when it is a piece of an f- or t-string.
		begin uint8
		// Raw is the source text. For implicitly joined strings it reaches from the first literal to the last.
		Raw string
	}
	// JoinedStr is an f-string, or a t-string when Template is set. Literal pieces are *Constant, the rest *FormattedValue.
	JoinedStr struct {
		exprNode
		Template bool
		Values   []Expr
	}
	// FormattedValue is a replacement field of an f-string (Interpolation, in a t-string).
	FormattedValue struct {
		exprNode
		Value      Expr
		Conversion byte // 0, 's', 'r' or 'a'
		FormatSpec *JoinedStr
	}
	// Attribute is `value.attr`.
	Attribute struct {
		exprNode
		Value Expr
		Attr  string
	}
	// Subscript is `value[slice]`.
	Subscript struct {
		exprNode
		Value Expr
		Slice Expr
	}
	// Starred is `*value`.
	Starred struct {
		exprNode
		Value Expr
	}
	// Name is an identifier.
	Name struct {
		exprNode
		ID string
	}
	// List is a list display or target.
	List struct {
		exprNode
		Elts []Expr
	}
	// Tuple is a tuple display or target.
	Tuple struct {
		exprNode
		Elts []Expr
	}
	// Slice is `lower:upper:step` inside a subscript; each part may be nil.
	Slice struct {
		exprNode
		Lower, Upper, Step Expr
	}
	// BadExpr stands for an expression that could not be parsed.
	BadExpr struct{ exprNode }
)

// Parts of statements and expressions.
type (
	// Arguments are the parameters of a function. Defaults stand on the parameter itself.
	Arguments struct {
		PosOnly []Arg
		Args    []Arg
		VarArg  *Arg // *args
		KwOnly  []Arg
		KwArg   *Arg // **kwargs
	}
	// Arg is one parameter. Its span covers name and annotation, as in CPython.
	Arg struct {
		Span
		Name       string
		Annotation Expr
		Default    Expr
	}
	// Keyword is `name=value` in a call or class header; Name is "" for `**value`.
	Keyword struct {
		Span
		Name  string
		Value Expr
	}
	// Alias is one name of an import: Name as written (dotted for plain imports), AsName "" when not renamed.
	Alias struct {
		Span
		Name, AsName string
	}
	// WithItem is one `context as target`.
	WithItem struct {
		Context Expr
		Target  Expr
	}
	// MatchCase is one case clause.
	MatchCase struct {
		Pattern Pattern
		Guard   Expr
		Body    []Stmt
	}
	// ExceptHandler is one except clause; Type is nil when bare, a Tuple for several types.
	ExceptHandler struct {
		Span
		Type Expr
		Name string
		Body []Stmt
	}
	// Comprehension is one `for target in iter if cond…`.
	Comprehension struct {
		Async  bool
		Target Expr
		Iter   Expr
		Ifs    []Expr
	}
	// TypeParam is one PEP 695 type parameter: T, *Ts or **P.
	TypeParam struct {
		Span
		Name    string
		Stars   int // 0 TypeVar, 1 TypeVarTuple, 2 ParamSpec
		Bound   Expr
		Default Expr
	}
)

// Patterns.
type (
	// MatchValue is a literal or dotted name.
	MatchValue struct {
		patternNode
		Value Expr
	}
	// MatchSingleton is None, True or False.
	MatchSingleton struct {
		patternNode
		Value *Constant
	}
	// MatchSequence is `[a, *b]` or `(a, b)`.
	MatchSequence struct {
		patternNode
		Patterns []Pattern
	}
	// MatchMapping is `{key: pattern, **rest}`.
	MatchMapping struct {
		patternNode
		Keys     []Expr
		Patterns []Pattern
		Rest     string
	}
	// MatchClass is `Cls(a, attr=b)`.
	MatchClass struct {
		patternNode
		Cls         Expr
		Patterns    []Pattern
		KwdAttrs    []string
		KwdPatterns []Pattern
	}
	// MatchStar is `*name` in a sequence pattern; Name is "" for `*_`.
	MatchStar struct {
		patternNode
		Name string
	}
	// MatchAs is `pattern as name`, a bare capture `name`, or the wildcard `_` (both empty).
	MatchAs struct {
		patternNode
		Pattern Pattern
		Name    string
	}
	// MatchOr is `a | b`.
	MatchOr struct {
		patternNode
		Patterns []Pattern
	}
)

// ConstKind tells what a Constant holds.
type ConstKind uint8

// The kinds of constants.
const (
	ConstNone ConstKind = iota
	ConstTrue
	ConstFalse
	ConstEllipsis
	ConstInt
	ConstFloat
	ConstComplex
	ConstStr
	ConstBytes
)

// CompKind tells which comprehension a Comp is.
type CompKind uint8

// The kinds of comprehensions.
const (
	ListComp CompKind = iota
	SetComp
	DictComp
	GeneratorExp
)

// Operator is a binary operator.
type Operator uint8

// The binary operators.
const (
	Add Operator = iota
	Sub
	Mult
	MatMult
	Div
	Mod
	Pow
	LShift
	RShift
	BitOr
	BitXor
	BitAnd
	FloorDiv
)

// UnaryOperator is a unary operator.
type UnaryOperator uint8

// The unary operators.
const (
	Invert UnaryOperator = iota
	Not
	UAdd
	USub
)

// CmpOperator is a comparison operator.
type CmpOperator uint8

// The comparison operators.
const (
	Eq CmpOperator = iota
	NotEq
	Lt
	LtE
	Gt
	GtE
	Is
	IsNot
	In
	NotIn
)

// File is one parsed source file.
type File struct {
	Path   string // as given to Parse; relative to the scanned root, with '/'
	Source []byte // UTF-8, newlines as found
	Body   []Stmt
	// Errors lists what could not be parsed, in source order; the rest of the tree is still usable.
	Errors []SyntaxError
	// Comments holds only comments that contain the marker "middlebrick:" or "noqa".
	Comments []Comment
	lineOnce sync.Once
	lines    []int32 // offsets of line starts, computed on first use
}

// Name returns the last name of what is called, as "get" of session.get(…), or "" for a call of something without a name.
func (c *Call) Name() string {
	switch f := c.Func.(type) {
	case *Attribute:
		return f.Attr
	case *Name:
		return f.ID
	}
	return ""
}

// SyntaxError is one place that could not be parsed.
type SyntaxError struct {
	Offset  int32
	Message string
}

// Comment is a comment kept because it may suppress a finding. Text begins with '#'.
type Comment struct {
	Span
	Text string
}
