package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Relation tells how an act hangs on a read.
type Relation uint8

// The relations.
const (
	SameRow      Relation = iota // a row, key, path or cell is read and then written
	SetInsert                    // a set is looked at and then inserted into
	SetLeave                     // a set is counted and then a row leaves it
	RowEffect                    // a row is checked and something that cannot be taken back follows
	Captured                     // deferred work acts on values read before
	Lease                        // a lock in a store is used wrongly
	Authority                    // an identity, role or permission is checked and something else follows
	Again                        // something is looked at, found good, and then looked up once more by its name
	SharedName                   // a temporary file is written, and read back by a name that others use as well
	ClaimDropped                 // a conditional write may take nothing, nobody looks, and something follows
	Parallel                     // two tasks of one request use one session at the same time
	Escaped                      // a task uses the request's session when the request has closed it
	Unpublished                  // somebody is told of a row before it is committed
	PerProcess                   // memory of one process decides what holds for all
	Leaked                       // data of one request lies in an object of all requests while the request waits
	Recounted                    // a number that is reckoned from rows is kept in another one
	Skewed                       // a row is checked and another one added to it, which the rival closes on what it found there
)

// Race is a check that goes stale: what was read, what trusts it, and who can change it.
type Race struct {
	Trace    *flow.Trace
	Relation Relation
	Read     int   // the operation that read what goes stale
	Uses     []int // the operations by which it was looked at (attribute reads)
	Checks   []int // the decisions on it
	Act      int   // the first act
	Acts     []int // all acts of the group
	// Columns are what was looked at, in the names of the table.
	Columns []string
	// Misuse is what is wrong with a lock in a store.
	Misuse Misuse
	// Derived tells that the written value derives from the read, and not only the decision.
	Derived bool
	Table   *schema.Table
	Rival   *flow.Trace
	// RivalAct is the rival's operation that changes what was read.
	RivalAct  int
	Path      *Path
	RivalPath *Path
	// Outside is the rival that is no entry point of the project, where there is one: a name server, another program.
	Outside   string
	Verdict   interleave.Verdict
	Engine    interleave.Engine
	Placement interleave.Placement
	// Processes tells that the race needs two processes of the application.
	Processes bool
	// Blocking tells that the request does not wait between check and act, so that only another process can come in between; more than one was not seen.
	Blocking bool
	// Where and What tell place and resource of a race that needs no schedule of two requests, nil and "" for the others; Told is
	// its story.
	Where *effects.Site
	What  string
	Told  []Moment
	// Mild tells that the consequence is a step less than the rule's.
	Mild bool
	// SameTwice tells that the request sent twice only says the same twice: the rival was looked for because it says something else.
	SameTwice bool
	// startsWork tells that the request sends a worker to do something that stays, and sends it twice.
	startsWork bool
	// Unsure tells that the race needs several processes, and that nothing says how many there are.
	Unsure bool
	// Routes are all entry points that reach the same race, the reported one first.
	Routes []*flow.Trace

	picked      bool            // see pickedBy
	ticket      bool            // see ticketKeys
	personal    map[string]bool // see OwnMatter
	foundByName map[string]bool // see OnlyLabel
	made        *made           // while the candidates of its trace are judged
	told        []python.Node   // see reserved
}

// Deciding returns the decisions that look at what can change, and not only at whether the row is there; all of them when none does.
// What is only asserted to be there decides nothing as long as something else does.
func (r *Race) Deciding() []int {
	decisions := r.deciding()
	told := slices.DeleteFunc(slices.Clone(decisions), func(c int) bool { return assertsPresence(r.Op(c)) })
	if len(told) == 0 {
		return decisions
	}
	return told
}

func (r *Race) deciding() []int {
	if r.Relation != SameRow && r.Relation != RowEffect {
		return r.Checks
	}
	contested := r.Contested()
	var best, good []int
	for _, c := range r.Checks {
		for _, f := range r.Op(c).From {
			if f == r.Read || !slices.Contains(r.Uses, f) {
				continue
			}
			good = append(good, c)
			if writesColumn(contested, r.Op(f).Res.Columns) {
				best = append(best, c)
			}
		}
	}
	switch {
	case len(best) > 0:
		return best
	case len(good) > 0:
		return good
	}
	return r.Checks
}

func writesColumn(written, looked []string) bool {
	return slices.ContainsFunc(looked, func(c string) bool { return slices.Contains(written, c) })
}

// Op returns an operation of the racing request.
func (r *Race) Op(i int) *effects.Op { return &r.Trace.Ops[i] }

// Moment is one step of a story.
type Moment struct {
	Actor string // "A" or "B"
	Role  finding.Role
	Site  *effects.Site
	Note  string
}

// Resource names what races: the table, key template, path or cell.
func (r *Race) Resource() string {
	if r.What != "" {
		return r.What
	}
	return r.Trace.Ops[r.Read].Res.Name
}

// Subject is how the text of a finding calls what races.
func (r *Race) Subject() string {
	if op := r.Op(r.Read); op.Res.Store == interleave.File || op.Res.Store == interleave.Remote {
		return strings.ReplaceAll(op.Res.Key, "#", "")
	}
	if op := r.Op(r.Read); r.Relation == Lease && op.Name != "" {
		return "the lock " + effects.KeyName(strings.TrimPrefix(op.Name, "redis:"))
	}
	if op := r.Op(r.Read); op.Res.Store == interleave.KeyValue && op.Res.Name == effects.RedisKeys && op.Res.Key != "" {
		return "redis key " + effects.KeyName(op.Res.Key)
	}
	return r.Resource()
}

// Self tells whether the rival is the same entry point, called twice.
func (r *Race) Self() bool { return r.Rival == r.Trace }

// DerivedOnly tells that no decision rests on the read: only the written value does.
func (r *Race) DerivedOnly() bool { return len(r.Checks) == 0 }

// SharesDefault tells whether what races is the default value of a parameter, which all calls share that bring none of their own.
func (r *Race) SharesDefault() bool {
	for s := r.Op(r.Act).Site; s != nil; s = s.Up {
		if s.Function != nil && slices.ContainsFunc(s.Function.Params, func(p program.Param) bool {
			return p.Default != nil && r.Resource() == s.Function.Module.Name+"."+s.Function.Qualname+"."+p.Name
		}) {
			return true
		}
	}
	return false
}

// Group joins relations that users see as one race.
func (r Relation) Group() string {
	switch r {
	case SetInsert, SetLeave:
		return "set"
	case Captured:
		return "captured"
	case Authority:
		return "authority"
	case Again:
		return "again"
	case Parallel:
		return "parallel"
	case Escaped:
		return "escaped"
	case Unpublished:
		return "unpublished"
	case PerProcess:
		return "process"
	case Leaked:
		return "leaked"
	case Recounted:
		return "recounted"
	case Skewed:
		return "skewed"
	}
	return "row"
}

// WritesWhatItChecks tells whether an act writes a column that was looked at and that the rival changes, or takes the row away. Who writes
// another one makes a race with a rival that looks at it in turn; where the rival does not, it comes to the same as if it had come second.
func (r *Race) WritesWhatItChecks() bool {
	contested := r.Contested()
	for _, a := range r.Acts {
		op := r.Op(a)
		if op.Kind == interleave.Delete || op.Kind == interleave.Remove || len(r.Columns) == 0 || r.SavesWhole(a) || op.Kind == interleave.Effect {
			return true
		}
		for _, s := range op.Set {
			if s.Column == "*" && !r.AsksWhoMay() || slices.Contains(contested, s.Column) || slices.Contains(r.Columns, s.Column) && r.rivalLooksAt(s.Column) {
				return true
			}
		}
	}
	return false
}

// rivalLooksAt tells whether something that the rival decides or stores rests on a column of what was read, or a condition of its own asks
// for one. What it reads only to answer with turns nothing.
func (r *Race) rivalLooksAt(column string) bool {
	if r.Rival == nil || r.Self() {
		return true
	}
	rests := map[int]bool{}
	for i := range r.Rival.Ops {
		if op := &r.Rival.Ops[i]; op.Kind == interleave.Check && op.Rare().Demands == "" || isAct(r.Rival, i) {
			for _, f := range op.From {
				rests[f] = true
			}
		}
	}
	for i := range r.Rival.Ops {
		op := &r.Rival.Ops[i]
		if op.Res.Store != r.Op(r.Read).Res.Store || op.Res.Name != r.Resource() {
			continue
		}
		if slices.Contains(whereColumns(op.Res.Where), column) || rests[i] && op.Kind == interleave.Attr && slices.Contains(op.Res.Columns, column) {
			return true
		}
		if rests[i] && op.Kind == interleave.Read && op.Obj == 0 && (len(op.Res.Columns) == 0 || slices.Contains(op.Res.Columns, column)) {
			return true // of a row that is no object it is not told what is looked at
		}
	}
	return false
}

// SavesWhole tells whether a write gives all columns of a row what they held at the look, or before it. One that was loaded after the look
// gives back what it found by then, and writes no more than what the request changed since.
func (r *Race) SavesWhole(i int) bool {
	op := r.Op(i)
	if op.Flags&interleave.AllColumns == 0 {
		return false
	}
	for j := r.Read + 1; j < i && op.Obj != 0; j++ {
		if loads(r.Op(j), op.Obj) {
			return false
		}
	}
	return true
}

// MarksRow tells whether the request writes to the row that it checks, so that its effect belongs to a change of state.
func (r *Race) MarksRow() bool {
	read := r.Op(r.Read)
	for i := r.Read + 1; i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		if (op.Kind == interleave.Assign || op.Kind == interleave.Update) && op.Res.Name == read.Res.Name && (op.Obj != 0 && op.Obj == read.Obj || op.Res.Key == read.Res.Key) {
			return true
		}
	}
	return false
}

// Idle tells whether the same request, sent twice, stores the same twice and does nothing else: constants, the time, or what can
// be computed from the row alone. No effect, no other row.
func (r *Race) Idle() bool {
	return r.Self() && r.storesSame()
}

// storesSame tells whether all that the request does under its decisions is to store what it would store at any time.
func (r *Race) storesSame() bool {
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i < r.Read || !r.follows(i) {
			continue
		}
		switch op.Kind {
		case interleave.Effect, interleave.Add, interleave.Insert, interleave.Remove, interleave.Delete:
			return false
		case interleave.Assign, interleave.Update:
			for _, s := range op.Set {
				if !isStamp(s.Value) && !r.ofRowAlone(op, s) {
					return false
				}
			}
		}
	}
	return true
}

// follows tells whether an operation hangs on what was read: by a decision, or because a value comes from there. What a request does
// whatever it found it does in any order of the two.
func (r *Race) follows(i int) bool {
	if slices.Contains(r.Acts, i) {
		return true
	}
	op := r.Op(i)
	for c := op.Ctx; c != nil; c = c.Up {
		if slices.Contains(r.Checks, c.Check) {
			return true
		}
	}
	return slices.ContainsFunc(op.From, func(f int) bool { return f == r.Read || slices.Contains(r.Uses, f) })
}

// ofRowAlone tells whether the stored value is computed from other columns of the row and nothing that the request brings.
func (r *Race) ofRowAlone(op *effects.Op, s interleave.Assignment) bool {
	if op.Kind != interleave.Assign || s.Relative || s.Column == "*" || len(op.From) == 0 || strings.Contains(s.Value, "#") {
		return false
	}
	for _, f := range op.From {
		from := r.Op(f)
		if from.Obj != op.Obj || from.Kind == interleave.Attr && slices.Contains(from.Res.Columns, s.Column) {
			return false
		}
	}
	value := OutsideBrackets(s.Value)
	for _, p := range r.Trace.Entry.Function.Params {
		if mentionsName(value, p.Name) {
			return false
		}
	}
	return true
}

// OutsideBrackets drops what stands in brackets: the keys by which rows are named.
func OutsideBrackets(s string) string {
	var b strings.Builder
	depth := 0
	for _, c := range s {
		switch c {
		case '[':
			depth++
		case ']':
			depth = max(depth-1, 0)
		default:
			if depth == 0 {
				b.WriteRune(c)
			}
		}
	}
	return b.String()
}

// mentionsName tells whether a symbol is made of the name.
func mentionsName(sym, name string) bool {
	return slices.Contains(effects.Names(sym), name)
}

// Contested returns the columns that were looked at and that the rival changes; all that were looked at, when it is not told which.
// Of a set of rows it is the columns by which they are found.
func (r *Race) Contested() []string {
	var out []string
	if r.Relation == SetInsert {
		for _, c := range r.Op(r.Read).Res.Where {
			col := c.Column
			if inner := effects.FoldedColumn(col); inner != "" {
				col = inner
			}
			if c.Op == "=" && col != "" && !slices.Contains(out, col) {
				out = append(out, col)
			}
		}
		for _, col := range r.Sought() {
			if !slices.Contains(out, col) {
				out = append(out, col)
			}
		}
		return out
	}
	if r.MovesIn() {
		return r.movedBy()
	}
	if r.Rival != nil {
		for _, s := range r.Rival.Ops[r.RivalAct].Set {
			if slices.Contains(r.Columns, s.Column) {
				out = append(out, s.Column)
			}
		}
	}
	if len(out) == 0 && r.Rival != nil && r.SavesWhole(r.Act) {
		out = r.lost(&r.Rival.Ops[r.RivalAct])
	}
	if len(out) == 0 {
		return r.Columns
	}
	return out
}
