package race

import (
	"maps"
	"reflect"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
)

// What a search found out holds in the next one for every trace that is still there, as long as nobody whom its candidates asked about is
// another: who writes to the places that they look at, and who reads what they tell of.

// Found is what a search leaves for the next one. It belongs to one search at a time.
type Found struct {
	set                                                     Setting
	traces                                                  []*flow.Trace
	index                                                   map[string][]writer
	shown, revoked, decided, personal, foundByName, tickets map[string]bool
	of                                                      map[*flow.Trace]*result
	asked                                                   map[*flow.Trace]decisions
	// Kept is how many traces were not searched anew.
	Kept int
	// Cut are the traces of which not all candidates were judged: the search had no more work left for them.
	Cut []*flow.Trace
}

// result is what was found in one trace, and of whom it was asked.
type result struct {
	races   []Race          // as they were found: whoever tells of them changes them
	work    int             // what it took, see judgeWork
	cut     bool            // it was left in the middle
	written map[string]bool // the places whose writers were asked for
	read    map[string]bool // the tables and places whose readers were asked for
}

// earlier is how the present search may use what an earlier one found.
type earlier struct {
	*Found
	steady  map[*flow.Trace]bool        // the traces that are what they were
	alike   map[*flow.Trace]*flow.Trace // those that were followed anew and do what another one did before
	present map[*flow.Trace]*flow.Trace // the same the other way round
	moved   map[string]bool             // the places that have other writers
	touched map[string]bool             // the tables and places that traces use which came or went
	ordered bool                        // the traces that stayed stand in the same order
}

// restore makes the traces what they were before the last search.
func restore(traces []*flow.Trace) []*flow.Searched {
	out := make([]*flow.Searched, len(traces))
	for i, t := range traces {
		out[i] = t.Restore()
	}
	return out
}

// since tells which traces are what they were in an earlier search, after what all of them have in common was looked at anew.
func (b *Found) since(traces []*flow.Trace, restored []*flow.Searched) *earlier {
	e := &earlier{Found: b, steady: map[*flow.Trace]bool{}}
	if b == nil {
		return e
	}
	for i, t := range traces {
		if b.of[t] != nil && t.Resume(restored[i]) {
			e.steady[t] = true
		}
	}
	return e
}

// compare notes what has changed for those who stayed. It drops everything when what all candidates ask has changed.
func (e *earlier) compare(f *finder) {
	if e.Found == nil {
		return
	}
	set := f.set
	set.Memo, set.Work = e.set.Memo, e.set.Work // what was not left in the middle is what it is with any bound
	if !reflect.DeepEqual(set, e.set) || !maps.Equal(f.shown, e.shown) || !maps.Equal(f.revoked, e.revoked) || !maps.Equal(f.personal, e.personal) || !maps.Equal(f.foundByName, e.foundByName) || !maps.Equal(f.tickets, e.tickets) || !maps.Equal(f.decided, e.decided) {
		e.of = nil
		return
	}
	e.pairUp(f)
	e.moved, e.touched = map[string]bool{}, map[string]bool{}
	for _, index := range []map[string][]writer{f.index, e.index} {
		for name := range index {
			if !slices.EqualFunc(f.index[name], e.index[name], func(a, b writer) bool { return a.op == b.op && e.was(a.trace) == b.trace }) {
				e.moved[name] = true
			}
		}
	}
	var stayed [2][]*flow.Trace
	for i, traces := range [][]*flow.Trace{f.traces, e.traces} {
		for _, t := range traces {
			if e.steady[t] {
				stayed[i] = append(stayed[i], t)
				continue
			}
			for k := range t.Ops {
				e.touched[t.Ops[k].Res.Name] = true
			}
		}
	}
	e.ordered = slices.Equal(stayed[0], stayed[1])
}

// pairUp finds the traces that do what one of the same entry point did before, though they stand in a file that has changed.
func (e *earlier) pairUp(f *finder) {
	e.alike, e.present = map[*flow.Trace]*flow.Trace{}, map[*flow.Trace]*flow.Trace{}
	old := map[[3]string][]*flow.Trace{}
	for _, t := range e.traces {
		if !e.steady[t] && e.of[t] != nil {
			old[calledAs(t)] = append(old[calledAs(t)], t)
		}
	}
	for _, t := range f.traces {
		if e.steady[t] {
			continue
		}
		left := old[calledAs(t)]
		if at := slices.IndexFunc(left, t.Alike); at >= 0 {
			e.alike[t], e.present[left[at]] = left[at], t
			old[calledAs(t)] = slices.Delete(left, at, at+1)
		}
	}
}

func calledAs(t *flow.Trace) [3]string {
	name := ""
	if t.Entry.Function != nil {
		name = t.Entry.Function.Qualname
	}
	return [3]string{t.Entry.Method, t.Entry.Path, name}
}

// was returns the trace of the earlier search for which one stands, nil for none.
func (e *earlier) was(t *flow.Trace) *flow.Trace {
	if e.steady[t] {
		return t
	}
	return e.alike[t]
}

// holds returns what was found in a trace, nil when it must be searched.
func (e *earlier) holds(f *finder, t *flow.Trace) *result {
	if e.Found == nil || !e.steady[t] {
		return nil
	}
	r := e.of[t]
	if r == nil || r.cut || len(r.read) > 0 && !e.ordered || meet(r.written, e.moved) || meet(r.read, e.touched) {
		return nil
	}
	for i := range r.races {
		if rival := r.races[i].Rival; rival != nil && !e.steady[rival] && (e.present[rival] == nil || r.races[i].Told != nil) {
			return nil
		}
	}
	for i := range r.races {
		r.races[i].meets(e.present[r.races[i].Rival], f)
	}
	return r
}

// meets puts another trace that does the same into the place of the rival.
func (r *Race) meets(rival *flow.Trace, f *finder) {
	if rival == nil {
		return
	}
	if p := r.RivalPath; p != nil && p.Trace == r.Rival {
		r.RivalPath = &Path{Trace: rival, Ops: p.Ops, ways: f.ways[rival](), arms: p.arms}
	}
	r.Rival = rival
}

func meet(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}

// search finds the races of one trace, with no more work than limit unless that is 0, and notes of whom it asks.
func (f *finder) search(t *flow.Trace, limit int) *result {
	own := *f
	own.limit = limit
	own.result = &result{written: map[string]bool{}, read: map[string]bool{}}
	found := own.trace(t)
	own.races = make([]Race, len(found))
	for i, r := range found {
		own.races[i] = *r
	}
	return own.result
}

// tell returns the races that were found, for somebody who may change them.
func (r *result) tell() []*Race {
	out := make([]*Race, len(r.races))
	for i := range r.races {
		c := r.races[i]
		c.Acts, c.Checks, c.Uses, c.Columns = slices.Clone(c.Acts), slices.Clone(c.Checks), slices.Clone(c.Uses), slices.Clone(c.Columns)
		out[i] = &c
	}
	return out
}

// writers are those who write to the place that an operation looks at.
func (f *finder) writers(of *effects.Op) []writer {
	name := storeName(of)
	f.written[name] = true
	return f.index[name]
}
