package race

import (
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Setting is what the judge assumes about the project.
type Setting struct {
	Engine     interleave.Engine
	Placements []interleave.Placement
}

// Limits on the work for one candidate.
const (
	maxRivals   = 6
	maxVariants = 2
)

// Find returns the races of all traces: for every candidate the nearest rival against which the judge finds a race, or that it
// makes fail with an error that nobody handles.
func Find(traces []*flow.Trace, set Setting) []*Race {
	index := writers(traces)
	var out []*Race
	for _, t := range traces {
		for _, r := range candidates(t) {
			if r.try(index, set) {
				out = append(out, r)
			}
		}
		out = append(out, stale(t, index)...)
	}
	return out
}

func (r *Race) try(index map[string][]writer, set Setting) bool {
	rivals := r.rivals(index)
	found := false
	for _, w := range rivals {
		for variant := int8(1); variant >= 0; variant-- {
			v, a, b, place, ok := r.judge(w, variant, set)
			if !ok || v.Outcome == interleave.Sound {
				continue
			}
			if !found || v.Outcome > r.Verdict.Outcome {
				found = true
				r.Rival, r.RivalAct, r.Verdict, r.Path, r.RivalPath = w.trace, w.op, v, a, b
				r.Engine, r.Placement = set.Engine, place
			}
			if v.Outcome == interleave.Race {
				return true
			}
		}
	}
	return found
}

// rivals returns who can change what was read, the entry point itself first and then by how close they stand.
func (r *Race) rivals(index map[string][]writer) []writer {
	var out []writer
	seen := map[*flow.Trace]bool{}
	for _, w := range index[storeName(&r.Trace.Ops[r.Read])] {
		if seen[w.trace] || !r.changes(w) {
			continue
		}
		if r.Trace.Entry.Alone && w.trace == r.Trace {
			continue
		}
		seen[w.trace] = true
		out = append(out, w)
	}
	rank := func(w writer) int {
		switch {
		case w.trace == r.Trace:
			return 0
		case w.trace.Entry.Kind == r.Trace.Entry.Kind && samePath(w.trace, r.Trace):
			return 1
		case !w.trace.Assumed:
			return 2
		}
		return 3
	}
	sort.SliceStable(out, func(i, j int) bool { return rank(out[i]) < rank(out[j]) })
	if len(out) > maxRivals {
		out = out[:maxRivals]
	}
	return out
}

func samePath(a, b *flow.Trace) bool {
	return a.Entry.Path == b.Entry.Path || a.Entry.Function.Module == b.Entry.Function.Module
}

// judge runs the candidate against one rival.
func (r *Race) judge(w writer, variant int8, set Setting) (interleave.Verdict, *Path, *Path, interleave.Placement, bool) {
	a := pathTo(r.Trace, r.Act, variant)
	b := a
	if w.trace != r.Trace || !a.has(w.op) {
		b = pathTo(w.trace, w.op, variant)
	}
	if !a.has(r.Read) {
		return interleave.Verdict{}, nil, nil, 0, false
	}
	pa := a.program(map[int]bool{r.Act: true})
	rivalActs := map[int]bool{w.op: true}
	if w.trace == r.Trace && b == a {
		rivalActs = map[int]bool{r.Act: true}
	}
	pb := b.program(rivalActs)
	r.asSet(&pa, a)
	if b == a {
		r.asSet(&pb, b)
	} else {
		setReads(&pb, r.Trace.Ops[r.Read].Res.Name, r.Relation)
	}
	unify(r, w, &pb)
	best := interleave.Verdict{}
	var where interleave.Placement
	for i, place := range set.Placements {
		v := interleave.Judge(interleave.Pair{A: pa, B: pb, Engine: set.Engine, Placement: place})
		if i == 0 || v.Outcome > best.Outcome {
			best, where = v, place
		}
	}
	return best, a, b, where, true
}

func (p *Path) has(op int) bool { _, ok := p.Index[op]; return ok }

// asSet makes the contested read one of a set where the candidate is about its membership.
func (r *Race) asSet(p *interleave.Program, path *Path) {
	if r.Relation != SetInsert || r.Trace.Ops[r.Read].Res.Store != interleave.Table {
		return
	}
	setReads(p, r.Trace.Ops[r.Read].Res.Name, r.Relation)
}

// setReads makes reads of a table by predicate into reads of a set: what counts is which rows there are.
func setReads(p *interleave.Program, table string, rel Relation) {
	if rel != SetInsert {
		return
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Kind == interleave.Read && op.Res.Store == interleave.Table && op.Res.Name == table && len(op.Res.Where) > 0 && op.Res.Key != "" {
			op.Res.Key, op.Obj = "", 0
			if op.Res.Aggregate == interleave.Rows {
				op.Res.Aggregate = interleave.Exists
			}
		}
	}
}

// unify gives the rival's program the names that make both requests be about the same thing, and different names to what
// each request makes anew.
func unify(r *Race, w writer, b *interleave.Program) {
	ours, theirs := r.Trace.Ops[r.Read].Res.Key, w.trace.Ops[w.op].Res.Key
	if r.Relation == RowEffect || r.Relation == SameRow {
		ours = r.Trace.Ops[r.Read].Res.Key
	}
	rename := func(s string) string {
		if s == "" {
			return s
		}
		s = strings.ReplaceAll(s, "#", "#B")
		if w.trace != r.Trace && theirs != "" && ours != "" && theirs != ours && strings.Contains(s, theirs) {
			s = strings.ReplaceAll(s, theirs, ours)
		}
		return s
	}
	if ours == theirs && !usesFresh(b) {
		return
	}
	for i := range b.Ops {
		op := &b.Ops[i]
		op.Res.Key, op.Name = rename(op.Res.Key), rename(op.Name)
		if len(op.Res.Where) > 0 {
			op.Res.Where = slices.Clone(op.Res.Where)
			for j := range op.Res.Where {
				op.Res.Where[j].Value = rename(op.Res.Where[j].Value)
			}
		}
		if len(op.Set) > 0 {
			op.Set = slices.Clone(op.Set)
			for j := range op.Set {
				op.Set[j].Value = rename(op.Set[j].Value)
			}
		}
	}
}

func usesFresh(p *interleave.Program) bool {
	for i := range p.Ops {
		if strings.Contains(p.Ops[i].Res.Key, "#") {
			return true
		}
	}
	return true
}

var _ = effects.Raises
