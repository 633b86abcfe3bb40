package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Start-up code gives shared places what requests find there: app.state.redis = …, `global pool`, holder.db = …. What such a place
// holds is learned by running the functions that fill it, quietly, when the place is first read.

// filler is a function, or the top level of a module for a nil one, that fills a shared place.
type filler struct {
	fn       *program.Function
	module   *program.Module
	value    python.Expr // of the top level
	offstage bool        // it stands in a test or a script, which fills places of the service for itself
}

// maxFillers bounds how many functions are tried for one name.
const maxFillers = 4

// noteFillers records which names of shared places a function fills.
func (sh *Shared) noteFillers(f *program.Function, nodes []python.Node) {
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			sh.addFiller(name, filler{fn: f, module: f.Module})
		}
	}
	for _, n := range nodes {
		for _, key := range sh.yieldedKeys(f, n) {
			add(key)
		}
		for _, t := range targets(n) {
			switch t := t.(type) {
			case *python.Attribute:
				if own, ok := t.Value.(*python.Name); !ok || own.ID != "self" {
					add(t.Attr)
				}
			case *python.Name:
				if f.Globals[t.ID] {
					add(t.ID)
				}
			}
		}
	}
}

// addFiller adds one function to those that are tried for a name. Tests and scripts are counted apart: they take no place from those of the
// service.
func (sh *Shared) addFiller(name string, f filler) {
	f.offstage = fastapi.OffstagePath(f.module.File.Path)
	alike := 0
	for _, other := range sh.fillers[name] {
		if other.offstage == f.offstage {
			alike++
		}
	}
	if alike < maxFillers {
		sh.fillers[name] = append(sh.fillers[name], f)
	}
}

// yieldedKeys are the names of what a lifespan gives to the state of each request: yield {"http": client}.
func (sh *Shared) yieldedKeys(f *program.Function, n python.Node) []string {
	y, ok := n.(*python.Yield)
	if !ok || !sh.App.Startup[f] {
		return nil
	}
	d, ok := y.Value.(*python.Dict)
	if !ok {
		return nil
	}
	var out []string
	for _, k := range d.Keys {
		if c, ok := k.(*python.Constant); ok {
			if s, ok := c.Str(); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// noteTopLevel records what the top level of a module assigns to attributes: app.state.redis = Redis().
func (sh *Shared) noteTopLevel(m *program.Module) {
	for _, s := range m.File.Body {
		switch s.(type) {
		case *python.FunctionDef, *python.ClassDef, *python.Import, *python.ImportFrom: // functions are walked by themselves
		default:
			python.Walk(s, func(n python.Node) bool { sh.noteChanged(n); return true })
		}
		if as, ok := s.(*python.Assign); ok {
			for _, t := range as.Targets {
				if a, ok := t.(*python.Attribute); ok {
					sh.addFiller(a.Attr, filler{module: m, value: as.Value})
				}
			}
		}
	}
}

func targets(n python.Node) []python.Expr {
	switch n := n.(type) {
	case *python.Assign:
		return eachTarget(n.Targets)
	case *python.AnnAssign:
		if n.Value != nil {
			return []python.Expr{n.Target}
		}
	case *python.With: // async with create_pool(…) as app.state.pool
		var out []python.Expr
		for _, item := range n.Items {
			if item.Target != nil {
				out = append(out, item.Target)
			}
		}
		return eachTarget(out)
	}
	return nil
}

// eachTarget lists targets with those in tuples and lists: `app.state.pool, app.state.http = pool, http`.
func eachTarget(targets []python.Expr) []python.Expr {
	if !slices.ContainsFunc(targets, isUnpacked) {
		return targets
	}
	var out []python.Expr
	for _, t := range targets {
		switch t := t.(type) {
		case *python.Tuple:
			out = append(out, eachTarget(t.Elts)...)
		case *python.List:
			out = append(out, eachTarget(t.Elts)...)
		default:
			out = append(out, t)
		}
	}
	return out
}

// isUnpacked tells whether what is assigned to a target goes to several others.
func isUnpacked(target python.Expr) bool {
	switch target.(type) {
	case *python.Tuple, *python.List:
		return true
	}
	return false
}

// started returns what start-up code puts into a shared place, nil when that was not found out.
func (in *interp) started(place string) *value {
	if v, ok := in.filled[place]; ok {
		return v
	}
	if in.filled == nil {
		in.filled = map[string]*value{}
	}
	in.filled[place] = nil
	offstage := fastapi.OffstagePath(in.entry.Function.Module.File.Path)
	for _, f := range in.shared.fillers[effects.Last(place)] {
		if f.offstage && !offstage {
			continue
		}
		if f.fn == nil {
			in.fill(place, in.quiet(program.Scope{Module: f.module}, f.value))
		} else {
			in.rehearse(f.fn)
		}
		if v := in.filled[place]; v != nil {
			return v
		}
	}
	return nil
}

// fill records what a shared place is given, if it is an object whose kind tells more than that it is there.
func (in *interp) fill(place string, v *value) {
	if in.filled == nil || in.filled[place] != nil {
		return
	}
	if v = v.Pick(effects.ExtObject, effects.Instance, effects.Sequence, effects.Mapping, effects.ClassRef); v != nil && (v.Obj != nil || v.Name != "" || v.Kind == effects.ClassRef) {
		c := *in.share(v, place)
		c.Deps = nil
		in.filled[place] = &c
	}
}

// fillRequest records what a middleware gives to the state of a request. What it makes for that belongs to the request and not to all.
func (in *interp) fillRequest(name string, v *value) {
	place := effects.RequestPlace + name
	if in.filled == nil || in.filled[place] != nil {
		return
	}
	if v = v.Pick(effects.ExtObject, effects.Instance); v != nil && v.Obj != nil {
		c := *v
		c.Deps = nil
		in.filled[place] = &c
	}
}

// rehearse runs a function without leaving a trace, once, to see what it fills.
func (in *interp) rehearse(fn *program.Function, self ...*value) {
	if len(self) == 0 && in.rehearsed[fn] || in.recursing(fn) || len(in.stack) > maxDepth/2 || fn.Def == nil {
		return
	}
	if in.rehearsed == nil {
		in.rehearsed = map[*program.Function]bool{}
	}
	in.rehearsed[fn] = true
	in.aside(&effects.Site{Module: fn.Module, Function: fn, Node: fn.Def}, func() {
		in.yielded = func(v *value) *value {
			if in.shared.App.Startup[fn] && v != nil {
				for _, p := range v.Pairs {
					if p.Key == nil {
						continue
					}
					if name, ok := p.Key.Str(); ok {
						in.fill(effects.RequestPlace+name, p.Value)
					}
				}
			}
			return effects.None
		}
		callee := in.rawFunc(fn, nil)
		args := self
		if len(self) == 0 && fn.ClassMethod && fn.Class != nil {
			args = append(args, in.refValue(program.Ref{Kind: program.ToClass, Class: fn.Class, Qual: fn.Class.Qualname}))
		} else if len(self) == 0 && fn.Class != nil && !fn.Static {
			args = append(args, in.typedClass(fn.Class, fn.Class.Name, nil))
		}
		in.activate(callee, fn, args, in.givenApp(fn), func(f *frame) exits { return in.body(f, fn) })
	})
}

// givenApp is the application, which a lifespan gets as its one argument, whatever it says of that.
func (in *interp) givenApp(fn *program.Function) []effects.Keyword {
	params := fn.Params
	if fn.Class != nil && !fn.Static && len(params) > 0 {
		params = params[1:]
	}
	if len(params) != 1 || params[0].Annotation != nil || !in.shared.App.Startup[fn] && params[0].Name != "app" {
		return nil
	}
	return []effects.Keyword{{Name: params[0].Name, Value: effects.App(in.World)}}
}

// aside runs something as if it had happened before, at its own place: it leaves no trace and nothing of it reaches the request.
func (in *interp) aside(at *effects.Site, run func()) {
	site, ctx, yielded, dead, reached, steps, request, catch, phase := in.Site, in.Ctx, in.yielded, in.dead, in.reached, in.steps, in.ctxRequest, in.Catch, in.Phase
	in.Site, in.reached, in.ctxRequest = at, nil, false
	put := in.World.Put
	in.World.Put = in.put
	in.Muted++
	run()
	in.Muted--
	in.World.Put = put
	in.Site, in.Ctx, in.yielded, in.dead, in.reached, in.ctxRequest, in.Catch, in.Phase = site, ctx, yielded, dead, reached, request, catch, phase
	in.steps = steps + (in.steps-steps)/8 // learning is not following: it counts less
}
