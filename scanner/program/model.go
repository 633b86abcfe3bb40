package program

import "github.com/middlebrick/middlebrick/scanner/python"

// Program is a whole project. It is built once and then only read, by many goroutines.
type Program struct {
	Modules   []*Module // sorted by path
	Functions []*Function
	Classes   []*Class
	index     index

	found  []*collector // of each module, when there may be a program after this one
	called []string     // the names of the modules, as long as they were this program's
}

// Module is one source file.
type Module struct {
	// Name is the dotted name by which the project imports it, as far as its folder tells ("app.api.orders").
	Name    string
	File    *python.File
	Package bool // __init__.py
	// Names are the bindings of the module's top level, the last assignment winning over earlier ones.
	// Bindings under `if TYPE_CHECKING`, try/except ImportError and other top-level branches count too.
	Names map[string]*Binding
	// Stars are the modules whose names a star import brings in, in order.
	Stars []string
	Funcs []*Function // top-level functions, in source order
	Class []*Class    // top-level classes, in source order

	dir, stem string   // "server/app", "orders"
	root      string   // the folder from which it is imported: Name is its path below it
	relative  bool     // it has relative imports
	virtual   bool     // a namespace package, without a file
	stars     []Import // as Stars, with the path of relative ones
	all       []python.Expr
	exports   map[string]bool // __all__, nil when it has none or is not literal
	defs      map[*python.FunctionDef]*Function
	lambdas   map[*python.Lambda]*Function
	made      made
}

// Binding is what a top-level or class-level name was bound to by the source: exactly one of the fields below is set,
// or only Annotation for a bare declaration.
type Binding struct {
	Name       string
	Function   *Function
	Class      *Class
	Import     *Import
	Value      python.Expr // assigned expression
	Annotation python.Expr
	// Element tells that Value is unpacked: the name is its Element-th part (-1 otherwise).
	Element int
	Pos     int32
	// Sets are the assignments by functions that declare the name global (`global pool; pool = Pool()`), in source order.
	Sets []Set
	// Earlier is the binding that this one replaced (app = FastAPI(); app = Middleware(app)), or nil.
	Earlier *Binding
	alias   *python.TypeAlias // the `type` statement whose Value it is
}

// Set is an assignment to a global from inside a function.
type Set struct {
	Function *Function
	Value    python.Expr
	Element  int
	Pos      int32
}

// Import is one imported name: module Module itself when Name is "", otherwise Name from Module.
// Relative imports are already made absolute.
type Import struct {
	Module string
	Name   string
	rel    string // path of the module for a relative import: "/app/models"; "//" outside the tree
}

// Function is a function, method, nested function or lambda.
type Function struct {
	Name     string
	Qualname string // as Python's __qualname__, without "<locals>" ("Service.cancel", "make_router.endpoint")
	Module   *Module
	Class    *Class    // the class whose body holds it, or nil
	Outer    *Function // the function that encloses it, or nil
	Def      *python.FunctionDef
	Lambda   *python.Lambda // instead of Def
	Params   []Param
	// Async, Generator: `async def`; a yield in its own body.
	Async, Generator bool
	// What its decorators make of it.
	Static, ClassMethod, Property, Abstract, ContextManager bool
	// Nested are the functions and classes defined directly inside, by name.
	NestedFuncs   map[string]*Function
	NestedClasses map[string]*Class
	Local         map[string]bool // names assigned somewhere in the body (parameters included), global and nonlocal excluded
	Globals       map[string]bool // names declared global
	Nonlocals     map[string]bool
	imports       map[string]*Import // imported inside the body
}

// Param is one parameter.
type Param struct {
	Name       string
	Kind       ParamKind
	Annotation python.Expr
	Default    python.Expr
	Pos        int32
}

// ParamKind is the kind of a parameter, as in inspect.Parameter.
type ParamKind uint8

// The kinds of parameters.
const (
	PositionalOnly ParamKind = iota
	PositionalOrKeyword
	VarPositional
	KeywordOnly
	VarKeyword
)

// Class is a class.
type Class struct {
	Name     string
	Qualname string
	Module   *Module
	Outer    *Function // the function that encloses it, or nil
	OuterCls *Class    // the class that encloses it, or nil
	Def      *python.ClassDef
	// Bases are the resolved base classes in order; type arguments of a subscripted base (CRUDBase[Order]) are in Args.
	Bases []Base
	// Names are the bindings of the class body: methods, nested classes, assigned and annotated attributes.
	Names map[string]*Binding
	// Order lists Names in source order.
	Order []string
	// TypeVars are the names of the class's own type parameters, from Generic[T] or PEP 695, in order.
	TypeVars []string
	mro      []*Class
	subs     []*Class // direct subclasses
	linear   state    // of the linearisation
}

type state uint8

const (
	untouched state = iota
	underway
	done
)

// Base is one base class.
type Base struct {
	Class *Class // nil when it is not of this project
	Qual  string // its qualified name otherwise ("sqlalchemy.orm.DeclarativeBase"), "" when unknown
	Args  []python.Expr
	scope Scope // where Args stand
}

// RefKind tells what a Ref is.
type RefKind uint8

// The kinds of references.
const (
	Unknown RefKind = iota
	ToModule
	ToClass
	ToFunction
	ToValue    // a module-level or class-level variable of the project: Binding, in Module
	ToExternal // something outside the project: Qual
)

// Ref is what a name or dotted expression refers to.
type Ref struct {
	Kind     RefKind
	Module   *Module // the module itself, or where Binding stands
	Class    *Class
	Function *Function
	Binding  *Binding
	// Qual is the qualified name, for everything but Unknown: "sqlalchemy.orm.Session", "app.models.Order".
	Qual string
}

// Scope is where an expression stands: a function within a module, a class body, or the module's top level.
type Scope struct {
	Module   *Module
	Function *Function // nil at top level
	Class    *Class    // class body, or nil
	// header tells that the expression stands in the header of Function (decorator, default, annotation), outside its body.
	header bool
}

// Type is what an annotation says.
type Type struct {
	// Ref is the class, project's own or external. Unknown when nothing is known.
	Ref Ref
	// Args are the type arguments (list[Order] has one; the Optional or None part of a union is dropped and noted in Optional).
	Args     []Type
	Optional bool
	// Metadata are the further arguments of Annotated[…], expressions standing in MetaScope (Depends(...), Query(...)).
	Metadata  []python.Expr
	MetaScope Scope
	// Var is the name of the type variable, when the annotation is one.
	Var string
	// Union holds the alternatives of a union that has more than one besides None.
	Union []Type
}
