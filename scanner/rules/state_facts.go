package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask about states and amounts.

var stateWords = []string{"status", "state", "phase", "stage", "step"}

// isState tells whether a checked column holds a state: by its name, or because it is compared with a constant word, flag or time.
func isState(r *race.Race) bool {
	columns := r.Columns
	if r.Relation == race.SameRow && stepsOn(r) {
		columns = r.Contested() // which arm computes the new number is no state that the race is about, nor what else the row was asked to be
	}
	if mentions(columns, stateWords...) {
		return true
	}
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		for _, u := range p.Uses {
			if (comparesState(u) || marksNumber(r, u)) && !asksForRow(r, u) && u.Left != nil && (u.Left.SrcCol == "" || slices.Contains(columns, u.Left.SrcCol)) {
				return true
			}
		}
	}
	return false
}

// stepsOn tells whether a column is set to a number that is computed from its own old value.
func stepsOn(r *race.Race) bool {
	for _, a := range r.Acts {
		v := r.Op(a).Value
		for _, s := range r.Op(a).Set {
			if r.Derived && (strings.HasPrefix(s.Value, "(") && strings.Contains(s.Value, "]."+s.Column) || v != nil && v.Step() == s.Column) {
				return true
			}
		}
	}
	return false
}

// asksForRow tells whether a test for None asks whether there is a row: its column cannot be NULL.
func asksForRow(r *race.Race, u effects.PredUse) bool {
	if u.Op != "exists" && u.Op != "not exists" || u.Left == nil || r.Table == nil {
		return false
	}
	c := r.Table.Column(u.Left.SrcCol)
	return c != nil && (c.Primary || !c.Nullable)
}

func comparesState(u effects.PredUse) bool {
	switch u.Op {
	case "in", "not in":
		return u.Left != nil && u.Left.SrcCol != "" && allConstant(u.Right) // `"@" in row.email` asks how a text is spelled
	case "=", "!=":
		if u.Left != nil && (u.Left.Made || u.Left.SrcCol != "" && strings.HasSuffix(u.Left.Sym, "]")) {
			return false // how it is spelled is no state
		}
		for _, v := range []*effects.Value{u.Left, u.Right} {
			if v != nil && v.Kind == effects.Const && (v.Sym == "True" || v.Sym == "False" || strings.HasPrefix(v.Sym, "'")) {
				return true
			}
		}
	case "true", "false", "exists", "not exists":
		return u.Left != nil && u.Left.SrcCol != ""
	}
	return false
}

// marksNumber tells whether a column is compared with the very number that is then stored there: `if row.margin != 1: row.margin = 1`.
func marksNumber(r *race.Race, u effects.PredUse) bool {
	if u.Op != "=" && u.Op != "!=" || u.Left == nil || u.Right == nil || u.Left.Made || u.Left.SrcCol == "" || u.Right.Kind != effects.Const {
		return false
	}
	return slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool { return s.Column == u.Left.SrcCol && s.Value == u.Right.Sym })
	})
}

// allConstant tells whether a value is a display of literals.
func allConstant(v *effects.Value) bool {
	return v != nil && v.Kind == effects.Sequence && v.Elem == nil && len(v.Items) > 0 &&
		!slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return it.Kind != effects.Const })
}

// comparesOrder tells whether a check compares by size: a balance, a stock, a limit.
func comparesOrder(r *race.Race) bool {
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				switch u.Op {
				case "<", "<=", ">", ">=":
					return true
				}
			}
		}
	}
	return false
}

// comparesOrderOfRow tells whether a check compares something of the row by size, and not only what the request brings.
func comparesOrderOfRow(r *race.Race) bool { return comparesOrderOf(r, nil) }

// comparesOrderOf is that of some columns, nil for all.
func comparesOrderOf(r *race.Race, columns []string) bool {
	sized := func(v *effects.Value) bool { return ofRow(r, v) && (columns == nil || madeOf(r, v, columns)) }
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			switch u.Op {
			case "<", "<=", ">", ">=":
				return sized(u.Left) || sized(u.Right)
			}
			return false
		}) {
			return true
		}
	}
	return false
}

// madeOf tells whether a value is one of some columns, or reckoned from it.
func madeOf(r *race.Race, v *effects.Value, columns []string) bool {
	if v.SrcCol != "" {
		return slices.Contains(columns, v.SrcCol)
	}
	return slices.ContainsFunc(v.AllDeps(), func(d int32) bool {
		return slices.ContainsFunc(r.Op(int(d)).Res.Columns, func(c string) bool { return slices.Contains(columns, c) })
	})
}

// ofRow tells whether a value is something of the row, or reckoned from it: not how long a text is, and not what was read elsewhere by a
// request that had looked at the row before.
func ofRow(r *race.Race, v *effects.Value) bool {
	if v == nil || strings.HasPrefix(v.Sym, "len(") {
		return false
	}
	if v.Src != 0 && v.SrcCol != "" {
		return int(v.Src)-1 == r.Read || slices.Contains(r.Uses, int(v.Src)-1)
	}
	deps := v.AllDeps()
	return deps.Has(r.Read) || slices.ContainsFunc(r.Uses, deps.Has)
}

// comparesAmount tells whether a check compares by size and something else than times: how old a row is sets no limit to how many
// there are.
func comparesAmount(r *race.Race) bool { return comparesAmountOf(r, nil) }

// comparesAmountOf is that of some columns, nil for all.
func comparesAmountOf(r *race.Race, columns []string) bool {
	sized := func(v *effects.Value) bool {
		return v != nil && rests(r, v) && (columns == nil || v.SrcCol == "" || slices.Contains(columns, v.SrcCol))
	}
	return comparesSize(r, func(u effects.PredUse) bool { return sized(u.Left) || sized(u.Right) })
}

// comparesSize tells whether a check compares by size something else than times, of which something holds.
func comparesSize(r *race.Race, holds func(effects.PredUse) bool) bool {
	return slices.ContainsFunc(r.Checks, func(c int) bool {
		p := r.Op(c).Pred
		return p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			switch u.Op {
			case "<", "<=", ">", ">=":
				return !isTime(u.Left) && !isTime(u.Right) && holds(u)
			}
			return false
		})
	})
}

// ranks tells whether what a row holds is compared by its place among the states, `RANK[row.status] > RANK[status]`: there is no amount of it.
func ranks(r *race.Race) bool {
	ranked := false
	amount := comparesSize(r, func(u effects.PredUse) bool {
		state := ofState(r, u.Left) || ofState(r, u.Right)
		ranked = ranked || state
		return !state && (rests(r, u.Left) || rests(r, u.Right))
	})
	return ranked && !amount
}

// ofState tells whether a value is made of a column of the row that holds a word for a state, and of no other one.
func ofState(r *race.Race, v *effects.Value) bool {
	if v == nil || r.Table == nil || !ofRow(r, v) {
		return false
	}
	columns := strings.Split(v.Sym, "].")[1:] // what comes before is which row it is
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(text string) bool {
		name := text[:len(text)-len(strings.TrimLeft(text, letters))]
		c := r.Table.Column(name)
		return c == nil || !mentions([]string{name}, stateWords...) || mentions([]string{c.Type}, "int", "float", "numeric", "decimal", "money")
	})
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// isTime tells whether a value is a time: by the name of its column, or because it is the present.
func isTime(v *effects.Value) bool {
	return v != nil && (strings.HasSuffix(v.SrcCol, "_at") || strings.HasSuffix(strings.TrimRight(v.Sym, ")"), "_at") || v.Sym == "now")
}
