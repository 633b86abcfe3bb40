package program

import "github.com/middlebrick/middlebrick/scanner/python"

// index holds what look-ups need. Its fields belong to this package.
type index struct{}

// Build makes the program from parsed files. Files may come in any order; the result does not depend on it.
func Build(files []*python.File) *Program { return &Program{} }

// Lookup resolves a bare name from a scope: enclosing functions' nested definitions, the module's names, imports followed through
// re-exports and stars to the definition, builtins as ToExternal "builtins.len". Local variables of functions are Unknown:
// the caller knows them better. Import cycles end.
func (p *Program) Lookup(s Scope, name string) Ref { return Ref{} }

// Resolve resolves a name or dotted expression (a.b.C), through modules, classes and their attributes. Anything else is Unknown.
func (p *Program) Resolve(s Scope, e python.Expr) Ref { return Ref{} }

// Member resolves attr on a module, class or value reference: a module's name, a class attribute or method along the MRO,
// for an external reference its Qual extended by ".attr".
func (p *Program) Member(r Ref, attr string) Ref { return Ref{} }

// Module returns the module that an absolute dotted name means when imported from the module from (which of several
// projects in one tree is preferred: the nearest), or nil.
func (p *Program) Module(from *Module, name string) *Module { return nil }

// MRO returns c and its project base classes in method resolution order (C3; on a conflict depth first).
func (c *Class) MRO() []*Class { return c.mro }

// Attr finds a name along the MRO: the binding and the class whose body holds it.
func (c *Class) Attr(name string) (*Binding, *Class) { return nil, nil }

// Method finds a method along the MRO.
func (c *Class) Method(name string) *Function { return nil }

// IsSubclass tells whether c or one of its bases, of the project or outside, has one of the qualified names.
func (c *Class) IsSubclass(quals ...string) bool { return false }

// TypeArg returns what the type variable name of base stands for in c, through any depth of inheritance
// (class CRUDOrder(CRUDBase[Order]) gives Order for CRUDBase's "ModelType"), with the scope in which the expression stands.
func (c *Class) TypeArg(base *Class, name string) (python.Expr, Scope, bool) {
	return nil, Scope{}, false
}

// Annotation reads an annotation: Optional[X], X | None, Union, Annotated[X, …], quoted annotations, aliases
// (DB = Annotated[…], PEP 695 `type`), list[X], type[X], Generator/AsyncGenerator/Iterator (kept as they are, with Args), Self.
func (p *Program) Annotation(s Scope, e python.Expr) Type { return Type{} }

// Subclasses returns the project classes that derive from c, directly or not, in source order.
func (p *Program) Subclasses(c *Class) []*Class { return nil }
