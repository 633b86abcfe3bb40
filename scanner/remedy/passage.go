package remedy

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// readElsewhere tells whether another entry point loads the row at the same place and does not change the table: it would have to wait for the
// lock, whatever else it changes.
func (m *Mender) readElsewhere(r *race.Race) bool {
	return slices.ContainsFunc(m.place(r).readers, func(t *flow.Trace) bool { return t != r.Trace })
}

// generic tells whether rows of other tables are loaded at the same place: a change of it would be one of the whole project.
func (m *Mender) generic(r *race.Race) bool { return m.place(r).several }

func (m *Mender) place(r *race.Race) place {
	at, _ := m.placeOf(r.Op(r.Read).Site.Node)
	return at
}

// placeOf is a call as one that loads rows; ok is false where no request loads any there.
func (m *Mender) placeOf(n python.Node) (at place, ok bool) {
	if m.places == nil {
		m.places = places(m.Traces)
	}
	at, ok = m.places[n]
	return at, ok
}

// insertsOthers tells whether other requests insert rows of other tables from a place, and none of this one.
func (m *Mender) insertsOthers(n python.Node, table string) bool {
	if m.inserts == nil {
		m.inserts = map[python.Node]inserting{}
		for _, t := range m.Traces {
			m.countInserts(t)
		}
	}
	at := m.inserts[n]
	return at.tables[table] < at.traces
}

// inserting is a place from which rows are inserted: by how many requests, and by how many of them into which table.
type inserting struct {
	traces int
	tables map[string]int
}

func (m *Mender) countInserts(t *flow.Trace) {
	counted := map[python.Node]bool{}
	for _, p := range t.Passage().Inserts {
		at := m.inserts[p.Node]
		if at.tables == nil {
			at.tables = map[string]int{}
		}
		if !counted[p.Node] {
			counted[p.Node] = true
			at.traces++
		}
		at.tables[p.Table]++
		m.inserts[p.Node] = at
	}
}

// place is a call that loads rows.
type place struct {
	table   string
	several bool // of more tables than this one
	// readers are two entry points that pass here and do not change the table, where there are so many.
	readers []*flow.Trace
}

func places(traces []*flow.Trace) map[python.Node]place {
	out := map[python.Node]place{}
	for _, t := range traces {
		p := t.Passage()
		for _, l := range p.Loads {
			had, known := out[l.Node]
			had.several = had.several || known && had.table != l.Table
			had.table = l.Table
			if !p.Written[l.Table] && len(had.readers) < 2 && !slices.Contains(had.readers, t) {
				had.readers = append(had.readers, t)
			}
			out[l.Node] = had
		}
	}
	return out
}

// passedByReaders tells whether another entry point calls a function and does not change a table.
func (m *Mender) passedByReaders(r *race.Race, fn *program.Function, table string) bool {
	if m.passing == nil {
		m.passing = passing(m.Traces)
	}
	return slices.ContainsFunc(m.passing[fn], func(t *flow.Trace) bool { return t != r.Trace && t.Entry.Function != fn && !t.Passage().Written[table] })
}

// passing are the entry points that call each function.
func passing(traces []*flow.Trace) map[*program.Function][]*flow.Trace {
	out := map[*program.Function][]*flow.Trace{}
	for _, t := range traces {
		for _, f := range t.Passage().Functions {
			out[f] = append(out[f], t)
		}
	}
	return out
}
