package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Look-ups: the conditions of active records, as keyword arguments (status="open", stock__gte=5), Q objects, expressions over columns,
// or filters in Mongo's own words.

var lookups = map[string]string{
	"exact": "=", "iexact": "?", "in": "in", "not_in": "not in", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "not": "!=", "ne": "!=", "nin": "not in",
}

// lookup is the condition that a keyword argument of a query states.
func lookup(t *schema.Table, name string, v *Value) Condition {
	field, test, _ := strings.Cut(name, "__")
	c := Condition{Table: t, Op: "=", Value: v, Column: lookupColumn(t, field)}
	if rel := relationOf(t, field); rel != nil {
		if test != "" && test != "id" && test != "pk" && test != "in" {
			return Condition{Column: field, Table: t, Op: "?", Value: v} // a column of the other table
		}
		if test != "in" {
			test = ""
		}
		if v.Kind == Entity {
			c.Value = &Value{Sym: v.Obj.Key, Deps: v.AllDeps()}
		}
	}
	switch {
	case test == "isnull" && v.Truth() == "True", test == "not_isnull" && v.Truth() == "False", (test == "" || test == "exact") && v.IsNone():
		c.Op = "is null"
	case test == "isnull", test == "not_isnull":
		c.Op = "is not null"
	case lookups[test] != "":
		c.Op = lookups[test]
	case test != "":
		c.Op = "?"
	}
	return c
}

func relationOf(t *schema.Table, attr string) *schema.Relationship {
	if t == nil {
		return nil
	}
	return t.Relationships[attr]
}

// lookupColumn is the column that a look-up names; pk is the primary key, and a relationship its foreign key.
func lookupColumn(t *schema.Table, name string) string {
	if t == nil {
		return name
	}
	if name == "pk" {
		if keys := t.PrimaryKey(); len(keys) == 1 {
			return keys[0]
		}
	}
	if rel := t.Relationships[name]; rel != nil {
		if fk := relationKey(t, rel, name); fk != "" {
			return fk
		}
		if t.Columns[name+"_id"] != nil {
			return name + "_id"
		}
	}
	return attrColumn(t, name)
}

// terms are the conditions that the arguments of a call state.
func terms(c *Call, t *schema.Table) []Condition {
	var out []Condition
	for _, a := range c.Args {
		for _, it := range a.Alternatives()[:1] {
			switch it.Kind {
			case Mapping:
				out = append(out, filterTerms(t, it)...)
			case Expr, Column, Sequence:
				for _, x := range Conditions(it) {
					if x.Table == nil {
						x.Table, x.Column = t, lookupColumn(t, x.Column)
					}
					out = append(out, x)
				}
			case Const:
			default:
				out = append(out, Condition{Op: "?", Value: it})
			}
		}
	}
	for _, k := range c.Kw {
		switch k.Name {
		case "":
			out = append(out, Condition{Op: "?", Value: k.Value})
		case "defaults", "using_db", "session", "fetch_links", "ignore_cache", "on_insert", "skip_locked", "nowait", "projection_model", "sort", "with_children":
		default:
			out = append(out, lookup(t, k.Name, k.Value))
		}
	}
	return out
}

// filterTerms are the conditions of a filter in Mongo's words.
func filterTerms(t *schema.Table, m *Value) []Condition {
	var out []Condition
	for _, p := range m.Pairs {
		name := keyColumn(p.Key)
		switch {
		case p.Key == nil || strings.HasPrefix(name, "$"):
			out = append(out, Condition{Op: "?", Value: p.Value})
		case p.Value.Kind == Mapping:
			x := operatorCond(name, p.Value)
			out = append(out, Condition{Column: lookupColumn(t, name), Table: t, Op: x.Op, Value: Opaque(x.Value, p.Value.AllDeps())})
		case p.Value.IsNone():
			out = append(out, Condition{Column: lookupColumn(t, name), Table: t, Op: "is null"})
		default:
			out = append(out, Condition{Column: lookupColumn(t, name), Table: t, Op: "=", Value: p.Value})
		}
	}
	return out
}

// qObject is Q(…): conditions that can be joined by & and | and negated.
func qObject(c *Call) *Value {
	var conds []Condition
	for _, a := range c.Args {
		conds = append(conds, Conditions(a)...)
	}
	or := c.Keyword("join_type").Is("'OR'")
	for _, k := range c.Kw {
		if k.Name != "join_type" {
			conds = append(conds, lookup(nil, k.Name, k.Value))
		}
	}
	for i := range conds {
		conds[i].Or = conds[i].Or || or
	}
	return condition(conds...)
}

// fObject is F("column"): the column as the store has it.
func fObject(c *Call) *Value {
	name, ok := c.Arg(0, "name").Str()
	if !ok {
		return nil
	}
	return &Value{Kind: Column, Col: &ColumnRef{Column: name}, Sym: name, Name: name}
}

// aggregateObject is Count("id"), Sum("amount"), Max("number").
func aggregateObject(agg interleave.Aggregate) Model {
	return func(c *Call) *Value {
		v := &Value{Kind: Expr, Col: &ColumnRef{IsAgg: true, Agg: agg}, Deps: c.Deps()}
		if a := c.Arg(0, ""); a != nil {
			if s, ok := a.Str(); ok {
				v.Col.Column = s
			} else if a.Col != nil {
				v.Col.Column, v.Col.Table = a.Col.Column, a.Col.Table
			}
		}
		return v
	}
}
