package effects

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// sqlalchemy-crud-plus: an object for each model, whose methods take the session, then a primary key or the new values, then conditions
// and keyword look-ups. They commit when they are told to.

var crudPlus = Library{
	Classes: []Class{{"sqlalchemy_crud_plus.CRUDPlus", "crudplus"}, {"sqlalchemy_crud_plus.crud.CRUDPlus", "crudplus"}},
	Methods: []Family{{"crudplus", []Named{
		{"select_model", plusFind(true, "first")}, {"select_model_by_column", plusFind(false, "first")}, {"select_models", plusFind(false, "all")},
		{"select_models_order", plusFind(false, "all")}, {"exists", plusExists}, {"count", plusCount}, {"select", plusSelect}, {"select_order", plusSelect},
		{"create_model", plusCreate}, {"create_models", plusCreate}, {"bulk_create_models", plusCreate},
		{"update_model", plusUpdate(true)}, {"update_model_by_column", plusUpdate(false)},
		{"delete_model", plusDelete(true)}, {"delete_model_by_column", plusDelete(false)},
	}}},
	Attrs: []Getter{{"crudplus", crudAttr}},
}

// crudAttr is the model of an object that a library makes for one: what its own class does with it beside the library's methods.
func crudAttr(_ *World, crud *Value, name string) *Value {
	if name != "model" || crud.Obj == nil || len(crud.Obj.Args) == 0 {
		return nil
	}
	return crud.Obj.Args[0]
}

// plusOptions are the keyword arguments that are no look-ups.
var plusOptions = []string{"session", "pk", "obj", "objs", "flush", "commit", "allow_multiple", "logical_deletion", "deleted_flag_column", "deleted_flag_value",
	"deleted_at_column", "deleted_at_factory", "load_options", "load_strategies", "join_conditions", "sort_columns", "sort_orders", "limit", "offset"}

// plusOf reads a call whose conditions begin behind a number of arguments; keyed tells that a primary key comes first, after the session. Nil
// when session or model are not known.
func plusOf(c *Call, before int, keyed bool) *crudCall {
	if c.Recv == nil || c.Recv.Obj == nil || len(c.Recv.Obj.Args) == 0 {
		return nil
	}
	d := &crudCall{table: tableOf(c.World, c.Recv.Obj.Args[0])}
	alone := c.Name == "select" || c.Name == "select_order" // statements that somebody else executes
	if !alone {
		d.sess = c.Arg(0, "session").Pick(ExtObject, Instance)
	}
	if d.table == nil || !alone && (d.sess == nil || d.sess.Obj == nil || d.sess.Obj.Num == 0) {
		return nil
	}
	if key := c.Arg(1, "pk"); keyed && key != nil {
		d.where = append(d.where, lookup(d.table, "pk", key))
	}
	if len(c.Args) > before {
		d.where = append(d.where, allConditions(&Call{World: c.World, Args: c.Args[before:]})...)
	}
	d.lookUp(c, plusOptions)
	return d
}

func plusFind(keyed bool, how string) Model {
	return func(c *Call) *Value {
		before := 1
		switch {
		case keyed:
			before = 2
		case c.Name == "select_models_order":
			before = 3 // the columns and the orders
		}
		d := plusOf(c, before, keyed)
		if d == nil {
			return nil
		}
		return d.find(c, how)
	}
}

func plusExists(c *Call) *Value {
	d := plusOf(c, 1, false)
	if d == nil {
		return nil
	}
	return d.exists(c)
}

func plusCount(c *Call) *Value {
	d := plusOf(c, 1, false)
	if d == nil {
		return nil
	}
	return d.count(c)
}

func plusSelect(c *Call) *Value {
	before := 0
	if c.Name == "select_order" {
		before = 2
	}
	d := plusOf(c, before, false)
	if d == nil {
		return nil
	}
	q := d.query(interleave.Read, c)
	q.Entity = true
	return &Value{Kind: Statement, Query: q}
}

func plusCreate(c *Call) *Value {
	d := plusOf(c, 1, false)
	if d == nil {
		return nil
	}
	object := c.Arg(1, "obj")
	if object == nil {
		object = c.Keyword("objs")
	}
	if object != nil && object.Elem != nil {
		object = object.Elem // of several rows, one stands for all
	}
	d.where = nil
	q := crudValues(c, d.query(interleave.Insert, c), object)
	for _, k := range c.Kw { // beside the object, what it does not hold
		if k.Name != "" && !slices.Contains(plusOptions, k.Name) {
			q.Set = append(q.Set, Assigned{Column: attrColumn(d.table, k.Name), Value: k.Value})
		}
	}
	rows := Run(c.World, d.sess, q, nil)
	d.commitIf(c)
	return Opaque(d.table.Name, rows.AllDeps())
}

func plusUpdate(keyed bool) Model {
	return func(c *Call) *Value {
		before, object := 2, c.Arg(1, "obj")
		if keyed {
			before, object = 3, c.Arg(2, "obj")
		}
		d := plusOf(c, before, keyed)
		if d == nil {
			return nil
		}
		rows := Run(c.World, d.sess, crudValues(c, d.query(interleave.Update, c), object), nil)
		d.commitIf(c)
		return rowCount(rows)
	}
}

// plusDelete takes the rows away, or marks them as deleted where it is told to.
func plusDelete(keyed bool) Model {
	return func(c *Call) *Value {
		before := 1
		if keyed {
			before = 2
		}
		d := plusOf(c, before, keyed)
		if d == nil {
			return nil
		}
		q := d.query(interleave.Delete, c)
		if logical := c.Keyword("logical_deletion"); logical != nil && logical.Truth() != "False" {
			mark, value := "del_flag", Bool(true)
			if s, ok := c.Keyword("deleted_flag_column").Str(); ok {
				mark = s
			}
			if v := c.Keyword("deleted_flag_value"); v != nil {
				value = v
			}
			q.Verb, q.Set = interleave.Update, []Assigned{{Column: attrColumn(d.table, mark), Value: value}}
		}
		rows := Run(c.World, d.sess, q, nil)
		d.commitIf(c)
		return rowCount(rows)
	}
}

// commitIf commits when the call says so.
func (d *crudCall) commitIf(c *Call) {
	if v := c.Keyword("commit"); v != nil && v.Truth() != "False" {
		sessionOp(interleave.Commit)(&Call{World: c.World, Recv: d.sess})
	}
}
