package effects

import (
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Document stores: Motor and PyMongo, sync and async. Each command on one document is one atomic step on its latest value.

var documents = Library{
	Classes: []Class{
		{"mongo session", "mongo session"}, {"mongo transaction", "mongo transaction"},
		{"motor.motor_asyncio.AsyncIOMotorClient", "mongo"}, {"pymongo.MongoClient", "mongo"}, {"pymongo.AsyncMongoClient", "mongo"}, {"pymongo.mongo_client.MongoClient", "mongo"},
		{"motor.motor_asyncio.AsyncIOMotorDatabase", "mongo"}, {"pymongo.database.Database", "mongo"}, {"pymongo.asynchronous.database.AsyncDatabase", "mongo"},
		{"motor.motor_asyncio.AsyncIOMotorCollection", "collection"}, {"pymongo.collection.Collection", "collection"}, {"pymongo.asynchronous.collection.AsyncCollection", "collection"},
	},
	Methods: []Family{
		{"mongo", []Named{{"__getitem__", mongoPart}, {"get_database", mongoPart}, {"get_collection", mongoPart}, {"get_default_database", mongoPart}, {"start_session", mongoSession}}},
		{"mongo session", []Named{{"start_transaction", mongoTransaction}, {"with_transaction", withTransaction}, {"commit_transaction", func(*Call) *Value { return None }}, {"abort_transaction", func(*Call) *Value { return None }}, {"end_session", func(*Call) *Value { return None }}}},
		{"collection", collectionMethods},
		{"rows", []Named{{"sort", sortDocuments}, {"limit", sameDocuments}, {"skip", sameDocuments}}},
	},
	Attrs: []Getter{{"mongo", mongoAttr}},
	Enter: []Enter{{"mongo session", enterSession}, {"mongo transaction", enterMongo}},
	Exit: []Exit{
		{"mongo session", func(*World, *Value, bool) {}},
		{"mongo transaction", func(_ *World, v *Value, _ bool) { v.Obj.Extra.(*tx).sess.Obj.Extra = nil }},
	},
	Shape: documentShape,
}

var collectionMethods = ofNamed([]Named{
	{"find_one", findOne}, {"find", findOne}, {"count_documents", countDocuments}, {"distinct", findOne},
	{"insert_one", insertDocument}, {"insert_many", insertDocument},
	{"update_one", updateDocument}, {"update_many", updateDocument}, {"replace_one", updateDocument},
	{"delete_one", deleteDocument}, {"delete_many", deleteDocument},
	{"find_one_and_update", updateDocument}, {"find_one_and_replace", updateDocument}, {"find_one_and_delete", deleteDocument},
})

// ofNamed keeps methods to collections whose name is known: of two without one nobody can tell whether they are the same.
func ofNamed(methods []Named) []Named {
	for i := range methods {
		m := methods[i].Model
		methods[i].Model = func(c *Call) *Value {
			if collectionName(c) == "" {
				return nil
			}
			return m(c)
		}
	}
	return methods
}

// documentShape recognises the commands of a collection by their names, which no other library has.
func documentShape(c *Call) *Value {
	switch c.Name {
	case "find_one", "insert_one", "update_one", "delete_one", "find_one_and_update", "find_one_and_delete", "replace_one", "count_documents", "update_many", "delete_many", "insert_many":
		if c.Recv.Kind == ClassRef || c.Recv.Kind == Entity {
			return nil
		}
		return joined.methods["collection"][c.Name](c)
	}
	return nil
}

func mongoAttr(w *World, recv *Value, name string) *Value {
	if mongoMethod(name) {
		return nil
	}
	return mongoChild(w, recv, name)
}

// mongoMethod tells whether an attribute of a client or database is a method and not the name of a part.
func mongoMethod(name string) bool {
	switch name {
	case "get_database", "get_collection", "get_default_database", "close", "start_session", "command", "list_collection_names":
		return true
	}
	return false
}

func mongoPart(c *Call) *Value {
	name := "default"
	if len(c.Args) > 0 {
		name = c.Args[0].Sym
		if s, ok := c.Args[0].Str(); ok {
			name = s
		}
	}
	return mongoChild(c.World, c.Recv, name)
}

func mongoChild(w *World, recv *Value, name string) *Value {
	o := w.NewObject()
	o.Qual = "pymongo.database.Database"
	if strings.HasSuffix(recv.Obj.Qual, "Database") {
		o.Qual = "pymongo.collection.Collection"
	}
	return &Value{Kind: ExtObject, Obj: o, Sym: name, Deps: recv.Deps}
}

// collectionName is what the collection is called. The name of one that is known may hold dots itself: db["staging.tasks"].
func collectionName(c *Call) string {
	s := c.Recv.Sym
	if c.Recv.Kind == ExtObject && c.Recv.Obj != nil && strings.HasSuffix(c.Recv.Obj.Qual, "Collection") {
		return strings.Trim(s, "()")
	}
	at := ".["
	if strings.HasSuffix(s, "]") {
		at = "["
	}
	if i := strings.LastIndexAny(s, at); i >= 0 {
		s = strings.Trim(s[i+1:], "[]'\"()")
	}
	return strings.Trim(s, "()")
}

// documentOp begins an operation on the documents that a filter names.
func documentOp(c *Call, k interleave.Kind, filter *Value) Op {
	op := Op{Guess: c.Recv.Kind != ExtObject}
	op.Kind = k
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: collectionName(c)}
	op.From = c.Deps().Ints()
	if filter == nil {
		return op
	}
	if named := c.namedOnly(filter); len(named) > 0 {
		op.Own().Named = named
	}
	if m := filter.Pick(Mapping); m != nil {
		var eq, how []string // which document it is, and how it has to be: a constant is true of many
		for _, p := range m.Pairs {
			if p.Key == nil {
				continue
			}
			name, ok := p.Key.Str()
			if within := partsAsked(p); len(within) > 0 {
				op.Res.Where = append(op.Res.Where, within...)
				continue
			}
			if !ok {
				continue
			}
			cond := interleave.Cond{Column: name, Op: "=", Value: valueSym(p.Value)}
			if p.Value.IsNone() {
				cond = interleave.Cond{Column: name, Op: "is null"}
			} else if p.Value.Kind == Mapping {
				cond = operatorCond(name, p.Value)
			}
			if isDocumentKey(name) && cond.Op != "!=" && cond.Op[0] != '<' && cond.Op[0] != '>' { // those that have another one
				op.Res.Key = foundBy(c.World, op.Res.Name, p.Value, cond.Value)
				continue
			}
			switch {
			case cond.Op != "=":
			case p.Value.Kind == Const:
				how = append(how, name+"="+cond.Value)
			default:
				eq = append(eq, name+"="+cond.Value)
			}
			op.Res.Where = append(op.Res.Where, cond)
		}
		if len(eq) == 0 {
			eq = how
		}
		sort.Strings(eq)
		if op.Res.Key == "" {
			op.Res.Key = strings.Join(eq, ",")
		}
	}
	return op
}

// partsAsked are the conditions that a part of a filter makes of fields in a way of which only is known what they are: an expression, several
// filters of which one is to hold, or an element of a list. `{"$expr": {"$lt": [{"$size": "$seats"}, "$most"]}}`, `{"seats.4": {"$exists": False}}`
func partsAsked(p Pair) []interleave.Cond {
	var fields []string
	name := Template(p.Key)
	list, rest, element := strings.Cut(name, ".")
	switch {
	case name == "$expr":
		fields = fieldsIn(p.Value, nil)
	case name == "$or" || name == "$nor" || name == "$and":
		for _, filter := range p.Value.Items {
			for _, q := range filter.Pairs {
				if q.Key == nil {
					continue
				}
				if field, ok := q.Key.Str(); ok && !strings.HasPrefix(field, "$") {
					fields = append(fields, field)
				}
			}
		}
	case element && (strings.HasPrefix(rest, "{") || strings.Trim(rest, "0123456789") == ""):
		fields = []string{list}
	}
	var out []interleave.Cond
	for _, f := range fields {
		out = append(out, interleave.Cond{Column: f, Op: "?"})
	}
	return out
}

// fieldsIn adds the fields that an expression of Mongo's names: "$seats".
func fieldsIn(v *Value, fields []string) []string {
	if v == nil {
		return fields
	}
	if s, ok := v.Str(); ok && len(s) > 1 && s[0] == '$' && s[1] != '$' {
		field, _, _ := strings.Cut(s[1:], ".")
		return append(fields, field)
	}
	for _, it := range v.Items {
		fields = fieldsIn(it, fields)
	}
	for _, p := range v.Pairs {
		fields = fieldsIn(p.Value, fields)
	}
	return fields
}

// namedOnly returns the reads of which a command took nothing but which document it is about.
func (c *Call) namedOnly(filter *Value) []int {
	var rest Deps
	for _, a := range c.Args {
		if a != filter {
			rest = rest.With(a.AllDeps())
		}
	}
	for _, k := range c.Kw {
		if k.Value != filter {
			rest = rest.With(k.Value.AllDeps())
		}
	}
	if c.Recv != nil {
		rest = rest.With(c.Recv.Deps)
	}
	return slices.DeleteFunc(filter.AllDeps().Ints(), rest.Has)
}

func isDocumentKey(name string) bool { return name == "_id" || name == "id" }

// foundBy names the document whose key is given: the number of a document that was read is what it was read by.
func foundBy(w *World, collection string, key *Value, sym string) string {
	if i := int(key.Src) - 1; i >= 0 && i < len(w.Ops) && isDocumentKey(key.SrcCol) {
		if r := &w.Ops[i].Res; r.Store == interleave.KeyValue && r.Name == collection && r.Key != "" {
			return r.Key
		}
	}
	return sym
}

var mongoOps = map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<=", "$ne": "!=", "$in": "in", "$eq": "="}

func operatorCond(name string, v *Value) interleave.Cond {
	for _, p := range v.Pairs {
		if p.Key == nil {
			continue
		}
		if s, ok := p.Key.Str(); ok && mongoOps[s] != "" {
			return interleave.Cond{Column: name, Op: mongoOps[s], Value: p.Value.Sym}
		}
	}
	return interleave.Cond{Column: name, Op: "?"}
}

func findOne(c *Call) *Value {
	op := documentOp(c, interleave.Read, c.Arg(0, "filter"))
	if newest := highestField(c.Keyword("sort"), nil); newest != "" {
		op.Own().Newest = newest
	}
	i := c.readInMongo(c.Emit(op))
	v := Opaque(op.Res.Name+"["+op.Res.Key+"]", Dep(i))
	v.Src = int32(i + 1)
	if c.Name == "find" || c.Name == "distinct" {
		return &Value{Kind: Rows, Elem: v, Deps: Dep(i), Src: v.Src}
	}
	return v
}

func countDocuments(c *Call) *Value {
	op := documentOp(c, interleave.Read, c.Arg(0, "filter"))
	op.Res.Key, op.Res.Aggregate = "", interleave.Count
	i := c.readInMongo(c.Emit(op))
	v := Opaque("count("+op.Res.Name+")", Dep(i))
	v.Src = int32(i + 1)
	return v
}

func insertDocument(c *Call) *Value {
	op := documentOp(c, interleave.Insert, nil)
	if d := c.Arg(0, "document"); d != nil {
		for _, p := range d.Pairs {
			if p.Key == nil {
				continue
			}
			if name, ok := p.Key.Str(); ok {
				op.Set = append(op.Set, interleave.Assignment{Column: name, Value: valueSym(p.Value)})
				if name == "_id" && c.soughtBy(op.Res.Name, valueSym(p.Value)) {
					op.Unique = append(op.Unique, []string{name})
				}
			}
		}
	}
	if c.Schema != nil {
		if t := c.Schema.Table(op.Res.Name); t != nil {
			for _, u := range t.Unique {
				if !u.Primary && len(u.Columns) > 0 {
					op.Unique = append(op.Unique, u.Columns)
				}
			}
		}
	}
	return result(c.Fresh("inserted"), c.inMongo(c.Emit(op)))
}

// soughtBy tells whether the request has looked for the document of a key before: the one that it inserts under it is no new one, and Mongo
// refuses a second.
func (w *World) soughtBy(collection, key string) bool {
	return slices.ContainsFunc(w.Ops, func(op Op) bool {
		return op.Kind == interleave.Read && op.Res.Store == interleave.KeyValue && op.Res.Name == collection && op.Res.Key == key
	})
}

func updateDocument(c *Call) *Value {
	op := documentOp(c, interleave.Update, c.Arg(0, "filter"))
	if u := c.Arg(1, "update"); u != nil {
		if m := u.Pick(Mapping); m != nil {
			onlyNew := setsOnlyNew(m) && op.Res.Key != "" && len(op.Res.Where) == 0
			if onlyNew { // one that is there stays as it is
				op.Kind, op.Flags = interleave.Insert, interleave.OnConflictIgnore
				op.Unique, op.Set = [][]string{{"_id"}}, []interleave.Assignment{{Column: "_id", Value: op.Res.Key}}
			}
			for _, p := range m.Pairs {
				if p.Key == nil {
					continue
				}
				verb, _ := p.Key.Str()
				if verb == "$setOnInsert" && !onlyNew {
					continue
				}
				if !strings.HasPrefix(verb, "$") {
					op.Set = append(op.Set, interleave.Assignment{Column: "*"})
					break
				}
				if p.Value.Kind != Mapping {
					op.Set = append(op.Set, interleave.Assignment{Column: "*"})
					continue
				}
				for _, f := range p.Value.Pairs {
					if f.Key == nil {
						op.Set = append(op.Set, interleave.Assignment{Column: "*"})
						continue
					}
					if name, ok := f.Key.Str(); ok {
						if verb == "$addToSet" && c.askedAmong(valueSym(f.Value)) { // it changes nothing where the list has it
							op.Res.Where = append(op.Res.Where, interleave.Cond{Column: name, Op: "!=", Value: valueSym(f.Value)})
						}
						op.Set = append(op.Set, interleave.Assignment{Column: name, Value: valueSym(f.Value), Relative: verb == "$inc" || verb == "$push" || verb == "$addToSet" || verb == "$pull"})
					} else {
						op.Set = append(op.Set, interleave.Assignment{Column: "*"})
					}
				}
			}
		}
	}
	if replaces(c) && len(op.Set) == 0 {
		op.Set = []interleave.Assignment{{Column: "*"}} // all that the document holds, and whoever built it is not asked how
	}
	renewExpected(&op)
	if replaces(c) {
		movesExpected(&op, c.Arg(1, "replacement"))
	}
	if c.True("upsert") && op.Kind == interleave.Update {
		op.Flags |= interleave.OnConflictUpdate
	}
	return documentResult(c, op)
}

// askedAmong tells whether all that the request has asked of a list before is whether a value is among others, and not how many there are.
func (w *World) askedAmong(value string) bool {
	asked := func(found func(u PredUse) bool) bool {
		return slices.ContainsFunc(w.Ops, func(op Op) bool {
			return op.Kind == interleave.Check && op.Pred != nil && slices.ContainsFunc(op.Pred.Uses, found)
		})
	}
	counts := func(v *Value) bool { return v != nil && v.Kind == Unknown && v.Self != nil }
	return asked(func(u PredUse) bool {
		return (u.Op == "in" || u.Op == "not in") && u.Left != nil && valueSym(u.Left) == value
	}) &&
		!asked(func(u PredUse) bool { return counts(u.Left) || counts(u.Right) })
}

// setsOnlyNew tells whether an update gives values to a document only where it makes it.
func setsOnlyNew(update *Value) bool {
	return len(update.Pairs) > 0 && !slices.ContainsFunc(update.Pairs, func(p Pair) bool {
		return p.Key == nil || !p.Key.Is("'$setOnInsert'")
	})
}

func deleteDocument(c *Call) *Value {
	return documentResult(c, documentOp(c, interleave.Delete, c.Arg(0, "filter")))
}

// documentResult is the result of a write: the document for find_one_and_…, otherwise the counts.
func documentResult(c *Call, op Op) *Value {
	i := c.inMongo(c.Emit(op))
	v := result(c.Name, i)
	v.Name = "document result"
	return v
}
