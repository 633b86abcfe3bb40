package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Containers of dependencies make one object of a class for the whole process, or one for each who asks. Only the first kind is shared, and it
// is shared by everybody who is given one, however he asks for it:
//
//	registry = providers.Singleton(Registry)                       dependency-injector
//	registry = provide(Registry, scope=Scope.APP)                  dishka
//	@provide(scope=Scope.APP)
//	def registry(self) -> Registry: …
//	@singleton
//	class Registry: …                                              injector

// singletonProviders are what makes one object for the process of the class that it is given.
var singletonProviders = []string{
	"dependency_injector.providers.Singleton", "dependency_injector.providers.ThreadSafeSingleton", "dependency_injector.providers.AbstractSingleton",
}

// dishkaProvide are the decorators and functions of dishka that say who makes a dependency.
var dishkaProvide = []string{"dishka.provide", "dishka.provider.provide"}

// noteSingles records the classes of which a container makes one object for the process.
func (sh *Shared) noteSingles(c *program.Class) {
	if slices.ContainsFunc(c.Def.Decorators, func(d python.Expr) bool {
		return sh.Program.Resolve(program.Scope{Module: c.Module}, d).Qual == "injector.singleton"
	}) {
		sh.singles[c] = true
	}
	injector := c.IsSubclass("dependency_injector.containers.DeclarativeContainer", "dependency_injector.containers.DynamicContainer")
	dishka := c.IsSubclass("dishka.Provider", "dishka.provider.Provider")
	if !injector && !dishka {
		return
	}
	scope := program.Scope{Module: c.Module, Class: c}
	var own python.Expr // the scope of what says none
	if b, _ := c.Attr("scope"); b != nil {
		own = b.Value
	}
	for _, name := range c.Order {
		switch b := c.Names[name]; {
		case b.Function != nil && b.Function.Def != nil && dishka:
			if slices.ContainsFunc(b.Function.Def.Decorators, func(d python.Expr) bool { return sh.providesForAll(scope, d, own) }) {
				sh.noteSingle(sh.Program.Annotation(scope, b.Function.Def.Returns).Ref)
			}
		case b.Value != nil:
			call, ok := b.Value.(*python.Call)
			if ok && len(call.Args) > 0 && (injector && slices.Contains(singletonProviders, sh.Program.Resolve(scope, call.Func).Qual) || dishka && sh.providesForAll(scope, call, own)) {
				sh.noteSingle(sh.Program.Resolve(scope, call.Args[0]))
			}
		}
	}
}

func (sh *Shared) noteSingle(r program.Ref) {
	if r.Kind == program.ToClass {
		sh.singles[r.Class] = true
	}
}

// providesForAll tells whether dishka is told to make one object for the process.
func (sh *Shared) providesForAll(s program.Scope, e, own python.Expr) bool {
	maker, lasts := e, own
	if call, ok := e.(*python.Call); ok {
		maker = call.Func
		for _, k := range call.Keywords {
			if k.Name == "scope" {
				lasts = k.Value
			}
		}
	}
	a, ok := lasts.(*python.Attribute)
	return ok && a.Attr == "APP" && slices.Contains(dishkaProvide, sh.Program.Resolve(s, maker).Qual)
}

// single is the one object of a class that a container makes for the process, nil where it makes several.
func (in *interp) single(c *program.Class) *value {
	if !in.shared.singles[c] || !in.plain(c) {
		return nil
	}
	if v, ok := in.singles[c]; ok {
		return v
	}
	if in.singles == nil {
		in.singles = map[*program.Class]*value{}
	}
	in.singles[c] = nil // what it is made of does not ask for it again
	var v *value
	in.aside(&effects.Site{Module: c.Module, Node: c.Def}, func() {
		ref := in.refValue(program.Ref{Kind: program.ToClass, Class: c, Qual: c.Module.Name + "." + c.Qualname})
		if in.isData(c) {
			v = in.construct(ref, nil, nil, nil)
			return
		}
		v = in.madeTyped(c, c.Name)
	})
	v = in.share(v, c.Module.Name+"."+c.Name)
	in.singles[c] = v
	return v
}
