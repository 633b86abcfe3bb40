package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Whose thing it is: rows that each belong to one person, and that every request looks at as the rows of one person. What two requests of
// his spoil there he alone sees.

// persons are parts of the names of tables whose rows are people.
var persons = []string{"user", "customer", "member", "profile", "person", "buyer", "guest", "patient", "student", "client"}

// owners are the columns that name a person where no foreign key says so.
var owners = []string{"user", "owner", "customer", "buyer", "guest", "requester", "author", "creator", "created_by", "telegram", "tg", "client", "member", "profile"}

// personal returns the tables and collections of which every request that looks for several rows, or for one by what it holds, looks for
// those of one person: by the person's key, or by that of a row which is itself such a person's. What is found by its own number is one row, and
// a list of all rows is for who looks after the application.
func personal(traces []*flow.Trace) map[string]bool {
	looks := map[string][]*effects.Op{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind == interleave.Read && isRow(op) && len(op.Res.Where) > 0 && !asksForOwn(op) {
				looks[op.Res.Name] = append(looks[op.Res.Name], op)
			}
		}
	}
	out := map[string]bool{}
	for more := true; more; { // the pieces of the basket of a customer of a user
		more = false
		for table, ops := range looks {
			if out[table] || matches(table, persons) || slices.ContainsFunc(ops, func(op *effects.Op) bool { return !ofPerson(op, out) }) {
				continue
			}
			out[table], more = true, true
		}
	}
	return out
}

// ofPerson tells whether rows are looked for by whose they are.
func ofPerson(op *effects.Op, personal map[string]bool) bool {
	return slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.Either && !c.SubQuery && !isConstant(c.Value) && namesPerson(op.Table, c.Column, personal)
	})
}

// namesPerson tells whether a column says whose a row is.
func namesPerson(table *schema.Table, column string, personal map[string]bool) bool {
	if table != nil {
		if c := table.Column(column); c != nil && c.Target != "" {
			target, _, _ := strings.Cut(c.Target, ".")
			return matches(target, persons) || personal[target]
		}
	}
	name := strings.ToLower(column)
	return slices.ContainsFunc(owners, func(o string) bool {
		return name == o || strings.HasPrefix(name, o+"_") || strings.HasPrefix(name, o+"id")
	})
}

// OwnMatter tells whether all that is at stake is how the rows of one person look, which nobody but him is ever shown: no amount is in them
// that is not his own wish, and nothing else is made, changed or sent because of what was found.
func (r *Race) OwnMatter() bool {
	read := r.Op(r.Read)
	if !r.personal[r.Resource()] || r.Relation != SameRow && r.Relation != SetInsert || matches(r.Resource(), worth) || WorksOnce(r.Resource()) {
		return false
	}
	if r.Relation == SameRow && r.reckons() && slices.ContainsFunc(r.Contested(), func(c string) bool {
		return matches(c, tallied) || !mutable(read, c) && !r.madeAsAsked(c) && !r.givenFirst(c)
	}) {
		return false
	}
	return !r.SendsOut() && !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && isAct(r.Trace, i) && op.Phase < effects.Teardown && isRow(op) && op.Res.Name != r.Resource() &&
			!(r.personal[op.Res.Name] && (op.Kind != interleave.Add && op.Kind != interleave.Insert || !r.follows(i))) && !matches(op.Res.Name, bookkeeping) && !(matches(op.Res.Name, persons) && onlyStamps(op))
	})
}

// tallied are parts of the names of columns in which somebody is told how much he has, or has had.
var tallied = append([]string{"amount", "score", "xp", "stock", "used", "usage", "count", "total", "level"}, worth...)

// givenFirst tells whether a new row gets in a column what is otherwise added to it.
func (r *Race) givenFirst(column string) bool {
	first := func(op effects.Op) bool {
		v, ok := assigned(op.Set, column)
		return ok && (op.Kind == interleave.Add || op.Kind == interleave.Insert) && op.Res.Name == r.Resource() && slices.ContainsFunc(r.Acts, func(a int) bool {
			sum, ok := assigned(r.Op(a).Set, column)
			return ok && strings.HasSuffix(sum, "."+column+"+"+v+")")
		})
	}
	return slices.ContainsFunc(r.Trace.Ops, first)
}

// mutable tells whether a column holds an object that changes in place, as far as its type is known: settings, a list of names.
func mutable(op *effects.Op, column string) bool {
	if op.Table == nil {
		return false
	}
	c := op.Table.Column(column)
	return c != nil && c.Mutable()
}

// worth are parts of the names of tables whose rows are of use to who has them, beside amounts.
var worth = append([]string{"subscription", "order", "booking", "reservation", "reward", "bonus", "prize", "point", "wallet", "coin", "license", "licence", "ticket", "enrol", "claim", "redemption"}, money...)

// HolderOnly tells whether all that comes of what was found is what its holder has in his own account: his password, that his address is
// confirmed, codes of his own. Sent twice it is set twice, by him, and nothing is handed out, moved or made for anybody else.
func (r *Race) HolderOnly() bool {
	if r.Relation != SameRow || r.reckons() || r.Rival == nil || matches(r.Resource(), worth) || !ofHolder(r.Op(r.Read)) || !r.Self() && !ofHolder(&r.Rival.Ops[r.RivalAct]) && !r.onlyCodes() {
		return false
	}
	given, only := r.givesHolder(func(i int) bool { return slices.Contains(r.Path.Ops, i) })
	if only && !given { // the schedule may take a shorter way than on which the code is good for something
		given, only = r.givesHolder(func(int) bool { return true })
	}
	return given && only
}

// givesHolder tells whether something is given to the holder of a code by some of the request's operations, and nothing to anybody else.
func (r *Race) givesHolder(among func(op int) bool) (given, only bool) {
	for i := range r.Trace.Ops {
		op := r.Op(i)
		if !among(i) || i <= r.Read || op.Phase >= effects.Teardown || !isAct(r.Trace, i) && op.Res.Name != effects.Issued {
			continue
		}
		switch {
		case op.Kind == interleave.Effect && onlyTells(r.Trace, op), op.Res.Store == interleave.Memory, takesRow(op), matches(op.Res.Name, bookkeeping):
		case op.Kind == interleave.Effect, op.Res.Name == effects.Issued, matches(op.Res.Name, worth), slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Relative }):
			return given, false
		case op.Kind == interleave.Add || op.Kind == interleave.Insert:
			if !r.personal[op.Res.Name] || !r.clears(op.Res.Name) {
				return given, false
			}
		case op.Res.Name == r.Resource():
			given = given || matches(op.Res.Name, persons)
		case op.Res.Store == interleave.Table && matches(op.Res.Name, persons), r.personal[op.Res.Name]:
			given = true
		default:
			return given, false
		}
	}
	return given, true
}

// reckons tells whether a column is given something that is made of what it held.
func (r *Race) reckons() bool {
	if !r.Derived || r.Op(r.Read).Res.Store != interleave.Table {
		return r.Derived && !takesRow(r.Op(r.Act))
	}
	return slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool {
			return s.Column == "*" || strings.Contains(s.Value, "."+s.Column) && !isVersion(s)
		})
	})
}

// isVersion tells whether a column is stepped on by one that says no more than that the row is another one than before: two that both make it
// another one make it the same.
func isVersion(s interleave.Assignment) bool {
	name := strings.ToLower(s.Column)
	return (strings.Contains(name, "version") || strings.Contains(name, "revision") || strings.Contains(name, "generation")) && strings.HasSuffix(s.Value, "."+s.Column+"+1)")
}

// OnlyVersion tells whether all that is made of what a column held is the next version of the row, which nobody has asked about.
func (r *Race) OnlyVersion() bool {
	contested := r.Contested()
	return r.Relation == SameRow && r.Derived && len(contested) > 0 && !slices.ContainsFunc(contested, func(c string) bool {
		return r.asksFor(c) || !slices.ContainsFunc(r.Op(r.Act).Set, func(s interleave.Assignment) bool { return s.Column == c && isVersion(s) })
	})
}

// clears tells whether the request takes away the rows of a table, so that those which it makes stand in their place.
func (r *Race) clears(table string) bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool { return takesRow(r.Op(i)) && r.Op(i).Res.Name == table })
}

// ofHolder tells whether a row is found by who calls or by a code that he shows, or is such a code.
func ofHolder(op *effects.Op) bool {
	byCode := func(c interleave.Cond) bool { return c.Op == "=" && isToken(c.Column) }
	return byToken(op) || slices.ContainsFunc(op.Res.Where, byCode) || WorksOnce(op.Res.Name) || op.Res.Store == interleave.KeyValue && WorksOnce(effects.KeyName(op.Res.Key)) || slices.Contains(effects.Names(op.Res.Key), "claims")
}

// onlyCodes tells whether what the rival changes is the code by which the row is found: a new one is sent while the old one is used.
func (r *Race) onlyCodes() bool {
	return !slices.ContainsFunc(r.Contested(), func(c string) bool { return !isToken(c) })
}
