package remedy

import (
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// changers are the methods that change a container of the standard library.
const changers = " add append appendleft clear discard extend insert move_to_end pop popitem popleft remove reverse setdefault sort update "

// shared is a value of the process that a function looks at and changes: a name of its module or an attribute of its object.
type shared struct {
	m    *Mender
	fn   *program.Function
	name string
}

// stretch are the statements of a function that belong under a lock.
type stretch struct {
	fn    *program.Function
	stmts []python.Stmt
}

// of tells whether functions say the value by their own object.
func (v *shared) of() bool {
	_, global := v.fn.Module.Names[v.name]
	return !global
}

// functions are those of its class, or all of its module.
func (v *shared) functions(mod *program.Module) (out []*program.Function) {
	methods := func(k *program.Class) {
		for _, b := range k.Names {
			if b.Function != nil && b.Function.Def != nil && b.Function.Module == mod {
				out = append(out, b.Function)
			}
		}
	}
	if v.of() {
		if v.fn.Class != nil {
			methods(v.fn.Class)
		}
	} else {
		out = slices.Clone(mod.Funcs)
		for _, k := range mod.Class {
			methods(k)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Def.Pos() < out[j].Def.Pos() })
	return out
}

// is tells whether an expression is the value, or a part of it.
func (v *shared) is(e python.Expr) bool {
	for {
		switch x := e.(type) {
		case *python.Subscript:
			e = x.Value
		case *python.Name:
			return !v.of() && x.ID == v.name
		case *python.Attribute:
			self, ok := x.Value.(*python.Name)
			return v.of() && ok && self.ID == "self" && x.Attr == v.name
		default:
			return false
		}
	}
}

// boundBefore is where the value was last said before an offset, as `room = rooms[number]` does, where what stands there says another name of it.
func (v *shared) boundBefore(at int32) int32 {
	from := int32(-1)
	python.Walk(v.fn.Def, func(n python.Node) bool {
		if e, ok := n.(python.Expr); ok && v.is(e) && e.Pos() <= at {
			from = max(from, e.Pos())
		}
		return true
	})
	return from
}

// changes are the offsets at which a function changes the value.
func (v *shared) changes(fn *program.Function) (out []int32) {
	note := func(e python.Expr) {
		if v.is(e) {
			out = append(out, e.Pos())
		}
	}
	python.Walk(fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Assign:
			for _, t := range n.Targets {
				note(t)
			}
		case *python.AugAssign:
			note(n.Target)
		case *python.Delete:
			for _, t := range n.Targets {
				note(t)
			}
		case *python.Call:
			if a, ok := n.Func.(*python.Attribute); ok && strings.Contains(changers, " "+a.Attr+" ") {
				note(a.Value)
			}
		}
		return true
	})
	return out
}

// others are what changes the value in the other functions of its class or module. A coroutine waits for no function that runs through, which
// cannot wait for a lock of asyncio either. ok is false where a function cannot be told to hold the lock: a thread would keep it while its event
// loop goes on, or nobody here sees who else changes the value.
func (v *shared) others() (out []stretch, ok bool) {
	for _, fn := range v.functions(v.fn.Module) {
		if fn == v.fn || fn.Name == "__init__" || !v.of() && fn.Local[v.name] {
			continue
		}
		changes := v.changes(fn)
		if len(changes) == 0 || v.fn.Async && !fn.Async {
			continue
		}
		low := changes[0]
		python.Walk(fn.Def, func(n python.Node) bool {
			if e, is := n.(python.Expr); is && v.is(e) {
				low = min(low, e.Pos())
			}
			return true
		})
		block, from, to := covering(fn, low, slices.Max(changes))
		if block == nil {
			return nil, false
		}
		for _, s := range block[from : to+1] {
			if definesFunction(s) || spansLines(fn.Module.File, s) || mentionsLock(fn.Module.File, s) || !v.fn.Async && suspends(s) {
				return nil, false
			}
		}
		out = append(out, stretch{fn, block[from : to+1]})
	}
	return out, v.of() || !v.changedElsewhere()
}

// definesFunction tells whether a statement holds a function of its own, which runs some other time.
func definesFunction(s python.Stmt) bool {
	found := false
	python.Walk(s, func(n python.Node) bool {
		_, def := n.(*python.FunctionDef)
		found = found || def
		return !found
	})
	return found
}

// changedElsewhere tells whether another module brings in a value of the module by its name and changes it, or the module that has it does.
func (v *shared) changedElsewhere() bool {
	means := func(mod *program.Module) program.Ref { return v.m.Program.Follow(mod, mod.Names[v.name]) }
	return v.m.Program != nil && slices.ContainsFunc(v.m.Program.Modules, func(mod *program.Module) bool {
		if mod == v.fn.Module || mod.Names[v.name] == nil || means(mod).Qual != means(v.fn.Module).Qual {
			return false
		}
		there := &shared{m: v.m, fn: &program.Function{Module: mod}, name: v.name}
		return slices.ContainsFunc(there.functions(mod), func(fn *program.Function) bool { return len(there.changes(fn)) > 0 })
	})
}

// nested tells whether one of the stretches comes to another one, by what it calls.
func (v *shared) nested(all []stretch) bool {
	var reach []*program.Function
	for _, s := range all {
		reach = append(reach, s.fn)
	}
	comes := func(f *python.File, n python.Node) bool {
		return slices.ContainsFunc(reach, func(fn *program.Function) bool { return callsFunction(f, n, fn) })
	}
	for grown := true; grown; {
		grown = false
		for _, fn := range v.functions(v.fn.Module) {
			if !slices.Contains(reach, fn) && comes(fn.Module.File, fn.Def) {
				reach, grown = append(reach, fn), true
			}
		}
	}
	return slices.ContainsFunc(all, func(s stretch) bool {
		return slices.ContainsFunc(s.stmts, func(st python.Stmt) bool { return comes(s.fn.Module.File, st) })
	})
}

// callsFunction tells whether a piece of source calls a function of its module by its name, or of its class as self, cls or the class has it.
func callsFunction(f *python.File, n python.Node, fn *program.Function) bool {
	found := false
	python.Walk(n, func(n python.Node) bool {
		call, ok := n.(*python.Call)
		if !ok {
			return !found
		}
		switch callee := call.Func.(type) {
		case *python.Name:
			found = found || fn.Class == nil && callee.ID == fn.Name
		case *python.Attribute:
			of := f.Text(callee.Value)
			found = found || fn.Class != nil && callee.Attr == fn.Name && (of == "self" || of == "cls" || of == fn.Class.Name)
		}
		return !found
	})
	return found
}

// locked puts stretches under the lock.
func (v *shared) locked(all []stretch, lock string) (out []change) {
	for _, s := range all {
		f := s.fn.Module.File
		first, last := s.stmts[0], s.stmts[len(s.stmts)-1]
		in, step, nl := indent(f, first), unit(f, s.fn), newline(f)
		with := "with "
		if v.fn.Async {
			with = "async with "
		}
		out = append(out, change{f, first.Pos(), last.Stop(), with + lock + ":" + nl + shifted(f, first.Pos(), last.Stop(), in, step)})
	}
	return out
}
