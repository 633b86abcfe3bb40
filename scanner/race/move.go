package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A row that is moved into a set which was found empty: a booking to hours in which nobody else has the room. It is no insert, and nothing
// leaves: two requests each find the place free, and each moves a row of its own there.

// MovesIn tells whether the act moves its row into the set that was found empty, to a time or to a place that one row only is to have.
func (r *Race) MovesIn() bool {
	into, _ := r.movesWhereNone()
	return into
}

// MovesOnto tells whether it does, and a key of the table keeps a second one out.
func (r *Race) MovesOnto() bool {
	into, kept := r.movesWhereNone()
	return into && kept
}

// movesWhereNone tells whether the act moves its row into the set that was found empty, and whether a key keeps a second one out.
func (r *Race) movesWhereNone() (into, kept bool) {
	read := r.Op(r.Read)
	if r.Relation != SetLeave || read.Res.Store != interleave.Table || r.Table == nil || len(r.Table.Exclusions) > 0 || !r.wantsFew() {
		return false, false
	}
	set := r.moved()
	if !r.asksOthers() && !(getsLookedFor(set, read.Res.Where) && r.asksNone()) {
		return false, false
	}
	var begins, ends, equal bool
	var cols []string
	for _, c := range read.Res.Where {
		v, ok := assigned(set, c.Column)
		if c.Op == "=" {
			cols = append(cols, c.Column)
		}
		if !ok || c.SubQuery || v == "" || isConstant(v) || v == "now" || strings.HasPrefix(v, read.Res.Name+"[") && strings.HasSuffix(v, "]."+c.Column) {
			continue // or it stays where it is
		}
		switch c.Op {
		case "<", "<=":
			ends = true
		case ">", ">=":
			begins = true
		case "=":
			same := v == c.Value || strings.HasSuffix(v, "["+c.Value+"].id") // room.id, of the room that was got by what was asked for
			equal = equal || same && !r.isOwn(c.Column)
		}
	}
	_, kept = r.Table.UniqueWhere(cols, nil)
	return begins && ends || equal, kept
}

// asksNone tells whether the act happens where there is none at all, and not where there are few.
func (r *Race) asksNone() bool {
	if r.FindsNothing() {
		return true
	}
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check < 0 || r.Op(c.Check).Pred == nil {
			continue
		}
		if slices.ContainsFunc(r.Op(c.Check).Pred.Uses, func(u effects.PredUse) bool {
			op := u.On(c.Arm)
			return r.looksAt(u.Left) && (op == "=" || op == "<=") && isNone("=", u.Right)
		}) {
			return true
		}
	}
	return false
}

// asksOthers tells whether the row itself is left out of what was looked for: it is there already, and may be moved within its own hours.
func (r *Race) asksOthers() bool {
	return slices.ContainsFunc(r.Op(r.Read).Res.Where, func(c interleave.Cond) bool {
		return c.Op == "!=" && !isConstant(c.Value) && r.namesRow(c.Column)
	})
}

// moved is all that the request writes to the row of the act.
func (r *Race) moved() []interleave.Assignment {
	act := r.Op(r.Act)
	if act.Kind != interleave.Assign || act.Obj == 0 {
		if act.Kind == interleave.Update {
			return act.Set
		}
		return nil
	}
	var set []interleave.Assignment
	for i := range r.Trace.Ops {
		if op := r.Op(i); op.Kind == interleave.Assign && op.Obj == act.Obj {
			set = append(set, op.Set...)
		}
	}
	return set
}

// movedBy are the columns by which the row is moved.
func (r *Race) movedBy() (out []string) {
	set := r.moved()
	for _, c := range r.Op(r.Read).Res.Where {
		if _, ok := assigned(set, c.Column); ok && !slices.Contains(out, c.Column) {
			out = append(out, c.Column)
		}
	}
	return out
}

// Renames tells whether the row gets a name that no other one was found to have: it is called what one only is to be called.
func (r *Race) Renames() bool {
	return r.MovesIn() && slices.ContainsFunc(r.movedBy(), func(c string) bool { return !r.isPlace(c) })
}

// isOwn tells whether a column is the key of the row, or none of its table.
func (r *Race) isOwn(column string) bool {
	c := r.Table.Column(column)
	return c == nil || c.Primary
}

// isPlace tells whether a column holds what a row is at, as a slot or a day, and not how it is called.
func (r *Race) isPlace(column string) bool {
	if r.isOwn(column) {
		return false
	}
	c := r.Table.Column(column)
	kind := strings.ToLower(c.Type)
	return c.Target != "" || strings.Contains(kind, "date") || strings.Contains(kind, "time")
}

// isNone tells whether a comparison of the set holds of no row at all.
func isNone(op string, bound *effects.Value) bool {
	return op == "=" && bound != nil && bound.Kind == effects.Const && bound.Sym == "0"
}
