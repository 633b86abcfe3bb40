package program

import (
	"path"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// loaded returns the module that a name holds because its file was loaded by hand, as a package does that hides a module of its own name:
//
//	spec = importlib.util.spec_from_file_location("models_file", os.path.join(os.path.dirname(here), "models.py"))
//	models_file = importlib.util.module_from_spec(spec)
func (p *Program) loaded(s Scope, e python.Expr, depth int) *Module {
	spec := p.callOf(s, e, "importlib.util.module_from_spec", depth)
	if spec == nil || len(spec.Args) != 1 {
		return nil
	}
	from := p.callOf(s, p.assigned(s, spec.Args[0], depth), "importlib.util.spec_from_file_location", depth)
	if from == nil {
		return nil
	}
	var at python.Expr
	if len(from.Args) > 1 {
		at = from.Args[1]
	}
	for _, k := range from.Keywords {
		if k.Name == "location" {
			at = k.Value
		}
	}
	file := p.fileOf(s, at, depth)
	i := sort.Search(len(p.Modules), func(i int) bool { return p.Modules[i].File.Path >= file })
	if file == "" || i == len(p.Modules) || p.Modules[i].File.Path != file || p.Modules[i] == s.Module {
		return nil
	}
	return p.Modules[i]
}

// callOf returns an expression that calls a function of a library, nil for any other.
func (p *Program) callOf(s Scope, e python.Expr, qual string, depth int) *python.Call {
	call, ok := e.(*python.Call)
	if !ok || depth > deep {
		return nil
	}
	name := "" // most calls are of something else, and names are looked up often
	switch f := call.Func.(type) {
	case *python.Name:
		name = f.ID
	case *python.Attribute:
		name = f.Attr
	}
	if !strings.HasSuffix(qual, "."+name) || p.resolve(s, call.Func, depth+1).Qual != qual {
		return nil
	}
	return call
}

// assigned is what a name of the module's top level was assigned, and any other expression itself.
func (p *Program) assigned(s Scope, e python.Expr, depth int) python.Expr {
	if n, ok := e.(*python.Name); ok && depth <= deep {
		if b := s.Module.Names[n.ID]; b != nil && b.Value != nil && b.Element < 0 {
			return b.Value
		}
	}
	return e
}

// fileOf is the path, below the root, that an expression makes of the place of its own module; "" for anything else.
func (p *Program) fileOf(s Scope, e python.Expr, depth int) string {
	if depth > deep {
		return ""
	}
	of := func(e python.Expr) string { return p.fileOf(s, e, depth+1) }
	switch e := e.(type) {
	case *python.Name:
		if e.ID == "__file__" {
			return s.Module.File.Path
		}
		if v := p.assigned(s, e, depth); v != python.Expr(e) {
			return of(v)
		}
	case *python.Attribute:
		if e.Attr == "parent" {
			return above(of(e.Value))
		}
	case *python.BinOp:
		if name := textOf(e.Right); e.Op == python.Div && name != "" {
			return below(of(e.Left), name)
		}
	case *python.Call:
		if a, ok := e.Func.(*python.Attribute); ok && (a.Attr == "resolve" || a.Attr == "absolute") {
			return of(a.Value)
		}
		if len(e.Args) == 0 {
			return ""
		}
		switch p.resolve(s, e.Func, depth+1).Qual {
		case "os.path.dirname":
			return above(of(e.Args[0]))
		case "os.path.abspath", "os.path.realpath", "os.path.normpath", "pathlib.Path", "builtins.str":
			return of(e.Args[0])
		case "os.path.join":
			at := of(e.Args[0])
			for _, a := range e.Args[1:] {
				at = below(at, textOf(a))
			}
			return at
		}
	}
	return ""
}

func above(at string) string {
	if at == "" || at == "." {
		return "" // the root, or what is not known
	}
	return path.Dir(at)
}

func below(at, name string) string {
	if at == "" || name == "" || path.IsAbs(name) {
		return ""
	}
	return path.Join(at, name)
}

func textOf(e python.Expr) string {
	if c, ok := e.(*python.Constant); ok && c.Kind == python.ConstStr {
		text, _ := c.Str()
		return text
	}
	return ""
}
