package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// factory is a name at the top of a module that makes sessions when it is called.
type factory struct {
	module *program.Module
	name   string
	async  bool
}

// factories are those of the project, its tests left out.
func (m *Mender) factories() (out []factory) {
	if m.Program == nil {
		return nil
	}
	for _, mod := range m.Program.Modules {
		for name, b := range mod.Names {
			call, ok := b.Value.(*python.Call)
			if !ok || m.Schema.Sessions[call] == nil || b.Element >= 0 || strings.Contains(mod.File.Path, "test") {
				continue
			}
			if text := mod.File.Text(call.Func); strings.Contains(text, "sessionmaker") {
				out = append(out, factory{mod, name, strings.Contains(text, "async_") || strings.Contains(mod.File.Text(call), "AsyncSession")})
			}
		}
	}
	return out
}

// ownSession is the call by which a function of a module makes a session of its own, and what has to be imported for it. It is the project's
// only factory of that kind, or the only one of the module; ok is false where there is no telling which one is meant.
func (m *Mender) ownSession(in *program.Module, async bool) (call string, imports []change, ok bool) {
	all := slices.DeleteFunc(m.factories(), func(f factory) bool { return f.async != async })
	if here := slices.DeleteFunc(slices.Clone(all), func(f factory) bool { return f.module != in }); len(here) > 0 {
		all = here
	}
	if len(all) != 1 {
		return "", nil, false
	}
	imports, ok = m.reach(in, all[0].module, all[0].name)
	return all[0].name + "()", imports, ok
}

// reach makes a name of another module of the project known in a module. ok is false where it means something else there, or where the import
// would go round in a circle.
func (m *Mender) reach(in, from *program.Module, name string) (imports []change, ok bool) {
	if in == from {
		return nil, true
	}
	if in.Names[name] != nil || m.Program.Lookup(program.Scope{Module: in}, name).Kind != program.Unknown {
		return nil, m.same(in, from, name)
	}
	if from.Name == "" || m.imports(from, in) {
		return nil, false
	}
	return imported(in, from.Name, name)
}

// same tells whether a name means in one module what it means in another.
func (m *Mender) same(a, b *program.Module, name string) bool {
	x, y := m.Program.Lookup(program.Scope{Module: a}, name), m.Program.Lookup(program.Scope{Module: b}, name)
	return x.Kind != program.Unknown && x.Kind == y.Kind && x.Module == y.Module && x.Class == y.Class && x.Function == y.Function && x.Binding == y.Binding && x.Qual == y.Qual
}

// imports tells whether a module brings in another one, directly or not.
func (m *Mender) imports(from, other *program.Module) bool {
	all := m.brought[from]
	if all == nil {
		all = map[*program.Module]bool{}
		m.bring(from, all)
		if m.brought == nil {
			m.brought = map[*program.Module]map[*program.Module]bool{}
		}
		m.brought[from] = all
	}
	return all[other]
}

// bring adds a module and all that it brings in.
func (m *Mender) bring(from *program.Module, all map[*program.Module]bool) {
	if all[from] {
		return
	}
	all[from] = true
	for _, next := range m.importsOf(from) {
		m.bring(next, all)
	}
}

// importsOf are the modules that one brings in itself.
func (m *Mender) importsOf(from *program.Module) []*program.Module {
	out, known := m.direct[from]
	if known {
		return out
	}
	add := func(name string) {
		if mod := m.Program.Module(from, name); mod != nil && !slices.Contains(out, mod) {
			out = append(out, mod)
		}
	}
	for _, star := range from.Stars {
		add(star)
	}
	for _, b := range from.Names {
		if b.Import == nil {
			continue
		}
		add(b.Import.Module)
		if b.Import.Name != "" {
			add(b.Import.Module + "." + b.Import.Name)
		}
	}
	if m.direct == nil {
		m.direct = map[*program.Module][]*program.Module{}
	}
	m.direct[from] = out
	return out
}
