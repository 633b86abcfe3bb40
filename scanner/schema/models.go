package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// modelState tells how far the reading of a class has come.
type modelState uint8

const (
	unread modelState = iota
	reading
	done
)

// models reads every class that describes a table or a collection.
func (r *reader) models() {
	for _, c := range r.p.Classes {
		if !r.isMigration(c.Module) { // migrations copy models as they once were
			r.model(c)
		}
	}
	for _, found := range r.calls {
		if found.name == "Table" && !r.isMigration(found.scope.Module) {
			r.classicTable(found.scope, found.call)
		}
	}
	r.imperative()
}

// model reads one class, its bases first, and returns its table or nil.
func (r *reader) model(c *program.Class) *Table {
	if r.state[c] != unread {
		return r.s.ByClass[c]
	}
	r.state[c] = reading
	if c.Def != nil {
		for _, base := range c.MRO() {
			if base != c {
				r.model(base)
			}
		}
		if t := r.describe(c); t != nil {
			r.s.ByClass[c] = t
			r.add(t)
		}
	}
	r.state[c] = done
	return r.s.ByClass[c]
}

// add keeps a table under its name. Of two models with one name the application's wins over that of a test.
func (r *reader) add(t *Table) {
	old := r.s.Tables[t.Name]
	if t.Name != "" && (old == nil || isTestPath(old.Defined.Path) && !isTestPath(t.Defined.Path)) {
		r.s.Tables[t.Name] = t
	}
}

// describe chooses the library by which a class is a model.
func (r *reader) describe(c *program.Class) *Table {
	switch r.libraryOf(c) {
	case Tortoise:
		return r.tortoise(c)
	case Django:
		return r.django(c)
	case Peewee:
		return r.peewee(c)
	case Beanie:
		return r.beanie(c)
	case MongoEngine:
		return r.mongoEngine(c)
	case ODMantic:
		return r.odmantic(c)
	case Ormar:
		return r.ormar(c)
	case Piccolo:
		return r.piccolo(c)
	}
	return r.declarative(c)
}

// roots are the base classes by which the libraries other than SQLAlchemy are recognised.
var roots = []struct {
	orm  ORM
	base []string
}{
	{Tortoise, []string{"tortoise.models.Model", "tortoise.Model"}},
	{Django, []string{"django.db.models.Model", "django.db.models.base.Model", "django.contrib.auth.models.AbstractUser", "django.contrib.auth.models.AbstractBaseUser"}},
	{Peewee, []string{"peewee.Model"}},
	{Beanie, []string{"beanie.Document", "beanie.DocumentWithSoftDelete", "beanie.odm.documents.Document"}},
	{MongoEngine, []string{"mongoengine.Document", "mongoengine.DynamicDocument", "mongoengine.document.Document"}},
	{ODMantic, []string{"odmantic.Model", "odmantic.model.Model"}},
	{Ormar, []string{"ormar.Model"}},
	{Piccolo, []string{"piccolo.table.Table"}},
}

func (r *reader) libraryOf(c *program.Class) ORM {
	for _, root := range roots {
		if c.IsSubclass(root.base...) {
			return root.orm
		}
	}
	return NoORM
}

// own is a binding of the class body itself.
func own(c *program.Class, name string) *program.Binding { return c.Names[name] }

// bodyScope is the scope of the expressions in a class body.
func bodyScope(c *program.Class) program.Scope {
	return program.Scope{Module: c.Module, Class: c}
}

func newTable(name string, orm ORM) *Table {
	return &Table{Name: name, ORM: orm, Columns: map[string]*Column{}, Attributes: map[string]string{},
		Relationships: map[string]*Relationship{}, Hybrids: map[string]bool{}}
}

// The limits of one table are far beyond those of any engine; generated code runs into them, people do not.
const (
	maxTableColumns = 4_000
	maxTableKeys    = 400
)

func (t *Table) addColumn(c *Column) {
	if c.Name == "" || len(t.Columns) >= maxTableColumns {
		return
	}
	if t.Columns[c.Name] == nil {
		t.Order = append(t.Order, c.Name)
	}
	t.Columns[c.Name] = c
	if c.Attribute != "" {
		t.Attributes[c.Attribute] = c.Name
	}
}

// removeKeys drops the keys that a test holds for.
func (t *Table) removeKeys(drop func(UniqueKey) bool) {
	var kept []UniqueKey
	for _, k := range t.Unique {
		if !drop(k) {
			kept = append(kept, k)
		}
	}
	t.Unique = kept
}

// addKey adds a key unless the same one is there.
func (t *Table) addKey(k UniqueKey) {
	if len(k.Columns)+len(k.Expressions) == 0 || len(t.Unique) >= maxTableKeys {
		return
	}
	for i, have := range t.Unique {
		if have.signature() == k.signature() {
			if have.Name == "" {
				t.Unique[i].Name = k.Name
			}
			return
		}
	}
	t.Unique = append(t.Unique, k)
}

// snake is the usual name of a table made from the name of a class.
func snake(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			if i > 0 && (name[i-1] < 'A' || name[i-1] > 'Z' || i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z') && name[i-1] != '_' {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// textList reads a list of constant strings; names and attributes stand for themselves (Model.email gives "email").
func (r *reader) textList(s program.Scope, e python.Expr) []string {
	var list []string
	for _, el := range elements(e) {
		if text := r.columnRef(s, el); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// columnRef is the column that an argument of a constraint names: a string, a name of the class body, Model.column,
// table.c.column, or column.desc().
func (r *reader) columnRef(s program.Scope, e python.Expr) string {
	switch e := e.(type) {
	case *python.Name:
		if s.Class != nil && s.Class.Names[e.ID] != nil {
			return e.ID
		}
		if text, ok := r.text(s, e); ok {
			return text
		}
		return e.ID
	case *python.Attribute:
		if _, _, ok := r.enumValue(s, e); !ok {
			return e.Attr
		}
	case *python.Call:
		switch lastName(e.Func) {
		case "desc", "asc", "nullslast", "nullsfirst", "column", "Column", "literal_column", "nulls_last", "nulls_first":
			if len(e.Args) > 0 {
				return r.columnRef(s, e.Args[0])
			}
			if a, ok := e.Func.(*python.Attribute); ok {
				return r.columnRef(s, a.Value)
			}
		case "quoted_name", "f", "conv":
			if len(e.Args) > 0 {
				return r.columnRef(s, e.Args[0])
			}
		}
		return ""
	}
	text, _ := r.text(s, e)
	return text
}

// enumValue recognises Enum.MEMBER.value.
func (r *reader) enumValue(s program.Scope, e *python.Attribute) (python.Expr, program.Scope, bool) {
	inner, ok := e.Value.(*python.Attribute)
	if !ok || e.Attr != "value" {
		return nil, s, false
	}
	ref := r.p.Resolve(s, inner)
	if ref.Kind != program.ToValue || ref.Binding == nil {
		return nil, s, false
	}
	return ref.Binding.Value, program.Scope{Module: ref.Module, Class: ref.Class}, true
}
