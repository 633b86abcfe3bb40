package effects

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// pickedBefore takes a write apart that picks its rows itself: `UPDATE jobs … WHERE id = (SELECT id FROM jobs WHERE … LIMIT 1) RETURNING …`.
// PostgreSQL picks them by the statement's snapshot, waits for the row, and then asks again only whether it has that key: two statements
// pick the same row, and both get it. Where the sub-query locks what it picks, and in engines whose sub-queries see what is there under
// the lock, it is one step.
func pickedBefore(w *World, sess *Value, q *Query) *Query {
	if q.Verb != interleave.Update && q.Verb != interleave.Delete || len(q.Returning) == 0 {
		return q
	}
	if w.Schema != nil && slices.Contains([]string{"mysql", "mariadb", "sqlite"}, w.Schema.Engine.Name) {
		return q
	}
	at := slices.IndexFunc(q.Where, func(c Condition) bool {
		return c.Sub != nil && !c.Or && (c.Op == "=" || c.Op == "in") && c.Sub.Limited && c.Sub.Lock.Strength == interleave.NoLock && c.Sub.TableName == q.TableName && isPrimary(q.Table, c.Column)
	})
	if at < 0 {
		return q
	}
	sub, out := *q.Where[at].Sub, *q
	sub.Verb, sub.Entity, sub.Columns = interleave.Read, false, []*Value{ColumnValue(sub.Table, q.Where[at].Column)}
	sub.Single = true // of several, what is true of the first is true of each
	rows := Run(w, sess, &sub, nil)
	out.Where = slices.Clone(q.Where)
	out.Where[at] = Condition{Column: q.Where[at].Column, Table: q.Where[at].Table, Op: "=", Value: rows.Elem.Items[0]}
	out.Deps = q.Deps.With(rows.Elem.Items[0].AllDeps())
	return &out
}
