package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

func (in *interp) assign(f *frame, t python.Expr, v *value) {
	switch t := t.(type) {
	case *python.Name:
		in.assignName(f, t.ID, v)
	case *python.Tuple:
		in.unpack(f, t.Elts, v)
	case *python.List:
		in.unpack(f, t.Elts, v)
	case *python.Starred:
		in.assign(f, t.Value, v)
	case *python.Attribute:
		in.setAttribute(in.eval(f, t.Value), t.Attr, v)
	case *python.Subscript:
		recv, key := in.eval(f, t.Value), in.eval(f, t.Slice)
		recv.Lend() // layout["width"] = 3
		if name, ok := t.Value.(*python.Name); ok && sentMapping(recv) && key.Kind == effects.Const && f.vars.get(name.ID) == recv {
			// Of a mapping that somebody sent the entry is known which it is given here.
			f.set(name.ID, &value{Kind: effects.Mapping, Name: "builtins.dict", Deps: recv.AllDeps(), Pairs: []effects.Pair{{Value: recv}, {Key: key, Value: v}}})
			return
		}
		in.method(f, recv, "__setitem__", []*value{key, v}, nil, nil)
	}
}

// sentMapping tells whether a value is, or may be, a mapping of which nothing is known but that it came with the request.
func sentMapping(v *value) bool {
	return v.Kind == effects.Unknown && v.Src == 0 || v.Kind == effects.ExtObject && v.Obj.Qual == "builtins.dict" && v.Obj.Cell == ""
}

func (in *interp) assignName(f *frame, name string, v *value) {
	if fn := f.scope.Function; fn != nil {
		switch {
		case fn.Globals[name]:
			if in.Muted > 0 {
				in.fill(f.scope.Module.Name+"."+name, v)
			}
			in.writeCell(f.scope.Module.Name+"."+name, "", v, false)
			return
		case fn.Nonlocals[name]:
			for up := f.up; up != nil; up = up.up {
				if old := up.vars.get(name); old != nil {
					if up.cell != "" {
						in.writeCell(up.cell+"."+name, "", v, false)
						return
					}
					up.set(name, effects.Join(old, v))
					return
				}
			}
		}
	}
	f.set(name, v)
}

func (in *interp) unpack(f *frame, targets []python.Expr, v *value) {
	for i, t := range targets {
		if _, ok := t.(*python.Starred); ok {
			in.assign(f, t, effects.Opaque("", v.AllDeps()))
			continue
		}
		in.assign(f, t, in.item(v, i))
	}
}

// setAttribute stores v in an attribute of recv.
func (in *interp) setAttribute(recv *value, name string, v *value) {
	for _, r := range recv.Alternatives() {
		if r != nil && r.Kind == effects.ClassRef && r.Ref().Class != nil && in.tableOf(r.Ref().Class) == nil {
			in.setClassVar(r.Ref().Class, name, v)
			continue
		}
		if r == nil || r.Obj == nil {
			continue
		}
		switch r.Kind {
		case effects.Entity:
			in.setColumn(r, name, v)
		case effects.Instance, effects.ExtObject:
			in.SetAttribute(in.family(r), r, name, v)
			if r.Obj.Cell != "" && in.Muted > 0 {
				in.fill(r.Obj.Cell+"."+name, v)
			}
			if r.Obj.Qual == effects.RequestState && in.Muted > 0 {
				in.fillRequest(name, v)
			}
			if r.Obj.Cell != "" && in.isMutable(r.Obj, name) {
				in.writeCell(r.Obj.Cell+"."+name, "", v, false)
				return
			}
			in.putAttr(r.Obj, name, v)
		}
	}
}

// setColumn stores v in a column of a row.
func (in *interp) setColumn(r *value, name string, v *value) {
	o := r.Obj
	if o.Attrs == nil {
		o.Attrs = map[string]*value{}
	}
	if effects.Records(o.Table) {
		in.putAttr(o, name, v)
		o.Assign(name, v)
		return
	}
	if o.Fresh && o.Session == 0 {
		if in.olderThanArm(o) && in.Ctx != nil { // what the row will be added with hangs on the decision
			v = effects.Join(o.Attrs[name], v).Depending(in.decided(in.Ctx.Check))
		}
		o.Attrs[name] = v
		return
	}
	in.putAttr(o, name, v)
	col := effects.AssignedColumn(o.Table, name)
	if col == "" {
		return
	}
	if v = in.anew(o, col, v); v == nil {
		return
	}
	relative := v.Col != nil && v.Col.Relative
	op := effects.Op{Table: o.Table, Value: v, Object: o}
	op.Kind, op.Session, op.Obj = interleave.Assign, o.Session, o.ID
	op.Res = interleave.Resource{Store: interleave.Table, Name: effects.ObjectTable(o), Key: o.Key, Columns: []string{col}}
	op.Set = []interleave.Assignment{effects.Stores(col, v, v.Sym)}
	op.Set[0].Relative = relative
	if v.Kind == effects.Entity && v.Obj.Key != "" {
		op.Set[0].Value = v.Obj.Key // a row that is assigned to a relationship gives the column its key
	}
	op.From = v.AllDeps().Ints()
	if o.Table != nil {
		op.Version = o.Table.VersionColumn
	}
	if o.Fresh {
		op.Flags |= interleave.FreshObject
	}
	if effects.Bounded(o.Table, op.Set) {
		op.Flags |= interleave.CheckConstraint
	}
	in.Emit(op)
}

// changedInPlace records that what a column of a row held was changed in place, and is written as a whole: a list that was appended to.
func (in *interp) changedInPlace(row, name *value) {
	column, ok := name.Str()
	if row == nil || !ok {
		return
	}
	r := row.Pick(effects.Entity)
	if r == nil || r.Obj.Fresh || r.Obj.Attrs[column] != nil {
		return // a value that was given to it is written in any case
	}
	if held := effects.EntityAttr(in.World, r, column); held != nil {
		in.setColumn(r, column, effects.Opaque(held.Sym+" changed", held.AllDeps()))
		delete(r.Obj.Attrs, column)
	}
}

// anew returns what an assignment changes of a column, nil for nothing. A unit of work writes the attributes that differ from what it
// loaded: to give a row the value that it shows already, as the other half of `row.name = body.name or row.name` does, writes nothing.
func (in *interp) anew(o *effects.Object, col string, v *value) *value {
	var rest *value
	var own effects.Deps
	others := v.Alternatives()
	for _, it := range others {
		if in.shows(o, col, it, len(others) > 1) {
			own = own.With(it.Deps)
		} else {
			rest = effects.Join(rest, it)
		}
	}
	if rest == nil || len(own) == 0 {
		return rest
	}
	return rest.Depending(v.Deps.Without(own)) // what chose between them still counts
}

// shows tells whether a value is what the object shows in a column: as it was loaded, and nothing expired since. What can be changed in
// place is the same only where it stands for nothing else being given, `row.data = body.data or row.data`.
func (in *interp) shows(o *effects.Object, col string, v *value, kept bool) bool {
	if v == nil || v.Made || v.Src == 0 || v.SrcCol == "" || int(v.Src) > len(in.Ops) {
		return false
	}
	if o.Table == nil || o.Table.Columns[col] == nil || o.Table.Columns[col].Mutable() && !kept {
		return false // what it holds may have been changed in place
	}
	read := int(v.Src) - 1
	if op := &in.Ops[read]; op.Kind != interleave.Attr || op.Obj != o.ID || effects.AssignedColumn(o.Table, v.SrcCol) != col {
		return false
	}
	for i := read + 1; i < len(in.Ops); i++ {
		switch op := &in.Ops[i]; op.Kind {
		case interleave.Commit, interleave.Rollback:
			if op.Session == o.Session && op.Flags&interleave.KeepOnCommit == 0 {
				return false
			}
		case interleave.Assign:
			if op.Obj == o.ID && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Column == col || a.Column == "*" }) {
				return false
			}
		case interleave.Refresh, interleave.Expire:
			if op.Obj == o.ID || op.Obj == 0 && op.Session == o.Session {
				return false
			}
		}
	}
	return true
}

func (in *interp) augment(f *frame, s *python.AugAssign) {
	// The old value is read before the right side runs: `total += await price()` writes over what came between.
	old := in.eval(f, s.Target)
	v := in.binary(old, s.Op, in.eval(f, s.Value))
	if in.dead {
		return
	}
	in.assign(f, s.Target, v)
}

// setClassVar stores v in an attribute of a class: one place for the whole process.
func (in *interp) setClassVar(c *program.Class, name string, v *value) {
	if in.Muted > 0 {
		in.fill(c.Module.Name+"."+c.Name+"."+name, v)
		return
	}
	if _, owner := c.Attr(name); owner != nil {
		in.writeCell(classCell(owner, name), "", v, false)
	}
}
