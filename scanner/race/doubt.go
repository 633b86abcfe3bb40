package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// What a race rests on that could not be seen: each of these questions is asked where a finding says how sure it is.

// Gap tells whether something that was not followed lies between the read and the act: a guard may stand there.
func (r *Race) Gap() bool {
	return slices.ContainsFunc(r.Trace.Gaps, func(at int) bool { return r.Read < at && at <= r.Act })
}

// UnknownColumns tells whether the row that was looked at is contested only because somebody sets columns of which no name is known.
func (r *Race) UnknownColumns() bool {
	if r.Relation != SameRow || r.Op(r.Read).Res.Store != interleave.Table || len(r.Columns) == 0 || r.Rival == nil {
		return false
	}
	rival := &r.Rival.Ops[r.RivalAct]
	if rival.Kind != interleave.Update && rival.Kind != interleave.Assign || rival.Flags&interleave.AllColumns != 0 {
		return false
	}
	unnamed := func(a interleave.Assignment) bool { return a.Column == "*" }
	return slices.ContainsFunc(rival.Set, unnamed) && !writesColumn(namesOf(rival.Set), r.Columns)
}

// OtherColumns tells whether nothing is known of the row's columns that a new value was made of, and the rival writes others than those in
// which it is stored: it may have changed nothing that mattered.
func (r *Race) OtherColumns() bool {
	if r.Relation != SameRow || r.Op(r.Read).Res.Store != interleave.Table || len(r.Columns) > 0 || !r.DerivedOnly() || r.Rival == nil {
		return false
	}
	act, rival := r.Op(r.Act), &r.Rival.Ops[r.RivalAct]
	ours, theirs := namesOf(act.Set), namesOf(rival.Set)
	if len(ours) == 0 || len(theirs) == 0 || (act.Flags|rival.Flags)&interleave.AllColumns != 0 {
		return false
	}
	return !slices.Contains(ours, "*") && !slices.Contains(theirs, "*") && !writesColumn(ours, theirs)
}

func namesOf(set []interleave.Assignment) []string {
	var out []string
	for _, a := range set {
		out = append(out, a.Column)
	}
	return out
}

// OnlyAsserted tells whether nothing but assertions decide on what was read, and nothing is reckoned from it.
func (r *Race) OnlyAsserted() bool {
	decisions := r.Deciding()
	return !r.Derived && len(decisions) > 0 && !slices.ContainsFunc(decisions, func(c int) bool {
		_, ok := r.Op(c).Site.Node.(*python.Assert)
		return !ok
	})
}

// OtherName tells whether two requests are taken to use one file although they name it differently.
func (r *Race) OtherName() bool {
	return r.Op(r.Read).Res.Store == interleave.File && r.Rival != nil && blanks(r.Op(r.Read).Res.Key) != blanks(r.Rival.Ops[r.RivalAct].Res.Key)
}

// blanks is a path with nothing in the places that are filled in.
func blanks(path string) string {
	var b strings.Builder
	depth := 0
	for _, c := range path {
		switch c {
		case '{':
			if depth++; depth == 1 {
				b.WriteString("{}")
			}
		case '}':
			depth--
		default:
			if depth == 0 {
				b.WriteRune(c)
			}
		}
	}
	return b.String()
}

// Indirect tells whether no decision looks at the place of memory itself, and nothing that lies there goes into what is stored: all that
// is known is that the one came of the other on some way.
func (r *Race) Indirect() bool {
	read := r.Op(r.Read)
	if read.Res.Store != interleave.Memory || r.Op(r.Act).Kind != interleave.Update || r.Relation != SameRow {
		return false
	}
	if len(r.Checks) == 0 {
		made := r.Op(r.Act).Value
		return made != nil && (made.Kind == effects.Unknown || made.Kind == effects.Union || made.Kind == effects.ExtObject) && len(made.Sym) > 0 && len(made.Sym) < effects.MaxName && !r.Op(r.Act).Set[0].Relative && !r.shows(made)
	}
	return !slices.ContainsFunc(r.Checks, func(c int) bool {
		p := r.Op(c).Pred
		return p == nil || slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool { return r.shows(u.Left) || r.shows(u.Right) })
	})
}

// shows tells whether a value is what lies in the place that was read, a part of it, or an answer about it.
func (r *Race) shows(v *effects.Value) bool { return r.showsIn(v, new(effects.Seen), 0) }

func (r *Race) showsIn(v *effects.Value, seen *effects.Seen, depth int) bool {
	if v == nil || depth > 3 || seen.Again(v, depth) {
		return false
	}
	if int(v.Src)-1 == r.Read || slices.Contains(r.Uses, int(v.Src)-1) || v.DerivesFrom(r.Read) && strings.Contains(v.Sym, r.Op(r.Read).Res.Name) && !r.isAnswer(v) {
		return true
	}
	if v.Pred != nil && slices.ContainsFunc(v.Pred.Uses, func(u effects.PredUse) bool {
		return r.showsIn(u.Left, seen, depth+1) || r.showsIn(u.Right, seen, depth+1)
	}) {
		return true
	}
	return slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return r.showsIn(it, seen, depth+1) })
}

// isAnswer tells whether a value is what somebody outside answered to what was sent to him: it may be made of what was read, and says
// nothing of it.
func (r *Race) isAnswer(v *effects.Value) bool {
	return slices.ContainsFunc(v.AllDeps().Ints(), func(d int) bool {
		op := r.Op(d)
		return op.Res.Store == interleave.Remote || op.Kind == interleave.Effect && op.External == "http"
	})
}

// AlsoAsked tells whether a decision about an address would let it pass as well because of something else.
func (r *Race) AlsoAsked() bool {
	if r.Relation != Again || r.Op(r.Read).Res.Store != interleave.Remote {
		return false
	}
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if slices.Contains(r.Checks, c.Check) {
			p := r.Op(c.Check).Pred
			return p != nil && !p.Certain(c.Arm)
		}
	}
	return false
}

// Answered tells whether what a request keeps in a place for all is nothing that the client sent, and only what somebody outside answered
// to it: that may be about the client, or about everybody.
func (r *Race) Answered() bool {
	return r.Relation == Leaked && !ofInput(r.Trace, r.Op(r.Act).Value, false, new(effects.Seen), 0)
}
