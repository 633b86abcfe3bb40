package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// modelMethod runs what Pydantic and SQLModel give every data class: copies to and from other objects.
func (in *interp) modelMethod(recv *value, name string, args []*value, kw []effects.Keyword) *value {
	switch name {
	case "model_validate", "from_orm", "parse_obj", "model_construct", "validate":
		if recv.Kind != effects.ClassRef || recv.Ref().Class == nil {
			return nil
		}
		v := in.copied(recv.Ref().Class, args, kw)
		if name != "model_construct" {
			v = in.validated(recv.Ref().Class, v, args, kw)
		}
		return v
	case "model_validate_json", "parse_raw", "model_validate_strings":
		if recv.Kind != effects.ClassRef || recv.Ref().Class == nil {
			return nil
		}
		ref := &value{Kind: effects.ClassRef, To: recv.To, Sym: recv.Ref().Class.Name}
		return in.validated(recv.Ref().Class, in.construct(ref, nil, nil, nil), args, kw)
	case "model_dump", "dict", "model_copy", "model_dump_json", "json":
		if recv.Kind != effects.Instance && recv.Kind != effects.Entity || recv.Obj.Class == nil {
			return nil
		}
		if name == "model_copy" {
			return recv
		}
		given := anyField
		if recv.Obj.Named && slices.ContainsFunc(kw, func(k effects.Keyword) bool { return k.Name == "exclude_unset" && k.Value.Truth() == "True" }) {
			given = func(name string) bool { return recv.Obj.Attrs[name] != nil || recv.Obj.Source != nil } // what was copied from a row has been set
		}
		return in.dumped(recv, given)
	case "sqlmodel_update":
		if recv.Kind != effects.Entity {
			return nil
		}
		for _, a := range args {
			in.updateFields(recv, a)
		}
		for _, k := range kw {
			if k.Name == "obj" || k.Name == "update" {
				in.updateFields(recv, k.Value)
			}
		}
		return recv
	}
	return nil
}

// updateFields gives a row what a mapping or another object holds: `row.sqlmodel_update(body.model_dump(exclude_unset=True))`.
func (in *interp) updateFields(row, given *value) {
	if given.IsNone() {
		return
	}
	fields := in.fieldsOf(given)
	for _, f := range fields {
		in.setAttribute(row, f.Name, f.Value)
	}
	if len(fields) == 0 {
		in.setUnknownAttribute(row, given, given)
	}
}

// validated records that the request goes on only if what was given is as the class says, and that the copy derives from it. A
// copy of a row derives from its columns one by one, as they are used.
func (in *interp) validated(c *program.Class, v *value, args []*value, kw []effects.Keyword) *value {
	given := slices.Clone(args)
	for _, k := range kw {
		if k.Name == "obj" || k.Name == "json_data" {
			given = append(given, k.Value)
		}
	}
	var demanded effects.Deps
	for _, a := range given {
		if e := a.Pick(effects.Entity); e != nil {
			demanded = demanded.With(effects.ReadFields(in.World, e, in.factsOf(c).fields))
			v = v.Depending(e.Deps) // that there is a copy tells that there is a row
			continue
		}
		demanded = demanded.With(a.AllDeps())
		v = v.Depending(a.AllDeps())
	}
	in.Demand(demanded, "validation")
	return v
}

// copied makes an object of a data class from another object or mapping.
func (in *interp) copied(c *program.Class, args []*value, kw []effects.Keyword) *value {
	var given []effects.Keyword
	for _, a := range args {
		given = append(given, in.fieldsOf(a)...)
	}
	for _, k := range kw {
		if k.Name == "update" || k.Name == "" {
			given = append(given, in.fieldsOf(k.Value)...)
		} else if k.Name == "obj" {
			given = append(given, in.fieldsOf(k.Value)...)
		}
	}
	if in.tableOf(c) != nil {
		return in.newRow(c, nil, given)
	}
	ref := &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: c, Qual: c.Qualname}, Sym: c.Name}
	v := in.construct(ref, nil, given, nil)
	if v.Kind == effects.Instance {
		for _, a := range args {
			for _, from := range copiedFrom(a) {
				if (from.Record() != nil || effects.IsClaims(from)) && v.Obj.Attrs != nil {
					in.fillFrom(v.Obj, from, v.Sym)
				}
			}
		}
		for _, a := range args {
			if e := a.Pick(effects.Entity); e != nil && e.Obj.Table != nil && !e.Obj.Fresh {
				v.Obj.Source = e
			}
		}
	}
	return v
}

// copiedFrom is what a dictionary was made of whose keys are not known, dict(row), and any other value itself.
func copiedFrom(v *value) []*value {
	if v.Kind != effects.Mapping {
		return []*value{v}
	}
	var out []*value
	for _, p := range v.Pairs {
		if p.Key == nil {
			out = append(out, p.Value)
		}
	}
	return out
}

// copiedField is a field of a copy that was not given: a column of the row that it was made from, nil when there is no such column.
func (in *interp) copiedField(f *frame, o *effects.Object, name string) *value {
	if o.Source == nil || effects.ColumnByAttr(o.Source.Obj.Table, name) == "" {
		return nil
	}
	return in.entityAttr(f, o.Source, name)
}

func (in *interp) fieldsOf(v *value) []effects.Keyword {
	if p := v.Pick(effects.Mapping, effects.Instance, effects.Entity); p != nil {
		v = p
	}
	var out []effects.Keyword
	if v.Kind != effects.Mapping {
		if v.Obj == nil || v.Obj.Class == nil {
			return nil
		}
		v = in.dumped(v, anyField)
	}
	for _, p := range v.Pairs {
		if p.Key == nil {
			continue
		}
		if s, ok := p.Key.Str(); ok {
			out = append(out, effects.Keyword{Name: s, Value: p.Value})
		}
	}
	return out
}

func anyField(string) bool { return true }

// dumped is those of an object's fields that are wanted, as a mapping.
func (in *interp) dumped(v *value, wanted func(name string) bool) *value {
	m := &value{Kind: effects.Mapping, Name: "builtins.dict", Deps: v.Deps}
	for _, name := range in.factsOf(v.Obj.Class).fields {
		if !wanted(name) {
			continue
		}
		if v.Kind == effects.Entity {
			if x := v.Obj.Attrs[name]; x != nil {
				m.Pairs = append(m.Pairs, effects.Pair{Key: effects.Text(name), Value: x})
			}
			continue
		}
		m.Pairs = append(m.Pairs, effects.Pair{Key: effects.Text(name), Value: in.instanceAttr(nil, v, name)})
	}
	return m
}

// madeByFactory is the container that a field of an object of the process begins with, nil for other fields: lots: dict[int, Lot] =
// field(default_factory=dict). All requests share it, as they do the object.
func (in *interp) madeByFactory(o *effects.Object, b *program.Binding, owner *program.Class) *value {
	if o.Cell == "" {
		return nil
	}
	v := in.factoryMade(b, owner)
	if keptAs(v).container == "" {
		return nil
	}
	return in.declaring(program.Scope{Module: owner.Module, Class: owner}, b.Annotation, v)
}

// generated is what a field of an object that the request makes without it is given, where that is like no other: id: UUID =
// Field(default_factory=uuid4). It is nil for other fields.
func (in *interp) generated(o *effects.Object, b *program.Binding, owner *program.Class) *value {
	if !o.Named {
		return nil
	}
	if v := in.factoryMade(b, owner); v != nil && v.Kind == effects.Unknown && strings.Contains(v.Sym, "#") {
		return v
	}
	return nil
}

// factoryMade is what the factory of a field makes, nil where it has none.
func (in *interp) factoryMade(b *program.Binding, owner *program.Class) *value {
	call, ok := b.Value.(*python.Call)
	if !ok {
		return nil
	}
	at := slices.IndexFunc(call.Keywords, func(k *python.Keyword) bool { return k.Name == "default_factory" || k.Name == "factory" })
	if at < 0 {
		return nil
	}
	in.Muted++
	v := in.call(in.quiet(program.Scope{Module: owner.Module, Class: owner}, call.Keywords[at].Value), nil, nil, nil)
	in.Muted--
	return v
}
