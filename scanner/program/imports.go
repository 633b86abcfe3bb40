package program

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// finishImports makes relative imports absolute, once all modules are named.
func (p *Program) finishImports(c *collector) {
	for _, b := range c.m.Names {
		p.absolute(b.Import)
	}
	for _, f := range c.funcs {
		for _, im := range f.imports {
			p.absolute(im)
		}
	}
	for _, k := range c.class {
		for _, b := range k.Names {
			p.absolute(b.Import)
		}
	}
}

func (p *Program) absolute(im *Import) {
	if im != nil && im.rel != "" {
		im.Module = p.index.absolute(*im)
	}
}

// Imported returns the last parts of the names of all modules, and all names, that any import statement of the project names: a file that
// goes by none of them is imported by nobody.
func (p *Program) Imported() map[string]bool {
	out := map[string]bool{}
	note := func(im *Import) {
		if im != nil {
			out[im.Module[strings.LastIndexByte(im.Module, '.')+1:]] = true
			out[im.Name] = true
		}
	}
	for _, m := range p.Modules {
		for _, b := range m.Names {
			note(b.Import)
		}
		for _, star := range m.Stars {
			note(&Import{Module: star})
		}
	}
	for _, f := range p.Functions {
		for _, im := range f.imports {
			note(im)
		}
	}
	return out
}

// Absolute returns the absolute name of the module that an import statement with level leading dots names in m.
func (p *Program) Absolute(m *Module, module string, level int) string {
	if level == 0 {
		return module
	}
	return p.index.absolute(Import{Module: module, rel: relative(m, level, module)})
}

// Follow returns what a binding of a module's top level or of an import inside a function means.
func (p *Program) Follow(m *Module, b *Binding) Ref { return p.bound(b, m, nil, 0) }

// LambdaOf returns the function of a lambda expression that stands in the scope, or nil.
func (p *Program) LambdaOf(s Scope, l *python.Lambda) *Function {
	if s.Module == nil {
		return nil
	}
	return s.Module.lambdas[l]
}

func sortFound(found []*collector) {
	sort.SliceStable(found, func(i, j int) bool { return found[i].m.File.Path < found[j].m.File.Path })
}
