package interleave

import "strings"

// family is the storage design behind an engine.
type family uint8

const (
	postgres family = iota
	innodb
	sqlite
)

// snapshots tells which versions a plain read sees.
type snapshots uint8

const (
	latest         snapshots = iota // committed when the read runs
	perStatement                    // committed when the statement began, before it waited
	perTransaction                  // committed when the transaction's first statement (PostgreSQL) or plain read (InnoDB) began
)

// rules is one column of the table of engines in the package's design.
type rules struct {
	name     string
	family   family
	snapshot snapshots
	// serializable makes PostgreSQL check for dangerous structures at commit, and InnoDB turn plain reads into share-locking ones.
	serializable bool
	// refuseChanged makes a lock or write of a row that changed since the snapshot an error.
	refuseChanged bool
	// gaps makes locking reads that find nothing lock the gap.
	gaps bool
	// autocommit ends the transaction with each statement unless one was begun.
	autocommit bool
	// readsOpen tells that a plain read opens a transaction (it does not in SQLite's default mode).
	readsOpen bool
	// immediate makes each transaction begin with the writer lock.
	immediate bool
}

var engines = [...]rules{
	PostgresReadCommitted:  {name: "PostgreSQL at READ COMMITTED", family: postgres, snapshot: perStatement, readsOpen: true},
	PostgresRepeatableRead: {name: "PostgreSQL at REPEATABLE READ", family: postgres, snapshot: perTransaction, refuseChanged: true, readsOpen: true},
	PostgresSerializable:   {name: "PostgreSQL at SERIALIZABLE", family: postgres, snapshot: perTransaction, refuseChanged: true, serializable: true, readsOpen: true},
	MySQLRepeatableRead:    {name: "MySQL at REPEATABLE READ", family: innodb, snapshot: perTransaction, gaps: true, readsOpen: true},
	MySQLReadCommitted:     {name: "MySQL at READ COMMITTED", family: innodb, snapshot: perStatement, readsOpen: true},
	MySQLSerializable:      {name: "MySQL at SERIALIZABLE", family: innodb, snapshot: latest, serializable: true, gaps: true, readsOpen: true},
	SQLiteDefault:          {name: "SQLite with its driver's default transactions", family: sqlite, snapshot: latest},
	SQLiteBegin:            {name: "SQLite with BEGIN", family: sqlite, snapshot: perTransaction, refuseChanged: true, readsOpen: true},
	SQLiteImmediate:        {name: "SQLite with BEGIN IMMEDIATE", family: sqlite, snapshot: latest, immediate: true, readsOpen: true},
	Autocommit:             {name: "an autocommit connection", family: postgres, snapshot: perStatement, autocommit: true, readsOpen: true},
	MariaDBSnapshot:        {name: "MariaDB with snapshot isolation", family: innodb, snapshot: perTransaction, refuseChanged: true, gaps: true, readsOpen: true},
}

// rules of an engine; an engine that does not exist is judged as PostgreSQL's default.
func (e Engine) rules() *rules {
	if int(e) >= len(engines) {
		e = PostgresReadCommitted
	}
	return &engines[e]
}

// String names the engine with its level, as a finding says it.
func (e Engine) String() string { return e.rules().name }

// SQLite tells whether the engine is SQLite, which locks the database and no rows.
func (e Engine) SQLite() bool { return e.rules().family == sqlite }

// LocksGaps tells whether the engine locks the place where a locking read found no row, so that nobody inserts one there.
func (e Engine) LocksGaps() bool { return e.rules().gaps }

// ParseEngine finds the engine for a dialect ("postgresql", "mysql", "mariadb", "sqlite") and an isolation level as
// SQLAlchemy, Django or a driver spells it ("REPEATABLE READ", "repeatable_read", "AUTOCOMMIT", "IMMEDIATE", "" for the
// default). It reports false for a dialect without a model, and then answers the nearest one: multi-version READ COMMITTED.
func ParseEngine(dialect, level string) (Engine, bool) {
	level = strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToUpper(strings.TrimSpace(level)))
	if level == "AUTOCOMMIT" {
		return Autocommit, true
	}
	dialect, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(dialect)), "+")
	switch dialect {
	case "postgresql", "postgres", "psycopg", "psycopg2", "asyncpg", "pgsql", "cockroachdb":
		return atLevel(level, PostgresReadCommitted, PostgresReadCommitted, PostgresRepeatableRead, PostgresSerializable), dialect != "cockroachdb"
	case "mysql", "mariadb", "pymysql", "aiomysql", "asyncmy":
		return atLevel(level, MySQLRepeatableRead, MySQLReadCommitted, MySQLRepeatableRead, MySQLSerializable), true
	case "sqlite", "sqlite3", "aiosqlite", "pysqlite":
		switch level {
		case "IMMEDIATE", "EXCLUSIVE":
			return SQLiteImmediate, true
		case "DEFERRED", "SERIALIZABLE":
			return SQLiteBegin, true
		}
		return SQLiteDefault, true
	case "mssql", "oracle":
		return PostgresReadCommitted, false
	}
	return PostgresReadCommitted, false
}

func atLevel(level string, standard, committed, repeatable, serializable Engine) Engine {
	switch level {
	case "READ COMMITTED", "READ UNCOMMITTED":
		return committed
	case "REPEATABLE READ", "SNAPSHOT":
		return repeatable
	case "SERIALIZABLE":
		return serializable
	}
	return standard
}
