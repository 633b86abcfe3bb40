package remedy

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// namesakes are the methods that take what a method takes: those that declare it and do nothing, of an interface that it implements, and the
// others that may be called in its place. ok is false where it stands in for a method that does something.
func (m *Mender) namesakes(fn *program.Function) (declared, others []*program.Function, ok bool) {
	if fn.Class == nil {
		return nil, nil, true
	}
	if m.Program == nil {
		return nil, nil, false
	}
	family := []*program.Class{fn.Class}
	for _, k := range fn.Class.MRO() {
		if k == fn.Class || k.Names[fn.Name] == nil {
			continue
		}
		base := k.Names[fn.Name].Function
		if base == nil || base.Class != k || !flow.OnlyPromised(base) {
			return nil, nil, false
		}
		declared, family = append(declared, base), append(family, k)
	}
	for _, root := range family {
		for _, k := range m.Program.Subclasses(root) {
			if slices.Contains(family, k) || k.Names[fn.Name] == nil {
				continue
			}
			other := k.Names[fn.Name].Function
			if other == nil || other.Class != k {
				return nil, nil, false
			}
			if !slices.Contains(others, other) {
				others = append(others, other)
			}
		}
	}
	return declared, others, true
}

// heedsWish lets a method that may be called in the place of another one take the wish for the lock, too: it passes it on to the one that it
// stands in for, and locks the row where it loads it itself. One that asks no database has nothing to lock. ok is false where that cannot be told.
func (m *Mender) heedsWish(fn *program.Function) (out []change, ok bool) {
	if wishOf(fn) != "" {
		return nil, true
	}
	parameter, ok := wishParameter(fn, flow.OnlyPromised(fn))
	if !ok {
		return nil, false
	}
	out = append(out, parameter)
	heard := flow.OnlyPromised(fn) || !asksDatabase(fn.Module)
	python.Walk(fn.Def, func(n python.Node) bool {
		call, is := n.(*python.Call)
		if !is || !ok {
			return ok
		}
		if above(call, fn.Name) {
			heard = true
			out = append(out, addArgument(fn.Module.File, call, asksLock+"="+asksLock))
			return true
		}
		if at, loads := m.placeOf(call); loads {
			locked := (&load{f: fn.Module.File, fn: fn, call: call, table: m.Schema.Table(at.table)}).lockIfAsked()
			heard, ok = true, locked != nil && !at.several
			out = append(out, locked...)
		}
		return ok
	})
	return out, ok && heard && !overlap(out)
}

// above tells whether a call is one of the method that its own stands in for: super().get(…).
func above(call *python.Call, name string) bool {
	attr, ok := call.Func.(*python.Attribute)
	if !ok || attr.Attr != name || len(call.Args)+len(call.Keywords) == 0 {
		return false
	}
	of, what := called(attr.Value)
	return of != nil && what == "super"
}

// asksDatabase tells whether a module knows SQLAlchemy.
func asksDatabase(module *program.Module) bool {
	for _, b := range module.Names {
		if b.Import != nil && family(b.Import.Module) == "sqlalchemy" {
			return true
		}
	}
	return false
}
