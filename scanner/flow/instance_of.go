package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// mappingClasses are the classes of which a dict is an instance, as shared code asks for them.
var mappingClasses = []string{"builtins.dict", "typing.Dict", "typing.Mapping", "typing.MutableMapping", "collections.abc.Mapping", "collections.abc.MutableMapping"}

// otherClasses are classes of which no dict is an instance.
var otherClasses = []string{"builtins.str", "builtins.bytes", "builtins.int", "builtins.list", "builtins.tuple", "builtins.set", "pydantic.BaseModel", "sqlmodel.SQLModel"}

// instanceOf answers isinstance(value, class) where it is known, nil where it is not: an update that is shared by all models asks so whether
// it was given a dict or a schema, and takes one of its ways only. What is made of a data class or loaded as a row is no dict.
func (in *interp) instanceOf(v, class *value) *value {
	if v == nil || class == nil {
		return nil
	}
	if class.Kind == effects.Sequence && class.Elem == nil && len(class.Items) > 0 {
		all := true
		for _, c := range class.Items {
			one := in.instanceOf(v, c)
			if one.Truth() == "True" {
				return one
			}
			all = all && one != nil
		}
		if all {
			return effects.Bool(false)
		}
		return nil
	}
	mapping := slices.Contains(mappingClasses, class.Ref().Qual)
	switch {
	case v.Kind == effects.Mapping && v.Src == 0 && mapping:
		return effects.Bool(true)
	case v.Kind == effects.Mapping && v.Src == 0 && (class.Kind == effects.ClassRef || slices.Contains(otherClasses, class.Ref().Qual)):
		return effects.Bool(false)
	case mapping && (v.Kind == effects.Entity || v.Kind == effects.Instance && v.Obj.Class != nil && in.isData(v.Obj.Class)):
		return effects.Bool(false)
	}
	return nil
}
