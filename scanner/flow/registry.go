package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Registries are dictionaries and lists that modules fill while they are imported: `@bus.handles(PlaceOrder)`, `exporters["pdf"] = Pdf()`,
// `hooks.append(notify)`. What requests find there is learned by running those statements, quietly, when the registry is first asked.

// registration is a statement of the top level of a module, or a decorator there, that may put something into a registry.
type registration struct {
	module *program.Module
	expr   python.Expr // a call, a decorator, or what is assigned
	// target is the entry that is assigned, nil for a call or a decorator.
	target *python.Subscript
	// what is decorated, nil for a statement; or without an expression a function that runs when the application starts, and a class
	// that inherits from one that wants to know of it
	fn    *program.Function
	class *program.Class
}

// initSubclass is called on a class when another one inherits from it.
const initSubclass = "__init_subclass__"

// maxRegistrations bounds how many statements are run for one registry.
const maxRegistrations = 64

// registrars are, by the last part of a container's name, the functions that put what they are given into it.
type registrars map[string][]*program.Function

// noteRegistrar records which containers a function, or one inside it, puts something into that it was given.
func (sh *Shared) noteRegistrar(f *program.Function, nodes []python.Node) {
	given, puts := map[string]bool{}, [][2]string{}
	put := func(container, what python.Expr) {
		if c, ok := what.(*python.Call); ok {
			what = c.Func // handlers[kind] = handler()
		}
		if n, ok := what.(*python.Name); ok {
			puts = append(puts, [2]string{containerName(container), n.ID})
		}
	}
	for _, n := range nodes {
		switch n := n.(type) {
		case *python.FunctionDef:
			for _, args := range [][]python.Arg{n.Args.PosOnly, n.Args.Args, n.Args.KwOnly} {
				for _, a := range args {
					given[a.Name] = true
				}
			}
		case *python.Assign: // handlers[kind] = handler
			if s, ok := n.Targets[0].(*python.Subscript); ok {
				put(s.Value, n.Value)
			}
		case *python.Call: // hooks.append(hook), handlers.setdefault(kind, []).append(handler), handlers[kind].append(handler)
			if a, ok := n.Func.(*python.Attribute); ok && addsItem(a, n) {
				put(whole(a.Value), n.Args[0])
			}
		}
	}
	for _, p := range puts {
		if fs := sh.registrars[p[0]]; p[0] != "" && given[p[1]] && len(fs) < maxFillers && (len(fs) == 0 || fs[len(fs)-1] != f) {
			sh.registrars[p[0]] = append(fs, f)
		}
	}
}

// addsItem tells whether a call of a method puts one thing into a list or a set.
func addsItem(a *python.Attribute, c *python.Call) bool {
	return (a.Attr == "append" || a.Attr == "add") && len(c.Args) == 1
}

// whole is the container that holds a container: handlers of handlers[kind] and of handlers.setdefault(kind, []).
func whole(e python.Expr) python.Expr {
	switch e := e.(type) {
	case *python.Subscript:
		return e.Value
	case *python.Call:
		if d, ok := e.Func.(*python.Attribute); ok && d.Attr == "setdefault" {
			return d.Value
		}
	}
	return e
}

// containerName is the last part of the name by which an expression knows a container.
func containerName(e python.Expr) string {
	switch e := e.(type) {
	case *python.Name:
		return e.ID
	case *python.Attribute:
		return e.Attr
	}
	return ""
}

// noteImports records what the top level of a module calls, assigns to entries and decorates, by the name of what is called or assigned to.
func (sh *Shared) noteImports(m *program.Module) {
	add := func(name string, r registration) {
		if name != "" && len(sh.imports[name]) < maxRegistrations {
			r.module = m
			sh.imports[name] = append(sh.imports[name], r)
		}
	}
	for _, s := range m.File.Body {
		switch s := s.(type) {
		case *python.ExprStmt:
			if c, ok := s.Value.(*python.Call); ok {
				add(containerName(c.Func), registration{expr: c})
				if a, ok := c.Func.(*python.Attribute); ok && addsItem(a, c) {
					add(containerName(whole(a.Value)), registration{expr: c})
				}
			}
		case *python.Assign:
			if t, ok := s.Targets[0].(*python.Subscript); ok {
				add(containerName(t.Value), registration{expr: s.Value, target: t})
			}
		case *python.FunctionDef:
			if f := m.FunctionOf(s); f != nil {
				for _, d := range s.Decorators {
					add(calledName(d), registration{expr: d, fn: f})
				}
			}
		case *python.ClassDef:
			if b := m.Names[s.Name]; b != nil && b.Class != nil && b.Class.Def == s {
				for _, d := range s.Decorators {
					add(calledName(d), registration{expr: d, class: b.Class})
				}
				if b.Class.Method(initSubclass) != nil && !sh.isTable(b.Class) {
					add(initSubclass, registration{class: b.Class})
				}
			}
		}
	}
}

// noteStart records what a function calls that runs when the application starts.
func (sh *Shared) noteStart(f *program.Function) {
	if !sh.App.Startup[f] {
		return
	}
	python.Walk(f.Def, func(n python.Node) bool {
		if c, ok := n.(*python.Call); ok {
			if name := containerName(c.Func); name != "" && len(sh.imports[name]) < maxRegistrations {
				sh.imports[name] = append(sh.imports[name], registration{module: f.Module, fn: f})
			}
		}
		return true
	})
}

// calledName is the last part of the name of a decorator.
func calledName(d python.Expr) string {
	if c, ok := d.(*python.Call); ok {
		d = c.Func
	}
	return containerName(d)
}

// registered returns what imports put into a container, nil for nothing.
func (in *interp) registered(cell string) []effects.Pair {
	name, _, _ := strings.Cut(effects.Last(cell), "[")
	if pairs, ok := in.registries[cell]; ok || in.ran[name] {
		return pairs
	}
	if in.ran == nil {
		in.ran = map[string]bool{}
	}
	in.ran[name] = true
	for _, r := range in.shared.imports[name] {
		in.register(r)
	}
	for _, f := range in.shared.registrars[name] {
		for _, r := range in.shared.imports[f.Name] {
			in.register(r)
		}
	}
	pairs := in.registries[cell]
	if slices.ContainsFunc(pairs, func(p effects.Pair) bool { return in.tableOf(p.Value.Ref().Class) != nil }) {
		pairs = nil // which of all tables it is, is not guessed
		in.registries[cell] = nil
	}
	return pairs
}

// register runs one statement of an import.
func (in *interp) register(r registration) {
	scope := program.Scope{Module: r.module}
	in.aside(&effects.Site{Module: r.module, Node: r.expr}, func() {
		if r.expr == nil && r.fn != nil {
			in.rehearse(r.fn)
			return
		}
		if r.expr == nil {
			var kw []effects.Keyword
			for _, k := range r.class.Def.Keywords {
				kw = append(kw, effects.Keyword{Name: k.Name, Value: in.quiet(scope, k.Value)})
			}
			in.call(in.rawFunc(r.class.Method(initSubclass), nil), []*value{in.classRef(r.class)}, kw, nil)
			return
		}
		v := in.quiet(scope, r.expr)
		switch {
		case r.target != nil:
			if d := in.quiet(scope, r.target.Value); d.Kind == effects.ExtObject && d.Obj != nil && d.Obj.Cell != "" {
				in.put(d.Obj.Cell, in.quiet(scope, r.target.Slice), v)
			}
		case r.fn != nil:
			in.call(v, []*value{in.rawFunc(r.fn, nil)}, nil, nil)
		case r.class != nil:
			in.call(v, []*value{in.classRef(r.class)}, nil, nil)
		}
	})
}

func (in *interp) classRef(c *program.Class) *value {
	return in.refValue(program.Ref{Kind: program.ToClass, Class: c})
}

// put records what an import puts into a container. A container in a container is one of its own.
func (in *interp) put(cell string, key, v *value) {
	if len(in.registries[cell]) == maxRegistrations {
		return
	}
	if k := keptAs(v).container; k != "" && key != nil && key.Sym != "" {
		if effects.EntryOf(in.registries[cell], key) != nil {
			return
		}
		o := in.NewObject()
		o.Qual, o.Cell = k, cell+"["+key.Sym+"]"
		v = &value{Kind: effects.ExtObject, Obj: o, Sym: o.Cell}
	} else if v = v.Pick(effects.FuncRef, effects.ClassRef, effects.Instance); v == nil {
		return
	}
	if in.registries == nil {
		in.registries = map[string][]effects.Pair{}
	}
	c := *v
	c.Deps = nil
	in.registries[cell] = append(in.registries[cell], effects.Pair{Key: key, Value: &c})
}

// registeredItem is one of what imports put into a list, nil for nothing.
func (in *interp) registeredItem(cell string) *value {
	var any *value
	for _, p := range in.registered(cell) {
		if p.Key == nil {
			any = effects.Join(any, p.Value)
		}
	}
	return any
}

func (sh *Shared) isTable(c *program.Class) bool {
	return sh.Schema != nil && sh.Schema.ByClass[c] != nil
}
