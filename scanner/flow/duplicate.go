package flow

import (
	"maps"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Copies. What copy.copy and copy.deepcopy give is a new object: it shows what the first one held then, and nobody else has it.

// copyOf is a copy of a value.
func (in *interp) copyOf(v *value) *value {
	switch {
	case v.Kind == effects.Union:
		var out *value
		for _, it := range v.Items {
			out = effects.Join(out, in.copyOf(it))
		}
		return out.Depending(v.Deps)
	case v.Kind == effects.Mapping, v.Kind == effects.Sequence:
		c := *v
		c.Pairs, c.Items = slices.Clone(v.Pairs), slices.Clone(v.Items)
		return &c
	case v.Obj == nil || v.Obj.Cell == "":
		return v.Unpacked()
	case v.Kind == effects.ExtObject && effects.IsContainer(v.Obj.Qual):
		return in.method(nil, v, "copy", nil, nil, nil).Depending(v.Deps).Remade()
	case v.Kind == effects.Instance:
		return in.copyOfShared(v)
	}
	return v.Unpacked()
}

// copyOfShared is a copy of an object that requests share: its attributes are read now.
func (in *interp) copyOfShared(v *value) *value {
	o := *v.Obj
	o.ID, o.Cell = in.NewObject().ID, ""
	o.Attrs = maps.Clone(v.Obj.Attrs)
	for name := range in.shared.mutable[o.Class] {
		if !in.isMutable(v.Obj, name) {
			continue
		}
		if o.Attrs == nil {
			o.Attrs = map[string]*value{}
		}
		o.Attrs[name] = in.instanceAttr(nil, v, name)
	}
	c := *v
	c.Obj, c.Src = &o, 0
	return &c
}
