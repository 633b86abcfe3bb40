package effects

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What a session merges: a row that is there is given what an object holds, and one that is not is made.

// sessionMerge reads the row by its key and inserts or updates it: an emulated upsert.
func sessionMerge(c *Call) *Value {
	v := c.Arg(0, "instance")
	if v == nil || v.Pick(Entity) == nil {
		return v
	}
	v = v.Pick(Entity)
	if !v.Obj.Fresh {
		v.Obj.Adopted = true
		return v
	}
	if row := mergedInto(v.Obj); row != nil {
		return mergeRow(c, v, row)
	}
	where, ok := keyGiven(v.Obj)
	if !ok { // nothing is looked up under a key that the database gives
		addRow(c, v)
		return v
	}
	read := Op{Table: v.Obj.Table}
	read.Kind, read.Session = interleave.Read, c.Recv.Obj.Num
	read.Res = interleave.Resource{Store: interleave.Table, Name: ObjectTable(v.Obj), Aggregate: interleave.Exists, Where: where}
	i := c.Emit(read)
	addRow(c, v.Depending(Dep(i)))
	return v
}

// keyGiven is the condition under which a new row is looked up by its primary key; false where a part of the key is not given, or is like
// no other. Of a table of
// which no key is seen, and of an object made of columns that are not seen, every row is one that it may be.
func keyGiven(o *Object) ([]interleave.Cond, bool) {
	key := primaryColumns(o.Table)
	if len(key) == 0 || o.Attrs["*"] != nil {
		return nil, true
	}
	var where []interleave.Cond
	for attr, v := range o.Attrs {
		if column := cmp.Or(ColumnByAttr(o.Table, attr), attr); slices.Contains(key, column) && !v.IsNone() {
			if sym := valueSym(v); !strings.HasPrefix(sym, "uuid4#") { // no row has a key that was made up just now
				where = append(where, interleave.Cond{Column: column, Op: "=", Value: sym})
			}
		}
	}
	sort.SliceStable(where, func(i, j int) bool { return where[i].Column < where[j].Column })
	return where, len(where) == len(key)
}

// mergedInto is the row that was loaded before and is given what a new object holds, because the object has its key; nil for none.
func mergedInto(o *Object) *Object {
	if o.Table == nil {
		return nil
	}
	var row *Object
	key, given := primaryColumns(o.Table), 0
	for name, v := range o.Attrs {
		if v == nil || !slices.Contains(key, attrColumn(o.Table, name)) {
			continue
		}
		of := v.KeyOf()
		if of == nil || of.Table != o.Table || of.Fresh || row != nil && row != of {
			return nil
		}
		row, given = of, given+1
	}
	if given < len(key) {
		return nil
	}
	return row
}

// mergeRow gives a row the columns of a new object that has its key. What the object holds as the row was read to hold it is put back.
func mergeRow(c *Call, v *Value, row *Object) *Value {
	op := Op{Table: row.Table, Object: row}
	op.Kind, op.Session, op.Obj = interleave.Update, c.Recv.Obj.Num, row.ID
	op.Res = interleave.Resource{Store: interleave.Table, Name: ObjectTable(row), Key: row.Key}
	set, from := rowSet(v.Obj, v.Deps.With(Dep(row.Load)))
	op.From, op.Version = from, row.Table.VersionColumn
	key := primaryColumns(row.Table)
	for _, a := range set {
		switch {
		case slices.Contains(key, a.Column):
		case a.Value == ObjectTable(row)+"["+row.Key+"]."+a.Column:
			op.Flags |= interleave.AllColumns
		default:
			op.Set = append(op.Set, a)
		}
	}
	i := c.Emit(op)
	return &Value{Kind: Entity, Obj: row, Sym: ObjectTable(row) + "[" + row.Key + "]", Deps: v.Deps.With(Dep(i))}
}
