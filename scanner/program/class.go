package program

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// resolveBases fills in the base classes and type variables of a class. It reads names only, never other classes' bases.
func (p *Program) resolveBases(k *Class) {
	s := Scope{Module: k.Module, Function: k.Outer, Class: k.OuterCls}
	for _, t := range k.Def.TypeParams {
		k.TypeVars = append(k.TypeVars, t.Name)
	}
	var loose []string
	for _, e := range k.Def.Bases {
		b := p.base(s, e, 0)
		switch b.Qual {
		case "typing.Generic", "typing_extensions.Generic", "typing.Protocol", "typing_extensions.Protocol":
			if len(k.TypeVars) == 0 {
				k.TypeVars = p.typeVars(s, b.Args, nil)
			}
		}
		loose = p.typeVars(s, b.Args, loose)
		k.Bases = append(k.Bases, b)
		if under := p.madeOver(s, e, 0); under != nil && under != k {
			k.Bases = append(k.Bases, Base{Class: under, Qual: classRef(under).Qual})
		}
	}
	if len(k.TypeVars) == 0 {
		k.TypeVars = loose
	}
}

// base resolves one base expression, subscripted or made by a call.
func (p *Program) base(s Scope, e python.Expr, depth int) Base {
	if depth > deep {
		return Base{}
	}
	switch e := e.(type) {
	case *python.Subscript:
		b := p.base(s, e.Value, depth+1)
		b.Args, b.scope = []python.Expr{e.Slice}, s
		if t, ok := e.Slice.(*python.Tuple); ok {
			b.Args = t.Elts
		}
		return b
	case *python.Call:
		return p.madeBase(s, e, depth+1)
	}
	r := p.resolve(s, e, depth)
	switch r.Kind {
	case ToClass:
		return Base{Class: r.Class, Qual: r.Qual}
	case ToExternal:
		return Base{Qual: r.Qual}
	case ToValue:
		if r.Binding.Value != nil && r.Binding.Element < 0 {
			return p.base(Scope{Module: r.Module, Class: r.Class}, r.Binding.Value, depth+1)
		}
	}
	return Base{}
}

// madeBase resolves `declarative_base()` to the qualified name of what is called, and a call of a project function to the class
// that it defines and returns.
func (p *Program) madeBase(s Scope, call *python.Call, depth int) Base {
	r := p.resolve(s, call.Func, depth)
	switch r.Kind {
	case ToExternal:
		return Base{Qual: r.Qual}
	case ToFunction:
		if k := r.Function.returnedClass(); k != nil {
			return Base{Class: k, Qual: classRef(k).Qual}
		}
		if f := r.Function; f.Def != nil {
			for _, st := range f.Def.Body {
				if ret, ok := st.(*python.Return); ok {
					if _, again := ret.Value.(*python.Name); !again {
						return p.base(f.Scope(), ret.Value, depth+1)
					}
				}
			}
		}
	case ToClass:
		return Base{Class: r.Class, Qual: r.Qual}
	}
	return Base{}
}

// madeOver returns the class that a library was told to make a base of: Base = declarative_base(cls=Named).
func (p *Program) madeOver(s Scope, e python.Expr, depth int) *Class {
	if depth > deep {
		return nil
	}
	if call, ok := e.(*python.Call); ok {
		if p.resolve(s, call.Func, depth).Kind != ToExternal {
			return nil
		}
		for _, k := range call.Keywords {
			if k.Name == "cls" {
				if r := p.resolve(s, k.Value, depth+1); r.Kind == ToClass {
					return r.Class
				}
			}
		}
		return nil
	}
	if r := p.resolve(s, e, depth); r.Kind == ToValue && r.Binding.Value != nil && r.Binding.Element < 0 {
		return p.madeOver(Scope{Module: r.Module, Class: r.Class}, r.Binding.Value, depth+1)
	}
	return nil
}

// returnedClass returns the nested class that the function's top-level return hands out, or nil.
func (f *Function) returnedClass() *Class {
	if f.Def == nil || len(f.NestedClasses) == 0 {
		return nil
	}
	for _, st := range f.Def.Body {
		if ret, ok := st.(*python.Return); ok {
			if n, ok := ret.Value.(*python.Name); ok {
				return f.NestedClasses[n.ID]
			}
		}
	}
	return nil
}

// typeVars appends the type variables among the expressions, each once.
func (p *Program) typeVars(s Scope, list []python.Expr, into []string) []string {
	for _, e := range list {
		n, ok := e.(*python.Name)
		if !ok {
			if sub, ok := e.(*python.Subscript); ok {
				into = p.typeVars(s, append([]python.Expr{sub.Slice}, elements(sub.Slice)...), into)
			}
			continue
		}
		if p.isTypeVar(s, n.ID) && !contains(into, n.ID) {
			into = append(into, n.ID)
		}
	}
	return into
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// isTypeVar tells whether a name is a type variable, by `T = TypeVar("T")` or as a type parameter around the scope.
func (p *Program) isTypeVar(s Scope, name string) bool {
	if typeParam(s, name) {
		return true
	}
	r := p.lookup(s, name, 0)
	return r.Kind == ToValue && p.typeVarCall(r)
}

func (p *Program) typeVarCall(r Ref) bool {
	call, ok := r.Binding.Value.(*python.Call)
	if !ok {
		return false
	}
	switch p.resolve(Scope{Module: r.Module}, call.Func, 1).Qual {
	case "typing.TypeVar", "typing_extensions.TypeVar", "typing.ParamSpec", "typing_extensions.ParamSpec",
		"typing.TypeVarTuple", "typing_extensions.TypeVarTuple":
		return true
	}
	return false
}

// typeParam tells whether a PEP 695 type parameter of the functions and classes around has the name.
func typeParam(s Scope, name string) bool {
	if s.Class != nil && hasParam(s.Class.Def.TypeParams, name) {
		return true
	}
	for f := s.Function; f != nil; f = f.Outer { // with the function itself, in a header too
		if f.Def != nil && hasParam(f.Def.TypeParams, name) || f.Class != nil && hasParam(f.Class.Def.TypeParams, name) {
			return true
		}
	}
	return false
}

func hasParam(list []*python.TypeParam, name string) bool {
	for _, t := range list {
		if t.Name == name {
			return true
		}
	}
	return false
}

// linearize computes the method resolution order: C3, and depth first where that fails or the inheritance is a cycle.
func (k *Class) linearize() []*Class {
	if k.linear != untouched {
		return k.mro // empty while underway: a cycle contributes nothing
	}
	k.linear = underway
	var lists [][]*Class
	var direct []*Class
	for _, b := range k.Bases {
		if b.Class == nil || b.Class == k {
			continue
		}
		if l := b.Class.linearize(); len(l) > 0 {
			lists = append(lists, l)
			direct = append(direct, b.Class)
		}
	}
	if len(lists) == 1 { // the common case
		k.mro = append(append(make([]*Class, 0, len(lists[0])+1), k), lists[0][:min(len(lists[0]), maxBases)]...)
		k.linear = done
		return k.mro
	}
	lists = append(lists, direct)
	k.mro = append([]*Class{k}, merge(lists)...)
	k.linear = done
	return k.mro
}

// maxBases bounds the resolution order: nobody writes a deeper inheritance, and a chain of n classes costs n squared.
const maxBases = 256

// merge is the merge of C3; on a conflict it goes on in the order given, each class once.
func merge(lists [][]*Class) []*Class {
	var out []*Class
	tails := map[*Class]int{} // in how many lists a class stands behind the head
	for _, l := range lists {
		for _, k := range l[min(1, len(l)):] {
			tails[k]++
		}
	}
	seen := map[*Class]bool{}
	for len(out) < maxBases {
		next := head(lists, tails)
		if next == nil {
			break
		}
		if !seen[next] {
			out = append(out, next)
			seen[next] = true
		}
		for i, l := range lists {
			if len(l) > 0 && l[0] == next {
				lists[i] = l[1:]
				if len(l) > 1 {
					tails[l[1]]--
				}
			}
		}
	}
	return out
}

func head(lists [][]*Class, tails map[*Class]int) *Class {
	var first *Class
	for _, l := range lists {
		if len(l) == 0 {
			continue
		}
		if first == nil {
			first = l[0]
		}
		if tails[l[0]] == 0 {
			return l[0]
		}
	}
	return first
}

// MRO returns c and its project base classes in method resolution order (C3; on a conflict depth first).
func (c *Class) MRO() []*Class { return c.mro }

// Attr finds a name along the MRO: the binding and the class whose body holds it.
func (c *Class) Attr(name string) (*Binding, *Class) {
	for _, k := range c.mro {
		if b := k.Names[name]; b != nil {
			return b, k
		}
	}
	return nil, nil
}

// Method finds a method along the MRO.
func (c *Class) Method(name string) *Function {
	b, _ := c.Attr(name)
	if b == nil {
		return nil
	}
	return b.Function
}

// IsSubclass tells whether c or one of its bases, of the project or outside, has one of the qualified names.
func (c *Class) IsSubclass(quals ...string) bool {
	for _, k := range c.mro {
		for _, q := range quals {
			if rest, ok := strings.CutPrefix(q, k.Module.Name); ok && rest != "" && rest[0] == '.' && rest[1:] == k.Qualname {
				return true
			}
		}
		for _, b := range k.Bases {
			if b.Class == nil && b.Qual != "" && contains(quals, b.Qual) {
				return true
			}
		}
	}
	return false
}

// TypeArg returns what the type variable name of base stands for in c, through any depth of inheritance
// (class CRUDOrder(CRUDBase[Order]) gives Order for CRUDBase's "ModelType"), with the scope in which the expression stands.
func (c *Class) TypeArg(base *Class, name string) (python.Expr, Scope, bool) {
	return c.typeArg(base, name, map[*Class]bool{})
}

func (c *Class) typeArg(base *Class, name string, seen map[*Class]bool) (python.Expr, Scope, bool) {
	if seen[c] || len(seen) > maxBases {
		return nil, Scope{}, false
	}
	seen[c] = true
	for i := range c.Bases {
		b := &c.Bases[i]
		if b.Class == base {
			if e, ok := b.arg(name); ok {
				return e, b.scope, true
			}
			continue
		}
		if b.Class == nil {
			continue
		}
		e, s, ok := b.Class.typeArg(base, name, seen)
		if !ok {
			continue
		}
		if n, isName := e.(*python.Name); isName && contains(b.Class.TypeVars, n.ID) {
			if own, ok := b.arg(n.ID); ok {
				return own, b.scope, true
			}
		}
		return e, s, true
	}
	return nil, Scope{}, false
}

// ArgRefs returns what the type arguments of a base name.
func (p *Program) ArgRefs(b *Base) []Ref {
	out := make([]Ref, 0, len(b.Args))
	for _, e := range b.Args {
		out = append(out, p.Resolve(b.scope, e))
	}
	return out
}

// arg returns the type argument given for a type variable of the base.
func (b *Base) arg(name string) (python.Expr, bool) {
	for i, v := range b.Class.TypeVars {
		if v == name && i < len(b.Args) {
			return b.Args[i], true
		}
	}
	return nil, false
}

// Subclasses returns the project classes that derive from c, directly or not, in source order.
func (p *Program) Subclasses(c *Class) []*Class {
	seen := map[*Class]bool{c: true}
	var out []*Class
	for todo := c.subs; len(todo) > 0; {
		k := todo[0]
		todo = todo[1:]
		if seen[k] {
			continue
		}
		seen[k] = true
		out = append(out, k)
		todo = append(todo[:len(todo):len(todo)], k.subs...)
	}
	sort.Slice(out, func(i, j int) bool { return before(out[i], out[j]) })
	return out
}

func before(a, b *Class) bool {
	if a.Module != b.Module {
		return a.Module.File.Path < b.Module.File.Path
	}
	return a.Def.NamePos < b.Def.NamePos
}
