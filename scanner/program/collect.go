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
