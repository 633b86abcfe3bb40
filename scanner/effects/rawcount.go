package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/sql"
)

// What SQL that is written out counts: rows of a joined table, in a sub-query of the select list, or in a common table expression.

// ofCounted is a SELECT that counts or adds up rows of a table which is joined to the first one, as one of that table: in SELECT w.places - count(s.id)
// FROM workshops w LEFT JOIN signups s ON s.workshop_id = w.id WHERE w.id = $1 what counts are the signups of the workshop $1.
func ofCounted(st *sql.Statement) *sql.Statement {
	if st.Verb != sql.Select || st.Aggregate != sql.Count && st.Aggregate != sql.Sum || len(st.Tables) < 2 || st.AggregateTable == "" {
		return st
	}
	at := slices.IndexFunc(st.Tables, func(t sql.Table) bool { return goesBy(t, st.AggregateTable) })
	if at < 0 || st.Tables[at].Role != sql.From {
		return st
	}
	counted, out := st.Tables[at], *st
	counted.Role = sql.Target
	out.Tables = slices.Concat([]sql.Table{counted}, st.Tables[:at], st.Tables[at+1:])
	for i := range out.Tables[1:] {
		if out.Tables[i+1].Role == sql.Target {
			out.Tables[i+1].Role = sql.From
		}
	}
	out.Where = condsOf(st.Where, st, counted)
	return &out
}

// condsOf are conditions as those of one table alone, within a statement.
func condsOf(where []sql.Cond, st *sql.Statement, table sql.Table) []sql.Cond {
	var out []sql.Cond
	for _, c := range where {
		out = append(out, joinedOf(st, c, table))
	}
	return out
}

// countedApart is a SELECT of columns beside a number that is counted in a joined table, as if a sub-query counted it.
func countedApart(st *sql.Statement) *sql.Statement {
	counted := ofCounted(st)
	if counted == st || len(st.Columns) < 2 || st.AggregateName == "" || st.Reckoned {
		return st
	}
	out := *st
	out.Aggregate, out.AggregateColumn, out.AggregateTable = sql.NoAggregate, "", ""
	out.Counted = append(slices.Clip(st.Counted), sql.Item{Name: st.AggregateName, Sub: counted, Alone: true})
	return &out
}

func goesBy(t sql.Table, name string) bool { return name == t.Alias || t.Alias == "" && name == t.Name }

// joinedOf is the condition by which two tables are joined as one of the one table alone, where a further condition tells what the other one holds there.
func joinedOf(st *sql.Statement, c sql.Cond, table sql.Table) sql.Cond {
	if c.Op != "=" || c.Value.Kind != sql.Column {
		return c
	}
	other, column, ok := strings.Cut(c.Value.Text, ".")
	if !ok {
		return c
	}
	if goesBy(table, other) { // workshops.id = signups.workshop_id
		c.Table, c.Column, other, column = other, column, c.Table, c.Column
		c.Value.Text = other + "." + column
	}
	for _, d := range st.Where {
		if d.Op == "=" && d.Table == other && d.Column == column && d.Value.Kind != sql.Column && d.Expr == "" {
			c.Value = d.Value
		}
	}
	return c
}

// countedItems reads what sub-queries of the select list count, and returns the items that are made of it.
func (b *binding) countedItems(w *World, sess *Value, st *sql.Statement, q *Query, key string) []*Value {
	var out []*Value
	for _, item := range st.Counted {
		sub := *item.Sub
		if len(sub.Tables) > 0 {
			sub.Where = condsOf(sub.Where, st, sub.Tables[0])
		}
		b.depth++
		part := b.query(w, &sub)
		b.depth--
		if part == nil || q.Aggregate != interleave.Rows {
			continue
		}
		i := readPart(w, sess, q, part, key)
		v := Opaque(aggregateName(part.Aggregate)+"("+part.TableName+")", Dep(i))
		v.Name = item.Name
		if item.Alone {
			v.Src = int32(i + 1)
		} else {
			v.Sym = item.Text // which way it turns when a row comes is not told
		}
		out = append(out, v)
	}
	return out
}

// withItems is a row that has further items, or nothing but one that is reckoned with what it holds.
func withItems(row *Value, items []*Value, only bool) *Value {
	switch {
	case len(items) == 0 || row.Kind != Sequence:
	case only:
		row.Items = []*Value{items[0].Depending(row.Deps)}
	default:
		row.Items = append(row.Items, items...)
	}
	return row
}

// byName are further items of a row that is selected as a whole: what is made of its columns is not made of them.
func byName(items []*Value) map[string]*Value {
	var out map[string]*Value
	for _, v := range items {
		if v.Name != "" {
			if out == nil {
				out = map[string]*Value{}
			}
			out[v.Name] = v
		}
	}
	return out
}

// withoutCommon takes out of the SELECT behind an INSERT the common table expressions that count, and gives the insert what is asked of them as
// conditions with a sub-query: INSERT … SELECT … FROM used WHERE used.n < 5.
func (b *binding) withoutCommon(w *World, q *Query, src *sql.Statement) *sql.Statement {
	common, counted := map[string]*sql.Statement{}, []*sql.Statement(nil)
	out := *src
	out.Tables = slices.DeleteFunc(slices.Clone(src.Tables), func(t sql.Table) bool {
		sub := b.named(t.Name)
		if t.Role != sql.CommonSub || sub == nil || sub.Aggregate != sql.Count && sub.Aggregate != sql.Sum {
			return false
		}
		common[t.Name], counted = sub, append(counted, sub)
		if t.Alias != "" {
			common[t.Alias] = sub
		}
		return true
	})
	if len(common) == 0 {
		return src
	}
	alone := len(out.Tables) == 0 || out.Tables[0].Role == sql.SubQuery
	if alone {
		out.Tables = nil
	}
	out.Where = nil
	for _, c := range src.Where {
		sub := common[c.Table]
		if c.Table == "" && alone && len(counted) == 1 {
			sub = counted[0]
		}
		column := ""
		if of, _, ok := strings.Cut(c.Value.Text, "."); ok && c.Value.Kind == sql.Column && common[of] != nil {
			sub, column = common[of], c.Column
		}
		if sub == nil {
			out.Where = append(out.Where, c)
			continue
		}
		q.Where = append(q.Where, Condition{Column: column, Table: q.Table, Op: c.Op, Value: b.operand(c.Value), SubQuery: true, Sub: b.query(w, sub)})
	}
	return &out
}
