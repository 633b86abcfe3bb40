package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// picked is what next() gives of the rows that a comprehension kept, where it kept those whose key somebody else named:
// `next((m for m in members if m.user_id == user_id), None)` is the row with that key, and not any of them. Nil otherwise.
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
		if by != nil && in.tellsRow(by, row.Obj) {
			column, by = by, column
		}
		if u.Op != "=" || column == nil || by == nil || !in.tellsRow(column, row.Obj) || by.Sym == "" || by.DerivesFrom(row.Obj.Load) {
			continue
		}
		key := by.Sym
		if len(row.Obj.Table.PrimaryKey()) > 1 || column.KeyOf() != row.Obj {
			parts := append(strings.Split(of, ","), column.SrcCol+"="+by.Sym)
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

// tellsRow tells whether a value tells one row from the others that were read with it: its key, or the number of what it stands for among them,
// as the user's among the members of a team.
func (in *interp) tellsRow(v *value, row *effects.Object) bool {
	if v.KeyOf() == row {
		return true
	}
	return v.Src > 0 && strings.HasSuffix(v.SrcCol, "_id") && in.Ops[v.Src-1].Kind == interleave.Attr && in.Ops[v.Src-1].Obj == row.ID
}
