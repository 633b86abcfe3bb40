package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// meta is the nested class Meta, own or inherited (own is what most options need).
func meta(c *program.Class, name string) *program.Class {
	if b := own(c, name); b != nil {
		return b.Class
	}
	return nil
}

// option reads a constant of a Meta class.
func (r *reader) metaText(m *program.Class, name string) string {
	if m == nil {
		return ""
	}
	if b, owner := m.Attr(name); b != nil && b.Value != nil {
		text, _ := r.text(bodyScope(owner), b.Value)
		return text
	}
	return ""
}

func metaTrue(m *program.Class, name string) bool {
	return m != nil && m.Names[name] != nil && isTrue(m.Names[name].Value)
}

func metaValue(m *program.Class, name string) (python.Expr, program.Scope) {
	if m != nil {
		if b, owner := m.Attr(name); b != nil {
			return b.Value, bodyScope(owner)
		}
	}
	return nil, program.Scope{}
}

// fieldStyle is what tells the libraries apart that declare fields as calls in the class body.
type fieldStyle struct {
	orm       ORM
	nullable  bool     // without null=…
	foreign   []string // field classes that make a column NAME_id
	oneToOne  []string
	none      []string // field classes that make no column
	primary   []string // keywords for a primary key
	automatic string   // the primary key that a model has without one
}

// fieldModel reads a model whose columns are calls of field classes.
func (r *reader) fieldModel(c *program.Class, name string, style fieldStyle) *Table {
	t := newTable(name, style.orm)
	t.Class, t.Defined = c, r.place(c.Module, c.Def)
	mro := c.MRO()
	for i := len(mro) - 1; i >= 0; i-- {
		for _, attr := range mro[i].Order {
			b := mro[i].Names[attr]
			call, _ := b.Value.(*python.Call)
			if call == nil || b.Function != nil {
				continue
			}
			r.field(t, mro[i], b, call, style)
		}
	}
	if len(t.Columns) == 0 {
		return nil
	}
	if t.PrimaryKey() == nil && style.automatic != "" {
		t.addColumn(&Column{Name: style.automatic, Attribute: style.automatic, Primary: true, Filled: true})
		t.addPrimary(style.automatic, t.Defined)
	}
	return t
}

// isField tells that a call makes a field: its name, or that of the project's own subclass, ends like one.
func isField(name string) bool {
	return strings.HasSuffix(name, "Field") || strings.HasSuffix(name, "ForeignKey") || strings.HasSuffix(name, "Relation") || fieldNames[name]
}

var fieldNames = map[string]bool{
	"String": true, "Integer": true, "BigInteger": true, "SmallInteger": true, "Boolean": true, "Float": true, "Text": true, "DateTime": true, "Date": true,
	"Time": true, "JSON": true, "UUID": true, "Decimal": true, "Enum": true, "LargeBinary": true, "Varchar": true, "Serial": true, "BigSerial": true,
	"Timestamp": true, "Timestamptz": true, "Numeric": true, "Array": true, "JSONB": true, "BigInt": true, "SmallInt": true, "ManyToMany": true, "Secret": true, "Email": true,
}

func (r *reader) field(t *Table, c *program.Class, b *program.Binding, call *python.Call, style fieldStyle) {
	s := bodyScope(c)
	kind := r.calleeName(s, call.Func)
	if !isField(kind) {
		return
	}
	if among(kind, style.none) {
		if strings.Contains(kind, "ManyToMany") || strings.Contains(kind, "Relation") {
			t.Relationships[b.Name] = &Relationship{Attribute: b.Name, Target: r.fieldTarget(s, call), Many: true}
		}
		return
	}
	col := &Column{Name: b.Name, Attribute: b.Name, Type: kind, Nullable: style.nullable}
	unique := r.fieldOptions(col, call, s, style)
	foreign := among(kind, style.foreign)
	if foreign {
		rel := &Relationship{Attribute: b.Name, Target: r.fieldTarget(s, call)}
		if !among(kind, style.oneToOne) {
			rel.BackPopulates = r.backName(s, c, call, style.orm)
		}
		if style.orm == Tortoise || style.orm == Django || style.orm == Peewee {
			if col.Name == b.Name {
				col.Name += "_id"
			}
			t.Attributes[b.Name+"_id"] = col.Name
		}
		rel.ForeignKey = []string{col.Name}
		t.Relationships[b.Name] = rel
		col.Target = "class:" + rel.Target + ".id"
	}
	unique = unique || among(kind, style.oneToOne)
	place := r.place(c.Module, call)
	t.addColumn(col)
	if col.Primary {
		t.addPrimary(col.Name, place)
	} else if unique {
		t.addKey(UniqueKey{Columns: []string{col.Name}, From: place})
	}
}

func among(name string, list []string) bool {
	for _, l := range list {
		if l == name {
			return true
		}
	}
	return false
}

// backName is what the class on the other side of a foreign key calls the rows that refer to it.
func (r *reader) backName(s program.Scope, c *program.Class, call *python.Call, orm ORM) string {
	for _, name := range []string{"related_name", "backref"} {
		if text, ok := r.text(s, keyword(call, name)); ok {
			return text
		}
	}
	switch orm {
	case Django, Peewee:
		return strings.ToLower(c.Name) + "_set"
	case Tortoise:
		return strings.ToLower(c.Name) + "s"
	}
	return ""
}

// fieldTarget is the class that a foreign key names: User, "User", "models.User" or "self".
func (r *reader) fieldTarget(s program.Scope, call *python.Call) string {
	e := argument(call, 0, "to")
	for _, name := range []string{"model", "references", "model_name"} {
		if v := keyword(call, name); v != nil {
			e = v
		}
	}
	if text, ok := constText(e); ok {
		if text == "self" && s.Class != nil {
			return s.Class.Name
		}
		return lastPart(text)
	}
	return lastName(e)
}

func (r *reader) fieldOptions(col *Column, call *python.Call, s program.Scope, style fieldStyle) (unique bool) {
	for _, k := range call.Keywords {
		switch k.Name {
		case "unique":
			unique = isTrue(k.Value)
		case "null", "nullable":
			col.Nullable = isTrue(k.Value)
		case "required":
			col.Nullable = !isTrue(k.Value)
		case "default", "db_default", "default_factory", "auto_now_add", "auto_now", "server_default", "autoincrement", "generated":
			col.Filled, col.Default = true, source(s.Module, k.Value)
		case "source_field", "db_column", "column_name", "name", "db_column_name", "db_field":
			if text, ok := r.text(s, k.Value); ok {
				col.Name = text
			}
		}
		if among(k.Name, style.primary) && isTrue(k.Value) {
			col.Primary, col.Nullable = true, false
		}
	}
	switch col.Type {
	case "AutoField", "BigAutoField", "PrimaryKeyField", "IdentityField", "SmallAutoField", "Serial", "BigSerial":
		col.Primary, col.Filled, col.Nullable = true, true, false
	}
	return unique
}

func (r *reader) tortoise(c *program.Class) *Table {
	m := meta(c, "Meta")
	if metaTrue(m, "abstract") {
		return nil
	}
	t := r.fieldModel(c, orElse(r.metaText(m, "table"), strings.ToLower(c.Name)), fieldStyle{orm: Tortoise, automatic: "id",
		foreign: []string{"ForeignKeyField", "OneToOneField", "ForeignKeyRelation"}, oneToOne: []string{"OneToOneField"},
		none:    []string{"ManyToManyField", "ReverseRelation", "ManyToManyRelation", "BackwardOneToOneRelation", "OneToOneRelation"},
		primary: []string{"pk", "primary_key"}})
	if t != nil {
		r.togetherKeys(t, m, "unique_together")
		r.metaConstraints(t, m)
	}
	return t
}

// togetherKeys reads unique_together: ("a", "b") or (("a", "b"), ("c", "d")).
func (r *reader) togetherKeys(t *Table, m *program.Class, name string) {
	e, s := metaValue(m, name)
	if e == nil {
		return
	}
	groups := elements(e)
	if len(groups) > 0 {
		if _, plain := constText(groups[0]); plain {
			groups = []python.Expr{e}
		}
	}
	for _, g := range groups {
		k := UniqueKey{From: r.place(s.Module, g)}
		r.keyParts(t, &k, s, elements(g))
		t.addKey(k)
	}
}

// metaConstraints reads constraints = [UniqueConstraint(fields=[…], condition=Q(…), name=…)].
func (r *reader) metaConstraints(t *Table, m *program.Class) {
	for _, list := range []string{"constraints", "indexes"} {
		e, s := metaValue(m, list)
		for _, el := range elements(e) {
			call, ok := el.(*python.Call)
			if !ok || !strings.HasPrefix(lastName(call.Func), "Unique") && !isTrue(keyword(call, "unique")) {
				continue
			}
			k := UniqueKey{From: r.place(s.Module, call), Name: r.nameOf(s, keyword(call, "name"))}
			fields := keyword(call, "fields")
			if fields != nil {
				r.keyParts(t, &k, s, elements(fields))
			}
			for _, a := range call.Args {
				r.djangoExpression(t, &k, s, a)
			}
			if q := keyword(call, "condition"); q != nil {
				k.setWhere(t, orElse(r.qText(s, q, 0), "?"))
			}
			k.NullsNotDistinct = isFalse(keyword(call, "nulls_distinct"))
			t.addKey(k)
		}
	}
}

// djangoExpression reads Lower("email") in a constraint.
func (r *reader) djangoExpression(t *Table, k *UniqueKey, s program.Scope, e python.Expr) {
	call, ok := e.(*python.Call)
	if !ok {
		r.keyPart(t, k, s, e)
		return
	}
	if len(call.Args) == 1 {
		name := lastName(call.Func)
		if name == "F" {
			r.keyPart(t, k, s, call.Args[0])
		} else {
			k.Expressions = append(k.Expressions, strings.ToLower(name)+"("+r.columnRef(s, call.Args[0])+")")
		}
	}
}

// qText writes a Django Q(…) as SQL.
func (r *reader) qText(s program.Scope, e python.Expr, depth int) string {
	if depth > 6 {
		return ""
	}
	switch e := e.(type) {
	case *python.BinOp:
		if e.Op == python.BitAnd {
			return join(r.qText(s, e.Left, depth+1), "and", r.qText(s, e.Right, depth+1))
		}
	case *python.UnaryOp:
		return negate(r.qText(s, e.Operand, depth+1))
	case *python.Call:
		var terms []string
		for _, k := range e.Keywords {
			name, test, _ := strings.Cut(k.Name, "__")
			value := r.sqlText(s, k.Value, 0)
			switch {
			case test == "isnull" && value == "true":
				terms = append(terms, name+" is null")
			case test == "isnull":
				terms = append(terms, name+" is not null")
			case test == "":
				terms = append(terms, join(name, "=", value))
			default:
				return ""
			}
		}
		return strings.Join(terms, " and ")
	}
	return ""
}

func (r *reader) django(c *program.Class) *Table {
	m := meta(c, "Meta")
	if metaTrue(m, "abstract") || metaTrue(m, "proxy") {
		return nil
	}
	t := r.fieldModel(c, orElse(r.metaText(m, "db_table"), r.djangoTable(c)), fieldStyle{orm: Django, automatic: "id",
		foreign: []string{"ForeignKey", "OneToOneField"}, oneToOne: []string{"OneToOneField"},
		none: []string{"ManyToManyField", "GenericRelation", "GenericForeignKey"}, primary: []string{"primary_key"}})
	if t != nil {
		r.togetherKeys(t, m, "unique_together")
		r.metaConstraints(t, m)
	}
	return t
}

// djangoTable is the name that Django gives a table: the application's package and the class.
func (r *reader) djangoTable(c *program.Class) string {
	parts := strings.Split(c.Module.Name, ".")
	for i, p := range parts {
		if p == "models" && i > 0 {
			return parts[i-1] + "_" + strings.ToLower(c.Name)
		}
	}
	return strings.ToLower(c.Name)
}

func (r *reader) peewee(c *program.Class) *Table {
	m := meta(c, "Meta")
	name := orElse(r.metaText(m, "table_name"), orElse(r.metaText(m, "db_table"), strings.ToLower(c.Name)))
	t := r.fieldModel(c, name, fieldStyle{orm: Peewee, automatic: "id", foreign: []string{"ForeignKeyField", "DeferredForeignKey"},
		none: []string{"ManyToManyField"}, primary: []string{"primary_key"}})
	if t == nil || m == nil {
		return t
	}
	e, s := metaValue(m, "indexes")
	for _, index := range elements(e) { // ((("a", "b"), True),)
		pair := elements(index)
		if len(pair) == 2 && isTrue(pair[1]) {
			k := UniqueKey{From: r.place(s.Module, index)}
			r.keyParts(t, &k, s, elements(pair[0]))
			t.addKey(k)
		}
	}
	if e, s := metaValue(m, "primary_key"); e != nil {
		if call, ok := e.(*python.Call); ok {
			k := UniqueKey{}
			r.keyParts(t, &k, s, call.Args)
			t.removeKeys(func(k UniqueKey) bool { return k.Primary })
			for _, name := range k.Columns {
				t.addPrimary(name, r.place(s.Module, e))
			}
		}
	}
	return t
}

func (r *reader) ormar(c *program.Class) *Table {
	m := meta(c, "Meta")
	name := r.metaText(m, "tablename")
	list, s := metaValue(m, "constraints")
	if b := own(c, "ormar_config"); b != nil {
		if call, ok := b.Value.(*python.Call); ok {
			s = bodyScope(c)
			name, _ = r.text(s, keyword(call, "tablename"))
			list = keyword(call, "constraints")
			if isTrue(keyword(call, "abstract")) {
				return nil
			}
		}
	}
	if metaTrue(m, "abstract") {
		return nil
	}
	t := r.fieldModel(c, orElse(name, strings.ToLower(c.Name)+"s"), fieldStyle{orm: Ormar, foreign: []string{"ForeignKey"},
		none: []string{"ManyToMany"}, primary: []string{"primary_key"}})
	if t == nil {
		return nil
	}
	for _, el := range elements(list) {
		if call, ok := el.(*python.Call); ok && lastName(call.Func) == "UniqueColumns" {
			k := UniqueKey{From: r.place(s.Module, call)}
			r.keyParts(t, &k, s, call.Args)
			t.addKey(k)
		}
	}
	return t
}

func (r *reader) piccolo(c *program.Class) *Table {
	name := snake(c.Name)
	for _, k := range c.Def.Keywords {
		if k.Name == "tablename" {
			if text, ok := r.text(bodyScope(c), k.Value); ok {
				name = text
			}
		}
	}
	return r.fieldModel(c, name, fieldStyle{orm: Piccolo, automatic: "id", nullable: false, foreign: []string{"ForeignKey"},
		none: []string{"M2M"}, primary: []string{"primary_key"}})
}
