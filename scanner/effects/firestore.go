package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Firestore: documents under names in collections. Each call is what Mongo's command on the document of that key would be. A transaction's
// writes are refused, and it begins anew, when what it read has changed.

const (
	fireClient     = "firestore client"
	fireCollection = "firestore collection"
	fireDocument   = "firestore document"
	fireSnapshot   = "firestore snapshot"
	fireUnit       = "firestore transaction" // or a batch
)

var firestore = Library{
	Funcs: []Named{
		{"firebase_admin.firestore.client", fireObject(fireClient)}, {"firebase_admin.firestore_async.client", fireObject(fireClient)},
		{"google.cloud.firestore.Client", fireObject(fireClient)}, {"google.cloud.firestore.AsyncClient", fireObject(fireClient)},
	},
	Classes: []Class{
		{"firebase_admin.firestore.Client", fireClient}, {"google.cloud.firestore.Client", fireClient}, {"google.cloud.firestore.AsyncClient", fireClient},
		{fireClient, fireClient}, {fireCollection, fireCollection}, {fireDocument, fireDocument}, {fireSnapshot, fireSnapshot}, {fireUnit, fireUnit},
	},
	Methods: []Family{
		{fireClient, []Named{{"collection", firePart}, {"document", firePart}, {"transaction", fireObject(fireUnit)}, {"batch", fireObject(fireUnit)}}},
		{fireCollection, []Named{{"document", firePart}, {"where", fireWhere}, {"limit", fireSame}, {"order_by", fireSame}, {"offset", fireSame}, {"stream", fireList}, {"get", fireList},
			{"add", fireWrite}}},
		{fireDocument, []Named{{"collection", firePart}, {"get", fireGet}, {"set", fireWrite}, {"create", fireWrite}, {"update", fireWrite}, {"delete", fireWrite}}},
		{fireSnapshot, []Named{{"to_dict", fireHeld}, {"get", fireHeld}}},
		{fireUnit, []Named{{"set", fireByUnit}, {"create", fireByUnit}, {"update", fireByUnit}, {"delete", fireByUnit}}},
	},
	Attrs: []Getter{{fireSnapshot, fireAttr}},
}

// firePlace is what a collection, a query or a document is about: the collection, and which of its documents.
type firePlace struct {
	collection *Value
	filter     []Pair
}

func fireObject(qual string) Model {
	return func(c *Call) *Value { return fireMade(c, qual, nil) }
}

func fireMade(c *Call, qual string, extra any) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = qual, extra
	return &Value{Kind: ExtObject, Obj: o, Sym: qual, Deps: c.Deps()}
}

// firePart is a collection of a client or document, or a document of a collection.
func firePart(c *Call) *Value {
	name := c.Arg(0, c.Name+"_id")
	of, _ := c.Recv.Obj.Extra.(*firePlace)
	if c.Name == "document" && of != nil {
		if name == nil {
			name = Opaque(c.Fresh("document"), nil) // of a name that is made up
		}
		return fireMade(c, fireDocument, &firePlace{of.collection, []Pair{{Key: Text("_id"), Value: name}}})
	}
	path := Template(name)
	if name == nil || path == "" || c.Name == "document" {
		return nil
	}
	o := c.NewObject()
	o.Qual = "pymongo.collection.Collection"
	return fireMade(c, fireCollection, &firePlace{collection: &Value{Kind: ExtObject, Obj: o, Sym: path}})
}

// fireOperators are Firestore's comparisons as Mongo spells them.
var fireOperators = []struct{ fire, mongo string }{{"<", "$lt"}, {"<=", "$lte"}, {">", "$gt"}, {">=", "$gte"}, {"!=", "$ne"}, {"in", "$in"}, {"not-in", "$nin"}}

// fireWhere adds a condition: where("state", "==", "open"), where(filter=FieldFilter("state", "==", "open")).
func fireWhere(c *Call) *Value {
	of, _ := c.Recv.Obj.Extra.(*firePlace)
	if of == nil {
		return nil
	}
	terms := c.Args
	if f := c.Keyword("filter"); f != nil && f.Obj != nil {
		terms = f.Obj.Args
	}
	if len(terms) != 3 {
		return c.Recv
	}
	op, _ := terms[1].Str()
	pair := Pair{Key: terms[0], Value: terms[2]}
	for _, o := range fireOperators {
		if o.fire == op {
			pair.Value = &Value{Kind: Mapping, Pairs: []Pair{{Key: Text(o.mongo), Value: terms[2]}}, Deps: terms[2].AllDeps()}
		}
	}
	return fireMade(c, fireCollection, &firePlace{of.collection, append(slices.Clone(of.filter), pair)})
}

func fireSame(c *Call) *Value { return c.Recv }

// fireCommand runs a command of Mongo's on a place.
func fireCommand(c *Call, of *firePlace, name string, more ...*Value) *Value {
	filter := &Value{Kind: Mapping, Pairs: of.filter}
	for _, p := range of.filter {
		filter.Deps = filter.Deps.With(p.Value.AllDeps())
	}
	cmd := &Call{World: c.World, Recv: of.collection, Name: name, Node: c.Node, Args: append([]*Value{filter}, more...)}
	if name == "insert_one" {
		cmd.Args = more
	}
	if name == "replace_one" {
		cmd.Kw = []Keyword{{Name: "upsert", Value: Bool(true)}}
	}
	return joined.methods["collection"][name](cmd)
}

func fireGet(c *Call) *Value {
	of, _ := c.Recv.Obj.Extra.(*firePlace)
	if of == nil {
		return nil
	}
	row := fireCommand(c, of, "find_one")
	fireSeen(c, row)
	return fireMade(c, fireSnapshot, row)
}

// fireSeen notes what a transaction has read.
func fireSeen(c *Call, read *Value) {
	if t := c.Keyword("transaction").Pick(ExtObject); t != nil && t.Obj != nil && read != nil {
		seen, _ := t.Obj.Extra.(Deps)
		t.Obj.Extra = seen.With(read.AllDeps())
	}
}

func fireList(c *Call) *Value {
	of, _ := c.Recv.Obj.Extra.(*firePlace)
	if of == nil {
		return nil
	}
	rows := fireCommand(c, of, "find")
	if rows == nil {
		return nil
	}
	fireSeen(c, rows)
	return &Value{Kind: Rows, Elem: fireMade(c, fireSnapshot, rows.Elem), Deps: rows.Deps, Src: rows.Src}
}

func fireWrite(c *Call) *Value {
	of, _ := c.Recv.Obj.Extra.(*firePlace)
	if of == nil {
		return nil
	}
	return fireStored(c, of, c.Arg(0, "document_data"))
}

// fireByUnit is a write that a transaction or a batch makes: the document comes first.
func fireByUnit(c *Call) *Value {
	ref := c.Arg(0, "reference").Pick(ExtObject)
	if ref == nil || ref.Obj == nil {
		return nil
	}
	of, _ := ref.Obj.Extra.(*firePlace)
	if of == nil {
		return nil
	}
	before := len(c.Ops)
	v := fireStored(c, of, c.Arg(1, "document_data"))
	if seen, _ := c.Recv.Obj.Extra.(Deps); len(seen) > 0 && len(c.Ops) > before {
		op := &c.Ops[len(c.Ops)-1]
		op.Version, op.Retries = interleave.StoreVersion, true
		op.From = Deps32(op.From).With(seen).Ints()
	}
	return v
}

func fireStored(c *Call, of *firePlace, data *Value) *Value {
	if data == nil {
		data = Opaque("data", nil)
	}
	switch c.Name {
	case "delete":
		return fireCommand(c, of, "delete_one")
	case "update":
		return fireCommand(c, of, "update_one", fireFields(data))
	case "set":
		if !c.True("merge") {
			return fireCommand(c, of, "replace_one", data)
		}
		return fireCommand(c, of, "update_one", fireFields(data))
	}
	document := &Value{Kind: Mapping, Pairs: append(slices.Clone(of.filter), data.entries()...), Deps: data.AllDeps()} // create, add
	return fireCommand(c, of, "insert_one", document)
}

// fireFields are the fields of an update as Mongo's operators: what the store itself reckons, Increment(1), apart from all else.
func fireFields(data *Value) *Value {
	m := data.Pick(Mapping)
	if m == nil {
		return &Value{Kind: Mapping, Pairs: []Pair{{Key: Text("$set"), Value: data}}, Deps: data.AllDeps()}
	}
	var set, inc []Pair
	for _, p := range m.Pairs {
		if v := p.Value; v.Kind == ExtObject && v.Obj != nil && slices.Contains([]string{"Increment", "ArrayUnion", "ArrayRemove"}, Last(v.Obj.Qual)) {
			inc = append(inc, p)
		} else {
			set = append(set, p)
		}
	}
	out := &Value{Kind: Mapping, Deps: data.AllDeps()}
	for _, o := range []struct {
		verb  string
		pairs []Pair
	}{{"$set", set}, {"$inc", inc}} {
		if len(o.pairs) > 0 {
			out.Pairs = append(out.Pairs, Pair{Key: Text(o.verb), Value: &Value{Kind: Mapping, Pairs: o.pairs}})
		}
	}
	return out
}

// fireHeld is what a snapshot holds: all of it, or one field.
func fireHeld(c *Call) *Value {
	row, _ := c.Recv.Obj.Extra.(*Value)
	if name, ok := c.Arg(0, "field_path").Str(); ok && row != nil && !strings.Contains(name, ".") {
		return c.Field(row, name)
	}
	return row
}

func fireAttr(w *World, recv *Value, name string) *Value {
	row, _ := recv.Obj.Extra.(*Value)
	switch {
	case row == nil:
		return nil
	case name == "exists":
		return &Value{Sym: row.Sym + " exists", Deps: row.AllDeps(), Pred: Asking(PredUse{Left: row, Op: "exists"})}
	case name == "id":
		return w.Field(row, "_id")
	}
	return nil
}
