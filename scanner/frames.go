package scanner

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// Which of the calls that lead to a place are told of in the story of a finding.

// decider returns the function that decides; where nothing is decided, and one function reads and another one writes, the one
// that calls both.
func decider(r *race.Race) *program.Function {
	site, act := checkSite(r), r.Op(r.Act).Site
	if len(r.Checks) > 0 || r.Op(r.Read).Kind != interleave.Read || passesThrough(act, site.Function) {
		return site.Function
	}
	for up := site.Up; up != nil; up = up.Up {
		if passesThrough(act, up.Function) {
			return up.Function
		}
	}
	return site.Function
}

// meeting returns the call by which a function that had something read gives it to what decides and acts on it; nil when what
// decides had it read itself, or nobody in between had.
func meeting(r *race.Race) *effects.Site {
	read, check := r.Op(r.Read).Site, checkSite(r)
	for up := check; up != nil; up = up.Up {
		if !passesThrough(read, up.Function) || up.Function.Generator || up.Function.ContextManager {
			continue // the body of a with block runs inside the manager's yield
		}
		if up.Function == check.Function || up.Function == read.Function || !passesThrough(r.Op(r.Act).Site, up.Function) {
			return nil
		}
		return up
	}
	return nil
}

// passesThrough tells whether a function is on the way to a place.
func passesThrough(s *effects.Site, f *program.Function) bool {
	for ; s != nil; s = s.Up {
		if s.Function == f {
			return true
		}
	}
	return false
}

// frames returns the call site in the function that decides, and then the place itself.
func frames(s *effects.Site, decider *program.Function) []*effects.Site {
	out := []*effects.Site{s}
	if s.Function == decider {
		return out
	}
	for up := s.Up; up != nil; up = up.Up {
		if up.Function == decider {
			return []*effects.Site{up, s}
		}
	}
	return out
}
