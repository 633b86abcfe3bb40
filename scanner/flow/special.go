package flow

import "github.com/middlebrick/middlebrick/scanner/effects"

// Special methods: what the language itself calls of an object of one of the project's classes.

// asking are the methods by which a builtin function asks an object, those first that are tried first.
var asking = map[string][]string{
	"builtins.len": {"__len__"}, "builtins.bool": {"__bool__", "__len__"}, "builtins.next": {"__next__"},
}

// special calls the first of the methods that the class of an object has, nil where it has none of them or is not the project's.
func (in *interp) special(v *value, args []*value, names ...string) *value {
	if v == nil || v.Kind != effects.Instance || v.Obj.Class == nil {
		return nil
	}
	for _, name := range names {
		if v.Obj.Class.Method(name) != nil {
			return in.method(nil, v, name, args, nil, nil)
		}
	}
	return nil
}

// truth is what a condition asks of a value: of an object what it says itself, by `__bool__` or by how much it holds.
func (in *interp) truth(v *value) *value {
	if v.Kind == effects.Instance && (v.Obj.Extra == effects.Maybe || v.OrNone()) {
		return v // what is asked is whether there is one
	}
	if said := in.special(v, nil, asking["builtins.bool"]...); said != nil {
		return said
	}
	return v
}
