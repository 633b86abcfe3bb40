package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Authority: which decisions are about what somebody may do, and which writes take that away.

// authorityWords begin the words in names of columns that decide what somebody may do; stateWords do so in the tables of those who act
// and of what they may, and are the state of a thing elsewhere: a tier that is active, a feature that is enabled.
var (
	authorityWords = []string{"banned", "suspended", "role", "admin", "superuser", "permission", "staff", "revoked", "can_", "deactivated", "clearance", "privilege", "entitle"}
	stateWords     = []string{"active", "disabled", "blocked", "scope", "allowed", "enabled", "locked"}
)

// authorityTables are parts of the names of tables that hold who may do what.
var authorityTables = []string{"user", "account", "member", "role", "permission", "grant", "api_key", "apikey", "principal", "acl", "collaborator", "staff", "employee", "operator"}

func matches(name string, words []string) bool {
	name = strings.ToLower(name)
	for _, w := range words {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// begins tells whether one of the words that a name is made of begins with one of those given; one that ends in an underscore is a
// whole word. `is_interactive` is not active, and `cancelled_at` grants nothing.
func begins(name string, with []string) bool {
	for i := 0; i < len(name); i++ {
		if first := i == 0 || name[i-1] == '_' || 'A' <= name[i] && name[i] <= 'Z'; !first {
			continue
		}
		for _, w := range with {
			if name[i]|0x20 != w[0]|0x20 {
				continue
			}
			stem, whole := strings.CutSuffix(w, "_")
			if len(name)-i < len(stem) || !strings.EqualFold(name[i:i+len(stem)], stem) {
				continue
			}
			if end := i + len(stem); !whole || end == len(name) || name[end] == '_' || 'A' <= name[end] && name[end] <= 'Z' {
				return true
			}
		}
	}
	return false
}

// saysWhoMay tells whether a column of a table decides what somebody may do.
func saysWhoMay(table, column string) bool {
	return begins(column, authorityWords) || begins(column, stateWords) && matches(table, authorityTables)
}

// AsksWhoMay tells whether all that the rival changes of what was looked at says what somebody may do.
func (r *Race) AsksWhoMay() bool {
	contested := r.Contested()
	return len(contested) > 0 && matches(r.Resource(), authorityTables) && !slices.ContainsFunc(contested, func(c string) bool { return !saysWhoMay(r.Resource(), c) })
}

// aboutAuthority tells whether a decision is one on what somebody may do: by the columns that it looks at, or, when all that it asks is
// whether there is such a row, because that finds out who calls or turns the caller away. To look somebody else up is neither, and
// neither is a decision on what was made of the row and of much else besides.
func (r *Race) aboutAuthority(check int) bool {
	return r.looksAtAuthority(check) && (r.turnsAway(check) || r.asksOnlyWho(check))
}

// looksAtAuthority tells whether what a decision looks at says what somebody may do, or who that is.
func (r *Race) looksAtAuthority(check int) bool {
	for _, c := range r.Columns {
		if saysWhoMay(r.Resource(), c) {
			return true
		}
	}
	read := r.Op(r.Read)
	if read.Rare().Cached == "" && len(r.Columns) > 0 || !matches(r.Resource(), authorityTables) {
		return false
	}
	if read.Rare().Cached != "" {
		return len(r.Columns) == 0 || read.Rare().Fields == nil
	}
	return read.Identity || read.Phase <= effects.Dependency || r.turnsAway(check) || r.LongLived() && r.Refuses(check)
}

// asksOnlyWho tells whether a term of a decision is made of what was read, and of nothing else in the database but who calls.
func (r *Race) asksOnlyWho(check int) bool {
	p := r.Op(check).Pred
	if p == nil || len(p.Uses) == 0 {
		return r.whoOnly(r.Op(check).From)
	}
	return slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return slices.ContainsFunc([]*effects.Value{u.Left, u.Right}, func(v *effects.Value) bool { return r.About(v) && (r.is(v) || r.whoOnly(v.AllDeps().Ints())) })
	})
}

// is tells whether a value is what was read, or a column of it, as it came.
func (r *Race) is(v *effects.Value) bool {
	src := int(v.Src) - 1
	return src >= 0 && (src == r.Read || slices.Contains(r.Uses, src))
}

func (r *Race) whoOnly(deps []int) bool {
	for _, d := range deps {
		base := baseRead(r.Trace, d)
		if base < 0 {
			continue
		}
		op := r.Op(base)
		if op.Res.Store == interleave.Table && op.Res.Name != r.Resource() && !op.Identity && op.Phase > effects.Dependency && !matches(op.Res.Name, authorityTables) {
			return false
		}
	}
	return true
}

// forbiddenWords are parts of the names of exceptions that say the same as the answer 403.
var forbiddenWords = []string{"forbidden", "permission", "accessdenied", "notallowed", "unauthorized", "entitlement"}

// forbids tells whether a decision is one on what the caller may do, whatever its columns are called: taken of a copy or before the
// handler begins, on what a row says, and answered by a refusal of that kind.
func (r *Race) forbids(check int) bool {
	if read := r.Op(r.Read); read.Rare().Cached == "" && read.Phase > effects.Dependency || len(r.Columns) == 0 || r.keysOnly() {
		return false
	}
	return r.turnsAway(check) && !r.onlyLookedUpBy(check)
}

// onlyLookedUpBy tells whether a copy is nothing to a decision but the key by which the rows were found that it looks at: whose permission
// is asked for may be an old answer, what he may do is a new one.
func (r *Race) onlyLookedUpBy(check int) bool {
	if r.Op(r.Read).Rare().Cached == "" {
		return false
	}
	anew := r.lookedUpBy(check)
	p := r.Op(check).Pred
	if p == nil || len(p.Uses) == 0 {
		return slices.ContainsFunc(r.Op(check).From, anew.has)
	}
	return !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return slices.ContainsFunc([]*effects.Value{u.Left, u.Right}, func(v *effects.Value) bool {
			return r.About(v) && !slices.ContainsFunc(v.AllDeps().Ints(), anew.has)
		})
	})
}

// lookedUpBy returns the rows that a request found in the database by what it had read in a copy, up to a decision.
func (r *Race) lookedUpBy(check int) marks {
	anew := make(marks, len(r.Trace.Ops)>>6+1)
	for i := r.Read + 1; i < check; i++ {
		op := r.Op(i)
		if op.Kind != interleave.Read && op.Kind != interleave.Attr || op.Res.Store != interleave.Table || op.Rare().Cached != "" {
			continue
		}
		if slices.ContainsFunc(op.From, func(f int) bool {
			return anew.has(f) || op.Kind == interleave.Read && (f == r.Read || slices.Contains(r.Uses, f))
		}) {
			anew.add(i)
		}
	}
	return anew
}

// turnsAway tells whether the caller is refused as one who may not, when a decision falls the other way.
func (r *Race) turnsAway(check int) bool {
	return r.raises(check, func(name string) bool { return name == effects.Forbidden || matches(name, forbiddenWords) })
}

// RefusesByRight tells whether a decision looks at what says what the caller may do, or turns him away as one who may not. That he is
// still known, or how he came in, is less: somebody may be gone when his request acts.
func (r *Race) RefusesByRight() bool {
	asked := !r.ofWholeCopy() && slices.ContainsFunc(r.Columns, func(c string) bool { return saysWhoMay(r.Resource(), c) })
	return asked || slices.ContainsFunc(r.Checks, r.turnsAway)
}

// grantWords are parts of the names of columns that give by True what they take by False; the other words of authority that are
// true or false, takeWords, do it the other way round.
var (
	grantWords = []string{"active", "enabled", "allowed", "can_", "staff", "admin", "superuser"}
	takeWords  = []string{"deactivated", "inactive", "disabled", "banned", "suspended", "blocked", "revoked", "locked"}
)

// withdraws tells whether a write can take away what an answer granted: it changes a column that was looked at, or, where nobody
// knows which those were, one that says what somebody may do; and it does not plainly give what it could take.
func (r *Race) withdraws(op *effects.Op) bool {
	if len(op.Set) == 0 {
		return true
	}
	named := slices.ContainsFunc(r.Checks, r.aboutAuthority) && !slices.ContainsFunc(r.Checks, r.forbids) || r.ofWholeCopy()
	return slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
		switch {
		case a.Column == "*":
			return true
		case named && !saysWhoMay(r.Resource(), a.Column):
			return false // it is in the copy as well, and says nothing of what somebody may do
		case len(r.Columns) > 0 && !slices.Contains(r.Columns, a.Column), len(r.Columns) == 0 && !saysWhoMay(r.Resource(), a.Column):
			return false
		case begins(a.Column, takeWords):
			return a.Value != "False" && a.Value != "None"
		case begins(a.Column, grantWords):
			return a.Value != "True"
		}
		return true
	})
}

// ofWholeCopy tells whether a decision rests on a copy of a row and nobody knows at which of its columns it looks.
func (r *Race) ofWholeCopy() bool {
	read := r.Op(r.Read)
	return read.Rare().Cached != "" && len(read.Res.Columns) > 1 && slices.Equal(r.Columns, read.Res.Columns)
}

// ifMissing tells whether the act is done only where no row is found, and who finds one is not told that he may not: whoever registers
// relies on nobody's right, and whoever is not banned does.
func (r *Race) ifMissing(check int) bool {
	if r.turnsAway(check) {
		return false
	}
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check == check {
			p := r.Op(check).Pred
			return p != nil && len(p.Uses) > 0 && misses(r.Op(check), c.Arm) && !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
				return u.Left == nil || !isThere(u, u.Left, r.Read)
			})
		}
	}
	return false
}
