package flow

import (
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// What containers hold: comprehensions, elements and subscripts.

// compNames are the classes of the containers that comprehensions make; a generator makes none.
var compNames = map[python.CompKind]string{python.ListComp: "builtins.list", python.SetComp: "builtins.set"}

func (in *interp) comprehension(f *frame, e *python.Comp) *value {
	if of := copiedWhole(e); of != nil {
		if v := in.eval(f, of); v.Src != 0 && (v.Kind == effects.Unknown || v.Kind == effects.Sequence) {
			return &value{Kind: effects.Mapping, Name: "builtins.dict", Deps: v.AllDeps(), Pairs: []effects.Pair{{Value: v}}}
		}
	}
	old, lent := f.vars, f.lent
	f.lent = true
	var deps effects.Deps
	known := true
	var items []*value
	var filter *effects.Filter
	for i, g := range e.Generators {
		it := in.eval(f, g.Iter)
		deps = deps.With(it.AllDeps())
		if g.Async {
			in.Suspend(false)
		}
		// A comprehension over a known display keeps its items. One that only leaves out what was not given keeps the others.
		if i == 0 && len(e.Generators) == 1 && len(g.Ifs) <= 1 && it.Elem == nil && len(it.Items) > 0 && len(it.Items) <= 16 && it.Kind == effects.Sequence {
			given := ""
			if len(g.Ifs) == 1 {
				given = asksWhetherGiven(g.Ifs[0])
			}
			if len(g.Ifs) == 0 || given != "" {
				for _, x := range it.Items {
					in.assign(f, g.Target, x)
					if given == "" || f.vars.get(given) == nil || !f.vars.get(given).IsNone() {
						items = append(items, in.compElt(f, e))
					}
				}
				continue
			}
		}
		known = false
		in.assign(f, g.Target, in.element(it))
		if len(e.Generators) == 1 {
			filter = it.Filter()
		}
		for _, cond := range g.Ifs {
			c := in.eval(f, cond)
			deps = deps.With(c.AllDeps())
			if len(e.Generators) == 1 && len(g.Ifs) == 1 && c.Pred != nil {
				filter = &effects.Filter{Pred: c.Pred, Deps: c.AllDeps(), Site: in.Site}
			}
		}
	}
	var out *value
	if known && len(items) > 0 {
		out = &value{Kind: effects.Sequence, Items: items, Deps: deps}
	} else {
		in.loops++
		elt := in.compElt(f, e)
		in.loops--
		in.madeWhereKept(elt, filter)
		out = &value{Kind: effects.Sequence, Elem: elt, Deps: deps.With(elt.AllDeps())}
		if filter != nil {
			out.SetFilter(filter)
		}
	}
	f.vars, f.lent = old, lent
	if in.Muted > 0 {
		out.Name = compNames[e.Kind]
	}
	if e.Kind == python.DictComp {
		if known && len(items) > 0 {
			m := &value{Kind: effects.Mapping, Name: "builtins.dict"}
			for _, it := range items {
				m.Pairs = append(m.Pairs, effects.Pair{Key: it.Items[0], Value: it.Items[1]})
			}
			return m
		}
		if in.Muted > 0 && out.Elem != nil && len(out.Elem.Items) == 2 {
			return in.begunWith(out.Elem.Items[1])
		}
		if e := out.Elem; e != nil && len(e.Items) == 2 {
			if row := effects.RebuiltFrom(e.Items[0], e.Items[1]); row != nil {
				return &value{Kind: effects.Mapping, Name: "builtins.dict", Pairs: []effects.Pair{{Value: row}}}
			}
		}
		if e := out.Elem; e != nil && len(e.Items) == 2 && e.Items[1].Kind == effects.Entity {
			// {p.id: p for p in products}: whatever is looked up in it is one of the rows, or nothing
			return &value{Kind: effects.Mapping, Name: "builtins.dict", Deps: out.Deps, Pairs: []effects.Pair{{Key: effects.Opaque("each key", e.Items[0].AllDeps()), Value: e.Items[1]}}}
		}
		return effects.Opaque("", out.Deps)
	}
	return out
}

// madeWhereKept notes of an object that a comprehension makes of each of many things that it makes none of those which are not kept.
func (in *interp) madeWhereKept(v *value, by *effects.Filter) {
	if by != nil && in.Muted == 0 && v.Kind == effects.Entity && v.Obj.Fresh {
		v.Obj.Made = in.Ctx.Then(effects.Ctx{Check: in.kept(by), Arm: 1})
	}
}

// copiedWhole is that of which a comprehension makes a dictionary with the same entries, {k: row[k] for k in row.keys()} or
// {k: v for k, v in row.items()}; nil for other comprehensions.
func copiedWhole(e *python.Comp) python.Expr {
	if e.Kind != python.DictComp || len(e.Generators) != 1 || len(e.Generators[0].Ifs) > 0 {
		return nil
	}
	g := e.Generators[0]
	method := ""
	of := g.Iter
	if call, ok := of.(*python.Call); ok && len(call.Args) == 0 {
		if a, ok := call.Func.(*python.Attribute); ok {
			of, method = a.Value, a.Attr
		}
	}
	owner, ok := of.(*python.Name)
	if !ok {
		return nil
	}
	switch t := g.Target.(type) {
	case *python.Name:
		entry, ok := e.Value.(*python.Subscript)
		if ok && (method == "" || method == "keys") && named(e.Elt, t.ID) && named(entry.Value, owner.ID) && named(entry.Slice, t.ID) {
			return of
		}
	case *python.Tuple:
		if k, ok := t.Elts[0].(*python.Name); ok && method == "items" && len(t.Elts) == 2 && named(e.Elt, k.ID) {
			if v, ok := t.Elts[1].(*python.Name); ok && named(e.Value, v.ID) {
				return of
			}
		}
	}
	return nil
}

// named tells whether an expression is a name and nothing else.
func named(e python.Expr, name string) bool {
	n, ok := e.(*python.Name)
	return ok && n.ID == name
}

// begunWith is a dictionary of module or class level that begins with the same under each of its keys, whatever they are:
// {n: None for n in range(1, 501)}.
func (in *interp) begunWith(entry *value) *value {
	m := &value{Kind: effects.Mapping, Name: "builtins.dict"}
	switch {
	case entry.Kind == effects.ExtObject && entry.Obj != nil && in.World.Family(entry.Obj.Qual) == "lock":
		m.Elem = entry
	case entry.Kind == effects.Const || keptAs(entry) != (kept{}):
		m.Pairs = []effects.Pair{{Value: entry}}
	}
	return m
}

// asksWhetherGiven is the name of which a condition asks whether it is None; empty for other conditions.
func asksWhetherGiven(e python.Expr) string {
	c, ok := e.(*python.Compare)
	if !ok || len(c.Ops) != 1 || c.Ops[0] != python.IsNot {
		return ""
	}
	n, ok := c.Left.(*python.Name)
	if right, none := c.Comparators[0].(*python.Constant); !ok || !none || right.Kind != python.ConstNone {
		return ""
	}
	return n.ID
}

func (in *interp) compElt(f *frame, e *python.Comp) *value {
	k := in.eval(f, e.Elt)
	if e.Kind != python.DictComp {
		return k
	}
	return &value{Kind: effects.Sequence, Items: []*value{k, in.eval(f, e.Value)}}
}

// element returns what iterating over v gives.
func (in *interp) element(v *value) *value {
	if v == nil {
		return effects.Opaque("", nil)
	}
	v.Lend()
	switch v.Kind {
	case effects.Sequence:
		out := v.Elem
		for _, it := range v.Items {
			out = effects.Join(out, it)
		}
		if out == nil {
			out = effects.Opaque("", nil)
		}
		return out.Depending(v.Deps)
	case effects.Union:
		var out *value
		for _, it := range v.Items {
			if !it.IsNone() {
				out = effects.Join(out, in.element(it))
			}
		}
		if out != nil {
			return out.Depending(v.Deps)
		}
	case effects.Rows:
		if v.Elem != nil {
			return v.Elem.Depending(v.Deps)
		}
	case effects.Statement:
		if r := in.libraryMethod(v, "__iter__", nil, nil, nil); r != nil {
			return r
		}
	case effects.Mapping:
		var out *value
		for _, p := range v.Pairs {
			out = effects.Join(out, p.Key)
		}
		if out != nil {
			return out
		}
	case effects.ExtObject:
		if _, ok := v.Obj.Extra.(*attempts); ok {
			return v // each attempt is told by what follows it
		}
		if g, ok := generatorOf(v); ok {
			return in.drain(g)
		}
		if r := in.method(nil, v, "__iter__", nil, nil, nil); r != nil && r != v {
			if it := in.registeredItem(v.Obj.Cell); it != nil {
				return it.Depending(r.Deps)
			}
			if it := in.keptItem(v.Obj); it != nil {
				return it.Depending(r.Deps)
			}
			return r
		}
	}
	if v.Elem != nil {
		return v.Elem.Depending(v.Deps)
	}
	if v.Type() != nil && len(v.Type().Args) > 0 {
		return in.typed(&v.Type().Args[0], v.Sym+"[]").Depending(v.Deps)
	}
	return effects.Opaque(v.Sym+"[]", v.AllDeps())
}

// item returns v[i].
func (in *interp) item(v *value, i int) *value {
	switch v.Kind {
	case effects.Sequence:
		if v.Elem == nil && i >= 0 && i < len(v.Items) {
			return v.Items[i].Depending(v.Deps)
		}
		return in.element(v)
	case effects.Rows:
		if v.Elem != nil {
			return v.Elem.Depending(v.Deps)
		}
	case effects.Union:
		var out *value
		for _, it := range v.Items {
			if !it.IsNone() {
				out = effects.Join(out, in.item(it, i))
			}
		}
		if out != nil {
			return out.Depending(v.Deps)
		}
	}
	if len(v.Items) > i && i >= 0 {
		return v.Items[i].Depending(v.Deps)
	}
	return effects.Opaque(v.Sym+"["+strconv.Itoa(i)+"]", v.AllDeps())
}

func (in *interp) subscript(f *frame, e *python.Subscript) *value {
	recv := in.eval(f, e.Value)
	recv.Lend()
	if _, ok := e.Slice.(*python.Slice); ok {
		return recv
	}
	return in.subscripted(f, recv, in.eval(f, e.Slice), e)
}

// ownAttributes is under which name an object has its attributes as a dictionary.
const ownAttributes = "__dict__"

// subscripted is what recv holds under a key; e is what asks for it.
func (in *interp) subscripted(f *frame, recv, key *value, e python.Expr) *value {
	switch recv.Kind {
	case effects.ClassRef, effects.ExtRef:
		if m := in.moduleNamed(key); m != nil && recv.Ref().Qual == "sys.modules" {
			return m
		}
		return recv
	case effects.Sequence:
		if name, ok := key.Str(); ok && recv.Src != 0 {
			return in.column(recv, name)
		}
		if key.Kind == effects.Const {
			if i, err := strconv.Atoi(key.Sym); err == nil {
				if i < 0 {
					i += len(recv.Items)
				}
				return in.item(recv, i)
			}
		}
		return in.element(recv).Depending(key.AllDeps())
	case effects.Mapping:
		if v := in.CopiedEntry(recv, key); v != nil {
			return v
		}
		return lookupPair(recv, key)
	case effects.Rows:
		if recv.Elem != nil {
			return recv.Elem.Depending(recv.Deps)
		}
	case effects.Entity:
		if name, ok := key.Str(); ok {
			return in.attribute(f, recv, name, e)
		}
	case effects.BoundExt:
		if name, ok := key.Str(); ok && recv.Name == ownAttributes && recv.Self.Kind == effects.Instance {
			return in.attribute(f, recv.Self, name, e)
		}
	}
	if recv.Kind == effects.Union {
		// Which of several is asked for by a number is another matter, but of nothing and a list it is the list.
		one := onlyThing(recv)
		if _, named := key.Str(); one != nil && (named || one.Kind == effects.Rows || one.Kind == effects.Sequence) {
			return in.subscripted(f, one, key, e)
		}
		if p := recv.Pick(effects.Entity, effects.ExtObject, effects.Instance, effects.Mapping, effects.Sequence); p != nil {
			if name, ok := key.Str(); ok && p.Kind == effects.Entity {
				return in.attribute(f, p, name, e)
			}
			if v := in.CopiedEntry(p, key); v != nil && p.Kind == effects.Mapping {
				return v
			}
			recv = p
		}
	}
	if name, ok := key.Str(); ok && recv.Kind == effects.Unknown && recv.Src != 0 {
		return in.column(recv, name)
	}
	if v := in.method(f, recv, "__getitem__", []*value{key}, nil, nil); v != nil {
		return v
	}
	if name, ok := key.Str(); ok && recv.Src != 0 && recv.SrcCol == "" {
		return in.Field(recv, name)
	}
	out := effects.Opaque(recv.Sym+"["+key.Sym+"]", recv.AllDeps().With(key.AllDeps()))
	out.Src, out.SrcCol = recv.Src, recv.SrcCol
	return out
}

// onlyThing is what a value is where it is neither None nor an empty display: dict(row) if row else {}. Nil where it may be several things.
func onlyThing(v *value) *value {
	one := v.Only(func(it *value) bool { return it.IsNone() || it.IsBlank() })
	if one == nil {
		return nil
	}
	return one.Depending(v.Deps)
}

// column is a column of a row that a statement read, by its name: row["state"], row.state.
func (in *interp) column(row *value, name string) *value {
	if v := row.Named(name); v != nil {
		return v
	}
	out := effects.Opaque(row.Sym+"."+name, row.Deps)
	out.Src, out.SrcCol = row.Src, name
	if key := in.DocumentKey(row, name); key != "" {
		out.Sym = key
	}
	if row.Obj != nil && row.Obj.Key != "" && effects.IsPrimary(row.Obj.Table, name) {
		out.SetKeyOf(row.Obj)
	} else if key := in.keyAsked(row, name); key != "" {
		out.Sym = key
	}
	return out
}

// keyAsked is the primary key by which a row was looked for, where name is its column: what the row holds there. Otherwise it is "".
func (in *interp) keyAsked(row *value, name string) string {
	if row.Src <= 0 || int(row.Src) > len(in.Ops) {
		return ""
	}
	op := &in.Ops[row.Src-1]
	if op.Kind != interleave.Read || op.Res.Store != interleave.Table || op.Table == nil || !effects.IsPrimary(op.Table, name) || strings.ContainsAny(op.Res.Key, "=#,") {
		return ""
	}
	return op.Res.Key
}

func lookupPair(m *value, key *value) *value {
	var out *value
	for _, p := range m.Pairs {
		if p.Key != nil && key.Kind == effects.Const && p.Key.Sym == key.Sym {
			return p.Value
		}
		out = effects.Join(out, p.Value)
	}
	if key.Kind == effects.Const || out == nil {
		return effects.Opaque(m.Sym+"["+key.Sym+"]", m.AllDeps().With(key.AllDeps()))
	}
	return out.Depending(key.AllDeps())
}
