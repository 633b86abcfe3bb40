package scanner

import (
	"reflect"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// earlier is what an earlier scan found out on the way to its races, for a scan of nearly the same tree: most entry points do what they
// did. Its program is taken over by the scan that makes use of it, so that only one may.
type earlier struct {
	program *program.Program
	schema  *schema.Schema
	shared  *flow.Shared
	traces  []*flow.Trace
	models  []effects.Declared
	found   *race.Found
	// described are the modules in which tables were described, by the names of the tables.
	described map[string]*program.Module
	// stays are the traces that hold in the new scan, by how their entry points are called. See stillTrue.
	stays map[entryName][]*flow.Trace
}

// entryName tells most entry points apart.
type entryName struct {
	kind         fastapi.EntryKind
	method, path string
	function     *program.Function
}

func nameOf(e *fastapi.Entry) entryName { return entryName{e.Kind, e.Method, e.Path, e.Function} }

// past takes what the last scan found out, nil when there is nothing or another scan is at it.
func (m *Memory) past(files []*python.File, opts Options) *earlier {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.earlier
	m.earlier = nil
	if old == nil || len(old.program.Modules) != len(files) || !reflect.DeepEqual(old.models, opts.Models) {
		return nil
	}
	return old
}

// followed keeps what a scan found out for the next one.
func (m *Memory) followed(a *analysis, opts Options) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.earlier = &earlier{program: a.program, schema: a.schema, shared: a.shared, traces: a.traces, models: opts.Models, found: a.found}
}

// judged returns what was found in the traces.
func (e *earlier) judged() *race.Found {
	if e == nil {
		return nil
	}
	return e.found
}

// build makes the program, in a way that lets the next scan go on from it where there may be one.
func build(files []*python.File, old *earlier, opts Options) *program.Program {
	switch {
	case opts.Memory == nil:
		return program.Build(files)
	case old == nil:
		return program.Again(files, nil)
	}
	return program.Again(files, old.program)
}

// keepSchema gives the analysis the schema of the earlier scan when it says the same: its tables are those that traces name.
func (e *earlier) keepSchema(a *analysis) {
	if e == nil {
		return
	}
	e.described = map[string]*program.Module{}
	for name, t := range e.schema.Tables {
		if t.Class != nil {
			e.described[name] = t.Class.Module
		}
	}
	if reflect.DeepEqual(e.schema, a.schema) || e.schema.Adopt(a.schema) {
		a.schema = e.schema
	}
}

// stillTrue picks the traces that hold in the new scan as well: all that looked at no module that changed, as long as the changes lie
// in the bodies of functions, and neither the schema nor anything else that entry points have in common is another.
func (e *earlier) stillTrue(a *analysis) *earlier {
	if e == nil || a.schema != e.schema {
		return nil
	}
	gone, ok := a.program.Gone(e.program)
	if !ok || !a.shared.Same(e.shared) {
		return nil
	}
	e.stays = map[entryName][]*flow.Trace{}
	for _, t := range e.traces {
		if !slices.ContainsFunc(gone, func(m *program.Module) bool { return t.Looked[m] }) && !e.usesTableOf(gone, t) {
			e.stays[nameOf(t.Entry)] = append(e.stays[nameOf(t.Entry)], t)
		}
	}
	return e
}

// usesTableOf tells whether a trace comes at a table that one of the modules described. It may never have looked at the class.
func (e *earlier) usesTableOf(gone []*program.Module, t *flow.Trace) bool {
	for i := range t.Ops {
		if r := &t.Ops[i].Res; r.Store == interleave.Table && slices.Contains(gone, e.described[r.Name]) {
			return true
		}
	}
	return false
}

// match returns for each entry point the trace that holds, nil where it must be followed.
func (e *earlier) match(entries []*fastapi.Entry, assumed bool) []*flow.Trace {
	out := make([]*flow.Trace, len(entries))
	if e == nil {
		return out
	}
	for i, entry := range entries {
		left := e.stays[nameOf(entry)]
		at := slices.IndexFunc(left, func(t *flow.Trace) bool {
			return t.Assumed == assumed && t.Notes[effects.TooDear] == 0 && entry.Same(t.Entry)
		})
		if at < 0 {
			continue
		}
		out[i] = left[at]
		out[i].Entry = entry
		e.stays[nameOf(entry)] = slices.Delete(left, at, at+1)
	}
	return out
}
