package program

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// Annotation reads an annotation: Optional[X], X | None, Union, Annotated[X, …], quoted annotations, aliases
// (DB = Annotated[…], PEP 695 `type`), list[X], type[X], Generator/AsyncGenerator/Iterator (kept as they are, with Args), Self.
//
// What was read is remembered: unions that are named in one place are asked for at every parameter that bears the name.
func (p *Program) Annotation(s Scope, e python.Expr) Type {
	if e == nil {
		return Type{}
	}
	known, _ := p.index.types.Load(e)
	first, _ := known.(*typeRead)
	for r := first; r != nil; r = r.next {
		if r.scope == s {
			return r.typ
		}
	}
	t := p.annotation(s, e, 0)
	p.index.types.Store(e, &typeRead{s, t, first})
	return t
}

// typeRead is an annotation as it was read in one scope.
type typeRead struct {
	scope Scope
	typ   Type
	next  *typeRead // in another scope
}

func (p *Program) annotation(s Scope, e python.Expr, depth int) Type {
	r := reading{Program: p, left: 2000}
	return r.annotation(s, e, depth)
}

// reading is one annotation being read. left bounds the parts, as aliases of aliases can grow without bound.
type reading struct {
	*Program
	left int
}

func (p *reading) annotation(s Scope, e python.Expr, depth int) Type {
	if p.left--; depth > deep || p.left < 0 {
		return Type{}
	}
	switch e := e.(type) {
	case *python.Constant:
		if e.Kind == python.ConstStr {
			return p.annotation(s, p.unquote(e), depth+1)
		}
		if e.Kind == python.ConstNone {
			return Type{Ref: Ref{Kind: ToExternal, Qual: "builtins.None"}}
		}
	case *python.Name:
		if e.ID == "Self" {
			if k := s.class(); k != nil {
				return Type{Ref: classRef(k)}
			}
		}
		if typeParam(s, e.ID) {
			return Type{Var: e.ID}
		}
		return p.named(p.lookup(s, e.ID, depth), depth)
	case *python.Attribute:
		r := p.resolve(s, e, depth)
		if k := s.class(); k != nil && (r.Qual == "typing.Self" || r.Qual == "typing_extensions.Self") {
			return Type{Ref: classRef(k)}
		}
		return p.named(r, depth)
	case *python.BinOp:
		if e.Op == python.BitOr {
			return p.union(s, alternatives(e, nil), depth)
		}
	case *python.Subscript:
		return p.subscript(s, e, depth)
	case *python.List:
		return Type{Args: p.annotations(s, e.Elts, depth)}
	case *python.Starred:
		return p.annotation(s, e.Value, depth+1)
	}
	return Type{}
}

// class returns the class around a scope, for Self.
func (s Scope) class() *Class {
	if s.Class != nil {
		return s.Class
	}
	for f := s.Function; f != nil; f = f.Outer {
		if f.Class != nil {
			return f.Class
		}
	}
	return nil
}

// named reads a reference as a type: an alias is read where it stands.
func (p *reading) named(r Ref, depth int) Type {
	switch r.Kind {
	case ToClass, ToExternal:
		return Type{Ref: r}
	case ToValue:
		return p.aliased(r, depth)
	}
	return Type{}
}

func (p *reading) aliased(r Ref, depth int) Type {
	s := Scope{Module: r.Module, Class: r.Class}
	switch v := r.Binding.Value.(type) {
	case *python.Call:
		if r.Binding.Element >= 0 {
			return Type{}
		}
		if p.typeVarCall(r) {
			return Type{Var: r.Binding.Name}
		}
		f := p.resolve(s, v.Func, depth+1)
		if len(v.Args) == 2 && (strings.HasSuffix(f.Qual, ".NewType") || strings.HasSuffix(f.Qual, ".TypeAliasType")) {
			return p.annotation(s, v.Args[1], depth+1)
		}
		if b := p.madeBase(s, v, depth+1); b.Class != nil && f.Kind == ToFunction {
			return Type{Ref: classRef(b.Class)}
		}
	case *python.Subscript, *python.BinOp, *python.Name, *python.Attribute, *python.Constant:
		if r.Binding.Element < 0 {
			if k, ok := v.(*python.Constant); ok && k.Kind != python.ConstStr {
				return Type{}
			}
			return p.annotation(s, v, depth+1)
		}
	}
	return Type{}
}

// alternatives flattens a | b | c.
func alternatives(e python.Expr, into []python.Expr) []python.Expr {
	var right []python.Expr
	for len(right) < 1000 {
		b, ok := e.(*python.BinOp)
		if !ok || b.Op != python.BitOr {
			break
		}
		right = append(right, b.Right)
		e = b.Left
	}
	into = append(into, e)
	for i := len(right) - 1; i >= 0; i-- {
		into = append(into, right[i])
	}
	return into
}

func (p *reading) union(s Scope, list []python.Expr, depth int) Type {
	var arms []Type
	optional := false
	for _, e := range list {
		t := p.annotation(s, e, depth+1)
		optional = optional || t.Optional
		switch {
		case t.Ref.Qual == "builtins.None":
			optional = true
		case len(t.Union) > 0:
			arms = append(arms, t.Union...)
		default:
			arms = append(arms, t)
		}
	}
	switch len(arms) {
	case 0:
		return Type{Optional: optional}
	case 1:
		arms[0].Optional = optional
		return arms[0]
	}
	return Type{Union: arms, Optional: optional}
}

func (p *reading) subscript(s Scope, e *python.Subscript, depth int) Type {
	args := []python.Expr{e.Slice}
	if t, ok := e.Slice.(*python.Tuple); ok {
		args = t.Elts
	}
	r := p.resolve(s, e.Value, depth)
	switch special(r.Qual) {
	case "Optional":
		t := p.annotation(s, args[0], depth+1)
		t.Optional = true
		return t
	case "Union":
		return p.union(s, args, depth)
	case "Annotated":
		return p.annotated(s, args, depth)
	case "ClassVar", "Final", "Required", "NotRequired", "ReadOnly":
		return p.annotation(s, args[0], depth+1)
	case "Literal":
		return Type{Ref: r}
	}
	if fromContainer(r) {
		return p.annotation(s, args[0], depth+1)
	}
	if r.Kind == ToValue && r.Binding.Value != nil {
		return p.generic(r, p.annotations(s, args, depth), depth)
	}
	t := p.named(r, depth)
	t.Args = p.annotations(s, args, depth)
	return t
}

// Marked returns what an annotation says without what only marks the parameter: Service of Annotated[Service, …] and of FromDishka[Service].
func (p *Program) Marked(s Scope, e python.Expr) python.Expr {
	sub, ok := e.(*python.Subscript)
	if !ok {
		return e
	}
	if r := p.Resolve(s, sub.Value); !fromContainer(r) && (r.Kind != ToExternal || special(r.Qual) != "Annotated") {
		return e
	}
	if t, ok := sub.Slice.(*python.Tuple); ok && len(t.Elts) > 0 {
		return t.Elts[0]
	}
	return sub.Slice
}

// fromContainer tells whether a generic marks a parameter that a container gives: FromDishka[Service] is a Service.
func fromContainer(r Ref) bool {
	if r.Kind != ToExternal {
		return false
	}
	library, _, _ := strings.Cut(r.Qual, ".")
	switch library {
	case "dishka":
		return strings.HasSuffix(r.Qual, ".FromDishka")
	case "wireup", "aioinject":
		return strings.HasSuffix(r.Qual, ".Injected")
	}
	return false
}

// special returns the bare name of a typing construct, "" for anything else.
func special(qual string) string {
	for _, prefix := range [2]string{"typing.", "typing_extensions."} {
		if name, ok := strings.CutPrefix(qual, prefix); ok {
			return name
		}
	}
	return ""
}

func (p *reading) annotations(s Scope, list []python.Expr, depth int) []Type {
	out := make([]Type, len(list))
	for i, e := range list {
		out[i] = p.annotation(s, e, depth+1)
	}
	return out
}

func (p *reading) annotated(s Scope, args []python.Expr, depth int) Type {
	if len(args) == 0 {
		return Type{}
	}
	t := p.annotation(s, args[0], depth+1)
	extra := args[1:]
	switch {
	case len(t.Metadata) == 0:
		t.Metadata, t.MetaScope = extra, s
	case t.MetaScope == s:
		t.Metadata = append(t.Metadata[:len(t.Metadata):len(t.Metadata)], extra...)
	default:
		// Annotated[Alias, "a note"]: the scopes differ, and what matters is a marker such as Depends(...).
		for _, e := range extra {
			if _, ok := e.(*python.Call); ok {
				t.Metadata, t.MetaScope = extra, s
				break
			}
		}
	}
	return t
}

// generic applies an alias with type variables of its own (Page = Annotated[list[T], …]; Page[Order]).
func (p *reading) generic(r Ref, args []Type, depth int) Type {
	s := Scope{Module: r.Module, Class: r.Class}
	if a := r.Binding.alias; a != nil && len(a.TypeParams) > 0 {
		vars := make([]string, len(a.TypeParams))
		for i, t := range a.TypeParams {
			vars[i] = t.Name
		}
		t := p.parametric(s, a.Value, vars, depth+1)
		return substitute(t, vars, args, 0)
	}
	t := p.aliased(r, depth+1)
	var vars []string
	vars = variables(t, vars, 0)
	if len(vars) == 0 {
		if len(t.Args) == 0 && t.Ref.Kind != Unknown {
			t.Args = args
		}
		return t
	}
	return substitute(t, vars, args, 0)
}

// parametric reads the value of a generic `type` statement, in which the names vars are type variables.
func (p *reading) parametric(s Scope, e python.Expr, vars []string, depth int) Type {
	if n, ok := e.(*python.Name); ok && contains(vars, n.ID) {
		return Type{Var: n.ID}
	}
	t := p.annotation(s, e, depth)
	sub, ok := e.(*python.Subscript)
	if !ok || len(t.Args) == 0 {
		return t
	}
	args := []python.Expr{sub.Slice}
	if tuple, ok := sub.Slice.(*python.Tuple); ok {
		args = tuple.Elts
	}
	for i := range t.Args {
		if i < len(args) && depth < deep {
			t.Args[i] = p.parametric(s, args[i], vars, depth+1)
		}
	}
	return t
}

func variables(t Type, into []string, depth int) []string {
	if depth > deep || len(into) > 20 {
		return into
	}
	if t.Var != "" && !contains(into, t.Var) {
		into = append(into, t.Var)
	}
	for _, a := range t.Args {
		into = variables(a, into, depth+1)
	}
	for _, a := range t.Union {
		into = variables(a, into, depth+1)
	}
	return into
}

func substitute(t Type, vars []string, args []Type, depth int) Type {
	if depth > deep {
		return t
	}
	for i, v := range vars {
		if t.Var == v && i < len(args) {
			got := args[i]
			got.Optional = got.Optional || t.Optional
			if len(t.Metadata) > 0 {
				got.Metadata, got.MetaScope = t.Metadata, t.MetaScope
			}
			return got
		}
	}
	t.Args = substituteAll(t.Args, vars, args, depth)
	t.Union = substituteAll(t.Union, vars, args, depth)
	return t
}

func substituteAll(list []Type, vars []string, args []Type, depth int) []Type {
	if len(list) == 0 {
		return nil
	}
	out := make([]Type, len(list))
	for i, t := range list {
		out[i] = substitute(t, vars, args, depth+1)
	}
	return out
}
