package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A connection is often not made by the constructor, which cannot wait for it, but by another method of its holder:
//
//	def __init__(self): self.pool = None
//	async def open(self): self.pool = await asyncpg.create_pool(…)
//
// None is only what the holder has before it is opened. What requests find is what that method assigns, or what the attribute is declared to be.

// noteOpeners records which methods give their own object something under a name.
func (sh *Shared) noteOpeners(f *program.Function, nodes []python.Node) {
	if f.Class == nil || f.Name == "__init__" || f.Static || f.ClassMethod {
		return
	}
	for _, n := range nodes {
		for _, t := range targets(n) {
			a, ok := t.(*python.Attribute)
			if !ok {
				continue
			}
			if own, ok := a.Value.(*python.Name); !ok || own.ID != "self" || assignsNone(n) {
				continue
			}
			of := sh.openers[f.Class]
			if of == nil {
				of = map[string][]*program.Function{}
				sh.openers[f.Class] = of
			}
			if known := of[a.Attr]; len(known) < maxFillers && (len(known) == 0 || known[len(known)-1] != f) {
				of[a.Attr] = append(known, f)
			}
		}
	}
}

func assignsNone(n python.Node) bool {
	var e python.Expr
	switch n := n.(type) {
	case *python.Assign:
		e = n.Value
	case *python.AnnAssign:
		e = n.Value
	}
	c, ok := e.(*python.Constant)
	return ok && c.Kind == python.ConstNone
}

// opened returns what a shared object holds under a name that its constructor leaves empty, nil when that was not found out.
func (in *interp) opened(o *effects.Object, name string) *value {
	if o.Class == nil || in.isData(o.Class) || in.tableOf(o.Class) != nil {
		return nil
	}
	place := o.Cell + "." + name
	if v, ok := in.filled[place]; ok {
		return in.holding(v)
	}
	if in.filled == nil {
		in.filled = map[string]*value{}
	}
	in.filled[place] = nil
	if v := in.holding(in.declaredLibrary(o, name)); v != nil {
		in.filled[place] = in.share(v, place)
		return in.filled[place]
	}
	self := &value{Kind: effects.Instance, Obj: o, Sym: o.Cell}
	for _, c := range o.Class.MRO() {
		for _, fn := range in.shared.openers[c][name] {
			in.rehearse(fn, self)
			if v := in.holding(in.filled[place]); v != nil {
				return v
			}
		}
	}
	return nil
}

// declaredLibrary is what a library gives, where the attribute is declared to hold it: self.pool: asyncpg.Pool | None = None.
func (in *interp) declaredLibrary(o *effects.Object, name string) *value {
	b, owner := o.Class.Attr(name)
	if b == nil || b.Annotation == nil {
		return nil
	}
	t := in.prog.Annotation(program.Scope{Module: owner.Module, Class: owner}, b.Annotation)
	if v := in.typed(&t, o.Cell+"."+name); v.Kind == effects.ExtObject {
		return v
	}
	return nil
}

// holding returns v where it is of a library and has methods that act on the world. A part of the project's own would open what lies behind it, too.
func (in *interp) holding(v *value) *value {
	if v == nil || v.Kind != effects.ExtObject || v.Obj == nil || effects.IsContainer(v.Obj.Qual) || in.family(v) == "" {
		return nil
	}
	return v
}
