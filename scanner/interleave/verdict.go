package interleave

// Engine is a database engine with its isolation level and the mode its driver uses.
type Engine uint8

// The engines and levels that are told apart.
const (
	PostgresReadCommitted Engine = iota
	PostgresRepeatableRead
	PostgresSerializable
	MySQLRepeatableRead
	MySQLReadCommitted
	MySQLSerializable
	SQLiteDefault   // the driver's legacy mode: a SELECT opens no transaction
	SQLiteBegin     // an explicit BEGIN for each transaction
	SQLiteImmediate // BEGIN IMMEDIATE
	Autocommit      // any engine, each statement its own transaction unless a Begin opened one
	MariaDBSnapshot // MariaDB's REPEATABLE READ with innodb_snapshot_isolation=ON
)

// Placement tells where the two requests run.
type Placement uint8

// The placements.
const (
	SameProcess Placement = iota
	TwoProcesses
)

// Outcome is what the judge found.
type Outcome uint8

// The outcomes, in the order of the guard lattice from the best to the worst.
const (
	// Sound: in every schedule one request was refused, or waited and then saw the truth.
	Sound Outcome = iota
	// FailsCleanly: the engine refused one of them with an error.
	FailsCleanly
	// Race: both acted on what they had read and no serial order explains it.
	Race
)

// Verdict is the result of running two programs against each other in every schedule.
type Verdict struct {
	Outcome Outcome
	// Errors holds the engine errors that occurred in some schedule and were not caught.
	Errors Errors
	// Hold is the index of the operation of A before which A is held in the schedule that is told.
	Hold int
	// Story is the run of the worst schedule.
	Story []Event
	// Guard tells what stood in the way and what it did.
	Guard GuardSeen
	// Stale tells that the race needed attributes that were older than a lock held on their row.
	Stale bool
	// Victim tells of a race that A acted on what no longer held. Without it A is only told of because the rival wiped out what it wrote.
	Victim bool
	// Waited tells that one request waited for the other in the schedule that is told.
	Waited bool
}

// Event is one step of a run.
type Event struct {
	Actor int // 0 is A, 1 its rival
	Op    int // index into the actor's program
	What  What
	// Error is what the engine raised, when What is Failed.
	Error Errors
}

// What happened at a step.
type What uint8

// The things that can happen at a step.
const (
	Done       What = iota
	Waits           // for a lock or a pending insert
	Refused         // a check fell the other way, or a tested claim failed
	ClaimLost       // a claim failed and nobody looked
	Failed          // the engine raised an error
	SawStale        // the attributes shown were older than the row
	SawNothing      // the locking read found nothing and locked nothing
	Ended           // the program ended
)

// GuardSeen is the strongest protection that a program had around its check and act, and what became of it.
type GuardSeen uint8

// The guards, in the order of the lattice.
const (
	NoGuard GuardSeen = iota
	TransactionOnly
	ProcessLocal
	LockElsewhere // held on another session, another key or not over both ends
	LockReleased  // ended before the act was committed
	LockVoid      // compiled to nothing on this engine
	StaleUnderLock
	SnapshotBeforeLock
	ClaimUnchecked
	ConstraintGuard
	VersionGuard
	SerializableGuard
	RowLockGuard
	ConditionalWrite
)
