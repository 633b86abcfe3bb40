package effects

import (
	"strings"
	"sync"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// Keyword is one keyword argument; Name is "" for `**value`.
type Keyword struct {
	Name  string
	Value *Value
}

// Call is one call of a library function or method.
type Call struct {
	*World
	// Recv is the receiver of a method call.
	Recv *Value
	// Name is the method's name, or the qualified name of a function.
	Name string
	Args []*Value
	Kw   []Keyword
	Node *python.Call
}

// Arg returns the i-th positional argument, or the keyword argument of the name, or nil.
func (c *Call) Arg(i int, name string) *Value {
	if i >= 0 && i < len(c.Args) {
		return c.Args[i]
	}
	if name == "" {
		return nil
	}
	return c.Keyword(name)
}

// Keyword returns the keyword argument of a name, or nil.
func (c *Call) Keyword(name string) *Value {
	for _, k := range c.Kw {
		if k.Name == name {
			return k.Value
		}
	}
	return nil
}

// unpacked is what an argument gets of which nothing is written in the call but that it may lie in a mapping: f(**settings). Nil where
// no mapping is unpacked.
func (c *Call) unpacked(name string) *Value {
	if v := c.Keyword(""); v != nil {
		return Opaque(v.Sym+"['"+name+"']", v.Deps)
	}
	return nil
}

// Deps returns what the arguments and the receiver derive from.
func (c *Call) Deps() Deps {
	var d Deps
	if c.Recv != nil {
		d = c.Recv.Deps
	}
	for _, a := range c.Args {
		d = d.With(a.AllDeps())
	}
	for _, k := range c.Kw {
		d = d.With(k.Value.AllDeps())
	}
	return d
}

// True tells whether a keyword argument is certainly true.
func (c *Call) True(name string) bool { return c.Keyword(name).Truth() == "True" }

// Model says what a call does and returns its result; nil means that the model does not know the call after all.
type Model func(c *Call) *Value

// Library describes how a library's functions, classes and methods act.
type Library struct {
	// Funcs are functions and constructors by qualified name, canonical as in Canonical.
	Funcs map[string]Model
	// Classes gives the family of a library class by qualified name; its methods are in Methods[family].
	Classes map[string]string
	Methods map[string]map[string]Model
	// Attrs reads an attribute of an object of a family.
	Attrs map[string]func(w *World, recv *Value, name string) *Value
	// Sets assigns an attribute of an object of a family.
	Sets map[string]func(w *World, recv *Value, name string, v *Value)
	// Enter and Exit are `with` and `async with` on an object of a family.
	Enter map[string]func(w *World, recv *Value) *Value
	Exit  map[string]func(w *World, recv *Value, raised bool)
	// Shape recognises a method call on a receiver whose type is not known.
	Shape func(c *Call) *Value
}

// Libraries are all libraries that are modelled.
var Libraries = []*Library{&sqlalchemy, &requestSessions, &driver, &locks, &containers, &memory, &files, &descriptors, &temporary, &frames, &exports, &inspection, &addresses, &clients, &objectStores, &deadlines, &dynamo, &postgrest, &documents, &records, &odmantic, &crud, &repositories, &scopedRepositories, &redis, &aiocache, &tokens, &payments, &brokers, &assistants, &external}

// tables are what all libraries know by name, in one place; of two that know a name the first counts.
type tables struct {
	funcs   map[string]Model
	classes map[string]string
	methods map[string]map[string]Model
	attrs   map[string][]func(w *World, recv *Value, name string) *Value // all that know a family
	shapes  []func(c *Call) *Value
}

var (
	joined   tables
	joinOnce sync.Once
)

// joinLibraries fills joined. It is not a table that is filled when the program starts: models use it, and stand in it.
func joinLibraries() {
	joined = tables{funcs: map[string]Model{}, classes: map[string]string{}, methods: map[string]map[string]Model{}, attrs: map[string][]func(*World, *Value, string) *Value{}}
	for _, l := range Libraries {
		for family, f := range l.Attrs {
			joined.attrs[family] = append(joined.attrs[family], f)
		}
		if l.Shape != nil {
			joined.shapes = append(joined.shapes, l.Shape)
		}
		for name, m := range l.Funcs {
			if joined.funcs[name] == nil {
				joined.funcs[name] = m
			}
		}
		for name, family := range l.Classes {
			if joined.classes[name] == "" {
				joined.classes[name] = family
			}
		}
		for family, methods := range l.Methods {
			into := joined.methods[family]
			if into == nil {
				into = make(map[string]Model, len(methods))
				joined.methods[family] = into
			}
			for name, m := range methods {
				if into[name] == nil {
					into[name] = m
				}
			}
		}
	}
}

// Use adds the library that the project described itself; it is asked before the others. Nil is none.
func (w *World) Use(own *Library) {
	if own != nil {
		w.own, w.libraries = own, append([]*Library{own}, Libraries...)
	}
}

// Function returns the model of a function or constructor, or nil.
func (w *World) Function(qual string) Model {
	if w.own != nil && w.own.Funcs[qual] != nil {
		return w.own.Funcs[qual]
	}
	q := Canonical(qual)
	if w.own != nil && w.own.Funcs[q] != nil {
		return w.own.Funcs[q]
	}
	if m := joined.funcs[q]; m != nil {
		return m
	}
	if strings.HasPrefix(q, "sqlalchemy.func.") || strings.HasPrefix(q, "peewee.fn.") {
		return sqlFunc
	}
	return nil
}

// Family returns the family of a library class, "" when it is not modelled.
func (w *World) Family(qual string) string {
	if w.own != nil && w.own.Classes[qual] != "" {
		return w.own.Classes[qual]
	}
	q := Canonical(qual)
	if w.own != nil && w.own.Classes[q] != "" {
		return w.own.Classes[q]
	}
	return joined.classes[q]
}

// Method returns the model of a method of an object of a family, or nil.
func (w *World) Method(family, name string) Model {
	if w.own != nil && w.own.Methods[family][name] != nil {
		return w.own.Methods[family][name]
	}
	return joined.methods[family][name]
}

// Attribute reads an attribute of a library object; ok is false when the library does not model it.
func (w *World) Attribute(family string, recv *Value, name string) (*Value, bool) {
	if w.own != nil {
		if f := w.own.Attrs[family]; f != nil {
			if v := f(w, recv, name); v != nil {
				return v, true
			}
		}
	}
	for _, f := range joined.attrs[family] {
		if v := f(w, recv, name); v != nil {
			return v, true
		}
	}
	return nil, false
}

// SetAttribute assigns an attribute of a library object.
func (w *World) SetAttribute(family string, recv *Value, name string, v *Value) {
	for _, l := range w.libraries {
		if f := l.Sets[family]; f != nil {
			f(w, recv, name, v)
			return
		}
	}
}

// EnterContext models `with recv`; ok is false when no library knows the family.
func (w *World) EnterContext(family string, recv *Value) (*Value, bool) {
	for _, l := range w.libraries {
		if f := l.Enter[family]; f != nil {
			return f(w, recv), true
		}
	}
	return nil, false
}

// ExitContext models the end of `with recv`.
func (w *World) ExitContext(family string, recv *Value, raised bool) {
	for _, l := range w.libraries {
		if f := l.Exit[family]; f != nil {
			f(w, recv, raised)
			return
		}
	}
}

// ByShape asks every library whether it recognises a method call on an unknown receiver.
func ByShape(c *Call) *Value {
	for _, shape := range joined.shapes {
		if v := shape(c); v != nil {
			return v
		}
	}
	return nil
}
