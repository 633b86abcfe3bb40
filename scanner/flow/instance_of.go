package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// mappingClasses are the classes of which a dict is an instance, as shared code asks for them.
var mappingClasses = []string{"builtins.dict", "typing.Dict", "typing.Mapping", "typing.MutableMapping", "collections.abc.Mapping", "collections.abc.MutableMapping"}

// otherClasses are classes of which no dict is an instance.
var otherClasses = []string{"builtins.str", "builtins.bytes", "builtins.int", "builtins.list", "builtins.tuple", "builtins.set", "pydantic.BaseModel", "sqlmodel.SQLModel"}

// instanceOf answers isinstance(value, class) where it is known, nil where it is not: an update that is shared by all models asks so whether
// it was given a dict or a schema, and takes one of its ways only, and what runs all statements asks of which kind one is. What is made of
// a data class or loaded as a row is no dict.
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
	if is, known := statementIs(v, class.Ref().Qual); known {
		return effects.Bool(is)
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

// statementClasses are the classes of statements that SQLAlchemy makes, by what they do.
var statementClasses = map[interleave.Kind]string{interleave.Read: "Select", interleave.Update: "Update", interleave.Insert: "Insert", interleave.Delete: "Delete"}

// statementIs tells whether a statement or a text is an object of a class, of which it knows those that statements have.
func statementIs(v *value, class string) (is, known bool) {
	_, text := v.Str()
	name := effects.Last(class)
	switch library := strings.HasPrefix(class, "sqlalchemy."); {
	case !text && v.Kind != effects.Statement:
		return false, false
	case class == "builtins.str":
		return text, true
	case !library && (slices.Contains(mappingClasses, class) || slices.Contains(otherClasses, class)):
		return false, true
	case library && text:
		return false, true
	case library && (name == "TextClause" || v.Query.Raw != nil):
		return name == "TextClause" && v.Query.Raw != nil, name != "Executable" && name != "ClauseElement"
	case library && (name == "Select" || name == "Update" || name == "Insert" || name == "Delete"):
		return statementClasses[v.Query.Verb] == name, true
	}
	return false, false
}
