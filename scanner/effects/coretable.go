package effects

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Tables of SQLAlchemy Core: books = Table("books", metadata, …), books.c.page, books.update(), Model.__table__.

const (
	coreTableClass   = "sqlalchemy.Table"
	coreColumnsClass = "sqlalchemy table columns"
)

// CoreTable is the Table object of a model's table.
func CoreTable(w *World, t *schema.Table) *Value {
	o := w.NewObject()
	o.Qual, o.Table = coreTableClass, t
	return &Value{Kind: ExtObject, Obj: o, Sym: t.Name}
}

// coreTable returns the table that a Table object stands for, or nil.
func coreTable(w *World, v *Value) *schema.Table {
	if v == nil || v.Obj == nil || v.Obj.Qual != coreTableClass && v.Obj.Qual != "sqlalchemy.schema.Table" && v.Obj.Qual != "sqlalchemy.sql.schema.Table" {
		return nil
	}
	if v.Obj.Table == nil && len(v.Obj.Args) > 0 && w.Schema != nil {
		if name, ok := v.Obj.Args[0].Str(); ok {
			v.Obj.Table = w.Schema.Tables[name]
		}
	}
	return v.Obj.Table
}

func coreTableAttr(w *World, recv *Value, name string) *Value {
	t := coreTable(w, recv)
	if t == nil || name != "c" && name != "columns" {
		return nil
	}
	o := w.NewObject()
	o.Qual, o.Table = coreColumnsClass, t
	return &Value{Kind: ExtObject, Obj: o, Sym: recv.Sym + ".c"}
}

func coreColumn(w *World, recv *Value, name string) *Value {
	t := recv.Obj.Table
	if c := t.Column(name); c != nil {
		return ColumnValue(t, c.Name)
	}
	return nil
}

// inspected is what inspect gives of a model: its mapper, whose columns are called as those of the table.
func inspected(c *Call) *Value {
	if v := c.Arg(0, "subject"); v != nil && v.Kind == ClassRef {
		if t := tableOf(c.World, v); t != nil {
			return CoreTable(c.World, t)
		}
	}
	return nil
}

var coreTableMethods = []Named{
	{"select", func(c *Call) *Value { return selectStmt(ofTable(c)) }},
	{"update", func(c *Call) *Value { return verb(interleave.Update)(ofTable(c)) }},
	{"insert", func(c *Call) *Value { return verb(interleave.Insert)(ofTable(c)) }},
	{"delete", func(c *Call) *Value { return verb(interleave.Delete)(ofTable(c)) }},
	{"alias", self},
}

// ofTable is a call of a function with the table as its argument.
func ofTable(c *Call) *Call {
	d := *c
	d.Recv, d.Args = nil, append([]*Value{c.Recv}, c.Args...)
	return &d
}

var coreColumnsMethods = []Named{
	{"__getitem__", func(c *Call) *Value {
		if name, ok := c.Arg(0, "").Str(); ok {
			return coreColumn(c.World, c.Recv, name)
		}
		return nil
	}},
}
