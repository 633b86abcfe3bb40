package effects

import "strings"

// Given tells whether a value is neither None nor false, whatever it is: what was made, a time, a text with something in it, the key of
// a row.
func Given(v *Value) bool {
	if v == nil {
		return false
	}
	switch v.Kind {
	case Union:
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
