package effects

import (
	"math"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Op is one operation of a request's trace: what the judge sees of it, and where it stands in the source. A large project has more than
// a hundred thousand, all in use until the last race is judged: what few of them have stands in Rare.
type Op struct {
	interleave.Op
	Ctx   *Ctx
	Site  *Site
	Table *schema.Table
	// External names the kind of an Effect: "payment", "mail", "http", "job", "file", "message".
	External string
	// Target is the callee or address of an Effect, or the object that a lock was made from.
	Target string
	// Pred is the condition of a Check.
	Pred *Pred
	// Value is what an Assign or memory write stores.
	Value *Value
	// Object is the row or library object concerned.
	Object *Object
	// Catch is the try statement around it.
	Catch *Catch
	rare  *Rare // nil for most; see Rare and Own
	// Endless counts the enclosing loops that go on for as long as the client stays.
	Endless uint8
	Phase   Phase
	Expires Expiry
	// Guess tells that the operation was recognised by its shape.
	Guess bool
	// Drops tells that an Update of a container only takes something out.
	Drops bool
	// Fills tells that a write only puts into a cache what was read elsewhere.
	Fills bool
	// Refused tells that the arm in which the operation is done ends in an exception that nothing around it catches, or gives None or
	// False where the function gives something.
	Refused bool
	// Raises tells that a Read raises when nothing is there.
	Raises bool
	// Long tells that a Suspend waits for real work elsewhere and not only for a database or a lock.
	Long bool
	// Streamed tells that the operation is part of a response's body.
	Streamed bool
	// Aside tells that the operation runs in a thread of the pool, to which a coroutine handed it.
	Aside bool
	// Cleanup tells that the operation stands in a finally block: it gives back what was taken, however the try ended.
	Cleanup bool
	// Blocking tells that a Suspend holds up its thread: time passes, but nobody else on the event loop gets a turn.
	Blocking bool
	// Identity tells that the operation belongs to finding out who calls.
	Identity bool
	// Pipelined tells that a command waits in a pipeline for the others.
	Pipelined bool
	// Decides tells that the store decides by itself, on the latest value, whether anything is written: a script.
	Decides bool
	// Related tells that a Read follows a relationship: it may have been loaded together with its row, and then nothing is sent.
	Related bool
	// Swallowed tells that the refusal of an Insert is caught, and the request goes on as if it had been done.
	Swallowed bool
	// Upsert tells that an insert is the second half of a library's get-or-create.
	Upsert bool
	// Lasting tells that what a claim created has no end of its own; Expires tells more.
	Lasting bool
}

// Rare is what few operations have. It belongs to all copies of an operation and is never changed.
type Rare struct {
	// Driver is the library whose connection the session is, "" for an ORM's unit of work.
	Driver string
	// Level is the isolation level that the session was given for itself, "" for the engine's.
	Level string
	// Told are the names of what an Effect, or a question that is put to somebody outside, is given.
	Told []string
	// Named are the reads of which a write took nothing but which document it is about.
	Named []int
	// Cached names the cache that a read came from ("" for none); Fields gives the columns behind the fields of its entries.
	Cached string
	Fields map[string]string
	// Entry is the key under which the copy lies that a read came from; Seconds is then how long it is kept.
	Entry string
	// Manner tells how a Read looked at a file by its name (see Inspected), at a lock (see LockAsked) or an entry (see AskedThere), of an Insert that it
	// makes a Directory.
	Manner string
	// Newest is the field of a document, or the one column that is asked for, by which a Read puts the highest one first.
	Newest string
	// Demands tells that a Check raises when the answer is not as it must be, and so decides about all that follows.
	Demands string
	// Seconds is how long a Suspend may last or what was stored is kept, 0 when that is not known.
	Seconds float64
	// Elsewhere are the tables that were joined to that of a Read and of which something was asked as well.
	Elsewhere []*schema.Table
	// Groups are the columns by which a Read counts rows apart.
	Groups []string
}

var nothingRare Rare // of most operations

// Rare returns what few operations have, for reading.
func (o *Op) Rare() *Rare {
	if o.rare == nil {
		return &nothingRare
	}
	return o.rare
}

// Own returns what few operations have as something that may be changed for this operation alone.
func (o *Op) Own() *Rare {
	r := *o.Rare()
	o.rare = &r
	return &r
}

// lasts notes how many seconds the operation may take, or what it stored is kept; 0 is not known.
func (o *Op) lasts(seconds float64) {
	if seconds != o.Rare().Seconds {
		o.Own().Seconds = seconds
	}
}

// Expiry tells how what a claim created gets its time to live.
type Expiry uint8

// ExpiresLater: by a second command, which is never sent if the process dies before it.
const ExpiresLater Expiry = 1

// Phase is the part of a request's life in which an operation happens.
type Phase uint8

// The phases, in the order of time.
const (
	Validation Phase = iota
	Dependency
	Handler
	Teardown
	Deferred // background task or un-awaited task
)

// Ctx is the chain of decisions under which an operation happens.
type Ctx struct {
	Up    *Ctx
	Check int  // operation index of the Check
	Arm   int8 // 1 when the condition held, 0 when not; for exception handlers the number of the clause, counted from 2
	// Leaves tells what the other arm does: how far the decision reaches.
	Leaves Leaving
	// Implied tells that nobody decides here: what was decided inside a helper follows from what the helper gave.
	Implied bool
	// Exc names what the other arm raises, or what the caller does who is given nothing by it: the class first and then its bases, and
	// Forbidden where it answers that.
	Exc []string
}

// with returns a chain that also has the decisions of another one.
func (c *Ctx) with(other *Ctx) *Ctx {
	if other == nil {
		return c
	}
	for up := c; up != nil; up = up.Up {
		if up.Check == other.Check {
			return c
		}
	}
	return c.with(other.Up).Then(*other)
}

// Then returns a chain that goes on with another decision.
func (c *Ctx) Then(next Ctx) *Ctx {
	next.Up = c
	return &next
}

// Forbidden stands among the names of an exception that answers 403, or closes a socket for a policy.
const Forbidden = "@forbidden"

// TooMany stands among the names of an exception that answers 429: there were too many requests.
const TooMany = "@too many"

// Way is a part of a chain of decisions, from the first one behind Base to At, by which something was given; every other way gave
// None, or, without OrNone, anything that is false.
type Way struct {
	At, Base *Ctx
	OrNone   bool
}

// Leaving tells how an arm of a branch leaves.
type Leaving uint8

// The ways to leave.
const (
	Stays Leaving = iota
	LeavesLoop
	LeavesFunction
	Raises
)

// Site is a place in the source together with the calls that led there.
type Site struct {
	Function *program.Function
	Module   *program.Module
	Node     python.Node
	Up       *Site
	Depth    int

	kept *Site // of a place on a stack: the copy that outlives it; see Keep
}

// Keep returns the site as something that may be kept. The interpreter passes through a place for each expression and
// statement; only those at which something happens are worth an allocation.
func (s *Site) Keep() *Site {
	if s == nil {
		return nil
	}
	if s.kept == nil {
		c := *s
		c.Up = s.Up.Keep()
		c.kept = &c
		s.kept = &c
	}
	return s.kept
}

// Line returns the 1-based line of the site.
func (s *Site) Line() int {
	line, _ := s.Module.File.Position(s.Node.Pos())
	return line
}

// Path returns the file of the site.
func (s *Site) Path() string { return s.Module.File.Path }

// Catch is an enclosing try statement.
type Catch struct {
	Up      *Catch
	Errors  interleave.Errors
	Retries bool
	Depth   int
}

// Apart tells whether two chains lead into different arms of one decision: what happens under the one does not happen on the way of the other.
func Apart(a, b *Ctx) bool {
	for ; a != nil; a = a.Up {
		for o := b; o != nil; o = o.Up {
			if o.Check == a.Check && o.Arm != a.Arm {
				return true
			}
		}
	}
	return false
}

// World is the trace of one entry point while it is being made.
type World struct {
	Program *program.Program
	Schema  *schema.Schema
	Ops     []Op
	Ctx     *Ctx
	Site    *Site
	Phase   Phase
	Catch   *Catch
	// Muted suppresses operations, while module-level code is evaluated.
	Muted int
	// Verb is the HTTP method of the request that is followed, "" for what is no request.
	Verb string
	// Full tells that the trace reached its limit and was cut.
	Full bool
	// Call runs a callable value with arguments, as the interpreter of the flow floor does.
	Call func(callee *Value, args []*Value, kw []Keyword) *Value
	// Defer queues a callable to run after the response, or unawaited.
	Defer func(callee *Value, args []*Value, kw []Keyword, how string)
	// Worker is the function that a queue's worker runs for jobs of a name, nil when it is not in sight.
	Worker func(name string) *Value
	// Started tells what start-up code puts into a shared place, nil when that is not known.
	Started func(place string) *Value
	// Typed makes a value of what an annotation says.
	Typed func(t *program.Type, sym string) *Value
	// Fields are the fields of an object or mapping, each with its value.
	Fields func(v *Value) []Keyword
	// Entry is what a dictionary of the process holds under a key, nil when that is not known.
	Entry func(container *Object, key *Value) *Value
	// Put is told what is put into a container of the process; nil when nobody asks.
	Put func(cell string, key, v *Value)
	// Looked is told in which module something was looked up.
	Looked func(m *program.Module)
	// Referenced tells whether the code still holds an object.
	Referenced func(o *Object) bool
	// FamilyOf and MethodOf are the look-ups Family and Method, for models that need them: a model cannot name the table it stands in.
	FamilyOf func(qual string) string
	MethodOf func(family, name string) Model
	Await    bool // the call being modelled is awaited
	Cleanup  int  // enclosing finally blocks
	Streamed bool // the body of a response is being sent
	aside    int  // enclosing functions that were handed to a thread of the pool
	Endless  int  // enclosing loops that go on for as long as the client stays

	own *tables // of the library that the project described itself, nil for none

	records *Value // the connection of active records

	objects        int
	fresh          int
	rows           map[rowID]*Object
	along          map[rowID]along // what came along with other rows
	sessions       int
	requestSession int             // that the library's middleware opened, or the block that runs; 0 before anybody asked; see OfRequest
	drivers        map[int]string  // the libraries of sessions that are connections of a driver
	levels         map[int]string  // isolation levels that sessions were given
	named          map[string]int  // sessions of which only the symbol is known
	Notes          map[string]int  // counted reasons for what could not be followed
	Gaps           []int           // before which operations something was not followed
	contents       map[string]Deps // what this request wrote, by path
}

type rowID struct {
	session int
	table   string
	key     string
}

// NewWorld returns an empty trace.
func NewWorld(p *program.Program, s *schema.Schema) *World {
	w := &World{Program: p, Schema: s}
	joinOnce.Do(joinLibraries)
	w.FamilyOf, w.MethodOf = w.Family, w.Method
	return w
}

// MaxOps bounds the trace of one entry point.
const MaxOps = 4000

// Emit appends an operation at the current place and returns its index, or -1 when nothing is recorded.
func (w *World) Emit(op Op) int {
	if w.Muted > 0 {
		return -1
	}
	if len(w.Ops) >= MaxOps {
		if !w.Full {
			w.Full = true
			w.Note(TooMuch)
		}
		return -1
	}
	op.Ctx, op.Phase, op.Catch, op.Cleanup = w.Ctx, w.Phase, w.Catch, w.Cleanup > 0
	op.Endless, op.Streamed, op.Aside = uint8(min(w.Endless, math.MaxUint8)), w.Streamed, w.aside > 0
	if op.Site == nil {
		op.Site = w.Site.Keep()
	}
	if w.Phase >= Teardown {
		op.Flags |= interleave.AfterResponse
	}
	if w.Catch != nil {
		op.Catches, op.Retries = w.Catch.Errors, w.Catch.Retries
	}
	if driver, level := w.drivers[op.Session], w.levels[op.Session]; driver != "" || level != "" {
		rare := op.Own()
		rare.Driver, rare.Level = driver, level
	}
	w.Ops = append(w.Ops, op)
	i := len(w.Ops) - 1
	if op.Rare().Level == autocommit && isStatement(op.Kind) {
		end := Op{}
		end.Kind, end.Session, end.Flags = interleave.Commit, op.Session, interleave.KeepOnCommit
		w.Emit(end)
	}
	return i
}

// InThread runs what a coroutine hands to a thread of the pool and waits for: meanwhile the event loop goes on, and so does every other
// such thread, between any two steps.
func (w *World) InThread(run func() *Value) *Value {
	w.Suspend(false)
	w.aside++
	v := run()
	w.aside--
	w.Suspend(true)
	return v
}

const autocommit = "AUTOCOMMIT"

// isStatement tells whether an operation is sent to the database at once.
func isStatement(k interleave.Kind) bool {
	switch k {
	case interleave.Read, interleave.Refresh, interleave.Update, interleave.Insert, interleave.InsertWhereNotExists, interleave.Delete:
		return true
	}
	return false
}

// SetLevel gives a session an isolation level of its own.
func (w *World) SetLevel(session int, level string) {
	level = strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToUpper(strings.TrimSpace(level)))
	if level == "" || session == 0 {
		return
	}
	if w.levels == nil {
		w.levels = map[int]string{}
	}
	w.levels[session] = level
}

// Dep returns the operation as a set, empty for -1.
func Dep(op int) Deps {
	if op < 0 {
		return nil
	}
	return Deps{int32(op)}
}

// NewObject returns a new object.
func (w *World) NewObject() *Object {
	w.objects++
	return &Object{ID: w.objects, Load: -1}
}

// Objects is how many objects there are: one that is made later has a greater number.
func (w *World) Objects() int { return w.objects }

// NewSession numbers a new session or connection.
func (w *World) NewSession() int {
	w.sessions++
	return w.sessions
}

// SessionNamed numbers the session that a symbol stands for: the same symbol is the same session.
func (w *World) SessionNamed(sym string) int {
	if w.named == nil {
		w.named = map[string]int{}
	}
	if w.named[sym] == 0 {
		w.named[sym] = w.NewSession()
	}
	return w.named[sym]
}

// Sessions counts the sessions so far.
func (w *World) Sessions() int { return w.sessions }

// Fresh returns a name that nothing else has.
func (w *World) Fresh(base string) string {
	w.fresh++
	return base + "#" + strconv.Itoa(w.fresh)
}

// Row returns the object that stands for a row in a session's identity map, and whether it was there already.
func (w *World) Row(session int, t *schema.Table, name, key string) (*Object, bool) {
	if w.rows == nil {
		w.rows = map[rowID]*Object{}
	}
	id := rowID{session, name, key}
	if o, ok := w.rows[id]; ok {
		return o, true
	}
	o := w.NewObject()
	o.Table, o.Key, o.Session = t, key, session
	if t != nil {
		o.Class = t.Class
	}
	w.rows[id] = o
	return o, false
}

// LockedRow is Row for a read that locks: a row that was loaded before and that nobody holds any more is another object.
func (w *World) LockedRow(session int, t *schema.Table, name, key string) (*Object, bool) {
	id := rowID{session, name, key}
	if o := w.rows[id]; o != nil && w.Referenced != nil && !w.Referenced(o) {
		delete(w.rows, id)
	}
	return w.Row(session, t, name, key)
}

// What may not be followed to its end.
const (
	TooLong  = "too many steps"
	TooMuch  = "too many operations"
	TooDeep  = "call too deep"
	TooOften = "called too often"
	TooDear  = "too much for the whole scan"
)

// Note counts a reason why something was not followed.
func (w *World) Note(reason string) {
	if w.Notes == nil {
		w.Notes = map[string]int{}
	}
	w.Notes[reason]++
	if at := len(w.Ops); len(w.Gaps) == 0 || w.Gaps[len(w.Gaps)-1] != at {
		w.Gaps = append(w.Gaps, at)
	}
}

// Demand records that the request goes on only if what derives from deps is right; by names what says so.
func (w *World) Demand(deps Deps, by string) {
	if len(deps) == 0 {
		return
	}
	if by == "" {
		by = "library"
	}
	op := Op{}
	op.Kind, op.From = interleave.Check, deps.Ints()
	op.Own().Demands = by
	w.Emit(op)
}

// Suspend records that other requests of the same process get a turn here.
func (w *World) Suspend(long bool) {
	w.Emit(Op{Op: interleave.Op{Kind: interleave.Suspend}, Long: long})
}
