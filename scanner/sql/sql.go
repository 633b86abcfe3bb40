// Package sql reads raw SQL as it stands in Python strings: which tables a statement touches, by which predicate,
// with which row lock and conflict clause, and what a definition says about keys. It is no validator: it understands the
// parts that decide whether a check can go stale, in the dialects of PostgreSQL, MySQL, MariaDB and SQLite at once, with
// the placeholders of every Python driver, and passes over the rest.
package sql

// Verb is what a statement does.
type Verb uint8

// The verbs.
const (
	Other Verb = iota
	Select
	Insert
	Update
	Delete
	Begin
	Commit
	Rollback
	Savepoint
	Release // RELEASE SAVEPOINT
	Set     // SET, PRAGMA
	Lock    // LOCK TABLE
	Unlock  // UNLOCK TABLES
	Call    // a SELECT or CALL of nothing but an advisory lock function
	Define  // CREATE, ALTER, DROP, RENAME of a table or index
)

// Statement is one statement.
type Statement struct {
	Verb   Verb
	Tables []Table // the target first, then in order of appearance; tables of sub-queries last
	// Columns are the selected columns, without qualifier; nil stands for all of them or for none that has a name.
	Columns []string
	// Aggregate is what the select list computes, over AggregateColumn ("" for count(*)) of AggregateTable, the qualifier as written; Reckoned tells
	// that it is one item, which takes it from something else (capacity - count(b.id)).
	Aggregate       Aggregate
	AggregateColumn string
	AggregateTable  string
	AggregateName   string // of the item, "" for none
	Reckoned        bool
	Counted         []Item // the items of the select list in which a sub-query counts or adds up
	Grouped         bool   // GROUP BY
	Set             []Assignment
	Where           []Cond // joined by AND
	Lock            RowLock
	OnConflict      Conflict
	// Returning tells that the statement gives back the rows it wrote, ReturningColumns which columns (nil for all).
	Returning        bool
	ReturningColumns []string
	// FromSelect tells that the inserted rows come from a SELECT, which is Source; NotExists that they are only inserted
	// when a sub-query finds no row.
	FromSelect bool
	NotExists  bool
	Source     *Statement
	Rows       int // number of rows in VALUES
	Advisory   *AdvisoryLock
	// Isolation is the level that SET TRANSACTION or BEGIN asks for ("SERIALIZABLE"), or SQLite's mode of BEGIN ("IMMEDIATE").
	Isolation string
	Limit     string // text of LIMIT or FETCH FIRST
	OrderBy   string
	// Name is the savepoint, the name of the CTE that the statement was, or the variable of SET.
	Name string
	// Subs are the sub-queries and SELECT CTEs, in order of appearance. Their row locks are theirs.
	Subs []*Statement
	// Definition is set for Define.
	Definition *Definition
}

// Target returns the table that the statement writes, or the first table of a SELECT; "" when there is none.
func (s *Statement) Target() string {
	if len(s.Tables) == 0 {
		return ""
	}
	return s.Tables[0].Name
}

// Item is one item of a select list that a sub-query is part of: the sub-query itself, or something that is reckoned with it.
type Item struct {
	Name  string // "" for none
	Text  string
	Sub   *Statement
	Alone bool // the sub-query is all of it
	Only  bool // nothing else is selected
}

// Table is one mention of a table. Names are without quotes; unquoted ones are folded to lower case.
type Table struct {
	Schema, Name, Alias string
	Role                Role
}

// Role tells how a statement uses a table.
type Role uint8

// The roles.
const (
	Target    Role = iota // written, or the first table of FROM
	From                  // joined or read beside the target
	SubQuery              // read in a sub-query or CTE
	CommonSub             // the name of a CTE, not of a table
)

// Aggregate is what a select list computes.
type Aggregate uint8

// The aggregates.
const (
	NoAggregate Aggregate = iota
	Exists
	Count
	Sum // avg too
	Max // min too
)

// ValueKind tells what a value is.
type ValueKind uint8

// The kinds of values.
const (
	Expression ValueKind = iota
	Null
	String
	Number
	Bool
	Placeholder
	Column
	Query   // a sub-query
	List    // the list of IN
	Default // DEFAULT
)

// Value is the right side of a comparison or assignment.
type Value struct {
	Kind ValueKind
	// Text is the content of a string constant, otherwise the source in canonical form: one space between words,
	// unquoted words in lower case ("lower(email)", "bal - $1").
	Text    string
	Param   Param    // of a Placeholder, or of the only placeholder inside an expression
	Columns []string // columns that an expression mentions
	Items   []Value  // of a List
	Sub     *Statement
}

// Param is a placeholder: by name (:name, %(name)s, {hole}) or by its number from 1 ($1, %s, ?). The numbers of
// anonymous placeholders run through the whole string, as drivers bind them.
type Param struct {
	Index int
	Name  string
}

// IsZero tells that there is no placeholder.
func (p Param) IsZero() bool { return p == Param{} }

// Assignment is `column = value` of an UPDATE, or a column with its value of an INSERT.
type Assignment struct {
	Column string
	Value  Value
	// Relative tells that the new value is computed from the old one of the same column, or from any expression on
	// columns of the row: the database reads it at the moment of the write.
	Relative bool
}

// Cond is one term of a predicate.
type Cond struct {
	Table  string // qualifier as written, usually an alias
	Column string // "" when the left side has no column
	// Expr is the left side in canonical form when it is more than a column ("lower(email)").
	Expr string
	// Beside are the further columns of a left side that is compared by order (balance - reserved >= 5).
	Beside []string
	// Op is =, !=, <, <=, >, >=, in, not in, like, not like, is null, is not null, exists, not exists, or, or ? when
	// only the mention is known.
	Op    string
	Value Value
	Sub   *Statement // of exists, in, or a comparison with a sub-query
	Any   [][]Cond   // the alternatives of or, each a conjunction
}

// RowLock is the locking clause of a SELECT, or the mode of LOCK TABLE.
type RowLock struct {
	Strength   Strength
	Of         []string
	SkipLocked bool
	NoWait     bool
}

// Strength is how strong a lock is.
type Strength uint8

// The strengths.
const (
	NoLock Strength = iota
	Share
	Exclusive // FOR UPDATE, FOR NO KEY UPDATE
)

// ConflictAction is what an INSERT does about a row that is already there.
type ConflictAction uint8

// The actions.
const (
	Fail     ConflictAction = iota
	Nothing                 // ON CONFLICT DO NOTHING, INSERT IGNORE, INSERT OR IGNORE
	DoUpdate                // ON CONFLICT DO UPDATE, ON DUPLICATE KEY UPDATE
	Replace                 // REPLACE, INSERT OR REPLACE
)

// Conflict is the conflict clause of an INSERT.
type Conflict struct {
	Action     ConflictAction
	Columns    []string // conflict target: columns or expressions
	Constraint string
	Set        []Assignment
	Where      []Cond // of DO UPDATE … WHERE
}

// AdvisoryLock is a call of an advisory or named lock function.
type AdvisoryLock struct {
	Function string // in lower case
	Key      string // text of the arguments that make the key
	Args     []Value
	// Transaction tells that the lock ends with the transaction, not with the session.
	Transaction bool
	Try         bool // does not wait; the result must be tested
	Shared      bool
	Release     bool
}

// Definition is what a CREATE, ALTER, DROP or RENAME says.
type Definition struct {
	Table       string
	Create      bool // CREATE TABLE
	Drop        bool // DROP TABLE
	Columns     []ColumnDef
	DropColumns []string
	Constraints []Constraint
	// DropConstraints and DropIndexes hold names; "primary key" stands for an unnamed primary key.
	DropConstraints []string
	DropIndexes     []string
	RenameTo        string
	RenameColumns   [][2]string
	Nullable        map[string]bool // ALTER COLUMN … SET or DROP NOT NULL
}

// ColumnDef is the definition of one column.
type ColumnDef struct {
	Name, Type string
	NotNull    bool
	PrimaryKey bool
	Unique     bool
	Default    string
	Generated  bool   // computed, or an identity
	RefTable   string // REFERENCES
	RefColumn  string
}

// ConstraintKind is the kind of a constraint.
type ConstraintKind uint8

// The kinds of constraints.
const (
	UniqueKey ConstraintKind = iota
	PrimaryKey
	Check
	ForeignKey
	Exclude
	PlainIndex
)

// Constraint is a table constraint or an index.
type Constraint struct {
	Kind    ConstraintKind
	Name    string
	Index   bool     // made by CREATE INDEX
	Columns []string // the columns, in order
	// Expressions are the key parts that are not plain columns, in canonical form ("lower(email)").
	Expressions      []string
	Where            string // predicate of a partial index
	Text             string // predicate of a CHECK
	NullsNotDistinct bool
	RefTable         string
	RefColumns       []string
}
