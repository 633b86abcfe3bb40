package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// By what a row was looked for before one was inserted.

// Named are the columns by which a finding calls what races: those that are contested, without the marks that every row that counts has
// in common. None where more was asked than the columns of the table.
func (r *Race) Named() []string {
	cols := r.Contested()
	if r.Relation != SetInsert {
		if r.Relation == SameRow && r.TakenByBoth() && takesRow(r.Op(r.Act)) {
			return nil // the row itself
		}
		return cols
	}
	read := r.Op(r.Read)
	if len(read.Rare().Elsewhere) > 0 {
		return nil
	}
	own := slices.DeleteFunc(slices.Clone(cols), func(col string) bool {
		return slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
			return c.Column == col && c.Op == "=" && (c.Value == "True" || c.Value == "False" || c.Value == "None")
		})
	})
	if len(own) == 0 {
		return cols
	}
	return own
}

// NamelessTable tells whether the name of the table is not known but put together when the request runs.
func (r *Race) NamelessTable() bool {
	read := r.Op(r.Read)
	return read.Res.Store == interleave.Table && (r.Table == nil || len(r.Table.Columns) == 0) && strings.ContainsRune(read.Res.Name, '{')
}

// AsksUnknown tells whether a row was looked for by something that stands in another table, or of which the column is not known, while
// there is a unique key that may cover it: of an unknown column one over what the row is given as the value that was asked for.
func (r *Race) AsksUnknown() bool {
	read := r.Op(r.Read)
	if r.Relation != SetInsert || read.Res.Store != interleave.Table || read.Res.Aggregate != interleave.Rows {
		return false
	}
	if len(read.Rare().Elsewhere) > 0 && slices.ContainsFunc(append(slices.Clone(read.Rare().Elsewhere), r.Table), func(t *schema.Table) bool { return len(furtherKeys(t)) > 0 }) {
		return true
	}
	if len(read.Res.Where) == 0 && slices.ContainsFunc(furtherKeys(r.Table), func(k schema.UniqueKey) bool { return givesAll(r.Op(r.Act).Set, k.Columns) }) {
		return true // of any row at all, where a key keeps apart those that are meant
	}
	if asked := whereColumns(read.Res.Where); slices.Contains(asked, "") && r.keyOfUnknown(asked) {
		return true
	}
	return slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Column == "" && c.Op == "?" && !c.SubQuery && slices.ContainsFunc(furtherKeys(r.Table), func(k schema.UniqueKey) bool {
			return slices.ContainsFunc(r.Op(r.Act).Set, func(a interleave.Assignment) bool {
				return a.Value != "" && slices.Contains(k.Columns, a.Column) && strings.HasSuffix(c.Value, "="+a.Value)
			})
		})
	})
}

// keyOfUnknown tells whether the new row gets a value in a column of which the name is not known, and there is a unique key over what is known
// of the look and as many columns as there are unknown ones in it: **{left.key: left_id}, where the look was for left == left_id.
func (r *Race) keyOfUnknown(asked []string) bool {
	known := slices.DeleteFunc(slices.Clone(asked), func(c string) bool { return c == "" })
	if _, spread := assigned(r.Op(r.Act).Set, "*"); !spread {
		return false
	}
	return slices.ContainsFunc(furtherKeys(r.Table), func(k schema.UniqueKey) bool {
		return len(k.Columns) == len(asked) && !slices.ContainsFunc(known, func(c string) bool { return !slices.Contains(k.Columns, c) })
	})
}

// givesAll tells whether a new row is given a value in each of the columns.
func givesAll(set []interleave.Assignment, columns []string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool {
		v, ok := assigned(set, c)
		return !ok || v == "" || v == "None"
	})
}

// AsksWhich tells whether all that is asked about the rows that are looked for is what one of them holds, and neither whether there is one
// nor how many there are: what would be too much of them is not known.
func (r *Race) AsksWhich() bool {
	asked := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			return false
		}
		if r.impliesRow(c) {
			continue // there must be one for it to hold anything
		}
		for _, u := range p.Uses {
			if u.Left == nil || !r.About(u.Left) {
				continue
			}
			if u.Op != "=" && u.Op != "in" && u.Op != "!=" || r.isTally(u.Left) {
				return false // `count() == 0` asks whether there is one
			}
			asked = true
		}
	}
	return asked
}

// KeptElsewhere tells whether a row is looked for in a table that the project does not declare and reaches only by PostgREST: who keeps a
// database so keeps its tables there as well, with whatever unique keys they have.
func (r *Race) KeptElsewhere() bool {
	read := r.Op(r.Read)
	return r.Relation == SetInsert && read.Rare().Driver == effects.PostgREST && read.Res.Aggregate == interleave.Rows && (r.Table == nil || len(r.Table.Columns) == 0)
}

// furtherKeys are the unique keys of a table beside the number of its rows.
func furtherKeys(t *schema.Table) []schema.UniqueKey {
	if t == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Unique), func(k schema.UniqueKey) bool { return k.Primary && len(k.Columns) == 1 })
}
