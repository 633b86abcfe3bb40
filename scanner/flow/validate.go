package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// validators are the decorators and annotation markers that run project code while a model is validated.
var validators = map[string]bool{
	"field_validator": true, "validator": true, "model_validator": true, "root_validator": true,
}

var validatorMarkers = map[string]bool{
	"AfterValidator": true, "BeforeValidator": true, "WrapValidator": true, "PlainValidator": true,
}

// validateInput runs the validators of what the client sends.
func (in *interp) validateInput(v *value, t *program.Type) {
	in.runMarkers(v, t)
	if v.Kind == effects.Instance {
		in.runChecks(v, true)
	}
}

// validate runs a data class's validators on an object.
func (in *interp) validate(v *value) { in.runChecks(v, false) }

// runChecks runs them; sent tells that the object is what the client sent, and so was a mapping first.
func (in *interp) runChecks(v *value, sent bool) {
	c := v.Obj.Class
	if c == nil || in.Muted > 0 && !in.ctxRequest {
		return
	}
	phase := in.Phase
	in.Phase = effects.Validation
	for _, check := range in.checksOf(c) {
		if check.fn != nil {
			in.runValidator(v, check.class, check.fn, sent)
		} else {
			in.runMarkers(in.instanceAttr(nil, v, check.field), check.typ)
		}
	}
	in.Phase = phase
}

// hasMarker tells cheaply whether an annotation may carry a validator.
func hasMarker(e python.Expr, depth int) bool {
	switch e.(type) {
	case *python.Subscript, *python.Name, *python.Attribute:
		return depth < 3
	}
	return false
}

func isValidator(fn *program.Function) bool {
	if fn.Def == nil {
		return false
	}
	for _, d := range fn.Def.Decorators {
		if c, ok := d.(*python.Call); ok {
			d = c.Func
		}
		switch d := d.(type) {
		case *python.Name:
			if validators[d.ID] {
				return true
			}
		case *python.Attribute:
			if validators[d.Attr] {
				return true
			}
		}
	}
	return false
}

func (in *interp) runValidator(v *value, k *program.Class, fn *program.Function, sent bool) {
	if fn.Def == nil || in.recursing(fn) {
		return
	}
	self := v
	if fn.ClassMethod || len(fn.Params) > 0 && fn.Params[0].Name == "cls" {
		self = &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: v.Obj.Class}}
	}
	var args []*value
	field := validatedField(fn)
	if field != "" {
		args = append(args, in.instanceAttr(nil, v, field))
	} else if len(fn.Params) > 1 && sent && getsMapping(fn) {
		args = append(args, in.dumped(v, anyField))
	} else if len(fn.Params) > 1 {
		args = append(args, v)
	}
	site, ctx, first := in.Site, in.Ctx, len(in.Ops)
	in.Site = &effects.Site{Module: fn.Module, Function: fn, Node: fn.Def, Up: site}
	given := in.invoke(bind(in.rawFunc(fn, nil), self), args, nil)
	if field != "" && !in.dead && v.Obj.Attrs != nil && given != nil && given != args[0] && given.Kind == effects.Unknown && given.Sym != "" {
		v.Obj.Attrs[field] = given // what the validator made of it: value.strip().lower()
	}
	in.dead = false
	in.Site = site
	if !sent {
		in.onlyShapes(ctx, first)
	}
}

// onlyShapes takes the decisions since an operation for none about what is stored, unless they rest on something that was read since:
// a validator of an object that a request makes of what it has read tests the shape of a value, and not its state.
func (in *interp) onlyShapes(base *effects.Ctx, first int) {
	for c := in.Ctx; c != nil && c != base; c = c.Up {
		if c.Check >= first && c.Check < len(in.Ops) && !slices.ContainsFunc(in.Ops[c.Check].From, func(read int) bool { return read >= first }) {
			c.Implied = true
		}
	}
}

// getsMapping tells whether a validator of a whole model is given its fields by their names: in the manner of Pydantic 1, and
// before there is a model.
func getsMapping(fn *program.Function) bool {
	for _, d := range fn.Def.Decorators {
		c, ok := d.(*python.Call)
		if ok {
			d = c.Func
			for _, k := range c.Keywords {
				if mode, ok := k.Value.(*python.Constant); ok && k.Name == "mode" {
					if s, ok := mode.Str(); ok && s == "before" {
						return true
					}
				}
			}
		}
		switch d := d.(type) {
		case *python.Name:
			if d.ID == "root_validator" {
				return true
			}
		case *python.Attribute:
			if d.Attr == "root_validator" {
				return true
			}
		}
	}
	return false
}

// validatedField returns the first field that a field validator names.
func validatedField(fn *program.Function) string {
	for _, d := range fn.Def.Decorators {
		if c, ok := d.(*python.Call); ok && len(c.Args) > 0 {
			if s, ok := c.Args[0].(*python.Constant); ok {
				if name, ok := s.Str(); ok {
					return name
				}
			}
		}
	}
	return ""
}

func (in *interp) runMarkers(v *value, t *program.Type) {
	for _, m := range t.Metadata {
		c, ok := m.(*python.Call)
		if !ok || len(c.Args) == 0 {
			continue
		}
		r := in.prog.Resolve(t.MetaScope, c.Func)
		if !validatorMarkers[effects.Last(r.Qual)] {
			continue
		}
		phase := in.Phase
		in.Phase = effects.Validation
		in.call(in.quiet(t.MetaScope, c.Args[0]), []*value{v}, nil, nil)
		in.dead = false
		in.Phase = phase
	}
}
