package effects

import "strings"

// Texts whose parts are known: names of files, addresses and keys are put together from them.

// Template is the text of a string or path: what is not known of it stands as {name}.
func Template(v *Value) string {
	if v == nil {
		return "{}"
	}
	if s, ok := v.Str(); ok {
		return s
	}
	switch {
	case v.Kind == Const:
		return v.Sym
	case v.Kind == Union:
		if p := v.Pick(ExtObject, Const, Unknown); p != nil && p.Kind != Union {
			return Template(p)
		}
	case isPath(v):
		if t, ok := v.Obj.Extra.(pathName); ok {
			return string(t)
		}
	case v.Name == formatted:
		return strings.TrimSuffix(strings.TrimPrefix(v.Sym, "f'"), "'")
	}
	return "{" + v.Sym + "}"
}

// formatted is the Name of a value whose Sym is a template.
const formatted = "fstring"

// Formatted is a string that is made from a template.
func Formatted(template string, deps Deps) *Value {
	return &Value{Sym: "f" + quote(template), Deps: deps, Name: formatted}
}
