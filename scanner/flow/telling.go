package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// telling are, by function, the nodes from which it can be seen what a function does to what outlives its call. They are few, and a file
// that stays keeps them from one scan to the next.
type telling map[*program.Function][]python.Node

// tellingOf returns those of the functions of a module.
func tellingOf(m *program.Module, functions []*program.Function) telling {
	return program.Made(m, func(*program.Module) telling {
		out := telling{}
		for _, f := range functions {
			if f.Def == nil {
				continue
			}
			python.Walk(f.Def, func(n python.Node) bool {
				if tells(f, n) {
					out[f] = append(out[f], n)
				}
				return true
			})
			out[f] = slices.Clip(out[f])
		}
		return out
	})
}

// tells tells whether a node of a function may do something to what outlives the call. Local variables do not.
func tells(f *program.Function, n python.Node) bool {
	switch n := n.(type) {
	case *python.Assign:
		return beyondLocal(f, n.Targets...)
	case *python.AnnAssign:
		return beyondLocal(f, n.Target)
	case *python.For:
		return beyondLocal(f, n.Target)
	case *python.With:
		return beyondLocal(f, targets(n)...)
	case *python.Delete:
		return beyondLocal(f, n.Targets...)
	case *python.Call:
		a, ok := n.Func.(*python.Attribute)
		return ok && (changers[a.Attr] || a.Attr == "setdefault")
	case *python.Yield:
		_, ok := n.Value.(*python.Dict)
		return ok
	case *python.AugAssign, *python.FunctionDef:
		return true
	}
	return false
}

// beyondLocal tells whether any target is something other than a local variable.
func beyondLocal(f *program.Function, targets ...python.Expr) bool {
	return slices.ContainsFunc(targets, func(t python.Expr) bool {
		switch t := t.(type) {
		case *python.Name:
			return f.Globals[t.ID]
		case *python.Tuple:
			return beyondLocal(f, t.Elts...)
		case *python.List:
			return beyondLocal(f, t.Elts...)
		}
		return true
	})
}
