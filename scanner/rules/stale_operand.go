package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var staleOperand = Rule{
	ID:       "MB402",
	Name:     "stale-operand",
	Title:    "A shared value is read, an await follows, then the old value is written back",
	Category: "Shared state",
	Severity: finding.High,
	CWE:      []string{"CWE-362"},
	Stem:     "stale_operand",
	Applies: func(r *race.Race) bool {
		return raced(r) && inMemory(r) && !checked(r) && !r.Threaded() && !addsElse(r)
	},
	Consequence: func(r *race.Race) string {
		return "what other requests added during the wait is lost"
	},
}

// addsElse tells whether all that is written is an entry of its own: neither its key nor what it holds is made of the entries that were looked
// at. They stay, and so does what others add.
func addsElse(r *race.Race) bool {
	act, place := r.Op(r.Act), r.Resource()
	return inserts(r) && !strings.Contains(act.Res.Key, place) && !slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool { return strings.Contains(a.Value, place) })
}
