package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// declarative reads a class of SQLAlchemy's declarative mapping or of SQLModel.
func (r *reader) declarative(c *program.Class) *Table {
	if r.isAbstract(c) {
		return nil
	}
	orm := SQLAlchemy
	if c.IsSubclass("sqlmodel.SQLModel", "sqlmodel.main.SQLModel") {
		orm = SQLModel
		if !r.isTableModel(c) {
			return nil
		}
	}
	parent := r.mappedBase(c)
	name, schema, given := r.tableName(c, orm, parent)
	if !given && parent != nil { // single-table inheritance
		r.columns(parent, []*program.Class{c})
		return parent
	}
	if name == "" {
		return nil
	}
	t := newTable(name, orm)
	t.Schema, t.Class, t.Parent = schema, c, parent
	t.Defined = r.place(c.Module, c.Def)
	if b := own(c, "__table__"); b != nil {
		if call, ok := b.Value.(*python.Call); ok {
			r.tableCall(t, bodyScope(c), call)
			r.s.ByCall[call] = t
		}
	}
	r.libraryColumns(t, c)
	r.columns(t, r.contributors(c, parent))
	if len(t.Columns) == 0 {
		return nil
	}
	r.tableArgs(t, c)
	r.mapperArgs(t, c)
	return t
}

func (r *reader) isAbstract(c *program.Class) bool {
	b := own(c, "__abstract__")
	return b != nil && isTrue(b.Value)
}

// isTableModel tells that an SQLModel class was given table=True; it is not inherited.
func (r *reader) isTableModel(c *program.Class) bool {
	for _, k := range c.Def.Keywords {
		if k.Name == "table" {
			return isTrue(k.Value)
		}
	}
	return false
}

// mappedBase is the table of the nearest mapped base class.
func (r *reader) mappedBase(c *program.Class) *Table {
	for _, base := range c.MRO() {
		if base == c {
			continue
		}
		if t := r.s.ByClass[base]; t != nil && (t.ORM == SQLAlchemy || t.ORM == SQLModel) {
			return t
		}
	}
	return nil
}

// contributors are the classes whose bodies give columns to the table of c, the most basic first: c and its mixins, but
// not the classes behind a mapped parent.
func (r *reader) contributors(c *program.Class, parent *Table) []*program.Class {
	behind := map[*program.Class]bool{}
	if parent != nil && parent.Class != nil {
		for _, b := range parent.Class.MRO() {
			behind[b] = true
		}
	}
	var list []*program.Class
	mro := c.MRO()
	for i := len(mro) - 1; i >= 0; i-- {
		if !behind[mro[i]] {
			list = append(list, mro[i])
		}
	}
	return list
}

func (r *reader) hasOwnColumns(c *program.Class) bool {
	for _, b := range c.Names {
		if b.Value != nil {
			if call, ok := b.Value.(*python.Call); ok && isColumnCall(lastName(call.Func)) {
				return true
			}
		}
		if b.Annotation != nil && strings.HasPrefix(source(c.Module, b.Annotation), "Mapped") {
			return true
		}
	}
	return false
}

func isColumnCall(name string) bool {
	switch name {
	case "Column", "mapped_column", "Field", "relationship", "Relationship", "deferred", "column_property":
		return true
	}
	return false
}

// columns reads the columns, relationships and synonyms of class bodies, the most basic class first.
func (r *reader) columns(t *Table, classes []*program.Class) {
	for _, c := range classes {
		for _, name := range c.Order {
			if b := c.Names[name]; b != nil && !strings.HasPrefix(name, "__") {
				r.attribute(t, c, b)
			}
		}
	}
}

// attribute reads one binding of a model's body.
func (r *reader) attribute(t *Table, c *program.Class, b *program.Binding) {
	s := bodyScope(c)
	if b.Function != nil {
		r.declaredAttr(t, b)
		return
	}
	if b.Class != nil || b.Import != nil {
		return
	}
	var typ program.Type
	if b.Annotation != nil {
		typ = r.p.Annotation(s, b.Annotation)
		if isClassVar(typ, source(c.Module, b.Annotation)) {
			return
		}
	}
	call, scope := r.columnCall(s, b.Value, 0)
	if call == nil {
		call, scope = metadataCall(s, typ)
	}
	switch r.attributeKind(scope, call) {
	case "column":
		r.column(t, c, b, typ, call, scope)
	case "relationship":
		r.relationship(t, c, b, typ, call, scope)
	case "synonym":
		if len(call.Args) > 0 {
			if text, ok := r.text(scope, call.Args[0]); ok {
				t.Attributes[b.Name] = text
			}
		}
	case "hybrid":
		t.Hybrids[b.Name] = true
	default:
		if r.isBareColumn(t, b, typ, c) {
			r.column(t, c, b, typ, nil, s)
		}
	}
}

// isBareColumn tells that an annotation alone makes a column: Mapped[str], or any field of an SQLModel.
func (r *reader) isBareColumn(t *Table, b *program.Binding, typ program.Type, c *program.Class) bool {
	if b.Annotation == nil {
		return false
	}
	if t.ORM == SQLModel {
		return b.Name != "model_config" && b.Name[0] != '_' && c.Name != "SQLModel"
	}
	return strings.HasPrefix(lastPart(typ.Ref.Qual), "Mapped") && b.Value == nil || strings.HasPrefix(source(c.Module, b.Annotation), "Mapped[") && b.Value == nil
}

func isClassVar(typ program.Type, text string) bool {
	return lastPart(typ.Ref.Qual) == "ClassVar" || strings.HasPrefix(text, "ClassVar")
}

// metadataCall finds mapped_column(…) in Annotated, also behind an alias and inside Mapped.
func metadataCall(s program.Scope, typ program.Type) (*python.Call, program.Scope) {
	for depth := 0; depth < 3; depth++ {
		for _, m := range typ.Metadata {
			if call, ok := m.(*python.Call); ok && isColumnCall(lastName(call.Func)) {
				return call, typ.MetaScope
			}
		}
		if len(typ.Args) == 0 {
			break
		}
		typ = typ.Args[0]
	}
	return nil, s
}

// columnCall unwraps deferred(Column(…)) and calls of the project's own functions that return a column.
func (r *reader) columnCall(s program.Scope, e python.Expr, depth int) (*python.Call, program.Scope) {
	call, ok := e.(*python.Call)
	if !ok || depth > 4 {
		return nil, s
	}
	if lastName(call.Func) == "deferred" && len(call.Args) > 0 {
		return r.columnCall(s, call.Args[0], depth+1)
	}
	if ref := r.p.Resolve(s, call.Func); ref.Kind == program.ToFunction && ref.Function != nil {
		scope := program.Scope{Module: ref.Function.Module, Function: ref.Function, Class: ref.Function.Class}
		for _, ret := range returns(ref.Function) {
			if inner, innerScope := r.columnCall(scope, ret, depth+1); inner != nil {
				return inner, innerScope
			}
		}
	}
	return call, s
}

func (r *reader) attributeKind(s program.Scope, call *python.Call) string {
	if call == nil {
		return ""
	}
	switch r.calleeName(s, call.Func) {
	case "Column", "mapped_column", "MappedColumn":
		return "column"
	case "Field", "FieldInfo":
		return "column"
	case "relationship", "Relationship", "RelationshipProperty", "dynamic_loader", "backref":
		return "relationship"
	case "synonym":
		return "synonym"
	case "column_property", "query_expression", "hybrid_property", "association_proxy", "composite":
		return "hybrid"
	}
	switch lastName(call.Func) { // db.Column, or a helper that wraps it
	case "Column":
		return "column"
	case "relationship":
		return "relationship"
	}
	return ""
}

// declaredAttr reads a method of a model: a declared_attr that returns a column or relationship, or a hybrid property.
func (r *reader) declaredAttr(t *Table, b *program.Binding) {
	f := b.Function
	if f.Def == nil {
		return
	}
	for _, d := range f.Def.Decorators {
		text := source(f.Module, d)
		switch {
		case strings.Contains(text, "hybrid_"):
			t.Hybrids[b.Name] = true
		case strings.Contains(text, "declared_attr"):
			s := program.Scope{Module: f.Module, Function: f, Class: f.Class}
			for _, e := range returns(f) {
				call, scope := r.columnCall(s, e, 0)
				copied := &program.Binding{Name: b.Name, Value: e, Annotation: f.Def.Returns, Element: -1}
				switch r.attributeKind(scope, call) {
				case "column":
					r.column(t, f.Class, copied, r.p.Annotation(s, f.Def.Returns), call, scope)
				case "relationship":
					r.relationship(t, f.Class, copied, r.p.Annotation(s, f.Def.Returns), call, scope)
				}
			}
		}
	}
}

// mapperArgs reads the version column.
func (r *reader) mapperArgs(t *Table, c *program.Class) {
	b, owner := c.Attr("__mapper_args__")
	if b == nil {
		return
	}
	exprs := []python.Expr{b.Value}
	s := bodyScope(owner)
	if b.Function != nil {
		exprs = returns(b.Function)
		s = program.Scope{Module: owner.Module, Function: b.Function, Class: owner}
	}
	for _, e := range exprs {
		d, ok := e.(*python.Dict)
		if !ok {
			continue
		}
		for i, k := range d.Keys {
			if key, _ := constText(k); key == "version_id_col" {
				name := r.columnRef(s, d.Values[i])
				if col := t.Column(name); col != nil {
					name = col.Name
				}
				t.VersionColumn = name
			}
		}
	}
}
