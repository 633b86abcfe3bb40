package flow

import (
	"maps"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// tableOf returns the table of a model class, or nil.
func (in *interp) tableOf(c *program.Class) *schema.Table {
	if in.Schema == nil || c == nil {
		return nil
	}
	in.prog.looks.class(c)
	return in.Schema.ByClass[c]
}

// typed makes a value of which only the annotation is known.
func (in *interp) typed(t *program.Type, sym string) *value {
	if t == nil {
		return effects.Opaque(sym, nil)
	}
	v := in.typedPresent(t, sym)
	if t.Optional && (v.Kind == effects.Instance || v.Kind == effects.ExtObject) || v.Kind == effects.ExtObject && effects.IsContainer(v.Obj.Qual) {
		c := *v
		c.SetOrNone()
		return &c
	}
	return v
}

// typedPresent is typed, of something that is there.
func (in *interp) typedPresent(t *program.Type, sym string) *value {
	r := t.Ref
	switch r.Kind {
	case program.ToClass:
		return in.typedClass(r.Class, sym, t)
	case program.ToExternal:
		if v := in.typedLibrary(r.Qual, sym, t); v != nil {
			return v
		}
	}
	for i := range t.Union {
		if v := in.typed(&t.Union[i], sym); v.Kind != effects.Unknown {
			return v
		}
	}
	v := effects.Opaque(sym, nil)
	v.SetType(t)
	return v
}

func (in *interp) typedClass(c *program.Class, sym string, t *program.Type) *value {
	in.prog.looks.class(c)
	if tb := in.tableOf(c); tb != nil {
		o, _ := in.Row(0, tb, tb.Name, sym)
		o.Class = c
		return &value{Kind: effects.Entity, Obj: o, Sym: c.Name + "[" + sym + "]"}
	}
	if in.isEnum(c) {
		return effects.Opaque(sym, nil)
	}
	if v := in.implemented(c, sym, t); v != nil {
		return v
	}
	if v := in.single(c); v != nil {
		return v
	}
	if fam := in.classFamily(c); fam != "" && c.Method("__init__") == nil {
		o := in.NewObject()
		o.Class = c
		if effects.IsSessionFamily(fam) {
			o.Num = in.SessionNamed(sym)
		}
		return &value{Kind: effects.Instance, Obj: o, Sym: sym}
	}
	return in.madeTyped(c, sym)
}

// madeTyped is an object of a class that was made of what the annotations of its constructor say; of a data class nothing is known.
func (in *interp) madeTyped(c *program.Class, sym string) *value {
	o := in.NewObject()
	o.Class = c
	v := &value{Kind: effects.Instance, Obj: o, Sym: sym}
	if !in.isData(c) && c.Method("__init__") != nil {
		in.initTyped(v)
	}
	return v
}

// partName is the name of what an object is made of, of which only the type is known: whoever makes the parts of one request gives those that
// want a session, however they call it, the same one.
func (in *interp) partName(t *program.Type, name string) string {
	if t.Ref.Kind == program.ToExternal && effects.IsSessionFamily(in.World.Family(t.Ref.Qual)) {
		return effects.Last(t.Ref.Qual)
	}
	return name
}

// declaredAs gives a value of which nothing is known the type that its declaration states, if that is something a library gives and
// whose methods act on the world: `session: AsyncSession = request.state.session`, `pool: asyncpg.Pool = request.app.state.pool`.
func (in *interp) declaredAs(s program.Scope, annotation python.Expr, v *value) *value {
	if annotation == nil || v.Kind != effects.Unknown && v.Kind != effects.BoundExt || v.Src != 0 && !in.fromCell(v) {
		return v
	}
	t := in.prog.Annotation(s, annotation)
	if t.Ref.Kind == program.Unknown && len(t.Union) == 0 {
		return v
	}
	if c := t.Ref.Class; t.Ref.Kind == program.ToClass && in.tableOf(c) == nil && in.classFamily(c) == "" {
		return v // no library's: its constructor need not run
	}
	tv := in.typed(&t, v.Sym)
	if tv.Obj == nil || tv.Kind != effects.ExtObject && tv.Kind != effects.Instance || in.family(tv) == "" {
		return v
	}
	return tv.Depending(v.AllDeps())
}

// service is an object of one of the project's own classes that does something, or nil.
func (in *interp) service(t *program.Type, sym string) *value {
	if t == nil || t.Ref.Kind != program.ToClass || in.tableOf(t.Ref.Class) != nil || in.classFamily(t.Ref.Class) != "" || in.isData(t.Ref.Class) || in.isEnum(t.Ref.Class) {
		return nil
	}
	if made := in.typed(t, sym); made.Kind == effects.Instance {
		return made
	}
	return nil
}

// fromCell tells whether a value was read from a shared place of memory, and not from a store.
func (in *interp) fromCell(v *value) bool {
	i := int(v.Src) - 1
	return i < len(in.Ops) && in.Ops[i].Res.Store == interleave.Memory
}

// initTyped runs the constructor with arguments of which only the annotations are known.
func (in *interp) initTyped(v *value) {
	fn := v.Obj.Class.Method("__init__")
	if fn == nil || in.recursing(fn) || len(in.stack) > maxDepth || slices.Contains(in.making, fn) {
		return // one of its own kind that is given to it, as what it wraps or what stands above it, is left as it is
	}
	in.Muted++
	in.making = append(in.making, fn)
	in.invoke(bind(in.rawFunc(fn, nil), v), nil, nil)
	in.making = in.making[:len(in.making)-1]
	in.Muted--
}

func (in *interp) typedLibrary(qual, sym string, t *program.Type) *value {
	switch qual {
	case "builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes", "typing.Any", "builtins.object", "datetime.datetime", "uuid.UUID", "decimal.Decimal":
		return effects.Opaque(sym, nil)
	}
	fam := in.World.Family(qual)
	if fam == "" {
		return nil
	}
	o := in.NewObject()
	o.Qual = qual
	if effects.IsSessionFamily(fam) {
		o.Num = in.SessionNamed(sym)
	}
	return &value{Kind: effects.ExtObject, Obj: o, Sym: sym}
}

// quiet evaluates an expression of module or class level without leaving a trace.
func (in *interp) quiet(s program.Scope, e python.Expr) *value {
	return in.quietIn(s, nil, e)
}

// quietIn is quiet inside the frame up.
func (in *interp) quietIn(s program.Scope, up *frame, e python.Expr) *value {
	if len(in.stack) > maxDepth {
		return effects.Opaque("", nil)
	}
	if c, ok := e.(*python.Constant); ok {
		in.steps++
		return in.constant(c)
	}
	if s.Function == nil || up != nil && s.Function != up.scope.Function {
		up = nil
	}
	in.prog.looks.module(s.Module)
	f := &frame{scope: s, vars: &bindings{}, up: up, module: up == nil}
	oldSite, oldCtx, oldYield, oldDead := in.Site, in.Ctx, in.yielded, in.dead
	in.Muted++
	in.Site = &effects.Site{Module: s.Module, Node: e}
	v := in.eval(f, e)
	in.Muted--
	in.Site, in.Ctx, in.yielded, in.dead = oldSite, oldCtx, oldYield, oldDead
	return v
}

// global returns the value of a module-level variable.
func (in *interp) global(r program.Ref) *value {
	b := r.Binding
	if b == nil {
		return effects.Opaque("", nil)
	}
	rebound := r.Module != nil && in.shared.rebound[r.Module][b.Name]
	if v := in.globals[b]; v != nil && !rebound {
		return v
	}
	cell := r.Qual
	if r.Module != nil {
		cell = r.Module.Name + "." + b.Name
	}
	if rebound {
		var init *value
		if b.Value != nil {
			init = in.globalValue(r, cell)
		}
		if init == nil || init.IsNone() {
			init = in.given(r, cell)
		}
		return in.readCell(cell, "", init)
	}
	return in.globalValue(r, cell)
}

// given returns what start-up code gives a module-level variable: by its declaration, or by what is assigned.
func (in *interp) given(r program.Ref, cell string) *value {
	if r.Binding.Annotation != nil {
		t := in.prog.Annotation(program.Scope{Module: r.Module}, r.Binding.Annotation)
		if v := in.typed(&t, cell); v.Kind == effects.ExtObject || v.Kind == effects.Instance {
			return in.share(v, cell)
		}
	}
	return in.started(cell)
}

func (in *interp) globalValue(r program.Ref, cell string) *value {
	b := r.Binding
	if v, ok := in.globals[b]; ok {
		if v == nil {
			return effects.Opaque(b.Name, nil)
		}
		return v
	}
	in.globals[b] = nil
	var v *value
	scope := program.Scope{Module: r.Module}
	switch {
	case b.Value != nil:
		v = in.quiet(scope, b.Value)
		if b.Element >= 0 {
			v = in.item(v, b.Element)
		}
	case b.Annotation != nil:
		t := in.prog.Annotation(scope, b.Annotation)
		v = in.typed(&t, cell)
	default:
		v = effects.Opaque(b.Name, nil)
	}
	v = in.share(in.declaring(scope, b.Annotation, v), cell)
	in.globals[b] = v
	return v
}

// declaring notes with a dictionary what its declaration says of its entries.
func (in *interp) declaring(s program.Scope, annotation python.Expr, v *value) *value {
	if annotation == nil || v.Kind != effects.Mapping || v.Type() != nil || v.Name == "" {
		return v
	}
	t := in.prog.Annotation(s, annotation)
	v.SetType(&t)
	return v
}

// share names the process-wide place of a module-level object, and those of what hangs on it: the nearest first, in the order of the names,
// so that an object which is reached by several ways has the shortest of them for its name, whoever asks and whenever.
func (in *interp) share(v *value, cell string) *value {
	n := naming{in: in}
	v = n.name(v, cell)
	for len(n.objects)+len(n.frames) > 0 {
		objects, frames := n.objects, n.frames
		n.objects, n.frames = nil, nil
		for _, o := range objects {
			for _, name := range slices.Sorted(maps.Keys(o.Attrs)) {
				o.Attrs[name] = n.name(o.Attrs[name], o.Cell+"."+name)
			}
		}
		for _, f := range frames {
			for i := range f.vars.list {
				b := &f.vars.list[i]
				b.value = n.name(b.value, f.cell+"."+b.name)
			}
		}
	}
	return v
}

// naming gives names to places of the process: what has one now, and hangs on nothing that was looked at yet.
type naming struct {
	in      *interp
	objects []*effects.Object
	frames  []*frame
}

func (n *naming) name(v *value, cell string) *value {
	switch v.Kind {
	case effects.Sequence, effects.Mapping:
		if v.Name == "" { // a tuple does not change
			return v
		}
		o := n.in.NewObject()
		o.Qual, o.Cell = v.Name, cell
		o.Extra = v
		return &value{Kind: effects.ExtObject, Obj: o, Sym: cell}
	case effects.ExtObject, effects.Instance:
		if v.Obj.Cell == "" {
			v.Obj.Cell = cell
			n.objects = append(n.objects, v.Obj)
		}
	case effects.FuncRef:
		if f, ok := v.Env().(*frame); ok {
			n.enclosing(f, cell)
		}
	}
	return v
}

// enclosing names what a function that lives as long as the process has closed over.
func (n *naming) enclosing(f *frame, cell string) {
	for ; f != nil && f.cell == "" && !f.module; f = f.up {
		f.cell = cell
		f.own()
		n.frames = append(n.frames, f)
	}
}

func (in *interp) readCell(cell, key string, init *value) *value {
	return effects.ReadCell(in.World, cell, key, init)
}

func (in *interp) writeCell(cell, key string, v *value, relative bool) {
	effects.WriteCell(in.World, cell, key, v, relative)
}
