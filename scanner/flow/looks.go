package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// looks notes the modules in which following an entry point looked: where code ran, and where what it was told of stands. A nil one
// notes nothing. As long as none of them changes, and what the project has in common does not either, the trace stays what it is.
type looks struct {
	modules map[*program.Module]bool
	classes map[*program.Class]bool
	last    *program.Module
}

func newLooks() *looks {
	return &looks{modules: map[*program.Module]bool{}, classes: map[*program.Class]bool{}}
}

func (l *looks) module(m *program.Module) {
	if l == nil || m == nil || m == l.last {
		return
	}
	l.last = m
	l.modules[m] = true
}

// class notes a class with all that it inherits from.
func (l *looks) class(c *program.Class) {
	if l == nil || c == nil || l.classes[c] {
		return
	}
	l.classes[c] = true
	l.module(c.Module)
	for _, k := range c.MRO() {
		l.module(k.Module)
	}
}

func (l *looks) function(f *program.Function) {
	if f != nil {
		l.module(f.Module)
	}
}

func (l *looks) ref(r *program.Ref) {
	if l == nil || r == nil {
		return
	}
	l.module(r.Module)
	l.class(r.Class)
	l.function(r.Function)
}

// typ notes what an annotation names.
func (l *looks) typ(t *program.Type) {
	if l == nil || t == nil {
		return
	}
	l.ref(&t.Ref)
	l.module(t.MetaScope.Module)
	for i := range t.Args {
		l.typ(&t.Args[i])
	}
	for i := range t.Union {
		l.typ(&t.Union[i])
	}
}

// lens is the program as one entry point sees it: what it is asked is noted.
type lens struct {
	*program.Program
	looks *looks
}

// Annotation is that of the program.
func (l lens) Annotation(s program.Scope, e python.Expr) program.Type {
	l.looks.module(s.Module)
	t := l.Program.Annotation(s, e)
	l.looks.typ(&t)
	return t
}

// Lookup is that of the program.
func (l lens) Lookup(s program.Scope, name string) program.Ref {
	l.looks.module(s.Module)
	return l.told(l.Program.Lookup(s, name))
}

// Resolve is that of the program.
func (l lens) Resolve(s program.Scope, e python.Expr) program.Ref {
	l.looks.module(s.Module)
	return l.told(l.Program.Resolve(s, e))
}

// Member is that of the program.
func (l lens) Member(r program.Ref, attr string) program.Ref {
	return l.told(l.Program.Member(r, attr))
}

// Follow is that of the program.
func (l lens) Follow(m *program.Module, b *program.Binding) program.Ref {
	return l.told(l.Program.Follow(m, b))
}

func (l lens) told(r program.Ref) program.Ref {
	l.looks.ref(&r)
	return r
}

// dependencyOf is the dependency that a parameter declares, as fastapi tells it.
func (in *interp) dependencyOf(s program.Scope, p program.Param) (fastapi.Dependency, bool) {
	dep, ok := fastapi.DependencyOf(in.prog.Program, s, p)
	in.prog.looks.module(s.Module)
	in.prog.looks.module(dep.Scope.Module)
	in.prog.looks.typ(dep.Class)
	return dep, ok
}

// known notes again what a value refers to that was made for an earlier entry point.
func (in *interp) known(v *value) *value {
	if in.prog.looks != nil && v.To != nil {
		switch v.Kind {
		case effects.ClassRef, effects.ModuleRef, effects.ExtRef, effects.FuncRef:
			in.prog.looks.ref(v.Ref())
		}
	}
	return v
}
