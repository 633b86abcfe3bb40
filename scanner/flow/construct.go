package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Calls of classes: objects and new rows.

// construct makes an instance of a project class.
func (in *interp) construct(callee *value, args []*value, kw []effects.Keyword, n *python.Call) *value {
	c := callee.Ref().Class
	if c == nil {
		return in.external(&value{Kind: effects.ExtRef, To: callee.To}, args, kw, n)
	}
	if t := in.tableOf(c); t != nil {
		return in.newRow(c, args, kw)
	}
	o := in.NewObject()
	o.Class = c
	v := &value{Kind: effects.Instance, Obj: o, Sym: spelled(c.Name, args, kw)}
	if in.isEnum(c) && len(args) == 1 {
		return args[0]
	}
	init := c.Method("__init__")
	if init == nil || in.isData(c) {
		o.Attrs = map[string]*value{}
		for i, name := range in.factsOf(c).fields {
			if i < len(args) {
				o.Attrs[name] = args[i]
			}
		}
		o.Named = true
		for _, k := range kw {
			if k.Name != "" {
				o.Attrs[in.fieldGiven(c, k.Name)] = k.Value
			} else {
				o.Named = false
			}
		}
		for _, k := range kw {
			if k.Name == "" && (len(k.Value.AllDeps()) > 0 || effects.IsClaims(k.Value)) {
				in.fillFrom(o, k.Value, v.Sym) // FleetConfig(**answer.json()): any field may come from there
			}
		}
		if fam := in.classFamily(c); effects.IsSessionFamily(fam) {
			o.Num = in.NewSession()
		}
		o.Args = args
		in.validate(v)
		return v
	}
	if in.recursing(init) {
		return v
	}
	in.invoke(bind(in.funcValue(init, nil), v), args, kw)
	if fam := in.classFamily(c); effects.IsSessionFamily(fam) && o.Num == 0 {
		o.Num = in.NewSession()
	}
	return v
}

// fieldGiven returns the field that an argument of a data class gives: Pydantic takes a field by its alias, and by the name that a generator
// of aliases makes of its own, customerId of customer_id. The argument itself is returned where no field goes by it.
func (in *interp) fieldGiven(c *program.Class, argument string) string {
	facts := in.factsOf(c)
	if facts.given == nil {
		facts.given = map[string]string{}
		for _, name := range facts.fields {
			facts.given[inOneWord(name)] = name
		}
		for _, name := range facts.fields {
			if alias := aliasOf(c, name); alias != "" {
				facts.given[alias] = name
			}
		}
		for _, name := range facts.fields {
			facts.given[name] = name
		}
	}
	if name := facts.given[argument]; name != "" {
		return name
	}
	if name := facts.given[inOneWord(argument)]; name != "" {
		return name
	}
	return argument
}

func inOneWord(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// aliasOf is the alias that a field declares for itself, Field(alias="customerId").
func aliasOf(c *program.Class, name string) string {
	for _, k := range c.MRO() {
		b := k.Names[name]
		if b == nil || b.Annotation == nil {
			continue
		}
		call, ok := b.Value.(*python.Call)
		if !ok {
			return ""
		}
		for _, k := range call.Keywords {
			if text, ok := k.Value.(*python.Constant); ok && text.Kind == python.ConstStr && (k.Name == "alias" || k.Name == "validation_alias") {
				s, _ := text.Str()
				return s
			}
		}
		return ""
	}
	return ""
}

// fillFrom gives an object the fields of a mapping that it has not been given: those of a document that was read are its fields of the same
// names.
func (in *interp) fillFrom(o *effects.Object, from *value, sym string) {
	read := from.Record()
	for _, name := range in.factsOf(o.Class).fields {
		if o.Attrs[name] != nil {
			continue
		}
		field := in.unpacked(o.Class, name, sym+"."+name, from.AllDeps())
		if effects.IsClaims(from) {
			if claim := in.method(nil, from, "get", []*value{effects.Text(name)}, nil, nil); claim != nil {
				field = claim
			}
		} else if from.Kind == effects.Sequence && from.Src != 0 && from.Elem == nil {
			field = in.column(from, name)
		} else if read != nil {
			of := *field
			of.Src, of.SrcCol, of.Sym = read.Src, name, read.Sym+"."+name
			field = &of
		}
		o.Attrs[name] = field
	}
}

// unpacked is a field that an unpacked mapping gives: of the type that it declares, and derived from the mapping.
func (in *interp) unpacked(c *program.Class, name, sym string, deps effects.Deps) *value {
	for _, k := range c.MRO() {
		if b := k.Names[name]; b != nil && b.Annotation != nil {
			t := in.prog.Annotation(program.Scope{Module: k.Module, Class: k}, b.Annotation)
			return in.typed(&t, sym).Depending(deps)
		}
	}
	return effects.Opaque(sym, deps)
}

func dataFields(c *program.Class) []string {
	var names []string
	mro := c.MRO()
	for i := len(mro) - 1; i >= 0; i-- {
		for _, name := range mro[i].Order {
			if b := mro[i].Names[name]; b != nil && b.Annotation != nil {
				names = append(names, name)
			}
		}
	}
	return names
}

// newRow makes a row object that exists only in this request until it is inserted.
func (in *interp) newRow(c *program.Class, args []*value, kw []effects.Keyword) *value {
	t := in.tableOf(c)
	o := in.NewObject()
	o.Class, o.Table, o.Fresh, o.Made = c, t, true, in.Ctx
	o.Key = in.World.Fresh("new " + c.Name)
	o.Attrs = map[string]*value{}
	var deps effects.Deps
	for _, k := range kw {
		if k.Name != "" {
			o.Attrs[k.Name] = k.Value
		} else if k.Value.Kind == effects.Instance && k.Value.Obj != nil {
			for name, a := range k.Value.Obj.Attrs {
				o.Attrs[name] = a
			}
		} else {
			o.Attrs["*"] = k.Value
		}
		deps = deps.With(k.Value.AllDeps())
	}
	for _, a := range args {
		deps = deps.With(a.AllDeps())
	}
	if init := c.Method("__init__"); init != nil && !in.recursing(init) {
		in.invoke(bind(in.funcValue(init, nil), &value{Kind: effects.Entity, Obj: o, Sym: o.Key}), args, kw)
	}
	return &value{Kind: effects.Entity, Obj: o, Sym: o.Key, Deps: deps}
}
