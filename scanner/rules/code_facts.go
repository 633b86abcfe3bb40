package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask about codes and tokens that work once.

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

// turnsElsewhere tells whether the rival takes the code to another state than the act does, as who revokes an invitation that somebody
// accepts, and two who accept it do not both get through: nobody uses it twice, and one of the two transitions goes over the other.
func turnsElsewhere(r *race.Race) bool {
	if r.Self() || r.SameTwice {
		return false
	}
	rival := r.Rival.Ops[r.RivalAct].Set
	return slices.ContainsFunc(r.Op(r.Act).Set, func(s interleave.Assignment) bool {
		return isConstant(s.Value) && s.Value != "None" && slices.ContainsFunc(rival, func(o interleave.Assignment) bool {
			return o.Column == s.Column && isConstant(o.Value) && o.Value != "None" && o.Value != s.Value
		})
	})
}

// stepsByAmount tells whether a column is set to its old value and some amount; one more or less is a use that is counted.
func stepsByAmount(r *race.Race) bool {
	return stepsOn(r) && !slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool { return strings.HasSuffix(s.Value, " 1)") })
	})
}

// countsAttempts tells whether a key counts how often somebody tried: its name, its place in the URL or what is compared says so.
func countsAttempts(r *race.Race) bool {
	read := r.Op(r.Read)
	names := []string{read.Res.Key, read.Res.Name}
	if ofAttempts(names) || mentions(names, "otp", "login", "signin", "sign-in", "guess", "password", "rl:", "hits", "requests:", "fail") {
		return true
	}
	fn := checkSite(r).Function
	return mentions([]string{r.Trace.Entry.Path}, "login", "signin", "sign-in", "otp", "verify", "password", "/token") && comparesAmount(r) || fn != nil && (ofAttempts([]string{fn.Qualname}) || mentions([]string{fn.Qualname}, "limit")) && comparesAmount(r)
}

// storesAnswer tells whether a key remembers the answer to a request that must not run twice: its name says so, or it comes from a header
// of that name.
func storesAnswer(r *race.Race) bool {
	key := strings.ToLower(r.Op(r.Read).Res.Key)
	return strings.Contains(key, "idem") || strings.Contains(key, "x_request_id") || strings.Contains(key, "request_key")
}
