package schema

import (
	"sort"
	"strings"
)

// join merges what migrations last say with what the models say: a key in either counts, one that a migration dropped
// and did not make again does not, even while the model still has it.
func (r *reader) join(h *history) {
	names := make([]string, 0, len(h.tables))
	for name := range h.tables {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		l := h.tables[name]
		t := r.s.Tables[name]
		if t == nil {
			if t = l.asTable(); t == nil {
				continue
			}
			r.s.Tables[name] = t
		}
		if l.created {
			t.Made = l.place
		}
		r.joinKeys(t, l)
	}
}

// asTable makes a table of which no model speaks; nil when it is not known to exist.
func (l *ledger) asTable() *Table {
	if !l.created || l.gone || strings.HasPrefix(l.name, "_alembic_tmp_") {
		return nil
	}
	t := newTable(l.name, NoORM)
	t.Defined, t.Schema, t.Checks, t.Exclusions = l.place, l.schema, l.checks, l.exclusions
	for _, name := range l.order {
		if c := l.columns[name]; c != nil {
			t.addColumn(c)
		}
	}
	return t
}

func (r *reader) joinKeys(t *Table, l *ledger) {
	for _, sig := range l.signatures() {
		k := l.keys[sig]
		if len(k.names) > 0 {
			t.addKey(k.key)
		} else if !l.gone && !k.key.Primary {
			t.removeKeys(func(have UniqueKey) bool { return have.signature() == sig })
		}
	}
	t.removeKeys(func(k UniqueKey) bool {
		if k.Primary || k.Migration {
			return false
		}
		if l.lost[k.Name] && k.Name != "" {
			return true
		}
		if k.Name != "" || l.keys[k.signature()] != nil {
			return false
		}
		for _, usual := range append(namesByColumns(t.Name, k), namesByFirst(t.Name, k)...) {
			if l.lost[usual] {
				return true
			}
		}
		return false
	})
	for _, name := range l.unexcluded {
		t.Exclusions = dropExclusion(t.Exclusions, name)
	}
	for _, x := range l.exclusions {
		t.addExclusion(x)
	}
	for _, c := range l.checks {
		if !contains(t.Checks, c) {
			t.Checks = append(t.Checks, c)
		}
	}
}
