package effects

import "slices"

// Containers that belong to one request: displays and what is put into them.

var containers = Library{
	Methods: []Family{
		{"mapping", []Named{
			{"items", mappingItems}, {"keys", mappingKeys}, {"values", mappingValues}, {"get", mappingGet}, {"pop", mappingPop}, {"setdefault", mappingDefault},
			{"copy", self}, {"update", mappingUpdate}, {"__setitem__", mappingSet},
		}},
		{"sequence", []Named{
			{"get", rowGet},
			{"append", sequenceAdd}, {"add", sequenceAdd}, {"extend", sequenceExtend}, {"insert", sequenceAdd}, {"copy", self},
			{"pop", func(c *Call) *Value {
				if c.Recv.Elem != nil {
					return c.Recv.Elem.Depending(c.Recv.Deps)
				}
				return nil
			}},
		}},
	},
}

func mappingItems(c *Call) *Value {
	out := &Value{Kind: Sequence, Deps: c.Recv.Deps}
	for _, p := range c.Recv.Pairs {
		if p.Key == nil {
			out.Elem = EntryOfRow(p.Value)
			continue
		}
		out.Items = append(out.Items, &Value{Kind: Sequence, Items: []*Value{p.Key, p.Value}})
	}
	return out
}

// eachKey names what stands for every key of a row.
const eachKey = "each key"

// EntryOfRow is what going through the entries of a row gives: a key, and what stands under it.
func EntryOfRow(row *Value) *Value {
	key := Opaque("key", row.AllDeps())
	if row.Src > 0 && row.SrcCol == "" {
		key.Name, key.Self = eachKey, row
	}
	return &Value{Kind: Sequence, Items: []*Value{key, Opaque("value", row.AllDeps())}}
}

// copiedFrom is the row of which a mapping has every entry, and what else it has; nil where it is no such mapping.
func copiedFrom(m *Value) *Value {
	var from *Value
	for _, p := range m.Pairs {
		switch {
		case p.Key != nil:
		case from != nil || p.Value.Src == 0 || p.Value.SrcCol != "":
			return nil
		default:
			from = p.Value
		}
	}
	return from
}

// RebuiltFrom is the row whose every entry is put into a mapping under its own key, in whatever form: {k: plain(v) for k, v in row.items()}. Nil
// where what is put there has nothing to do with the row.
func RebuiltFrom(key, entry *Value) *Value {
	if key.Name != eachKey || key.Self == nil || !entry.AllDeps().Has(int(key.Self.Src)-1) {
		return nil
	}
	return key.Self.Remade()
}

func mappingKeys(c *Call) *Value {
	out := &Value{Kind: Sequence, Deps: c.Recv.Deps}
	for _, p := range c.Recv.Pairs {
		if p.Key != nil {
			out.Items = append(out.Items, p.Key)
		}
	}
	return out
}

func mappingValues(c *Call) *Value {
	out := &Value{Kind: Sequence, Deps: c.Recv.Deps}
	for _, p := range c.Recv.Pairs {
		out.Items = append(out.Items, p.Value)
	}
	return out
}

func mappingGet(c *Call) *Value {
	key := c.Arg(0, "key")
	if key == nil {
		return nil
	}
	if v := c.CopiedEntry(c.Recv, key); v != nil {
		return v
	}
	var any *Value
	open := false
	for _, p := range c.Recv.Pairs {
		if p.Key == nil {
			if name, ok := key.Str(); ok && p.Value.Src > 0 && len(c.Recv.Pairs) == 1 {
				return c.Field(p.Value, name) // of what lies in a column
			}
			open = true
			any = Join(any, Opaque("value", p.Value.AllDeps()))
			continue
		}
		if key.Kind == Const && p.Key.Sym == key.Sym {
			return p.Value
		}
		if key.Kind != Const || p.Key.Kind != Const {
			open = true // one may be the other
			any = Join(any, p.Value)
		}
	}
	def := c.Arg(1, "default")
	if def == nil {
		def = None
	}
	if key.Kind == Const && !open {
		return def
	}
	return Join(any, def).Depending(key.AllDeps())
}

// mappingPop is what a mapping has under a key, which it has no more.
func mappingPop(c *Call) *Value {
	out := mappingGet(c)
	if key := c.Arg(0, "key"); key != nil && key.Kind == Const {
		c.Recv.Pairs = slices.DeleteFunc(slices.Clone(c.Recv.Pairs), func(p Pair) bool { return p.Key != nil && p.Key.Kind == Const && p.Key.Sym == key.Sym })
	}
	return out
}

// EntryOf is what a mapping that imports filled holds under a key: the entry itself where the key is known, and one of them where it is not.
// It is nil when no entry can be the one.
func EntryOf(pairs []Pair, key *Value) *Value {
	var any *Value
	for _, p := range pairs {
		if p.Key == nil || p.Value == nil {
			continue
		}
		switch same, sure := sameKey(p.Key, key); {
		case same && sure:
			return p.Value
		case same:
			any = Join(any, p.Value)
		}
	}
	return any
}

// sameKey tells whether the key of an entry may be the one that is asked for, and whether that is sure. What is declared as a class may be of one
// that inherits from it.
func sameKey(entry, asked *Value) (same, sure bool) {
	switch {
	case entry.Kind == ClassRef && asked.Kind == ClassRef && entry.Ref().Class != nil && asked.Ref().Class != nil:
		a, b := entry.Ref().Class, asked.Ref().Class
		return a == b || a.IsSubclass(b.Qualname), a == b || !a.IsSubclass(b.Qualname)
	case entry.Kind == ExtRef && asked.Kind == ExtRef:
		return entry.Ref().Qual == asked.Ref().Qual, true
	case entry.Kind == Const && asked.Kind == Const:
		return entry.Sym == asked.Sym, true
	}
	fixed := func(v *Value) bool { return v.Kind == ClassRef || v.Kind == ExtRef || v.Kind == Const }
	return !fixed(entry) || !fixed(asked), false
}

// CopiedEntry is what a mapping has under a key from what it was copied from as a whole, as dict(row) and {**row, "seen": True} are: a
// column of the row. It is nil where something else may have been put there, and where nothing was copied that was read.
func (w *World) CopiedEntry(m, key *Value) *Value {
	name, ok := key.Str()
	if !ok {
		return nil
	}
	var from *Value
	for _, p := range m.Pairs {
		switch {
		case p.Key == nil && from == nil && p.Value.Src > 0 && p.Value.SrcCol == "":
			from = p.Value
		case p.Key == nil || p.Key.Kind != Const || p.Key.Sym == key.Sym:
			return nil
		}
	}
	if from == nil {
		return nil
	}
	if v := from.Named(name); v != nil {
		return v.Depending(m.Deps)
	}
	return w.Field(from, name).Depending(m.Deps)
}

// rowGet is a column of a row that was read, by its name; what is given where the row has none is never given.
func rowGet(c *Call) *Value {
	name, ok := c.Arg(0, "key").Str()
	if !ok || c.Recv.Src == 0 {
		return nil
	}
	return c.Field(c.Recv, name)
}

// mappingUpdate and its kin change the display in place: it belongs to this request and was made by it.
func mappingUpdate(c *Call) *Value {
	for _, a := range c.Args {
		if a.Kind == Mapping {
			c.Recv.Pairs = append(c.Recv.Pairs, a.Pairs...)
		} else {
			c.Recv.Pairs = append(c.Recv.Pairs, Pair{Value: a})
		}
	}
	for _, k := range c.Kw {
		if k.Name != "" {
			c.Recv.Pairs = append(c.Recv.Pairs, Pair{Key: Text(k.Name), Value: k.Value})
		}
	}
	return None
}

// mappingDefault gives the entry, and puts the default there if there is none.
func mappingDefault(c *Call) *Value {
	v := mappingGet(c)
	if len(c.Args) == 2 && len(c.Recv.Pairs) <= 64 && !slices.ContainsFunc(c.Recv.Pairs, func(p Pair) bool { return p.Key != nil && p.Key.Sym == c.Args[0].Sym }) {
		c.Recv.Pairs = append(c.Recv.Pairs, Pair{Key: c.Args[0], Value: c.Args[1]})
		c.Recv.Deps = c.Recv.Deps.With(c.nearestDecision())
	}
	return v
}

func mappingSet(c *Call) *Value {
	if len(c.Args) < 2 || len(c.Recv.Pairs) > 64 {
		return None
	}
	if row := RebuiltFrom(c.Args[0], c.Args[1]); row != nil {
		if !slices.ContainsFunc(c.Recv.Pairs, func(p Pair) bool { return p.Key == nil && p.Value.Src == row.Src && p.Value.SrcCol == "" }) {
			c.Recv.Pairs = append(c.Recv.Pairs, Pair{Value: row})
		}
		return None
	}
	c.Recv.Deps = c.Recv.Deps.With(c.nearestDecision()) // that there is an entry tells how the request came here
	for i, p := range c.Recv.Pairs {
		if p.Key != nil && p.Key.Sym == c.Args[0].Sym {
			c.Recv.Pairs[i].Value = c.Args[1]
			return None
		}
	}
	c.Recv.Pairs = append(c.Recv.Pairs, Pair{Key: c.Args[0], Value: c.Args[1]})
	return None
}

func sequenceAdd(c *Call) *Value {
	if len(c.Args) > 0 {
		c.Recv.Elem = Join(c.Recv.Elem, c.Args[len(c.Args)-1].Depending(c.nearestDecision()))
	}
	return None
}

// nearestDecision returns what decided that the current point is reached: to find a container filled tells it. Where the request would
// have ended otherwise, nobody finds it empty.
func (w *World) nearestDecision() Deps {
	for c := w.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && c.Check < len(w.Ops) && c.Leaves != Raises {
			return Deps32(w.Ops[c.Check].From)
		}
	}
	return nil
}

func sequenceExtend(c *Call) *Value {
	if len(c.Args) == 0 {
		return None
	}
	a := c.Args[0]
	for _, it := range append(a.Items[:len(a.Items):len(a.Items)], a.Elem) {
		if it != nil {
			c.Recv.Elem = Join(c.Recv.Elem, it)
		}
	}
	return None
}
