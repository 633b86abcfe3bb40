package race

import (
	"slices"
	"strings"

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
			if !ok || guardedAnyway(t, base, i) || rel == SetInsert && meetsUnseenKey(t, base, i) || t.Ops[base].Res.Aggregate != interleave.Count && idleNote(t, i) || check >= 0 && (aboutObjectOnly(t, check, base) || recalled(t, base, check, i)) || takenSince(t, base, i) || missedSince(t, base, i) || rel == SetInsert && boundedSince(t, base, i) {
				return
			}
			if rel == RowEffect && identityRead(t, base) {
				return
			}
			r := seen[base]
			if r == nil && (ofNewRow(t, base) || ofMadeOutside(&t.Ops[base])) {
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
				if r := missedBy(t, f, c, i); r != nil {
					out = append(out, r)
				}
			}
		}
		for _, f := range feeds {
			if namesWhatGoes(t, f, i) || t.Ops[f].Rare().Manner == effects.AskedRest || putsBack(&t.Ops[i], f) {
				continue
			}
			consider(f, -1, !storesConstants(&t.Ops[i]) && !slices.Contains(t.Ops[i].Rare().Named, f) && !onlyEnters(&t.Ops[i], &t.Ops[f]) && !onlyNames(&t.Ops[i], &t.Ops[f]))
		}
		if pick := pickedBy(t, i); pick >= 0 && (seen[pick] == nil || len(seen[pick].Checks) == 0) {
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
		return r.Relation == SetLeave && !r.countsWhatLeaves() && !r.turns() && !r.MovesIn() || r.wantsRow() || r.takesWhatever() || r.bringsOther()
	})
	return append(withoutFirstLooks(withoutSources(out)), claims(t)...)
}

func (r *Race) addColumns(t *flow.Trace, dep, base, check int) {
	cols := t.Ops[dep].Res.Columns
	if dep == base {
		if fed, ok := fedColumns(&t.Ops[base], &t.Ops[r.Act]); ok && check < 0 {
			cols = fed
		} else if asked, ok := askedColumns(t, check, base, r.Act); ok {
			cols = asked
		} else if named := namedFields(t, check, base); len(named) > 0 {
			cols = named
		}
		// The row's existence: by its key nobody changes it, by a further condition whoever writes the column does.
		for _, c := range t.Ops[base].Res.Where {
			if c.SubQuery || isPresence(c.Column) || strings.HasSuffix(c.Column, "_id") {
				continue
			}
			if c.Op == "=" && !isConstant(c.Value) && !emptiesKey(&t.Ops[base], &t.Ops[r.Act], c.Column) {
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

// fedColumns returns which of the columns that were read go into what an update stores, and whether that is known: the others, as the one by
// which it finds the row again, are nothing that it stores.
func fedColumns(read, act *effects.Op) ([]string, bool) {
	if read.Res.Store != interleave.Table || read.Res.Aggregate != interleave.Rows || read.Obj != 0 || read.Rare().Cached != "" || act.Kind != interleave.Update || len(act.Set) == 0 {
		return nil, false
	}
	var out []string
	for _, a := range act.Set {
		if a.Relative || isStamp(a.Value) {
			continue
		}
		names := effects.Names(OutsideBrackets(a.Value))
		if len(names) == 0 || a.Column == "*" {
			return nil, false
		}
		before := len(out)
		for _, c := range read.Res.Columns {
			if slices.Contains(names, c) {
				out = append(out, c)
			}
		}
		if len(out) == before && slices.Contains(names, read.Res.Name) {
			return nil, false
		}
	}
	return out, true
}

// askedColumns returns at which of the columns that were read a decision looks, and whether that is known: most are selected to be told to
// the caller. That a row is there at all asks for none.
func askedColumns(t *flow.Trace, check, base, act int) ([]string, bool) {
	read := &t.Ops[base]
	if check < 0 || read.Res.Store != interleave.Table || read.Res.Aggregate != interleave.Rows || read.Rare().Cached != "" || t.Ops[check].Pred == nil {
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
			if v == nil || !v.DerivesFrom(base) {
				continue
			}
			any = true
			switch own := int(v.Src)-1 == base; {
			case own && t.Ops[act].Kind == interleave.Update && asksOnlyForRow(&t.Ops[base], u.Op, v.SrcCol):
			case own && v.SrcCol != "" && v.SrcCol[0] != '#':
				cols = append(cols, v.SrcCol)
			case presence[u.Op] == "":
				made := columnsIn(v, &t.Ops[base])
				if len(made) == 0 {
					return nil, false
				}
				cols = append(cols, made...)
			case own && v.SrcCol == "", v.SurelyThere(u.Op == "true" || u.Op == "false"):
			case v.NoneOrThere(u.Op == "true" || u.Op == "false"), v.RecordOf(base):
				// What chose None was asked before.
				for c := t.Ops[act].Ctx; c != nil; c = c.Up {
					if c.Check < 0 || c.Check == check || !c.Implied || !asksAbout(t, c.Check, base) {
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

// asksOnlyForRow tells whether to ask if a column holds something is to ask if there is a row: the column always does, unless a text of it is
// emptied.
func asksOnlyForRow(read *effects.Op, asks, column string) bool {
	if presence[asks] == "" || !never(read, column) {
		return false
	}
	if asks == "exists" || asks == "not exists" || !mayBeFalse(read, column) {
		return true
	}
	c := read.Table.Column(column)
	return (c.Default == "" || strings.Trim(c.Default, `"'`) != "") && matches(c.Type, []string{"str", "char", "text", "enum"})
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
		len(r.Checks) == 0 && len(r.Columns) == 0 && !WorksOnce(act.Res.Name) && !r.turns()
}

// putsBack tells whether a place of memory is given what an operation read there, as it is, or something that is not made of it:
// `room = rooms.get(n) or await load(n); rooms[n] = room`.
func putsBack(op *effects.Op, read int) bool {
	if op.Kind != interleave.Update || op.Res.Store != interleave.Memory || op.Value == nil {
		return false
	}
	object := op.Value.Kind == effects.Instance && !op.Value.Made && int(op.Value.Src)-1 == read // it was changed in place, if at all
	return (object || op.Value.Kind == effects.Union) && !madeFrom(op.Value, read)
}

func madeFrom(v *effects.Value, read int) bool {
	switch {
	case v == nil || int(v.Src)-1 == read && v.SrcCol == "":
		return false
	case v.Kind == effects.Union:
		return slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return madeFrom(it, read) })
	}
	return v.DerivesFrom(read)
}

// storesConstants tells that a write gives the same values, or the time, whatever was read: the read only told which row they go to.
func storesConstants(op *effects.Op) bool {
	return (op.Kind == interleave.Update || op.Kind == interleave.Assign) && isRow(op) &&
		op.Flags&interleave.AllColumns == 0 && len(op.Set) > 0 && !slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
		return a.Value != "now" && !constantSet([]interleave.Assignment{a})
	})
}

// onlyEnters tells whether what a write makes of a document that was read only goes into a list of it, beside what stands there, as an entry in
// its history: that wipes out nothing of what anybody else writes.
func onlyEnters(op, read *effects.Op) bool {
	if op.Kind != interleave.Update || !isDocument(op) || read.Res.Name != op.Res.Name || op.Flags&interleave.AllColumns != 0 {
		return false
	}
	enters := false
	for _, a := range op.Set {
		switch {
		case a.Relative && a.Value == "": // a document of its own
			enters = true
		case a.Value == "" || strings.Contains(a.Value, "(") || strings.Contains(a.Value, read.Res.Name+"["):
			return false
		}
	}
	return enters
}

// onlyNames tells whether what a write makes of a row that was read is made of nothing but its key, as a new code in which its number stands:
// the key is the same whatever anybody else writes.
func onlyNames(op, read *effects.Op) bool {
	if op.Kind != interleave.Assign && op.Kind != interleave.Update || read.Kind != interleave.Read || read.Table == nil || read.Res.Key == "" || op.Flags&interleave.AllColumns != 0 {
		return false
	}
	pk := read.Table.PrimaryKey()
	if len(pk) != 1 {
		return false
	}
	row := read.Res.Name + "[" + read.Res.Key + "]"
	named := false
	for _, a := range op.Set {
		if a.Value == "" || len(a.Value) >= effects.MaxName || a.Column == pk[0] {
			return false
		}
		for _, rest := range strings.Split(a.Value, row)[1:] {
			after, ok := strings.CutPrefix(rest, "."+pk[0])
			if !ok || after != "" && len(effects.Names(after[:1])) > 0 { // it goes on: another column
				return false
			}
			named = true
		}
	}
	return named
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
	if restores(t, i) {
		return false
	}
	switch op := &t.Ops[i]; op.Kind {
	case interleave.Update, interleave.Insert:
		return op.Res.Store != interleave.File || !strings.HasPrefix(op.Rare().Cached, "functools.") // made once in the life of the process
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
		if c.Check >= 0 && !c.Implied && !slices.Contains(controls, c.Check) && !sparesWrite(t, c, i) && !validates(t, c) {
			controls = append(controls, c.Check)
		}
	}
	return controls, t.Ops[i].From
}

// validates tells whether a decision is that of a constructor over the form of what it is given, and another value would have been a mistake
// of the program: every row that an object is made of has it, whoever wrote it last.
func validates(t *flow.Trace, c *effects.Ctx) bool {
	if c.Leaves != effects.Raises || !slices.ContainsFunc(c.Exc, func(name string) bool { return name == "ValueError" || name == "TypeError" || name == "AssertionError" }) {
		return false
	}
	for s := t.Ops[c.Check].Site; s != nil && s.Function != nil; s = s.Up {
		if s.Function.Name == "__init__" || s.Function.Name == "__post_init__" {
			return true
		}
	}
	return false
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
	t.Reads, t.Rewrites = map[string][]int32{}, map[string][]int32{}
	for i := range t.Ops {
		t.Bases[i], t.Acts[i] = int32(readBehind(t, i)), acts(t, i)
		switch op := &t.Ops[i]; op.Kind {
		case interleave.Read:
			if isRow(op) && hasEquality(op.Res.Where) {
				t.Reads[op.Res.Name] = append(t.Reads[op.Res.Name], int32(i))
			}
		case interleave.Update, interleave.Assign:
			if op.Res.Store == interleave.Table || op.Res.Store == interleave.KeyValue {
				t.Rewrites[op.Res.Name] = append(t.Rewrites[op.Res.Name], int32(i))
			}
		case interleave.Check:
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
