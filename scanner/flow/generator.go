package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
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
}

func (in *interp) pending(callee *value, fn *program.Function, args []*value, kw []effects.Keyword) *value {
	o := in.NewObject()
	o.Qual = "generator"
	o.Extra = &generator{callee: callee, fn: fn, args: args, kw: kw}
	return &value{Kind: effects.ExtObject, Obj: o, Sym: unknownCall(&value{Sym: fn.Name}, args, kw).Sym}
}

func generatorOf(v *value) (*generator, bool) {
	if v == nil || v.Obj == nil {
		return nil, false
	}
	g, ok := v.Obj.Extra.(*generator)
	return g, ok
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
