package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// generator is a call of a generator function that has not run yet: a context manager, a dependency that yields,
// or something to iterate over.
type generator struct {
	callee *value
	fn     *program.Function
	args   []*value
	kw     []effects.Keyword
	ran    bool
	elem   *value

	// Of the body of a response: where it was handed over, after how many operations and sessions.
	site             *effects.Site
	launch, sessions int
}

func (in *interp) pending(callee *value, fn *program.Function, args []*value, kw []effects.Keyword) *value {
	o := in.NewObject()
	o.Qual = "generator"
	o.Extra = &generator{callee: callee, fn: fn, args: args, kw: kw}
	return &value{Kind: effects.ExtObject, Obj: o, Sym: spelled(fn.Name, args, kw)}
}

func generatorOf(v *value) (*generator, bool) {
	if v == nil || v.Obj == nil {
		return nil, false
	}
	g, ok := v.Obj.Extra.(*generator)
	return g, ok
}

// counts tells whether a generator yields one number after the other without end, so that none comes twice.
func counts(fn *program.Function) bool {
	if fn.Def == nil {
		return false
	}
	endless, raised, yielded := false, "", ""
	python.Walk(fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.While:
			c, ok := n.Test.(*python.Constant)
			endless = ok && c.Kind == python.ConstTrue
		case *python.AugAssign:
			if name, ok := n.Target.(*python.Name); ok && n.Op == python.Add {
				raised = name.ID
			}
		case *python.Yield:
			if name, ok := n.Value.(*python.Name); ok {
				yielded = name.ID
			}
		}
		return true
	})
	return endless && raised != "" && raised == yielded
}

// runGenerator runs a generator's body and calls do at each yield with what it yields.
// What the body does after a yield comes after what do does: the teardown of a context manager or dependency.
func (in *interp) runGenerator(g *generator, do func(*value)) {
	old := in.yielded
	in.yielded = func(v *value) *value {
		inner := in.yielded
		in.yielded = old
		stack := in.stack
		do(v)
		in.stack = stack
		in.yielded = inner
		return effects.Opaque("sent", nil)
	}
	if len(in.stack) < maxDepth && !in.recursing(g.fn) {
		in.activate(g.callee, g.fn, g.args, g.kw, func(f *frame) exits { return in.body(f, g.fn) })
	}
	in.yielded = old
}

// drain runs a generator that is iterated over and returns what it yields.
func (in *interp) drain(g *generator) *value {
	if g.ran {
		return g.elem
	}
	g.ran = true
	in.runGenerator(g, func(v *value) { g.elem = effects.Join(g.elem, v) })
	if g.elem == nil {
		g.elem = effects.Opaque("", nil)
	}
	return g.elem
}

// eachOf runs a loop's body with what it goes over. That of a generator which is run for the first time is run where the generator yields:
// what it has decided by then is decided for the body, and what it does afterwards comes after it.
func (in *interp) eachOf(f *frame, s *python.For, it *value) exits {
	g, ok := generatorOf(it)
	if !ok || g.ran || in.Muted > 0 {
		body := func() exits { return in.loopBody(f, s.Target, in.element(it), s.Body) }
		if kept := it.Filter(); kept != nil && in.Muted == 0 {
			return in.decide(f, in.kept(kept), body, func() exits { return falls })
		}
		return body()
	}
	g.ran = true
	e, ran, endless := exits(0), 0, in.Endless
	if neverEnds(g.fn) {
		endless++
	}
	in.runGenerator(g, func(v *value) {
		g.elem = effects.Join(g.elem, v)
		if ran++; ran > maxYields {
			return
		}
		inner := in.Endless
		in.Endless = endless
		e |= in.loopBody(f, s.Target, v, s.Body)
		in.Endless = inner
		in.dead = false
	})
	if ran == 0 {
		g.elem = effects.Opaque("", nil)
		return in.loopBody(f, s.Target, g.elem, s.Body)
	}
	return e
}

// kept records the decision which of many things were kept, where it was made: `[o for o in orders if o.status == "open"]`.
func (in *interp) kept(by *effects.Filter) int {
	defer func(old *effects.Site) { in.Site = old }(in.Site)
	in.Site = by.Site
	return in.check(&value{Pred: by.Pred, Deps: by.Deps})
}

// neverEnds tells whether a generator has a loop that is never left.
func neverEnds(fn *program.Function) bool {
	found := false
	python.Walk(fn.Def, func(n python.Node) bool {
		loop, ok := n.(*python.While)
		if !ok {
			return true
		}
		left := false
		python.Walk(loop, func(n python.Node) bool {
			switch n.(type) {
			case *python.Break, *python.Return:
				left = true
			}
			return !left
		})
		test, constant := loop.Test.(*python.Constant)
		found = found || !left && constant && (test.Raw == "True" || test.Raw == "1")
		return !found
	})
	return found
}

// maxYields bounds at how many yields of a generator a loop's body is followed.
const maxYields = 3

// isStreamingResponse tells whether a response sends what a generator yields.
func isStreamingResponse(qual string) bool {
	switch effects.Last(qual) {
	case "StreamingResponse", "EventSourceResponse", "DataStarResponse":
		return true
	}
	return false
}

// stream runs a generator whose items are sent to the client: at each yield the request waits until the client takes the item.
func (in *interp) stream(g *generator) {
	if g.ran {
		return
	}
	g.ran = true
	streamed := in.Streamed
	in.Streamed = true
	defer func() { in.Streamed = streamed }()
	in.runGenerator(g, func(v *value) {
		if in.Endless > 0 {
			op := effects.Op{External: "message", Target: "yield"}
			op.Kind, op.From = interleave.Effect, v.AllDeps().Ints()
			in.Emit(op)
		}
		in.Suspend(true)
	})
}

// runStreams sends the bodies of the responses that the handler made.
func (in *interp) runStreams() {
	for len(in.streams) > 0 {
		g := in.streams[0]
		in.streams = in.streams[1:]
		t := Task{Kind: Background, Site: g.site, Launch: g.launch, Start: len(in.Ops), Join: -1, Sessions: g.sessions, Effect: -1}
		in.stream(g)
		t.End = len(in.Ops)
		in.done = append(in.done, &pendingTask{task: t})
		in.dead = false
	}
}
