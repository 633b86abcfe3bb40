package race

import "github.com/middlebrick/middlebrick/scanner/interleave"

// Rivals outside of the project: a name server, the server that is asked, another program of the machine. They need no entry
// point; they may write whenever they like, and look at nothing.

// tryOutside runs the candidate against such a rival.
func (f *finder) tryOutside(r *Race) bool {
	a := f.ways[r.Trace]().pathTo(r.Act, 1)
	if !a.has(r.Read) {
		return false
	}
	read := r.Op(r.Read)
	var pa interleave.Program
	switch {
	case r.Relation == Again:
		pa = r.twoLooks(a)
	case r.Read == r.Act:
		pa = askedAndWritten(read.Res, r.Act)
	}
	write := interleave.Op{Kind: interleave.Update, Res: read.Res, Act: true, Set: []interleave.Assignment{{Column: "content"}}}
	place := f.set.Placements[len(f.set.Placements)-1]
	v := f.memo.Judge(interleave.Pair{A: pa, B: interleave.Program{Ops: []interleave.Op{write}}, Engine: f.set.Engine, Placement: place})
	r.Path, r.Verdict, r.Engine, r.Placement, r.RivalAct = a, v, f.set.Engine, place, -1
	return v.Outcome == interleave.Race
}

// askedAndWritten is a request whose library asked whether a name is free, and that then writes it.
func askedAndWritten(res interleave.Resource, act int) interleave.Program {
	ask := interleave.Op{Kind: interleave.Read, Res: res, Tag: act}
	free := interleave.Op{Kind: interleave.Check, From: []int{0}, Uses: []interleave.Use{{From: 0, Op: "?"}}, Tag: act}
	write := interleave.Op{Kind: interleave.Update, Res: res, From: []int{1}, Act: true, Set: []interleave.Assignment{{Column: "content"}}, Tag: act}
	return interleave.Program{Ops: []interleave.Op{ask, free, write}}
}
