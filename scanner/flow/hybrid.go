package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// hybridColumn is a hybrid property as a statement sees it through its class: what its body makes of the columns. It is nil where the body
// makes nothing of them that a statement could have.
func (in *interp) hybridColumn(class, fv *value, fn *program.Function) *value {
	if c := class.Ref().Class; c == nil || in.tableOf(c) == nil || !in.isHybrid(fn) {
		return nil
	}
	in.Muted++
	v := in.call(bind(fv, class), nil, nil, nil)
	in.Muted--
	if v.Kind == effects.Column || v.Kind == effects.Expr && v.Col != nil {
		return v
	}
	return nil
}

// isHybrid tells whether a method of a model is read like an attribute, or says what such an attribute is in a statement.
func (in *interp) isHybrid(fn *program.Function) bool {
	return decoratedAs(fn, "hybrid_property", "cached_property", "computed_field", "expression", "inplace")
}

// decoratedAs tells whether the last part of a decorator of a function is one of some names.
func decoratedAs(fn *program.Function, names ...string) bool {
	if fn.Def == nil {
		return false
	}
	return slices.ContainsFunc(fn.Def.Decorators, func(d python.Expr) bool {
		switch d := d.(type) {
		case *python.Name:
			return slices.Contains(names, d.ID)
		case *python.Attribute:
			return slices.Contains(names, d.Attr)
		}
		return false
	})
}
