package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// What lies in a dictionary of the process is as shared as the dictionary: rooms[name].guests, lots[number].best, drafts[key]["left"].
// An entry under one key is one place for all requests that name the same key.

// kept is what the entries of a dictionary are: objects of a class, or containers themselves.
type kept struct {
	class *program.Class
	// container is the container's class, in the name that its methods are known by.
	container string
}

// containerNames are the classes of containers that a dictionary may hold, and what their methods are known by.
var containerNames = map[string]string{
	"builtins.dict": "builtins.dict", "typing.Dict": "builtins.dict",
	"builtins.list": "builtins.list", "typing.List": "builtins.list", "collections.deque": "builtins.list", "typing.Deque": "builtins.list",
	"builtins.set": "builtins.set", "typing.Set": "builtins.set",
}

// keptEntry returns what a shared dictionary holds under a key, nil when that is not known or only this request knows the key.
func (in *interp) keptEntry(container *effects.Object, key *value) *value {
	name := effects.EntryKey(key)
	if container.Qual != "builtins.dict" || name == effects.Unnamed || strings.Contains(name, "#") {
		return nil
	}
	if v := effects.EntryOf(in.registered(container.Cell), key); v != nil {
		return v
	}
	cell := container.Cell + "[" + name + "]"
	if v, ok := in.entries[cell]; ok {
		return v
	}
	if in.entries == nil {
		in.entries = map[string]*value{}
	}
	in.entries[cell] = nil
	var v *value
	switch k := in.keptIn(container); {
	case k.container != "":
		o := in.NewObject()
		o.Qual, o.Cell = k.container, cell
		v = &value{Kind: effects.ExtObject, Obj: o, Sym: cell}
	case in.plain(k.class):
		v = in.share(in.typedClass(k.class, cell, nil), cell)
	}
	in.entries[cell] = v
	return v
}

// keptItem is one of the objects in a shared list: what is changed in it others see who find it there. Nil where they are no objects of the
// project's own.
func (in *interp) keptItem(list *effects.Object) *value {
	m, ok := list.Extra.(*value)
	if !ok || list.Qual != "builtins.list" || list.Cell == "" {
		return nil
	}
	cell := list.Cell + effects.EachItem
	if v, ok := in.entries[cell]; ok {
		return v
	}
	k := keptAs(m.Elem)
	if len(m.Items) > 0 {
		k = keptAs(m.Items[0])
	}
	if t := m.Type(); k == (kept{}) && t != nil && len(t.Args) == 1 && t.Args[0].Ref.Kind == program.ToClass {
		k.class = t.Args[0].Ref.Class
	}
	if in.entries == nil {
		in.entries = map[string]*value{}
	}
	in.entries[cell] = nil
	if in.plain(k.class) {
		in.entries[cell] = in.share(in.typedClass(k.class, cell, nil), cell)
	}
	return in.entries[cell]
}

// plain tells whether objects of a class are the project's own and nothing but memory.
func (in *interp) plain(c *program.Class) bool {
	return c != nil && in.tableOf(c) == nil && !in.isEnum(c) && in.classFamily(c) == ""
}

// keptIn tells what the entries of a shared dictionary are: by what it began with, by its declaration, or by what the project puts
// into it.
func (in *interp) keptIn(o *effects.Object) kept {
	if m, ok := o.Extra.(*value); ok {
		for _, p := range m.Pairs {
			if k := keptAs(p.Value); k != (kept{}) {
				return k
			}
		}
		if k := keptAs(m.Elem); k != (kept{}) {
			return k
		}
		if m.Type() != nil && len(m.Type().Args) == 2 {
			switch t := m.Type().Args[1].Ref; {
			case t.Kind == program.ToClass:
				if t.Class.IsSubclass("typing.TypedDict", "typing_extensions.TypedDict") {
					return kept{class: t.Class, container: "builtins.dict"}
				}
				return kept{class: t.Class}
			case t.Kind == program.ToExternal && containerNames[t.Qual] != "":
				return kept{container: containerNames[t.Qual]}
			}
		}
	}
	return in.shared.kept[effects.Last(o.Cell)]
}

func keptAs(v *value) kept {
	switch {
	case v == nil:
		return kept{}
	case v.Kind == effects.Mapping || v.Kind == effects.Sequence:
		return kept{container: containerNames[v.Name]}
	case v.Kind == effects.ExtObject && v.Obj != nil:
		return kept{container: containerNames[v.Obj.Qual]}
	case v.Kind == effects.Instance && v.Obj != nil:
		return kept{class: v.Obj.Class}
	}
	return kept{}
}

// noteEntry records what a function puts into a dictionary, by the last part of the dictionary's name: rooms[name] = Room(4),
// rooms.setdefault(name, []). Names under which different things are kept tell nothing.
func (sh *Shared) noteEntry(f *program.Function, n python.Node) {
	switch n := n.(type) {
	case *python.Assign:
		for _, t := range n.Targets {
			if s, ok := t.(*python.Subscript); ok {
				sh.noteKept(f, s.Value, n.Value)
			}
		}
	case *python.Call:
		if a, ok := n.Func.(*python.Attribute); ok && a.Attr == "setdefault" && len(n.Args) == 2 && sh.displayed(f, n.Args[1]) != "" {
			sh.noteKept(f, a.Value, n.Args[1])
		}
	}
}

// noteKept records that a dictionary holds something.
func (sh *Shared) noteKept(f *program.Function, dictionary, entry python.Expr) {
	name := containerName(dictionary)
	if name == "" {
		return
	}
	k := kept{container: sh.displayed(f, entry)}
	if k.container == "" {
		k.class = sh.Program.InstanceOf(f.Scope(), entry)
	}
	if old, ok := sh.kept[name]; ok && old != k {
		k = kept{}
	}
	sh.kept[name] = k
}

// displayed returns the class of the container that an expression makes: {}, [], set(), deque(maxlen=9).
func (sh *Shared) displayed(f *program.Function, e python.Expr) string {
	switch e := e.(type) {
	case *python.Dict:
		return "builtins.dict"
	case *python.List:
		return "builtins.list"
	case *python.Set:
		return "builtins.set"
	case *python.Call:
		if r := sh.Program.Resolve(f.Scope(), e.Func); r.Kind == program.ToExternal {
			return containerNames[r.Qual]
		}
	}
	return ""
}
