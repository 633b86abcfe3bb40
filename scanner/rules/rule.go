// Package rules names what the judge found. A rule never looks at syntax: it asks what was read, what was written, in which
// order and under which guard, and gives the race its name, its severity and its words.
//
// A rule is two files with one stem: NAME.go holds what it is called and when it applies, NAME.md what users read of it.
package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// Rule is one kind of race.
type Rule struct {
	ID       string
	Name     string // for example state-transition-race
	Title    string // one line
	Category string
	Severity finding.Severity
	CWE      []string
	Stem     string // of the two files
	// Applies tells whether a race that the judge found is of this kind. Rules are asked in the order of All.
	Applies func(*race.Race) bool
	// Guard tells that a race is of this kind by a guard that does not hold; nil means never. There must be a race without it too: what
	// nobody hears of where nothing guards it is no worse for a guard that does nothing.
	Guard func(*race.Race) bool
	// Grade says how bad this race is, where that is not the same for all races of the kind; nil means Severity.
	Grade func(*race.Race) finding.Severity
	// Grave tells whether so much is at stake in a race of this kind that somebody is to be stopped by it, whatever else speaks for that; nil
	// means yes. What is not grave is told as medium at most.
	Grave func(*race.Race) bool
	// Consequence says what happens, as the end of the finding's sentence.
	Consequence func(*race.Race) string
}

// Page returns the rule's documentation in Markdown, "" while it has none.
func (r *Rule) Page() string { return page(r.Stem) }

func (r *Rule) guards(x *race.Race) bool { return r.Guard != nil && r.Guard(x) }

// always is the Guard of kinds that are nothing else.
func always(*race.Race) bool { return true }

// SeverityOf says how bad a race of the kind is.
func (r *Rule) SeverityOf(x *race.Race) finding.Severity {
	if r.Grade != nil {
		return r.Grade(x)
	}
	return r.Severity
}

// IsGrave tells whether a race of the kind may be told as high.
func (r *Rule) IsGrave(x *race.Race) bool { return r.Grave == nil || r.Grave(x) }

// All returns the rules, those first that say more about a race: a race is named by the first rule that applies.
func All() []*Rule {
	return []*Rule{
		&resolveThenFetch, &redirectAfterCheck, &remoteReadModifyWrite,
		&predictableTemporary, &validatedCopy, &containmentCheck, &validateThenReopen,
		&sessionInParallelTasks, &escapedSession, &requestDataInSharedObject, &processLocalAuthority, &publishBeforeCommit, &unboundOwnerCheck,
		&validatorCheck,
		&cacheUsedAsTruth,
		&lockMisuse,
		&staleLock,
		&idempotencyKey, &privilegedBootstrap, &maxPlusOne, &attemptCounter, &quota, &lastOneStanding, &emulatedUpsert,
		&lockReleased, &voidGuard, &claimIgnored, &splitScope,
		&unhandledConflict, &unretriedSerialization, &checkThenInsert,
		&backgroundCapture, &longLivedConnection, &stalePrincipal, &cachedAuthorization,
		&fileReadModifyWrite, &fileCheckThenUse,
		&lockThatCannotProtect, &memoryCheckThenAct, &staleOperand, &lazyInit, &threadedState,
		&pipelineWithoutWatch, &redisExistsThenSet, &redisCheckThenSet,
		&singleUse, &queueClaim, &stateTransition, &guardThenSpend, &lostUpdate, &mongoFindThenUpdate,
	}
}

// ByID returns the rule of an identifier, or nil.
func ByID(id string) *Rule {
	for _, r := range All() {
		if strings.EqualFold(r.ID, id) {
			return r
		}
	}
	return nil
}

// Name returns the rule that names a race, or nil when it is none that users should hear of.
func Name(r *race.Race) *Rule {
	all := All()
	for i, rule := range all {
		if rule.Applies(r) && (!rule.guards(r) || slices.ContainsFunc(all[i+1:], func(other *Rule) bool { return !other.guards(r) && other.Applies(r) })) {
			return rule
		}
		if rule == &remoteReadModifyWrite && outside(r) {
			return nil // what else is read and written at another service is that service's affair
		}
	}
	return nil
}

// Order returns the place of a rule among those that are asked: what says more about a race stands first.
func Order(id string) int {
	for i, r := range All() {
		if r.ID == id {
			return i
		}
	}
	return -1
}
