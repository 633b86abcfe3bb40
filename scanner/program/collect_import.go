package program

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

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
