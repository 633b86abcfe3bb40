package remedy

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
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
	if m.places == nil {
		m.places = places(m.Traces)
	}
	return m.places[r.Op(r.Read).Site.Node]
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
	type into struct {
		node  python.Node
		table string
	}
	passed, counted := map[python.Node]bool{}, map[into]bool{}
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Kind != interleave.Add && op.Kind != interleave.Insert || op.Res.Store != interleave.Table {
			continue
		}
		for s := op.Site; s != nil; s = s.Up {
			at := m.inserts[s.Node]
			if at.tables == nil {
				at.tables = map[string]int{}
			}
			if !passed[s.Node] {
				passed[s.Node] = true
				at.traces++
			}
			if key := (into{s.Node, op.Res.Name}); !counted[key] {
				counted[key] = true
				at.tables[op.Res.Name]++
			}
			m.inserts[s.Node] = at
		}
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
		changed := tablesWritten(t)
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind != interleave.Read || op.Site == nil {
				continue
			}
			had, known := out[op.Site.Node]
			had.several = had.several || known && had.table != op.Res.Name
			had.table = op.Res.Name
			if !changed[op.Res.Name] && len(had.readers) < 2 && !slices.Contains(had.readers, t) {
				had.readers = append(had.readers, t)
			}
			out[op.Site.Node] = had
		}
	}
	return out
}

// tablesWritten are the tables that an entry point changes rows of.
func tablesWritten(t *flow.Trace) map[string]bool {
	out := map[string]bool{}
	for i := range t.Ops {
		op := &t.Ops[i]
		switch op.Kind {
		case interleave.Assign, interleave.Add, interleave.Update, interleave.Insert, interleave.Delete, interleave.Remove:
			if op.Res.Store == interleave.Table {
				out[op.Res.Name] = true
			}
		}
	}
	return out
}

// passedByReaders tells whether another entry point calls a function and does not change a table.
func (m *Mender) passedByReaders(r *race.Race, fn *program.Function, table string) bool {
	if m.passing == nil {
		m.passing = passing(m.Traces)
	}
	return slices.ContainsFunc(m.passing[fn], func(p passage) bool { return p.trace != r.Trace && p.trace.Entry.Function != fn && !p.written[table] })
}

// passage is an entry point that calls a function, with the tables that it changes.
type passage struct {
	trace   *flow.Trace
	written map[string]bool
}

func passing(traces []*flow.Trace) map[*program.Function][]passage {
	out := map[*program.Function][]passage{}
	for _, t := range traces {
		p := passage{t, tablesWritten(t)}
		seen, called := map[*effects.Site]bool{}, map[*program.Function]bool{}
		for i := range t.Ops {
			for s := t.Ops[i].Site; s != nil && !seen[s]; s = s.Up {
				if seen[s] = true; !called[s.Function] {
					called[s.Function] = true
					out[s.Function] = append(out[s.Function], p)
				}
			}
		}
	}
	return out
}
