package race

import "github.com/middlebrick/middlebrick/scanner/flow"

// rivals returns who can change what was read, the entry point itself first and then by how close they stand: one write of each.
func (r *Race) rivals(f *finder) []writer {
	if r.Fills() {
		return r.refillers(f.writers(r.Op(r.Read)))
	}
	own, found := r.itself()
	if found && r.losesMoreToOthers(own) {
		return append(r.neighbours(f, maxRivals-1), own)
	}
	out := r.outright(f)
	if found {
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
	for _, others := range r.made.nearest(r.Trace, storeName(r.Op(r.Read)), f.writers(r.Op(r.Read))) {
		for _, ws := range others {
			for _, w := range ws {
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
	for _, others := range r.made.nearest(r.Trace, storeName(r.Op(r.Read)), f.writers(r.Op(r.Read))) {
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
// is in it comes first.
func (r *Race) refillers(writers []writer) []writer {
	var ranks [distances + 2][]writer
	ours := r.demands()
	for _, w := range writers {
		rank := 0
		switch {
		case w.trace.Ops[w.op].Site.Node == r.Op(r.Act).Site.Node:
			rank = distances + 1
		case w.trace != r.Trace:
			rank = 1 + distance(r.Trace, w.trace)
		}
		if len(ranks[rank]) < maxRivals && (w.trace != r.Trace || !r.Trace.Entry.Alone) && r.rivalBy(w) && !r.contrary(ours, w) {
			ranks[rank] = append(ranks[rank], w)
		}
	}
	var out []writer
	for _, ws := range ranks {
		out = append(out, ws...)
	}
	return out[:min(len(out), maxRivals)]
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
func (m *made) nearest(t *flow.Trace, store string, writers []writer) *neighbours {
	if n := m.near[store]; n != nil {
		return n
	}
	n := &neighbours{}
	// Those of one entry point stand together.
	for start, end := 0, 0; start < len(writers); start = end {
		other := writers[start].trace
		for end = start + 1; end < len(writers) && writers[end].trace == other; end++ {
		}
		if other != t {
			d := distance(t, other)
			n[d] = append(n[d], writers[start:end])
		}
	}
	if m.near == nil {
		m.near = map[string]*neighbours{}
	}
	m.near[store] = n
	return n
}
