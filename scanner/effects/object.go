package effects

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// What values lead to: objects, statements and columns.

// Pair is one entry of a dict display; Key is nil for `**value`.
type Pair struct{ Key, Value *Value }

// Object is something with identity: it is the same object wherever it is passed.
type Object struct {
	ID    int
	Class *program.Class
	Qual  string
	Attrs map[string]*Value
	Args  []*Value // of the constructor of a library object
	Kw    map[string]*Value

	// Of a row.
	Table   *schema.Table
	Key     string
	Session int
	Fresh   bool // created by this request
	Adopted bool // given to a session once more
	Made    *Ctx // the decisions under which the request made it
	Load    int  // the operation that loaded it first, -1 when none
	Columns map[string]bool
	// Sometimes are the attributes of a row that were given what Attrs holds on some ways only.
	Sometimes map[string]bool
	Newest    string  // the column in which no other row that was asked for is higher
	Only      string  // the key by which a row was asked for that was taken alone out of a result
	Via       *Object // the row whose relationship led to it, and which holds it from then on

	// Cell is the name of the process-wide place that holds the object ("" for an object of one request).
	Cell string
	// Home is the place of the process where a request put an object that it made because there was none: from now on it is everybody's.
	Home string
	// Session number, of a session or connection object; InTx tells that it is inside a transaction block.
	Num   int
	InTx  int
	Level string
	Node  python.Node
	// Source is the row that a data object was copied from, nil for none.
	Source *Value
	// Named tells that a data object was given nothing but what its constructor names: no other field of it has been set.
	Named bool
	// Extra is the library model's own state.
	Extra any
}

// Query is a database statement under construction.
type Query struct {
	Verb      interleave.Kind // Read, Update, Insert, Delete
	Table     *schema.Table
	TableName string
	Joins     []*schema.Table
	Parts     []*Query    // the sub-queries that it goes over
	Groups    []string    // the columns by which it counts
	Entity    bool        // selects the entity itself
	Columns   []*Value    // selected columns
	Where     []Condition // terms joined by AND
	Set       []Assigned
	Lock      interleave.LockMode
	LockOf    []string
	Aggregate interleave.Aggregate
	Flags     interleave.Flags
	Returning []*Value
	// Meets are the columns in which an insert may meet a row that is there, and Overwrites what it then puts there of its own values.
	Meets      []string
	Overwrites []Assigned
	// Conflict are the columns that ON CONFLICT names: the store has a unique key over them, or it would refuse the statement.
	Conflict  []string
	Along     []Along // what it loads beside its rows
	Single    bool    // at most one row is asked for
	Limited   bool    // no more rows than some number are asked for
	Newest    string  // the column by which the highest row comes first
	MaybeLock bool    // locked on some paths only
	Raw       *RawSQL
	Text      bool // it came as SQL text, and Deps are those of its conditions
	Record    bool // over active records
	NotExists bool
	Deps      Deps
	Session   *Value // bound session, of a 1.x Query
	Of        *Value // the row whose collection it is, of a dynamic relationship
	Name      string
	// Keys is where the query gets a primary key directly (get).
	Opaque bool // something in it was not understood
	// counted are the columns that sub-queries in the select list compute, by their place.
	counted map[int]*Value
}

// RawSQL marks a statement that came as text.
type RawSQL struct {
	Text  string
	Bound *Value // a mapping of what bindparams gave the placeholders, nil without
}

// Condition is one term of a WHERE clause.
type Condition struct {
	Column   string
	Table    *schema.Table
	Op       string // as interleave.Cond.Op
	Value    *Value
	SubQuery bool
	Sub      *Query // what the sub-query reads, nil when unknown
	Or       bool   // part of a disjunction: it does not restrict by itself
	// Beside are the further columns of the row that it is reckoned from, as reserved is in balance - reserved >= price.
	Beside []string
}

// Assigned is one assignment of an UPDATE or INSERT.
type Assigned struct {
	Column   string
	Value    *Value
	Relative bool
}

// ColumnRef is a column inside a statement, or an expression over one.
type ColumnRef struct {
	Table    *schema.Table
	Column   string
	Relative bool        // an expression that contains the column (points + 5)
	Beside   []string    // further columns of the expression (balance - reserved)
	Conds    []Condition // of a condition
	Agg      interleave.Aggregate
	IsAgg    bool
	Reckoned bool // the aggregate is only a part of what is reckoned: limit - count(*)
	Sub      *Query
	Not      bool // of exists(…): negated
	Desc     bool // ordered by, the highest first
}
