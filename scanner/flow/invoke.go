package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Calls of functions of the project.

func (in *interp) recursing(fn *program.Function) bool {
	return times(in.stack, fn) >= 2 || times(in.lineage, fn) >= 2
}

func times(fns []*program.Function, fn *program.Function) int {
	n := 0
	for _, g := range fns {
		if g == fn {
			n++
		}
	}
	return n
}

// descent is what runs now, with what it was begun by: the lineage of what is begun here and runs when all of this has returned.
func (in *interp) descent() []*program.Function { return slices.Concat(in.lineage, in.stack) }

// descending runs what was begun earlier, as a descendant of what began it: a job that starts itself again shows nothing new.
func (in *interp) descending(lineage []*program.Function, run func() *value) *value {
	now := in.lineage
	in.lineage = lineage
	v := run()
	in.lineage = now
	return v
}

// invoke runs a function of the project.
func (in *interp) invoke(callee *value, args []*value, kw []effects.Keyword) *value {
	fn := callee.Ref().Function
	if fn == nil {
		return unknownCall(callee, args, kw)
	}
	if callee.Self != nil && !fn.Static {
		args = append(append(make([]*value, 0, len(args)+1), callee.Self), args...)
	}
	if len(in.stack) >= maxDepth || in.recursing(fn) || in.exhausted() || in.Full {
		if len(in.stack) >= maxDepth && in.Muted == 0 {
			in.Note(effects.TooDeep) // a call of itself shows nothing new, the other limits have been noted, and what is run aside leaves no trace
		}
		return in.declared(fn, calledUnknown(fn.Name, nil, args, kw))
	}
	if in.reached != nil {
		in.reached[fn] = true
	}
	if fn.ContextManager || fn.Generator {
		return in.pending(callee, fn, args, kw)
	}
	if OnlyPromised(fn) {
		return in.promisedResult(callee, fn, args, kw)
	}
	memo, cached := "", strings.HasPrefix(callee.Name, "cached:")
	if cached {
		memo = cachedCell(fn, args, kw)
		if v, ok := in.memos[memo]; ok {
			return v
		}
	}
	if in.spent[fn] > maxSteps/6 {
		if v := in.gaveBefore(fn, args, kw); v != nil {
			return v
		}
		if in.own[fn] > maxSteps/6 || in.spent[fn] > maxSteps/3 {
			if !in.idle[fn] {
				in.Note(effects.TooOften)
			}
			return in.declared(fn, calledUnknown(fn.Name, nil, args, kw))
		}
	}
	steps, inner := in.steps, in.inner
	in.inner = 0
	defer func() {
		took := in.steps - steps
		in.spent[fn] += took
		in.own[fn] += took - in.inner
		in.inner = inner + took
	}()
	start := len(in.Ops)
	how, cached := strings.CutPrefix(callee.Name, "cached:")
	if cached {
		in.lasting++
	}
	if callee.Name == transactional {
		in.BeginRecords()
	}
	var v *value
	if m, ok := managerOf(callee); ok {
		v = in.activateWithin(m, callee, fn, args, kw)
	} else {
		v = in.activate(callee, fn, args, kw, func(f *frame) exits { return in.body(f, fn) })
	}
	if callee.Name == transactional {
		in.EndRecords(in.dead)
	}
	if in.Muted == 0 {
		in.idle[fn] = len(in.Ops) == start
	}
	if in.steps-steps > answerSteps && !in.dead {
		in.remember(fn, args, kw, v, start)
	}
	if cached {
		in.lasting--
	}
	if cached && !stamped(args) {
		in.remembered(fn, how, start)
	}
	if cached && len(in.Ops) == start && (v.Kind == effects.Instance || v.Kind == effects.ExtObject || v.Name != "") {
		v = in.share(v, memo) // the cache gives everybody the same object
		in.memos[memo] = v
	}
	return v
}

func (in *interp) body(f *frame, fn *program.Function) exits {
	if fn.Lambda != nil {
		f.ret = in.eval(f, fn.Lambda.Body)
		return returns
	}
	return in.block(f, fn.Def.Body)
}

// activation is a frame with its first variables: one allocation instead of two for each call.
type activation struct {
	frame
	bindings
}

// activate binds the arguments, runs the body and returns what it returns.
func (in *interp) activate(callee *value, fn *program.Function, args []*value, kw []effects.Keyword, run func(*frame) exits) *value {
	in.prog.looks.function(fn)
	a := &activation{
		frame:    frame{scope: program.Scope{Module: fn.Module, Function: fn, Class: nil}, base: in.Ctx, class: fn.Class},
		bindings: bindings{list: make([]binding, 0, len(fn.Params)+2)},
	}
	f := &a.frame
	f.vars = &a.bindings
	if up, ok := callee.Env().(*frame); ok {
		f.up = up
	}
	if callee.Self != nil {
		f.self = callee.Self
	} else if fn.Class != nil && !fn.Static && len(args) > 0 {
		f.self = args[0]
	}
	in.bindParams(f, fn, args, kw)
	in.stack = append(in.stack, fn)
	in.frames = append(in.frames, f)
	loops := in.loops
	in.loops = 0
	e := run(f)
	in.loops = loops
	in.stack = in.stack[:len(in.stack)-1]
	in.frames = in.frames[:len(in.frames)-1]
	if e&falls != 0 && f.ret != nil {
		f.ret = effects.Join(f.ret, effects.None.Depending(in.control(f.base)))
	}
	in.keepReaching(f.base, func(c *effects.Ctx) bool { return c.Leaves == effects.Raises })
	if e&falls == 0 {
		in.keepReturning(f)
	}
	if e&(falls|returns) == 0 && e&raises != 0 {
		in.dead = true
	}
	if f.ret == nil {
		return effects.None
	}
	if e&falls == 0 && len(f.left) > 1 && f.one != nil {
		f.ret = in.whicheverWay(f)
	}
	if len(f.given) == 1 && (f.refused || f.denied || e&falls != 0) && f.given[0] != f.base {
		v := *in.declared(fn, f.ret)
		v.SetWay(&effects.Way{At: f.given[0], Base: f.base, OrNone: !f.denied})
		return &v
	}
	return in.declared(fn, f.ret)
}

// whicheverWay is what a function gives whose every return gives the same object: the decisions between them choose nothing, and only
// those that lead to all of them count.
func (in *interp) whicheverWay(f *frame) *value {
	v := f.one
	for c := f.left[0]; c != nil && c != f.base; c = c.Up {
		if c.Check < 0 || c.Check >= len(in.Ops) || slices.ContainsFunc(f.left[1:], func(other *effects.Ctx) bool { return !decidedIn(other, f.base, c) }) {
			continue
		}
		v = v.Depending(effects.Deps32(in.Ops[c.Check].From))
	}
	return v
}

// declared adds what the return annotation says to a result of which nothing is known.
func (in *interp) declared(fn *program.Function, v *value) *value {
	if v.Kind != effects.Unknown || fn.Def == nil || fn.Def.Returns == nil || v.Type() != nil {
		return v
	}
	t := in.prog.Annotation(program.Scope{Module: fn.Module, Function: fn, Class: fn.Class}, fn.Def.Returns)
	if t.Ref.Kind == program.Unknown || in.storedAs(&t, v) {
		return v
	}
	c := *v
	c.SetType(&t)
	return &c
}

// storedAs tells whether a value is what a store gave, of which a declaration says only that it is a container: `user: dict` is still the
// document that was found, with fields that others write, and no dict of this request alone.
func (in *interp) storedAs(t *program.Type, v *value) bool {
	of := t.Ref
	for i := 0; of.Kind == program.Unknown && i < len(t.Union); i++ {
		of = t.Union[i].Ref
	}
	return v.Src != 0 && !in.fromCell(v) && of.Kind == program.ToExternal && effects.IsContainer(of.Qual)
}

func (in *interp) bindParams(f *frame, fn *program.Function, args []*value, kw []effects.Keyword) {
	var few [16]bool
	used := few[:min(len(kw), len(few))]
	if len(kw) > len(few) {
		used = make([]bool, len(kw))
	}
	var index map[string]int // where thousands of parameters are looked for among thousands of arguments; Python has no name twice
	if len(kw) > 256 {
		index = make(map[string]int, len(kw))
		for i, k := range kw {
			index[k.Name] = i
		}
	}
	args = spread(fn, args, kw)
	pos := 0
	for _, p := range fn.Params {
		switch p.Kind {
		case program.PositionalOnly, program.PositionalOrKeyword:
			if pos < len(args) && args[pos].Name != "*" {
				f.vars.put(p.Name, in.declaredAs(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation, args[pos]))
				pos++
				continue
			}
			if pos < len(args) {
				f.vars.put(p.Name, in.element(args[pos]))
				continue
			}
		case program.VarPositional:
			rest := &value{Kind: effects.Sequence}
			for ; pos < len(args); pos++ {
				if args[pos].Name == "*" {
					rest.Elem = args[pos].Elem
				} else {
					rest.Items = append(rest.Items, args[pos])
				}
			}
			f.vars.put(p.Name, rest)
			continue
		case program.VarKeyword:
			rest := &value{Kind: effects.Mapping}
			for i, k := range kw {
				if !used[i] {
					var key *value
					if k.Name != "" {
						key = effects.Text(k.Name)
					}
					rest.Pairs = append(rest.Pairs, effects.Pair{Key: key, Value: k.Value})
				}
			}
			f.vars.put(p.Name, rest)
			continue
		}
		found, from, to := false, 0, len(kw)
		if at, ok := index[p.Name]; ok {
			from, to = at, at+1
		} else if index != nil {
			to = 0
		}
		for i := from; i < to; i++ {
			if kw[i].Name == p.Name {
				f.vars.put(p.Name, in.declaredAs(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation, kw[i].Value))
				found, used[i] = true, true
			}
		}
		if !found {
			v := in.columnGiven(kw, p)
			if v == nil {
				v = in.defaultParam(f, fn, p)
			}
			f.vars.put(p.Name, v)
		}
		if v := f.vars.get(p.Name); v.Kind == effects.Unknown && v.Type() == nil && p.Annotation != nil {
			t := in.prog.Annotation(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation)
			if tv := in.typedIfUseful(&t, v); tv != nil {
				f.vars.put(p.Name, tv)
			}
		}
	}
}

// columnGiven is the column of a row that is handed over as a whole, Seat(**dict(row)), to a parameter that has no default; nil for none.
func (in *interp) columnGiven(kw []effects.Keyword, p program.Param) *value {
	for _, k := range kw {
		if k.Name != "" || p.Default != nil {
			continue
		}
		if row := k.Value.Record(); row != nil {
			return in.column(row, p.Name)
		}
		if v := k.Value.Named(p.Name); v != nil {
			return v
		}
	}
	return nil
}

// typedIfUseful gives an argument of unknown type the type that the parameter declares.
func (in *interp) typedIfUseful(t *program.Type, v *value) *value {
	if t.Ref.Kind == program.Unknown && len(t.Union) == 0 || in.storedAs(t, v) {
		return nil
	}
	tv := in.typed(t, v.Sym)
	tv = tv.Depending(v.AllDeps())
	if tv.Kind == effects.Unknown {
		c := *v
		c.SetType(t)
		return &c
	}
	return tv
}

func (in *interp) defaultParam(f *frame, fn *program.Function, p program.Param) *value {
	scope := program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}
	if p.Default != nil {
		if c, ok := p.Default.(*python.Constant); ok {
			return in.constant(c)
		}
		if up := f.up; up != nil {
			return in.eval(up, p.Default)
		}
		return in.sharedDefault(scope, fn, p)
	}
	if p.Annotation != nil {
		t := in.prog.Annotation(scope, p.Annotation)
		if len(in.making) > 0 {
			return in.typed(&t, in.partName(&t, p.Name))
		}
		return in.typed(&t, p.Name)
	}
	return effects.Opaque(p.Name, nil)
}

// sharedDefault is a default value: it is made once, when the function is defined, and all calls share it.
func (in *interp) sharedDefault(scope program.Scope, fn *program.Function, p program.Param) *value {
	key := paramKey{fn, p.Name}
	if v, ok := in.defaults[key]; ok {
		return v
	}
	v := in.share(in.quiet(scope, p.Default), fn.Module.Name+"."+fn.Qualname+"."+p.Name)
	in.defaults[key] = v
	return v
}

type paramKey struct {
	fn   *program.Function
	name string
}
