package race

import (
	"regexp"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Temporary files under a name that two requests share: what one wrote is overwritten by the other before the first one has
// read it back.

// temporaryDir is a directory whose name says that files do not stay in it.
var temporaryDir = regexp.MustCompile(`(?i)(^|[/{._-])(te?mp|temporary|scratch)([0-9]*|s?[/_}.-].*|_?dir.*|_?files.*)$`)

// sharedNames returns the temporary files of a trace that are written and then used by their name.
func sharedNames(t *flow.Trace) []*Race {
	var out []*Race
	done := map[string]bool{}
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Kind != interleave.Update || op.Res.Store != interleave.File || op.Res.Name != "file" || done[op.Res.Key] {
			continue
		}
		if isGuessed(op.Res.Key) {
			done[op.Res.Key] = true
			out = append(out, &Race{Trace: t, Relation: SharedName, Read: i, Act: i, Acts: []int{i}, Outside: "another program of the machine"})
			continue
		}
		use := readBack(t, i)
		if use < 0 || !isTemporary(t, i) {
			continue
		}
		done[op.Res.Key] = true
		out = append(out, &Race{Trace: t, Relation: SharedName, Read: i, Act: use, Acts: []int{use}})
	}
	return out
}

// isGuessed tells whether a name was only free when it was asked for (tempfile.mktemp).
func isGuessed(key string) bool { return strings.Contains(key, effects.GuessedName) }

// readBack returns the first look at a file by its name after the request wrote it, -1 when there is none.
func readBack(t *flow.Trace, write int) int {
	for i := write + 1; i < len(t.Ops); i++ {
		op := &t.Ops[i]
		if op.Kind == interleave.Read && op.Res.Store == interleave.File && op.Res.Aggregate == interleave.Rows && op.Res.Key == t.Ops[write].Res.Key {
			return i
		}
	}
	return -1
}

// isTemporary tells whether a file is not to stay: by its directory, or because the request takes it away in the end.
func isTemporary(t *flow.Trace, write int) bool {
	key := t.Ops[write].Res.Key
	if parts := names(key); len(parts) > 1 && slices.ContainsFunc(parts[:len(parts)-1], temporaryDir.MatchString) {
		return true
	}
	return slices.ContainsFunc(t.Ops[write+1:], func(op effects.Op) bool {
		return op.Kind == interleave.Delete && op.Res.Store == interleave.File && op.Res.Key == key
	})
}

// judgeShared runs the request, which writes and reads back, against a rival that writes in between.
func (f *finder) judgeShared(r *Race, w writer, a, b *Path) (interleave.Verdict, interleave.Placement) {
	var kept []int
	for _, i := range a.Ops {
		switch r.Op(i).Kind {
		case interleave.Acquire, interleave.Release, interleave.Suspend:
			kept = append(kept, i)
		default:
			if i == r.Read || i == r.Act {
				kept = append(kept, i)
			}
		}
	}
	sub := &Path{Trace: a.Trace, Ops: kept, ways: a.ways, arms: a.arms}
	pa := sub.translate(r.Read, sub.testedWrites(r.Act))
	second, _ := sub.place(r.Act)
	pa.Ops[second].From = nil
	pa = used(pa, second, []int{second}, r.Act)
	pb := b.program(w.op, nil, subject{store: interleave.File, name: "file"})
	unify(r, w, &pb)
	place := f.set.Placements[len(f.set.Placements)-1]
	return f.memo.Judge(interleave.Pair{A: pa, B: pb, Engine: f.set.Engine, Placement: place}), place
}
