package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
)

// rivals returns who can change what was read, the entry point itself first and then by how close they stand: one write of each.
func (r *Race) rivals(f *finder) []writer {
	if r.Fills() {
		return r.refillers(f)
	}
	own, found := r.itself()
	if found && r.losesMoreToOthers(own) {
		return append(r.neighbours(f, maxRivals-1), own)
	}
	out := r.outright(f)
	if found {
		if again := (writer{trace: r.Trace, op: r.Act}); r.Apart(own.op) && r.rivalBy(again) {
			out = append(out, again) // the same once more, before what else the request may do instead
		}
		out = append(out, own)
	}
	return append(out, r.neighbours(f, maxRivals-len(out))...)
}

// losesMoreToOthers tells whether a save of all columns takes nothing from the same request sent twice but what both give another value:
// who writes a column that it gives back as it was loses something.
func (r *Race) losesMoreToOthers(own writer) bool {
	op := &own.trace.Ops[own.op]
	return r.SavesWhole(r.Act) && !r.wipes(op) && (len(r.Checks) == 0 || !writesAny(op.Set, r.Columns))
}

// neighbours are the nearest rivals among the other entry points, one write of each.
func (r *Race) neighbours(f *finder, most int) []writer {
	var out []writer
	ours := r.demands()
	for _, others := range r.made.nearest(r.Trace, f, r.Op(r.Read)) {
		for _, ws := range others {
			for _, w := range ws {
				f.work += askWork
				if r.rivalBy(w) && !r.contrary(ours, w) {
					out = append(out, w)
					break
				}
			}
			if len(out) == most {
				return out
			}
		}
	}
	return out
}

// outright are those who give a column that the act reckons anew another value outright, the nearest first: they leave room for others.
func (r *Race) outright(f *finder) []writer {
	if !r.reckonsAnew() {
		return nil
	}
	var out []writer
	for _, others := range r.made.nearest(r.Trace, f, r.Op(r.Read)) {
		for _, ws := range others {
			for _, w := range ws {
				if len(out) < maxRivals-2 && r.setsOutright(w) && r.rivalBy(w) && !r.contrary(r.demands(), w) {
					out = append(out, w)
					break
				}
			}
		}
	}
	return out
}

// refillers are the rivals of a candidate that fills a place. Who fills it too does no harm, and comes last: somebody who changes what
// is in it comes first, the entry point itself and then by how close they stand.
func (r *Race) refillers(f *finder) []writer {
	var out []writer
	ours, act := r.demands(), f.places.of(r.Op(r.Act))
	all := f.writers(r.Op(r.Read))
	take := func(writers []writer, fills bool) {
		for _, w := range writers {
			if len(out) == maxRivals {
				return
			}
			f.work += askWork
			if (act != 0 && w.place == act) == fills && (w.trace != r.Trace || !r.alone()) && r.rivalBy(w) && !r.contrary(ours, w) {
				out = append(out, w)
			}
		}
	}
	if act == 0 || slices.ContainsFunc(all, func(w writer) bool { return w.place != act }) { // most places are filled in one place of the code only
		take(own(f.crowds[storeName(r.Op(r.Read))], r.Trace), false)
		for _, others := range r.made.nearest(r.Trace, f, r.Op(r.Read)) {
			for _, ws := range others {
				take(ws, false)
			}
		}
	}
	take(all, true)
	return out
}

// own are the writers that belong to an entry point.
func own(crowds [][]writer, t *flow.Trace) []writer {
	i := slices.IndexFunc(crowds, func(ws []writer) bool { return ws[0].trace == t })
	if i < 0 {
		return nil
	}
	return crowds[i]
}

// distances is how many there are.
const distances = 3

// distance tells how close another entry point stands.
func distance(t, other *flow.Trace) int {
	switch {
	case other.Entry.Kind == t.Entry.Kind && samePath(other, t):
		return 0
	case !other.Assumed:
		return 1
	}
	return 2
}

func samePath(a, b *flow.Trace) bool {
	return a.Entry.Path == b.Entry.Path || a.Entry.Function.Module == b.Entry.Function.Module
}

// neighbours are who else writes to a place: by distance, then by entry point, the writes of each.
type neighbours [distances][][]writer

// nearest sorts the writers of a place by how close they stand to an entry point, once for all of its candidates.
func (m *made) nearest(t *flow.Trace, f *finder, of *effects.Op) *neighbours {
	store := storeName(of)
	f.written[store] = true
	if n := m.near[store]; n != nil {
		return n
	}
	others := f.crowds[store]
	n, far, count := &neighbours{}, make([]uint8, len(others)), [distances]int{}
	for i, ws := range others {
		far[i] = distances
		if other := ws[0].trace; other != t {
			far[i] = uint8(distance(t, other))
			count[far[i]]++
		}
	}
	room := make([][]writer, len(others))
	for d, c := range count {
		n[d], room = room[:0:c], room[c:]
	}
	for i, ws := range others {
		if d := far[i]; d < distances {
			n[d] = append(n[d], ws)
		}
	}
	if m.near == nil {
		m.near = map[string]*neighbours{}
	}
	m.near[store] = n
	return n
}

// crowds gives the writers of each place by their entry points; those of one stand together.
func crowds(index map[string][]writer) map[string][][]writer {
	out := make(map[string][][]writer, len(index))
	for name, writers := range index {
		for start, end := 0, 0; start < len(writers); start = end {
			for end = start + 1; end < len(writers) && writers[end].trace == writers[start].trace; end++ {
			}
			out[name] = append(out[name], writers[start:end])
		}
	}
	return out
}
