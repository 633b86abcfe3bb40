package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Path is one way through a trace that leads to an act: the operations that happen on it, in order.
type Path struct {
	Trace *flow.Trace
	Ops   []int // indices into Trace.Ops, sorted
	ways  *ways
	arms  []int8 // by decision: the arm to which the act is bound, -1 when both go on
}

// arm returns the way that the path goes at a decision: 1, 0, or -1 when both go on.
func (p *Path) arm(check int) int8 {
	return p.arms[p.ways.slot(check)]
}

// place returns where on the path an operation stands.
func (p *Path) place(op int) (int, bool) { return slices.BinarySearch(p.Ops, op) }

// has tells whether an operation happens on the path.
func (p *Path) has(op int) bool {
	_, ok := p.place(op)
	return ok
}

// program translates for the judge what the path does that bears on the contested resource: its reads and writes, the decisions
// on them, and every lock, transaction and suspension around them. act is the operation that the candidate is about; with are
// operations that belong to it too, and are no acts of its own. The program is empty if the act comes later than the judge looks.
func (p *Path) program(act int, with []int, about subject) interleave.Program {
	ops := p.slice(append(with, act), about)
	if len(ops) > interleave.MaxOps {
		if ops = ops[:interleave.MaxOps]; !contains(ops, act) {
			return interleave.Program{}
		}
	}
	sub := &Path{Trace: p.Trace, Ops: ops, ways: p.ways, arms: p.arms}
	out := sub.translate(act, p.testedWrites(act))
	if p.Trace.Ops[act].Swallowed && p.goesOnAsWinner(act) {
		return unrefused(out)
	}
	if about.once && p.turnsAway(act) && (about.ticket || p.usesUp(act)) && (about.store == interleave.KeyValue || WorksOnce(about.name) || p.gives(act)) {
		out = answered(out)
	} else if p.turnsAway(act) && p.turnsInto(act) {
		out = answered(out)
	}
	return out
}

// subject is what a candidate is about: a store and the name of a table, path or cell in it.
type subject struct {
	store interleave.Store
	name  string
	// snapshots tells that any read of the session counts, because the engine takes its snapshot there.
	snapshots bool
	// once tells that the rows of the table work once, or that the entry may.
	once bool
	// ticket tells that the entry is known to be one that works once.
	ticket bool
}

func (p *Path) slice(acts []int, about subject) []int {
	kept := make([]int, 0, 32)
	first := map[int]bool{}
	needed := p.ways.neededByAll(acts)
	last := slices.Max(acts)
	asked := p.askedOf(needed, about)
	sessions, from := p.scope(acts, needed, about)
	suspended, committed := false, false
	expired, added := map[int]bool{}, map[int]bool{}
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if i > last && committed {
			break
		}
		keep := slices.Contains(acts, i)
		switch op.Kind {
		case interleave.Acquire:
			keep = i > from || !p.releasedBefore(op, i, from) && !(op.Scope == interleave.TransactionLock && p.endedBefore(op.Session, i, from))
			if keep && op.Scope != interleave.ProcessLock && op.Session != 0 {
				sessions[op.Session] = true // it is held no longer than its transaction or session
			}
		case interleave.Release:
			keep = i > from
		case interleave.Begin, interleave.Commit, interleave.Rollback, interleave.Savepoint, interleave.ReleaseSavepoint,
			interleave.Flush, interleave.Close:
			keep = sessions[op.Session]
			expired[op.Session] = expired[op.Session] || op.Kind == interleave.Rollback || op.Kind == interleave.Commit && op.Flags&interleave.KeepOnCommit == 0
			committed = committed || i > last && (op.Kind == interleave.Commit || op.Kind == interleave.Close)
		case interleave.Expire:
			expired[op.Session] = true
			keep = op.Object == nil || op.Object.Table == nil || op.Object.Table.Name == about.name
		case interleave.Suspend:
			keep = (about.store == interleave.Memory || about.store == interleave.File) && !suspended && !op.Blocking
		case interleave.Check:
			for _, f := range op.From {
				keep = keep || needed.has(i) && contains(kept, f)
			}
		case interleave.Effect:
		case interleave.Read, interleave.Attr, interleave.Refresh:
			mine := op.Res.Store == about.store && op.Res.Name == about.name
			locks := op.Lock.Strength != interleave.NoLock && (mine || i > from || !p.endedBefore(op.Session, i, from))
			keep = mine && needed.has(i) || locks
			if op.Kind == interleave.Attr && mine && expired[op.Session] && op.Obj != 0 && !keep {
				keep = true // the first use after an expiry reads the row anew
			}
			if locks {
				sessions[op.Session] = true // it is held as long as its session holds it
			}
			if about.snapshots && sessions[op.Session] && !first[op.Session] {
				first[op.Session] = true
				keep = true
			}
			keep = keep || added[op.Session] && p.Trace.Flushes(op)
		default:
			keep = keep || i < last && op.Res.Name == about.name && asked.answeredBy(op) || needed.has(i) && op.Res.Store == about.store && op.Res.Name == about.name || about.store == interleave.Memory && i > from && i < last && op.Res.Store == about.store && op.Res.Name == about.name
		}
		if !keep {
			continue
		}
		suspended = op.Kind == interleave.Suspend
		switch {
		case op.Kind == interleave.Add:
			added[op.Session] = true
		case op.Kind == interleave.Flush || p.Trace.Flushes(op):
			added[op.Session] = false
		}
		kept = append(kept, i)
	}
	return trimTransactions(p, kept)
}

// scope returns the sessions in which something happens that counts, and the first operation that does.
func (p *Path) scope(acts []int, needed marks, about subject) (map[int]bool, int) {
	sessions, from := map[int]bool{}, 1<<30
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if slices.Contains(acts, i) || needed.has(i) && op.Res.Store == about.store && op.Res.Name == about.name {
			from = min(from, i)
			if op.Session != 0 {
				sessions[op.Session] = true
			}
		}
	}
	return sessions, from
}

// endedBefore tells whether the transaction in which something of another resource was locked at i is over before the first operation
// that counts: such a lock is about something else.
func (p *Path) endedBefore(session, i, from int) bool {
	for _, j := range p.Ops {
		if op := &p.Trace.Ops[j]; j > i && j < from && op.Session == session && (op.Kind == interleave.Commit || op.Kind == interleave.Rollback) {
			return true
		}
	}
	return false
}

// releasedBefore tells whether a named lock taken at i is given back before the first operation that counts: by name, or because the
// transaction or session that holds it ends.
func (p *Path) releasedBefore(lock *effects.Op, i, from int) bool {
	for _, j := range p.Ops {
		if j <= i || j >= from {
			continue
		}
		switch op := &p.Trace.Ops[j]; op.Kind {
		case interleave.Release:
			if op.Name == lock.Name {
				return true
			}
		case interleave.Commit, interleave.Rollback:
			if lock.Scope == interleave.TransactionLock && op.Session == lock.Session && lock.Session != 0 {
				return true
			}
		case interleave.Close:
			if lock.Scope != interleave.ProcessLock && op.Session == lock.Session && lock.Session != 0 {
				return true
			}
		}
	}
	return false
}

// trimTransactions drops what sessions do that nothing kept belongs to.
func trimTransactions(p *Path, kept []int) []int {
	used := map[int]bool{}
	for _, i := range kept {
		if op := &p.Trace.Ops[i]; !isBoundary(op.Kind) && op.Kind != interleave.Flush {
			used[op.Session] = true
		}
	}
	// Between two operations of a session that count, only the last boundary does; before the first one only a beginning.
	pending := map[int]int{}
	begun := map[int]bool{}
	drop := map[int]bool{}
	for _, i := range kept {
		op := &p.Trace.Ops[i]
		if op.Kind == interleave.Flush && !begun[op.Session] {
			drop[i] = true
			continue
		}
		if !isBoundary(op.Kind) {
			begun[op.Session] = true
			delete(pending, op.Session)
			continue
		}
		if !used[op.Session] {
			drop[i] = true
			continue
		}
		opens := op.Kind == interleave.Begin || op.Kind == interleave.Savepoint
		if prev, ok := pending[op.Session]; ok && !opens && endsFirst(p.Trace.Ops[prev].Kind) {
			drop[i] = true // nothing is left to end
			continue
		}
		if prev, ok := pending[op.Session]; ok && p.Trace.Ops[prev].Kind == interleave.ReleaseSavepoint {
			// What was written inside was sent there, and an error of it is raised there.
		} else if ok && !(opens && isEnd(p.Trace.Ops[prev].Kind)) {
			drop[prev] = true
			if !opens && p.Trace.Ops[prev].Kind == interleave.Begin && !begun[op.Session] {
				drop[i] = true
				delete(pending, op.Session)
				continue
			}
		}
		if !opens && !begun[op.Session] {
			drop[i] = true
			continue
		}
		pending[op.Session] = i
	}
	out := kept[:0]
	for _, i := range kept {
		if !drop[i] {
			out = append(out, i)
		}
	}
	return out
}

func isBoundary(k interleave.Kind) bool {
	switch k {
	case interleave.Begin, interleave.Commit, interleave.Rollback, interleave.Savepoint, interleave.ReleaseSavepoint, interleave.Close, interleave.Expire:
		return true
	}
	return false
}

// endsFirst tells whether what was pending is settled, so that a further end changes nothing.
func endsFirst(k interleave.Kind) bool {
	return k == interleave.Commit || k == interleave.Rollback || k == interleave.Close
}

func isEnd(k interleave.Kind) bool {
	return k == interleave.Commit || k == interleave.Rollback || k == interleave.Close || k == interleave.Expire
}

func (p *Path) translate(act int, used map[int]bool) interleave.Program {
	out := interleave.Program{Ops: make([]interleave.Op, 0, len(p.Ops)), Thread: p.Trace.Thread}
	loaded := map[int]bool{}
	seen := make(marks, len(p.Ops)>>6+1)
	for _, i := range p.Ops {
		src := &p.Trace.Ops[i]
		op := src.Op
		if op.Kind == interleave.Refresh && !loaded[op.Obj] {
			op.Kind = interleave.Read // its first load was left out: to the judge this is the first
		}
		if op.Kind == interleave.Read {
			loaded[op.Obj] = true
		}
		op.Tag = i
		op.From = p.remap(op.From)
		op.Act = i == act
		if op.Flags&interleave.SameStatement != 0 && (len(out.Ops) == 0 || out.Ops[len(out.Ops)-1].Tag < p.statement(i)) {
			op.Flags &^= interleave.SameStatement // the rest of its statement was left out, and what comes before is another one
		}
		if used[i] {
			op.Flags |= interleave.ResultUsed
		}
		if op.Kind == interleave.Check {
			op.Uses = p.uses(i, src)
		} else {
			op.From = p.controlled(op.From, src.Ctx, i, seen)
		}
		out.Ops = append(out.Ops, op)
	}
	p.askedOfValue(out.Ops)
	return committed(out)
}

// statement returns the first operation of the statement that an operation belongs to.
func (p *Path) statement(i int) int {
	for i > 0 && p.Trace.Ops[i].Flags&interleave.SameStatement != 0 {
		i--
	}
	return i
}

// answered adds the answer to a request that takes away a code or token: whoever is told that it was good has used it, whether
// or not the deletion found the row.
func answered(p interleave.Program) interleave.Program {
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Act && (op.Kind == interleave.Remove || op.Kind == interleave.Delete) && op.Flags&interleave.ResultUsed == 0 {
			p.Ops = append(p.Ops, interleave.Op{Kind: interleave.Effect, From: op.From, Act: true, Tag: op.Tag})
			break
		}
	}
	return p
}

// unrefused makes a claim whose refusal is forgotten into one that does nothing when it loses, and adds what follows it.
func unrefused(p interleave.Program) interleave.Program {
	for i := range p.Ops {
		if op := &p.Ops[i]; op.Act && op.Kind == interleave.Insert {
			op.Flags |= interleave.OnConflictIgnore
			p.Ops = append(p.Ops, interleave.Op{Kind: interleave.Effect, From: op.From, Act: true, Tag: op.Tag})
			break
		}
	}
	return p
}

// committed ends every session whose last write no commit was seen for: a middleware or a wrapper that could not be read
// commits it, or the write would never have worked. A session that the code itself is seen to close without a commit is left
// alone: what it wrote is rolled back.
func committed(p interleave.Program) interleave.Program {
	open := map[int]int{}
	for i := range p.Ops {
		switch op := &p.Ops[i]; op.Kind {
		case interleave.Assign, interleave.Add, interleave.Remove, interleave.Update, interleave.Insert, interleave.Delete, interleave.InsertWhereNotExists:
			if op.Session != 0 {
				open[op.Session] = i
			}
		case interleave.Commit:
			delete(open, op.Session)
		}
	}
	for i, n := 0, len(p.Ops); i < n && len(open) > 0; i++ {
		if at, ok := open[p.Ops[i].Session]; ok && at == i {
			end := interleave.Op{Kind: interleave.Commit, Session: p.Ops[i].Session, Tag: p.Ops[i].Tag, Catches: p.Ops[i].Catches}
			if lastOf(p.Ops, end.Session, interleave.Close) > i {
				continue
			}
			p.Ops = append(p.Ops, end)
		}
	}
	return p
}

func lastOf(ops []interleave.Op, session int, kind interleave.Kind) int {
	for i := len(ops) - 1; i >= 0; i-- {
		if ops[i].Session == session && ops[i].Kind == kind {
			return i
		}
	}
	return -1
}

// controlled adds to what feeds an operation what decides whether it happens.
func (p *Path) controlled(from []int, ctx *effects.Ctx, op int, seen marks) []int {
	out := make([]int, 0, len(from)+4)
	add := func(j int) {
		if !seen.has(j) {
			seen.add(j)
			out = append(out, j)
		}
	}
	for _, f := range from {
		add(f)
	}
	for c := ctx; c != nil; c = c.Up {
		if c.Check < 0 || sparesWrite(p.Trace, c, op) {
			continue
		}
		if j, ok := p.place(c.Check); ok {
			add(j)
		}
	}
	for _, j := range out {
		seen.drop(j)
	}
	return out
}

func (p *Path) remap(from []int) []int {
	out := make([]int, 0, len(from))
	for _, f := range from {
		if j, ok := p.place(f); ok {
			out = append(out, j)
		}
	}
	return out
}

// testedWrites are the writes whose result a later decision looks at, while an act can still be left undone: where it is committed before
// anybody looks, it stands although the write before it found no row.
func (p *Path) testedWrites(act int) map[int]bool {
	var used map[int]bool
	for _, i := range p.Ops {
		if op := &p.Trace.Ops[i]; op.Kind == interleave.Check && op.Rare().Demands == "" {
			for _, f := range op.From {
				switch p.Trace.Ops[f].Kind {
				case interleave.Update, interleave.Delete, interleave.Insert, interleave.InsertWhereNotExists, interleave.Acquire:
					if f < act && p.commits(act, i) {
						continue
					}
					if used == nil {
						used = map[int]bool{}
					}
					used[f] = true
				}
			}
		}
	}
	return used
}

// commits tells whether what a session does in an operation is committed before another operation comes.
func (p *Path) commits(op, before int) bool {
	session := p.Trace.Ops[op].Session
	return session != 0 && slices.ContainsFunc(p.Ops, func(i int) bool {
		return i > op && i < before && p.Trace.Ops[i].Kind == interleave.Commit && p.Trace.Ops[i].Session == session
	})
}

// uses turns the condition of a check into what the judge asks: which value, compared how, and which way the path goes.
func (p *Path) uses(i int, op *effects.Op) []interleave.Use {
	var out []interleave.Use
	seen, unknown := map[int]bool{}, map[int]bool{}
	negated := p.arm(i) == 0
	if op.Pred != nil {
		certain := op.Pred.Certain(p.arm(i))
		for _, u := range op.Pred.Uses {
			within := u.Op == "?" && u.Within != ""
			if within {
				u.Op = u.Within
			}
			if x, src, ok := p.use(u); ok {
				x.Negated = negated
				x.Loose = !certain || within
				if x.Loose && (x.Column == "" || x.Value != "" && !isConstant(x.Value)) {
					x.Op, x.Value = "?", ""
				}
				seen[src] = true
				out = append(out, x)
				for _, c := range p.comparedWith(u, src) {
					out = append(out, interleave.Use{From: x.From, Column: c, Op: "?", Negated: negated})
				}
				continue
			}
			if x, ok := p.wayUsed(u, op.From); ok && certain {
				x.Negated, x.Loose = negated, within
				for _, f := range op.From {
					seen[f] = seen[f] || u.Left.DerivesFrom(f)
				}
				out = append(out, x)
				continue
			}
			for _, v := range [...]*effects.Value{u.Left, u.Right} {
				for _, f := range op.From {
					if v.DerivesFrom(f) {
						unknown[f] = true // something was made of it that is compared
					}
				}
			}
		}
	}
	for _, f := range op.From {
		if j, ok := p.place(f); ok && (!seen[f] || unknown[f]) {
			out = append(out, interleave.Use{From: j, Op: "?", Negated: negated, Column: firstColumn(&p.Trace.Ops[f])})
		}
	}
	return out
}

// comparedWith returns the columns of a row with which another one of the same row is compared, alone or in an expression:
// row["used"] + n > row["quota"].
func (p *Path) comparedWith(u effects.PredUse, src int) []string {
	read := &p.Trace.Ops[src]
	if u.Left == nil || u.Right == nil || read.Kind != interleave.Read || read.Obj != 0 || read.Res.Store != interleave.Table || read.Res.Aggregate != interleave.Rows {
		return nil
	}
	var out []string
	for _, v := range [...]*effects.Value{p.taken(u.Left), p.taken(u.Right)} {
		switch {
		case int(v.Src)-1 == src && v.SrcCol != "" && v.SrcCol[0] != '#':
			out = append(out, v.SrcCol)
		case v.Src == 0 && v.DerivesFrom(src):
			out = append(out, columnsIn(v, read)...)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// columnsIn returns the columns of a row, read without an object, that the name of a value tells it was made of.
func columnsIn(v *effects.Value, read *effects.Op) []string {
	if read.Kind != interleave.Read || read.Obj != 0 || read.Res.Store != interleave.Table {
		return nil
	}
	var out []string
	for _, name := range effects.Names(OutsideBrackets(v.Sym)) {
		if slices.Contains(read.Res.Columns, name) || read.Table != nil && read.Table.Column(name) != nil {
			out = append(out, name)
		}
	}
	return out
}

// wayUsed returns what is asked of a row by asking whether there is an object that was made of it, or None: whether it is there. Whatever
// else chose None was a decision of its own.
func (p *Path) wayUsed(u effects.PredUse, from []int) (interleave.Use, bool) {
	if presence[u.Op] == "" || !u.Left.NoneOrThere(u.Op == "true" || u.Op == "false") {
		return interleave.Use{}, false
	}
	for _, f := range from {
		if j, ok := p.place(f); ok && isLoad(&p.Trace.Ops[f]) && p.Trace.Ops[f].Res.Key != "" && u.Left.DerivesFrom(f) && !ofEachItem(&p.Trace.Ops[f]) {
			return interleave.Use{From: j, Op: presence[u.Op]}, true
		}
	}
	return interleave.Use{}, false
}

// ofEachItem tells whether an operation is about an attribute of one of the objects in a shared list.
func ofEachItem(op *effects.Op) bool {
	return op.Res.Store == interleave.Memory && strings.Contains(op.Res.Name, effects.EachItem+".")
}

func firstColumn(op *effects.Op) string {
	if op.Kind == interleave.Attr && len(op.Res.Columns) == 1 {
		return op.Res.Columns[0]
	}
	if ofEachItem(op) {
		return "value"
	}
	return ""
}

// taken is the value itself, or, of several that came by different ways, the one whose way the path goes.
func (p *Path) taken(v *effects.Value) *effects.Value {
	s := v.Source()
	if s == nil || s.Src != 0 || s.Kind != effects.Union {
		return s
	}
	var found *effects.Value
	for _, it := range s.Items {
		if it == nil || it.Src == 0 || !p.has(int(it.Src-1)) {
			continue
		}
		if found != nil {
			return s
		}
		found = it
	}
	if found == nil {
		return s
	}
	return found
}

func (p *Path) use(u effects.PredUse) (interleave.Use, int, bool) {
	left, right, op := p.taken(u.Left), p.taken(u.Right), u.Op
	if left == nil || left.Src == 0 {
		if right == nil || right.Src == 0 {
			return interleave.Use{}, 0, false
		}
		left, right = right, left
		op = effects.Turned(op)
	}
	src := int(left.Src - 1)
	j, ok := p.place(src)
	if !ok {
		return interleave.Use{}, 0, false
	}
	if right != nil && right.Src == 0 && right.DerivesFrom(src) {
		return interleave.Use{From: j, Op: "?"}, src, true // with something that is made of the same: len(team["members"]) < team["limit"]
	}
	x := interleave.Use{From: j, Column: left.SrcCol, Op: op}
	if src := &p.Trace.Ops[src]; src.Rare().Cached != "" && src.Rare().Fields != nil && x.Column != "" {
		if presence[op] != "" && x.Column == effects.ValueColumn {
			return interleave.Use{From: j, Op: "?"}, int(left.Src - 1), true // whether the cache has it says nothing of the row
		}
		x.Column = src.Rare().Fields[x.Column]
	}
	if x.Column == "" && presence[op] != "" && p.keptByColumns(u.Left, src) {
		return interleave.Use{From: j, Op: "?"}, src, true
	}
	if x.Column == effects.ValueColumn && presence[op] != "" {
		return interleave.Use{From: j, Op: presence[op]}, src, true // a key without a value is not there
	}
	if right != nil && right.Src == 0 {
		x.Value = right.Sym
	}
	if read := &p.Trace.Ops[src]; x.Column != "" && never(read, x.Column) && (asksPresence(op) || (op == "true" || op == "false") && !mayBeFalse(read, x.Column)) {
		x.Column = ""
	}
	switch op {
	case "true", "false":
		x.Op = map[bool]string{true: "exists", false: "not exists"}[op == "true"]
		switch {
		case x.Column == "":
		case mayBeFalse(&p.Trace.Ops[src], x.Column):
			x.Op, x.Value = map[bool]string{true: "=", false: "!="}[op == "true"], "True"
		default:
			x.Op = map[bool]string{true: "is not null", false: "is null"}[op == "true"]
		}
	case "exists", "not exists":
		if x.Column != "" { // `row.used_at is None`
			x.Op = map[string]string{"exists": "is not null", "not exists": "is null"}[op]
		}
	case "in", "not in":
		if list := constants(right); x.Column != "" && len(list) > 0 && !slices.ContainsFunc(list, func(v string) bool { return strings.Contains(v, ",") }) {
			x.Value = "(" + strings.Join(list, ",") + ")"
		} else if op == "not in" {
			x.Op = "?"
		}
	}
	if strings.HasPrefix(x.Column, "#") || p.Trace.Ops[src].Res.Aggregate != interleave.Rows {
		x.Column = "" // a row count; or `AS n` names no column
	}
	if read := &p.Trace.Ops[src]; x.Column == "" && read.Kind == interleave.Read && read.Res.Key != "" && !asksPresence(x.Op) {
		x.Op, x.Value = "?", "" // what was read is compared, and not whether it is there
		if len(read.Res.Columns) == 1 {
			x.Column = read.Res.Columns[0]
		}
	}
	return x, src, true
}

// keptByColumns tells whether a value is one of several rows that were read, kept by what stands in its columns: that there is none says
// nothing of whether there are others. `next((b for b in booked if b.until > start), None)`
func (p *Path) keptByColumns(v *effects.Value, read int) bool {
	of := &p.Trace.Ops[read]
	return v != nil && of.Kind == interleave.Read && of.Obj != 0 && of.Res.Key == "" && slices.ContainsFunc(v.AllDeps(), func(d int32) bool {
		column := &p.Trace.Ops[d]
		return column.Kind == interleave.Attr && column.Obj == of.Obj
	})
}

// presence are the tests that ask of a key only whether it is there.
var presence = map[string]string{"exists": "exists", "not exists": "not exists", "true": "exists", "false": "not exists"}

// mayBeFalse tells whether a column can hold something that is false and not NULL: all but keys, times, texts and the like do,
// and a column of which nothing is known.
func mayBeFalse(op *effects.Op, column string) bool {
	if keyOfUndescribed(op, column) {
		return false
	}
	if op.Table == nil {
		return true
	}
	c := op.Table.Column(column)
	return c == nil || !c.Primary && !strings.Contains(strings.ToLower(c.Type), "date")
}

// keyOfUndescribed tells whether a column is taken to be the key of a table of which only statements tell.
func keyOfUndescribed(op *effects.Op, column string) bool {
	return op.Res.Store == interleave.Table && (op.Table == nil || len(op.Table.Columns) == 0) && effects.IsPrimary(nil, column)
}

// never tells that a column of what an operation read cannot be NULL: None means that there is no row.
func never(op *effects.Op, column string) bool {
	if op.Kind == interleave.Attr {
		return false
	}
	if op.Table == nil {
		return keyOfUndescribed(op, column)
	}
	c := op.Table.Column(column)
	return c != nil && (c.Primary || !c.Nullable) || keyOfUndescribed(op, column)
}

func asksPresence(op string) bool {
	return op == "exists" || op == "not exists" || op == "is null" || op == "is not null"
}
