package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var lazyInit = Rule{
	ID:       "MB403",
	Name:     "lazy-initialisation",
	Title:    "A shared object is made on first use, with an await in between",
	Category: "Shared state",
	Severity: finding.Medium,
	CWE:      []string{"CWE-609", "CWE-362"},
	Stem:     "lazy_init",
	Applies: func(r *race.Race) bool {
		return raced(r) && inMemory(r) && !r.Threaded() && isLazyInit(r)
	},
	Consequence: func(r *race.Race) string {
		return "two first requests both make one, and one of them is lost or leaks"
	},
}
