package interleave

// Program is what one request does on one path through its code: a straight line of operations.
type Program struct {
	Ops []Op
	// Thread tells that the request runs in a thread pool and may be interrupted anywhere; otherwise it runs on
	// an event loop and yields to other requests of its process only at a Suspend.
	Thread bool
}

// Op is one operation of a request on the world. Which fields count depends on Kind.
//
// Values are identified by the index of the operation that produced them: From lists the operations of the same program
// from which a write, check or effect is derived or by which it is controlled. A Check listed there controls: a rival's
// write counts if it turns the decision. A Read or Attr listed there feeds: every write of what it shows counts, unless a
// check looked at it and the write stores only constants or steps that the store adds. An entity Read (with Obj) listed
// there stands for the existence of its row; its attributes are told by their Attr operations.
type Op struct {
	Kind  Kind
	Lock  LockMode // of a Read or Refresh
	Scope LockScope
	// Catches tells that an engine error of this kind, raised here, is caught and leads to a refusal and not to an unhandled error.
	Catches Errors
	// Retries tells that an engine error raised here leads back to the start of the unit of work.
	Retries bool
	// Act marks the operations that the candidate race is about. A schedule is a race only if an act of each program happened.
	Act   bool
	Flags Flags
	// Session is the database session or connection, numbered from 1 within the program; 0 is none.
	Session int
	// Obj is the object of the session's identity map that is loaded, used or changed, numbered from 1; 0 is none.
	// Loading the same row through the same session gives the same Obj.
	Obj int
	Res Resource
	// Set holds the columns that are written, of an Insert, Update or Assign.
	Set []Assignment
	// Unique holds the unique keys of the table, of an Insert: each a list of columns.
	Unique [][]string
	// Version names the version column, of a table that has one, for writes through the ORM; or it is StoreVersion.
	Version string
	From    []int
	// Uses is what a Check looks at.
	Uses []Use
	// Name is the name of a lock (Acquire, Release), with its key, such as "advisory:room:{room_id}". With Lock.NoWait a lock
	// that is taken is not waited for: with ResultUsed the program is refused, without it goes on.
	Name string
	// Tag is the caller's reference, carried into the story.
	Tag int
}

// StoreVersion as Version tells that the store itself refuses the write when what its From read was written since: WATCH, an
// ETag, a generation. Every write counts then, not only those that know of a version column.
const StoreVersion = "@store"

// Kind is the kind of an operation.
type Kind uint8

// The operations. What each engine makes of them is design knowledge kept in engine.go.
const (
	// Read reads a row, a set of rows or a cell. With Obj it loads an entity through the identity map, which keeps the
	// attributes of an object that it already holds; without it reads columns.
	Read Kind = iota
	// Attr uses attributes (Res.Columns) of the loaded object Obj; on an expired object it first refreshes all of it by an unlocked read.
	Attr
	// Refresh reloads Obj, with Lock.
	Refresh
	// Expire marks Obj, or with Obj 0 all objects of the session, as expired.
	Expire
	// Assign sets attributes of Obj; the write is pending until a flush.
	Assign
	// Add makes a new object pending: an Insert at the next flush.
	Add
	// Remove makes the deletion of Obj pending: an unconditional delete by primary key at the next flush.
	Remove
	// Update writes one row or the rows of a set by one statement; Res.Where is the predicate beside the key.
	Update
	// Insert inserts one row by one statement.
	Insert
	// InsertWhereNotExists inserts a row if a sub-query on the same statement finds none (Res.Where is its predicate).
	InsertWhereNotExists
	// Delete deletes by one statement; Res.Where is the predicate beside the key.
	Delete
	// Flush sends pending writes.
	Flush
	// Begin opens a transaction, Commit and Rollback end it, Savepoint opens a nested one and Release ends it.
	Begin
	Savepoint
	ReleaseSavepoint
	Commit
	Rollback
	// Close returns the session's connection; an open transaction is rolled back.
	Close
	// Acquire and Release take and give back a named lock.
	Acquire
	Release
	// Suspend gives other requests of the same process a turn.
	Suspend
	// Check is a decision on values read before. When what it looks at was changed by the rival so that the decision
	// falls the other way, the program stops there: it was refused.
	Check
	// Effect is something that cannot be taken back: a payment, a mail, a remote call, a job.
	Effect
)

// Resource is what an operation touches.
type Resource struct {
	Store Store
	// Aggregate tells what a set read computes.
	Aggregate Aggregate
	// Name is the table, collection, path template, key template or cell.
	Name string
	// Key identifies one row, document or key; equal strings are the same one. "" means the set given by Where.
	Key string
	// Columns are the columns that a read looks at; nil means all.
	Columns []string
	// Where is the predicate: of a set read or set write, or beside the key of a guarded write.
	Where []Cond
}

// Store is where a resource lives and by which rules it is shared.
type Store uint8

// The stores.
const (
	Table    Store = iota // transactional, by the rules of the engine
	KeyValue              // redis, Mongo, object store: each operation is one atomic step on the latest value
	File                  // the same for paths
	Memory                // a cell of one process
	Remote                // outside: name resolution, another service
)

// Aggregate is what a set read gives.
type Aggregate uint8

// The aggregates.
const (
	Rows Aggregate = iota
	Exists
	Count
	Sum
	Max
)

// Cond is one term of a predicate: Column Op Value. Value is a symbol or constant, "" when unknown.
type Cond struct {
	Column string
	Op     string // "=", "!=", "<", "<=", ">", ">=", "in", "is null", "is not null", "?"
	Value  string
	// SubQuery tells that the term is computed by a sub-query on other rows; Of is what it reads, nil when unknown.
	// For an aggregate Op compares its result with Value, else Op is "exists" or "not exists".
	SubQuery bool
	// Either tells of an unknown condition that it is one of several alternatives, and asks for a value of its column.
	Either bool
	Of     *Resource
}

// Assignment is one written column. Value is a symbol or constant, "" when unknown.
type Assignment struct {
	Column string
	Value  string
	// Relative tells that the new value is computed by the store from the latest old one (points = points + 5 in SQL).
	Relative bool
	// Given tells that an unknown Value is neither NULL nor false: what was made for the column.
	Given bool
	// Onward tells that the value goes on from the highest number of the rows that a read in From found, or from how many they were:
	// none of them has it.
	Onward bool
	// Among are the constants of which an unknown Value is one; nil where nobody knows them.
	Among []string
}

// Use is one thing that a check looks at: the value produced by the operation From, compared by Op with Value.
type Use struct {
	From    int
	Column  string // "" for the existence of the row or the value of an aggregate
	Op      string // as in Cond, "exists", "not exists", or "?" when only the dependence is known
	Value   string
	Negated bool // the program goes on when the comparison is false
	// Loose tells that the comparison is one of several that the program may go on by: it need not hold at the start, and the decision
	// is turned only by a write after which it does not hold.
	Loose bool
}

// LockMode is the lock that a read takes.
type LockMode struct {
	Strength   LockStrength
	SkipLocked bool
	NoWait     bool
}

// LockStrength is how strong a row lock is.
type LockStrength uint8

// The lock strengths.
const (
	NoLock LockStrength = iota
	ForShare
	ForUpdate
)

// LockScope tells where a named lock lives and when it ends.
type LockScope uint8

// The lock scopes.
const (
	ProcessLock     LockScope = iota // asyncio, threading: one process
	TransactionLock                  // pg_advisory_xact_lock: ends with the transaction of Session
	SessionLock                      // pg_advisory_lock, GET_LOCK: until released or the session closes
	SharedLock                       // a lock outside the process that is always honoured: redis lock, file lock
	LeaseLock                        // as SharedLock, but it may end early by time
)

// Flags are further properties of an operation.
type Flags uint16

// The flags.
const (
	// PopulateExisting makes an entity read replace the attributes of loaded objects.
	PopulateExisting Flags = 1 << iota
	// ResultUsed tells that the row count, the returned row or the driver's answer of a write is tested; without it a claim that failed goes unnoticed.
	ResultUsed
	// OnConflictIgnore and OnConflictUpdate are the conflict clauses of an Insert.
	OnConflictIgnore
	OnConflictUpdate
	// Immediate makes Begin take SQLite's writer lock.
	Immediate
	// KeepOnCommit tells that Commit does not expire objects (expire_on_commit=False).
	KeepOnCommit
	// AllColumns tells that a write stores every column of the object as loaded (save() of Django-like models, document replace).
	AllColumns
	// AfterResponse tells that the client already has its answer.
	AfterResponse
	// Atomic tells that read and write happen in one step of the store (Lua, MULTI with WATCH, find_one_and_update).
	Atomic
	// FreshObject tells that Obj was created by this program, so nobody else can know its row yet.
	FreshObject
	// SameStatement tells that a Read is part of the statement of the operation before it (a count in the select list of a
	// locking select, a joined table that is not locked): it shares its snapshot.
	SameStatement
	// CheckConstraint tells that a relative write that would go too far violates a CHECK constraint.
	CheckConstraint
	// Contested marks the reads that a candidate is about. In a program that has any, what another read missed makes no race: that is
	// another candidate, and this one would be told with reads that nobody came in between.
	Contested
)

// Errors is a set of engine errors.
type Errors uint8

// The engine errors.
const (
	UniqueViolation      Errors = 1 << iota // 23505, 1062
	SerializationFailure                    // 40001, 1020, "database is locked"
	Deadlock                                // 40P01, 1213
	CheckViolation                          // 23514
	StaleVersion                            // StaleDataError
	LockNotAvailable                        // NOWAIT
)
