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

// Library describes how a library's functions, classes and methods act. Its tables are lists, which the compiler lays out as data; maps of
// functions it fills by code, at every start and in five times the room.
type Library struct {
	// Funcs are functions and constructors by qualified name, canonical as in Canonical.
	Funcs []Named
	// Classes gives the family of a library class by qualified name; its methods are in Methods under that family.
	Classes []Class
	Methods []Family
	// Attrs reads an attribute of an object of a family, Sets assigns one.
	Attrs []Getter
	Sets  []Setter
	// Enter and Exit are `with` and `async with` on an object of a family.
	Enter []Enter
	Exit  []Exit
	// Shape recognises a method call on a receiver whose type is not known.
	Shape func(c *Call) *Value

	joined *tables // of a library that the project described itself
}

// The entries of the tables of a library: a name, or the family of the object concerned, and what happens.
type (
	Named struct {
		Name  string
		Model Model
	}
	Class  struct{ Name, Family string }
	Family struct {
		Name    string
		Methods []Named
	}
	Getter struct {
		Family string
		Get    func(w *World, recv *Value, name string) *Value
	}
	Setter struct {
		Family string
		Set    func(w *World, recv *Value, name string, v *Value)
	}
	Enter struct {
		Family string
		Enter  func(w *World, recv *Value) *Value
	}
	Exit struct {
		Family string
		Exit   func(w *World, recv *Value, raised bool)
	}
)

// Libraries are all libraries that are modelled.
var Libraries = []*Library{&sqlalchemy, &requestSessions, &driver, &locks, &events, &containers, &memory, &files, &descriptors, &temporary, &frames, &exports, &inspection, &addresses, &clients, &objectStores, &deadlines, &dynamo, &postgrest, &documents, &firestore, &records, &odmantic, &crud, &crudPlus, &repositories, &scopedRepositories, &redis, &aiocache, &tokens, &payments, &brokers, &assistants, &external}

// tables are what libraries know by name, in one place; of two that know a name the first counts.
type tables struct {
	funcs   map[string]Model
	classes map[string]string
	methods map[string]map[string]Model
	attrs   map[string][]Getter // all that know a family
	sets    map[string]Setter
	enter   map[string]Enter
	exit    map[string]Exit
	shapes  []func(c *Call) *Value
}

var (
	joined   *tables
	joinOnce sync.Once
)

// joinLibraries fills joined. It is not a table that is filled when the program starts: models use it, and stand in it.
func joinLibraries() { joined = tablesOf(Libraries...) }

func tablesOf(libraries ...*Library) *tables {
	t := &tables{funcs: map[string]Model{}, classes: map[string]string{}, methods: map[string]map[string]Model{}, attrs: map[string][]Getter{}, sets: map[string]Setter{}, enter: map[string]Enter{}, exit: map[string]Exit{}}
	for _, l := range libraries {
		t.add(l)
	}
	return t
}

func (t *tables) add(l *Library) {
	models(t.funcs, l.Funcs)
	for _, c := range l.Classes {
		if t.classes[c.Name] == "" {
			t.classes[c.Name] = c.Family
		}
	}
	for _, f := range l.Methods {
		if t.methods[f.Name] == nil {
			t.methods[f.Name] = make(map[string]Model, len(f.Methods))
		}
		models(t.methods[f.Name], f.Methods)
	}
	for _, g := range l.Attrs {
		t.attrs[g.Family] = append(t.attrs[g.Family], g)
	}
	for _, s := range l.Sets {
		if t.sets[s.Family].Set == nil {
			t.sets[s.Family] = s
		}
	}
	for _, e := range l.Enter {
		if t.enter[e.Family].Enter == nil {
			t.enter[e.Family] = e
		}
	}
	for _, e := range l.Exit {
		if t.exit[e.Family].Exit == nil {
			t.exit[e.Family] = e
		}
	}
	if l.Shape != nil {
		t.shapes = append(t.shapes, l.Shape)
	}
}

func models(into map[string]Model, named []Named) {
	for _, n := range named {
		if into[n.Name] == nil {
			into[n.Name] = n.Model
		}
	}
}

// Use adds the library that the project described itself; it is asked before the others. Nil is none.
func (w *World) Use(own *Library) {
	if own != nil {
		w.own = own.joined
	}
}

// Function returns the model of a function or constructor, or nil.
func (w *World) Function(qual string) Model {
	q := Canonical(qual)
	if w.own != nil {
		if m := w.own.funcs[qual]; m != nil {
			return m
		}
		if m := w.own.funcs[q]; m != nil {
			return m
		}
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
	q := Canonical(qual)
	if w.own != nil {
		if f := w.own.classes[qual]; f != "" {
			return f
		}
		if f := w.own.classes[q]; f != "" {
			return f
		}
	}
	return joined.classes[q]
}

// Method returns the model of a method of an object of a family, or nil.
func (w *World) Method(family, name string) Model {
	if w.own != nil {
		if m := w.own.methods[family][name]; m != nil {
			return m
		}
	}
	return joined.methods[family][name]
}

// Attribute reads an attribute of a library object; ok is false when the library does not model it.
func (w *World) Attribute(family string, recv *Value, name string) (*Value, bool) {
	for _, g := range joined.attrs[family] {
		if v := g.Get(w, recv, name); v != nil {
			return v, true
		}
	}
	return nil, false
}

// SetAttribute assigns an attribute of a library object.
func (w *World) SetAttribute(family string, recv *Value, name string, v *Value) {
	if s := joined.sets[family]; s.Set != nil {
		s.Set(w, recv, name, v)
	}
}

// EnterContext models `with recv`; ok is false when no library knows the family.
func (w *World) EnterContext(family string, recv *Value) (*Value, bool) {
	e := joined.enter[family]
	if e.Enter == nil && w.own != nil {
		e = w.own.enter[family]
	}
	if e.Enter == nil {
		return nil, false
	}
	return e.Enter(w, recv), true
}

// ExitContext models the end of `with recv`.
func (w *World) ExitContext(family string, recv *Value, raised bool) {
	e := joined.exit[family]
	if e.Exit == nil && w.own != nil {
		e = w.own.exit[family]
	}
	if e.Exit != nil {
		e.Exit(w, recv, raised)
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
