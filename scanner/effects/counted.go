package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// countedBefore takes an insert apart that counts in its own condition: `INSERT … SELECT … WHERE (SELECT count(*) …) < 5`. PostgreSQL
// counts by the statement's snapshot and waits for nobody: it is a count, a decision and an insert. Engines whose sub-queries lock what they
// look at, or that let one write at a time, do it in one step. The insert is within the decision until the caller restores the context.
func countedBefore(w *World, sess *Value, q *Query) *Query {
	if q.Verb != interleave.Insert || w.Schema != nil && slices.Contains([]string{"mysql", "mariadb", "sqlite"}, w.Schema.Engine.Name) {
		return q
	}
	at := slices.IndexFunc(q.Where, func(c Condition) bool {
		return c.Sub != nil && !c.Or && (c.Sub.Aggregate == interleave.Count || c.Sub.Aggregate == interleave.Sum) && strings.ContainsAny(c.Op, "<>=") && c.Value != nil
	})
	if at < 0 {
		return q
	}
	c, out := q.Where[at], *q
	sub := *c.Sub
	sub.Verb = interleave.Read
	use := PredUse{Left: Run(w, sess, &sub, nil).Elem, Op: c.Op, Right: c.Value}
	if c.Column != "" && !strings.HasPrefix(c.Column, "(") { // the count stands on the right
		use.Op, use.Right = Turned(c.Op), Opaque(c.Column, nil)
	}
	deps := use.Left.AllDeps().With(use.Right.AllDeps())
	check := Op{Pred: &Pred{Uses: []PredUse{use}}}
	check.Kind, check.From = interleave.Check, deps.Ints()
	if i := w.Emit(check); i >= 0 {
		w.Ctx = w.Ctx.Then(Ctx{Check: i, Arm: 1})
	}
	out.Where = slices.Delete(slices.Clone(q.Where), at, at+1)
	out.Deps = q.Deps.With(deps)
	return &out
}
