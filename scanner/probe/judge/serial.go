package judge

import (
	"maps"
	"slices"
	"strings"
)

// Kind grades a parallel outcome.
type Kind string

// The kinds, from harmless to worst. Response, Reliability and Open never accuse.
const (
	Serial      Kind = "serial"      // a sequential order explains everything
	Open        Kind = "open"        // the sequential runs needed for an answer are missing
	Reliability Kind = "reliability" // explained, but a request failed that never fails in sequence
	Response    Kind = "response"    // class and state are explained, the text of a reply is not
	Accepts     Kind = "accepts"     // the state is explained, but more requests were accepted than any order allows
	State       Kind = "state"       // no order of any admissible subset reaches the state
)

// Accuses reports whether the kind is a violation.
func (k Kind) Accuses() bool { return k == Accepts || k == State }

// Verdict is the answer of Judge.
type Verdict struct {
	Kind Kind `json:"kind"`
	// By is the index of the sequential outcome that explains the parallel one, or -1.
	By int `json:"by"`
}

// Judge compares a parallel outcome with the sequential ones. seq holds the runs of every order of every subset of
// the racers that the abort closure may need, the empty one included; what is missing there can only make the
// answer Open, never an accusation.
func Judge(seq []Outcome, par Outcome) Verdict {
	var (
		admissible = false // some run has the right racers
		stateSeen  = false
		classAt    = -1
	)
	for i, s := range seq {
		if !covers(s, par) {
			continue
		}
		admissible = true
		if s.State != par.State {
			continue
		}
		stateSeen = true
		if !matches(s, par, Reply.like) {
			continue
		}
		if classAt < 0 {
			classAt = i
		}
		if matches(s, par, sameText) {
			return Verdict{Kind: graded(seq, par), By: i}
		}
	}
	switch {
	case classAt >= 0:
		return Verdict{Kind: Response, By: classAt}
	case !admissible || !complete(seq, par):
		return Verdict{Kind: Open, By: -1}
	case stateSeen:
		return Verdict{Kind: Accepts, By: -1}
	}
	return Verdict{Kind: State, By: -1}
}

// sameText is like, and the bodies agree; a loser's wording is its own affair.
func sameText(r, s Reply) bool {
	if !r.like(s) {
		return false
	}
	return r.Body == s.Body || loser(r.Class)
}

// graded tells a clean explanation from one that needed a failure which no sequential run shows.
func graded(seq []Outcome, par Outcome) Kind {
	failed := func(o Outcome) bool {
		for _, r := range o.Replies {
			if r.Class == Failed {
				return true
			}
		}
		return false
	}
	if !failed(par) {
		return Serial
	}
	for _, s := range seq {
		if failed(s) {
			return Serial
		}
	}
	return Reliability
}

// complete reports whether seq holds every order of every subset of the racers that the abort closure admits. An
// accusation from less would blame the application for a run that nobody made.
func complete(seq []Outcome, par Outcome) bool {
	known := map[string]map[string]bool{} // sub-multiset of racers → its orders
	for _, s := range seq {
		if !covers(s, par) {
			continue
		}
		names := make([]string, len(s.Replies))
		for i, r := range s.Replies {
			names[i] = r.Racer
		}
		order := strings.Join(names, "\x00")
		slices.Sort(names)
		set := strings.Join(names, "\x00")
		if known[set] == nil {
			known[set] = map[string]bool{}
		}
		known[set][order] = true
	}
	all, must := counts(par)
	names := slices.Sorted(maps.Keys(all))
	chosen := map[string]int{}
	var every func(i int) bool
	every = func(i int) bool {
		if i == len(names) {
			var set []string
			for _, n := range names {
				for range chosen[n] {
					set = append(set, n)
				}
			}
			return len(known[strings.Join(set, "\x00")]) >= orders(chosen)
		}
		for n := must[names[i]]; n <= all[names[i]]; n++ {
			chosen[names[i]] = n
			if !every(i + 1) {
				return false
			}
		}
		return true
	}
	return every(0)
}

// orders is the number of different orders of a multiset.
func orders(multiset map[string]int) int {
	total, n := 1, 0
	for _, count := range multiset {
		for k := 1; k <= count; k++ {
			n++
			total = total * n / k // a binomial, grown one factor at a time
		}
	}
	return total
}

// counts returns how many racers of each name ran, and how many of them cannot have aborted.
func counts(par Outcome) (all, must map[string]int) {
	all, must = map[string]int{}, map[string]int{}
	for _, r := range par.Replies {
		all[r.Racer]++
		if !r.abortable() {
			must[r.Racer]++
		}
	}
	return all, must
}

// covers reports whether s ran a sub-multiset of par's racers that holds every racer which cannot have aborted.
func covers(s, par Outcome) bool {
	ran := map[string]int{}
	for _, r := range s.Replies {
		ran[r.Racer]++
	}
	all, must := counts(par)
	for name, n := range ran {
		if n > all[name] {
			return false
		}
	}
	for name, n := range must {
		if ran[name] < n {
			return false
		}
	}
	return true
}

// Explained reports whether every control lies within what the sequential runs have shown. A control that does
// not makes the whole scenario unstable: then nothing can be concluded from it.
func Explained(seq []Outcome, controls []Outcome) bool {
	for _, c := range controls {
		if k := Judge(seq, c).Kind; k.Accuses() || k == Open {
			return false
		}
	}
	return true
}
