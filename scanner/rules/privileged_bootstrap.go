package rules

import (
	"slices"
	"strings"

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
		return raced(r) && inserts(r) && rows(r) && (r.Derived && !checkedBefore(r) && givesPrivilege(r) || givesFirst(r))
	},
	Consequence: func(r *race.Race) string {
		return "two requests both see an empty table and both become the privileged first account"
	},
}

// privileges are parts of the names of columns that say what an account may do.
var privileges = []string{"role", "admin", "owner", "superuser", "is_staff"}

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
	privileged := func(column, value string) bool {
		return mentions([]string{column}, privileges...) && (value == "True" || strings.HasPrefix(value, "'") && mentions([]string{value}, "admin", "owner", "root", "super"))
	}
	if slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool { return c.Op != "=" || !privileged(c.Column, c.Value) }) {
		return false
	}
	return slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return privileged(a.Column, a.Value) })
}
