package schema

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/sql"
)

// history is what migrations and raw definitions did to the keys of each table, in order.
type history struct {
	tables  map[string]*ledger
	indexes map[string]string // table of an index, by the name of the index
}

// ledger is the history of one table.
type ledger struct {
	name    string
	schema  string
	created bool // by a CREATE TABLE that was seen
	gone    bool // dropped as a whole
	columns map[string]*Column
	order   []string
	keys    map[string]*keyHistory // by signature
	// lost are the names of constraints that were dropped without having been seen before.
	lost map[string]bool
	// plain are the names of indexes that are not unique: dropping them says nothing about keys.
	plain map[string]bool
	// before is what was known when the table was dropped, for a table that is copied, dropped and renamed into place;
	// partial tells that the definition had parts which the program fills in.
	before  map[string]*keyHistory
	partial bool
	checks  []string
	// exclusions are the exclusion constraints that live; unexcluded are the names of those that were dropped.
	exclusions []Exclusion
	unexcluded []string
	place      Place
}

// keyHistory is the history of one key. The same key may exist under several names; it lives while one of them does.
type keyHistory struct {
	key   UniqueKey
	names map[string]bool
}

func newHistory() *history {
	return &history{tables: map[string]*ledger{}, indexes: map[string]string{}}
}

// bare drops a schema prefix.
func bare(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func (h *history) table(name string) *ledger {
	name = bare(name)
	l := h.tables[name]
	if l == nil {
		l = &ledger{name: name, columns: map[string]*Column{}, keys: map[string]*keyHistory{}, lost: map[string]bool{}, plain: map[string]bool{}}
		h.tables[name] = l
	}
	return l
}

// create starts a table, or adds to it when it is defined again ("IF NOT EXISTS").
func (h *history) create(name string, place Place) *ledger {
	l := h.table(name)
	if l.gone {
		delete(h.tables, l.name)
		l = h.table(name)
	}
	l.created, l.place = true, place
	return l
}

func (h *history) drop(name string) {
	l := h.table(name)
	l.before = map[string]*keyHistory{}
	for sig, k := range l.keys {
		l.before[sig] = &keyHistory{k.key, k.names}
		k.names = map[string]bool{}
	}
	l.gone = true
}

func (h *history) rename(from, to string) {
	l := h.table(from)
	delete(h.tables, l.name)
	if old := h.tables[bare(to)]; old != nil { // a table that takes over by copy and rename
		for sig, k := range old.keys {
			if l.keys[sig] == nil {
				l.keys[sig] = &keyHistory{k.key, map[string]bool{}}
			}
			if was := old.before[sig]; l.partial && was != nil {
				l.keys[sig].names = was.names
			}
		}
	}
	l.name = bare(to)
	h.tables[l.name] = l
	for index, table := range h.indexes {
		if table == bare(from) {
			h.indexes[index] = l.name
		}
	}
}

func (l *ledger) addColumn(c *Column) {
	if c.Name == "" {
		return
	}
	if l.columns[c.Name] == nil {
		l.order = append(l.order, c.Name)
	}
	l.columns[c.Name] = c
}

func (l *ledger) addKey(h *history, k UniqueKey) {
	if len(k.Columns)+len(k.Expressions) == 0 {
		return
	}
	for _, part := range append(append([]string(nil), k.Columns...), k.Expressions...) {
		if part == "" || strings.Contains(part, "{") { // filled in by the program
			l.partial = true
			return
		}
	}
	k.Migration = true
	sig := k.signature()
	if l.keys[sig] == nil {
		l.keys[sig] = &keyHistory{names: map[string]bool{}}
	}
	l.keys[sig].key = k
	l.keys[sig].names[k.Name] = true
	delete(l.lost, k.Name)
	delete(l.plain, k.Name)
	if k.Name != "" {
		h.indexes[k.Name] = l.name
	}
}

// dropKey ends the key of that name: one that was seen under it, or an unnamed one whose default name it is.
func (l *ledger) dropKey(name string) {
	if l.plain[name] {
		delete(l.plain, name)
		return
	}
	l.exclusions = dropExclusion(l.exclusions, name)
	l.unexcluded = append(l.unexcluded, name)
	found := false
	for _, k := range l.keys {
		if k.names[name] && name != "" {
			delete(k.names, name)
			found = true
		}
	}
	if found {
		return
	}
	for _, usual := range []func(string, UniqueKey) []string{namesByColumns, namesByFirst} {
		for _, sig := range l.signatures() {
			if k := l.keys[sig]; k.names[""] && contains(usual(l.name, k.key), name) {
				delete(k.names, "")
				return
			}
		}
	}
	if name != "" {
		l.lost[name] = true
	}
}

// signatures lists the keys in a fixed order.
func (l *ledger) signatures() []string {
	list := make([]string, 0, len(l.keys))
	for sig := range l.keys {
		list = append(list, sig)
	}
	sort.Strings(list)
	return list
}

// dropPrimary ends the primary key.
func (l *ledger) dropPrimary() {
	for _, k := range l.keys {
		if k.key.Primary {
			k.names = map[string]bool{}
		}
	}
}

func (l *ledger) dropColumn(name string) {
	delete(l.columns, name)
	for _, k := range l.keys {
		if contains(k.key.Columns, name) || contains(k.key.WhereColumns, name) {
			k.names = map[string]bool{}
		}
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func (l *ledger) renameColumn(from, to string) {
	if c := l.columns[from]; c != nil {
		delete(l.columns, from)
		c.Name = to
		l.addColumn(c)
	}
	renamed := map[string]*keyHistory{}
	for sig, k := range l.keys {
		if contains(k.key.Columns, from) {
			columns := append([]string(nil), k.key.Columns...)
			for i := range columns {
				if columns[i] == from {
					columns[i] = to
				}
			}
			renamed[sig] = &keyHistory{k.key, map[string]bool{}} // the old key is gone
			k.key.Columns = columns
			sig = k.key.signature()
		}
		renamed[sig] = k
	}
	l.keys = renamed
}

// namesByColumns are the names that engines and usual naming conventions give to an unnamed key, made of all its columns.
func namesByColumns(table string, k UniqueKey) []string {
	if k.Primary {
		return []string{table + "_pkey", "pk_" + table}
	}
	if len(k.Columns) == 0 {
		return nil
	}
	columns := strings.Join(k.Columns, "_")
	both := table + "_" + columns
	return []string{
		both + "_key", both + "_uniq", both + "_idx", both + "_uindex", "uq_" + both, "ix_" + both, "uix_" + both, "uc_" + both, "idx_" + both,
		columns, "uq_" + columns, "ix_" + columns, "idx_" + columns, "unique_" + columns, "uq__" + table + "__" + strings.Join(k.Columns, "__"),
	}
}

// namesByFirst are those made of the first column: MySQL's, and SQLAlchemy's %(column_0_name)s.
func namesByFirst(table string, k UniqueKey) []string {
	if k.Primary || len(k.Columns) == 0 {
		return nil
	}
	first := k.Columns[0]
	return []string{first, "uq_" + table + "_" + first, "ix_" + table + "_" + first}
}

// apply carries out a definition in SQL. Drops count in migrations only: elsewhere they are set-up code.
func (h *history) apply(d *sql.Definition, place Place, migration bool) {
	if d.Table == "" && len(d.DropIndexes) == 0 {
		return
	}
	if d.Drop || d.RenameTo != "" {
		if migration && d.Drop {
			h.drop(d.Table)
		} else if migration {
			h.rename(d.Table, d.RenameTo)
		}
		return
	}
	if d.Table != "" {
		l := h.table(d.Table)
		if d.Create {
			l = h.create(d.Table, place)
		}
		h.applyParts(l, d, place)
	}
	if !migration {
		return
	}
	for _, name := range d.DropIndexes {
		table := orElse(d.Table, h.indexes[name])
		if table != "" {
			h.table(table).dropKey(name)
			continue
		}
		for _, l := range h.tables {
			l.dropKey(name)
		}
	}
	for _, name := range d.DropConstraints {
		if name == "primary key" {
			h.table(d.Table).dropPrimary()
		} else {
			h.table(d.Table).dropKey(name)
		}
	}
	for _, name := range d.DropColumns {
		h.table(d.Table).dropColumn(name)
	}
	for _, pair := range d.RenameColumns {
		h.table(d.Table).renameColumn(pair[0], pair[1])
	}
}

func (h *history) applyParts(l *ledger, d *sql.Definition, place Place) {
	for _, c := range d.Columns {
		if strings.Contains(c.Name, "{") {
			l.partial = true
			continue
		}
		col := &Column{Name: c.Name, Type: c.Type, Nullable: !c.NotNull, Default: c.Default, Filled: c.Default != "" || c.Generated, Primary: c.PrimaryKey, Computed: c.Generated}
		if c.RefTable != "" {
			col.Target = c.RefTable + "." + orElse(c.RefColumn, "id")
		}
		l.addColumn(col)
		if c.Unique || c.PrimaryKey {
			l.addKey(h, UniqueKey{Columns: []string{c.Name}, Primary: c.PrimaryKey, From: place})
		}
	}
	for _, c := range d.Constraints {
		switch c.Kind {
		case sql.UniqueKey, sql.PrimaryKey:
			k := UniqueKey{Name: c.Name, Columns: c.Columns, Expressions: c.Expressions, Primary: c.Kind == sql.PrimaryKey, NullsNotDistinct: c.NullsNotDistinct, From: place}
			if c.Where != "" {
				k.Where, k.WhereColumns = predicate(c.Where)
			}
			l.addKey(h, k)
		case sql.PlainIndex:
			l.plain[c.Name] = true
		case sql.Exclude:
			if x, ok := exclusionOf(c.Name, c.Text); ok {
				l.exclusions = append(l.exclusions, x)
			}
		case sql.Check:
			l.checks = append(l.checks, c.Text)
		case sql.ForeignKey:
			for i, name := range c.Columns {
				if col := l.columns[name]; col != nil && i < len(c.RefColumns) {
					col.Target = c.RefTable + "." + c.RefColumns[i]
				}
			}
		}
	}
	for name, nullable := range d.Nullable {
		if col := l.columns[name]; col != nil {
			col.Nullable = nullable
		}
	}
}
