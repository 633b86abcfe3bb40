package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Shared is what all entry points of one scan have in common; it is read-only after NewShared.
type Shared struct {
	Program *program.Program
	Schema  *schema.Schema
	App     *fastapi.App
	// Own is the library that the project described itself, nil for none.
	Own *effects.Library
	// Watched tells that each trace is to note where it looked.
	Watched bool
	// rebound are the module-level names that some function rebinds by `global`.
	rebound map[*program.Module]map[string]bool
	// mutable are the attributes that requests assign on an object of a class: some method other than the constructor on self,
	// or anybody who is known to hold such an object.
	mutable map[*program.Class]map[string]bool
	// classVars are the attributes that are assigned on the class itself.
	classVars map[*program.Class]map[string]bool
	// outside are the attributes that are assigned on something other than self anywhere: `holder.db = …`; foreign those among
	// them that are assigned while requests run, on something of which the class is not known.
	outside, foreign map[string]bool
	// fillers are the functions that fill shared places, by the last part of the place's name.
	fillers map[string][]filler
	// openers are the methods that give their own object something, by its class and the attribute.
	openers map[*program.Class]map[string][]*program.Function
	// kept tells what lies in dictionaries, by the last part of their names.
	kept map[string]kept
	// changed are the last parts of the names under which some container is changed in place.
	changed map[string]bool
	// registrars put what they are given into a container, and imports are what the top levels of modules call; see registry.go.
	registrars registrars
	imports    map[string][]registration
	// singles are the classes of which a container of dependencies makes one object for the process.
	singles map[*program.Class]bool
	shelf   shelf
}

// NewShared prepares what all entry points of one scan have in common.
func NewShared(p *program.Program, s *schema.Schema, a *fastapi.App) *Shared {
	sh := &Shared{
		Program: p, Schema: s, App: a,
		rebound: map[*program.Module]map[string]bool{}, mutable: map[*program.Class]map[string]bool{}, classVars: map[*program.Class]map[string]bool{},
		outside: map[string]bool{}, foreign: map[string]bool{}, fillers: map[string][]filler{}, kept: map[string]kept{}, changed: map[string]bool{},
		openers: map[*program.Class]map[string][]*program.Function{}, registrars: registrars{}, imports: map[string][]registration{}, singles: map[*program.Class]bool{},
	}
	for rest := p.Functions; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(f *program.Function) bool { return f.Module != rest[0].Module })
		if n < 0 {
			n = len(rest)
		}
		sh.noteFunctions(rest[:n], tellingOf(rest[0].Module, rest[:n]))
		rest = rest[n:]
	}
	for _, c := range p.Classes {
		sh.noteSingles(c)
	}
	for _, m := range p.Modules {
		sh.noteTopLevel(m)
		sh.noteImports(m)
	}
	return sh
}

// noteFunctions records what the functions of a module do to what they share with others.
func (sh *Shared) noteFunctions(functions []*program.Function, tell telling) {
	for _, f := range functions {
		for name := range f.Globals {
			if sh.rebound[f.Module] == nil {
				sh.rebound[f.Module] = map[string]bool{}
			}
			sh.rebound[f.Module][name] = true
		}
		if f.Def == nil {
			continue
		}
		sh.noteFillers(f, tell[f])
		sh.noteStart(f)
		sh.noteOpeners(f, tell[f])
		if f.Outer == nil {
			sh.noteMutations(f, tell[f])
			sh.noteRegistrar(f, tell[f])
		}
	}
}

// noteMutations collects the attributes that a function assigns.
func (sh *Shared) noteMutations(f *program.Function, nodes []python.Node) {
	early := sh.App.Startup[f]
	serving := !early && !sh.App.Offstage(f)
	for _, n := range nodes {
		sh.noteEntry(f, n)
		sh.noteChanged(n)
		switch n := n.(type) {
		case *python.Assign:
			for _, t := range eachTarget(n.Targets) {
				sh.noteTarget(f, t, serving)
			}
		case *python.AugAssign:
			sh.noteTarget(f, n.Target, serving)
		case *python.AnnAssign:
			sh.noteTarget(f, n.Target, serving)
		case *python.For:
			for _, t := range eachTarget([]python.Expr{n.Target}) {
				sh.noteTarget(f, t, serving)
			}
		case *python.With:
			for _, t := range targets(n) {
				sh.noteTarget(f, t, serving)
			}
		}
	}
}

func (sh *Shared) noteTarget(f *program.Function, target python.Expr, serving bool) {
	a, ok := target.(*python.Attribute)
	if !ok {
		return
	}
	n, ok := a.Value.(*python.Name)
	if ok && (n.ID == "self" || n.ID == "cls") && f.Class != nil {
		if f.Name == "__init__" {
			return
		}
		if n.ID == "cls" {
			note(sh.classVars, f.Class, a.Attr)
		} else {
			note(sh.mutable, f.Class, a.Attr)
		}
		return
	}
	sh.outside[a.Attr] = true
	if !serving {
		return
	}
	if ok {
		if r := sh.Program.Resolve(f.Scope(), n); r.Kind == program.ToClass {
			note(sh.classVars, r.Class, a.Attr)
			return
		}
	}
	if k := sh.Program.InstanceOf(f.Scope(), a.Value); k != nil {
		note(sh.mutable, k, a.Attr)
		return
	}
	sh.foreign[a.Attr] = true
}

func note(in map[*program.Class]map[string]bool, k *program.Class, attr string) {
	if in[k] == nil {
		in[k] = map[string]bool{}
	}
	in[k][attr] = true
}
