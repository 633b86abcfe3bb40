package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// newCollection starts a collection; _id is its key.
func (r *reader) newCollection(name string, orm ORM, c *program.Class) *Table {
	t := newTable(name, orm)
	t.Class = c
	t.addColumn(&Column{Name: "_id", Attribute: "id", Primary: true, Filled: true})
	t.addPrimary("_id", Place{})
	if c != nil {
		t.Defined = r.place(c.Module, c.Def)
	}
	return t
}

// beanie reads a Beanie document: fields by annotation, indexes in Indexed(…) or in Settings.
func (r *reader) beanie(c *program.Class) *Table {
	settings, _ := c.Attr("Settings")
	var set *program.Class
	if settings != nil {
		set = settings.Class
	}
	name := c.Name
	if own := meta(c, "Settings"); own != nil {
		name = orElse(r.metaText(own, "name"), c.Name)
	}
	t := r.newCollection(name, Beanie, c)
	if c.IsSubclass("fastapi_users.db.BeanieBaseUser", "fastapi_users_db_beanie.BeanieBaseUser") {
		t.addColumn(&Column{Name: "email", Attribute: "email"})
		t.addKey(UniqueKey{Columns: []string{"email"}, From: t.Defined})
	}
	r.documentFields(t, c)
	if metaTrue(set, "use_revision") || metaTrue(set, "use_revision_id") {
		t.VersionColumn = "revision_id"
	}
	e, s := metaValue(set, "indexes")
	for _, index := range elements(e) {
		r.documentIndex(t, s, index)
	}
	return t
}

// odmantic reads an ODMantic model: fields by annotation, which Field(unique=True) may make a key, the collection's name and the indexes in
// model_config.
func (r *reader) odmantic(c *program.Class) *Table {
	name, indexes := snake(strings.TrimSuffix(c.Name, "Model")), python.Expr(nil)
	if b := own(c, "model_config"); b != nil {
		if d, ok := b.Value.(*python.Dict); ok {
			for i, key := range d.Keys {
				switch key, _ := constText(key); key {
				case "collection":
					name, _ = r.text(bodyScope(c), d.Values[i])
				case "indexes":
					indexes = d.Values[i]
				}
			}
		}
	}
	t := r.newCollection(name, ODMantic, c)
	r.documentFields(t, c)
	for _, attr := range c.Order {
		if call, ok := c.Names[attr].Value.(*python.Call); ok && lastName(call.Func) == "Field" && isTrue(keyword(call, "unique")) {
			t.addKey(UniqueKey{Columns: []string{attr}, From: r.place(c.Module, call)})
		}
	}
	if l, ok := indexes.(*python.Lambda); ok {
		for _, e := range elements(l.Body) { // lambda: [Index(Seat.hall, Seat.number, unique=True)]
			call, ok := e.(*python.Call)
			if !ok || !isTrue(keyword(call, "unique")) {
				continue
			}
			key := UniqueKey{From: r.place(c.Module, call), NullsNotDistinct: true}
			for _, field := range call.Args {
				key.Columns = append(key.Columns, lastName(field))
			}
			t.addKey(key)
		}
	}
	return t
}

// documentFields reads the fields of a document, those of its bases first.
func (r *reader) documentFields(t *Table, c *program.Class) {
	mro := c.MRO()
	for i := len(mro) - 1; i >= 0; i-- {
		for _, attr := range mro[i].Order {
			if b := mro[i].Names[attr]; b.Annotation != nil && attr != "id" {
				r.documentField(t, mro[i], b)
			}
		}
	}
}

func (r *reader) documentField(t *Table, c *program.Class, b *program.Binding) {
	s := bodyScope(c)
	typ := r.p.Annotation(s, b.Annotation)
	text := source(c.Module, b.Annotation)
	if isClassVar(typ, text) || b.Name == "model_config" {
		return
	}
	col := &Column{Name: b.Name, Attribute: b.Name, Type: typeName(typ, text), Nullable: typ.Optional, Filled: b.Value != nil}
	if call, ok := b.Value.(*python.Call); ok && lastName(call.Func) == "Field" {
		if alias, ok := r.text(s, keyword(call, "alias")); ok && alias != "" {
			col.Name = alias
		}
	}
	t.addColumn(col)
	candidates := append([]python.Expr{b.Annotation}, typ.Metadata...)
	for _, e := range candidates { // email: Indexed(str, unique=True), or Annotated[str, Indexed(unique=True)]
		if call, ok := e.(*python.Call); ok && lastName(call.Func) == "Indexed" && isTrue(keyword(call, "unique")) {
			t.addKey(UniqueKey{Columns: []string{col.Name}, From: r.place(c.Module, b.Annotation)})
		}
	}
}

// documentIndex reads IndexModel([("a", ASCENDING)], unique=True); plain strings and lists are not unique.
func (r *reader) documentIndex(t *Table, s program.Scope, e python.Expr) {
	call, ok := e.(*python.Call)
	if !ok || !isTrue(keyword(call, "unique")) {
		return
	}
	keys := argument(call, 0, "keys")
	k := UniqueKey{From: r.place(s.Module, call), Name: r.nameOf(s, keyword(call, "name")), NullsNotDistinct: true}
	k.Columns = r.mongoKeys(s, keys)
	if p := keyword(call, "partialFilterExpression"); p != nil {
		k.Where = orElse(r.filterText(s, p, &k), "?")
	}
	if isTrue(keyword(call, "sparse")) {
		k.NullsNotDistinct = false
	}
	if c := keyword(call, "collation"); c != nil && strings.Contains(source(s.Module, c), "strength") {
		for _, name := range k.Columns {
			k.Expressions = append(k.Expressions, "lower("+name+")")
		}
		k.Columns = nil
	}
	t.addKey(k)
}

// mongoKeys reads "email", [("a", 1), "b"], or {"a": 1}.
func (r *reader) mongoKeys(s program.Scope, e python.Expr) []string {
	if text, ok := r.text(s, e); ok {
		return []string{text}
	}
	var names []string
	if d, ok := e.(*python.Dict); ok {
		for _, k := range d.Keys {
			if text, ok := constText(k); ok {
				names = append(names, text)
			}
		}
		return names
	}
	for _, el := range elements(e) {
		parts := elements(el)
		if len(parts) == 0 {
			continue
		}
		if text, ok := r.text(s, parts[0]); ok {
			names = append(names, text)
		}
	}
	return names
}

// filterText writes the equality and existence tests of a partial filter.
func (r *reader) filterText(s program.Scope, e python.Expr, k *UniqueKey) string {
	d, ok := e.(*python.Dict)
	if !ok {
		return ""
	}
	var terms []string
	for i, key := range d.Keys {
		name, ok := constText(key)
		if !ok {
			return ""
		}
		k.WhereColumns = append(k.WhereColumns, name)
		if value := r.sqlText(s, d.Values[i], 0); value == "null" {
			terms = append(terms, name+" is null")
		} else if value != "" {
			terms = append(terms, name+" = "+value)
		} else {
			terms = append(terms, name+" ?")
		}
	}
	return strings.Join(terms, " and ")
}

// mongoEngine reads a MongoEngine document.
func (r *reader) mongoEngine(c *program.Class) *Table {
	name := snake(c.Name)
	var indexes python.Expr
	s := bodyScope(c)
	if b := own(c, "meta"); b != nil {
		d, _ := b.Value.(*python.Dict)
		for i := 0; d != nil && i < len(d.Keys); i++ {
			switch key, _ := constText(d.Keys[i]); key {
			case "abstract":
				if isTrue(d.Values[i]) {
					return nil
				}
			case "collection":
				name, _ = r.text(s, d.Values[i])
			case "indexes":
				indexes = d.Values[i]
			}
		}
	}
	t := r.fieldModel(c, name, fieldStyle{orm: MongoEngine, nullable: true, automatic: "_id", primary: []string{"primary_key"}})
	if t == nil {
		return nil
	}
	r.uniqueWith(t, c)
	for _, el := range elements(indexes) {
		if d, ok := el.(*python.Dict); ok && dictTrue(d, "unique") {
			for i, key := range d.Keys {
				if text, _ := constText(key); text == "fields" {
					k := UniqueKey{From: r.place(c.Module, el)}
					for _, f := range r.textList(s, d.Values[i]) {
						k.Columns = append(k.Columns, strings.TrimLeft(f, "+-#$"))
					}
					t.addKey(k)
				}
			}
		}
	}
	return t
}

// uniqueWith reads StringField(unique_with=["tenant"]).
func (r *reader) uniqueWith(t *Table, c *program.Class) {
	for _, attr := range c.Order {
		call, _ := c.Names[attr].Value.(*python.Call)
		if call == nil {
			continue
		}
		if with := keyword(call, "unique_with"); with != nil {
			t.addKey(UniqueKey{Columns: append([]string{attr}, r.textList(bodyScope(c), with)...), From: r.place(c.Module, call)})
		}
	}
}

// mongoIndex reads collection.create_index("email", unique=True) of PyMongo and Motor.
func (r *reader) mongoIndex(s program.Scope, call *python.Call) {
	a, ok := call.Func.(*python.Attribute)
	if !ok || lastName(a.Value) == "op" || strings.HasSuffix(r.qual(s, a.Value), "alembic.op") {
		return
	}
	if name := r.collectionName(s, a.Value, 0); name != "" {
		r.documentIndex(r.collection(name, call, s), s, call)
	}
}

func (r *reader) mongoIndexes(s program.Scope, call *python.Call) {
	a, ok := call.Func.(*python.Attribute)
	if !ok || len(call.Args) == 0 {
		return
	}
	if name := r.collectionName(s, a.Value, 0); name != "" {
		for _, el := range elements(call.Args[0]) {
			r.documentIndex(r.collection(name, call, s), s, el)
		}
	}
}

func (r *reader) collection(name string, call *python.Call, s program.Scope) *Table {
	if t := r.s.Tables[name]; t != nil {
		return t
	}
	t := r.newCollection(name, Mongo, nil)
	t.Defined = r.place(s.Module, call)
	r.add(t)
	return t
}

// collectionName is the name of a collection: db["users"], db.users, db.get_collection("users"), or a variable or
// attribute that was set to one of them.
func (r *reader) collectionName(s program.Scope, e python.Expr, depth int) string {
	if depth > 6 {
		return ""
	}
	switch e := e.(type) {
	case *python.Subscript:
		text, _ := r.text(s, e.Slice)
		return text
	case *python.Call:
		if lastName(e.Func) == "get_collection" && len(e.Args) > 0 {
			text, _ := r.text(s, e.Args[0])
			return text
		}
		if ref := r.p.Resolve(s, e.Func); ref.Kind == program.ToFunction && ref.Function != nil {
			f := ref.Function
			for _, ret := range returns(f) {
				if name := r.collectionName(program.Scope{Module: f.Module, Function: f, Class: f.Class}, ret, depth+1); name != "" {
					return name
				}
			}
		}
	case *python.Await:
		return r.collectionName(s, e.Value, depth+1)
	case *python.Name:
		if value, scope := r.valueOf(s, e); value != nil {
			return r.collectionName(scope, value, depth+1)
		}
	case *python.Attribute:
		if n, ok := e.Value.(*python.Name); ok && n.ID == "self" && ownerOf(s) != nil {
			return r.selfCollection(ownerOf(s), e.Attr, depth)
		}
		if value, scope := r.valueOf(s, e); value != nil {
			return r.collectionName(scope, value, depth+1)
		}
		return e.Attr
	}
	return ""
}

// valueOf is the expression that a name or dotted name was set to.
func (r *reader) valueOf(s program.Scope, e python.Expr) (python.Expr, program.Scope) {
	if n, ok := e.(*python.Name); ok && s.Function != nil && s.Function.Local[n.ID] && s.Function.Def != nil {
		var found python.Expr
		assignments(s.Function.Def.Body, func(target string, value python.Expr) {
			if target == n.ID {
				found = value
			}
		})
		return found, s
	}
	if ref := r.p.Resolve(s, e); ref.Kind == program.ToValue && ref.Binding != nil {
		return ref.Binding.Value, program.Scope{Module: ref.Module, Class: ref.Class}
	}
	return nil, s
}

// selfCollection finds self.collection = db["users"] in the constructor.
func (r *reader) selfCollection(c *program.Class, attr string, depth int) string {
	if b, owner := c.Attr(attr); b != nil && b.Value != nil {
		return r.collectionName(bodyScope(owner), b.Value, depth+1)
	}
	init := c.Method("__init__")
	if init == nil || init.Def == nil {
		return ""
	}
	for _, st := range init.Def.Body {
		a, ok := st.(*python.Assign)
		if !ok || len(a.Targets) != 1 {
			continue
		}
		if target, ok := a.Targets[0].(*python.Attribute); ok && target.Attr == attr {
			return r.collectionName(program.Scope{Module: init.Module, Function: init, Class: init.Class}, a.Value, depth+1)
		}
	}
	return ""
}
