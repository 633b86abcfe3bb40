package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What a conditional write takes: the columns of its condition that it makes false itself.

// claimed returns the columns of an update's condition that the update itself makes false: `SET used = true WHERE NOT used`.
func claimed(op *effects.Op) []string {
	var out []string
	for _, c := range op.Res.Where {
		v, ok := assigned(op.Set, c.Column)
		if !ok || c.SubQuery {
			continue
		}
		switch c.Op {
		case "=":
			ok = isConstant(c.Value) && v != c.Value && isConstant(v) || comparesOld(op, c) && v != c.Value && v != "None" || countsOn(op, c)
		case "!=":
			ok = isConstant(c.Value) && v == c.Value
		case "is null":
			ok = v != "None"
		case "is not null":
			ok = v == "None"
		case "<", "<=", ">", ">=":
			ok = relative(op.Set, c.Column) && !movesUp(op.Set, c) // an amount is taken if there is enough
		default:
			ok = false
		}
		if ok && !slices.Contains(out, c.Column) {
			out = append(out, c.Column)
		}
	}
	return out
}

// movesUp tells whether all rows from some place on are moved by a fixed step, to make room or to close a gap: what is asked of the column
// tells where that begins, and not whether there is enough of something. Who takes one of what there is asks for a number that is known, and
// who adds one for less than there may be.
func movesUp(set []interleave.Assignment, c interleave.Cond) bool {
	if c.Op != ">" && c.Op != ">=" {
		return false
	}
	return slices.ContainsFunc(set, func(a interleave.Assignment) bool {
		if a.Column != c.Column || !a.Relative {
			return false
		}
		at := strings.LastIndexAny(a.Value, "+-")
		number := strings.Trim(a.Value[at+1:], " )")
		if number == "" || strings.Trim(number, "0123456789.") != "" {
			return false
		}
		return at < 0 || a.Value[at] == '+' || !isConstant(c.Value)
	})
}

// comparesOld tells whether a condition asks that a column of a row named by its key still holds what it was read with: a version that
// is compared and set.
func comparesOld(op *effects.Op, c interleave.Cond) bool {
	return byKey(op) && !isConstant(c.Value) && strings.HasSuffix(c.Value, "."+c.Column)
}

// countsOn tells whether a write to one row steps on the very number that its condition asks for: `SET version = version + 1 WHERE
// version = :seen`.
func countsOn(op *effects.Op, c interleave.Cond) bool {
	return byKey(op) && !isConstant(c.Value) && relative(op.Set, c.Column)
}

func relative(set []interleave.Assignment, column string) bool {
	return slices.ContainsFunc(set, func(a interleave.Assignment) bool { return a.Column == column && a.Relative })
}
