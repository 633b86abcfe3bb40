package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Advanced Alchemy: a repository for each model and a service around it, which a project derives from. Both work on the session that
// they are given; nothing is committed unless auto_commit says so.

var repositories = Library{
	Classes: repositoryClasses(),
	Methods: []Family{{"repository", []Named{
		{"__init__", repositoryInit},
		{"get", repositoryGet}, {"get_one", repositoryOne("one")}, {"get_one_or_none", repositoryOne("first")},
		{"list", repositoryOne("all")}, {"exists", repositoryExists}, {"count", repositoryCount},
		{"add", repositoryAdd}, {"create", repositoryAdd}, {"add_many", repositoryAdd}, {"create_many", repositoryAdd},
		{"update", repositoryUpdate}, {"delete", repositoryDelete}, {"delete_where", repositoryDeleteWhere},
	}}},
}

func repositoryClasses() []Class {
	var out []Class
	for _, kind := range [...]string{"Async", "Sync"} {
		for _, slug := range [...]string{"", "Slug"} {
			out = append(out, Class{"advanced_alchemy.repository.SQLAlchemy" + kind + slug + "Repository", "repository"})
		}
		out = append(out, Class{"advanced_alchemy.service.SQLAlchemy" + kind + "RepositoryService", "repository"})
		out = append(out, Class{"advanced_alchemy.service.SQLAlchemy" + kind + "RepositoryReadService", "repository"})
		for _, extension := range [...]string{"fastapi", "starlette"} {
			out = append(out, Class{"advanced_alchemy.extensions." + extension + ".repository.SQLAlchemy" + kind + "Repository", "repository"})
			out = append(out, Class{"advanced_alchemy.extensions." + extension + ".service.SQLAlchemy" + kind + "RepositoryService", "repository"})
		}
	}
	return out
}

// repositoryOptions are the keyword arguments of a look-up that are no columns.
var repositoryOptions = []string{"auto_expunge", "auto_commit", "auto_refresh", "statement", "load", "error_messages", "execution_options", "uniquify", "order_by",
	"bind_group", "use_cache", "id_attribute", "attribute_names", "with_for_update", "count_with_window_function", "data", "item_id", "loader_options"}

// repositoryInit keeps the session that the constructor of a derived class hands on.
func repositoryInit(c *Call) *Value {
	if c.Recv == nil || c.Recv.Obj == nil {
		return nil
	}
	if s := c.Keyword("session"); s != nil {
		if c.Recv.Obj.Attrs == nil {
			c.Recv.Obj.Attrs = map[string]*Value{}
		}
		c.Recv.Obj.Attrs["session"] = s
	}
	return None
}

// repositoryCall is what a call is about: the session, and the table of the model.
type repositoryCall struct {
	sess  *Value
	table *schema.Table
}

// repositoryOf reads a call, nil when session or model are not known.
func repositoryOf(c *Call) *repositoryCall {
	if c.Recv == nil || c.Recv.Obj == nil || c.Recv.Obj.Class == nil {
		return nil
	}
	sess := c.Recv.Obj.Attrs["session"].Pick(ExtObject, Instance)
	t := repositoryTable(c.World, c.Recv.Obj.Class)
	if sess == nil || sess.Obj == nil || sess.Obj.Num == 0 || t == nil {
		return nil
	}
	return &repositoryCall{sess: sess, table: t}
}

// repositoryTable is the table of the model that a repository names, or that the repository of a service names.
func repositoryTable(w *World, class *program.Class) *schema.Table {
	if w.Schema == nil || w.Program == nil {
		return nil
	}
	for range 2 {
		if model := classNamed(w, class, "model_type"); model != nil {
			return w.Schema.ByClass[model]
		}
		if class = classNamed(w, class, "repository_type"); class == nil {
			return nil
		}
	}
	return nil
}

// classNamed is the class that a class attribute of this name holds.
func classNamed(w *World, class *program.Class, name string) *program.Class {
	b, owner := class.Attr(name)
	if b == nil || b.Value == nil {
		return nil
	}
	return w.Program.Resolve(program.Scope{Module: owner.Module, Class: owner}, b.Value).Class
}

// query is the statement of a call: the one that it is given, or a select of the model, with what the call asks for.
func (d *repositoryCall) query(c *Call, filters []*Value) *Query {
	q := &Query{Verb: interleave.Read, Table: d.table, TableName: d.table.Name, Entity: true, Deps: c.Deps()}
	if s := c.Keyword("statement").Pick(Statement); s != nil && s.Query.Verb == interleave.Read {
		given := *s.Query
		q = &given
		q.Where = slices.Clone(q.Where)
	}
	for _, f := range filters {
		q.Where = append(q.Where, Conditions(f)...)
	}
	for _, k := range c.Kw {
		switch {
		case k.Name == "":
			q.Where = append(q.Where, Condition{Op: "?", Table: d.table, Value: k.Value})
		case !slices.Contains(repositoryOptions, k.Name):
			q.Where = append(q.Where, lookup(d.table, k.Name, k.Value))
		}
	}
	if l := c.Keyword("with_for_update"); l != nil && l.Truth() != "False" {
		q.Lock = interleave.LockMode{Strength: interleave.ForUpdate}
	}
	return q
}

func repositoryOne(how string) Model {
	return func(c *Call) *Value {
		d := repositoryOf(c)
		if d == nil {
			return nil
		}
		q := d.query(c, c.Args)
		q.Single = how != "all"
		return takeRows(c.World, Run(c.World, d.sess, q, nil), how)
	}
}

// byKey is a call's statement about the row with the key that it is given first.
func (d *repositoryCall) byKey(c *Call, key *Value) *Query {
	q := d.query(c, nil)
	q.Single = true
	if keys := d.table.PrimaryKey(); len(keys) == 1 && key != nil {
		q.Where = append(q.Where, Condition{Column: keys[0], Table: d.table, Op: "=", Value: key})
	}
	return q
}

func repositoryGet(c *Call) *Value {
	d := repositoryOf(c)
	if d == nil {
		return nil
	}
	return takeRows(c.World, Run(c.World, d.sess, d.byKey(c, c.Arg(0, "item_id")), nil), "one")
}

func repositoryExists(c *Call) *Value {
	row := repositoryOne("first")(c)
	if row == nil {
		return nil
	}
	return &Value{Sym: row.Sym, Deps: row.AllDeps(), Pred: &Pred{Uses: []PredUse{{Left: row, Op: "exists"}}}}
}

func repositoryCount(c *Call) *Value {
	d := repositoryOf(c)
	if d == nil {
		return nil
	}
	q := d.query(c, c.Args)
	q.Entity, q.Columns, q.Aggregate = false, nil, interleave.Count
	return takeRows(c.World, Run(c.World, d.sess, q, nil), "scalar")
}

// end writes what is pending, and commits where the call or the service says so.
func (d *repositoryCall) end(c *Call) {
	kind := interleave.Flush
	if c.True("auto_commit") || c.Recv.Obj.Attrs["auto_commit"].Truth() == "True" {
		kind = interleave.Commit
	}
	sessionOp(kind)(&Call{World: c.World, Recv: d.sess})
}

func repositoryAdd(c *Call) *Value {
	d := repositoryOf(c)
	if d == nil {
		return nil
	}
	data := c.Arg(0, "data")
	if row := data.Pick(Entity); row != nil || strings.HasSuffix(c.Name, "_many") {
		sessionAdd(&Call{World: c.World, Recv: d.sess, Args: []*Value{data}})
		d.end(c)
		return data
	}
	q := crudValues(c, &Query{Verb: interleave.Insert, Table: d.table, TableName: d.table.Name, Deps: c.Deps()}, data)
	rows := Run(c.World, d.sess, q, nil)
	d.end(c)
	return Opaque(strings.ToLower(d.table.Name), rows.AllDeps())
}

// repositoryUpdate writes what was changed of a row that the session has, or the values that a service is given for a key.
func repositoryUpdate(c *Call) *Value {
	d := repositoryOf(c)
	if d == nil {
		return nil
	}
	data := c.Arg(0, "data")
	if data.Pick(Entity) == nil {
		q := d.byKey(c, c.Arg(1, "item_id"))
		if len(q.Where) == 0 {
			return nil
		}
		Run(c.World, d.sess, crudValues(c, &Query{Verb: interleave.Update, Table: d.table, TableName: d.table.Name, Where: q.Where, Deps: c.Deps()}, data), nil)
	}
	d.end(c)
	return data
}

func repositoryDelete(c *Call) *Value {
	d := repositoryOf(c)
	if d == nil {
		return nil
	}
	row := takeRows(c.World, Run(c.World, d.sess, d.byKey(c, c.Arg(0, "item_id")), nil), "one")
	sessionDelete(&Call{World: c.World, Recv: d.sess, Args: []*Value{row}})
	d.end(c)
	return row
}

func repositoryDeleteWhere(c *Call) *Value {
	d := repositoryOf(c)
	if d == nil {
		return nil
	}
	q := d.query(c, c.Args)
	rows := Run(c.World, d.sess, &Query{Verb: interleave.Delete, Table: d.table, TableName: d.table.Name, Where: q.Where, Deps: c.Deps()}, nil)
	d.end(c)
	return rows
}
