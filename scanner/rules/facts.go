package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask of a race.

func onTable(r *race.Race) bool  { return store(r) == interleave.Table }
func inMemory(r *race.Race) bool { return store(r) == interleave.Memory }
func onFile(r *race.Race) bool   { return store(r) == interleave.File }
func onKey(r *race.Race) bool    { return store(r) == interleave.KeyValue }

func outside(r *race.Race) bool { return store(r) == interleave.Remote }

// rows tells whether what races are the rows of a table or the documents of a collection.
func rows(r *race.Race) bool { return onTable(r) || onKey(r) && !onRedis(r) }

func store(r *race.Race) interleave.Store { return r.Op(r.Read).Res.Store }

func raced(r *race.Race) bool { return r.Verdict.Outcome == interleave.Race }

// checked tells whether a decision, and not only a value, rests on the read.
func checked(r *race.Race) bool { return len(r.Checks) > 0 }

// mentions tells whether one of the names holds one of the words.
func mentions(names []string, words ...string) bool {
	for _, n := range names {
		n = strings.ToLower(n)
		for _, w := range words {
			if strings.Contains(n, w) {
				return true
			}
		}
	}
	return false
}

// written returns the columns that the acts write on the row that was read.
func written(r *race.Race) []string {
	var out []string
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if !slices.Contains(out, s.Column) {
				out = append(out, s.Column)
			}
		}
	}
	return out
}

// onRow tells whether a row is checked, and then written or acted on.
func onRow(r *race.Race) bool { return r.Relation == race.SameRow || r.Relation == race.RowEffect }

// overlap returns the columns that are both looked at and written. An effect stands for a write of what was looked at.
func overlap(r *race.Race) []string {
	if r.Relation == race.RowEffect {
		return r.Columns
	}
	var out []string
	w := written(r)
	for _, c := range r.Columns {
		if r.EmptiesKey(c) && !r.GivesForKey() {
			continue
		}
		if slices.Contains(w, c) && c != "id" { // nobody gives a row another number
			out = append(out, c)
		}
	}
	return out
}

// wholeOrSame tells whether what is written derives from the same column's old value, or from the whole content.
func wholeOrSame(r *race.Race) bool {
	if r.SavesWhole(r.Act) {
		return true
	}
	if len(r.Columns) == 0 {
		return !onTable(r) || slices.Contains(written(r), "*") || r.Op(r.Read).Obj == 0
	}
	return len(overlap(r)) > 0 || slices.Contains(written(r), "*") && r.Self()
}

// fillsCache tells whether an entry is looked up and, when missing, made: two requests that both make it lose only work.
func fillsCache(r *race.Race) bool {
	if mentions([]string{r.Resource()}, "cache", "client", "pool", "instance", "model", "loaded", "registry") {
		act := r.Op(r.Act)
		return act.Value != nil && act.Value.Kind != effects.Const
	}
	return false
}

var stateWords = []string{"status", "state", "phase", "stage", "step"}

var onceWords = []string{"used", "redeem", "consumed", "claimed", "verified_at", "accepted", "burn", "spent", "activated"}

// usedUp tells whether a column that says that something was used is looked at and written. What is revoked is used up where something
// else is given for it; when something was used last is no use of it.
func usedUp(r *race.Race) bool {
	for _, c := range overlap(r) {
		if r.EmptiesKey(c) {
			return true
		}
		if mentions([]string{c}, "last") || isQuantity(r, c) || givenBack(r, c) {
			continue
		}
		if mentions([]string{strings.ReplaceAll(strings.ToLower(c), "deactivated", "")}, onceWords...) || mentions([]string{c}, "revoked") && r.GivesForIt() && !withdraws(r) {
			return true
		}
	}
	return false
}

// givenBack tells whether all that is written to a column is that nothing is there, or that it is not so: what was used up can be used again.
func givenBack(r *race.Race, column string) bool {
	found := false
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if s.Column != column {
				continue
			}
			if s.Value != "None" && s.Value != "False" {
				return false
			}
			found = true
		}
	}
	return found
}

// isQuantity tells whether a column says how much of something was used, as used_bytes does, and not that it was.
// A number that is given one, or nothing, is a mark.
func isQuantity(r *race.Race, column string) bool {
	_, what, found := strings.Cut(column, "used_")
	if found && mentions([]string{what}, "at", "by", "on", "flag") && len(what) < 5 || r.Table == nil {
		return false
	}
	c := r.Table.Column(column)
	if c == nil || !mentions([]string{c.Type}, "int", "float", "numeric", "decimal") {
		return false
	}
	return found || slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool {
			return s.Column == column && s.Value != "1" && s.Value != "0" && s.Value != "True"
		})
	})
}

// isOnceTable tells whether the rows of the table work once. When one of them was used last is a note, and no use of it; what is left on
// a gift card is an amount.
func isOnceTable(r *race.Race) bool {
	columns := overlap(r)
	noted := len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return !mentions([]string{c}, "last_", "_last") })
	return (race.WorksOnce(r.Resource()) || removes(r) && r.ByToken()) && !noted && !stepsByAmount(r)
}

// withdrawn are parts of columns and states that say that a code is not to be used any more, without having been used.
var withdrawn = []string{"revoke", "cancel", "withdraw", "invalidat", "expire", "disable"}

// withdraws tells whether all that is written says that a code is taken back, and the request gives nothing for it: what is taken back twice is
// taken back.
func withdraws(r *race.Race) bool {
	found := false
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if mentions([]string{s.Column, s.Value}, onceWords...) {
				return false
			}
			found = found || mentions([]string{s.Column, s.Value}, withdrawn...)
		}
	}
	oneOfSeveral := strings.HasPrefix(r.Op(r.Act).Res.Key, effects.EachOf) // nobody has shown it: the oldest of somebody's sessions is ended
	return found && !removes(r) && (oneOfSeveral || !r.GivesForIt())
}

// stepsByAmount tells whether a column is set to its old value and some amount; one more or less is a use that is counted.
func stepsByAmount(r *race.Race) bool {
	return stepsOn(r) && !slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool { return strings.HasSuffix(s.Value, " 1)") })
	})
}

// isState tells whether a checked column holds a state: by its name, or because it is compared with a constant word, flag or time.
func isState(r *race.Race) bool {
	columns := r.Columns
	if r.Relation == race.SameRow && stepsOn(r) {
		columns = r.Contested() // which arm computes the new number is no state that the race is about, nor what else the row was asked to be
	}
	if mentions(columns, stateWords...) {
		return true
	}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		for _, u := range p.Uses {
			if (comparesState(u) || marksNumber(r, u)) && !asksForRow(r, u) && u.Left != nil && (u.Left.SrcCol == "" || slices.Contains(columns, u.Left.SrcCol)) {
				return true
			}
		}
	}
	return false
}

// stepsOn tells whether a column is set to a number that is computed from its own old value.
func stepsOn(r *race.Race) bool {
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if r.Derived && strings.HasPrefix(s.Value, "(") && strings.Contains(s.Value, "]."+s.Column) {
				return true
			}
		}
	}
	return false
}

// asksForRow tells whether a test for None asks whether there is a row: its column cannot be NULL.
func asksForRow(r *race.Race, u effects.PredUse) bool {
	if u.Op != "exists" && u.Op != "not exists" || u.Left == nil || r.Table == nil {
		return false
	}
	c := r.Table.Column(u.Left.SrcCol)
	return c != nil && (c.Primary || !c.Nullable)
}

func comparesState(u effects.PredUse) bool {
	switch u.Op {
	case "in", "not in":
		return u.Left != nil && u.Left.SrcCol != "" && allConstant(u.Right) // `"@" in row.email` asks how a text is spelled
	case "=", "!=":
		if u.Left != nil && (u.Left.Made || u.Left.SrcCol != "" && strings.HasSuffix(u.Left.Sym, "]")) {
			return false // how it is spelled is no state
		}
		for _, v := range []*effects.Value{u.Left, u.Right} {
			if v != nil && v.Kind == effects.Const && (v.Sym == "True" || v.Sym == "False" || strings.HasPrefix(v.Sym, "'")) {
				return true
			}
		}
	case "true", "false", "exists", "not exists":
		return u.Left != nil && u.Left.SrcCol != ""
	}
	return false
}

// marksNumber tells whether a column is compared with the very number that is then stored there: `if row.margin != 1: row.margin = 1`.
func marksNumber(r *race.Race, u effects.PredUse) bool {
	if u.Op != "=" && u.Op != "!=" || u.Left == nil || u.Right == nil || u.Left.Made || u.Left.SrcCol == "" || u.Right.Kind != effects.Const {
		return false
	}
	return slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool { return s.Column == u.Left.SrcCol && s.Value == u.Right.Sym })
	})
}

// allConstant tells whether a value is a display of literals.
func allConstant(v *effects.Value) bool {
	return v != nil && v.Kind == effects.Sequence && v.Elem == nil && len(v.Items) > 0 &&
		!slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return it.Kind != effects.Const })
}

// comparesOrder tells whether a check compares by size: a balance, a stock, a limit.
func comparesOrder(r *race.Race) bool {
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				switch u.Op {
				case "<", "<=", ">", ">=":
					return true
				}
			}
		}
	}
	return false
}

// comparesOrderOfRow tells whether a check compares something of the row by size, and not only what the request brings.
func comparesOrderOfRow(r *race.Race) bool {
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			switch u.Op {
			case "<", "<=", ">", ">=":
				return ofRow(r, u.Left) || ofRow(r, u.Right)
			}
			return false
		}) {
			return true
		}
	}
	return false
}

func ofRow(r *race.Race, v *effects.Value) bool {
	if v == nil {
		return false
	}
	deps := v.AllDeps()
	return deps.Has(r.Read) || slices.ContainsFunc(r.Uses, deps.Has)
}

// comparesAmount tells whether a check compares by size and something else than times: how old a row is sets no limit to how many
// there are.
func comparesAmount(r *race.Race) bool { return comparesAmountOf(r, nil) }

// comparesAmountOf is that of some columns, nil for all.
func comparesAmountOf(r *race.Race, columns []string) bool {
	sized := func(v *effects.Value) bool {
		return v != nil && rests(r, v) && (columns == nil || v.SrcCol == "" || slices.Contains(columns, v.SrcCol))
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				switch u.Op {
				case "<", "<=", ">", ">=":
					if !isTime(u.Left) && !isTime(u.Right) && (sized(u.Left) || sized(u.Right)) {
						return true
					}
				}
			}
		}
	}
	return false
}

// isTime tells whether a value is a time: by the name of its column, or because it is the present.
func isTime(v *effects.Value) bool {
	return v != nil && (strings.HasSuffix(v.SrcCol, "_at") || strings.HasSuffix(strings.TrimRight(v.Sym, ")"), "_at") || v.Sym == "now")
}

// relative tells whether an act lets the store compute the new value from the latest old one.
func relative(r *race.Race) bool {
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if s.Relative && slices.Contains(r.Columns, s.Column) {
				return true
			}
		}
	}
	return false
}

// inserts tells whether the act adds a row.
func inserts(r *race.Race) bool { return r.Relation == race.SetInsert }

// tableNames returns the names by which the contested table is known.
func tableNames(r *race.Race) []string {
	names := []string{r.Resource()}
	if r.Table != nil && r.Table.Class != nil {
		names = append(names, r.Table.Class.Name)
	}
	return names
}

// checkedColumns are the columns by which the set that was looked at is restricted to equal values.
func checkedColumns(r *race.Race) []string {
	var out []string
	for _, c := range r.Op(r.Read).Res.Where {
		if c.Op == "=" {
			out = append(out, c.Column)
		}
	}
	return out
}

// splitSessions tells whether check and act belong to two sessions that each were to hold a transaction. A driver's connection
// whose statements commit themselves was not.
func splitSessions(r *race.Race) bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if read.Session == 0 || act.Session == 0 || read.Session == act.Session {
		return false
	}
	return transacts(r, read) && transacts(r, act)
}

func transacts(r *race.Race, op *effects.Op) bool {
	if op.Driver == "" {
		return true
	}
	for _, i := range r.Path.Ops {
		if o := r.Op(i); o.Session == op.Session && o.Kind == interleave.Begin {
			return true
		}
	}
	return false
}

// splitBetween tells whether the transaction of the read is over when the act happens, where one of its own would have held:
// there was a lock, or the isolation level keeps what was read.
func splitBetween(r *race.Race) bool {
	if !r.Locks() && !keepsReads(r.Engine) {
		return false
	}
	read := r.Op(r.Read)
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i > r.Read && i < r.Act && op.Session == read.Session && (op.Kind == interleave.Commit || op.Kind == interleave.Close || op.Kind == interleave.Rollback) {
			return true
		}
	}
	return false
}

// readsLatest tells that each statement reads anew: a lock that comes too late is one on another row, in the same statement.
func readsLatest(e interleave.Engine) bool {
	return e == interleave.PostgresReadCommitted || e == interleave.MySQLReadCommitted
}

func keepsReads(e interleave.Engine) bool {
	return e == interleave.PostgresSerializable || e == interleave.PostgresRepeatableRead || e == interleave.MySQLSerializable
}

// checkedBefore tells whether a decision on the read can keep the insert from happening at all.
func checkedBefore(r *race.Race) bool { return checked(r) }

func isCount(r *race.Race) bool {
	switch r.Op(r.Read).Res.Aggregate {
	case interleave.Count, interleave.Sum:
		return !asksForAny(r)
	}
	for _, cond := range r.Op(r.Read).Res.Where {
		if cond.Of != nil && cond.Of.Aggregate == interleave.Count {
			return true
		}
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				// `len(found) != len(asked)` compares two sets and sets no limit
				if counts(u.Left) != counts(u.Right) && (counts(u.Left) && rests(r, u.Left) || counts(u.Right) && rests(r, u.Right)) {
					return true
				}
			}
		}
	}
	return false
}

// rests tells whether a value comes from what was read: how many there are of something else sets no limit to it.
func rests(r *race.Race, v *effects.Value) bool {
	deps := v.AllDeps()
	return deps.Has(r.Read) || slices.ContainsFunc(r.Uses, deps.Has)
}

// asksIfEmpty tells whether a count is only asked whether it is zero: that is a question of existence and no limit.
func asksIfEmpty(r *race.Race) bool {
	asked := false
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				zero := u.Right != nil && u.Right.Sym == "0"
				switch u.Op {
				case "=", "!=", ">":
					if !zero {
						return false
					}
				case "true", "false", "exists", "not exists":
				default:
					return false
				}
				asked = true
			}
		}
	}
	return asked
}

// asksForAny tells that the number of rows is only compared with nought: whether there are any.
func asksForAny(r *race.Race) bool {
	asked := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			return false
		}
		for _, u := range p.Uses {
			if u.Left == nil || int(u.Left.Src)-1 != r.Read {
				continue
			}
			switch {
			case u.Op == "true" || u.Op == "false" || u.Op == "exists" || u.Op == "not exists":
			case u.Right != nil && (u.Right.Sym == "0" && (u.Op == ">" || u.Op == "=" || u.Op == "!=") || u.Right.Sym == "1" && (u.Op == ">=" || u.Op == "<")):
			default:
				return false
			}
			asked = true
		}
	}
	return asked && len(r.Op(r.Read).Res.Where) > 0
}

func counts(v *effects.Value) bool {
	return v != nil && (strings.HasPrefix(v.Sym, "len(") || strings.HasPrefix(v.Sym, "count(") || strings.HasPrefix(v.Sym, "sum(") || v.Sym == "len")
}

// isUpsert tells whether the insert is the other arm of a decision whose first arm uses the row that was found.
func isUpsert(r *race.Race) bool {
	act := r.Op(r.Act)
	if act.Kind == interleave.InsertWhereNotExists || act.Upsert {
		return true
	}
	if len(r.Checks) == 0 {
		return act.Kind == interleave.Add && r.Op(r.Read).Res.Aggregate == interleave.Exists
	}
	for c := act.Ctx; c != nil; c = c.Up {
		if !slices.Contains(r.Checks, c.Check) {
			continue
		}
		if c.Leaves == effects.Raises || c.Leaves == effects.LeavesFunction && r.Op(c.Check).Site.Function == r.Trace.Entry.Function {
			return false
		}
	}
	return true
}

func removes(r *race.Race) bool {
	switch r.Op(r.Act).Kind {
	case interleave.Remove, interleave.Delete:
		return true
	}
	return false
}

// isQueuePick tells whether the row was not named by the request but picked from those that wait.
func isQueuePick(r *race.Race) bool {
	read := r.Op(r.Read)
	if read.Lock.SkipLocked {
		return true
	}
	var asked []string
	for _, c := range read.Res.Where {
		if c.Op == "=" && !isConstant(c.Value) {
			return false
		}
		if c.Op == "=" && strings.HasPrefix(c.Value, "'") && (!mentions([]string{c.Column}, stateWords...) || atWork[strings.ToLower(strings.Trim(c.Value, "'"))]) {
			return false // rows with some text are no queue, and what is worked on waits for nobody to take it
		}
		asked = append(asked, c.Column)
	}
	return len(asked) > 0 && !strings.Contains(strings.Join(asked, ","), "_id") && keyOfConstants(read) && marks(r, asked) && !handsOver(r)
}

// atWork are the states of a job that somebody has taken already.
var atWork = map[string]bool{"running": true, "processing": true, "in_progress": true, "in progress": true, "started": true, "working": true, "claimed": true, "leased": true}

// marks tells whether the picked row is given another mark in what it was picked by. A number that is computed from the old one, as a
// place in a list that moves, is none.
func marks(r *race.Race, asked []string) bool {
	waits := map[string]bool{} // by column: that it holds something is all that the picked have in common
	for _, c := range r.Op(r.Read).Res.Where {
		waits[c.Column] = c.Op == "is not null"
	}
	return slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool {
			return slices.Contains(asked, s.Column) && (isConstant(s.Value) || !r.Derived && !waits[s.Column])
		})
	})
}

// handsOver tells whether another row is given what the picked one had: a mark that one of them carries, as the default, goes on to
// the next, or to a new one that takes its place. Nothing waits there to be done.
func handsOver(r *race.Race) bool {
	read := r.Op(r.Read)
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i < r.Read || op.Kind != interleave.Assign && op.Kind != interleave.Update && op.Kind != interleave.Add && op.Kind != interleave.Insert || op.Res.Name != read.Res.Name || op.Obj != 0 && op.Obj == read.Obj {
			continue
		}
		for _, set := range op.Set {
			if slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
				return c.Op == "=" && isConstant(c.Value) && c.Column == set.Column && c.Value == set.Value
			}) {
				return true
			}
		}
	}
	return false
}

// keyOfConstants tells whether the row was picked by what all that wait have in common, and not by a key.
func keyOfConstants(read *effects.Op) bool {
	for _, part := range strings.Split(strings.TrimPrefix(read.Res.Key, effects.EachOf), ",") {
		if _, v, ok := strings.Cut(part, "="); part != "" && (!ok || !isConstant(v)) {
			return false
		}
	}
	return true
}

func overlaps(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func isConstant(s string) bool {
	return s != "" && (s[0] == '\'' || s[0] >= '0' && s[0] <= '9' || s == "True" || s == "False" || s == "None")
}

// isLazyInit tells whether the cell is made on first use: it is compared with None and then set to what was made.
func isLazyInit(r *race.Race) bool {
	if v := r.Op(r.Act).Value; v == nil || v.Kind == effects.Const {
		return false // a flag is raised, nothing is made
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				if u.Op == "not exists" || u.Op == "exists" || u.Op == "false" || u.Op == "true" {
					return r.Op(r.Read).Res.Key == "*" || r.Op(r.Read).Res.Key == "?" || fillsCache(r) || r.MadeIfMissing()
				}
			}
		}
	}
	return false
}

// lockedHere tells whether the request locks the contested row or set itself, or takes a named lock outside the process.
func lockedHere(r *race.Race) bool {
	read := r.Op(r.Read)
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i >= r.Act {
			break
		}
		if op.Kind == interleave.Acquire && op.Scope != interleave.ProcessLock && !ownLock(op.Name) && (i > r.Read || heldAt(r, i, r.Read)) {
			return true
		}
		if op.Lock.Strength != interleave.NoLock && op.Res.Name == r.Resource() && (op.Obj != 0 && op.Obj == read.Obj || op.Res.Key == read.Res.Key || op.Res.Key == "") {
			return true
		}
		if op.Lock.Strength != interleave.NoLock && i+1 < len(r.Trace.Ops) && r.Trace.Ops[i+1].Flags&interleave.SameStatement != 0 {
			return true // the same statement locks another row
		}
	}
	return false
}

// ownLock tells whether a lock was made by the request itself: it holds back the tasks of the request, and was to hold back nobody else.
func ownLock(name string) bool { return strings.Contains(name, "#") }

// lockedBeforeDeciding tells whether the lock was taken before the last decision on the row, or before its value was taken: to decide on
// what is older than the lock is the mistake. A lock that something else takes later, once all is decided, is about something else.
func lockedBeforeDeciding(r *race.Race) bool {
	contested := r.Contested()
	last := -1
	for _, u := range r.Uses {
		if u < r.Act && overlaps(contested, r.Op(u).Res.Columns) {
			last = max(last, u)
		}
	}
	if deciding := r.Deciding(); last < 0 && len(deciding) > 0 && !r.Derived {
		last = slices.Max(deciding)
	}
	if last < 0 {
		last = r.Act
	}
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i >= last || i < r.Read && op.Res.Name != r.Resource() && op.Kind != interleave.Acquire {
			continue
		}
		if op.Lock.Strength != interleave.NoLock || op.Kind == interleave.Acquire && op.Scope != interleave.ProcessLock {
			return true
		}
	}
	return false
}

// lockedInProcess tells whether a lock of the process is held at the read or at the act, and does not help even in one process.
func lockedInProcess(r *race.Race) bool {
	if r.Placement != interleave.SameProcess {
		return false
	}
	for _, i := range r.Path.Ops {
		if op := r.Op(i); op.Kind == interleave.Acquire && op.Scope == interleave.ProcessLock && !ownLock(op.Name) && (heldAt(r, i, r.Read) || heldAt(r, i, r.Act)) {
			return true
		}
	}
	return false
}

// heldAt tells whether the lock that is taken at one operation is held at another.
func heldAt(r *race.Race, lock, at int) bool {
	for _, i := range r.Path.Ops {
		if op := r.Op(i); i > lock && i < at && op.Kind == interleave.Release && op.Name == r.Op(lock).Name {
			return false
		}
	}
	return lock < at
}

func onRedis(r *race.Race) bool { return onKey(r) && strings.HasPrefix(r.Resource(), "redis") }

// countsAttempts tells whether a key counts how often somebody tried: its name, its place in the URL or what is compared says so.
func countsAttempts(r *race.Race) bool {
	read := r.Op(r.Read)
	names := []string{read.Res.Key, read.Res.Name}
	if mentions(names, attemptWords...) || mentions(names, "otp", "login", "signin", "sign-in", "guess", "password", "rl:", "hits", "requests:", "fail") {
		return true
	}
	fn := checkSite(r).Function
	return mentions([]string{r.Trace.Entry.Path}, "login", "signin", "sign-in", "otp", "verify", "password", "/token") && comparesAmount(r) || fn != nil && mentions([]string{fn.Qualname}, append(attemptWords, "limit")...) && comparesAmount(r)
}

func checkSite(r *race.Race) *effects.Site {
	if len(r.Checks) > 0 {
		return r.Op(r.Checks[0]).Site
	}
	return r.Op(r.Read).Site
}

// storesAnswer tells whether a key remembers the answer to a request that must not run twice: its name says so, or it comes from a header
// of that name.
func storesAnswer(r *race.Race) bool {
	key := strings.ToLower(r.Op(r.Read).Res.Key)
	return strings.Contains(key, "idem") || strings.Contains(key, "x_request_id") || strings.Contains(key, "request_key")
}

// existsOnly tells that the check asks only whether the key is there.
func existsOnly(r *race.Race) bool {
	if read := r.Op(r.Read); read.Res.Name != "" && strings.HasPrefix(read.Res.Key, read.Res.Name+"[") {
		return false // what stands at the place is used, not only that something does
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				switch u.Op {
				case "exists", "not exists", "true", "false":
				default:
					return false
				}
			}
		}
	}
	return len(r.Checks) > 0 && !relativeWrite(r)
}

func relativeWrite(r *race.Race) bool {
	for _, s := range r.Op(r.Act).Set {
		if s.Relative {
			return true
		}
	}
	return false
}
