package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var unboundOwnerCheck = Rule{
	ID:       "MB302",
	Name:     "unbound-owner-check",
	Title:    "Ownership is tested on a loaded row, and the change is made by its id alone",
	Category: "BOLA/IDOR",
	Severity: finding.Medium, // a row changes hands once in a while, and this is about the moment in which it does
	CWE:      []string{"CWE-639", "CWE-367"},
	Stem:     "unbound_owner_check",
	Applies: func(r *race.Race) bool {
		return raced(r) && rows(r) && r.Relation == race.SameRow && !r.Self() && ownershipChecked(r)
	},
	Consequence: func(r *race.Race) string {
		return "the row is given to somebody else in between, and the change hits what is theirs by now"
	},
}

// ownerWords are parts of the names of columns that say whose a row is.
var ownerWords = []string{"owner", "user", "author", "creator", "created_by", "tenant", "org", "account", "customer", "member", "assignee", "team",
	"workspace", "company", "seller", "holder", "keeper", "landlord", "belongs", "group"}

// ownershipChecked tells whether a decision compares a column that says whose the row is with who asks, while the act writes
// something else and the rival hands the row over.
func ownershipChecked(r *race.Race) bool {
	handed := handedOver(r)
	if len(handed) == 0 || !removes(r) && slices.ContainsFunc(written(r), func(c string) bool { return slices.Contains(handed, c) }) {
		return false
	}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil || !r.Refuses(c) {
			continue
		}
		for _, u := range p.Uses {
			if u.Op != "=" && u.Op != "!=" {
				continue
			}
			if comparesOwner(r, u.Left, u.Right, handed) || comparesOwner(r, u.Right, u.Left, handed) {
				return true
			}
		}
	}
	return false
}

// comparesOwner tells whether a column that is handed over is compared with somebody: it is called so, what it is compared with is the key of
// a row, or whoever it does not name is told that he may not.
func comparesOwner(r *race.Race, column, who *effects.Value, handed []string) bool {
	if column == nil || who == nil || column.SrcCol == "" || !slices.Contains(handed, column.SrcCol) || who.Kind == effects.Const {
		return false
	}
	return mentions([]string{column.SrcCol}, ownerWords...) || who.KeyOf() != nil || strings.HasSuffix(column.SrcCol, "_id") && r.RefusesByRight()
}

// handedOver returns the columns that were looked at and that the rival changes.
func handedOver(r *race.Race) []string {
	var out []string
	if r.Rival == nil {
		return nil
	}
	for _, s := range r.Rival.Ops[r.RivalAct].Set {
		if slices.Contains(r.Columns, s.Column) {
			out = append(out, s.Column)
		}
	}
	return out
}
