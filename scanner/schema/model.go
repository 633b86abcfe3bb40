// Package schema knows what the database of a project guarantees: its tables, columns and keys, as the models and the
// migrations together say, and the engine, driver, isolation level and processes that the application runs with.
//
// Nothing here is executed. What the source does not tell is listed in Schema.Assumptions.
package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Config is a file that is not Python: a dependency list, lock file, Dockerfile, compose file, environment file.
type Config struct {
	Path string // relative to the scanned root, with '/'
	Data []byte
}

// Schema is what is known about the stores of a project.
type Schema struct {
	// Tables are the tables and collections by name, without schema prefix.
	Tables  map[string]*Table
	ByClass map[*program.Class]*Table
	// ByCall holds the tables that are values: by the call of Table(…), or of a driver's get_collection.
	ByCall map[*python.Call]*Table
	Engine EngineInfo
	// Others are further engines that the project mentions, of tests or of an alternative deployment.
	Others []EngineInfo
	// Sessions are the session factories by the call that makes them.
	Sessions map[*python.Call]*SessionInfo
	// Versions are the pinned versions by package name in lower case with '-' ("fastapi": "0.115.2");
	// Minimum are lower bounds where no version is pinned.
	Versions map[string]string
	Minimum  map[string]string
	Workers  WorkersInfo
	// Heads are the Alembic revisions that no other one follows; one in a project that can be upgraded.
	Heads []Revision
	// Assumptions says what was unknown and what was taken instead, a sentence each.
	Assumptions []string
	folded      map[string]*Table // by name in lower case
}

// Revision is one Alembic revision.
type Revision struct {
	ID   string
	File *python.File
	// First tells that it follows none.
	First bool
}

// Place is where something was said.
type Place struct {
	Path string
	Line int
}

// Table is one table, or one collection of a document store.
type Table struct {
	Name    string
	Schema  string
	Class   *program.Class // the model, nil when only migrations or DDL tell of the table
	Parent  *Table         // the table of the superclass, in joined-table inheritance
	ORM     ORM
	Columns map[string]*Column // by column name
	Order   []string           // column names in source order
	// Attributes maps attribute names of the model, synonyms included, to column names.
	Attributes    map[string]string
	Relationships map[string]*Relationship // by attribute name
	Hybrids       map[string]bool          // hybrid properties and column_property
	Unique        []UniqueKey
	Checks        []string // predicates of CHECK constraints
	Exclusions    []Exclusion
	VersionColumn string // version_id_col, or the revision of a document
	// Defined is the place of the class or of the CREATE TABLE.
	Defined Place
	// Made is the place in the migrations where it is created, as far as one tells.
	Made Place
	// foldsCase tells that equality on text ignores case on this engine.
	foldsCase bool
}

// ORM tells by which library a table is described.
type ORM uint8

// The libraries.
const (
	NoORM ORM = iota // migrations or DDL only
	SQLAlchemy
	SQLModel
	Tortoise
	Django // and Django-like
	Peewee
	Beanie
	MongoEngine
	ODMantic
	Ormar
	Piccolo
	Mongo // a bare collection
)

// Column is one column.
type Column struct {
	Name      string
	Attribute string // the name on the model
	Type      string // as written: "String(255)", "int", "CITEXT"
	Nullable  bool
	Default   string // source text; "" without
	// Filled tells that a value is made by the database or the ORM where none is given (a default, an identity).
	Filled   bool
	Primary  bool
	Computed bool
	// Target is the table.column that a foreign key refers to.
	Target string
}

// Mutable tells whether the column may hold an object that changes in place: a document, a list.
func (c *Column) Mutable() bool {
	kind := strings.ToLower(c.Type)
	for _, word := range [...]string{"json", "array", "list", "dict", "pickle", "hstore", "mutable", "set["} {
		if strings.Contains(kind, word) {
			return true
		}
	}
	return kind == ""
}

// Relationship is an attribute that stands for rows of another table.
type Relationship struct {
	Attribute     string
	Target        string // class name as written
	Class         *program.Class
	Many          bool
	Dynamic       bool     // what it gives is a query of the rows, which is refined before it is sent
	ForeignKey    []string // columns of this table, for many-to-one
	BackPopulates string
	Secondary     string // association table, as written

	link     *program.Class // where it is a class
	linkCall *python.Call   // where it is a Table(…)
	told     bool           // whether it gives many or one is written there
}

// Association returns the association table of a relationship, nil when it has none or it is not known.
func (s *Schema) Association(rel *Relationship) *Table {
	switch {
	case rel.Secondary == "":
		return nil
	case rel.link != nil:
		return s.ByClass[rel.link]
	case s.ByCall[rel.linkCall] != nil:
		return s.ByCall[rel.linkCall]
	}
	return s.Tables[rel.Secondary]
}

// UniqueKey is a unique constraint, unique index or primary key.
type UniqueKey struct {
	Name    string
	Columns []string
	// Expressions are key parts that are not plain columns, in the canonical form of package sql ("lower(email)").
	Expressions []string
	// Where is the predicate of a partial index in the same form, and WhereColumns the columns it mentions.
	Where            string
	WhereColumns     []string
	NullsNotDistinct bool
	Primary          bool
	// Nullable are the columns that may be NULL; rows with NULL in one of them do not collide.
	Nullable []string
	From     Place
	// Migration tells that only migrations or DDL speak of the key.
	Migration bool
}

// SessionInfo is what a session factory was told.
type SessionInfo struct {
	ExpireOnCommit bool
	Autoflush      bool
	Autocommit     bool
	Place          Place
}

// EngineInfo is a database engine as the application uses it.
type EngineInfo struct {
	Name   string // "postgresql", "mysql", "mariadb", "sqlite", "mongodb", another dialect's name, or "" when unknown
	Driver string // "asyncpg", "psycopg", "aiosqlite"; "" when unknown
	// Isolation is the level that transactions run at, in upper case; "" is the engine's default. As the judge reads
	// it, it is "AUTOCOMMIT" when there are no transactions, and for SQLite "DEFERRED" or "IMMEDIATE" after SQLiteBegin.
	Isolation string
	// Autocommit tells that each statement is its own transaction unless the code opens one.
	Autocommit bool
	// ExpireOnCommit is false when every session factory says so.
	ExpireOnCommit bool
	// Autoflush is false when every session factory says so: a query does not send what is pending first.
	Autoflush   bool
	SQLiteBegin BeginMode
	// Known is false when the engine was guessed from drivers or images, or not found at all.
	Known bool
	Why   string // one sentence: what the answer rests on
	Test  bool   // of the tests only
}

// BeginMode tells how a SQLite transaction begins.
type BeginMode uint8

// The modes.
const (
	LegacyBegin    BeginMode = iota // the driver begins at the first write
	DeferredBegin                   // an explicit BEGIN for each transaction
	ImmediateBegin                  // BEGIN IMMEDIATE or EXCLUSIVE
)

// WorkersInfo tells how many processes serve the application.
type WorkersInfo struct {
	Count   int  // 0 when unknown
	Several bool // more than one, even where the number is not known
	Known   bool // the number of processes is stated
	Why     string
	From    Place
}

// Table returns the table of a name as it stands in SQL or in a foreign key: with or without schema, in any case; or nil.
func (s *Schema) Table(name string) *Table {
	if t := s.Tables[name]; t != nil {
		return t
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	if t := s.Tables[name]; t != nil {
		return t
	}
	return s.folded[strings.ToLower(name)]
}

// Column returns the column behind an attribute or column name, of the table or of the tables it inherits from; or nil.
func (t *Table) Column(name string) *Column {
	for depth := 0; t != nil && depth < 20; t, depth = t.Parent, depth+1 {
		if column, ok := t.Attributes[name]; ok {
			name = column
		}
		if c := t.Columns[name]; c != nil {
			return c
		}
	}
	return nil
}

// PrimaryKey returns the columns of the primary key.
func (t *Table) PrimaryKey() []string {
	for _, k := range t.Unique {
		if k.Primary {
			return k.Columns
		}
	}
	return nil
}
