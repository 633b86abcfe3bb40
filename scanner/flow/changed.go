package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Lists and sets of constants that nobody changes are what they were written as, for all requests: OPEN = {"new", "paid"}.

// changers are the methods that change a list or set in place.
var changers = map[string]bool{
	"append": true, "appendleft": true, "add": true, "extend": true, "insert": true, "remove": true, "discard": true, "pop": true, "popleft": true,
	"clear": true, "update": true, "sort": true, "reverse": true, "difference_update": true, "intersection_update": true,
	"symmetric_difference_update": true,
}

// noteChanged records under which names containers are changed anywhere, by the last part.
func (sh *Shared) noteChanged(n python.Node) {
	switch n := n.(type) {
	case *python.Call:
		if a, ok := n.Func.(*python.Attribute); ok && changers[a.Attr] {
			sh.noteChangedName(a.Value)
		}
	case *python.Assign:
		sh.noteChangedEntries(n.Targets)
	case *python.Delete:
		sh.noteChangedEntries(n.Targets)
	case *python.AugAssign:
		sh.noteChangedName(n.Target)
		sh.noteChangedEntries([]python.Expr{n.Target})
	}
}

func (sh *Shared) noteChangedEntries(targets []python.Expr) {
	for _, t := range eachTarget(targets) {
		if s, ok := t.(*python.Subscript); ok {
			sh.noteChangedName(s.Value)
		}
	}
}

func (sh *Shared) noteChangedName(e python.Expr) {
	if name := containerName(e); name != "" {
		sh.changed[name] = true
	}
}

// fixed is the list or set of constants, or of tuples of them, that lies in a place of the process and that nobody changes; nil for other
// values.
func (sh *Shared) fixed(v *value) *value {
	if v.Kind != effects.ExtObject || v.Obj == nil || v.Obj.Cell == "" {
		return nil
	}
	began, ok := v.Obj.Extra.(*value)
	if !ok || !isConstants(began, true) || began.Name != "builtins.frozenset" && began.Name != "builtins.tuple" && sh.changed[effects.Last(v.Obj.Cell)] {
		return nil
	}
	return began
}

// isConstants tells whether a display holds constants only, or tuples of them.
func isConstants(v *value, tuples bool) bool {
	if v == nil || v.Kind != effects.Sequence || v.Elem != nil || len(v.Items) == 0 {
		return false
	}
	for _, it := range v.Items {
		if it == nil || it.Kind != effects.Const && !(tuples && isConstants(it, false)) {
			return false
		}
	}
	return true
}
