package action

import (
	"fmt"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The exit codes of the command.
const (
	exitPass     = 0
	exitGate     = 1
	exitUsage    = 2
	exitNothing  = 3 // there was nothing to scan
	exitPartial  = 4 // files were not analysed and fail-on-incomplete is true
	exitRefused  = 5
	exitReport   = 6 // upload: always was asked for and the upload failed
	exitInternal = 70
	exitStopped  = 130 // the run was cancelled
)

// Verdict is the decision of the gate. It rests on the scans alone.
type Verdict struct {
	Pass    bool
	Exit    int
	Reason  string  // one line
	Failing []Entry // the findings that fail the gate
	Partial []finding.Skip
}

// Decide judges a comparison. missing says that a base was wanted and could not be had.
func Decide(c Comparison, in Inputs, newOnly, missing bool, partial []finding.Skip) Verdict {
	threshold, on := threshold(in.FailOn)
	v := Verdict{Pass: true, Partial: partial}
	states, scope := []State{New, Known}, "in the tree"
	switch {
	case missing && in.OnMissingBase == "fail":
		return Verdict{Exit: exitGate, Reason: "the base could not be had and on-missing-base is fail", Partial: partial}
	case missing && in.OnMissingBase == "warn":
		threshold = max(threshold, finding.High.Rank())
		scope = "in the tree (the base could not be had: only high and worse count)"
	case newOnly && !missing:
		states, scope = []State{New}, "new"
	}
	for _, e := range c.Of(states...) {
		if on && e.Severity.Rank() >= threshold && e.Confidence.Rank() >= in.MinConfidence.Rank() {
			v.Failing = append(v.Failing, e)
		}
	}
	added := len(c.Unaccepted())
	switch {
	case len(v.Failing) > 0:
		v.fail(exitGate, fmt.Sprintf("%s %s at or above fail-on: %s", count(len(v.Failing), "race"), scope, in.FailOn))
	case in.FailOnSuppressed && added > 0 && c.Compared:
		v.fail(exitGate, fmt.Sprintf("%s added and fail-on-new-suppressions is true", count(added, "suppression")))
	case in.FailOnIncomplete && len(partial) > 0:
		v.fail(exitPartial, fmt.Sprintf("%s not analysed and fail-on-incomplete is true", count(len(partial), "file")))
	case !on:
		v.Reason = "fail-on is none"
	default:
		v.Reason = fmt.Sprintf("no race %s at or above fail-on: %s", scope, in.FailOn)
	}
	return v
}

func (v *Verdict) fail(exit int, reason string) { v.Pass, v.Exit, v.Reason = false, exit, reason }

func threshold(failOn string) (rank int, on bool) {
	if failOn == "none" {
		return 0, false
	}
	return finding.Severity(failOn).Rank(), true
}

// partialKinds are the omissions that make a result incomplete: a file, or a part of the tree, was not read at all, or this program
// failed in it.
// What was read but could not be followed to its end is named in the report and does not count here.
var partialKinds = map[string]bool{"unreadable": true, "syntax": true, "too-large": true, "limit": true, "defect": true}

// Partial returns what the head leaves out and the base does not: what was never analysed cannot have become worse.
func Partial(head, base *finding.Report) []finding.Skip {
	type key struct{ path, kind string }
	old := map[key]bool{}
	if base != nil {
		for _, s := range base.Summary.Skipped {
			old[key{s.Path, s.Kind}] = true
		}
	}
	var out []finding.Skip
	seen := map[key]bool{}
	for _, s := range head.Summary.Skipped {
		k := key{s.Path, s.Kind}
		if partialKinds[s.Kind] && !old[k] && !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	return out
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
