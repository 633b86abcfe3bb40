package flow

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
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
		if by != nil && by.KeyOf() == row.Obj {
			column, by = by, column
		}
		if u.Op != "=" || column == nil || by == nil || column.KeyOf() != row.Obj || by.Sym == "" || by.DerivesFrom(row.Obj.Load) {
			continue
		}
		key := by.Sym
		if len(row.Obj.Table.PrimaryKey()) > 1 {
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
