package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// lockedSet says what keeps others from inserting while a request looks at a set or counts it: the lock of the row that stands for all of
// it, which is only an example where the source does not tell it.
func (m *Mender) lockedSet(r *race.Race, w vocabulary, counts bool) string {
	if w.documents() {
		return fmt.Sprintf("Keep the number of %s in a field of a document that all these requests share, and raise it by one command whose filter holds the limit: no command locks what is counted.", w.model)
	}
	parent, row := m.parent(r, w)
	which, advisory := "Lock the row of "+parent.model+" that all these requests share", ""
	if len(row) == 0 {
		if postgres(r) {
			advisory = " Where there is none, `SELECT pg_advisory_xact_lock(hashtext(…))` of what is looked for does the same."
		}
		which, parent.model, row = "Lock one row that all these requests share", "Parent", []term{{"id", "==", unknown}}
	}
	looking, look, kept := "looking at", "look", ""
	if counts {
		looking, look, kept = "counting", "count", " Or keep the count in a column of a row that all these requests share, and raise it by one guarded UPDATE."
	}
	if r.Engine.SQLite() {
		return fmt.Sprintf("Start the transaction with `BEGIN IMMEDIATE` before %s %s, which lets one writer in at a time.%s", looking, w.model, kept)
	}
	return fmt.Sprintf("%s before %s %s, with the first statement of the transaction: `%s`, and %s in a later statement.%s%s",
		which, looking, w.model, parent.lockedLoad(row), look, advisory, strings.Replace(kept, "a row that all these requests share,", "that row", 1))
}

// parent is the row that a foreign key names by which rows are looked for.
func (m *Mender) parent(r *race.Race, w vocabulary) (parent vocabulary, row []term) {
	if r.Table == nil {
		return w, nil
	}
	for _, c := range byOwner(r.Op(r.Read).Res.Where) {
		column := r.Table.Columns[c.Column]
		if c.Op != "=" || column == nil {
			continue
		}
		table, key, _ := strings.Cut(column.Target, ".")
		if w.model = m.model(table); w.orm == schema.NoORM {
			w.model = table
		}
		if w.model != "" && key != "" {
			return w, []term{{key, "==", written(c.Value)}}
		}
	}
	return w, nil
}

// lockSet says how the rows that others leave are kept until one has left itself.
func (w vocabulary) lockSet(r *race.Race) string {
	if r.Engine.SQLite() {
		return fmt.Sprintf("Start the transaction with `BEGIN IMMEDIATE` before the rows of %s are counted, which lets one writer in at a time.", w.model)
	}
	return fmt.Sprintf("Lock what is counted, not only what changes: select the rows of %s that count with `with_for_update()` in key order, or the one parent row, before counting.", w.model)
}

// compares tells whether a request looks for rows by what is more or less than a value, and not only the same: two rows that are in each
// other's way need not agree in anything.
func compares(r *race.Race) bool {
	read := r.Op(r.Read).Res
	return read.Store == interleave.Table && slices.ContainsFunc(read.Where, func(c interleave.Cond) bool { return comparisons[c.Op] != "" && c.Op != "!=" })
}

// exclusion is the constraint of PostgreSQL that refuses rows whose spans of time overlap: those that begin before another one ends, and end
// behind its beginning.
func exclusion(r *race.Race) string {
	if !postgres(r) {
		return ""
	}
	var same, from, to []string
	span := "tsrange"
	for _, c := range r.Op(r.Read).Res.Where {
		kind := ""
		if r.Table != nil && r.Table.Columns[c.Column] != nil {
			kind = strings.ToLower(r.Table.Columns[c.Column].Type)
		}
		if kind == "date" {
			span = "daterange"
		}
		timed := strings.Contains(kind, "date") || strings.Contains(kind, "time")
		switch {
		case c.Op == "=" && c.Column != "" && (c.Value == "" || !literal(c.Value)):
			same = append(same, c.Column+" WITH =")
		case timed && strings.HasPrefix(c.Op, "<"):
			from = append(from, c.Column)
		case timed && strings.HasPrefix(c.Op, ">"):
			to = append(to, c.Column)
		}
	}
	if len(from) != 1 || len(to) != 1 || from[0] == to[0] {
		return ""
	}
	return fmt.Sprintf(" Or let PostgreSQL refuse the second: `EXCLUDE USING gist (%s)`.", strings.Join(append(same, fmt.Sprintf("%s(%s, %s) WITH &&", span, from[0], to[0])), ", "))
}

func postgres(r *race.Race) bool { return strings.HasPrefix(r.Engine.String(), "PostgreSQL") }
