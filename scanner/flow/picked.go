package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// picked is what next() gives of the rows that a comprehension kept, where it kept those that somebody else named by what stands in a column:
// `next((m for m in members if m.user_id == user_id), None)` is the row that has it there, and not any of them. Nil otherwise.
func (in *interp) picked(kept *value) *value {
	p, row := kept.Filter(), kept.Elem
	if p == nil || !p.Certain(1) || row == nil || row.Kind != effects.Entity || row.Obj.Table == nil || row.Obj.Load < 0 {
		return nil
	}
	of, each := strings.CutPrefix(row.Obj.Key, effects.EachOf)
	if !each {
		return nil
	}
	for _, u := range p.Uses {
		column, by := u.Left, u.Right
		if by != nil && in.ofRow(by, row.Obj) {
			column, by = by, column
		}
		if u.Op != "=" || column == nil || by == nil || !in.ofRow(column, row.Obj) || by.Sym == "" || by.Kind == effects.Const || by.DerivesFrom(row.Obj.Load) {
			continue
		}
		key := by.Sym
		if len(row.Obj.Table.PrimaryKey()) > 1 || column.KeyOf() != row.Obj {
			parts := strings.Split(of, ",")
			if where := in.Ops[row.Obj.Load].Res.Where; len(where) == 1 && where[0].Op == "=" && !strings.Contains(of, "=") {
				parts = []string{where[0].Column + "=" + where[0].Value} // those of a row that was found by its key
			}
			parts = append(parts, column.SrcCol+"="+by.Sym)
			slices.Sort(parts)
			key = strings.TrimPrefix(strings.Join(parts, ","), ",")
		}
		o, seen := in.Row(row.Obj.Session, row.Obj.Table, row.Obj.Table.Name, key)
		if !seen {
			read := in.Ops[row.Obj.Load] // which has read this row with the others, and locked it if it locks
			read.Res.Key, read.Res.Where, read.Obj, read.Object = key, nil, o.ID, o
			o.Load = in.Emit(read)
		}
		out := *row
		out.Obj, out.Sym = o, row.Obj.Table.Name+"["+key+"]"
		out.Deps, out.Src = effects.Dep(o.Load), int32(o.Load+1)
		return &out
	}
	return nil
}

// ofRow tells whether a value is the key of a row, or what stands in one of its columns: rows that are found by different values there are
// different rows.
func (in *interp) ofRow(v *value, row *effects.Object) bool {
	if v.KeyOf() == row {
		return true
	}
	return v.Src > 0 && v.SrcCol != "" && in.Ops[v.Src-1].Kind == interleave.Attr && in.Ops[v.Src-1].Obj == row.ID
}
