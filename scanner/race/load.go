package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A limit on how much a process takes upon itself.

// CapsConnections tells whether all that is asked of a place in memory is how many connections are open, against a number that is the same for
// all: of those of everybody or of the caller's own. One more is a little more work, and nobody else has less of anything. A room that
// the client names has seats.
func (r *Race) CapsConnections() bool {
	read := r.Op(r.Read)
	if r.Trace.Entry.Kind != fastapi.WebSocket || read.Res.Aggregate != interleave.Count || read.Res.Store != interleave.Memory || len(r.Checks) == 0 {
		return false
	}
	if slices.ContainsFunc(keysIn(read.Res.Name), func(key string) bool { return !slices.Contains(effects.Names(key), "claims") }) {
		return false
	}
	return r.onlyAsks(r.Checks, func(u effects.PredUse, arm int8) bool {
		counted, below, limit := u.Left, "<", u.Right
		if r.about(limit) {
			counted, below, limit = limit, ">", counted
		}
		return strings.Contains(u.On(arm), below) && counted != nil && counted.Sym == read.Res.Name && limit != nil && limit.Src == 0
	})
}

// onlyAsks tells whether every question that some decisions ask about what was read, on the arms on which the act happens, is of one kind.
func (r *Race) onlyAsks(checks []int, kind func(u effects.PredUse, arm int8) bool) bool {
	asked := false
	for _, c := range checks {
		p, ctx := r.Op(c).Pred, decision(r.Op(r.Act).Ctx, c)
		if p == nil || ctx == nil {
			return false
		}
		for _, u := range p.Uses {
			if !r.about(u.Left) && !r.about(u.Right) {
				continue
			}
			if !kind(u, ctx.Arm) {
				return false
			}
			asked = true
		}
	}
	return asked
}
