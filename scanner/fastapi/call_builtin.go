package fastapi

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// callMethod calls a method that the project does not define, on an object, a list, a string.
func (r *reader) callMethod(fn value, e *python.Call, at *frame) value {
	if fn.obj != nil {
		return r.objectCall(fn.obj, fn.text, e, at)
	}
	on := *fn.under
	switch on.kind {
	case list:
		args := r.effects(e, at)
		switch {
		case fn.text == "append" && len(args) == 1 && len(*on.items) < maxRoutes:
			*on.items = append(*on.items, args[0])
		case fn.text == "extend" && len(args) == 1 && len(*on.items) < maxRoutes:
			*on.items = append(*on.items, args[0].elements()...)
		}
	case dict:
		return r.dictCall(on, fn.text, e, at)
	case text:
		return textCall(on, fn.text, r.effects(e, at))
	case function:
		r.effects(e, at)
	}
	return value{}
}

func (r *reader) dictCall(on value, name string, e *python.Call, at *frame) value {
	args := r.effects(e, at)
	switch name {
	case "values":
		return listValue(on.elements())
	case "keys":
		return listValue(keyValues(on))
	case "items":
		pairs := make([]value, len(on.keys))
		for i, k := range on.keys {
			pairs[i] = listValue([]value{textValue(k), on.elements()[i]})
		}
		return listValue(pairs)
	case "get", "pop":
		if len(args) > 0 && args[0].kind == text {
			for i, k := range on.keys {
				if k == args[0].text {
					return on.elements()[i]
				}
			}
		}
		if len(args) > 1 {
			return args[1]
		}
	}
	return value{}
}

func textCall(on value, name string, args []value) value {
	cut := ""
	if len(args) > 0 {
		if args[0].kind != text {
			return textValue(hole)
		}
		cut = args[0].text
	}
	switch name {
	case "rstrip":
		return textValue(strings.TrimRight(on.text, cut+blank(args)))
	case "lstrip":
		return textValue(strings.TrimLeft(on.text, cut+blank(args)))
	case "strip":
		return textValue(strings.Trim(on.text, cut+blank(args)))
	case "removesuffix":
		return textValue(strings.TrimSuffix(on.text, cut))
	case "removeprefix":
		return textValue(strings.TrimPrefix(on.text, cut))
	case "lower":
		return textValue(strings.ToLower(on.text))
	}
	return textValue(hole)
}

func blank(args []value) string {
	if len(args) == 0 {
		return " \t\r\n"
	}
	return ""
}
