package fastapi

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// DependencyOf returns the dependency that a parameter declares: by default value, in Annotated, through an alias
// (DB = Annotated[…]) or a pre-assigned marker (Dep = Depends(f)); ok is false for an ordinary parameter.
// The scope is the function's own or the one around it, or the class body for an annotated class attribute.
func DependencyOf(p *program.Program, s program.Scope, param program.Param) (dep Dependency, ok bool) {
	if f := s.Function; f != nil && declares(f, param) {
		s = f.Header()
	}
	if param.Default != nil {
		if dep, ok = DependsCall(p, s, param.Default); ok {
			if dep.Call == nil && param.Annotation != nil {
				t := p.Annotation(s, param.Annotation)
				dep.Class = &t
			}
			return dep, true
		}
	}
	if param.Annotation == nil {
		return Dependency{}, false
	}
	t := p.Annotation(s, param.Annotation)
	for i := len(t.Metadata) - 1; i >= 0; i-- { // the last marker wins, as in FastAPI
		if dep, ok = DependsCall(p, t.MetaScope, t.Metadata[i]); ok {
			if dep.Call == nil {
				dep.Class = &t
			}
			return dep, true
		}
	}
	return Dependency{}, false
}

// Told returns a dependency of the entry's function in the words of the code that defined the function: where the callable is an
// argument of a function around it (make_router(get_current_user)), the argument itself.
func (e *Entry) Told(d Dependency) Dependency {
	if n, ok := d.Call.(*python.Name); ok {
		if c, ok := e.Captured[n.ID]; ok {
			d.Call, d.Scope = c.Value, c.Scope
		}
	}
	return d
}

func declares(f *program.Function, param program.Param) bool {
	for i := range f.Params {
		if f.Params[i].Pos == param.Pos && f.Params[i].Name == param.Name {
			return true
		}
	}
	return false
}

// DependsCall reads an expression that may be a Depends or Security call, or a name bound to one.
func DependsCall(p *program.Program, s program.Scope, e python.Expr) (dep Dependency, ok bool) {
	return dependsCall(p, s, e, 0)
}

func dependsCall(p *program.Program, s program.Scope, e python.Expr, depth int) (Dependency, bool) {
	if depth > 10 {
		return Dependency{}, false
	}
	switch e := e.(type) {
	case *python.Call:
		r := p.Resolve(s, e.Func)
		if isDepends(r) {
			return readDepends(s, e), true
		}
		if r.Kind == program.ToFunction {
			return wrappedDepends(p, s, e, r.Function, depth)
		}
	case *python.Name, *python.Attribute:
		r := p.Resolve(s, e)
		if r.Kind == program.ToValue && r.Binding.Value != nil && r.Binding.Element < 0 {
			return dependsCall(p, program.Scope{Module: r.Module, Class: r.Class}, r.Binding.Value, depth+1)
		}
	}
	return Dependency{}, false
}

// isDepends tells whether a reference is FastAPI's Depends or Security, or a class of the project derived from them.
func isDepends(r program.Ref) bool {
	switch r.Kind {
	case program.ToExternal:
		return markers[r.Qual]
	case program.ToClass:
		return r.Class.IsSubclass("fastapi.params.Depends", "fastapi.params.Security", "fastapi.Depends")
	}
	return false
}

var markers = map[string]bool{
	"fastapi.Depends": true, "fastapi.Security": true,
	"fastapi.params.Depends": true, "fastapi.params.Security": true,
	"fastapi.param_functions.Depends": true, "fastapi.param_functions.Security": true,
	"fast_depends.Depends": true, "taskiq.TaskiqDepends": true, "taskiq_dependencies.Depends": true, "faststream.Depends": true,
}

func readDepends(s program.Scope, call *python.Call) Dependency {
	d := Dependency{Scope: s, UseCache: true, Node: call}
	if len(call.Args) > 0 {
		d.Call = call.Args[0]
	}
	for _, k := range call.Keywords {
		switch k.Name {
		case "dependency":
			d.Call = k.Value
		case "use_cache":
			d.UseCache = !isConst(k.Value, python.ConstFalse)
		case "scope":
			if c, ok := k.Value.(*python.Constant); ok {
				s, _ := c.Str()
				d.Function = s == "function"
			}
		case "max_concurrency":
			d.MaxConcurrency = !isConst(k.Value, python.ConstNone)
		}
	}
	return d
}

func isConst(e python.Expr, kind python.ConstKind) bool {
	c, ok := e.(*python.Constant)
	return ok && c.Kind == kind
}

// wrappedDepends reads a call of a project function that only returns Depends(…): `def Inject(cls): return Depends(provider(cls))`.
func wrappedDepends(p *program.Program, s program.Scope, call *python.Call, f *program.Function, depth int) (Dependency, bool) {
	ret := lastReturn(f)
	if ret == nil {
		return Dependency{}, false
	}
	d, ok := dependsCall(p, f.Scope(), ret, depth+1)
	if !ok {
		return d, false
	}
	d.Node = call
	if n, isName := d.Call.(*python.Name); isName {
		if arg := argument(f, call, n.ID); arg != nil {
			d.Call, d.Scope = arg, s
		}
	}
	return d, true
}

// lastReturn returns the value of a function's closing return statement, or nil.
func lastReturn(f *program.Function) python.Expr {
	if f.Def == nil || len(f.Def.Body) == 0 {
		return nil
	}
	ret, ok := f.Def.Body[len(f.Def.Body)-1].(*python.Return)
	if !ok {
		return nil
	}
	return ret.Value
}

// argument returns what a call hands to a parameter, or nil.
func argument(f *program.Function, call *python.Call, name string) python.Expr {
	for _, k := range call.Keywords {
		if k.Name == name {
			return k.Value
		}
	}
	for i := range f.Params {
		if f.Params[i].Name == name && i < len(call.Args) && f.Params[i].Kind <= program.PositionalOrKeyword {
			return call.Args[i]
		}
	}
	return nil
}

// dependencies reads the value of `dependencies=`: lists, names of lists, sums of lists. A dependency that was handed in as an
// argument is told in the words of the caller.
func (r *reader) dependencies(e python.Expr, at *frame) []Dependency {
	return r.dependencyList(e, at, 0)
}

func (r *reader) dependencyList(e python.Expr, at *frame, depth int) []Dependency {
	if depth > 12 || e == nil {
		return nil
	}
	var out []Dependency
	each := func(list []python.Expr) []Dependency {
		for _, x := range list {
			out = append(out, r.dependencyList(x, at, depth+1)...)
		}
		return out
	}
	switch e := e.(type) {
	case *python.List:
		return each(e.Elts)
	case *python.Tuple:
		return each(e.Elts)
	case *python.Starred:
		return r.dependencyList(e.Value, at, depth+1)
	case *python.BinOp:
		return each([]python.Expr{e.Left, e.Right})
	case *python.BoolOp:
		return each(e.Values)
	case *python.IfExp:
		return each([]python.Expr{e.Body, e.Else})
	case *python.Comp:
		return r.generatedDependencies(e, at, depth)
	case *python.Name, *python.Attribute:
		return r.namedDependencies(e, at, depth)
	case *python.Call:
		if d, ok := DependsCall(r.p, at.scope, e); ok {
			return []Dependency{r.substitute(d, at)}
		}
		if f := r.p.Resolve(at.scope, e.Func); f.Qual == "builtins.list" || f.Qual == "builtins.tuple" {
			return each(e.Args)
		}
	}
	return nil
}

// generatedDependencies reads [Depends(f) for f in guards].
func (r *reader) generatedDependencies(e *python.Comp, at *frame, depth int) []Dependency {
	if len(e.Generators) != 1 || e.Kind == python.DictComp {
		return nil
	}
	var out []Dependency
	for i, x := range r.eval(e.Generators[0].Iter, at).elements() {
		if i >= maxUnroll {
			break
		}
		in := &frame{scope: at.scope, outer: at, vars: map[string]value{}, depth: at.depth + 1}
		r.bindTarget(e.Generators[0].Target, x, nil, in)
		out = append(out, r.dependencyList(e.Elt, in, depth+1)...)
	}
	return out
}

func (r *reader) namedDependencies(e python.Expr, at *frame, depth int) []Dependency {
	if n, ok := e.(*python.Name); ok {
		if v, ok := at.lookup(n.ID); ok {
			if v.src == nil {
				return nil
			}
			return r.dependencyList(v.src.expr, v.src.at, depth+1)
		}
	}
	if d, ok := DependsCall(r.p, at.scope, e); ok {
		return []Dependency{d}
	}
	ref := r.p.Resolve(at.scope, e)
	if ref.Kind == program.ToValue && ref.Binding.Value != nil && ref.Binding.Element < 0 {
		return r.dependencyList(ref.Binding.Value, &frame{scope: program.Scope{Module: ref.Module, Class: ref.Class}}, depth+1)
	}
	return nil
}

// substitute replaces a callable that is a parameter of the function being run by the caller's argument.
func (r *reader) substitute(d Dependency, at *frame) Dependency {
	for range 8 {
		n, ok := d.Call.(*python.Name)
		if !ok {
			break
		}
		v, ok := at.lookup(n.ID)
		if !ok || v.src == nil {
			break
		}
		d.Call, d.Scope, at = v.src.expr, v.src.at.scope, v.src.at
	}
	return d
}

// hasSuffix tells whether a qualified name ends in one of the names, at a dot.
func hasSuffix(qual string, names ...string) bool {
	for _, n := range names {
		if qual == n || strings.HasSuffix(qual, "."+n) {
			return true
		}
	}
	return false
}
