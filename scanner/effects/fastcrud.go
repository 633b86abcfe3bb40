package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// FastCRUD: an object for each model, whose methods take the session, keyword look-ups and an object with the new values, and commit by
// themselves unless they are told not to.

const fastCRUD = "fastcrud.FastCRUD"

var crud = Library{
	Classes: []Class{{fastCRUD, "crud"}, {"fastcrud.crud.fast_crud.FastCRUD", "crud"}},
	Methods: []Family{{"crud", []Named{
		{"get", crudGet}, {"get_joined", crudGet}, {"exists", crudExists}, {"count", crudCount}, {"get_multi", crudList}, {"get_multi_joined", crudList},
		{"create", crudCreate}, {"update", crudUpdate}, {"delete", crudDelete}, {"db_delete", crudDelete}, {"upsert", crudUpsert},
	}}},
	Attrs: []Getter{{"crud", crudAttr}},
}

// crudOptions are the keyword arguments that are no look-ups.
var crudOptions = []string{"db", "object", "instance", "db_row", "schema_to_select", "return_as_model", "one_or_none", "offset", "limit", "sort_columns", "sort_orders",
	"return_total_count", "commit", "allow_multiple", "return_columns", "joins_config", "join_prefix", "join_on", "join_model", "join_type", "join_filters",
	"nest_joins", "alias", "relationship_type", "update_override", "join_schema_to_select"}

// crudCall is what a call is about: the session, the table and the rows.
type crudCall struct {
	sess  *Value
	table *schema.Table
	where []Condition
}

// crudOf reads a call, nil when session or model are not known.
func crudOf(c *Call) *crudCall {
	if c.Recv == nil || c.Recv.Obj == nil || len(c.Recv.Obj.Args) == 0 {
		return nil
	}
	sess := c.Arg(0, "db").Pick(ExtObject)
	t := tableOf(c.World, c.Recv.Obj.Args[0])
	if sess == nil || sess.Obj == nil || t == nil || !IsSessionFamily(c.FamilyOf(sess.Obj.Qual)) {
		return nil
	}
	out := &crudCall{sess: sess, table: t}
	out.lookUp(c, crudOptions)
	return out
}

// lookUp adds what a call is given by name, but for its options: look-ups.
func (d *crudCall) lookUp(c *Call, options []string) {
	for _, k := range c.Kw {
		switch {
		case k.Name == "":
			d.where = append(d.where, Condition{Op: "?", Table: d.table, Value: k.Value})
		case !slices.Contains(options, k.Name):
			d.where = append(d.where, lookup(d.table, k.Name, k.Value))
		}
	}
}

func (d *crudCall) query(verb interleave.Kind, c *Call) *Query {
	return &Query{Verb: verb, Table: d.table, TableName: d.table.Name, Where: d.where, Deps: c.Deps()}
}

func (d *crudCall) find(c *Call, how string) *Value {
	q := d.query(interleave.Read, c)
	q.Entity, q.Single = true, how != "all"
	return takeRows(c.World, Run(c.World, d.sess, q, nil), how)
}

func crudGet(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	return d.find(c, "first")
}

func crudExists(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	return d.exists(c)
}

func (d *crudCall) exists(c *Call) *Value {
	row := d.find(c, "first")
	return &Value{Sym: row.Sym, Deps: row.AllDeps(), Pred: &Pred{Uses: []PredUse{{Left: row, Op: "exists"}}}}
}

func crudCount(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	return d.count(c)
}

func (d *crudCall) count(c *Call) *Value {
	q := d.query(interleave.Read, c)
	q.Aggregate = interleave.Count
	return takeRows(c.World, Run(c.World, d.sess, q, nil), "scalar")
}

func crudList(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	rows := d.find(c, "all")
	return &Value{Kind: Mapping, Name: "builtins.dict", Deps: rows.AllDeps(), Pairs: []Pair{{Key: Text("data"), Value: rows}, {Key: Text("total_count"), Value: Opaque("total", rows.AllDeps())}}}
}

// crudValues puts the fields of the object that a call is given into a statement.
func crudValues(c *Call, q *Query, object *Value) *Query {
	v := &Call{World: c.World, Recv: &Value{Kind: Statement, Query: q}}
	if fields := c.Fields(object); len(fields) > 0 {
		v.Kw = fields
	} else if object != nil {
		v.Args = []*Value{object}
	}
	return values(v).Query
}

func (d *crudCall) commit(c *Call) {
	if c.Keyword("commit").Truth() == "False" {
		return
	}
	sessionOp(interleave.Commit)(&Call{World: c.World, Recv: d.sess})
}

func crudCreate(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	d.where = nil
	q := crudValues(c, d.query(interleave.Insert, c), c.Arg(1, "object"))
	rows := Run(c.World, d.sess, q, nil)
	d.commit(c)
	return Opaque(strings.ToLower(d.table.Name), rows.AllDeps())
}

func crudUpdate(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	Run(c.World, d.sess, crudValues(c, d.query(interleave.Update, c), c.Arg(1, "object")), nil)
	d.commit(c)
	return None
}

// crudDelete marks the rows as deleted where the table has such a mark, and takes them away otherwise.
func crudDelete(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	q := d.query(interleave.Delete, c)
	if c.Name == "delete" && d.table.Columns["is_deleted"] != nil {
		q.Verb, q.Set = interleave.Update, []Assigned{{Column: "is_deleted", Value: Bool(true)}}
	}
	Run(c.World, d.sess, q, nil)
	d.commit(c)
	return None
}

// crudUpsert looks the row up by its key and then inserts or updates it.
func crudUpsert(c *Call) *Value {
	d := crudOf(c)
	if d == nil {
		return nil
	}
	instance := c.Arg(1, "instance")
	for _, f := range c.Fields(instance) {
		if c := d.table.Column(f.Name); c != nil && c.Primary {
			d.where = append(d.where, lookup(d.table, f.Name, f.Value))
		}
	}
	row := d.find(c, "first")
	q := crudValues(c, d.query(interleave.Insert, c), instance)
	q.Where, q.Deps = nil, q.Deps.With(row.AllDeps())
	Run(c.World, d.sess, q, nil)
	d.commit(c)
	return row
}
