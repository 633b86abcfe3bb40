package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Mender proposes changes of the source.
type Mender struct {
	Schema *schema.Schema
	Traces []*flow.Trace
}

// Repairs returns changes of the source that may end a race, the best first. None is verified: that takes another scan. Safe says
// that a change of this kind leaves everything as it is for a request that meets no rival.
func (m *Mender) Repairs(r *race.Race, rule string) []finding.Fix {
	var out []finding.Fix
	add := func(title string, safe bool, changes []change) {
		if len(changes) > 0 {
			out = append(out, finding.Fix{Title: title, Safe: safe, Edits: edits(changes)})
		}
	}
	read := r.Op(r.Read)
	switch {
	case strings.HasPrefix(rule, "MB3") || strings.HasPrefix(rule, "MB5") || strings.HasPrefix(rule, "MB6"):
		// What was decided is asked again where it counts, or the act moves: no mechanical change does that.
	case read.Res.Store == interleave.Table && rule == "MB104":
		c := handleConflict(r)
		add("handle the IntegrityError of the second request as the check does", true, c)
	case read.Res.Store == interleave.Table && (rule == "MB105" || rule == "MB116" || rule == "MB103" || rule == "MB113" || rule == "MB115"):
		add("lock the row that all these requests share before looking", true, m.lockParent(r))
	case read.Res.Store == interleave.Table:
		add("let the locking read replace what was loaded before", true, populate(r))
		here, elsewhere := lockLoad(r), refreshLocked(r)
		shared := m.readElsewhere(r)
		if !shared {
			add("lock the row with the first load", true, here)
		}
		add("load the row again with its lock before the check", true, elsewhere)
		add("make check and write one statement", true, guarded(r))
		if shared {
			add("lock the row with the first load", false, here)
		}
	case read.Res.Store == interleave.KeyValue:
		add("let Redis decide which request is first", true, setIfAbsent(r))
	case read.Res.Store == interleave.File:
		add("let the file system decide which request is first", true, openExclusive(r))
	}
	return out
}

// readElsewhere tells whether another entry point loads the row at the same place and changes nothing: it would have to wait for the lock.
func (m *Mender) readElsewhere(r *race.Race) bool {
	node := r.Op(r.Read).Site.Node
	for _, t := range m.Traces {
		if t == r.Trace {
			continue
		}
		loads, writes := false, false
		for i := range t.Ops {
			op := &t.Ops[i]
			loads = loads || op.Site != nil && op.Site.Node == node && op.Kind == interleave.Read
			switch op.Kind {
			case interleave.Assign, interleave.Add, interleave.Update, interleave.Insert, interleave.Delete, interleave.Remove:
				writes = writes || op.Res.Store == interleave.Table
			}
		}
		if loads && !writes {
			return true
		}
	}
	return false
}

// model is the class of a table, "" when there is none.
func (m *Mender) model(table string) string {
	if t := m.Schema.Table(table); t != nil && t.Class != nil {
		return t.Class.Name
	}
	return ""
}
