package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// foundBy tells whether a column of a row shows the value by which the row was looked for: whether it differs needs no decision then, and
// what would be done if it did is never done. A row that was loaded once more, or given another value, may show another one; and a state
// that is asked for once more is meant as a guard, however vain.
func (in *interp) foundBy(column, other *value) bool {
	if column.Made || column.Src == 0 || column.SrcCol == "" || other.Sym == "" || other.Kind == effects.Const || int(column.Src) > len(in.Ops) {
		return false
	}
	use := &in.Ops[column.Src-1]
	if use.Kind != interleave.Attr || use.Obj == 0 || use.Res.Store != interleave.Table {
		return false
	}
	name, load := effects.AssignedColumn(use.Table, column.SrcCol), -1
	for i := range in.Ops[:column.Src-1] {
		switch op := &in.Ops[i]; op.Kind {
		case interleave.Read, interleave.Refresh:
			if op.Obj != use.Obj {
				continue
			}
			if load >= 0 {
				return false
			}
			load = i
		case interleave.Assign, interleave.Update:
			if load >= 0 && (op.Obj == use.Obj || op.Obj == 0 && op.Res.Name == use.Res.Name) && slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Column == name || a.Column == "*" }) {
				return false
			}
		case interleave.Commit, interleave.Rollback, interleave.Expire:
			if load >= 0 && (op.Obj == use.Obj || op.Obj == 0 && op.Session == use.Session) {
				return false
			}
		}
	}
	return load >= 0 && slices.ContainsFunc(in.Ops[load].Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.SubQuery && c.Column == name && c.Value == other.Sym
	})
}
