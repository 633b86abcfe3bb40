package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// An update that changes no row has looked for one: `if not updated.rowcount: insert`. Where nothing was found there is nothing that
// it could have locked, so two requests both miss and both insert.

// missedBy returns the candidate of an insert that happens because an update of the same row found none, nil where it is none.
func missedBy(t *flow.Trace, update, check, insert int) *Race {
	u, act := &t.Ops[update], &t.Ops[insert]
	if u.Kind != interleave.Update || act.Kind != interleave.Insert && act.Kind != interleave.Add || u.Res.Store != interleave.Table || u.Res.Name != act.Res.Name {
		return nil
	}
	if act.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 || !insertsRow(act, u.Res) || !foundNone(t.Ops[check].Pred, update, armOf(act.Ctx, check)) {
		return nil
	}
	return &Race{Trace: t, Relation: SetInsert, Read: update, Act: insert, Acts: []int{insert}, Checks: []int{check}, Table: u.Table, Columns: whereColumns(u.Res.Where)}
}

// insertsRow tells whether a new row is the very one that an update names.
func insertsRow(insert *effects.Op, of interleave.Resource) bool {
	if len(of.Where) == 0 {
		return of.Key != "" && insertsKey(insert, of.Key)
	}
	return !slices.ContainsFunc(of.Where, func(c interleave.Cond) bool {
		v, ok := assigned(insert.Set, c.Column)
		return c.Op != "=" || c.SubQuery || !ok || v != c.Value
	})
}

// armOf returns on which arm of a decision something stands, -1 for none.
func armOf(ctx *effects.Ctx, check int) int8 {
	for c := ctx; c != nil; c = c.Up {
		if c.Check == check {
			return c.Arm
		}
	}
	return -1
}

// onOtherArm tells whether something stands under a decision, on another arm than the one given.
func onOtherArm(ctx, decision *effects.Ctx) bool {
	arm := armOf(ctx, decision.Check)
	return arm >= 0 && arm != decision.Arm
}

// foundNone tells whether a decision is on whether an update changed a row, and comes out on an arm only when it changed none.
func foundNone(p *effects.Pred, update int, arm int8) bool {
	if p == nil || arm < 0 || !p.Certain(arm) {
		return false
	}
	return slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		left, right, op := u.Left, u.Right, u.Op
		if arm == 0 {
			op = effects.Opposite(op)
		}
		if inner := answers(left); len(inner) == 1 && (op == "true" || op == "false") {
			left, right = inner[0].Left, inner[0].Right
			if op == "true" {
				op = inner[0].Op
			} else {
				op = effects.Opposite(inner[0].Op)
			}
		}
		if left == nil || int(left.Src)-1 != update {
			return false
		}
		switch op {
		case "false", "not exists":
			return true
		case "=", "<=":
			return right != nil && right.Sym == "0"
		case "<", "!=":
			return right != nil && right.Sym == "1"
		}
		return false
	})
}

// asLook makes the update that found no row into the look for one that it was, and the decision on it into one on whether there is one.
// In SQLite it is left a write: it takes the lock of the whole file, whether or not it changes a row.
func (r *Race) asLook(p *interleave.Program, t *flow.Trace, engine interleave.Engine) {
	if r.Relation != SetInsert || t != r.Trace || r.Op(r.Read).Kind != interleave.Update || engine.SQLite() {
		return
	}
	at := slices.IndexFunc(p.Ops, func(op interleave.Op) bool { return op.Tag == r.Read && op.Kind == interleave.Update })
	if at < 0 {
		return
	}
	look := &p.Ops[at]
	look.Kind, look.Set, look.Flags, look.Act = interleave.Read, nil, look.Flags&interleave.Contested, false
	if engine.LocksGaps() {
		look.Lock.Strength = interleave.ForUpdate
	}
	look.Res.Aggregate = interleave.Exists
	if len(look.Res.Where) > 0 {
		look.Res.Key = ""
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Kind != interleave.Check || !slices.Contains(r.Checks, op.Tag) {
			continue
		}
		op.Uses = slices.Clone(op.Uses)
		for j := range op.Uses {
			if u := &op.Uses[j]; u.From == at {
				u.Column, u.Value, u.Loose = "", "", false
				u.Op = map[bool]string{true: "exists", false: "not exists"}[u.Negated]
			}
		}
	}
}
