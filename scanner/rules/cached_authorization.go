package rules

import (
	"fmt"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var cachedAuthorization = Rule{
	ID:       "MB301",
	Name:     "cached-authorization",
	Title:    "A permission is decided on a cached copy",
	Category: "Broken authorization",
	Severity: finding.High,
	CWE:      []string{"CWE-613", "CWE-863", "CWE-367"},
	Stem:     "cached_authorization",
	Applies: func(r *race.Race) bool {
		return r.Relation == race.Authority && r.Op(r.Read).Rare().Cached != ""
	},
	Grade: func(r *race.Race) finding.Severity {
		read := r.Op(r.Read)
		if s := read.Rare().Seconds; s > 0 && s <= shortly || read.Rare().Cached == effects.Claims {
			return finding.Medium // a bound that somebody may have chosen
		}
		return finding.High
	},
	Consequence: func(r *race.Race) string {
		if r.Op(r.Read).Rare().Cached == effects.Claims {
			return "a permission that was withdrawn is still granted for as long as the token is valid that claims it"
		}
		if s := r.Op(r.Read).Rare().Seconds; s > 0 {
			return fmt.Sprintf("a permission that was withdrawn is still granted for as long as the cache holds it, up to %g seconds", s)
		}
		return "a permission that was withdrawn is still granted for as long as the cache holds it"
	},
}

// shortly is the number of seconds up to which a stale permission is a matter of choice.
const shortly = 60
