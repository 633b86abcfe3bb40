package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// `if row.name != body.name: row.name = body.name` decides nothing: with the condition or without it the row holds body.name in
// the end. Such a condition only spares a write, and an old answer to it changes nothing.

// sparesWrite tells whether the decision at c only keeps the act from storing what is there already. The other arm must go on, or
// return as if the value had been stored.
func sparesWrite(t *flow.Trace, c *effects.Ctx, act int) bool {
	if c.Check < 0 || c.Leaves == effects.Raises || c.Leaves == effects.LeavesLoop {
		return false
	}
	a := &t.Ops[act]
	if a.Kind != interleave.Assign && a.Kind != interleave.Update || len(a.Set) == 0 {
		return false
	}
	p := t.Ops[c.Check].Pred
	if p == nil {
		return false
	}
	if fillsEmpty(t, c.Check, a) {
		return true
	}
	either := p.Or == (c.Arm == 1) // one of the terms is enough
	compared := false
	for _, u := range p.Uses {
		if !ofWorld(u.Left) && !ofWorld(u.Right) {
			continue // about the request: the same for everybody
		}
		if asksForNew(u, a) {
			continue // whether there is anything to store, wherever it comes from
		}
		among := either && len(p.Uses) > 1
		if u.Op == "?" && u.Within != "" && c.Arm == 1 && !p.Or {
			u.Op, among = u.Within, true // `asked and (row.email is None or row.email != new)`
		}
		if among && emptiness(u, c.Arm) {
			continue // `row.email is None or row.email != new`: to hold nothing is one way to differ
		}
		if !differsFromStored(t, u, c.Arm, a) {
			return false
		}
		compared = true
	}
	return compared && (c.Leaves == effects.Stays || !constantSet(a.Set))
}

// ofEach tells whether a value is what was kept of several rows, or what stands in a column of each of them.
func ofEach(t *flow.Trace, v *effects.Value) bool {
	if v.Kind == effects.Sequence {
		return true
	}
	read := int(v.Src) - 1
	return read >= 0 && t.Ops[read].Kind == interleave.Attr && strings.HasPrefix(t.Ops[read].Res.Key, effects.EachOf)
}

// fillsEmpty tells whether a decision only asks whether there are rows of which a column holds nothing, and the write gives that column of
// each what is made of the row itself: whoever finds none has nothing to do, and whoever comes second does the same again.
func fillsEmpty(t *flow.Trace, check int, a *effects.Op) bool {
	p := t.Ops[check].Pred
	if len(p.Uses) != 1 || p.Uses[0].Right != nil || p.Uses[0].Left == nil || !ofEach(t, p.Uses[0].Left) || len(a.From) == 0 {
		return false
	}
	for _, f := range a.From {
		if !madeOfTable(t, f, a.Res.Name) {
			return false
		}
	}
	asked := false
	for _, f := range t.Ops[check].From {
		if op := &t.Ops[f]; op.Kind == interleave.Attr {
			asked = true
			if !slices.ContainsFunc(a.Set, func(s interleave.Assignment) bool {
				return slices.Contains(op.Res.Columns, s.Column) && !isConstant(s.Value)
			}) {
				return false
			}
		}
	}
	return asked
}

// madeOfTable tells whether a value is made of rows of a table alone, be it by asking somebody outside.
func madeOfTable(t *flow.Trace, f int, table string) bool {
	op := &t.Ops[f]
	if op.Kind == interleave.Effect {
		return len(op.From) > 0 && !slices.ContainsFunc(op.From, func(g int) bool { return t.Ops[g].Kind == interleave.Effect || !madeOfTable(t, g, table) })
	}
	return (op.Kind == interleave.Attr || op.Kind == interleave.Read) && op.Res.Store == interleave.Table && op.Res.Name == table
}

// asksForNew tells whether a term asks if there is a value to store.
func asksForNew(u effects.PredUse, a *effects.Op) bool {
	if u.Op != "exists" && u.Op != "not exists" && u.Op != "true" && u.Op != "false" || u.Left == nil || u.Left.Src != 0 || u.Left.Sym == "" {
		return false
	}
	return slices.ContainsFunc(a.Set, func(s interleave.Assignment) bool {
		return s.Value == u.Left.Sym || s.Value != "" && u.Left.Kind == effects.Union && offers(u.Left, s.Value)
	})
}

// emptiness tells whether a term asks that a column holds nothing.
func emptiness(u effects.PredUse, arm int8) bool {
	op := u.Op
	if arm != 1 {
		op = effects.Opposite(op)
	}
	return op == "not exists" && u.Left != nil && u.Left.SrcCol != ""
}

func ofWorld(v *effects.Value) bool { return v != nil && (v.Src != 0 || len(v.Deps) > 0) }

// differsFromStored tells whether the arm is taken when the row's column differs from what the act stores in it.
func differsFromStored(t *flow.Trace, u effects.PredUse, arm int8, a *effects.Op) bool {
	op := u.Op
	if arm != 1 {
		op = effects.Opposite(op)
	}
	for _, side := range [2][2]*effects.Value{{u.Left, u.Right}, {u.Right, u.Left}} {
		col, other := side[0], side[1]
		name := columnOf(t, col, a)
		if name == "" {
			continue
		}
		stored, ok := assigned(a.Set, name)
		if !ok || stored == "" {
			continue
		}
		switch op {
		case "!=":
			return other != nil && offers(other, stored) // also when it was computed from what the row held: that is told of the write
		case "=":
			return other != nil && other.Sym == "False" && stored == "True" || other != nil && other.Sym == "True" && stored == "False"
		case "false":
			return stored == "True"
		case "true":
			return stored == "False"
		case "exists":
			return stored == "None"
		}
	}
	return false
}

// offers tells whether a value is what is stored, or came by several ways of which one stores this.
func offers(v *effects.Value, stored string) bool {
	if folded(v.Sym) == stored {
		return true
	}
	return v.Kind == effects.Union && slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return it != nil && folded(it.Sym) == stored })
}

// columnOf returns the column of the act's row that a value is, also in one case of letters: `row.email.lower()`.
func columnOf(t *flow.Trace, v *effects.Value, a *effects.Op) string {
	if v == nil {
		return ""
	}
	if v.Src != 0 && v.SrcCol != "" && sameRow(&t.Ops[v.Src-1], a) {
		return v.SrcCol
	}
	for _, d := range v.Deps.Ints() {
		if op := &t.Ops[d]; op.Kind == interleave.Attr && len(op.Res.Columns) == 1 && sameRow(op, a) && strings.HasSuffix(folded(v.Sym), "."+op.Res.Columns[0]) {
			return op.Res.Columns[0]
		}
	}
	return ""
}

// folded strips what compares texts regardless of case and blanks.
func folded(sym string) string {
	for _, call := range [...]string{".lower()", ".upper()", ".casefold()", ".strip()", ".lower()"} {
		sym = strings.TrimSuffix(sym, call)
	}
	return sym
}

func sameRow(read, act *effects.Op) bool {
	return read.Res.Name == act.Res.Name && (read.Obj != 0 && read.Obj == act.Obj || read.Res.Key != "" && read.Res.Key == act.Res.Key)
}

// constantSet tells whether nothing that is stored comes from what was read: constants, and the keys of rows that the request adds.
func constantSet(set []interleave.Assignment) bool {
	for _, a := range set {
		if !isConstant(a.Value) && !(strings.HasPrefix(a.Value, "new ") && strings.Contains(a.Value, "#")) {
			return false
		}
	}
	return true
}
