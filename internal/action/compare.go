package action

import (
	"cmp"
	"maps"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// State is what the comparison says of a finding.
type State string

// The states.
const (
	New        State = "new"        // the base does not have it
	Known      State = "known"      // the base has it, or there is no base
	Baselined  State = "baselined"  // the baseline file has it
	Suppressed State = "suppressed" // a comment or the configuration says that it is accepted
	Fixed      State = "fixed"      // only the base has it
)

// Entry is a finding with its state.
type Entry struct {
	finding.Finding
	State State
	// Unaccepted is set when the scanned tree suppresses the finding but the base does not: the suppression does not count.
	Unaccepted *finding.Suppressed
}

// Comparison is head minus base, by race and never by line.
type Comparison struct {
	Compared bool    // a base was scanned
	Entries  []Entry // of the scanned tree, worst first
	Fixed    []finding.Finding
}

// Compare subtracts the base from the head by fingerprint. Equal fingerprints are counted, so that a second instance of
// a known race is new. Without a base everything is Known. Suppressions of the head count only if the base has them
// too, unless trustHead or there is no base to ask.
func Compare(head, base *finding.Report, baseline map[string]int, trustHead bool) Comparison {
	c := Comparison{Compared: base != nil}
	left, accepted := map[string]int{}, map[string]int{}
	if base != nil {
		for _, f := range base.Findings {
			if key := f.Fingerprint.Race; f.Suppressed != nil {
				accepted[key]++
			} else if key != "" {
				left[key]++
			}
		}
	}
	baseline = maps.Clone(baseline) // it is counted down
	for _, f := range head.Findings {
		c.Entries = append(c.Entries, c.judge(f, left, accepted, baseline, trustHead || base == nil))
	}
	if base != nil {
		c.Fixed = remaining(base.Findings, left)
	}
	slices.SortStableFunc(c.Entries, worse)
	return c
}

func (c *Comparison) judge(f finding.Finding, left, accepted map[string]int, baseline map[string]int, trustHead bool) Entry {
	e := Entry{Finding: f}
	key := f.Fingerprint.Race
	if f.Suppressed != nil {
		if accepted[key] > 0 {
			accepted[key]--
			e.State = Suppressed
			return e
		}
		if trustHead {
			left[key]-- // it is still there, so it is not fixed
			e.State = Suppressed
			return e
		}
		e.Unaccepted, e.Suppressed = f.Suppressed, nil
	}
	switch {
	case key == "" && len(f.Evidence) > 0 && c.Compared:
		// Seen in the running application only: nothing tells whether the base has it too.
		e.State = Known
	case key != "" && baseline[key] > 0:
		baseline[key]--
		e.State = Baselined
		left[key]--
	case !c.Compared:
		e.State = Known
	case key != "" && left[key] > 0:
		left[key]--
		e.State = Known
	default:
		// What the base accepted and the head no longer suppresses is not the work of this change.
		if key != "" && accepted[key] > 0 {
			accepted[key]--
			e.State = Known
			return e
		}
		e.State = New
	}
	return e
}

// remaining returns the findings of the base that nothing in the head took.
func remaining(base []finding.Finding, left map[string]int) []finding.Finding {
	var out []finding.Finding
	for _, f := range base {
		key := f.Fingerprint.Race
		if f.Suppressed == nil && key != "" && left[key] > 0 {
			left[key]--
			out = append(out, f)
		}
	}
	return out
}

// worse orders entries for every list that can be cut: new, then severity, then confidence, then place.
func worse(a, b Entry) int {
	return cmp.Or(
		cmp.Compare(stateRank(a.State), stateRank(b.State)),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()),
		cmp.Compare(a.Location.Path, b.Location.Path),
		cmp.Compare(a.Location.Line, b.Location.Line),
		cmp.Compare(a.Rule, b.Rule),
	)
}

func stateRank(s State) int {
	return slices.Index([]State{New, Known, Baselined, Suppressed, Fixed}, s)
}

// Of returns the entries in one of the states.
func (c *Comparison) Of(states ...State) []Entry {
	var out []Entry
	for _, e := range c.Entries {
		if slices.Contains(states, e.State) {
			out = append(out, e)
		}
	}
	return out
}

// Unaccepted returns the entries whose suppression the scanned tree adds.
func (c *Comparison) Unaccepted() []Entry {
	var out []Entry
	for _, e := range c.Entries {
		if e.Unaccepted != nil {
			out = append(out, e)
		}
	}
	return out
}
