package rules

import (
	"slices"
	"strings"
	"unicode"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// attemptWords are parts of names that speak of attempts.
var attemptWords = []string{"attempt", "failed_login", "failures", "rate_limit", "ratelimit", "throttle"}

// ofAttempts tells whether one of the names speaks of attempts. Entries and countries are no tries.
func ofAttempts(names []string) bool {
	return mentions(names, attemptWords...) || slices.ContainsFunc(names, func(name string) bool {
		words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return !unicode.IsLetter(c) })
		return slices.Contains(words, "tries") || slices.Contains(words, "retries")
	})
}

var attemptCounter = Rule{
	ID:       "MB305",
	Name:     "attempt-counter",
	Title:    "Attempts are counted by reading and writing back",
	Category: "Rate limiting",
	Severity: finding.High,
	CWE:      []string{"CWE-307", "CWE-799", "CWE-367"},
	Stem:     "attempt_counter",
	Applies: func(r *race.Race) bool {
		return raced(r) && (onTable(r) || onKey(r)) && checked(r) && (inserts(r) && rows(r) && isCount(r) && ofAttempts(tableNames(r)) || r.Relation == race.SameRow && !(onTable(r) && lockedHere(r)) && (keepsAttempts(r) || answersTooMany(r)) || onRedis(r) && !existsOnly(r) && !removes(r) && countsAttempts(r) && !r.Debounces())
	},
	Grade: func(r *race.Race) finding.Severity {
		if onTable(r) && r.OnlyPaces() && !keepsAttempts(r) {
			return finding.Medium // some more get through at once, and the pace is kept all the same
		}
		return finding.High
	},
	Consequence: func(r *race.Race) string {
		if onTable(r) && r.OnlyPaces() {
			return "requests that come together all see that enough time has passed, so all of them get through"
		}
		return "parallel attempts all see the old count, so the limit does not limit"
	},
}

// answersTooMany tells whether who is kept out by what the request writes in a row is told that he asked too often.
func answersTooMany(r *race.Race) bool {
	return onTable(r) && len(overlap(r)) > 0 && len(r.Limits()) > 0
}

// sentWords are parts of the names of tables of what the application itself tries to get done or delivered: how often it has tried keeps
// nobody out.
var sentWords = []string{"outbox", "queue", "job", "task", "deliver", "webhook", "notification", "message", "event", "mailing", "sync"}

// keepsAttempts tells whether a row counts attempts: a column that is looked at and written is called so, or its table is and the row
// goes on from what it was. The limits themselves lie in tables of such names too, and there they are only set; and an attempt at an exam is
// handed in, whatever is compared to learn that its time is over.
func keepsAttempts(r *race.Race) bool {
	if mentions(tableNames(r), sentWords...) {
		return false
	}
	columns := overlap(r)
	if ofAttempts(columns) || !onTable(r) && ofAttempts(comparedFields(r)) {
		return true
	}
	raced := r.Contested()
	counted := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return holdsTime(r, c) || !slices.Contains(raced, c) })
	return ofAttempts(tableNames(r)) && (len(counted) > 0 && r.Derived || relative(r) || (len(columns) > 0 || !onTable(r)) && comparesOrderOf(r, columns))
}

// comparedFields returns the fields of a document that a decision looks at and the act writes: documents have no columns that a race would know.
func comparedFields(r *race.Race) []string {
	return slices.DeleteFunc(written(r), func(field string) bool {
		return !slices.ContainsFunc(r.Checks, func(c int) bool {
			p := r.Op(c).Pred
			return p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
				return isField(r, u.Left, field) || isField(r, u.Right, field)
			})
		})
	})
}

// isField tells whether a value is a field of the document that raced.
func isField(r *race.Race, v *effects.Value, field string) bool {
	return v != nil && v.SrcCol == field && ofRow(r, v)
}

// holdsTime tells whether a column holds a time.
func holdsTime(r *race.Race, column string) bool {
	if r.Table == nil {
		return false
	}
	c := r.Table.Column(column)
	return c != nil && mentions([]string{c.Type}, "date", "time")
}
