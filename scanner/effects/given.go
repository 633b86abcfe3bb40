package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// stores is what a column gets. Where it is one of several constants, nobody knows which.
func stores(column string, v *Value) interleave.Assignment { return Stores(column, v, valueSym(v)) }

// Stores is what a column gets of a value that is written so.
func Stores(column string, v *Value, written string) interleave.Assignment {
	a := interleave.Assignment{Column: column, Value: written, Given: Given(v), Onward: v.Onward()}
	if oneOfConstants(v) {
		a.Value = ""
		for _, it := range v.Items {
			a.Among = append(a.Among, it.Sym)
		}
	}
	return a
}

// oneOfConstants tells whether a value is one of several constants: `"admin" if first else "user"`.
func oneOfConstants(v *Value) bool {
	return v != nil && v.Kind == Union && len(v.Items) > 1 && !slices.ContainsFunc(v.Items, func(it *Value) bool { return it.Kind != Const })
}

// Given tells whether a value is neither None nor false, whatever it is: what was made, a time, a text with something in it, the key of
// a row.
func Given(v *Value) bool {
	if v == nil {
		return false
	}
	switch v.Kind {
	case Union:
		if oneOfConstants(v) {
			return !slices.ContainsFunc(v.Items, func(it *Value) bool { return it.Truth() != "True" })
		}
		for _, it := range v.Items {
			if !Given(it) {
				return false
			}
		}
		return len(v.Items) > 0
	case Instance, ExtObject:
		return true
	case Entity:
		return v.Obj != nil && v.Obj.Fresh
	case Unknown, Expr:
		return v.Sym == "now" || v.KeyOf() != nil && v.KeyOf().Fresh || strings.HasPrefix(v.Sym, "uuid4#") || strings.HasPrefix(v.Sym, "f'")
	}
	return false
}
