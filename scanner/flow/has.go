package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// hasAttribute answers hasattr(Model, "key") and hasattr(row, "key") for a model of which every base can be read, nil for anything
// else: shared code asks so which of its ways a model takes.
func (in *interp) hasAttribute(of, name *value) *value {
	text, ok := name.Str()
	if !ok || of == nil {
		return nil
	}
	var class *program.Class
	switch {
	case of.Obj != nil && of.Obj.Attrs[text] != nil:
		return effects.Bool(true)
	case of.Kind == effects.ClassRef:
		class = of.Ref().Class
	case of.Kind == effects.Entity && of.Obj != nil && of.Obj.Table != nil:
		class = of.Obj.Table.Class
	}
	t := in.tableOf(class)
	if t == nil || t.ORM != schema.SQLAlchemy && t.ORM != schema.SQLModel {
		return nil
	}
	if b, _ := class.Attr(text); b != nil || effects.ColumnByAttr(t, text) != "" || t.Relationships[text] != nil {
		return effects.Bool(true)
	}
	if libraryName(text) || !wholeClass(class) || in.assignedTo(class, text) || in.givenBack(class, text) {
		return nil
	}
	return effects.Bool(false)
}

// hasPlace answers hasattr(app.state, "pool"), nil for anything but a place of the process: whether it has been filled is a look at it.
func (in *interp) hasPlace(of, name *value) *value {
	text, ok := name.Str()
	if !ok || of == nil || of.Kind != effects.ExtObject || of.Obj.Cell == "" {
		return nil
	}
	n := len(in.Ops)
	v := in.attribute(nil, of, text, nil)
	if len(in.Ops) != n+1 || in.Ops[n].Kind != interleave.Read || in.Ops[n].Res.Store != interleave.Memory {
		in.Ops = in.Ops[:n]
		return nil
	}
	return &value{Deps: v.AllDeps(), Pred: &effects.Pred{Uses: []effects.PredUse{{Left: v, Op: "exists"}}}}
}

// libraryName tells of names that the bases of a library may give a model.
func libraryName(name string) bool {
	if strings.HasPrefix(name, "_") || strings.HasPrefix(name, "model_") || strings.HasPrefix(name, "parse_") {
		return true
	}
	switch name {
	case "metadata", "registry", "query", "query_class", "dict", "json", "copy", "construct", "from_orm", "schema", "schema_json", "validate", "update_forward_refs", "awaitable_attrs":
		return true
	}
	return false
}

// declaringBases are bases outside a project that give a model no attribute but those of libraryName.
var declaringBases = []string{"sqlalchemy.", "sqlmodel.", "typing.", "typing_extensions.", "abc.", "builtins.object", "enum."}

// wholeClass tells whether every base of a class can be read, and no attribute is made up when it is asked for.
func wholeClass(c *program.Class) bool {
	for _, k := range c.MRO() {
		if k.Names["__getattr__"] != nil || k.Names["__getattribute__"] != nil || len(k.Def.Decorators) > 0 {
			return false
		}
		for _, b := range k.Bases {
			if b.Class == nil && !slices.ContainsFunc(declaringBases, func(p string) bool { return strings.HasPrefix(b.Qual, p) }) {
				return false
			}
		}
	}
	return true
}

// assignedTo tells whether somebody gives objects of a class an attribute that its body does not have.
func (in *interp) assignedTo(c *program.Class, name string) bool {
	for _, k := range c.MRO() {
		if in.shared.mutable[k][name] || in.shared.classVars[k][name] {
			return true
		}
	}
	return false
}

// givenBack tells whether a relationship of another model gives the class an attribute: relationship(…, backref="name").
func (in *interp) givenBack(c *program.Class, name string) bool {
	for _, t := range in.Schema.Tables {
		for _, r := range t.Relationships {
			if r.BackPopulates == name && (r.Class == nil || slices.Contains(c.MRO(), r.Class)) {
				return true
			}
		}
	}
	return false
}
