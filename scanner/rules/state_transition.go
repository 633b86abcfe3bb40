package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var stateTransition = Rule{
	ID:       "MB107",
	Name:     "state-transition-race",
	Title:    "A state is checked and then changed",
	Category: "Business logic",
	Severity: finding.High,
	CWE:      []string{"CWE-841", "CWE-367"},
	Stem:     "state_transition",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Skewed || raced(r) && onTable(r) && (r.Relation == race.SameRow || r.Relation == race.RowEffect) && checked(r) && len(r.Columns) > 0 && isState(r) && !r.LosesUnseen() && (!comparesAmountOf(r, r.Contested()) || !guardThenSpend.Applies(r) && !lostUpdate.Applies(r))
	},
	Grave: func(r *race.Race) bool {
		return !r.FollowsSetting() && (!r.Self() && !r.SameTwice && !r.SaysTheSame() || r.Derived || r.TurnsOther() || r.DoesForGood())
	},
	Consequence: func(r *race.Race) string {
		if r.Relation == race.Skewed {
			return "what one adds is not among what the other has looked at: it is left out, and the row is closed over it"
		}
		return "both pass the check, and the transition happens twice or over another one"
	},
}
