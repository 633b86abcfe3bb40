package effects

import (
	"maps"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Process memory: module-level names and containers, attributes of shared objects, app.state.

// ReadCell reads a place of process memory. key names the entry of a container, "" the whole.
func ReadCell(w *World, cell, key string, init *Value) *Value {
	op := Op{Target: cell}
	op.Kind = interleave.Read
	op.Res = interleave.Resource{Store: interleave.Memory, Name: cell, Key: memoryKey(key)}
	i := w.Emit(op)
	v := Opaque(cell+bracket(key), Dep(i))
	if i < 0 {
		if init != nil {
			return init
		}
		return v
	}
	v.Src = int32(i + 1)
	if object := init.orNothing(); object != nil {
		return maybe(object, v)
	}
	return v
}

// orNothing returns the object that a value is where it is anything: what a try block makes, and None where that fails. It is nil for all else.
func (v *Value) orNothing() *Value {
	if one := v.Only((*Value).IsNone); one != nil && (one.Kind == Instance || one.Kind == ExtObject) {
		return one
	}
	return nil
}

// maybe is a shared object that may not be there, as the read of its place tells.
func maybe(object, read *Value) *Value {
	c := *object
	c.Deps, c.Src = read.Deps, read.Src
	if c.Obj != nil && c.Obj.Extra == nil {
		o := *c.Obj
		o.Extra = Maybe
		c.Obj = &o
	}
	return &c
}

// WriteCell writes a place of process memory.
func WriteCell(w *World, cell, key string, v *Value, relative bool) int {
	op := Op{Target: cell, Value: v}
	op.Kind = interleave.Update
	op.Res = interleave.Resource{Store: interleave.Memory, Name: cell, Key: memoryKey(key)}
	op.Set = []interleave.Assignment{{Column: "value", Value: v.Sym, Relative: relative}}
	op.From = v.heldDeps(new(Seen), 0).Ints()
	return w.Emit(op)
}

// heldDeps are the operations from which a value and what its objects hold are derived: (expires, Account(row.id, row.credit)).
func (v *Value) heldDeps(seen *Seen, depth int) Deps {
	if v == nil || depth > 3 || seen.Again(v, depth) {
		return nil
	}
	d := v.AllDeps()
	for _, it := range v.Items {
		d = d.With(it.heldDeps(seen, depth+1))
	}
	if v.Kind == Instance && v.Obj != nil {
		for _, name := range slices.Sorted(maps.Keys(v.Obj.Attrs)) {
			d = d.With(v.Obj.Attrs[name].heldDeps(seen, depth+1))
		}
	}
	return d
}

func memoryKey(key string) string {
	if key == "" {
		return "*"
	}
	return key
}

// Unnamed is an entry of a container of which nothing is known: it is still one entry, and not the whole.
const Unnamed = "?"

// EntryKey names an entry of a container. A tuple is named by what it holds, if that is not too much for a name.
func EntryKey(key *Value) string {
	left := 64
	return entryKey(key, &left)
}

// entryKey names a key of so many parts at most: tuples of tuples that share their parts have more of them than can be written down.
func entryKey(key *Value, left *int) string {
	*left--
	switch {
	case *left < 0:
		return Unnamed
	case key.Sym != "":
		return key.Sym
	case key.Kind == Sequence && key.Name == "" && len(key.Items) > 0:
		parts := make([]string, len(key.Items))
		for i, it := range key.Items {
			if parts[i] = entryKey(it, left); parts[i] == Unnamed {
				return Unnamed
			}
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return Unnamed
}

func bracket(key string) string {
	if key == "" {
		return ""
	}
	return "[" + key + "]"
}

var memory = Library{
	Classes: []Class{{"builtins.dict", "dict"}, {"builtins.list", "list"}, {"builtins.set", "set"}, {"state", "state"}, {RequestState, RequestState},
		{"cachetools.TTLCache", "dict"}, {"cachetools.LRUCache", "dict"}, {"cachetools.LFUCache", "dict"}, {"cachetools.Cache", "dict"}, {"cachetools.TLRUCache", "dict"}, {"expiringdict.ExpiringDict", "dict"}},
	Methods: []Family{{"dict", dictMethods}, {"set", setMethods}, {"list", listMethods}},
	Attrs:   []Getter{{"state", stateAttr}, {RequestState, requestStateAttr}},
}

func cellOf(c *Call) string { return c.Recv.Obj.Cell }

func keyed(do func(c *Call, cell string, key *Value) *Value) Model {
	return func(c *Call) *Value {
		cell := cellOf(c)
		if cell == "" || len(c.Args) == 0 {
			return nil
		}
		return do(c, cell, c.Args[0])
	}
}

func readEntry(c *Call, cell string, key *Value) *Value {
	v := ReadCell(c.World, cell, EntryKey(key), nil)
	if l := lockEntry(c, key); l != nil {
		return l.Depending(v.Deps)
	}
	if c.Entry != nil {
		if e := c.Entry(c.Recv.Obj, key); e != nil {
			return maybe(e, v).Depending(key.AllDeps())
		}
	}
	if d := c.Recv.Obj.Extra; d != nil {
		if m, ok := d.(*Value); ok && len(m.Pairs) > 0 {
			if e := EntryOf(m.Pairs, key); e != nil && (e.Kind == ClassRef || e.Pick(FuncRef, ClassRef) != nil && tableOf(c.World, e.Pick(FuncRef, ClassRef)) == nil) {
				return e.Depending(v.Deps.With(key.AllDeps()))
			}
			for _, p := range m.Pairs {
				if p.Value == nil || p.Value.Kind == Const {
					continue
				}
				if len(m.Pairs) > 1 && (p.Value.Kind == Sequence || p.Value.Kind == Mapping) {
					break // each entry holds something else
				}
				e := *p.Value
				e.Deps = v.Deps.With(key.AllDeps())
				return &e
			}
		}
	}
	return v.Depending(key.AllDeps()).Depending(whichContainer(c))
}

// whichContainer are the operations on which it rests which container it is, other than those that look it up in the one that holds it:
// NEXT[order.status] is another one for every status.
func whichContainer(c *Call) Deps {
	var out Deps
	for _, d := range c.Recv.Deps.Ints() {
		if res := &c.Ops[d].Res; res.Store != interleave.Memory || !strings.HasPrefix(cellOf(c), res.Name) {
			out = out.With(Dep(d))
		}
	}
	return out
}

// AskedThere is the manner of a read that asks whether an entry is there, and not what lies in it.
const AskedThere = "whether it is there"

func askEntry(c *Call, cell string, key *Value) *Value {
	at := len(c.Ops)
	v := readEntry(c, cell, key)
	if at < len(c.Ops) {
		c.Ops[at].Own().Manner = AskedThere
	}
	return v
}

// lockEntry is the lock that a dictionary of locks holds for a key: the same key, the same lock.
func lockEntry(c *Call, key *Value) *Value {
	m, ok := c.Recv.Obj.Extra.(*Value)
	if !ok || m.Elem == nil || m.Elem.Obj == nil || c.FamilyOf(m.Elem.Obj.Qual) != "lock" {
		return nil
	}
	o := c.NewObject()
	o.Qual, o.Cell = m.Elem.Obj.Qual, cellOf(c)+bracket(EntryKey(key))
	o.Args, o.Kw = m.Elem.Obj.Args, m.Elem.Obj.Kw
	return &Value{Kind: ExtObject, Obj: o, Sym: "lock"}
}

// keepLock notes that a dictionary holds locks, or objects that have locks of their own.
func keepLock(c *Call, key, v *Value) {
	if v.Kind == Instance && v.Obj.Cell == "" && c.Ctx != nil {
		v.Obj.Home = cellOf(c) + bracket(EntryKey(key))
	}
	if m, ok := c.Recv.Obj.Extra.(*Value); ok && v.Kind == ExtObject && v.Obj != nil && c.FamilyOf(v.Obj.Qual) == "lock" {
		m.Elem = v
		if v.Obj.Cell == "" && v.Obj.Key == "" && c.Ctx != nil {
			v.Obj.Cell = cellOf(c) + bracket(EntryKey(key)) // put there because there was none: from now on it is everybody's
		}
	}
}

func setDefault(c *Call, cell string, key *Value) *Value {
	v := atomicEntry(c, cell, key)
	if len(c.Args) > 1 {
		keepLock(c, key, c.Args[1])
		c.put(cell, key, c.Args[1])
	}
	if l := lockEntry(c, key); l != nil {
		return l.Depending(v.Deps)
	}
	if c.Entry != nil {
		if e := c.Entry(c.Recv.Obj, key); e != nil {
			return e.Depending(v.Deps)
		}
	}
	return v
}

func writeEntry(c *Call, cell string, key, v *Value) *Value {
	keepLock(c, key, v)
	c.put(cell, key, v)
	if i := WriteCell(c.World, cell, EntryKey(key), v.Depending(key.AllDeps()), false); i >= 0 {
		c.Ops[i].lasts(livesFor(c.Recv.Obj))
	}
	return None
}

// put tells who asks what goes into a container.
func (c *Call) put(cell string, key, v *Value) {
	if c.World.Put != nil {
		c.World.Put(cell, key, v)
	}
}

// livesFor is how long a container keeps an entry: TTLCache(maxsize, ttl), ExpiringDict(max_len, max_age_seconds).
func livesFor(o *Object) float64 {
	limit := o.Kw["ttl"]
	if limit == nil {
		limit = o.Kw["max_age_seconds"]
	}
	if limit == nil && len(o.Args) > 1 {
		limit = o.Args[1]
	}
	seconds, _ := Seconds(limit)
	return seconds
}

// takeEntry takes an entry out, in one step.
func takeEntry(c *Call, cell string, key *Value) *Value {
	v := atomicEntry(c, cell, key)
	if v.Src > 0 {
		c.Ops[v.Src-1].Drops = true
	}
	return v
}

func atomicEntry(c *Call, cell string, key *Value) *Value {
	name := key.Sym
	if of := EntryKey(key); of != Unnamed {
		name = of
	}
	op := Op{Target: cell}
	op.Kind = interleave.Update
	op.Res = interleave.Resource{Store: interleave.Memory, Name: cell, Key: memoryKey(name)}
	op.Set = []interleave.Assignment{{Column: "value", Relative: true}}
	op.Flags = interleave.Atomic
	i := c.Emit(op)
	v := Opaque(cell+bracket(name), Dep(i))
	v.Src = int32(i + 1)
	return v
}

var dictMethods = []Named{
	{"get", keyed(readEntry)},
	{"__getitem__", keyed(readEntry)},
	{"__contains__", keyed(askEntry)},
	{"__setitem__", keyed(func(c *Call, cell string, key *Value) *Value {
		return writeEntry(c, cell, key, c.Args[1])
	})},
	{"__delitem__", keyed(func(c *Call, cell string, key *Value) *Value { return writeEntry(c, cell, key, None) })},
	{"pop", keyed(takeEntry)},
	{"setdefault", keyed(setDefault)},
	{"update", wholeWrite},
	{"clear", wholeWrite},
	{"__len__", wholeRead},
	{"values", wholeRead},
	{"items", wholeRead},
	{"keys", wholeRead},
	{"__iter__", wholeRead},
	{"copy", wholeRead},
}

var setMethods = []Named{
	{"__contains__", keyed(readEntry)},
	{"add", keyed(func(c *Call, cell string, key *Value) *Value { return writeEntry(c, cell, key, key) })},
	{"discard", keyed(func(c *Call, cell string, key *Value) *Value { return writeEntry(c, cell, key, None) })},
	{"remove", keyed(func(c *Call, cell string, key *Value) *Value { return writeEntry(c, cell, key, None) })},
	{"update", wholeWrite},
	{"clear", wholeWrite},
	{"__len__", wholeRead},
	{"__iter__", wholeRead},
	{"copy", wholeRead},
}

var listMethods = []Named{
	{"append", appendItem},
	{"appendleft", appendItem},
	{"extend", appendItem},
	{"insert", appendItem},
	{"remove", wholeWrite},
	{"clear", wholeWrite},
	{"pop", popItem},
	{"popleft", popItem},
	{"__contains__", keyed(readEntry)},
	{"__getitem__", itemAt(keyed(readEntry), wholeRead)},
	{"__setitem__", itemAt(keyed(func(c *Call, cell string, key *Value) *Value {
		return writeEntry(c, cell, key, c.Args[1])
	}), wholeWrite)},
	{"__len__", wholeRead},
	{"__iter__", wholeRead},
	{"index", wholeRead},
	{"count", wholeRead},
	{"copy", wholeRead},
}

// itemAt does the one for an item of a list whose number is worked out, as a seat's that a request names, and the other for a slice and
// for a number that is written down: what is the first or the last one changes as others come and go.
func itemAt(one, all Model) Model {
	return func(c *Call) *Value {
		if len(c.Args) == 0 || c.Args[0].Kind == Const || c.Args[0].Sym == "" {
			return all(c)
		}
		return one(c)
	}
}

// EachItem stands in the name of a place for any of the objects in a shared list.
const EachItem = "[each]"

func wholeRead(c *Call) *Value {
	if cellOf(c) == "" {
		return nil
	}
	op := Op{Target: cellOf(c)}
	op.Kind = interleave.Read
	op.Res = interleave.Resource{Store: interleave.Memory, Name: cellOf(c), Aggregate: interleave.Count}
	i := c.Emit(op)
	v := Opaque(cellOf(c), Dep(i))
	v.Src = int32(i + 1)
	return v
}

func wholeWrite(c *Call) *Value {
	if cellOf(c) == "" {
		return nil
	}
	v := Opaque("", c.Deps())
	if len(c.Args) > 0 {
		v = c.Args[0]
	}
	if i := WriteCell(c.World, cellOf(c), "", v, false); i >= 0 {
		c.Ops[i].Drops = c.Name == "clear"
	}
	return None
}

func appendItem(c *Call) *Value {
	if cellOf(c) == "" {
		return nil
	}
	key := ""
	if len(c.Args) > 0 {
		c.put(cellOf(c), nil, c.Args[len(c.Args)-1])
		key = c.Args[len(c.Args)-1].Sym
	}
	op := Op{Target: cellOf(c)}
	op.Kind = interleave.Insert
	op.Res = interleave.Resource{Store: interleave.Memory, Name: cellOf(c), Key: memoryKey(key)}
	for _, a := range c.Args {
		op.From = Deps32(op.From).With(a.AllDeps()).Ints()
	}
	if !slices.ContainsFunc(c.Args, func(a *Value) bool { return numbered(a, new(Seen), 0) }) {
		// An answer made of what was said before is added to it: nothing that somebody else adds is lost.
		op.From = slices.DeleteFunc(op.From, func(f int) bool {
			return c.Ops[f].Res.Store == interleave.Memory && c.Ops[f].Res.Name == op.Res.Name
		})
	}
	c.Emit(op)
	return None
}

// numbered tells whether a part of a value is a number one or more above another, as that of the next entry is.
func numbered(v *Value, seen *Seen, depth int) bool {
	if v == nil || depth > 2 || seen.Again(v, depth) {
		return false
	}
	if i := strings.LastIndexByte(v.Sym, '+'); i > 0 && strings.HasSuffix(v.Sym, ")") && strings.Trim(v.Sym[i+1:len(v.Sym)-1], "0123456789") == "" {
		return true
	}
	for _, p := range v.Pairs {
		if numbered(p.Value, seen, depth+1) {
			return true
		}
	}
	if v.Obj != nil {
		for _, a := range v.Obj.Attrs {
			if numbered(a, seen, depth+1) {
				return true
			}
		}
	}
	return slices.ContainsFunc(v.Items, func(it *Value) bool { return numbered(it, seen, depth+1) })
}

func popItem(c *Call) *Value {
	if cellOf(c) == "" {
		return nil
	}
	return atomicEntry(c, cellOf(c), &Value{})
}

// stateAttr reads app.state.NAME: what was assigned there lives as long as the process.
func stateAttr(w *World, recv *Value, name string) *Value {
	place := recv.Obj.Cell + "." + name
	return ReadCell(w, place, "", w.Started(place))
}
