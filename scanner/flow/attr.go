package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// attribute returns recv.name.
func (in *interp) attribute(f *frame, recv *value, name string, n python.Node) *value {
	recv.Lend() // layout.update(…)
	switch recv.Kind {
	case effects.ModuleRef, effects.ExtRef:
		a, _ := n.(*python.Attribute)
		if m := in.learned.members[a]; m.of == recv && a != nil {
			return in.known(m.v)
		}
		v := in.outsideAttr(recv, name)
		if a != nil && len(v.Deps) == 0 {
			switch v.Kind {
			case effects.ClassRef, effects.ModuleRef, effects.ExtRef:
				in.learned.members[a] = member{recv, v}
			}
		}
		return v
	case effects.ClassRef:
		return in.classAttr(recv, name)
	case effects.Super:
		return in.superAttr(recv, name)
	case effects.Instance:
		return in.instanceAttr(f, recv, name)
	case effects.Entity:
		if name == "awaitable_attrs" && recv.Obj.Table != nil && recv.Obj.Table.ORM == schema.SQLAlchemy {
			return recv // SQLAlchemy's AsyncAttrs: the row itself, whose attributes are awaited
		}
		return in.entityAttr(f, recv, name)
	case effects.ExtObject:
		return in.libraryAttr(recv, name)
	case effects.Union:
		var out *value
		for _, it := range recv.Items {
			if it != nil && !it.IsNone() {
				out = effects.Join(out, in.attribute(f, it, name, n))
			}
		}
		if out != nil {
			return out.Depending(recv.Deps)
		}
	case effects.Rows, effects.Statement, effects.Column, effects.Expr, effects.Sequence, effects.Mapping, effects.Const, effects.BoundExt:
		if recv.Kind == effects.Sequence {
			if v := recv.Named(name); v != nil {
				return v
			}
		}
		if v := in.memberAttr(recv, name); v != nil {
			return v
		}
		if v, ok := in.World.Attribute(effects.KindFamily(recv), recv, name); ok {
			return v
		}
		if recv.Kind == effects.BoundExt && recv.Self != nil && recv.Src == 0 && in.World.Method(effects.KindFamily(recv), name) == nil {
			out := in.boundMethod(recv, name)
			out.SrcCol = name
			return out
		}
		return in.boundMethod(recv, name)
	case effects.FuncRef:
		return &value{Kind: effects.BoundExt, Self: recv, Name: name, Deps: recv.Deps}
	}
	if v := in.ofMember(recv, name); v != nil {
		return v
	}
	if recv.Type() != nil {
		if t := recv.Type().Ref; t.Kind == program.ToClass {
			if obj := in.typed(recv.Type(), recv.Sym); obj.Kind != effects.Unknown {
				return in.attribute(f, obj.Depending(recv.Deps), name, n)
			}
		}
	}
	if recv.Type() != nil && recv.Type().Ref.Kind == program.ToExternal && in.Family(recv.Type().Ref.Qual) != "" {
		return in.attribute(f, in.typed(recv.Type(), recv.Sym).Depending(recv.Deps), name, n)
	}
	out := in.boundMethod(recv, name)
	if in.ofColumn(recv) {
		return out // a part of what the column holds, which no column has
	}
	out.Src, out.SrcCol = recv.Src, name
	if recv.Src != 0 && recv.Obj != nil {
		if key := in.column(recv, name).KeyOf(); key != nil {
			out.SetKeyOf(key)
		}
	}
	return out
}

// ofColumn tells whether a value is what one column of a table holds.
func (in *interp) ofColumn(v *value) bool {
	i := int(v.Src) - 1
	return i >= 0 && i < len(in.Ops) && v.SrcCol != "" && in.Ops[i].Res.Store == interleave.Table
}

// outsideAttr is an attribute of a module, or of something outside the project.
func (in *interp) outsideAttr(recv *value, name string) *value {
	if recv.Kind == effects.ModuleRef {
		return in.refValue(in.prog.Member(*recv.Ref(), name))
	}
	r := *recv.Ref()
	r.Qual += "." + name
	if kept := effects.OfRequest(in.World, r.Qual); kept != nil {
		return kept
	}
	return &value{Kind: effects.ExtRef, To: &r, Sym: name, Deps: recv.Deps}
}

// boundMethod is an attribute of something that belongs to a library or is not known: it may be called, or be a value.
func (in *interp) boundMethod(recv *value, name string) *value {
	var v *value
	if n := len(in.passed); n > 0 {
		v, in.passed = in.passed[n-1], in.passed[:n-1]
	} else {
		v = new(value)
	}
	sym := recv.Sym
	if len(sym) < 4*effects.MaxName { // of a chain of thousands of attributes each name would hold all before it
		sym += "." + name
	}
	*v = value{Kind: effects.BoundExt, Self: recv, Name: name, Sym: sym, Deps: recv.AllDeps()}
	in.bound = v
	return v
}

func (in *interp) family(v *value) string {
	if v == nil || v.Obj == nil {
		return ""
	}
	if v.Obj.Qual != "" {
		return in.World.Family(v.Obj.Qual)
	}
	if v.Obj.Class != nil {
		return in.classFamily(v.Obj.Class)
	}
	return ""
}

// classFamily returns the library family that a project class inherits.
func (in *interp) classFamily(c *program.Class) string { return in.factsOf(c).family }

func (in *interp) familyOf(c *program.Class) string {
	for _, k := range c.MRO() {
		for _, b := range k.Bases {
			if b.Class == nil && b.Qual != "" {
				if fam := in.World.Family(b.Qual); fam != "" {
					return fam
				}
			}
		}
	}
	return ""
}

func (in *interp) libraryAttr(recv *value, name string) *value {
	if recv.Obj.Attrs != nil {
		if v := recv.Obj.Attrs[name]; v != nil {
			return v
		}
	}
	if v, ok := in.World.Attribute(in.family(recv), recv, name); ok {
		return v
	}
	return in.boundMethod(recv, name)
}

func (in *interp) classAttr(recv *value, name string) *value {
	c := recv.Ref().Class
	if c == nil {
		return in.boundMethod(recv, name)
	}
	if t := in.tableOf(c); t != nil {
		if effects.Records(t) {
			if v, ok := in.World.Attribute("record class", recv, name); ok {
				return v
			}
		}
		if col := effects.ColumnByAttr(t, name); col != "" {
			return effects.ColumnValue(t, col)
		}
		if rel := t.Relationships[name]; rel != nil {
			return &value{Kind: effects.BoundExt, Self: recv, Name: name, Sym: c.Name + "." + name}
		}
	}
	b, owner := c.Attr(name)
	if b == nil {
		if name == "__name__" {
			return effects.Text(c.Name)
		}
		if v := in.genericAttr(recv, name); v != nil {
			return v
		}
		if t := in.tableOf(c); t != nil && name == "__table__" {
			return effects.CoreTable(in.World, t)
		}
		if name == "__table__" || name == "__tablename__" {
			return effects.Opaque(c.Name+"."+name, nil)
		}
		if t := in.tableOf(c); t != nil && c.Method(name) == nil {
			if name == "objects" || name == "query" || name == "c" || name == "columns" {
				return &value{Kind: effects.BoundExt, Self: recv, Name: name, Sym: c.Name + "." + name}
			}
		}
		return in.boundMethod(recv, name)
	}
	return in.classBinding(recv, b, owner)
}

// classBinding is the value of a name in a class body, seen through the class.
func (in *interp) classBinding(recv *value, b *program.Binding, owner *program.Class) *value {
	if b.Function == nil && b.Value == nil {
		if given := in.givenSubclass(recv.Ref().Class, b.Name); given != nil {
			return given
		}
	}
	switch {
	case b.Function != nil:
		fv := in.funcValue(b.Function, nil)
		if v := in.hybridColumn(recv, fv, b.Function); v != nil {
			return v
		}
		if b.Function.ClassMethod || decoratedAs(b.Function, "hybrid_method") {
			return bind(fv, recv)
		}
		return fv
	case b.Class != nil:
		return &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: b.Class, Qual: b.Class.Qualname}}
	case in.isClassVar(owner, b.Name):
		return in.classCellRead(b, owner)
	case b.Value != nil:
		v := in.classValue(b, owner)
		if v.IsNone() {
			if given := in.givenClass(b, owner); given != nil {
				return given
			}
		}
		return v
	}
	if given := in.givenClass(b, owner); given != nil {
		return given
	}
	return effects.Opaque(recv.Sym+"."+b.Name, nil)
}

// givenSubclass returns what __init_subclass__ of a base gives an attribute of a class: cls.objects = Manager(cls).
func (in *interp) givenSubclass(c *program.Class, name string) *value {
	if c == nil {
		return nil
	}
	place := c.Module.Name + "." + c.Name + "." + name
	if v, ok := in.filled[place]; ok {
		return v
	}
	hook := c.Method(initSubclass)
	if hook == nil || hook.Class == c {
		return nil
	}
	if in.filled == nil {
		in.filled = map[string]*value{}
	}
	in.filled[place] = nil
	in.rehearse(hook, in.refValue(program.Ref{Kind: program.ToClass, Class: c, Qual: c.Qualname}))
	return in.filled[place]
}

// givenClass returns what start-up code gives an attribute of a class that has no value, or None, in its body.
func (in *interp) givenClass(b *program.Binding, owner *program.Class) *value {
	place := owner.Module.Name + "." + owner.Name + "." + b.Name
	if b.Annotation != nil {
		t := in.prog.Annotation(program.Scope{Module: owner.Module, Class: owner}, b.Annotation)
		if v := in.typed(&t, place); v.Kind == effects.ExtObject {
			return in.share(v, place)
		}
	}
	return in.started(place)
}

// classCellRead reads a class attribute that requests assign anew.
func (in *interp) classCellRead(b *program.Binding, owner *program.Class) *value {
	var init *value
	if b.Value != nil {
		init = in.classValue(b, owner)
	}
	if init == nil || init.IsNone() {
		init = in.givenClass(b, owner)
	}
	return in.readCell(classCell(owner, b.Name), "", init)
}

// classValue evaluates the value of a class attribute once; a container or object there is shared by the process.
func (in *interp) classValue(b *program.Binding, owner *program.Class) *value {
	if v, ok := in.globals[b]; ok {
		if v == nil {
			return effects.Opaque(b.Name, nil)
		}
		return v
	}
	in.globals[b] = nil
	v := in.quiet(program.Scope{Module: owner.Module, Class: owner}, b.Value)
	if in.isEnum(owner) {
		if v.Kind != effects.Const {
			class := &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: owner, Qual: owner.Qualname}, Sym: owner.Name}
			v = &value{Kind: effects.Const, Sym: "'" + b.Name + "'", Elem: v, Self: class}
		}
	} else {
		v = in.share(in.declaring(program.Scope{Module: owner.Module, Class: owner}, b.Annotation, v), classCell(owner, b.Name))
	}
	in.globals[b] = v
	return v
}

// memberAttr is an attribute of a member of an enumeration, nil for anything else: its value, by which it is known where that is a constant,
// or what a property makes of that.
func (in *interp) memberAttr(v *value, name string) *value {
	switch {
	case v.Kind != effects.Const:
		return nil
	case name == "value" && v.Elem != nil:
		return v.Elem
	case name == "value":
		return v // nothing else has it
	case v.Elem == nil || v.Self == nil || v.Self.Ref().Class == nil:
		return nil
	}
	if b, _ := v.Self.Ref().Class.Attr(name); b != nil && b.Function != nil && b.Function.Property {
		return in.call(bind(in.funcValue(b.Function, nil), v), nil, nil, nil)
	}
	return nil
}

func (in *interp) isEnum(c *program.Class) bool { return in.factsOf(c).enum }

func isEnum(c *program.Class) bool {
	return c.IsSubclass("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "strenum.StrEnum")
}

func bind(fv *value, self *value) *value {
	c := *fv
	c.Self = self
	return &c
}

func (in *interp) superAttr(recv *value, name string) *value {
	mro := recv.Obj.Class.MRO()
	after := false
	for _, c := range mro {
		if after {
			if b := c.Names[name]; b != nil && b.Function != nil {
				return bind(in.funcValue(b.Function, nil), recv.Self)
			}
		}
		if c == recv.Ref().Class {
			after = true
		}
	}
	return &value{Kind: effects.BoundExt, Self: recv.Self, Name: name, Sym: "super." + name}
}

func (in *interp) instanceAttr(f *frame, recv *value, name string) *value {
	v := in.instancePart(f, recv, name)
	if v.Kind == effects.ExtObject && recv.Obj.Home != "" && v.Obj.Cell == "" && v.Obj.Key == "" && in.World.FamilyOf(v.Obj.Qual) == "lock" {
		v.Obj.Cell = recv.Obj.Home + "." + name // whoever gets at the object gets at its lock
	}
	return v
}

func (in *interp) instancePart(f *frame, recv *value, name string) *value {
	o := recv.Obj
	if _, ok := o.Extra.(*choice); ok {
		return in.boundMethod(recv, name)
	}
	if o.Cell != "" && in.isMutable(o, name) {
		return in.readCell(o.Cell+"."+name, "", in.attrInit(o, name))
	}
	if v := o.Attrs[name]; v != nil && !(v.IsNone() && in.shared.outside[name] && o.Cell != "") {
		return v.Depending(recv.Deps)
	}
	if v := in.copiedField(f, o, name); v != nil {
		return v
	}
	if o.Class == nil {
		return in.boundMethod(recv, name)
	}
	b, owner := o.Class.Attr(name)
	if b == nil {
		if name == "__class__" {
			return in.classRef(o.Class)
		}
		if v := in.genericAttr(in.classRef(o.Class), name); v != nil {
			return v
		}
		if fam := in.family(recv); fam != "" {
			if v, ok := in.World.Attribute(fam, recv, name); ok {
				return v
			}
		}
		return in.boundMethod(recv, name)
	}
	if b.Function != nil {
		fv := in.funcValue(b.Function, nil)
		switch {
		case b.Function.Property:
			return in.call(bind(fv, recv), nil, nil, nil)
		case b.Function.Static:
			return fv
		case b.Function.ClassMethod:
			return bind(fv, &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: o.Class}})
		}
		return bind(fv, recv)
	}
	if b.Value == nil {
		if given := in.givenSubclass(o.Class, name); given != nil {
			return given
		}
	}
	if in.isClassVar(owner, name) {
		return in.classCellRead(b, owner)
	}
	if in.isData(o.Class) {
		return in.dataField(recv, b, owner)
	}
	if b.Value != nil {
		v := in.classValue(b, owner)
		if v.IsNone() && in.shared.outside[name] {
			// None is only what it holds before start-up gives it something.
			if given := in.givenAttr(o, owner, name); given != nil {
				return given
			}
			if b.Annotation == nil {
				return effects.Opaque(recv.Sym+"."+name, recv.Deps)
			}
		} else {
			return v
		}
	}
	if b.Annotation != nil {
		t := in.prog.Annotation(program.Scope{Module: owner.Module, Class: owner}, b.Annotation)
		if v := in.boundTypeVar(o.Class, owner, &t); v != nil {
			return v
		}
		v := in.typed(&t, in.partName(&t, recv.Sym+"."+name)).Depending(recv.Deps)
		if o.Attrs == nil {
			o.Attrs = map[string]*value{}
		}
		o.Attrs[name] = v
		return v
	}
	return in.boundMethod(recv, name)
}

// attrInit returns what an attribute of a shared object held before any request came.
func (in *interp) attrInit(o *effects.Object, name string) *value {
	init := o.Attrs[name]
	if init != nil && !init.IsNone() {
		return init
	}
	if in.shared.outside[name] {
		if v := in.started(o.Cell + "." + name); v != nil {
			return v
		}
		if v := in.declaredPart(o, name); v != nil {
			return v
		}
	}
	if v := in.opened(o, name); v != nil {
		return v
	}
	return init
}

// declaredPart is an object of the project that a shared object is declared to hold, `orders: Orders`, whoever puts it there.
func (in *interp) declaredPart(o *effects.Object, name string) *value {
	if o.Class == nil || in.isData(o.Class) {
		return nil
	}
	b, owner := o.Class.Attr(name)
	if b == nil || b.Annotation == nil {
		return nil
	}
	t := in.prog.Annotation(program.Scope{Module: owner.Module, Class: owner}, b.Annotation)
	if t.Ref.Class == nil || in.tableOf(t.Ref.Class) != nil || in.isData(t.Ref.Class) {
		return nil
	}
	v := in.typed(&t, o.Cell+"."+name)
	if v.Kind != effects.Instance {
		return nil
	}
	return in.share(v, o.Cell+"."+name)
}

// givenAttr returns what start-up code gives an attribute of a shared object, or of its class.
func (in *interp) givenAttr(o *effects.Object, owner *program.Class, name string) *value {
	if o.Cell != "" {
		if v := in.started(o.Cell + "." + name); v != nil {
			return v
		}
	}
	return in.started(owner.Module.Name + "." + owner.Name + "." + name)
}

// boundTypeVar resolves `model: type[ModelT]` in a generic base to the class that the subclass names.
func (in *interp) boundTypeVar(c, owner *program.Class, t *program.Type) *value {
	v := t.Var
	if v == "" && len(t.Args) == 1 {
		v = t.Args[0].Var
	}
	if v == "" {
		return nil
	}
	if e, scope, ok := c.TypeArg(owner, v); ok {
		r := in.prog.Resolve(scope, e)
		if r.Kind == program.ToClass {
			return in.refValue(r)
		}
	}
	return nil
}

// isData tells whether the class only carries data: Pydantic models, dataclasses, named tuples and their kin.
func (in *interp) isData(c *program.Class) bool { return in.factsOf(c).data }

func isData(c *program.Class) bool { return isRecord(c) || isDecorated(c) }

// isRecord tells whether a class only describes the shape of what it holds.
func isRecord(c *program.Class) bool {
	return c.IsSubclass("pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel", "sqlmodel.main.SQLModel", "typing.NamedTuple", "typing.TypedDict", "typing_extensions.TypedDict", "msgspec.Struct")
}

// isDecorated tells whether a decorator writes the constructor of a class from its fields.
func isDecorated(c *program.Class) bool {
	for _, d := range c.Def.Decorators {
		if call, ok := d.(*python.Call); ok {
			d = call.Func
		}
		switch d := d.(type) {
		case *python.Name:
			if d.ID == "dataclass" || d.ID == "define" || d.ID == "frozen" {
				return true
			}
		case *python.Attribute:
			if d.Attr == "dataclass" || d.Attr == "define" || d.Attr == "frozen" || d.Attr == "s" {
				return true
			}
		}
	}
	return false
}

// dataField is a field of a data object whose value was not given.
func (in *interp) dataField(recv *value, b *program.Binding, owner *program.Class) *value {
	sym := recv.Sym + "." + b.Name
	if b.Annotation == nil {
		return in.classValue(b, owner)
	}
	t := in.prog.Annotation(program.Scope{Module: owner.Module, Class: owner}, b.Annotation)
	sym = in.partName(&t, sym)
	v := in.typed(&t, sym)
	if v.Sym != sym && v.Kind == effects.Unknown {
		v = effects.Opaque(sym, nil)
	}
	if made := in.madeByFactory(recv.Obj, b, owner); made != nil {
		v = made
	} else if made := in.generated(recv.Obj, b, owner); made != nil {
		v = made
	}
	if recv.Obj.Cell != "" {
		v = in.share(v, recv.Obj.Cell+"."+b.Name)
	}
	v = v.Depending(recv.Deps)
	if recv.Obj.Attrs == nil {
		recv.Obj.Attrs = map[string]*value{}
	}
	recv.Obj.Attrs[b.Name] = v
	return v
}

// isMutable tells whether requests assign the attribute of a shared object.
func (in *interp) isMutable(o *effects.Object, name string) bool {
	if o.Class == nil {
		return o.Qual == "state"
	}
	if in.factsOf(o.Class).elsewhere {
		return false
	}
	if m := o.Class.Method(name); m != nil && m.Property {
		return false // or a setter
	}
	for _, c := range o.Class.MRO() {
		if in.shared.mutable[c][name] {
			return true
		}
	}
	if !in.shared.foreign[name] || in.isData(o.Class) && in.tableOf(o.Class) != nil || o.Class.Method(name) != nil {
		return false
	}
	if v := o.Attrs[name]; v != nil && v.Kind == effects.ClassRef {
		return false // what an object was made for: nobody who is not known to hold it makes it serve another class
	}
	b, _ := o.Class.Attr(name)
	return b != nil || o.Attrs[name] != nil
}

// isClassVar tells whether requests assign the attribute on the class itself.
func (in *interp) isClassVar(c *program.Class, name string) bool {
	for _, k := range c.MRO() {
		if in.shared.classVars[k][name] {
			return true
		}
	}
	return false
}

func classCell(owner *program.Class, name string) string {
	return owner.Module.Name + "." + owner.Name + "." + name
}

// entityAttr reads an attribute of a row.
func (in *interp) entityAttr(f *frame, recv *value, name string) *value {
	o := recv.Obj
	given := o.Attrs[name]
	if given != nil && !o.Sometimes[name] {
		return given
	}
	var b *program.Binding
	var owner *program.Class
	if o.Class != nil {
		b, owner = o.Class.Attr(name)
		switch {
		case b == nil:
		case b.Function != nil && mapped(o.Table, name) && !b.Function.Property:
			// A declared_attr stands for the column or relationship that it returns.
		case b.Function != nil:
			fv := in.funcValue(b.Function, nil)
			switch {
			case b.Function.Property || in.isHybrid(b.Function):
				return in.call(bind(fv, recv), nil, nil, nil)
			case b.Function.ClassMethod:
				return bind(fv, &value{Kind: effects.ClassRef, To: &program.Ref{Kind: program.ToClass, Class: o.Class}})
			case b.Function.Static:
				return fv
			}
			return bind(fv, recv)
		case o.Table != nil && !mapped(o.Table, name) && b.Value != nil:
			if v := in.proxied(f, recv, b, owner); v != nil {
				return v
			}
			if v := in.classValue(b, owner); v.Kind == effects.Const {
				return v
			}
		}
	}
	if v := effects.EntityAttr(in.World, recv, name); v != nil {
		return effects.Join(given, in.asMember(v, b, owner))
	}
	if given != nil {
		return given
	}
	return in.boundMethod(recv, name)
}

// mapped tells whether an attribute of a model is a column or a relationship of its table.
func mapped(t *schema.Table, name string) bool {
	return t != nil && (effects.ColumnByAttr(t, name) != "" || t.Relationships[name] != nil)
}

// proxied reads an attribute of a related row under a name of this row's own: association_proxy("author", "name").
func (in *interp) proxied(f *frame, recv *value, b *program.Binding, owner *program.Class) *value {
	call, ok := b.Value.(*python.Call)
	if !ok || len(call.Args) != 2 || in.prog.Resolve(program.Scope{Module: owner.Module, Class: owner}, call.Func).Qual != "sqlalchemy.ext.associationproxy.association_proxy" {
		return nil
	}
	via, ok1 := call.Args[0].(*python.Constant)
	what, ok2 := call.Args[1].(*python.Constant)
	if !ok1 || !ok2 {
		return nil
	}
	near, ok1 := in.constant(via).Str()
	far, ok2 := in.constant(what).Str()
	if !ok1 || !ok2 || near == b.Name {
		return nil
	}
	return in.attribute(f, in.entityAttr(f, recv, near), far, b.Value)
}
