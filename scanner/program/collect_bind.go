package program

import "github.com/middlebrick/middlebrick/scanner/python"

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
	if old.known() {
		b.Earlier = old
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
