package program

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// collector turns one syntax tree into a Module: a single pass over every statement and expression, touching nothing outside the file.
type collector struct {
	m     *Module
	funcs []*Function
	class []*Class
	// absolute are the absolute module names that the file imports, with the names taken from them: evidence for import roots.
	absolute []Import
	sets     []globalSet
}

// place is where the statement under the collector stands.
type place struct {
	fn     *Function // enclosing function, nil at module level
	class  *Class    // class whose body this is, nil elsewhere
	prefix string    // of qualified names
	// rival tells that an alternative branch was read before this one: its bindings win.
	rival bool
}

func collect(file *python.File) *collector {
	m := &Module{File: file, Names: map[string]*Binding{}, defs: map[*python.FunctionDef]*Function{}}
	m.dir, m.stem = splitPath(file.Path)
	m.Package = m.stem == "__init__"
	c := &collector{m: m}
	c.body(file.Body, place{})
	for _, f := range c.funcs {
		decorate(f)
	}
	c.attachSets()
	m.exports = c.exports()
	return c
}

func splitPath(path string) (dir, stem string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, path = path[:i], path[i+1:]
	}
	path = strings.TrimSuffix(path, ".pyi")
	return dir, strings.TrimSuffix(path, ".py")
}

func (c *collector) body(stmts []python.Stmt, at place) {
	for _, s := range stmts {
		c.stmt(s, at)
	}
}

func (c *collector) stmt(s python.Stmt, at place) {
	switch s := s.(type) {
	case *python.FunctionDef:
		c.function(s, at)
	case *python.ClassDef:
		c.classDef(s, at)
	case *python.Return:
		c.expr(s.Value, at)
	case *python.Delete:
		c.exprs(s.Targets, at)
	case *python.Assign:
		c.expr(s.Value, at)
		for _, t := range s.Targets {
			c.assign(t, s.Value, nil, at)
		}
	case *python.AugAssign:
		c.expr(s.Value, at)
		c.augment(s, at)
	case *python.AnnAssign:
		c.expr(s.Annotation, at)
		c.expr(s.Value, at)
		c.assign(s.Target, s.Value, s.Annotation, at)
	case *python.TypeAlias:
		c.expr(s.Value, at)
		c.bind(at, &Binding{Name: s.Name.ID, Value: s.Value, Element: -1, Pos: s.Pos(), alias: s})
	case *python.Import:
		c.imports(s, at)
	case *python.ImportFrom:
		c.importFrom(s, at)
	case *python.Global:
		c.global(s, at)
	case *python.Nonlocal:
		c.nonlocal(s, at)
	case *python.ExprStmt:
		c.exportsCall(s.Value, at)
		c.expr(s.Value, at)
	case *python.Raise:
		c.expr(s.Exc, at)
		c.expr(s.Cause, at)
	case *python.Assert:
		c.expr(s.Test, at)
		c.expr(s.Msg, at)
	default:
		c.block(s, at)
	}
}

// block reads the statements that hold other statements.
func (c *collector) block(s python.Stmt, at place) {
	other := at
	other.rival = true
	switch s := s.(type) {
	case *python.For:
		c.expr(s.Iter, at)
		c.target(s.Target, at)
		c.body(s.Body, at)
		c.body(s.Else, at)
	case *python.While:
		c.expr(s.Test, at)
		c.body(s.Body, at)
		c.body(s.Else, at)
	case *python.If:
		c.expr(s.Test, at)
		c.body(s.Body, at)
		c.body(s.Else, other)
	case *python.With:
		for _, item := range s.Items {
			c.expr(item.Context, at)
			c.target(item.Target, at)
		}
		c.body(s.Body, at)
	case *python.Match:
		c.expr(s.Subject, at)
		for _, k := range s.Cases {
			c.pattern(k.Pattern, at)
			c.expr(k.Guard, at)
			c.body(k.Body, at)
		}
	case *python.Try:
		c.body(s.Body, at)
		for _, h := range s.Handlers {
			c.expr(h.Type, other)
			if h.Name != "" {
				c.local(h.Name, other)
			}
			c.body(h.Body, other)
		}
		c.body(s.Else, at)
		c.body(s.Finally, at)
	case *python.BadStmt:
		c.body(s.Body, at)
	}
}

func (c *collector) function(d *python.FunctionDef, at place) {
	c.exprs(d.Decorators, at)
	c.expr(d.Returns, at)
	f := &Function{Name: d.Name, Qualname: at.prefix + d.Name, Module: c.m, Class: at.class, Outer: at.fn, Def: d, Async: d.Async}
	c.signature(f, d.Args, at)
	c.m.defs[d] = f
	c.funcs = append(c.funcs, f)
	if at.class == nil && at.fn == nil {
		c.m.Funcs = append(c.m.Funcs, f)
	}
	if !isAccessor(d) {
		c.bind(at, &Binding{Name: d.Name, Function: f, Element: -1, Pos: d.NamePos})
	}
	c.body(d.Body, place{fn: f, prefix: f.Qualname + "."})
	f.finish()
}

// isAccessor tells the setter and deleter of a property from the property itself, which keeps the name.
func isAccessor(d *python.FunctionDef) bool {
	for _, e := range d.Decorators {
		if a, ok := e.(*python.Attribute); ok {
			switch a.Attr {
			case "setter", "deleter", "inplace", "update_expression":
				if n, ok := a.Value.(*python.Name); ok && n.ID == d.Name {
					return true
				}
			}
		}
	}
	return false
}

// signature fills in the parameters; defaults and annotations belong to the enclosing scope.
func (c *collector) signature(f *Function, a *python.Arguments, at place) {
	if a == nil {
		return
	}
	n := len(a.PosOnly) + len(a.Args) + len(a.KwOnly)
	f.Params = make([]Param, 0, n+2)
	f.Local = make(map[string]bool, n)
	add := func(arg *python.Arg, kind ParamKind) {
		c.expr(arg.Annotation, at)
		c.expr(arg.Default, at)
		f.Params = append(f.Params, Param{Name: arg.Name, Kind: kind, Annotation: arg.Annotation, Default: arg.Default, Pos: arg.Start})
		f.Local[arg.Name] = true
	}
	for i := range a.PosOnly {
		add(&a.PosOnly[i], PositionalOnly)
	}
	for i := range a.Args {
		add(&a.Args[i], PositionalOrKeyword)
	}
	if a.VarArg != nil {
		add(a.VarArg, VarPositional)
	}
	for i := range a.KwOnly {
		add(&a.KwOnly[i], KeywordOnly)
	}
	if a.KwArg != nil {
		add(a.KwArg, VarKeyword)
	}
}

// finish takes the names declared global or nonlocal out of the locals.
func (f *Function) finish() {
	for name := range f.Globals {
		delete(f.Local, name)
	}
	for name := range f.Nonlocals {
		delete(f.Local, name)
	}
}

func (c *collector) classDef(d *python.ClassDef, at place) {
	c.exprs(d.Decorators, at)
	c.exprs(d.Bases, at)
	for _, k := range d.Keywords {
		c.expr(k.Value, at)
	}
	k := &Class{Name: d.Name, Qualname: at.prefix + d.Name, Module: c.m, Outer: at.fn, OuterCls: at.class, Def: d, Names: map[string]*Binding{}}
	c.class = append(c.class, k)
	if at.class == nil && at.fn == nil {
		c.m.Class = append(c.m.Class, k)
	}
	c.bind(at, &Binding{Name: d.Name, Class: k, Element: -1, Pos: d.NamePos})
	c.body(d.Body, place{fn: at.fn, class: k, prefix: k.Qualname + "."})
}

// assign binds the names of a target to a value.
func (c *collector) assign(target, value, annotation python.Expr, at place) {
	switch t := target.(type) {
	case *python.Name:
		c.bind(at, &Binding{Name: t.ID, Value: value, Annotation: annotation, Element: -1, Pos: t.Pos()})
	case *python.Tuple:
		c.unpack(t.Elts, value, at)
	case *python.List:
		c.unpack(t.Elts, value, at)
	case *python.Starred:
		c.target(t.Value, at)
	default:
		c.expr(target, at)
	}
}

func (c *collector) unpack(targets []python.Expr, value python.Expr, at place) {
	parts := elements(value)
	if len(parts) != len(targets) || hasStar(parts) || hasStar(targets) {
		parts = nil
	}
	for i, t := range targets {
		n, ok := t.(*python.Name)
		switch {
		case parts != nil:
			c.assign(t, parts[i], nil, at)
		case ok && !hasStar(targets[:i]):
			c.bind(at, &Binding{Name: n.ID, Value: value, Element: i, Pos: n.Pos()})
		default:
			c.target(t, at)
		}
	}
}

// elements returns the parts of a tuple or list display.
func elements(e python.Expr) []python.Expr {
	switch e := e.(type) {
	case *python.Tuple:
		return e.Elts
	case *python.List:
		return e.Elts
	}
	return nil
}

func hasStar(list []python.Expr) bool {
	for _, e := range list {
		if _, ok := e.(*python.Starred); ok {
			return true
		}
	}
	return false
}

// target binds names whose value the source does not tell: loop variables, `as` targets, starred rests.
func (c *collector) target(e python.Expr, at place) {
	switch e := e.(type) {
	case nil:
	case *python.Name:
		c.local(e.ID, at)
	case *python.Starred:
		c.target(e.Value, at)
	case *python.Tuple:
		for _, x := range e.Elts {
			c.target(x, at)
		}
	case *python.List:
		for _, x := range e.Elts {
			c.target(x, at)
		}
	default:
		c.expr(e, at)
	}
}

// local binds a name to an unknown value.
func (c *collector) local(name string, at place) {
	at.rival = true
	c.bind(at, &Binding{Name: name, Element: -1})
}

// bind enters a binding where the statement stands.
func (c *collector) bind(at place, b *Binding) {
	if at.class != nil {
		at.class.bind(b, at.rival)
		return
	}
	if at.fn != nil {
		at.fn.bind(b)
		if at.fn.Globals[b.Name] {
			c.setGlobal(at.fn, b)
		}
		return
	}
	c.m.bind(b, at.rival)
}

// setGlobal notes that a function assigns to a global: the binding of the top level stays what it is, unless there is none.
func (c *collector) setGlobal(f *Function, b *Binding) {
	if b.Value != nil {
		c.sets = append(c.sets, globalSet{b.Name, Set{Function: f, Value: b.Value, Element: b.Element, Pos: b.Pos}})
	}
}

type globalSet struct {
	name string
	set  Set
}

// attachSets hands the assignments from functions to the module's bindings.
func (c *collector) attachSets() {
	for _, s := range c.sets {
		b := c.m.Names[s.name]
		if b == nil {
			b = &Binding{Name: s.name, Element: -1, Pos: s.set.Pos}
			c.m.Names[s.name] = b
		}
		b.Sets = append(b.Sets, s.set)
	}
}

func (m *Module) bind(b *Binding, rival bool) {
	if old := m.Names[b.Name]; old != nil && !replaces(old, b, rival) {
		return
	}
	m.Names[b.Name] = b
}

func (k *Class) bind(b *Binding, rival bool) {
	old := k.Names[b.Name]
	if old == nil {
		k.Order = append(k.Order, b.Name)
	} else if !replaces(old, b, rival) {
		return
	}
	k.Names[b.Name] = b
}

// replaces tells whether a later binding wins over an earlier one. A bare declaration never does but lends its annotation,
// and neither does the other branch of an if or try (the None after a failed import).
func replaces(old, b *Binding, rival bool) bool {
	if b.Value == nil && b.Annotation != nil && b.known() {
		if old.Annotation == nil {
			old.Annotation = b.Annotation
		}
		return false
	}
	if rival && old.known() && !old.isNone() {
		return false
	}
	if b.Value != nil && b.Annotation == nil {
		b.Annotation = old.Annotation
	}
	return true
}

// known tells a binding about which the source says something.
func (b *Binding) known() bool {
	return b.Function != nil || b.Class != nil || b.Import != nil || b.Value != nil || b.Annotation != nil
}

func (b *Binding) isNone() bool {
	k, ok := b.Value.(*python.Constant)
	return ok && k.Kind == python.ConstNone
}

func (f *Function) bind(b *Binding) {
	if f.Local == nil {
		f.Local = map[string]bool{}
	}
	f.Local[b.Name] = true
	switch {
	case b.Function != nil:
		if f.NestedFuncs == nil {
			f.NestedFuncs = map[string]*Function{}
		}
		f.NestedFuncs[b.Name] = b.Function
	case b.Class != nil:
		if f.NestedClasses == nil {
			f.NestedClasses = map[string]*Class{}
		}
		f.NestedClasses[b.Name] = b.Class
	case b.Import != nil:
		if f.imports == nil {
			f.imports = map[string]*Import{}
		}
		if f.imports[b.Name] == nil {
			f.imports[b.Name] = b.Import
		}
	}
}

func (c *collector) global(s *python.Global, at place) {
	if at.fn == nil {
		return
	}
	if at.fn.Globals == nil {
		at.fn.Globals = map[string]bool{}
	}
	for _, n := range s.Names {
		at.fn.Globals[n] = true
	}
}

func (c *collector) nonlocal(s *python.Nonlocal, at place) {
	if at.fn == nil {
		return
	}
	if at.fn.Nonlocals == nil {
		at.fn.Nonlocals = map[string]bool{}
	}
	for _, n := range s.Names {
		at.fn.Nonlocals[n] = true
	}
}

func (c *collector) imports(s *python.Import, at place) {
	for i := range s.Names {
		a := &s.Names[i]
		c.absolute = append(c.absolute, Import{Module: a.Name})
		name, module := a.AsName, a.Name
		if name == "" {
			name, _, _ = strings.Cut(a.Name, ".")
			module = name
		}
		c.bind(at, &Binding{Name: name, Import: &Import{Module: module}, Element: -1, Pos: a.Start})
	}
}

func (c *collector) importFrom(s *python.ImportFrom, at place) {
	module, rel := s.Module, ""
	if s.Level > 0 {
		rel = relative(c.m, s.Level, s.Module)
		c.m.relative = true
	}
	for i := range s.Names {
		a := &s.Names[i]
		if s.Level == 0 {
			c.absolute = append(c.absolute, Import{Module: module, Name: a.Name})
		}
		if a.Name == "*" {
			if at.fn == nil && at.class == nil {
				c.m.stars = append(c.m.stars, Import{Module: module, rel: rel})
			}
			continue
		}
		name := a.AsName
		if name == "" {
			name = a.Name
		}
		c.bind(at, &Binding{Name: name, Import: &Import{Module: module, Name: a.Name, rel: rel}, Element: -1, Pos: a.Start})
	}
}

// relative returns the path of the module that `from ..x import` means: "/" and the path without extension. Leaving the root gives "//".
func relative(m *Module, level int, module string) string {
	dir := m.dir
	for ; level > 1; level-- {
		if dir == "" {
			return "//"
		}
		dir, _ = parent(dir)
	}
	if module != "" {
		if dir != "" {
			dir += "/"
		}
		dir += strings.ReplaceAll(module, ".", "/")
	}
	return "/" + dir
}

func parent(dir string) (string, string) {
	i := strings.LastIndexByte(dir, '/')
	if i < 0 {
		return "", dir
	}
	return dir[:i], dir[i+1:]
}

// exports reads `__all__`: a literal list, possibly extended by `+=`, append and extend. Anything else makes it unknown.
func (c *collector) exports() map[string]bool {
	b := c.m.Names["__all__"]
	if b == nil || b.Value == nil {
		return nil
	}
	names := map[string]bool{}
	for _, part := range append([]python.Expr{b.Value}, c.m.all...) {
		if !literalNames(part, names) {
			return nil
		}
	}
	return names
}

func literalNames(e python.Expr, into map[string]bool) bool {
	switch e := e.(type) {
	case *python.BinOp:
		return literalNames(e.Left, into) && literalNames(e.Right, into)
	case *python.List, *python.Tuple:
		for _, x := range elements(e) {
			k, ok := x.(*python.Constant)
			if !ok || k.Kind != python.ConstStr {
				return false
			}
			text, _ := k.Str()
			into[text] = true
		}
		return true
	}
	return false
}

func (c *collector) augment(s *python.AugAssign, at place) {
	if n, ok := s.Target.(*python.Name); ok {
		if at.fn == nil && at.class == nil {
			if n.ID == "__all__" {
				c.m.all = append(c.m.all, s.Value)
			}
			return
		}
		c.local(n.ID, at)
		return
	}
	c.expr(s.Target, at)
}

func (c *collector) exportsCall(e python.Expr, at place) {
	call, ok := e.(*python.Call)
	if !ok || at.fn != nil || at.class != nil || len(call.Args) != 1 {
		return
	}
	a, ok := call.Func.(*python.Attribute)
	if !ok {
		return
	}
	if n, ok := a.Value.(*python.Name); ok && n.ID == "__all__" {
		switch a.Attr {
		case "extend":
			c.m.all = append(c.m.all, call.Args[0])
		case "append":
			c.m.all = append(c.m.all, &python.List{Elts: call.Args})
		}
	}
}
