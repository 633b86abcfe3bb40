package scanner

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// doubt is one thing on which a finding rests and that was not seen. Each lowers the confidence by one level, and is told.
type doubt struct {
	text  string
	holds func(*race.Race) bool
}

var doubts = []doubt{
	{"the request was not followed to its end: it is too long", tooLong},
	{"a call between the two was not followed", func(r *race.Race) bool { return !tooLong(r) && r.Gap() }},
	{"no entry point that calls this function was found", func(r *race.Race) bool { return r.Trace.Assumed }},
	{"no entry point that calls what the rival does was found", func(r *race.Race) bool { return !r.Trace.Assumed && r.Rival != nil && r.Rival.Assumed }},
	{"a library call was recognised by its shape", func(r *race.Race) bool { return r.Op(r.Read).Guess || r.Op(r.Act).Guess }},
	{"the rival sets columns of which no name is known", (*race.Race).UnknownColumns},
	{"it is only asserted, and not decided, what is contested", (*race.Race).OnlyAsserted},
	{"the two paths are taken for the same one", (*race.Race).OtherName},
	{"what is decided on came of what was read on a way that was not seen", (*race.Race).Indirect},
	{"what is kept is an answer of somebody outside, and may be about everybody", (*race.Race).Answered},
	{"the decision asks for something else beside the address", (*race.Race).AlsoAsked},
	{"it takes two worker processes or replicas", func(r *race.Race) bool { return r.Processes || r.Blocking }},
}

// tooLong tells whether the request was left in the middle.
func tooLong(r *race.Race) bool {
	return r.Trace.Notes[effects.TooLong]+r.Trace.Notes[effects.TooDear] > 0
}

// doubt lowers the confidence of a finding by what it rests on.
func (a *assembler) doubt(f *finding.Finding, r *race.Race) {
	if table := r.Op(r.Read).Res.Store == interleave.Table; table && !a.engineKnown {
		if r.Told == nil {
			f.Assumptions = append(f.Assumptions, "the database engine was not found: judged for "+r.Engine.String())
		}
		if r.Verdict.Guard != interleave.NoGuard {
			f.Confidence = f.Confidence.Lower(1) // whether this guard holds depends on the engine
		}
	}
	for _, d := range doubts {
		if d.holds(r) {
			f.Confidence = f.Confidence.Lower(1)
			f.Assumptions = append(f.Assumptions, d.text)
		}
	}
}
