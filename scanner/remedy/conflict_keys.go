package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// refusedKey is a key that the function looks for, by a column that stands in the message of its violation, and how it refuses who finds it.
type refusedKey struct {
	column  string
	refused []string
	node    python.Stmt
}

// toldApart lets an except clause answer the violation of each key as its own check does, and no other: each engine names the columns of the
// key, or an index that is named after them. as names the exception where the clause has to look at it.
func (c *conflict) toldApart(except []string) (as string, out []string) {
	if !sessions(c.library) || c.r.Table == nil || !strings.HasPrefix(except[len(except)-1], "raise ") {
		return "", except
	}
	looked := c.refusedKeys()
	_, node := c.refusal()
	own := slices.IndexFunc(looked, func(k refusedKey) bool { return k.node == node })
	if own < 0 {
		return "", except
	}
	unasked := c.unaskedKeys(looked)
	if len(looked) == 1 && len(unasked) == 0 || !distinct(looked, append(unasked, c.r.Table.Name)) {
		return "", except
	}
	name := map[bool]string{true: "violation", false: "error"}[c.fn.Local["error"]]
	step, q := unit(c.f, c.fn), quote(c.f)
	says := func(column, in string) string { return "if " + q + column + q + in + "str(" + name + ".orig):" }
	out = slices.Clone(except[:len(except)-1])
	for i, k := range looked {
		if i != own {
			out = append(out, says(k.column, " in "), under(strings.Join(k.refused, "\n"), step, "\n")+" from None")
		}
	}
	if len(unasked) > 0 {
		out = append(out, says(looked[own].column, " not in "), step+"raise")
	}
	return " as " + name, append(out, except[len(except)-1])
}

// refusedKeys are the unique keys of the table that the function looks for before it inserts and refuses to insert twice.
func (c *conflict) refusedKeys() (out []refusedKey) {
	for i := range c.r.Trace.Ops[:c.r.Act] {
		op := c.r.Op(i)
		check, ok := op.Site.Node.(*python.If)
		if !ok || op.Kind != interleave.Check || op.Site.Function != c.fn {
			continue
		}
		end, raises := ending(check.Body).(*python.Raise)
		if !raises || c.wait != "" && c.asksRows(end) || strings.Contains(c.f.Text(end), " from ") || spansLines(c.f, end) || slices.ContainsFunc(out, func(k refusedKey) bool { return k.node == python.Stmt(end) }) {
			continue
		}
		for _, d := range op.From {
			if column := c.keyLookedFor(c.r.Op(d)); column != "" {
				out = append(out, refusedKey{column, dedented(c.f, end), end})
				break
			}
		}
	}
	return out
}

// keyLookedFor is a column of the unique key of the table that a read looks for, "" where it looks for none.
func (c *conflict) keyLookedFor(read *effects.Op) string {
	if read.Kind != interleave.Read || read.Res.Name != c.r.Resource() {
		return ""
	}
	for _, k := range c.keys {
		if k.Primary || len(k.Columns) == 0 {
			continue
		}
		all := !slices.ContainsFunc(k.Columns, func(column string) bool {
			return !slices.ContainsFunc(read.Res.Where, func(w interleave.Cond) bool { return w.Column == column || effects.FoldedColumn(w.Column) == column })
		})
		if all {
			return k.Columns[len(k.Columns)-1]
		}
	}
	return ""
}

// unaskedKeys are the columns of the unique keys that the new row has and that nobody looked for.
func (c *conflict) unaskedKeys(looked []refusedKey) (out []string) {
	set := c.r.Op(c.r.Act).Set
	for _, k := range c.keys {
		given := len(k.Columns) > 0 && !slices.ContainsFunc(k.Columns, func(column string) bool {
			return !slices.ContainsFunc(set, func(s interleave.Assignment) bool { return s.Column == column || s.Column == "*" })
		})
		if !k.Primary && given && !slices.ContainsFunc(looked, func(l refusedKey) bool { return slices.Contains(k.Columns, l.column) }) {
			out = append(out, k.Columns...)
		}
	}
	return out
}

// distinct tells whether no column is part of another name that may stand in the message.
func distinct(looked []refusedKey, names []string) bool {
	for i, k := range looked {
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, k.column) }) {
			return false
		}
		for j, other := range looked {
			if i != j && strings.Contains(other.column, k.column) {
				return false
			}
		}
	}
	return true
}
