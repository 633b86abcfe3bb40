package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A claim is a write that takes something only if it is still to be had: an update or delete whose own effect is that its
// condition no longer holds, or an insert that does nothing where the row is there already. Whoever goes on without looking
// whether it took anything goes on twice.

// claims returns the candidates in which a claim's result is not looked at, and something follows that cannot be taken back.
func claims(t *flow.Trace) []*Race {
	tested := map[int]bool{}
	for i := range t.Ops {
		if op := &t.Ops[i]; op.Kind == interleave.Check {
			for _, f := range op.From {
				tested[f] = true
			}
		}
	}
	var out []*Race
	for i := range t.Ops {
		if tested[i] || !isClaim(&t.Ops[i]) && !takesAway(&t.Ops[i]) || handedOn(t, i) || makesWay(t, i) {
			continue
		}
		for j := i + 1; j < len(t.Ops); j++ {
			op := &t.Ops[j]
			if drawsFrom(t, j, i) || !isClaim(&t.Ops[i]) && !paysOut(op, &t.Ops[i]) {
				continue
			}
			counts := countsNew(t, i, j)
			if (counts || wins(op, &t.Ops[i])) && within(op.Ctx, t.Ops[i].Ctx) && op.Phase < effects.Deferred {
				out = append(out, &Race{Trace: t, Relation: ClaimDropped, Read: i, Act: j, Acts: []int{j}, Checks: askedBefore(t, i), Table: t.Ops[i].Table, Columns: claimed(&t.Ops[i]), Mild: counts})
				break
			}
		}
	}
	return out
}

// makesWay tells whether rows are given up so that another one takes their place, as the default of a customer or where somebody works
// now: who finds none of them has none to give up, and wants nothing of what he did not find.
func makesWay(t *flow.Trace, claim int) bool {
	op := &t.Ops[claim]
	if op.Kind != interleave.Update {
		return false
	}
	for i := claim + 1; i < len(t.Ops); i++ {
		next := &t.Ops[i]
		if next.Res.Store != op.Res.Store || next.Res.Name != op.Res.Name || next.Kind != interleave.Assign && next.Kind != interleave.Update && next.Kind != interleave.Add && next.Kind != interleave.Insert {
			continue
		}
		if slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool {
			v, ok := assigned(next.Set, c.Column)
			mine, gives := assigned(op.Set, c.Column)
			if !ok { // a new row begins with what the column holds by default
				return gives && mine != c.Value && (next.Kind == interleave.Add || next.Kind == interleave.Insert) && op.Table != nil && !asksByKey(op)
			}
			return gives && c.Op == "=" && isConstant(c.Value) && v == c.Value && mine != v
		}) {
			return true
		}
	}
	return false
}

// asksByKey tells whether a write is about one row: that which has some key.
func asksByKey(op *effects.Op) bool {
	var columns []string
	for _, c := range op.Res.Where {
		if c.Op == "=" && !c.SubQuery && !isConstant(c.Value) {
			columns = append(columns, c.Column)
		}
	}
	_, unique := op.Table.UniqueOn(columns)
	return unique || slices.ContainsFunc(columns, func(c string) bool { return matches(c, codeWords) })
}

// askedBefore returns the decisions above a claim that looked at what it then claims.
func askedBefore(t *flow.Trace, claim int) []int {
	var out []int
	controls, _ := hangsOn(t, claim)
	for _, c := range controls {
		for _, dep := range t.Ops[c].From {
			if base := baseRead(t, dep); base >= 0 && t.Ops[base].Res.Name == t.Ops[claim].Res.Name && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// ClaimDropped tells whether the request claims the row on its way to the act, and does not look whether it got it.
func (r *Race) ClaimDropped() bool {
	if r.Relation == ClaimDropped {
		return true
	}
	tested := r.Path.testedWrites(r.Act)
	for _, i := range r.Path.Ops {
		if op := r.Op(i); i > r.Read && i < r.Act && !tested[i] && op.Res.Name == r.Resource() && isClaim(op) && op.Kind == interleave.Update && !handedOn(r.Trace, i) && !makesWay(r.Trace, i) &&
			(sameRow(r.Op(r.Read), op) || sameRow(op, r.Op(r.Act))) {
			return true
		}
	}
	return false
}

// isClaim tells whether an operation takes something that only one can have.
func isClaim(op *effects.Op) bool {
	if isRedisKey(op) {
		return unlooked(op, false) && notesDealtWith(op) && len(keyValues(op)) > 0
	}
	if op.Res.Store != interleave.Table && !(isDocument(op) && op.Kind == interleave.Update && !op.Upsert) {
		return false
	}
	switch op.Kind {
	case interleave.Update:
		return len(claimed(op)) > 0 && namesRow(op) && !ofParent(op)
	case interleave.Delete:
		return WorksOnce(op.Res.Name) && namesRow(op) && !ofParent(op)
	case interleave.Insert:
		return op.Flags&interleave.OnConflictIgnore != 0 && len(keyValues(op)) > 0
	}
	return false
}

// takesAway tells whether a write deletes one row that the request names.
func takesAway(op *effects.Op) bool {
	return op.Res.Store == interleave.Table && op.Kind == interleave.Delete && namesRow(op)
}

// amounts are parts of the names of columns that hold how much somebody gets.
var amounts = []string{"amount", "cents", "price", "balance", "credit"}

// paysOut tells whether an effect carries an amount that a row holds which was taken away: the row stood for the amount, whatever it is called.
func paysOut(effect, row *effects.Op) bool {
	return effect.Kind == interleave.Effect && (effect.External == "payment" || effect.Target == "post") && slices.ContainsFunc(effect.Rare().Told, func(told string) bool {
		column, ok := strings.CutPrefix(told, row.Res.Name+"[")
		if !ok {
			return false
		}
		at := strings.LastIndex(column, "].")
		return at >= 0 && matches(column[at+2:], amounts)
	})
}

// isDocument tells whether an operation is about a document of a collection, which is written like a row.
func isDocument(op *effects.Op) bool {
	return op.Res.Store == interleave.KeyValue && op.Res.Name != effects.RedisKeys && !strings.Contains(op.Res.Name, " ")
}

// isRow tells whether an operation is about a row of a table or about a document.
func isRow(op *effects.Op) bool { return op.Res.Store == interleave.Table || isDocument(op) }

// isRedisKey tells whether an operation is about a key of Redis.
func isRedisKey(op *effects.Op) bool {
	return op.Res.Store == interleave.KeyValue && op.Res.Name == effects.RedisKeys
}

// namesRow tells whether a write is about one row that the request names, and not about all rows in some state.
func namesRow(op *effects.Op) bool {
	if byKey(op) {
		return true
	}
	return slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.SubQuery && c.Value != "" && !isConstant(c.Value)
	})
}

// ofParent tells whether a write takes whatever rows there are of one somebody or something, as all open codes of a user: that there are none is
// as good to it as that there are some. What takes an amount needs the row.
func ofParent(op *effects.Op) bool {
	if byKey(op) || slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative }) {
		return false
	}
	parent := ""
	for _, c := range op.Res.Where {
		if c.Op != "=" || c.SubQuery || c.Value == "" || isConstant(c.Value) || strings.HasSuffix(strings.ToLower(c.Column), "_type") {
			continue
		}
		if parent != "" {
			return false
		}
		parent = c.Column
	}
	if name := strings.ToLower(parent); name == "" || name == "id" || name == "_id" || isToken(name) {
		return false
	}
	if op.Table == nil { // a job is found by its job_id
		own, _ := strings.CutSuffix(strings.ToLower(parent), "_id")
		return namesNumber(parent) && !strings.Contains(strings.ToLower(op.Res.Name), own)
	}
	_, single := op.Table.UniqueOn([]string{parent})
	return !single
}

// byKey tells whether a write names its row by the key: one that is given, or that of a row which was read, and which then goes by the
// columns that it was looked for by, without being asked for them again.
func byKey(op *effects.Op) bool {
	if !strings.Contains(op.Res.Key, "=") {
		return op.Res.Key != ""
	}
	return !slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool { return strings.Contains(","+op.Res.Key, ","+c.Column+"=") })
}

// keyValues returns what makes a new row unique, where it comes from the request.
func keyValues(op *effects.Op) []string {
	var out []string
	for _, key := range op.Unique {
		for _, col := range key {
			if v, ok := assigned(op.Set, col); ok && v != "" && !isConstant(v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// taken are parts of the names of columns by which something is taken once.
var taken = []string{"used", "redeem", "consumed", "claimed", "accepted", "spent", "status", "state", "phase"}

// takes tells whether a claim takes an amount, or something that can be had once; not that it only clears a mark or keeps two who
// edit apart.
func takes(claim *effects.Op) bool {
	asksVersion := func(column string) bool {
		return slices.ContainsFunc(claim.Res.Where, func(c interleave.Cond) bool {
			return c.Column == column && c.Op == "=" && countsOn(claim, c) && !comparesOld(claim, c)
		})
	}
	return slices.ContainsFunc(claimed(claim), func(c string) bool { return relative(claim.Set, c) && !asksVersion(c) || matches(c, taken) })
}

// bookkeeping are parts of the names of tables that only tell what happened.
var bookkeeping = []string{"log", "audit", "event", "history", "activity", "notification", "trace", "outbox", "metric"}

// once are parts of the names of tables whose rows say that something was dealt with.
var once = []string{"event", "idempot", "processed", "handled", "dedup", "webhook", "delivery", "deliveries", "nonce", "callback", "inbox", "notification"}

// dealtWith tells whether a claim notes, under a key that the request brings, that it was dealt with; what it then adds elsewhere is
// not what it noted. A row that is only made sure of is named again by what follows.
func dealtWith(op, claim *effects.Op) bool {
	return claim.Kind == interleave.Insert && notesDealtWith(claim) && !mentionsAny([]string{op.Res.Key}, keyValues(claim))
}

// notesDealtWith tells whether a new row, or a key that is only set where it is missing, says by its name that something was dealt with.
func notesDealtWith(op *effects.Op) bool {
	if isRedisKey(op) {
		return matches(literal(op.Res.Key), once) || strings.Contains(strings.ToLower(op.Res.Key), "idem") // what is filled in is called what it is of
	}
	return matches(op.Res.Name, once)
}

// DealsOnce tells whether the row that is looked for and inserted says that something was dealt with, and an amount is added elsewhere because
// it was missing: that is what must not be done twice, whatever becomes of the row.
func (r *Race) DealsOnce() bool {
	if act := r.Op(r.Act); r.Relation != SetInsert || act.Res.Store != interleave.Table || !notesDealtWith(act) {
		return false
	}
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && (op.Kind == interleave.Update || op.Kind == interleave.Assign) && op.Res.Store == interleave.Table && op.Res.Name != r.Resource() &&
			op.Phase < effects.Teardown && r.decidedOn(i) && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return adds(a) || strings.Contains(a.Value, "."+a.Column+"+") })
	})
}

// wins tells whether an operation is what only the winner of a claim may do: an effect, or an amount that is added elsewhere.
func wins(op, claim *effects.Op) bool {
	switch op.Kind {
	case interleave.Effect:
		if op.External == "mail" {
			return claim.Kind == interleave.Update && takes(claim)
		}
		if op.External != "payment" && (op.External != "http" || op.Guess) {
			return false
		}
		// Making sure that a row is there is no claim: what follows a claim is about what was claimed.
		return claim.Kind != interleave.Insert || claim.Res.Store == interleave.KeyValue || mentionsAny(op.Rare().Told, keyValues(claim))
	case interleave.Update:
		return (claim.Kind == interleave.Update || dealtWith(op, claim)) && op.Res.Store == interleave.Table && op.Res.Name != claim.Res.Name && slices.ContainsFunc(op.Set, adds)
	case interleave.Add, interleave.Insert:
		return claim.Kind == interleave.Update && op.Res.Store == interleave.Table && op.Res.Name != claim.Res.Name && !matches(op.Res.Name, bookkeeping) && takes(claim)
	}
	return false
}

// countsNew tells whether an operation counts, on a row of which a new row is one of several, that it was added: a vote of somebody for a
// post, a visit of a guest on a day. A row that is only made sure of is used afterwards.
func countsNew(t *flow.Trace, claim, act int) bool {
	c, op := &t.Ops[claim], &t.Ops[act]
	if c.Kind != interleave.Insert || op.Kind != interleave.Update || op.Res.Store != interleave.Table || op.Res.Name == c.Res.Name ||
		!slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative }) {
		return false
	}
	if !slices.ContainsFunc(c.Unique, func(key []string) bool { return len(key) > 1 }) || !slices.Contains(keyValues(c), keyValue(op)) {
		return false
	}
	for i := range t.Ops {
		if o := &t.Ops[i]; i != claim && o.Res.Store == interleave.Table && o.Res.Name == c.Res.Name {
			return false
		}
	}
	return true
}

// keyValue is the value by which the one row of an operation is named.
func keyValue(op *effects.Op) string {
	if i := strings.LastIndexByte(op.Res.Key, '='); i >= 0 && !strings.Contains(op.Res.Key, ",") {
		return op.Res.Key[i+1:]
	}
	return op.Res.Key
}

func mentionsAny(texts, names []string) bool {
	for _, t := range texts {
		for _, n := range names {
			if strings.Contains(t, n) {
				return true
			}
		}
	}
	return false
}

// adds tells whether an assignment adds an amount that came from somewhere: a step of one counts changes or events.
func adds(a interleave.Assignment) bool {
	if !a.Relative {
		return false
	}
	v := strings.TrimRight(a.Value, ") ")
	i := strings.LastIndexAny(v, "+- ")
	return i >= 0 && !isConstant(v[i+1:])
}

// within tells whether a decision chain continues another: whoever is here was there.
func within(ctx, outer *effects.Ctx) bool {
	for c := outer; c != nil; c = c.Up {
		if c.Leaves == effects.Stays && !holds(ctx, c) {
			return false
		}
	}
	return true
}

func holds(ctx, wanted *effects.Ctx) bool {
	return armOf(ctx, wanted.Check) == wanted.Arm
}

// Swallowed tells whether the act is a claim whose refusal is caught and forgotten, and the request goes on as if it had won.
func (r *Race) Swallowed() bool {
	return r.Relation == SetInsert && r.Op(r.Act).Swallowed && r.Path != nil && r.Path.goesOnAsWinner(r.Act)
}

// goesOnAsWinner tells whether a row says that a code or message was dealt with, and whoever noted it then does what only the first
// one may do: gives out a token, pays, or writes elsewhere something else than a log.
func (p *Path) goesOnAsWinner(claim int) bool {
	note := &p.Trace.Ops[claim]
	if !WorksOnce(note.Res.Name) && !matches(note.Res.Name, once) {
		return false
	}
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if i <= claim || op.Phase >= effects.Teardown {
			continue
		}
		switch {
		case op.Res.Name == effects.Issued:
			return true
		case op.Kind == interleave.Effect:
			if op.External == "payment" {
				return true
			}
		case isAct(p.Trace, i) && op.Res.Store != interleave.Memory && op.Res.Name != note.Res.Name && !matches(op.Res.Name, bookkeeping):
			return true
		}
	}
	return false
}

// handedOn tells whether the result goes into something that was not followed: a value that is written or sent, the answer
// to the client, a call that is not known.
func handedOn(t *flow.Trace, claim int) bool {
	for i := claim + 1; i < len(t.Ops); i++ {
		if slices.Contains(t.Ops[i].From, claim) && (!drawsFrom(t, i, claim) || tested(t, i) || handedOn(t, i)) {
			return true
		}
	}
	return false
}

// drawsFrom tells whether a write is the rest of the statement that makes the claim: `WITH claimed AS (UPDATE …) INSERT … SELECT … FROM claimed`
// does nothing for the loser, and what it tells of itself it tells of the claim.
func drawsFrom(t *flow.Trace, i, claim int) bool {
	op := &t.Ops[i]
	return op.Kind != interleave.Check && op.Kind != interleave.Effect && op.Site == t.Ops[claim].Site && slices.Contains(op.From, claim)
}

// unlooked tells whether a key or a file is created unless it is there, and nobody looks which: then it is only written. A document that is
// made only where it is missing has nothing to tell: whoever comes later finds it.
func unlooked(op *effects.Op, used bool) bool {
	return op.Kind == interleave.Insert && !isDocument(op) && (op.Res.Store == interleave.KeyValue || op.Res.Store == interleave.File) && op.Flags&interleave.OnConflictIgnore != 0 && !used && op.Res.Key != ""
}

// asWrite makes an act that creates a key unless it is there, without looking which, into one that just writes it.
func (r *Race) asWrite(p *interleave.Program, t *flow.Trace) {
	if r.Op(r.Read).Res.Aggregate == interleave.Count {
		return
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Act && op.Kind == interleave.Insert && unlooked(&t.Ops[op.Tag], tested(t, op.Tag)) {
			op.Kind, op.Flags = interleave.Update, op.Flags&^interleave.OnConflictIgnore
		}
	}
}

// idleNote tells whether all that a request does under its checks is to put something into a set whose answer it does not look at: to
// do that twice is to do it once.
func idleNote(t *flow.Trace, i int) bool {
	op := &t.Ops[i]
	if !unlooked(op, tested(t, i)) {
		return false
	}
	for j := range t.Ops {
		if j != i && isAct(t, j) && !unlooked(&t.Ops[j], tested(t, j)) && within(t.Ops[j].Ctx, op.Ctx) {
			return false
		}
	}
	return true
}
