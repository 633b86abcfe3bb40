package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// column reads Column(…), mapped_column(…), Field(…) or a bare annotation into the table.
func (r *reader) column(t *Table, c *program.Class, b *program.Binding, typ program.Type, call *python.Call, s program.Scope) {
	col := &Column{Name: b.Name, Attribute: b.Name}
	var module *program.Module
	if c != nil {
		module = c.Module
	}
	field := typ
	if b.Annotation != nil {
		if len(typ.Args) > 0 && strings.Contains(source(module, b.Annotation), "Mapped[") {
			field = typ.Args[0]
		}
		col.Type = typeName(field, source(module, b.Annotation))
		col.Nullable = field.Optional || typ.Optional
	} else {
		col.Nullable = true
	}
	if t.ORM == SQLModel && b.Value != nil && call == nil {
		col.Filled, col.Default = true, source(module, b.Value)
	}
	if r.isList(t, field, call) { // list["User"] without Relationship is no column
		return
	}
	unique := false
	if alias, scope := metadataCall(s, typ); alias != nil && alias != call && b.Annotation != nil { // Mapped[alias] = mapped_column(…)
		unique = r.columnArgs(t, col, alias, scope)
	}
	if call != nil {
		unique = r.columnArgs(t, col, call, s) || unique
		if b.Annotation == nil && keyword(call, "nullable") == nil && t.ORM != SQLModel {
			col.Nullable = !col.Primary
		}
	}
	if col.Primary {
		col.Nullable = false
	}
	t.addColumn(col)
	place := Place{}
	if module != nil && b.Value != nil {
		place = r.place(module, b.Value)
	} else if module != nil && b.Annotation != nil {
		place = r.place(module, b.Annotation)
	}
	if unique {
		t.addKey(UniqueKey{Columns: []string{col.Name}, From: place})
	}
	if col.Primary {
		t.addPrimary(col.Name, place)
	}
}

// addPrimary adds a column to the primary key, which grows column by column.
func (t *Table) addPrimary(column string, place Place) {
	for i, k := range t.Unique {
		if k.Primary {
			for _, have := range k.Columns {
				if have == column {
					return
				}
			}
			t.Unique[i].Columns = append(t.Unique[i].Columns, column)
			return
		}
	}
	t.Unique = append(t.Unique, UniqueKey{Columns: []string{column}, Primary: true, From: place})
}

func (r *reader) isList(t *Table, typ program.Type, call *python.Call) bool {
	if t.ORM != SQLModel || call != nil {
		return false
	}
	name := lastPart(typ.Ref.Qual)
	return (name == "list" || name == "List") && len(typ.Args) > 0 && typ.Args[0].Ref.Kind == program.ToClass
}

func typeName(typ program.Type, text string) string {
	if typ.Ref.Qual != "" {
		return lastPart(typ.Ref.Qual)
	}
	return text
}

// columnArgs reads the arguments of a column call and tells whether the column is unique by itself.
func (r *reader) columnArgs(t *Table, col *Column, call *python.Call, s program.Scope) (unique bool) {
	for i, a := range call.Args {
		if text, ok := constText(a); ok && i == 0 && lastName(call.Func) != "Field" {
			col.Name = text
			continue
		}
		r.columnPart(col, a, s, lastName(call.Func) == "Field")
	}
	for _, k := range call.Keywords {
		switch k.Name {
		case "name":
			if text, ok := r.text(s, k.Value); ok {
				col.Name = text
			}
		case "unique":
			unique = isTrue(k.Value)
		case "primary_key":
			col.Primary = isTrue(k.Value)
		case "nullable":
			col.Nullable = !isFalse(k.Value)
		case "default", "default_factory", "server_default", "insert_default", "identity", "autoincrement":
			if !isConst(k.Value, python.ConstNone) && !isConst(k.Value, python.ConstEllipsis) && k.Name != "autoincrement" {
				col.Default, col.Filled = source(s.Module, k.Value), true
			}
		case "type_", "sa_type":
			col.Type = source(s.Module, k.Value)
		case "foreign_key":
			col.Target, _ = r.text(s, k.Value)
		case "sa_column":
			if inner, scope := r.columnCall(s, k.Value, 0); inner != nil {
				unique = r.columnArgs(t, col, inner, scope) || unique
				if keyword(inner, "nullable") == nil {
					col.Nullable = !col.Primary
				}
			}
		case "sa_column_args":
			for _, e := range elements(k.Value) {
				r.columnPart(col, e, s, true)
			}
		case "sa_column_kwargs":
			unique = dictTrue(k.Value, "unique") || unique
		}
	}
	return unique
}

func dictTrue(e python.Expr, key string) bool {
	d, ok := e.(*python.Dict)
	if !ok {
		return false
	}
	for i, k := range d.Keys {
		if text, _ := constText(k); text == key {
			return isTrue(d.Values[i])
		}
	}
	return false
}

// columnPart reads a positional argument of a column: its type, foreign key, default, identity or computation.
func (r *reader) columnPart(col *Column, a python.Expr, s program.Scope, field bool) {
	call, ok := a.(*python.Call)
	if ok {
		switch r.calleeName(s, call.Func) {
		case "ForeignKey":
			if len(call.Args) > 0 {
				col.Target = r.foreignTarget(s, call.Args[0])
			}
			return
		case "Computed":
			col.Computed, col.Filled = true, true
			return
		case "Identity", "Sequence", "FetchedValue", "DefaultClause", "ColumnDefault":
			col.Filled = true
			return
		case "CheckConstraint":
			return
		}
	}
	if field { // the first argument of Field is the default
		if !isConst(a, python.ConstEllipsis) {
			col.Default, col.Filled = source(s.Module, a), true
		}
		return
	}
	col.Type = source(s.Module, a)
}

// foreignTarget is the table.column of ForeignKey("users.id"), or Class.attribute of ForeignKey(User.id), which is
// resolved when all tables are known.
func (r *reader) foreignTarget(s program.Scope, e python.Expr) string {
	if text, ok := r.text(s, e); ok {
		return text
	}
	if a, ok := e.(*python.Attribute); ok {
		if ref := r.p.Resolve(s, a.Value); ref.Kind == program.ToClass && ref.Class != nil {
			return "class:" + ref.Class.Name + "." + a.Attr
		}
	}
	return ""
}

// relationship reads relationship(…) with the class that it stands for.
func (r *reader) relationship(t *Table, c *program.Class, b *program.Binding, typ program.Type, call *python.Call, s program.Scope) {
	rel := &Relationship{Attribute: b.Name}
	if len(call.Args) > 0 && r.calleeName(s, call.Func) != "Relationship" {
		rel.Target, rel.Class = r.relationTarget(s, call.Args[0])
	}
	if b.Annotation != nil {
		rel.told = true
		r.annotatedRelation(rel, typ, source(c.Module, b.Annotation))
	}
	for _, k := range call.Keywords {
		switch k.Name {
		case "argument":
			rel.Target, rel.Class = r.relationTarget(s, k.Value)
		case "back_populates", "backref":
			rel.BackPopulates, _ = r.text(s, k.Value)
		case "secondary", "link_model":
			rel.Secondary, rel.link = r.relationTarget(s, k.Value)
			rel.linkCall = r.tableValue(s, k.Value)
			rel.Many = true
		case "uselist":
			rel.Many, rel.told = isTrue(k.Value), true
		case "lazy":
			how, _ := r.text(s, k.Value)
			rel.Dynamic = how == "dynamic"
		case "foreign_keys":
			rel.ForeignKey = r.foreignKeys(s, k.Value)
		}
	}
	t.Relationships[b.Name] = rel
}

// foreignKeys reads foreign_keys=[user_id], "User.parent_id" or "[User.parent_id]".
func (r *reader) foreignKeys(s program.Scope, e python.Expr) []string {
	var list []string
	for _, name := range r.textList(s, e) {
		for _, part := range strings.Split(strings.Trim(name, "[]"), ",") {
			list = append(list, lastPart(strings.TrimSpace(part)))
		}
	}
	return list
}

func (r *reader) relationTarget(s program.Scope, e python.Expr) (string, *program.Class) {
	if l, ok := e.(*python.Lambda); ok {
		e = l.Body
	}
	if text, ok := constText(e); ok {
		return lastPart(text), nil
	}
	if ref := r.p.Resolve(s, e); ref.Kind == program.ToClass && ref.Class != nil {
		return ref.Class.Name, ref.Class
	}
	return lastName(e), nil
}

// annotatedRelation reads Mapped[list["Item"]], Optional["User"] and the like.
func (r *reader) annotatedRelation(rel *Relationship, typ program.Type, text string) {
	for depth := 0; depth < 4; depth++ {
		switch name := lastPart(typ.Ref.Qual); name {
		case "list", "List", "set", "Set", "Sequence", "WriteOnlyMapped", "DynamicMapped":
			rel.Many = true
		case "Mapped", "":
		default:
			if typ.Ref.Kind == program.ToClass && typ.Ref.Class != nil {
				rel.Target, rel.Class = typ.Ref.Class.Name, typ.Ref.Class
			}
			return
		}
		if len(typ.Args) == 0 {
			break
		}
		typ = typ.Args[0]
	}
	if rel.Target == "" { // a class imported for type checkers only
		rel.Many = rel.Many || strings.Contains(strings.ToLower(text), "list[")
		words := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(`[]"'|, `, c) })
		for i := len(words) - 1; i >= 0; i-- {
			if words[i] != "None" && words[i] != "Mapped" {
				rel.Target = words[i]
				return
			}
		}
	}
}
