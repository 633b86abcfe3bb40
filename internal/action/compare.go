package action

import (
	"cmp"
	"slices"
	"sort"

	"github.com/middlebrick/middlebrick/internal/baseline"
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
	// Was is the severity that a new finding had in the base, where it is the same race and was less severe.
	Was finding.Severity
}

// Comparison is head minus base, by race and never by line.
type Comparison struct {
	Compared bool    // a base was scanned
	Entries  []Entry // of the scanned tree, worst first
	Fixed    []finding.Finding
}

// Compare subtracts the base from the head by fingerprint. Equal fingerprints are counted, so that a second instance of
// a known race is new; so is one that the base has in a milder form. Without a base everything is Known. Suppressions of the
// head count only if the base has them too, unless trustHead or there is no base to ask.
func Compare(head, base *finding.Report, known baseline.Left, trustHead bool) Comparison {
	c := Comparison{Compared: base != nil}
	left, accepted := []finding.Finding{}, map[string]int{}
	if base != nil {
		for _, f := range base.Findings {
			if key := f.Fingerprint.Race; f.Suppressed != nil {
				accepted[key]++
			} else if key != "" {
				left = append(left, f)
			}
		}
	}
	var open []finding.Finding
	for _, f := range head.Findings {
		if key := f.Fingerprint.Race; f.Suppressed != nil && accepted[key] > 0 {
			accepted[key]--
			c.Entries = append(c.Entries, Entry{Finding: f, State: Suppressed})
			continue
		}
		open = append(open, f)
	}
	twins := pair(open, left)
	j := judge{compared: c.Compared, trustHead: trustHead || base == nil, accepted: accepted, known: known}
	for i, f := range open {
		c.Entries = append(c.Entries, j.entry(f, twins.of(i)))
	}
	c.Fixed = twins.alone()
	sort.SliceStable(c.Entries, func(i, j int) bool { return worse(c.Entries[i], c.Entries[j]) < 0 })
	return c
}

// judge decides about one finding after another; what accepts a number of findings is counted down.
type judge struct {
	compared, trustHead bool
	accepted            map[string]int
	known               baseline.Left
}

// entry decides about a finding of the head. twin is the same race in the base, nil when it has none.
func (j *judge) entry(f finding.Finding, twin *finding.Finding) Entry {
	e := Entry{Finding: f, State: Known}
	key := f.Fingerprint.Race
	if f.Suppressed != nil {
		if j.trustHead {
			e.State = Suppressed
			return e
		}
		e.Unaccepted, e.Suppressed = f.Suppressed, nil
	}
	switch {
	case key == "" && len(f.Evidence) > 0 && j.compared:
		// Seen in the running application only: nothing tells whether the base has it too.
	case key != "" && j.known.Take(&f):
		e.State = Baselined
	case !j.compared:
	case twin != nil && milder(twin, &f):
		e.State, e.Was = New, twin.Severity
	case twin != nil:
	case key != "" && j.accepted[key] > 0:
		// What the base accepted and the head no longer suppresses is not the work of this change.
		j.accepted[key]--
	default:
		e.State = New
	}
	return e
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
