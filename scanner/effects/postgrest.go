package effects

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// PostgREST, by the client of Supabase: a statement on one table that is put together by method calls and sent as one HTTP request, which
// the server runs as a transaction of its own.

// PostgREST is the driver of sessions that are requests to such a server.
const PostgREST = "postgrest"

const (
	restClient = "supabase.Client"
	restQuery  = "rest query"
	restAnswer = "rest answer"
)

var postgrest = Library{
	Funcs: []Named{{"supabase.create_client", newRest}, {"supabase.acreate_client", newRest}, {"supabase.create_async_client", newRest}},
	Classes: []Class{
		{restClient, restClient}, {"supabase.AsyncClient", restClient}, {"supabase.client.Client", restClient}, {"supabase.client.AsyncClient", restClient},
		{"supabase._async.client.AsyncClient", restClient}, {"supabase._sync.client.SyncClient", restClient},
		{"postgrest.AsyncPostgrestClient", restClient}, {"postgrest.SyncPostgrestClient", restClient},
		{restQuery, restQuery}, {restAnswer, restAnswer},
	},
	Methods: []Family{
		{restClient, []Named{{"table", restTable}, {"from_", restTable}, {"schema", self}}},
		{restQuery, []Named{
			{"select", restSelect}, {"insert", restInsert}, {"upsert", restInsert}, {"update", restUpdate}, {"delete", restVerb(interleave.Delete)},
			{"eq", restWhere("=")}, {"neq", restWhere("<>")}, {"gt", restWhere(">")}, {"gte", restWhere(">=")}, {"lt", restWhere("<")}, {"lte", restWhere("<=")},
			{"is_", restIs}, {"match", restMatch}, {"limit", restLimit}, {"single", restSingle("one")}, {"maybe_single", restSingle("first")},
			{"execute", restExecute},
		}},
	},
	Attrs: []Getter{{restAnswer, restAttr}},
}

// restState is a statement as far as it is put together.
type restState struct {
	table   string
	verb    interleave.Kind
	count   bool
	columns string
	set     []Pair
	open    bool // more is stored than is known
	where   []restTerm
	unknown bool // more is asked than is known
	single  string
	limit   bool
	// conflict is what an upsert does where the row is there already.
	conflict string
}

type restTerm struct {
	column, op string
	value      *Value
}

func newRest(c *Call) *Value {
	o := c.NewObject()
	o.Qual = restClient
	return &Value{Kind: ExtObject, Obj: o, Sym: "supabase"}
}

func restTable(c *Call) *Value {
	name, ok := c.Arg(0, "table_name").Str()
	if !ok {
		return nil
	}
	return restWith(c, restState{table: name, verb: interleave.Read}, c.Deps())
}

func restWith(c *Call, s restState, deps Deps) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = restQuery, &s
	return &Value{Kind: ExtObject, Obj: o, Sym: "query", Deps: deps}
}

// restStep is a method that adds something to a statement.
func restStep(add func(c *Call, s *restState)) Model {
	return func(c *Call) *Value {
		s, ok := c.Recv.Obj.Extra.(*restState)
		if !ok {
			return nil
		}
		next := *s
		next.where = append([]restTerm(nil), s.where...)
		add(c, &next)
		return restWith(c, next, c.Deps())
	}
}

var (
	simpleColumns = regexp.MustCompile(`^\s*\w+(\s*,\s*\w+)*\s*$`)
	simpleColumn  = regexp.MustCompile(`^\w+$`)
)

var restSelect = restStep(func(c *Call, s *restState) {
	s.columns, s.count = "*", c.Keyword("count") != nil
	if text, ok := c.Arg(0, "columns").Str(); ok && len(c.Args) == 1 && simpleColumns.MatchString(text) {
		s.columns = text
	}
})

func restVerb(k interleave.Kind) Model {
	return restStep(func(_ *Call, s *restState) { s.verb = k })
}

var restUpdate = restStep(func(c *Call, s *restState) {
	s.verb = interleave.Update
	restValues(c.Arg(0, "json"), s)
})

var restInsert = restStep(func(c *Call, s *restState) {
	s.verb = interleave.Insert
	restValues(c.Arg(0, "json"), s)
	if c.Name != "upsert" {
		return
	}
	s.conflict = "UPDATE SET"
	if c.True("ignore_duplicates") {
		s.conflict = "NOTHING"
	}
})

func restValues(row *Value, s *restState) {
	if l := row.Pick(Sequence); l != nil && len(l.Items) > 0 {
		row = l.Items[0]
	}
	m := row.Pick(Mapping)
	if m == nil {
		s.open = true
		return
	}
	for _, p := range m.Pairs {
		if name, ok := p.Key.Str(); ok && simpleColumn.MatchString(name) {
			s.set = append(s.set, p)
		} else {
			s.open = true
		}
	}
}

func restWhere(op string) Model {
	return restStep(func(c *Call, s *restState) {
		name, ok := c.Arg(0, "column").Str()
		value := c.Arg(1, "value")
		if !ok || value == nil || !simpleColumn.MatchString(name) {
			s.unknown = true
			return
		}
		s.where = append(s.where, restTerm{name, op, value})
	})
}

var restIs = restStep(func(c *Call, s *restState) {
	name, ok := c.Arg(0, "column").Str()
	value := c.Arg(1, "value")
	if text, is := value.Str(); !ok || !value.IsNone() && !(is && strings.EqualFold(text, "null")) {
		s.unknown = true
		return
	}
	s.where = append(s.where, restTerm{column: name, op: "IS NULL"})
})

var restMatch = restStep(func(c *Call, s *restState) {
	m := c.Arg(0, "query").Pick(Mapping)
	if m == nil {
		s.unknown = true
		return
	}
	for _, p := range m.Pairs {
		if name, ok := p.Key.Str(); ok {
			s.where = append(s.where, restTerm{name, "=", p.Value})
		} else {
			s.unknown = true
		}
	}
})

var restLimit = restStep(func(c *Call, s *restState) {
	s.limit = c.Arg(0, "size").Truth() == "True" && c.Arg(0, "size").Sym == "1"
})

func restSingle(how string) Model {
	return restStep(func(_ *Call, s *restState) { s.single = how })
}

// text is the SQL that a statement comes to, with the values of its placeholders.
func (s *restState) text() (string, []*Value) {
	var args []*Value
	put := func(v *Value) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	var names, values []string
	for _, p := range s.set {
		name, _ := p.Key.Str()
		names, values = append(names, name), append(values, put(p.Value))
	}
	out, tail := "", " RETURNING *"
	switch s.verb {
	case interleave.Update:
		sets := make([]string, len(names))
		for i := range names {
			sets[i] = names[i] + " = " + values[i]
		}
		out = "UPDATE " + s.table + " SET " + strings.Join(sets, ", ")
	case interleave.Delete:
		out = "DELETE FROM " + s.table
	case interleave.Insert:
		out = "INSERT INTO " + s.table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
		if s.conflict != "" {
			tail = " ON CONFLICT DO NOTHING" + tail
		}
	default:
		out, tail = "SELECT "+s.columns+" FROM "+s.table, ""
		if s.count {
			out = "SELECT count(*) FROM " + s.table
		}
		if s.limit || s.single != "" {
			tail = " LIMIT 1"
		}
	}
	var terms []string
	for _, t := range s.where {
		term := t.column + " " + t.op
		if t.value != nil {
			term += " " + put(t.value)
		}
		terms = append(terms, term)
	}
	if s.unknown {
		terms = append(terms, "unknown() > 0")
	}
	if len(terms) > 0 {
		out += " WHERE " + strings.Join(terms, " AND ")
	}
	return out + tail, args
}

// restExecute sends a statement. It is over when the answer comes, and so is its transaction.
func restExecute(c *Call) *Value {
	s, ok := c.Recv.Obj.Extra.(*restState)
	if !ok || s.open && len(s.set) == 0 && s.verb != interleave.Update {
		return nil
	}
	if len(s.set) == 0 && s.verb == interleave.Update {
		s.set = []Pair{{Key: Text("unknown"), Value: Opaque("", c.Deps())}}
		s.open = true
	}
	on := newConnection(c, PostgREST+".Connection")
	text, args := s.text()
	first := len(c.Ops)
	rows := runRaw(c.World, on, text, nil, args)
	for i := first; i < len(c.Ops); i++ {
		op := &c.Ops[i]
		if s.open && op.Kind == interleave.Update {
			op.Set = append(op.Set, interleave.Assignment{Column: "*"})
		}
		if op.Kind == interleave.Insert && s.conflict == "UPDATE SET" {
			op.Flags = op.Flags&^interleave.OnConflictIgnore | interleave.OnConflictUpdate
		}
	}
	end := Op{}
	end.Kind, end.Session = interleave.Commit, on.Obj.Num
	c.Emit(end)
	if s.single != "" {
		rows = takeRows(c.World, rows, s.single)
	}
	o := c.NewObject()
	o.Qual, o.Extra = restAnswer, rows
	return &Value{Kind: ExtObject, Obj: o, Sym: "answer", Deps: rows.AllDeps()}
}

// restAttr is what an answer holds: the rows, or how many there are.
func restAttr(w *World, recv *Value, name string) *Value {
	rows, ok := recv.Obj.Extra.(*Value)
	switch {
	case ok && name == "data":
		return rows
	case ok && name == "count":
		return takeRows(w, rows, "scalar")
	}
	return nil
}
