package race

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// candidates returns the pairs of read and act in a trace that could race, before anybody asks whether they do.
func candidates(t *flow.Trace) []*Race {
	var out []*Race
	for i := range t.Ops {
		if !isAct(t, i) || t.Ops[i].Decides || t.Ops[i].Fills || takesAndLooks(t, i) {
			continue
		}
		controls, feeds := hangsOn(t, i)
		seen := map[int]*Race{}
		consider := func(dep, check int, derived bool) {
			base := baseRead(t, dep)
			if base < 0 || base >= i {
				return
			}
			rel, ok := relate(t, base, i)
			if !ok || guardedAnyway(t, base, i) || rel == SetInsert && meetsUnseenKey(t, base, i) || t.Ops[base].Res.Aggregate != interleave.Count && idleNote(t, i) || check >= 0 && (aboutObjectOnly(t, check, base) || recalled(t, base, check, i)) || takenSince(t, base, i) || missedSince(t, base, i) {
				return
			}
			if rel == RowEffect && identityRead(t, base) {
				return
			}
			r := seen[base]
			if r == nil && ofNewRow(t, base) {
				return
			}
			if r == nil {
				r = &Race{Trace: t, Relation: rel, Read: base, Act: i, Acts: []int{i}, Table: t.Ops[base].Table}
				seen[base] = r
				out = append(out, r)
			}
			if dep != base {
				r.Uses = append(r.Uses, dep)
			}
			if check >= 0 && !slices.Contains(r.Checks, check) {
				r.Checks = append(r.Checks, check)
			}
			r.Derived = r.Derived || derived
			r.addColumns(t, dep, base, check)
			if check >= 0 && dep == base && t.Ops[base].Res.Store == interleave.Table && len(t.Ops[base].Res.Columns) == 0 {
				r.addFields(t, check, base)
			}
		}
		for _, c := range controls {
			for _, f := range t.Ops[c].From {
				consider(f, c, false)
			}
		}
		for _, f := range feeds {
			if namesWhatGoes(t, f, i) || t.Ops[f].Manner == effects.AskedRest || putsBack(&t.Ops[i], f) {
				continue
			}
			consider(f, -1, !storesConstants(&t.Ops[i]))
		}
		if pick := pickedBy(t, i); pick >= 0 && seen[pick] == nil {
			consider(pick, -1, false)
			if r := seen[pick]; r != nil {
				r.picked = true
			}
		}
		if t.Ops[i].Kind == interleave.InsertWhereNotExists {
			out = append(out, &Race{Trace: t, Relation: SetInsert, Read: i, Act: i, Acts: []int{i}, Table: t.Ops[i].Table})
		}
	}
	out = slices.DeleteFunc(out, func(r *Race) bool {
		return r.Relation == SetLeave && !r.countsWhatLeaves() || r.wantsRow() || r.takesWhatever()
	})
	return append(withoutFirstLooks(withoutSources(out)), claims(t)...)
}

func (r *Race) addColumns(t *flow.Trace, dep, base, check int) {
	cols := t.Ops[dep].Res.Columns
	if dep == base {
		if asked, ok := askedColumns(t, check, base, r.Act); ok {
			cols = asked
		} else if named := namedFields(t, check, base); len(named) > 0 {
			cols = named
		}
		// The row's existence: by its key nobody changes it, by a further condition whoever writes the column does.
		for _, c := range t.Ops[base].Res.Where {
			if c.SubQuery || isPresence(c.Column) || strings.HasSuffix(c.Column, "_id") {
				continue
			}
			if c.Op == "=" && !isConstant(c.Value) {
				continue // how the row is looked up, not what is asked of it
			}
			if c.Op != "?" {
				cols = append(cols[:len(cols):len(cols)], c.Column)
			}
		}
	}
	for _, c := range cols {
		if !slices.Contains(r.Columns, c) {
			r.Columns = append(r.Columns, c)
		}
	}
}

// askedColumns returns at which of the columns that were read a decision looks, and whether that is known: most are selected to be told to
// the caller. That a row is there at all asks for none.
func askedColumns(t *flow.Trace, check, base, act int) ([]string, bool) {
	read := &t.Ops[base]
	if check < 0 || read.Res.Store != interleave.Table || read.Res.Aggregate != interleave.Rows || read.Cached != "" || t.Ops[check].Pred == nil {
		return nil, false // a cache names its fields otherwise
	}
	return askedFields(t, check, base, act)
}

// askedFields is askedColumns for whatever has fields: a row, or a document.
func askedFields(t *flow.Trace, check, base, act int) ([]string, bool) {
	if t.Ops[check].Pred == nil {
		return nil, false
	}
	cols, any := []string(nil), false
	for _, u := range t.Ops[check].Pred.Uses {
		for _, v := range [...]*effects.Value{u.Left, u.Right} {
			if v == nil || !v.AllDeps().Has(base) {
				continue
			}
			any = true
			switch own := int(v.Src)-1 == base; {
			case own && v.SrcCol != "" && v.SrcCol[0] != '#':
				cols = append(cols, v.SrcCol)
			case presence[u.Op] == "":
				return nil, false
			case own && v.SrcCol == "":
			case v.NoneOrThere(u.Op == "true" || u.Op == "false"):
				// What chose None was asked before.
				for c := t.Ops[act].Ctx; c != nil; c = c.Up {
					if c.Check < 0 || c.Check == check || !c.Implied || !slices.Contains(t.Ops[c.Check].From, base) {
						continue
					}
					before, ok := askedFields(t, c.Check, base, act)
					if !ok {
						return nil, false
					}
					cols = append(cols, before...)
				}
			default:
				return nil, false
			}
		}
	}
	return cols, any
}

// addFields adds the columns of a row read as a whole that a decision looks at.
func (r *Race) addFields(t *flow.Trace, check, base int) {
	if t.Ops[check].Pred == nil {
		return
	}
	for _, u := range t.Ops[check].Pred.Uses {
		for _, v := range [...]*effects.Value{u.Left, u.Right} {
			if v != nil && int(v.Src-1) == base && v.SrcCol != "" && v.SrcCol[0] != '#' && !slices.Contains(r.Columns, v.SrcCol) {
				r.Columns = append(r.Columns, v.SrcCol)
			}
		}
	}
}

// takesWhatever tells whether rows are taken away whatever they hold: the read only told which they are, and what somebody else writes
// into them meanwhile would be gone as well had he been the first.
func (r *Race) takesWhatever() bool {
	act := r.Op(r.Act)
	return r.Relation == SameRow && act.Res.Store == interleave.Table && (act.Kind == interleave.Delete || act.Kind == interleave.Remove) &&
		len(r.Checks) == 0 && len(r.Columns) == 0 && !WorksOnce(act.Res.Name)
}

// putsBack tells whether a place of memory is given what an operation read there, as it is, or something that is not made of it:
// `room = rooms.get(n) or await load(n); rooms[n] = room`.
func putsBack(op *effects.Op, read int) bool {
	return op.Kind == interleave.Update && op.Res.Store == interleave.Memory && op.Value != nil && op.Value.Kind == effects.Union && !madeFrom(op.Value, read)
}

func madeFrom(v *effects.Value, read int) bool {
	switch {
	case v == nil || int(v.Src)-1 == read && v.SrcCol == "":
		return false
	case v.Kind == effects.Union:
		return slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return madeFrom(it, read) })
	}
	return v.AllDeps().Has(read)
}

// storesConstants tells that a write gives the same values, or the time, whatever was read: the read only told which row they go to.
func storesConstants(op *effects.Op) bool {
	return (op.Kind == interleave.Update || op.Kind == interleave.Assign) && (op.Res.Store == interleave.Table || isDocument(op)) &&
		op.Flags&interleave.AllColumns == 0 && len(op.Set) > 0 && !slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
		return a.Value != "now" && !constantSet([]interleave.Assignment{a})
	})
}

// takesAndLooks tells whether an act takes something away in one step and looks at what it got: that decides, whatever was looked at before.
func takesAndLooks(t *flow.Trace, i int) bool {
	op := &t.Ops[i]
	return op.Kind == interleave.Delete && op.Flags&interleave.Atomic != 0 && tested(t, i) || countsAndBounds(t, i)
}

// countsAndBounds tells whether an act counts in one step of the store and compares what it got with a bound: who comes too late is told so.
// To ask whether one was the first, as for setting a time to live, bounds nothing.
func countsAndBounds(t *flow.Trace, i int) bool {
	op := &t.Ops[i]
	if op.Kind != interleave.Update || op.Res.Store != interleave.KeyValue || op.Flags&interleave.Atomic == 0 || op.Pipelined {
		return false
	}
	return slices.ContainsFunc(t.Ops[i+1:], func(c effects.Op) bool {
		return c.Kind == interleave.Check && c.Pred != nil && slices.ContainsFunc(c.Pred.Uses, func(u effects.PredUse) bool {
			return slices.Contains([]string{"<", "<=", ">", ">="}, u.Op) && (u.Left != nil && int(u.Left.Src)-1 == i || u.Right != nil && int(u.Right.Src)-1 == i)
		})
	})
}

// takenSince tells whether the entry that was looked at was taken out in one step before the act, and the act hangs on what was taken:
// that was the decision.
func takenSince(t *flow.Trace, read, act int) bool {
	for c := t.Ops[act].Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		for _, f := range t.Ops[c.Check].From {
			op := &t.Ops[f]
			if f > read && (op.Kind == interleave.Delete && op.Flags&interleave.Atomic != 0 || countsAndBounds(t, f)) && op.Res.Store == t.Ops[read].Res.Store && op.Res.Name == t.Ops[read].Res.Name && op.Res.Key == t.Ops[read].Res.Key {
				return true
			}
		}
	}
	return false
}

// isAct tells whether an operation changes the world in a way that a check could have been about.
func isAct(t *flow.Trace, i int) bool {
	if t.Acts != nil {
		return t.Acts[i]
	}
	return acts(t, i)
}

func acts(t *flow.Trace, i int) bool {
	if op := &t.Ops[i]; op.Res.Store == interleave.Memory && (op.Cleanup || undoes(t, i)) {
		return false // gives back what the request took
	}
	switch op := &t.Ops[i]; op.Kind {
	case interleave.Update, interleave.Insert:
		return op.Res.Store != interleave.File || !strings.HasPrefix(op.Cached, "functools.") // made once in the life of the process
	case interleave.Assign, interleave.Add, interleave.Remove, interleave.InsertWhereNotExists, interleave.Delete, interleave.Effect:
		return true
	}
	return false
}

// undoes tells whether an except clause takes back what the request itself had put into the same place before.
func undoes(t *flow.Trace, i int) bool {
	op := &t.Ops[i]
	failed := false
	for c := op.Ctx; c != nil; c = c.Up {
		failed = failed || c.Check < 0 && c.Arm >= 2
	}
	if !failed {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		put := &t.Ops[j]
		if (put.Kind == interleave.Update || put.Kind == interleave.Insert) && put.Res.Store == interleave.Memory && put.Res.Name == op.Res.Name && !drops(put) {
			return len(clauses(put.Ctx)) < len(clauses(op.Ctx))
		}
	}
	return false
}

// clauses are the except clauses in which an operation stands.
func clauses(c *effects.Ctx) []int {
	var out []int
	for ; c != nil; c = c.Up {
		if c.Check < 0 && c.Arm >= 2 {
			out = append(out, c.Check)
		}
	}
	return out
}

// hangsOn returns the decisions under which an operation happens, nearest first, and the reads that feed it.
func hangsOn(t *flow.Trace, i int) (controls, feeds []int) {
	for c := t.Ops[i].Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && !c.Implied && !slices.Contains(controls, c.Check) && !sparesWrite(t, c, i) {
			controls = append(controls, c.Check)
		}
	}
	return controls, t.Ops[i].From
}

// baseRead returns the read behind an operation: the load of the row whose attribute was used.
func baseRead(t *flow.Trace, dep int) int {
	if t.Bases != nil {
		return int(t.Bases[dep])
	}
	return readBehind(t, dep)
}

// note finds out what is asked of each operation of a trace again and again.
func note(t *flow.Trace) {
	t.Bases, t.Acts, t.Tested = make([]int32, len(t.Ops)), make([]bool, len(t.Ops)), make([]bool, len(t.Ops))
	for i := range t.Ops {
		t.Bases[i], t.Acts[i] = int32(readBehind(t, i)), acts(t, i)
		if op := &t.Ops[i]; op.Kind == interleave.Check {
			for _, f := range op.From {
				t.Tested[f] = t.Tested[f] || f < i
			}
		}
	}
}

func readBehind(t *flow.Trace, dep int) int {
	op := &t.Ops[dep]
	switch op.Kind {
	case interleave.Read, interleave.Refresh:
		return dep
	case interleave.Attr:
		load := -1
		for _, f := range op.From {
			if loads(&t.Ops[f], op.Obj) && f > load {
				load = f
			}
		}
		// The latest load before the use counts: a refresh in between renewed what is seen.
		for j := dep - 1; j > load && op.Obj != 0; j-- {
			if loads(&t.Ops[j], op.Obj) {
				return j
			}
		}
		return load
	}
	return -1
}

// loads tells whether an operation loads the object of a number.
func loads(op *effects.Op, obj int) bool {
	return isLoad(op) && op.Obj == obj
}

func isLoad(op *effects.Op) bool {
	return op.Kind == interleave.Read || op.Kind == interleave.Refresh
}

// relate tells how act hangs on read, if the two are about the same thing.
func relate(t *flow.Trace, read, act int) (Relation, bool) {
	r, a := &t.Ops[read], &t.Ops[act]
	if a.Kind == interleave.Effect {
		// A message can be sent twice without harm to anybody's money; a payment or a remote command cannot.
		return RowEffect, (a.External == "payment" || a.External == "http" && !a.Guess) && r.Res.Store == interleave.Table && r.Res.Key != ""
	}
	if r.Res.Store != a.Res.Store || r.Res.Name != a.Res.Name {
		return 0, false
	}
	if a.Res.Store == interleave.File && a.Kind == interleave.Delete {
		return 0, false // a file is taken away once, whoever comes second
	}
	switch a.Kind {
	case interleave.Add, interleave.Insert, interleave.InsertWhereNotExists:
		if r.Res.Store == interleave.Memory {
			return SetInsert, r.Res.Key == "" || r.Res.Key == a.Res.Key || r.Res.Key == "*"
		}
		if r.Res.Store != interleave.Table && len(r.Res.Where) == 0 {
			return SetInsert, r.Res.Key == a.Res.Key || r.Res.Key == ""
		}
		if r.Res.Key != "" && len(r.Res.Where) == 0 {
			return SetInsert, insertsKey(a.Set, r.Res.Key) // one row by its key: only that row's insertion is about it
		}
		return SetInsert, satisfies(a.Set, r.Res.Where)
	case interleave.Assign:
		if a.Flags&interleave.FreshObject != 0 {
			return 0, false
		}
	}
	if r.Res.Store == interleave.Memory {
		if r.Res.Key == "" && puts(a) {
			return SetInsert, true
		}
		return SameRow, r.Res.Key == a.Res.Key || r.Res.Key == "" || a.Res.Key == "*"
	}
	if r.Res.Key != "" && r.Res.Key == a.Res.Key {
		return SameRow, true
	}
	if r.Obj != 0 && r.Obj == a.Obj {
		return SameRow, true
	}
	if r.Res.Key == "" && (r.Res.Aggregate == interleave.Count || r.Res.Aggregate == interleave.Sum || r.Res.Aggregate == interleave.Rows || r.Res.Aggregate == interleave.Exists) && r.Res.Store == interleave.Table {
		return SetLeave, (r.Lock.Strength == interleave.NoLock || r.Res.Aggregate == interleave.Count)
	}
	return 0, false
}

// meetsUnseenKey tells whether an insert that says what happens where the row is there already stands behind a look for that row, and
// no key was seen that it could mean: there is one, or the statement would make no sense.
func meetsUnseenKey(t *flow.Trace, read, act int) bool {
	r, a := &t.Ops[read], &t.Ops[act]
	looks := r.Res.Aggregate == interleave.Rows || r.Res.Aggregate == interleave.Exists
	return looks && a.Res.Store == interleave.Table && a.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 && len(a.Unique) == 0
}

// puts tells whether an operation puts an entry of its own key into a container of the process.
func puts(op *effects.Op) bool {
	return op.Kind == interleave.Update && op.Res.Store == interleave.Memory && op.Res.Key != "*" && op.Res.Key != "" && !drops(op) && op.Flags&interleave.Atomic == 0
}

func insertsKey(set []interleave.Assignment, key string) bool {
	return slices.ContainsFunc(set, func(a interleave.Assignment) bool { return a.Value == key })
}

// satisfies tells whether a row with these values can be in the set that the predicate names.
func satisfies(set []interleave.Assignment, where []interleave.Cond) bool {
	matched := false
	for _, c := range where {
		v, ok := assigned(set, c.Column)
		if !ok {
			continue
		}
		if effects.FoldedColumn(c.Column) != "" {
			v = effects.Fold(v)
		}
		switch c.Op {
		case "=":
			if v == c.Value {
				matched = true
				continue
			}
			if isConstant(v) && isConstant(c.Value) {
				return false
			}
		case "is null":
			if v != "None" && isConstant(v) {
				return false
			}
		}
	}
	return matched || !givesOther(set, where) && (!hasEquality(where) || takesAnything(set))
}

// leaves tells whether a row that is given such values is not in a set any more, whatever it was before: where nothing may be found, that
// turns no decision.
func leaves(set []interleave.Assignment, where []interleave.Cond) bool {
	return slices.ContainsFunc(where, func(c interleave.Cond) bool {
		v, ok := assigned(set, c.Column)
		if !ok || c.SubQuery || !isConstant(v) {
			return false
		}
		switch c.Op {
		case "=":
			return v != c.Value && (v == "None" || isConstant(c.Value))
		case "!=":
			return v == c.Value
		case "in":
			return isConstant(c.Value) && !slices.Contains(strings.Split(c.Value, ","), v)
		case "is null":
			return v != "None"
		case "is not null":
			return v == "None"
		}
		return false
	})
}

// asksForOwn tells whether rows are looked for by what the request has made itself, as the key of a row that it adds: nobody else knows it.
func asksForOwn(read *effects.Op) bool {
	return read.Res.Store == interleave.Table && slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.SubQuery && strings.HasPrefix(c.Value, "new ") && strings.Contains(c.Value, "#")
	})
}

// ofNewRow tells whether an operation is about rows that refer to one which the request has made itself, and did not only make where it
// found none: nobody else has any of them.
func ofNewRow(t *flow.Trace, at int) bool {
	op := &t.Ops[at]
	if op.Res.Store != interleave.Table || !asksForOwn(op) && !strings.Contains(op.Res.Key, "=new ") {
		return false
	}
	for i := range at {
		made := &t.Ops[i]
		if made.Kind != interleave.Add && made.Kind != interleave.Insert || !strings.HasPrefix(made.Res.Key, "new ") || !within(op.Ctx, made.Ctx) {
			continue
		}
		if strings.Contains(op.Res.Key+",", "="+made.Res.Key+",") || slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && !c.SubQuery && c.Value == made.Res.Key }) {
			return true
		}
	}
	return false
}

// givesOther tells whether every column that was asked for a value is given one of another name: whatever else the new row is made of,
// it is another one than the row that was looked for, as the caller's own key is another one than the key that is made.
func givesOther(set []interleave.Assignment, where []interleave.Cond) bool {
	found := false
	for _, c := range where {
		if c.Op != "=" && (c.Op != "?" || c.Value == "") {
			continue
		}
		v, ok := assigned(set, c.Column)
		if !ok || v == "" || c.Value == "" || c.SubQuery || strings.Contains(v, c.Value) || strings.Contains(c.Value, v) {
			return false
		}
		found = true
	}
	return found
}

// takesAnything tells whether the columns of a new row are not all known.
func takesAnything(set []interleave.Assignment) bool {
	return len(set) == 0 || slices.ContainsFunc(set, func(a interleave.Assignment) bool { return a.Column == "*" })
}

func hasEquality(where []interleave.Cond) bool {
	return slices.ContainsFunc(where, func(c interleave.Cond) bool { return c.Op == "=" })
}

func assigned(set []interleave.Assignment, col string) (string, bool) {
	col = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(col, "lower("), "upper("), ")")
	for _, a := range set {
		if a.Column == col {
			return a.Value, true
		}
	}
	return "", false
}

func isConstant(s string) bool {
	if s == "" {
		return false
	}
	return s[0] == '\'' || s[0] >= '0' && s[0] <= '9' || s == "True" || s == "False" || s == "None"
}

// writer is an operation of an entry point that writes to a resource.
type writer struct {
	trace *flow.Trace
	op    int
	known *known // what was found out about it, nil for one that stands in no index
}

// known is what many candidates ask of one writer.
type known struct {
	changed  atomic.Pointer[[]interleave.Assignment]
	demanded atomic.Pointer[map[string]*states]
}

// changed is the function changed, remembered.
func (w writer) changed() []interleave.Assignment {
	if w.known == nil {
		return changed(w)
	}
	if set := w.known.changed.Load(); set != nil {
		return *set
	}
	set := changed(w)
	w.known.changed.Store(&set)
	return set
}

// demanded is what the decisions above the write demand of the columns of its row, remembered.
func (w writer) demanded() map[string]*states {
	if w.known == nil {
		return demanded(w.trace, w.op, &w.trace.Ops[w.op])
	}
	if asked := w.known.demanded.Load(); asked != nil {
		return *asked
	}
	asked := demanded(w.trace, w.op, &w.trace.Ops[w.op])
	w.known.demanded.Store(&asked)
	return asked
}

// writers indexes who writes what.
func writers(traces []*flow.Trace) map[string][]writer {
	out := map[string][]writer{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if !isAct(t, i) || op.Kind == interleave.Effect || ofNewRow(t, i) {
				continue
			}
			name := storeName(op)
			out[name] = append(out[name], writer{t, i, new(known)})
		}
	}
	return out
}

func storeName(op *effects.Op) string {
	return string(rune('0'+op.Res.Store)) + op.Res.Name
}

// changes tells whether the writer can change what the candidate looked at.
func (r *Race) changes(w writer) bool {
	op := &w.trace.Ops[w.op]
	read := &r.Trace.Ops[r.Read]
	if w.trace != r.Trace && read.Res.Store == interleave.File && (strings.Contains(read.Res.Key, "#") || strings.Contains(op.Res.Key, "#")) {
		return false // a file of one request only
	}
	if r.Relation == Again {
		return r.changesBetween(op)
	}
	if read.Res.Store == interleave.File && !samePlace(read.Res.Key, op.Res.Key) {
		return false
	}
	switch r.Relation {
	case SharedName:
		return op.Kind == interleave.Update
	case SetInsert:
		if asksForOwn(read) {
			return false
		}
		switch op.Kind {
		case interleave.Add, interleave.Insert, interleave.InsertWhereNotExists:
			return w.trace != r.Trace && satisfies(op.Set, constantsOnly(read.Res.Where)) || w.trace == r.Trace && satisfies(op.Set, read.Res.Where)
		case interleave.Update, interleave.Assign:
			return read.Res.Store != interleave.Table && !r.staysEmpty(w) || read.Res.Store == interleave.Table && writesAny(op.Set, whereColumns(read.Res.Where)) && writesAny(w.changed(), whereColumns(read.Res.Where)) && !(read.Res.Aggregate == interleave.Rows && leaves(op.Set, read.Res.Where))
		}
		return read.Res.Store != interleave.Table && !r.staysEmpty(w)
	case SetLeave:
		switch op.Kind {
		case interleave.Delete, interleave.Remove:
			return true
		case interleave.Update, interleave.Assign:
			return writesAny(op.Set, whereColumns(read.Res.Where)) || writesAny(op.Set, r.Columns)
		}
		return false
	}
	if r.Relation == ClaimDropped && op.Kind == interleave.Insert {
		return w.trace == r.Trace && w.op == r.Read
	}
	if r.Relation == RowEffect && (op.Kind == interleave.Insert || op.Kind == interleave.Add) {
		return w.trace == r.Trace && r.OnlyIfMissing() && r.bringsRow(op)
	}
	if op.Flags&interleave.FreshObject != 0 && op.Kind != interleave.Update {
		return false
	}
	if read.Res.Store == interleave.KeyValue && !effects.SameKeys(read.Res.Key, op.Res.Key) {
		return false
	}
	if read.Res.Store != interleave.Table {
		return !r.staysEmpty(w) && !r.staysThere(op) && !(r.Relation == SameRow && renews(w.trace, op))
	}
	switch op.Kind {
	case interleave.Delete, interleave.Remove:
		return true
	case interleave.Update, interleave.Assign:
		return op.Flags&interleave.AllColumns != 0 && len(op.Set) == 0 || r.wipes(op) || writesAny(op.Set, r.Columns) && writesAny(r.turning(w, w.changed()), r.Columns) || len(r.Columns) == 0 && len(read.Res.Columns) == 0 && read.Obj == 0
	}
	return false
}

// foundOtherwise returns what is assigned to a row and is not what the row was found by: link.part = part, of the link that has this part.
func foundOtherwise(t *flow.Trace, op *effects.Op) []interleave.Assignment {
	if op.Kind != interleave.Assign || op.Obj == 0 {
		return op.Set
	}
	load := 0
	for load < len(t.Ops) && !loads(&t.Ops[load], op.Obj) {
		load++
	}
	if load == len(t.Ops) {
		return op.Set
	}
	return slices.DeleteFunc(slices.Clone(op.Set), func(a interleave.Assignment) bool {
		return a.Value != "" && slices.ContainsFunc(t.Ops[load].Res.Where, func(c interleave.Cond) bool {
			return c.Op == "=" && c.Column == a.Column && (c.Value == a.Value || strings.HasPrefix(c.Value, a.Value+"."))
		})
	})
}

// changed returns what a write gives other values than the request has just found there: who may change a row because its owner is who
// asks, and writes who asks into it, leaves its owner alone.
func changed(w writer) []interleave.Assignment {
	op := &w.trace.Ops[w.op]
	out := foundOtherwise(w.trace, op)
	same := func(a interleave.Assignment) bool { return givesBack(op, a) || respells(w.trace, op, a) }
	if slices.ContainsFunc(out, same) {
		out = slices.DeleteFunc(slices.Clone(out), same)
	}
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		p := w.trace.Ops[c.Check].Pred
		if p == nil || !p.Certain(c.Arm) {
			continue
		}
		for _, u := range p.Uses {
			rel := u.Op
			if c.Arm != 1 {
				rel = effects.Opposite(rel)
			}
			if rel != "=" || u.Left == nil || u.Right == nil {
				continue
			}
			for _, side := range [2][2]*effects.Value{{u.Left, u.Right}, {u.Right, u.Left}} {
				col := columnOf(w.trace, side[0], op)
				if v, ok := assigned(out, col); col != "" && ok && v == side[1].Sym && v != "" {
					out = slices.DeleteFunc(slices.Clone(out), func(a interleave.Assignment) bool { return a.Column == col })
				}
			}
		}
	}
	return out
}

// givesBack tells whether a column of a row is given what it was read to hold: by a copy of the row in which something else was changed.
// It may put back an old value, and is its own finding then; it turns nobody's decision by itself.
func givesBack(op *effects.Op, a interleave.Assignment) bool {
	if op.Kind != interleave.Assign || op.Value == nil || op.Value.Made || op.Value.Kind == effects.Union || op.Value.Src == 0 || op.Res.Key == "" || a.Relative || !strings.HasSuffix(a.Value, "["+op.Res.Key+"]."+a.Column) {
		return false
	}
	c := op.Table.Column(a.Column)
	return c != nil && !c.Mutable()
}

// respells tells whether a column of a row is given what it holds in another form, as a date that is written out for the answer, and
// nothing where it held nothing: what the row says is the same, and nobody who read it before has read something else.
func respells(t *flow.Trace, op *effects.Op, a interleave.Assignment) bool {
	if op.Kind != interleave.Assign || op.Obj == 0 || op.Value == nil || a.Relative || len(op.From) == 0 {
		return false
	}
	if c := op.Table.Column(a.Column); c != nil && c.Mutable() {
		return false
	}
	own := func(i int) bool {
		use := &t.Ops[i]
		return use.Kind == interleave.Attr && use.Obj == op.Obj && slices.Equal(use.Res.Columns, []string{a.Column})
	}
	for _, v := range op.Value.Alternatives() {
		if v == nil || !v.IsNone() && (v.Loose || v.Src == 0 || !own(int(v.Src)-1)) {
			return false
		}
	}
	return !slices.ContainsFunc(op.From, func(f int) bool { return !own(f) })
}

// renews tells whether a key is given exactly what was read there, for the sake of its time to live.
func renews(t *flow.Trace, op *effects.Op) bool {
	if op.Kind != interleave.Update || op.Res.Store != interleave.KeyValue || op.Value == nil {
		return false
	}
	found := false
	for _, v := range op.Value.Alternatives() {
		if v == nil || v.Made || v.Src == 0 || v.SrcCol != "" && v.SrcCol != "value" || t.Ops[v.Src-1].Kind != interleave.Read || t.Ops[v.Src-1].Res.Name != op.Res.Name {
			return false
		}
		found = found || t.Ops[v.Src-1].Res.Key == op.Res.Key // the others were read where the key is another one
	}
	return found
}

// onlyRespells tells whether nobody meant to change what the act writes: what a rival wrote is lost, if the request commits at all.
func (r *Race) onlyRespells() bool {
	return !slices.ContainsFunc(r.Acts, func(i int) bool {
		op := r.Op(i)
		return len(op.Set) == 0 || slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return !respells(r.Trace, op, a) })
	})
}

// wipes tells whether the act saves all columns as they were loaded, and with them one that the writer changes.
func (r *Race) wipes(w *effects.Op) bool {
	act := r.Op(r.Act)
	return r.SavesWhole(r.Act) && slices.ContainsFunc(w.Set, func(a interleave.Assignment) bool {
		_, own := assigned(act.Set, a.Column)
		return !own
	})
}

// LosesUnseen tells whether all that the act takes from the rival is what it gives back without having looked at it: whatever was decided,
// the rival's write has no part in it.
func (r *Race) LosesUnseen() bool {
	if r.Rival == nil || !r.SavesWhole(r.Act) {
		return false
	}
	rival := &r.Rival.Ops[r.RivalAct]
	return r.wipes(rival) && len(rival.Set) > 0 && !writesAny(rival.Set, r.Columns)
}

// setsAnew tells whether a save of all columns takes nothing from the rival but what the act itself gives another value, one that is not
// made of what it read: the later request wins, as it would have one after the other.
func (r *Race) setsAnew() bool {
	act := r.Op(r.Act)
	rival := &r.Rival.Ops[r.RivalAct]
	if !r.SavesWhole(r.Act) || len(act.Set) == 0 || len(rival.Set) == 0 || r.wipes(rival) {
		return false
	}
	return !slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool {
		return a.Relative || a.Value == "" || strings.Contains(a.Value, r.Resource()+"[")
	})
}

func constantsOnly(where []interleave.Cond) []interleave.Cond {
	out := slices.Clone(where)
	for i := range out {
		if !isConstant(out[i].Value) {
			out[i].Value = ""
		}
	}
	return out
}

func whereColumns(where []interleave.Cond) []string {
	var out []string
	for _, c := range where {
		out = append(out, c.Column)
	}
	return out
}

func writesAny(set []interleave.Assignment, cols []string) bool {
	for _, a := range set {
		if slices.Contains(cols, a.Column) {
			return true
		}
		// "*" is what an update takes from a request's body: ordinary columns, but not keys, marks of deletion or states.
		if a.Column == "*" && slices.ContainsFunc(cols, isOrdinary) {
			return true
		}
	}
	return false
}

// isPresence tells whether a column says that the row is there at all: to find it deleted is only a 404.
func isPresence(col string) bool {
	return strings.Contains(col, "deleted") || strings.Contains(col, "archived") || strings.Contains(col, "removed")
}

func isOrdinary(col string) bool {
	return !isPresence(col) && col != "id" && !strings.HasSuffix(col, "_id") && !strings.HasSuffix(col, "_at") &&
		!strings.Contains(col, "status") && !strings.Contains(col, "state") && !begins(col, authorityWords) && !begins(col, stateWords)
}
