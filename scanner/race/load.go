package race

import (
	"slices"
	"strconv"
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
	return r.staysBelow(0)
}

// staysBelow tells whether all that is asked of a place in memory is whether the number there is below a limit that is not kept with it, and
// that lets more than so many in.
func (r *Race) staysBelow(least int) bool {
	return r.onlyAsks(r.Checks, func(u effects.PredUse, arm int8) bool {
		counted, below, limit := u.Left, "<", u.Right
		if r.About(limit) {
			counted, below, limit = limit, ">", counted
		}
		return strings.Contains(u.On(arm), below) && counted != nil && counted.Sym == r.Op(r.Read).Res.Name && limit != nil && limit.Src == 0 && !lets(limit, least)
	})
}

// lets tells whether a limit is a number of which it is seen that no more than so many pass it.
func lets(limit *effects.Value, most int) bool {
	n, err := strconv.Atoi(limit.Sym)
	return err == nil && n <= most
}

// capsLoad tells whether a place in memory is how much the process has in hand: a request that finds it below some limit raises it, and lowers
// it again when it is done. Each process may well take as much upon itself. Where one only may run, or so many for somebody, that is said of
// the service.
func (r *Race) capsLoad() bool {
	place := r.Op(r.Act).Res
	if place.Store != interleave.Memory || place.Key != "*" || strings.ContainsRune(place.Name, '[') || !r.staysBelow(1) {
		return false
	}
	moves := func(op *effects.Op, sign byte) bool {
		return op.Res.Store == interleave.Memory && op.Res.Name == place.Name && movesBy(op, sign)
	}
	for i := range r.Trace.Ops {
		if moves(&r.Trace.Ops[i], '+') {
			return r.Trace.AnyAfter(i-1, func(op *effects.Op) bool { return moves(op, '-') })
		}
	}
	return false
}

// movesBy tells whether an operation stores what was at its place with something added to it, or taken from it.
func movesBy(op *effects.Op, sign byte) bool {
	v := op.Value
	return op.Kind == interleave.Update && v != nil && strings.HasPrefix(v.Sym, "("+op.Res.Name) && strings.IndexByte(v.Sym[len(op.Res.Name)+1:], sign) >= 0
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
			if !r.About(u.Left) && !r.About(u.Right) {
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
