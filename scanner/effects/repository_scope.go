package effects

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// fastapi-repository: a repository that is given the session and the model, looks up by keyword arguments in the style of Django, keeps
// every look-up within its default scope, and commits each change by itself.

var scopedRepositories = Library{
	Classes: []Class{{"fastapi_repository.BaseRepository", "scoped repository"}, {"fastapi_repository.base.BaseRepository", "scoped repository"}},
	Methods: []Family{{"scoped repository", []Named{
		{"__init__", scopedInit},
		{"find", onScope(scopedFind)}, {"find_by", scopedOne("first")}, {"find_by_or_raise", scopedOne("one")}, {"where", scopedOne("all")},
		{"exists", onScope(scopedExists)}, {"count", scopedAggregate(interleave.Count)}, {"sum", scopedAggregate(interleave.Sum)},
		{"create", onScope(scopedCreate)}, {"update", onScope(scopedUpdate)}, {"update_all", onScope(scopedUpdateAll)},
		{"destroy", onScope(scopedDestroy)}, {"destroy_all", onScope(scopedDestroyAll)},
	}}},
}

// scopedOptions are the keyword arguments of a look-up that are no columns.
var scopedOptions = []string{"limit", "offset", "sorted_by", "sorted_order", "joinedload_models", "lazyload_models", "disable_default_scope", "column", "updates"}

// scopedInit keeps the session and the model that the constructor of a derived class hands on.
func scopedInit(c *Call) *Value {
	if c.Recv == nil || c.Recv.Obj == nil {
		return nil
	}
	if c.Recv.Obj.Attrs == nil {
		c.Recv.Obj.Attrs = map[string]*Value{}
	}
	for i, name := range [...]string{"session", "model"} {
		if v := c.Arg(i, name); v != nil {
			c.Recv.Obj.Attrs[name] = v
		}
	}
	return None
}

// scopedOf reads a call, nil when session or model are not known.
func scopedOf(c *Call) *repositoryCall {
	if c.Recv == nil || c.Recv.Obj == nil {
		return nil
	}
	sess := c.Recv.Obj.Attrs["session"].Pick(ExtObject, Instance)
	t := tableOf(c.World, c.Recv.Obj.Attrs["model"])
	if sess == nil || sess.Obj == nil || sess.Obj.Num == 0 || t == nil {
		return nil
	}
	return &repositoryCall{sess: sess, table: t}
}

// named are the conditions that the keyword arguments of a call state.
func (d *repositoryCall) named(kw []Keyword) []Condition {
	var out []Condition
	for _, k := range kw {
		switch {
		case k.Name == "":
			out = append(out, Condition{Op: "?", Table: d.table, Value: k.Value})
		case !slices.Contains(scopedOptions, k.Name):
			out = append(out, lookup(d.table, k.Name, k.Value))
		}
	}
	return out
}

// scope are the conditions that the class adds to each look-up: default_scope = {"deleted_at": None}.
func (d *repositoryCall) scope(c *Call) []Condition {
	if c.True("disable_default_scope") || c.Recv.Obj.Class == nil {
		return nil
	}
	b, _ := c.Recv.Obj.Class.Attr("default_scope")
	if b == nil || b.Value == nil {
		return nil
	}
	dict, ok := b.Value.(*python.Dict)
	if !ok {
		return []Condition{{Op: "?", Table: d.table, Value: Opaque("default_scope", nil)}}
	}
	var out []Condition
	for i, k := range dict.Keys {
		key, _ := k.(*python.Constant)
		value, literal := dict.Values[i].(*python.Constant)
		if key == nil || key.Kind != python.ConstStr || !literal {
			out = append(out, Condition{Op: "?", Table: d.table, Value: Opaque("default_scope", nil)})
			continue
		}
		name, _ := key.Str()
		out = append(out, lookup(d.table, name, Literal(value)))
	}
	return out
}

func (d *repositoryCall) scoped(c *Call, verb interleave.Kind, where []Condition) *Query {
	return &Query{Verb: verb, Table: d.table, TableName: d.table.Name, Where: where, Deps: c.Deps()}
}

// row reads the rows that the conditions name and the scope lets through.
func (d *repositoryCall) row(c *Call, where []Condition, how string) *Value {
	q := d.scoped(c, interleave.Read, append(where, d.scope(c)...))
	q.Entity, q.Single = true, how != "all"
	return takeRows(c.World, Run(c.World, d.sess, q, nil), how)
}

// keyed is the condition that a row has the key which a call is given first.
func (d *repositoryCall) keyed(c *Call) []Condition {
	keys, key := d.table.PrimaryKey(), c.Arg(0, "id")
	if len(keys) != 1 || key == nil {
		return nil
	}
	return []Condition{{Column: keys[0], Table: d.table, Op: "=", Value: key}}
}

func (d *repositoryCall) commit(c *Call) {
	sessionOp(interleave.Commit)(&Call{World: c.World, Recv: d.sess})
}

// onScope gives a model the repository that it is called on; nil where session or model are not known.
func onScope(f func(c *Call, d *repositoryCall) *Value) Model {
	return func(c *Call) *Value {
		if d := scopedOf(c); d != nil {
			return f(c, d)
		}
		return nil
	}
}

func scopedOne(how string) Model {
	return onScope(func(c *Call, d *repositoryCall) *Value { return d.row(c, d.named(c.Kw), how) })
}

func scopedFind(c *Call, d *repositoryCall) *Value { return d.row(c, d.keyed(c), "one") }

func scopedAggregate(what interleave.Aggregate) Model {
	return onScope(func(c *Call, d *repositoryCall) *Value {
		q := d.scoped(c, interleave.Read, append(d.named(c.Kw), d.scope(c)...))
		q.Aggregate = what
		return takeRows(c.World, Run(c.World, d.sess, q, nil), "scalar")
	})
}

func scopedExists(c *Call, d *repositoryCall) *Value {
	row := d.row(c, d.named(c.Kw), "first")
	return &Value{Sym: row.Sym, Deps: row.AllDeps(), Pred: &Pred{Uses: []PredUse{{Left: row, Op: "exists"}}}}
}

func scopedCreate(c *Call, d *repositoryCall) *Value {
	row := newRecord(c, d.table, c.Kw)
	sessionAdd(&Call{World: c.World, Recv: d.sess, Args: []*Value{row}})
	d.commit(c)
	return row
}

// scopedUpdate writes what it is given into the row with the key, and loads it again; the look-up just before it is left out as in
// scopedDestroy.
func scopedUpdate(c *Call, d *repositoryCall) *Value {
	where := d.keyed(c)
	var set []Keyword
	for _, k := range c.Kw {
		if k.Name != "id" {
			set = append(set, k)
		}
	}
	d.write(c, where, set)
	q := d.scoped(c, interleave.Read, where)
	q.Entity, q.Single = true, true
	return takeRows(c.World, Run(c.World, d.sess, q, nil), "first")
}

func scopedUpdateAll(c *Call, d *repositoryCall) *Value {
	return d.write(c, d.named(c.Kw), c.Fields(c.Arg(0, "updates")))
}

func (d *repositoryCall) write(c *Call, where []Condition, set []Keyword) *Value {
	q := d.scoped(c, interleave.Update, where)
	rows := Run(c.World, d.sess, values(&Call{World: c.World, Recv: &Value{Kind: Statement, Query: q}, Kw: set}).Query, nil)
	d.commit(c)
	return rows
}

// scopedDestroy takes the row with the key away; the look-up just before it decides nothing that the deletion does not decide again.
func scopedDestroy(c *Call, d *repositoryCall) *Value {
	Run(c.World, d.sess, d.scoped(c, interleave.Delete, d.keyed(c)), nil)
	d.commit(c)
	return None
}

func scopedDestroyAll(c *Call, d *repositoryCall) *Value {
	rows := Run(c.World, d.sess, d.scoped(c, interleave.Delete, d.named(c.Kw)), nil)
	d.commit(c)
	return rows
}
