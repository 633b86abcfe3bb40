package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// EntityAttr reads an attribute of a row: a column as the session shows it, or a related row. nil means that it is neither.
func EntityAttr(w *World, recv *Value, name string) *Value {
	o := recv.Obj
	t := o.Table
	if t != nil {
		if rel := t.Relationships[name]; rel != nil {
			return related(w, recv, rel, name)
		}
		if q := referring(w, recv, name); q != nil {
			return q
		}
		if ColumnByAttr(t, name) == "" && len(t.Columns) > 0 {
			return nil
		}
	}
	col := attrColumn(t, name)
	primary := isPrimary(t, col)
	if o.Fresh {
		v := Opaque(recv.Sym+"."+name, recv.Deps)
		if primary {
			v.SetKeyOf(o)
		}
		return v
	}
	op := Op{Table: t, Object: o}
	op.Kind, op.Session, op.Obj = interleave.Attr, o.Session, o.ID
	op.Res = interleave.Resource{Store: StoreOf(t), Name: ObjectTable(o), Key: o.Key, Columns: []string{col}}
	op.From = recv.Deps.Ints()
	i := w.Emit(op)
	v := Opaque(recv.Sym+"."+name, Dep(i))
	if i < 0 {
		v.Deps = recv.Deps
	}
	v.Src, v.SrcCol = int32(i+1), col
	if primary {
		v.Deps = recv.Deps
		v.SetKeyOf(o)
	}
	return v
}

// ReadFields reads those columns of a row that have the names, at once, and returns what they derive from.
func ReadFields(w *World, recv *Value, names []string) Deps {
	o := recv.Obj
	if o.Fresh || o.Table == nil {
		return recv.Deps
	}
	op := Op{Table: o.Table, Object: o}
	op.Kind, op.Session, op.Obj = interleave.Attr, o.Session, o.ID
	op.Res = interleave.Resource{Store: interleave.Table, Name: ObjectTable(o), Key: o.Key}
	for _, n := range names {
		if col := ColumnByAttr(o.Table, n); col != "" {
			op.Res.Columns = append(op.Res.Columns, col)
		}
	}
	if len(op.Res.Columns) == 0 {
		return recv.Deps
	}
	op.From = recv.Deps.Ints()
	return Dep(w.Emit(op))
}

// relationKey returns the column of t that holds the key of a many-to-one relationship, "" when the other side holds it.
func relationKey(t *schema.Table, rel *schema.Relationship, attr string) string {
	if len(rel.ForeignKey) == 1 {
		return rel.ForeignKey[0]
	}
	return ""
}

// AssignedColumn returns the column that an assignment to an attribute of a row writes: through a relationship the key of the row on
// the other side, "" for what only this object holds.
func AssignedColumn(t *schema.Table, attr string) string {
	if t == nil || len(t.Columns) == 0 || attr == "*" {
		return attr
	}
	if rel := t.Relationships[attr]; rel != nil {
		return relationKey(t, rel, attr)
	}
	return ColumnByAttr(t, attr)
}

// related follows a relationship: one read of the row or rows on the other side.
func related(w *World, recv *Value, rel *schema.Relationship, name string) *Value {
	o := recv.Obj
	target := (*schema.Table)(nil)
	if rel.Class != nil && w.Schema != nil {
		target = w.Schema.ByClass[rel.Class]
	}
	if target == nil {
		return Opaque(recv.Sym+"."+name, recv.Deps)
	}
	if back := foreignKeyTo(target, o.Table); rel.Dynamic && back != "" {
		return dynamic(w, recv, target, back)
	}
	op := Op{Table: target, Related: true}
	op.Kind, op.Session = interleave.Read, o.Session
	op.Res = interleave.Resource{Store: interleave.Table, Name: target.Name}
	op.From = recv.Deps.Ints()
	fk := relationKey(o.Table, rel, name)
	if fk == "" && rel.Many {
		links := Deps(nil)
		back := foreignKeyTo(target, o.Table)
		if by := associationOf(w, o.Table, target, rel); by != nil {
			links = Dep(by.read(w, recv))
			op.From = recv.Deps.With(links).Ints()
		} else if back != "" {
			op.Res.Where = []interleave.Cond{{Column: back, Op: "=", Value: o.Key}}
		}
		row, _ := w.Row(o.Session, target, target.Name, EachOf+o.Key)
		op.Obj, op.Object = row.ID, row
		i := w.Emit(op)
		if row.Load < 0 {
			row.Load = i
		}
		elem := &Value{Kind: Entity, Obj: row, Sym: target.Name + "[" + row.Key + "]", Deps: Dep(i), Src: int32(i + 1)}
		rows := &Value{Kind: Rows, Elem: elem, Deps: Dep(i), Src: int32(i + 1), Obj: o, Name: name, Sym: recv.Sym + "." + name}
		if len(links) > 0 {
			elem.Deps = elem.Deps.With(links)
			rows.Deps, rows.Src = links, int32(links.Ints()[0]+1) // which rows there are stands in the table between
		}
		return rows
	}
	key := recv.Sym + "." + name
	if fk != "" {
		if v := o.Attrs[fk]; v != nil {
			key = valueSym(v)
		} else {
			key = recv.Sym + "." + fk
		}
	}
	row, seen := w.Row(o.Session, target, target.Name, key)
	v := &Value{Kind: Entity, Obj: row, Sym: target.Name + "[" + key + "]"}
	if seen && row.Load >= 0 {
		v.Deps, v.Src = Dep(row.Load), int32(row.Load+1)
		return v
	}
	op.Res.Key, op.Obj, op.Object = key, row.ID, row
	op.Version = target.VersionColumn
	i := w.Emit(op)
	row.Load, row.Via = i, o
	v.Deps, v.Src = Dep(i), int32(i+1)
	return v
}

// dynamic is the query that a relationship with lazy="dynamic" gives: of the rows that refer to this one.
func dynamic(w *World, parent *Value, target *schema.Table, back string) *Value {
	o := parent.Obj
	sess := w.NewObject()
	sess.Qual, sess.Num = "sqlalchemy.orm.Session", o.Session
	owner := &Value{Sym: o.Key, Deps: parent.Deps}
	owner.SetKeyOf(o)
	q := &Query{Verb: interleave.Read, Table: target, TableName: target.Name, Entity: true, Deps: parent.Deps, Of: parent,
		Session: &Value{Kind: ExtObject, Obj: sess}, Where: []Condition{{Column: back, Table: target, Op: "=", Value: owner}}}
	return &Value{Kind: Statement, Query: q, Deps: parent.Deps}
}

// referring is the query that an active record has for the rows that refer to it, under the name that their foreign key gives it.
func referring(w *World, parent *Value, name string) *Value {
	o := parent.Obj
	if w.Schema == nil || !Records(o.Table) || o.Class == nil {
		return nil
	}
	var target *schema.Table
	back := ""
	for _, t := range w.Schema.Tables {
		for _, rel := range t.Relationships {
			if t.ORM != o.Table.ORM || rel.BackPopulates != name || rel.Class != o.Class || len(rel.ForeignKey) != 1 {
				continue
			}
			if target != nil {
				return nil // several
			}
			target, back = t, rel.ForeignKey[0]
		}
	}
	if target == nil {
		return nil
	}
	owner := &Value{Sym: o.Key, Deps: parent.Deps}
	owner.SetKeyOf(o)
	q := &Query{Verb: interleave.Read, Table: target, TableName: target.Name, Entity: true, Record: true, Deps: parent.Deps, Of: parent,
		Where: []Condition{{Column: back, Table: target, Op: "=", Value: owner}}}
	return &Value{Kind: Statement, Query: q, Deps: parent.Deps}
}

// appendDynamic adds a new row to what such a query finds.
func appendDynamic(c *Call) *Value {
	if c.Recv.Query == nil || c.Recv.Query.Of == nil {
		return nil
	}
	d := *c
	d.Recv = c.Recv.Query.Of
	return appendRelated(&d)
}

// appendRelated adds a new row to a relationship's collection: the session inserts it by cascade.
func appendRelated(c *Call) *Value {
	if c.Recv.Obj == nil || len(c.Args) == 0 || c.Recv.Obj.Session == 0 {
		return nil
	}
	row := c.Args[0].Pick(Entity)
	if row == nil {
		return nil
	}
	owner := c.Recv.Obj
	made := row.Obj.Fresh && c.Name != "remove"
	if made {
		if back := foreignKeyTo(row.Obj.Table, owner.Table); back != "" {
			row.Obj.Attrs[back] = &Value{Sym: owner.Key, Deps: c.Recv.Deps}
		}
		addBy(c, owner.Session, row)
	}
	if owner.Table != nil && owner.Table.Relationships[c.Recv.Name] != nil {
		if by := associationOf(c.World, owner.Table, row.Obj.Table, owner.Table.Relationships[c.Recv.Name]); by != nil {
			by.change(c, owner, row)
		}
	}
	if !made {
		return nil
	}
	return None
}

// foreignKeyTo returns the column of t that refers to target, "" when there is none or more than one.
func foreignKeyTo(t, target *schema.Table) string {
	if t == nil || target == nil {
		return ""
	}
	found := ""
	for name, c := range t.Columns {
		if strings.HasPrefix(c.Target, target.Name+".") {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// addBy adds a new row to the session of another one.
func addBy(c *Call, session int, row *Value) {
	sess := c.NewObject()
	sess.Num = session
	d := *c
	d.Recv = &Value{Kind: ExtObject, Obj: sess}
	addRow(&d, row)
}
