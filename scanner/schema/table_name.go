package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// tableName finds the name of the table; given is false when the class does not say that it has one of its own.
func (r *reader) tableName(c *program.Class, orm ORM, parent *Table) (name, schema string, given bool) {
	schema = r.schemaName(c)
	if b := own(c, "__tablename__"); b != nil && b.Function == nil {
		if b.Value == nil || isConst(b.Value, python.ConstNone) {
			return "", "", false
		}
		if text, ok := r.text(bodyScope(c), b.Value); ok {
			return text, schema, true
		}
		return snake(c.Name), schema, true
	}
	if b := own(c, "__table__"); b != nil && b.Value != nil {
		if call := r.tableValue(bodyScope(c), b.Value); call != nil && len(call.Args) > 0 {
			text, _ := r.text(bodyScope(c), call.Args[0])
			return orElse(text, snake(c.Name)), schema, true
		}
	}
	b, owner := c.Attr("__tablename__")
	switch {
	case b != nil && b.Function != nil && owner != c && r.hasOwnColumns(c):
		return r.computedName(b.Function, c), schema, true
	case orm == SQLModel:
		if b != nil && b.Function == nil && b.Value != nil && parent == nil {
			if text, ok := r.text(bodyScope(owner), b.Value); ok {
				return text, schema, true
			}
		}
		return strings.ToLower(c.Name), schema, true
	case b != nil && b.Function == nil && b.Value != nil && parent == nil && r.hasOwnColumns(c): // a plain mixin names the table
		if text, ok := r.text(bodyScope(owner), b.Value); ok {
			return text, schema, true
		}
	case r.isFlaskModel(c):
		return snake(c.Name), schema, true
	}
	return libraryTable(c), schema, libraryTable(c) != "" && parent == nil
}

// isFlaskModel tells that a class derives from db.Model, whose tables are named after the class.
func (r *reader) isFlaskModel(c *program.Class) bool {
	if c.Def == nil {
		return false
	}
	for _, b := range c.Def.Bases {
		if a, ok := b.(*python.Attribute); ok && a.Attr == "Model" && r.hasOwnColumns(c) {
			if n, ok := a.Value.(*python.Name); ok && n.ID == "db" {
				return true
			}
		}
	}
	return false
}

// computedName evaluates a declared_attr __tablename__: cls.__name__, lower-cased, with an ending, or made snake-case by
// a function of the project.
func (r *reader) computedName(f *program.Function, c *program.Class) string {
	for _, e := range returns(f) {
		if name := r.nameFrom(program.Scope{Module: f.Module, Function: f, Class: f.Class}, e, c, 0); name != "" {
			return name
		}
	}
	return snake(c.Name)
}

func (r *reader) nameFrom(s program.Scope, e python.Expr, c *program.Class, depth int) string {
	if depth > 8 {
		return ""
	}
	switch e := e.(type) {
	case *python.Attribute:
		if e.Attr == "__name__" {
			return c.Name
		}
	case *python.Constant:
		text, _ := e.Str()
		return text
	case *python.Name:
		name := ""
		if s.Function != nil && s.Function.Def != nil {
			assignments(s.Function.Def.Body, func(target string, value python.Expr) {
				if target == e.ID {
					name = r.nameFrom(s, value, c, depth+1)
				}
			})
		}
		return name
	case *python.BinOp:
		if e.Op == python.Add {
			return r.nameFrom(s, e.Left, c, depth+1) + r.nameFrom(s, e.Right, c, depth+1)
		}
	case *python.JoinedStr:
		name := ""
		for _, v := range e.Values {
			if f, ok := v.(*python.FormattedValue); ok {
				v = f.Value
			}
			name += r.nameFrom(s, v, c, depth+1)
		}
		return name
	case *python.Call:
		if a, ok := e.Func.(*python.Attribute); ok && a.Attr == "lower" {
			inner := r.nameFrom(s, a.Value, c, depth+1)
			return strings.ToLower(inner)
		}
		return snake(c.Name) // re.sub(…), to_snake_case(…), inflection
	}
	return ""
}

// schemaName reads the schema from a dictionary in __table_args__.
func (r *reader) schemaName(c *program.Class) string {
	b, owner := c.Attr("__table_args__")
	if b == nil || b.Value == nil {
		return ""
	}
	for _, e := range elements(b.Value) {
		if d, ok := e.(*python.Dict); ok {
			for i, k := range d.Keys {
				if key, _ := constText(k); key == "schema" {
					text, _ := r.text(bodyScope(owner), d.Values[i])
					return text
				}
			}
		}
	}
	return ""
}
