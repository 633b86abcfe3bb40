package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// onceTables are parts of the names of tables whose rows work once: to have found one and taken it is what the caller is told.
var onceTables = []string{"token", "coupon", "nonce", "invite", "invitation", "voucher", "login_code", "logincode", "session_code", "magic_link", "magiclink", "login_link", "loginlink", "verification"}

// onceWords are the same where other words hold them too: a preset is no reset.
var onceWords = []string{"otp", "reset", "gift", "challenge"}

// measured are what is kept of tokens that are counted, and not presented.
var measured = []string{"rate", "limit", "usage", "count", "budget", "quota", "price", "pricing", "cost", "stat", "metric"}

// booked are the kinds of vouchers that are documents of bookkeeping, and nothing that anybody redeems.
var booked = []string{"payment", "receipt", "journal", "contra", "sales", "purchase", "expense", "cash", "bank", "debit", "credit", "department", "account", "accounting"}

// WorksOnce tells whether the rows of a table are codes, tokens or coupons.
func WorksOnce(table string) bool {
	table = strings.ToLower(table)
	for _, what := range measured {
		table = strings.ReplaceAll(table, "token_"+what, "")
	}
	for _, kind := range booked {
		table = strings.ReplaceAll(strings.ReplaceAll(table, kind+"_voucher", ""), kind+"voucher", "")
	}
	if matches(table, onceTables) {
		return true
	}
	for _, word := range strings.FieldsFunc(table, func(c rune) bool { return c == '_' || c == '.' || c == '-' }) {
		for _, w := range onceWords {
			if strings.HasPrefix(word, w) {
				return true
			}
		}
	}
	return false
}

// tokenWords are parts of the names of columns by whose value a row is found that was made to be shown once.
var tokenWords = []string{"token", "otp", "nonce", "secret", "one_time", "onetime", "code"}

// byToken tells whether a row is found by a secret that the caller shows, by the name of the column that it is compared with.
func byToken(op *effects.Op) bool {
	if op.Res.Store != interleave.Table || op.Res.Key == "" {
		return false
	}
	columns := whereColumns(op.Res.Where)
	if !strings.Contains(op.Res.Key, "=") && op.Table != nil {
		columns = append(columns, op.Table.PrimaryKey()...)
	}
	for _, part := range strings.Split(op.Res.Key, ",") {
		if column, _, ok := strings.Cut(part, "="); ok {
			columns = append(columns, column)
		}
	}
	return slices.ContainsFunc(columns, isToken) || slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && isDigest(c.Value) })
}

// isDigest tells whether a value is the digest of one thing that somebody shows: whoever is looked up so has shown a secret that is not kept as
// it is. The digest of a text that is put together, or of content, is a name.
func isDigest(value string) bool {
	return strings.HasSuffix(value, "digest()") && matches(value, []string{"sha", "hmac", "blake"}) && !matches(value, []string{"f'", "content", "body"})
}

// isToken tells whether a column holds a secret that somebody shows, and not the number of one.
func isToken(column string) bool { return matches(column, tokenWords) && !namesNumber(column) }

// ByToken tells whether the row that was read was found by a secret that the caller shows.
func (r *Race) ByToken() bool { return byToken(r.Op(r.Read)) }

// byTokenOnly tells whether nothing but how the row was found says that it works once: what it gives may be refused the second time by
// something else.
func (r *Race) byTokenOnly() bool {
	act := r.Op(r.Act)
	return r.Relation == SameRow && takesRow(act) && (r.ByToken() && !WorksOnce(r.Resource()) || r.ticket && !r.Path.usesUp(r.Act))
}

// gives tells whether the request makes something else that the taken row was good for, or counts it into another row, and does not only
// note that it was taken.
func (p *Path) gives(act int) bool {
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		makes := op.Kind == interleave.Add || op.Kind == interleave.Insert
		counts := op.Kind == interleave.Update && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative })
		return (makes || counts) && op.Phase < effects.Teardown && op.Res.Store == interleave.Table &&
			op.Res.Name != p.Trace.Ops[act].Res.Name && !matches(op.Res.Name, bookkeeping)
	})
}

// GivesForIt tells whether the request makes or changes something else that the taken row was good for, makes a new one in its place, or
// gives the caller a token.
func (r *Race) GivesForIt() bool {
	return r.Path.gives(r.Act) || r.Path.makesAnother(r.Act) || slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		changes := (op.Kind == interleave.Assign || op.Kind == interleave.Update) && op.Res.Store == interleave.Table && op.Phase < effects.Teardown
		return i > r.Read && (op.Res.Name == effects.Issued || changes && op.Res.Name != r.Resource() && !matches(op.Res.Name, bookkeeping))
	})
}

// emptiesKey tells whether an act empties the column under which the row was looked up, of what a caller presents: nobody finds the row so
// again, and whether it can still be found is what was asked.
func emptiesKey(read, act *effects.Op, column string) bool {
	return act.Res.Store == read.Res.Store && act.Res.Name == read.Res.Name && (matches(column, codeWords) && !namesNumber(column) || WorksOnce(read.Res.Name)) &&
		slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
			return c.Column == column && c.Op == "=" && !isConstant(c.Value)
		}) &&
		slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return a.Column == column && a.Value == "None" })
}

// EmptiesKey tells whether the column is the one under which the row was looked up, and is emptied by the act.
func (r *Race) EmptiesKey(column string) bool {
	return slices.ContainsFunc(r.Acts, func(a int) bool { return emptiesKey(r.Op(r.Read), r.Op(a), column) })
}

// GivesForKey tells whether something is had for the key that is emptied which can be had twice: what the row was good for, an effect outside,
// or a value of the caller's own in the row. That the row is confirmed, or signed out, twice is the same as once.
func (r *Race) GivesForKey() bool {
	return r.GivesForIt() || slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		switch {
		case i <= r.Read || op.Phase >= effects.Teardown:
			return false
		case op.Kind == interleave.Effect:
			return op.External != "" && op.External != "message"
		case op.Kind != interleave.Assign && op.Kind != interleave.Update || op.Res.Store != interleave.Table || op.Res.Name != r.Resource():
			return false
		}
		copied := op.Kind == interleave.Assign && slices.ContainsFunc(op.From, func(f int) bool { return baseRead(r.Trace, f) == r.Read })
		return !copied && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return !isStamp(a.Value) })
	})
}

// redeemed are parts of the names of tables of codes that are worth something by themselves, whoever they are for.
var redeemed = []string{"coupon", "voucher", "gift", "promo"}

// OneMoreCode tells whether all that may be twice is a code, a token or an invitation for one person, who was looked for by who he is: the later
// one works as well as the first, and for nobody else.
func (r *Race) OneMoreCode() bool {
	read := r.Op(r.Read)
	if r.Relation != SetInsert || !WorksOnce(r.Resource()) || matches(r.Resource(), redeemed) || read.Res.Aggregate != interleave.Rows && read.Res.Aggregate != interleave.Exists {
		return false
	}
	whose := false
	for _, c := range read.Res.Where {
		if c.Op == "=" && isToken(c.Column) {
			return false
		}
		whose = whose || c.Op == "=" && !isConstant(c.Value) && (strings.Contains(strings.ToLower(c.Column), "email") || strings.Contains(strings.ToLower(c.Column), "phone") || namesPerson(read.Table, c.Column, r.personal))
	}
	return whose
}

// NothingHad tells whether nothing is had by what is marked: a request that is accepted twice is accepted, and a code that is found to be too
// old is refused, whoever marked it. Of a code that is shown and found good the answer may be what it was good for.
func (r *Race) NothingHad() bool {
	return !r.GivesForKey() && (r.Op(r.Act).Refused || !WorksOnce(r.Resource()) && !r.ByToken())
}

// presented tells whether a row was found by what the caller presents, a code or token, and not by the number under which its
// owner manages it: who deletes a token from a list has not used it.
func presented(key string) bool {
	if i := strings.LastIndexByte(key, '='); i >= 0 {
		return !namesNumber(columnBefore(key, i))
	}
	return !namesNumber(key)
}

// codeWords are parts of the names of columns that hold what a caller presents.
var codeWords = []string{"token", "code", "secret", "hash", "digest", "nonce", "otp", "pin", "jti", "signature", "key", "slug"}

// Presented tells whether the row was found by a code or token, and not by its number or by whom it is for: that is how it is managed.
func (r *Race) Presented() bool {
	read := r.Op(r.Read)
	if slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && matches(c.Column, codeWords) }) {
		return true
	}
	if read.Res.Key == "" && hasEquality(read.Res.Where) {
		return false // by columns of which none holds what a caller presents
	}
	return !strings.Contains(read.Res.Key, "=") && presented(read.Res.Key) || matches(columnBefore(read.Res.Key, max(0, strings.LastIndexByte(read.Res.Key, '='))), codeWords)
}

// turnsAway tells whether a request that finds no row gets something else for an answer: whoever takes a row away only where there
// is one, and goes on in any case, gave nothing for it, and neither did whoever takes away what is too old and refuses the request.
func (p *Path) turnsAway(act int) bool {
	op := &p.Trace.Ops[act]
	if op.Refused || p.asksToDelete(act) {
		return false
	}
	asked := false
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check < 0 || !asksForRow(p.Trace, c.Check, op) {
			continue
		}
		if c.Leaves != effects.Stays {
			return true
		}
		asked = true
	}
	return !asked || p.grantsUnder(act)
}

// asksToDelete tells whether to take the row away is all that the caller asked for: what is gone twice is gone.
func (p *Path) asksToDelete(act int) bool {
	op := &p.Trace.Ops[act]
	if p.Trace.Entry.Method != "DELETE" || !takesRow(op) || p.makesAnother(act) {
		return false
	}
	return !slices.ContainsFunc(p.Ops, func(i int) bool {
		other := &p.Trace.Ops[i]
		// What is done to find out who calls is done for every request.
		return i != act && isAct(p.Trace, i) && other.Phase == effects.Handler && other.Res.Store != interleave.Memory && other.External != "message" &&
			(other.Res.Name != op.Res.Name || other.Kind == interleave.Effect)
	})
}

// asksForRow tells whether a decision looks at the row that an operation takes away.
func asksForRow(t *flow.Trace, check int, act *effects.Op) bool {
	return slices.ContainsFunc(t.Ops[check].From, func(f int) bool { return sameRow(&t.Ops[f], act) })
}

// grantsUnder tells whether something else happens under a decision that there is a row: the one under which it is taken away, or a later one.
func (p *Path) grantsUnder(act int) bool {
	taken := &p.Trace.Ops[act]
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		if i == act || !isAct(p.Trace, i) || op.Res.Store == interleave.Memory || op.Res.Name == taken.Res.Name {
			return false
		}
		for c := op.Ctx; c != nil; c = c.Up {
			if c.Check < 0 || !asksForRow(p.Trace, c.Check, taken) {
				continue
			}
			if pred := p.Trace.Ops[c.Check].Pred; under(taken.Ctx, c.Check) || c.Leaves != effects.Stays && (pred == nil || pred.Certain(c.Arm)) {
				return true // it was refused where there is none
			}
		}
		return false
	})
}

// shownAgain returns the tables whose rows requests show to say who they are, and go on using: a session is no code that works once,
// and to end it twice is to end it.
func shownAgain(traces []*flow.Trace) map[string]bool {
	users := map[string]map[string]bool{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind != interleave.Read || op.Res.Store != interleave.Table || op.Phase > effects.Dependency && !byToken(op) || !WorksOnce(op.Res.Name) && !byToken(op) || !presented(op.Res.Key) || takenAway(t, op.Res.Name) {
				continue
			}
			if users[op.Res.Name] == nil {
				users[op.Res.Name] = map[string]bool{}
			}
			users[op.Res.Name][t.Entry.Function.Qualname] = true
		}
	}
	out := map[string]bool{}
	for table, by := range users {
		out[table] = len(by) >= manyUsers
	}
	return out
}

// revokedMarks returns the keys under which requests only look whether what the caller shows was taken back: many look and go on, few
// put the mark there. To put it there twice is to put it there.
func revokedMarks(traces []*flow.Trace) map[string]bool {
	users := map[string]map[string]bool{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind != interleave.Read || !marksKey(op) || op.Phase > effects.Dependency || putsMark(t, op) {
				continue
			}
			if users[op.Res.Key] == nil {
				users[op.Res.Key] = map[string]bool{}
			}
			users[op.Res.Key][t.Entry.Function.Qualname] = true
		}
	}
	out := map[string]bool{}
	for key, by := range users {
		out[key] = len(by) >= manyUsers
	}
	return out
}

func marksKey(op *effects.Op) bool {
	return isRedisKey(op) && op.Res.Key != ""
}

// putsMark tells whether a request writes under the key that an operation looks at.
func putsMark(t *flow.Trace, look *effects.Op) bool {
	return t.Any(func(op *effects.Op) bool {
		return (op.Kind == interleave.Update || op.Kind == interleave.Insert) && op.Res.Store == look.Res.Store && op.Res.Name == look.Res.Name && op.Res.Key == look.Res.Key
	})
}

// revokes tells whether the act is to mark as taken back what the caller has just shown, and nothing new is given for it.
func (f *finder) revokes(r *Race, path *Path) bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if !marksKey(read) || !f.revoked[read.Res.Key] || act.Kind != interleave.Update && act.Kind != interleave.Insert {
		return false
	}
	if len(act.Set) != 1 || !isConstant(act.Set[0].Value) || act.Set[0].Relative {
		return false
	}
	return !slices.ContainsFunc(path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && (op.Res.Name == effects.Issued || op.Kind == interleave.Effect && op.External == "payment")
	})
}

// manyUsers is how many handlers go on using a row before it is one that is shown again and again: a code that is looked at before
// it is taken is looked at by one or two.
const manyUsers = 3

// takenAway tells whether a request takes a row of the table away, and does not only clear up behind what it refuses.
func takenAway(t *flow.Trace, table string) bool {
	return t.Any(func(op *effects.Op) bool {
		return op.Res.Name == table && op.Res.Store == interleave.Table && !op.Refused && (op.Kind == interleave.Remove || op.Kind == interleave.Delete)
	})
}

// usesUp tells whether taking the row or entry away is the use of a code: it was found by what the caller presents, or something else is
// given for it. An entry of a key-value store is a code by its name or that of the set which holds it, or where another one takes its
// place. An item of a list that was found by where it stands is for one: two requests find the same one there.
func (p *Path) usesUp(act int) bool {
	op := &p.Trace.Ops[act]
	if op.Res.Store != interleave.KeyValue {
		return presented(op.Res.Key) || p.grants(act)
	}
	if op.Res.Name != "" && (WorksOnce(op.Res.Name) || strings.HasPrefix(op.Res.Key, op.Res.Name+"[")) {
		return true
	}
	return WorksOnce(withoutNumbers(effects.KeyName(op.Res.Key))) || p.matchesAsked(act) || slices.ContainsFunc(p.Ops, func(i int) bool {
		other := &p.Trace.Ops[i]
		return i > act && (other.Kind == interleave.Update || other.Kind == interleave.Insert) && other.Res.Store == op.Res.Store && other.Res.Key != op.Res.Key &&
			literal(other.Res.Key) != "" && literal(other.Res.Key) == literal(op.Res.Key) && p.hangsOnEntry(other, op)
	})
}

// matchesAsked tells whether an entry is taken out because what it held is what the caller brought, and something is then kept under another
// key or given out for it: a code that was sent, for a session.
func (p *Path) matchesAsked(act int) bool {
	op := &p.Trace.Ops[act]
	compared := false
	for c := op.Ctx; c != nil && !compared; c = c.Up {
		if c.Check < 0 || p.Trace.Ops[c.Check].Pred == nil {
			continue
		}
		for _, u := range p.Trace.Ops[c.Check].Pred.Uses {
			held, asked := u.Left, u.Right
			if held == nil || asked == nil {
				continue
			}
			if held.Src == 0 {
				held, asked = asked, held
			}
			rel := u.Op
			if rel == "?" {
				rel = u.Within
			}
			compared = compared || (rel == "=" || rel == "!=") && held.Src > 0 && asked.Src == 0 && asked.Kind == effects.Unknown && sameRow(&p.Trace.Ops[held.Src-1], op)
		}
	}
	return compared && slices.ContainsFunc(p.Ops, func(i int) bool {
		other := &p.Trace.Ops[i]
		if i <= act || other.Phase >= effects.Teardown {
			return false
		}
		return other.Res.Name == effects.Issued || (other.Kind == interleave.Add || other.Kind == interleave.Insert) && other.Res.Store == interleave.Table ||
			(other.Kind == interleave.Update || other.Kind == interleave.Insert) && other.Res.Store == interleave.KeyValue && other.Res.Key != op.Res.Key
	})
}

// UsesUp tells whether the act is the use of a code.
func (r *Race) UsesUp() bool { return r.ticket || r.Path.usesUp(r.Act) }

// hangsOnEntry tells whether an operation happens only because of what was found under the key of another one: a new code for an old one.
func (p *Path) hangsOnEntry(op, entry *effects.Op) bool {
	found := func(f int) bool {
		return p.Trace.Ops[f].Res.Store == entry.Res.Store && p.Trace.Ops[f].Res.Key == entry.Res.Key
	}
	if slices.ContainsFunc(op.From, found) {
		return true
	}
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && slices.ContainsFunc(p.Trace.Ops[c.Check].From, found) {
			return true
		}
	}
	return false
}

// withoutNumbers is a template without the numbers that are filled in: what lies under the number of a token is not the token.
func withoutNumbers(key string) string {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(key, "{")
		out.WriteString(before)
		hole, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return out.String() + rest
		}
		if !namesNumber(strings.TrimRight(hole, "')]\"")) {
			out.WriteString("{" + hole + "}")
		}
		key = after
	}
}

// literal is the text of a key before the first part that is filled in.
func literal(key string) string {
	name := effects.KeyName(key)
	if i := strings.IndexByte(name, '{'); i >= 0 {
		return name[:i]
	}
	return name
}

func columnBefore(key string, eq int) string {
	key = key[:eq]
	return key[strings.LastIndexByte(key, ',')+1:]
}

func namesNumber(name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	return name == "id" || name == "pk" || name == "uuid" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id")
}

// grants tells whether the request does something else before it answers: what the code was good for.
func (p *Path) grants(act int) bool {
	return slices.ContainsFunc(p.Ops, func(i int) bool { return p.doesElse(i, act) })
}

// doesElse tells whether an operation is something that a request does besides an act on an entry, before it answers.
func (p *Path) doesElse(i, act int) bool {
	op := &p.Trace.Ops[i]
	if i == act || !isAct(p.Trace, i) || op.Phase >= effects.Teardown || op.Res.Store == interleave.Memory {
		return false
	}
	return op.Kind == interleave.Effect && op.External != "message" || op.Kind != interleave.Effect && op.Res.Name != p.Trace.Ops[act].Res.Name
}

// makesAnother tells whether a new row of the table is made in the place of the one that an act uses up.
func (p *Path) makesAnother(act int) bool {
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &p.Trace.Ops[i]
		return (op.Kind == interleave.Add || op.Kind == interleave.Insert) && op.Res.Name == p.Trace.Ops[act].Res.Name && op.Phase < effects.Teardown
	})
}
