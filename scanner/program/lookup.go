package program

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// deep is how far chains of aliases, re-exports and attributes are followed.
const deep = 40

// Lookup resolves a bare name from a scope: enclosing functions' nested definitions, the module's names, imports followed through
// re-exports and stars to the definition, builtins as ToExternal "builtins.len". Local variables of functions are Unknown:
// the caller knows them better. Import cycles end.
func (p *Program) Lookup(s Scope, name string) Ref { return p.lookup(s, name, 0) }

func (p *Program) lookup(s Scope, name string, depth int) Ref {
	if s.Module == nil || depth > deep {
		return Ref{}
	}
	fn := s.Function
	if s.header {
		fn = fn.Outer
	}
	if s.Class != nil {
		if b := s.Class.Names[name]; b != nil {
			return p.bound(b, s.Module, s.Class, depth)
		}
		if fn == nil {
			fn = s.Class.Outer
		}
	}
	for f := fn; f != nil; f = f.Outer {
		if r, ok := p.inFunction(f, name, depth); ok {
			return r
		}
		if f.Globals[name] {
			break
		}
	}
	return p.inModule(s.Module, name, depth)
}

// inFunction resolves a name that a function defines; ok tells that it does.
func (p *Program) inFunction(f *Function, name string, depth int) (Ref, bool) {
	if g := f.NestedFuncs[name]; g != nil {
		return functionRef(g), true
	}
	if k := f.NestedClasses[name]; k != nil {
		return classRef(k), true
	}
	if im := f.imports[name]; im != nil {
		return p.imported(f.Module, im, depth), true
	}
	return Ref{}, f.Local[name]
}

func (p *Program) inModule(m *Module, name string, depth int) Ref {
	if r := p.global(m, name, depth); r.Kind != Unknown {
		return r
	}
	if m.Names[name] != nil {
		return Ref{}
	}
	if builtins[name] {
		return Ref{Kind: ToExternal, Qual: "builtins." + name}
	}
	return p.outsideStar(m, name)
}

// outsideStar guesses that an unknown name comes from the module's only star import of a library.
func (p *Program) outsideStar(m *Module, name string) Ref {
	from := ""
	for i := range m.stars {
		if p.target(m, &m.stars[i]) == nil {
			if from != "" {
				return Ref{}
			}
			from = m.stars[i].Module
		}
	}
	if from == "" {
		return Ref{}
	}
	return Ref{Kind: ToExternal, Qual: from + "." + name}
}

type nameKey struct {
	m    *Module
	name string
}

// global resolves a name of a module's top level, its star imports included, without builtins.
func (p *Program) global(m *Module, name string, depth int) Ref {
	b := m.Names[name]
	switch {
	case b == nil && len(m.stars) == 0:
		return Ref{}
	case b != nil && b.Function != nil:
		return functionRef(b.Function)
	case b != nil && b.Class != nil:
		return classRef(b.Class)
	}
	key := nameKey{m, name}
	if r, ok := p.index.names.Load(key); ok {
		return r.(Ref)
	}
	var r Ref
	if b != nil {
		r = p.bound(b, m, nil, depth)
	} else {
		r = p.starred(m, name, map[*Module]bool{m: true}, depth)
	}
	if depth == 0 { // deeper answers may be cut short by the limit or by a cycle
		p.index.names.Store(key, r)
	}
	return r
}

// starred looks a name up in the modules of star imports, the last one first, as the later import wins.
func (p *Program) starred(m *Module, name string, seen map[*Module]bool, depth int) Ref {
	for i := len(m.stars) - 1; i >= 0; i-- {
		t := p.target(m, &m.stars[i])
		if t == nil || seen[t] || len(seen) > 256 {
			continue
		}
		seen[t] = true
		if t.exports != nil && !t.exports[name] || t.exports == nil && strings.HasPrefix(name, "_") {
			continue
		}
		if b := t.Names[name]; b != nil {
			if r := p.bound(b, t, nil, depth+1); r.Kind != Unknown {
				return r
			}
			continue // an import that only leads back here
		}
		if r := p.starred(t, name, seen, depth+1); r.Kind != Unknown {
			return r
		}
		if t.exports != nil {
			if sub := p.index.submodule(t, name); sub != nil {
				return moduleRef(sub)
			}
		}
	}
	return Ref{}
}

// bound turns a binding into a reference.
func (p *Program) bound(b *Binding, m *Module, k *Class, depth int) Ref {
	switch {
	case b.Function != nil:
		return functionRef(b.Function)
	case b.Class != nil:
		return classRef(b.Class)
	case b.Import != nil:
		return p.imported(m, b.Import, depth)
	}
	if b.Value != nil && b.Element < 0 && b.Annotation == nil && depth < deep {
		switch b.Value.(type) {
		case *python.Name, *python.Attribute:
			if r := p.alias(b, m, k, depth); r.Kind != Unknown && r.Kind != ToValue {
				return r
			}
		case *python.Call:
			if t := p.loaded(Scope{Module: m, Class: k}, b.Value, depth+1); t != nil {
				return moduleRef(t)
			}
		}
	}
	r := Ref{Kind: ToValue, Module: m, Class: k, Binding: b, Qual: m.Name + "." + b.Name}
	if k != nil {
		r.Qual = m.Name + "." + k.Qualname + "." + b.Name
	}
	return r
}

// alias follows `get_db = database.session`. A name assigned from itself (`x = x`) means the outer one.
func (p *Program) alias(b *Binding, m *Module, k *Class, depth int) Ref {
	if n, ok := b.Value.(*python.Name); ok && n.ID == b.Name {
		if k == nil {
			return Ref{}
		}
		return p.lookup(Scope{Module: m, Function: k.Outer}, n.ID, depth+1)
	}
	s := Scope{Module: m, Class: k}
	return p.resolve(s, b.Value, depth+1)
}

// imported follows an import to what it means.
func (p *Program) imported(m *Module, im *Import, depth int) Ref {
	if depth > deep {
		return Ref{}
	}
	t := p.target(m, im)
	if im.Name == "" {
		if t == nil {
			return Ref{Kind: ToExternal, Qual: im.Module}
		}
		return moduleRef(t)
	}
	if t != nil {
		if r := p.fromModule(t, im.Name, m, depth+1); r.Kind != Unknown {
			return r
		}
		// A module found under another name than its own may be the wrong one: a folder called like a library.
		if !t.virtual && (im.rel != "" || t.Name == im.Module) {
			return Ref{}
		}
	}
	return Ref{Kind: ToExternal, Qual: p.index.absolute(*im) + "." + im.Name}
}

// fromModule is what `from t import name` gives in the module by: a name, or a submodule.
func (p *Program) fromModule(t *Module, name string, by *Module, depth int) Ref {
	if b := t.Names[name]; b == nil || !selfImport(t, b, name) {
		if r := p.global(t, name, depth); r.Kind != Unknown {
			return r
		}
	}
	if sub := p.index.submodule(t, name); sub != nil {
		return moduleRef(sub)
	}
	return p.lazily(t, name, depth)
}

// selfImport tells `from . import name` inside the package itself: it means the submodule.
func selfImport(t *Module, b *Binding, name string) bool {
	return b.Import != nil && b.Import.Name == name && t.Package && (b.Import.rel == "/"+t.dir || b.Import.rel == "" && b.Import.Module == t.Name)
}

// Resolve resolves a name or dotted expression (a.b.C), through modules, classes and their attributes. Anything else is Unknown.
func (p *Program) Resolve(s Scope, e python.Expr) Ref { return p.resolve(s, e, 0) }

func (p *Program) resolve(s Scope, e python.Expr, depth int) Ref {
	var attrs []string
	for {
		switch n := e.(type) {
		case *python.Name:
			r := p.lookup(s, n.ID, depth)
			for i := len(attrs) - 1; i >= 0 && r.Kind != Unknown; i-- {
				r = p.member(r, attrs[i], depth)
			}
			return r
		case *python.Attribute:
			if len(attrs) > deep {
				return Ref{}
			}
			attrs = append(attrs, n.Attr)
			e = n.Value
		default:
			return Ref{}
		}
	}
}

// Member resolves attr on a module, class or value reference: a module's name, a class attribute or method along the MRO,
// for an external reference its Qual extended by ".attr".
func (p *Program) Member(r Ref, attr string) Ref { return p.member(r, attr, 0) }

func (p *Program) member(r Ref, attr string, depth int) Ref {
	if depth > deep {
		return Ref{}
	}
	switch r.Kind {
	case ToModule:
		if got := p.fromModule(r.Module, attr, r.Module, depth+1); got.Kind != Unknown || !r.Module.virtual {
			return got
		}
		return Ref{Kind: ToExternal, Qual: r.Qual + "." + attr}
	case ToClass:
		return p.classMember(r.Class, attr, depth)
	case ToExternal:
		return Ref{Kind: ToExternal, Qual: r.Qual + "." + attr}
	case ToValue:
		if k := p.instance(r, depth+1); k != nil {
			return p.classMember(k, attr, depth)
		}
	}
	return Ref{}
}

func (p *Program) classMember(k *Class, attr string, depth int) Ref {
	if b, holder := k.Attr(attr); b != nil {
		return p.bound(b, holder.Module, holder, depth+1)
	}
	// What no class of the project defines comes from the only base outside.
	outside := ""
	for _, c := range k.MRO() {
		for _, b := range c.Bases {
			if b.Class != nil || neutral[b.Qual] {
				continue
			}
			if b.Qual == "" || outside != "" && outside != b.Qual {
				return Ref{}
			}
			outside = b.Qual
		}
	}
	if outside == "" {
		return Ref{}
	}
	return Ref{Kind: ToExternal, Qual: outside + "." + attr}
}

// neutral are bases that bring no attribute of interest.
var neutral = set("builtins.object abc.ABC typing.Generic typing.Protocol typing_extensions.Protocol typing_extensions.Generic")

// instance returns the project class of which a value is an instance, by its annotation, the class it calls, or what the called function returns.
func (p *Program) instance(r Ref, depth int) *Class {
	b := r.Binding
	if b == nil || depth > deep/3 { // each step can lead to several others
		return nil
	}
	s := Scope{Module: r.Module, Class: r.Class}
	if b.Annotation != nil {
		return p.classIn(s, b.Annotation, depth+1)
	}
	if b.Element >= 0 {
		return nil
	}
	return p.made(s, b.Value, depth+1)
}

// made returns the project class of which an expression makes an instance.
func (p *Program) made(s Scope, e python.Expr, depth int) *Class {
	if depth > deep {
		return nil
	}
	switch e := e.(type) {
	case *python.Call:
		switch r := p.resolve(s, e.Func, depth+1); r.Kind {
		case ToClass:
			return r.Class
		case ToFunction:
			return p.result(r.Function, depth+1)
		}
	case *python.Await:
		return p.made(s, e.Value, depth+1)
	case *python.Name, *python.Attribute:
		if r := p.resolve(s, e, depth+1); r.Kind == ToValue {
			return p.instance(r, depth+1)
		}
	case *python.BoolOp:
		for _, v := range e.Values {
			if k := p.made(s, v, depth+1); k != nil {
				return k
			}
		}
	}
	return nil
}

// result returns the project class of which a function returns an instance, by its annotation or its last statement.
func (p *Program) result(f *Function, depth int) *Class {
	if f.Def == nil || depth > deep {
		return nil
	}
	if f.Def.Returns != nil {
		return p.classIn(f.Header(), f.Def.Returns, depth+1)
	}
	if n := len(f.Def.Body); n > 0 {
		if ret, ok := f.Def.Body[n-1].(*python.Return); ok {
			return p.made(f.Scope(), ret.Value, depth+1)
		}
	}
	return nil
}

// classIn returns the project class that an annotation names.
func (p *Program) classIn(s Scope, e python.Expr, depth int) *Class {
	r := reading{Program: p, left: 16}
	return r.annotation(s, e, depth).Ref.Class
}

// Scope returns the scope of the function's body.
func (f *Function) Scope() Scope { return Scope{Module: f.Module, Function: f} }

// AnyReturn tells whether a return statement of the function's own, and not of one inside it, is of a kind.
func (f *Function) AnyReturn(is func(*python.Return) bool) bool {
	found := false
	python.Walk(f.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.FunctionDef:
			return n == f.Def
		case *python.Lambda:
			return false
		case *python.Return:
			found = found || is(n)
		}
		return !found
	})
	return found
}

// Header returns the scope in which the function's decorators, defaults and annotations stand.
func (f *Function) Header() Scope {
	return Scope{Module: f.Module, Function: f, Class: f.Class, header: true}
}

// InstanceOf returns the project class of which an expression makes an instance: by the class it calls, the annotated or evident
// result of the function it calls, or the module-level name bound to such an expression. Nil when the source does not tell.
func (p *Program) InstanceOf(s Scope, e python.Expr) *Class { return p.made(s, e, 0) }

// FunctionOf returns the function of a definition in the module, or nil.
func (m *Module) FunctionOf(d *python.FunctionDef) *Function { return m.defs[d] }

func functionRef(f *Function) Ref {
	return Ref{Kind: ToFunction, Module: f.Module, Class: f.Class, Function: f, Qual: f.Module.Name + "." + f.Qualname}
}

func classRef(k *Class) Ref {
	return Ref{Kind: ToClass, Module: k.Module, Class: k, Qual: k.Module.Name + "." + k.Qualname}
}

func moduleRef(m *Module) Ref { return Ref{Kind: ToModule, Module: m, Qual: m.Name} }
