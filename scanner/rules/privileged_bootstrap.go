package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var privilegedBootstrap = Rule{
	ID:       "MB108",
	Name:     "first-user-privilege",
	Title:    "The first account gets the privilege, and two can be first",
	Category: "Privilege escalation",
	Severity: finding.High,
	CWE:      []string{"CWE-269", "CWE-367"},
	Stem:     "privileged_bootstrap",
	Applies: func(r *race.Race) bool {
		return raced(r) && rows(r) && (inserts(r) && (r.Derived && !checkedBefore(r) && givesPrivilege(r) || givesFirst(r)) || setsUp(r))
	},
	Consequence: func(r *race.Race) string {
		if !inserts(r) {
			return "two requests both see that nothing is set up yet and both make the privileged first account"
		}
		return "two requests both see an empty table and both become the privileged first account"
	},
}

// privileges are parts of the names of columns that say what an account may do.
var privileges = []string{"role", "admin", "owner", "superuser", "is_staff", "is_root"}

// givesPrivilege tells whether a column that says what an account may do is given something that hangs on how many there are. Where the number
// itself goes into another column, as the place at the end of a list, what is given beside it does not.
func givesPrivilege(r *race.Race) bool {
	return slices.ContainsFunc(r.Acts, func(i int) bool {
		op := r.Op(i)
		return slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool {
			if !mentions([]string{a.Column}, privileges...) {
				return false
			}
			if op.Object == nil || op.Object.Attrs[a.Column] == nil {
				return true
			}
			return rests(r, op.Object.Attrs[a.Column])
		})
	})
}

// givesFirst tells whether a row with a privilege is only made where nobody has it yet, or where there is nobody at all.
func givesFirst(r *race.Race) bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if !r.FindsNothing() || read.Res.Key != "" {
		return false
	}
	if slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op != "=" || !privileged(c.Column, c.Value) }) {
		return false
	}
	return slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return privileged(a.Column, a.Value) })
}

// privileged tells whether a column that says what an account may do holds that it may do everything.
func privileged(column, value string) bool {
	return mentions([]string{column}, privileges...) && (value == "True" || strings.HasPrefix(value, "'") && mentions([]string{value}, "admin", "owner", "root", "super"))
}

// setsUp tells whether a row with a privilege is made where the one row of its table, which no request chooses, says that this has not been
// done yet.
func setsUp(r *race.Race) bool {
	read := r.Op(r.Read)
	if r.Relation != race.SameRow || len(r.Checks) == 0 || !onlyRow(read) {
		return false
	}
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && (op.Kind == interleave.Add || op.Kind == interleave.Insert) && op.Res.Name != read.Res.Name &&
			slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return privileged(a.Column, a.Value) })
	})
}

// onlyRow tells whether what is read is the one row of a table, or one that is named by constants.
func onlyRow(read *effects.Op) bool {
	for _, part := range strings.Split(read.Res.Key, ",") {
		if _, value, ok := strings.Cut(part, "="); part != "" && !isConstant(part) && !(ok && isConstant(value)) {
			return false
		}
	}
	return !slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op != "=" || !isConstant(c.Value) })
}
