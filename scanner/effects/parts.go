package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Sub-queries over which a statement goes: a common table or a sub-query in its FROM, or what it is joined with. They are read by the same
// statement, and what they count decides with it: `WHERE rooms_left.n > 0`.

// maxParts bounds how deep sub-queries are looked for in each other.
const maxParts = 4

// part is a sub-query by a name of its own, which is that of its columns.
func part(c *Call) *Value {
	v, q := subquery(c), *c.Recv.Query
	name, ok := c.Arg(0, "name").Str()
	if !ok {
		name = c.Name + " of " + q.TableName
	}
	q.Name, v.Sym, v.Col.Sub = name, name, &q
	return v
}

// goesOver notes that a statement goes over a sub-query.
func (q *Query) goesOver(v *Value) {
	if v != nil && v.Kind == Expr && v.Col.Sub != nil && v.Col.Sub.Name != "" {
		q.Parts = append(slices.Clip(q.Parts), v.Col.Sub)
	}
}

// countedParts reads what the sub-queries count of which a statement asks something, and those whose rows it counts itself, and returns
// these reads.
func countedParts(w *World, sess *Value, q *Query) Deps {
	var counted []*Query
	for _, part := range q.Parts {
		if slices.ContainsFunc(q.Where, func(c Condition) bool { return asksPart(c, part) }) {
			counted = part.counts(counted, 0)
		}
		if part.Aggregate == interleave.Rows && slices.ContainsFunc(q.Columns, func(v *Value) bool { return countsPart(v, part) }) {
			of := *part
			of.Aggregate = q.Aggregate
			counted = append(counted, &of)
		}
	}
	var out Deps
	for _, sub := range counted {
		if sub.TableName == "" || sub.TableName == q.TableName {
			continue
		}
		op := Op{Table: sub.Table}
		op.Kind, op.Session, op.Flags = interleave.Read, sess.Obj.Num, interleave.SameStatement
		op.Res = *resourceOf(sub)
		op.From = sub.Deps.Ints()
		if sub.Groups != nil {
			op.Own().Groups = sub.Groups
		}
		out = out.With(Dep(w.Emit(op)))
	}
	return out
}

// countedInWhere reads what the sub-queries count with which a statement compares a column of the row that it looks for, and returns these
// reads: WHERE courses.places > (SELECT count(*) …).
func countedInWhere(w *World, sess *Value, q *Query, key string) Deps {
	var out Deps
	for _, c := range q.Where {
		if sub := c.Sub; sub != nil && !c.Or && key != "" && (sub.Aggregate == interleave.Count || sub.Aggregate == interleave.Sum) && sub.TableName != "" && sub.TableName != q.TableName {
			out = out.With(Dep(readPart(w, sess, q, sub, key)))
		}
	}
	return out
}

// asksPart tells whether a condition asks for a column of a sub-query, and not only which of its rows go with those of a table.
func asksPart(c Condition, part *Query) bool {
	return c.Value != nil && (c.Op != "=" || c.Column == "") && mentionsPart(c.Value, part)
}

// countsPart tells whether a column of a statement is how many rows a sub-query has, or what a column of it adds up to.
func countsPart(v *Value, part *Query) bool {
	return v.Col != nil && v.Col.IsAgg && mentionsPart(v, part)
}

func mentionsPart(v *Value, part *Query) bool {
	return strings.Contains(v.Sym, part.Name+".c.") || strings.Contains(v.Sym, part.Name+".columns.")
}

// groupBy notes by which columns a statement counts rows apart.
func groupBy(c *Call) *Value {
	q, v := statement(c)
	for _, a := range c.Args {
		if a.Kind == Column {
			q.Groups = append(slices.Clip(q.Groups), a.Col.Column)
		}
	}
	return v
}

// counts adds the queries that count or add up, of a sub-query and those over which it goes.
func (q *Query) counts(to []*Query, depth int) []*Query {
	if (q.Aggregate == interleave.Count || q.Aggregate == interleave.Sum) && !slices.Contains(to, q) {
		to = append(to, q)
	}
	for _, part := range q.Parts {
		if depth < maxParts {
			to = part.counts(to, depth+1)
		}
	}
	return to
}
