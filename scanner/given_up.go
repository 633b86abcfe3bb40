package scanner

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
)

// limits are the bounds that following an entry point can reach, and how a report calls them.
var limits = []struct{ note, text string }{
	{effects.TooDear, "the whole scan takes more steps than are followed for this much source"},
	{effects.TooLong, "it takes more steps than are followed"},
	{effects.TooMuch, fmt.Sprintf("it does more than %d operations", effects.MaxOps)},
	{effects.TooDeep, "calls in it go deeper than is followed"},
	{effects.TooOften, "it calls a function more often than is followed"},
}

// giveUps names the entry points that were not followed to their end, and why.
func (a *analysis) giveUps(r *finding.Report) {
	cut := map[*flow.Trace]bool{}
	for _, t := range a.found.Cut {
		cut[t] = true
	}
	for _, t := range a.traces {
		var why []string
		for _, l := range limits {
			if t.Notes[l.note] > 0 {
				why = append(why, l.text)
			}
		}
		if cut[t] {
			why = append(why, "judging what it does takes more work than the whole scan has for this much source")
		}
		if len(why) == 0 || t.Entry.Function == nil {
			continue
		}
		name := strings.TrimSpace(t.Entry.Method + " " + t.Entry.Path)
		r.Summary.Skipped = append(r.Summary.Skipped, finding.Skip{
			Path: t.Entry.Function.Module.File.Path, Line: t.Entry.Line, Kind: "given-up", Reason: name + ": " + strings.Join(why, "; ")})
	}
}
