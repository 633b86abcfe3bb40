package race

import (
	"slices"
	"strings"
	"unicode"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Rows that are there from the beginning: whoever finds a table empty puts the same ones into it.

// setsUpSame tells whether a row that is made because its table is empty has a key that the program says: whoever else finds the table empty
// makes a row of the same key, and is refused.
func (r *Race) setsUpSame() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if len(read.Res.Where) > 0 || read.Res.Key != "" || read.Res.Aggregate == interleave.Sum || !r.OnlyIfMissing() {
		return false
	}
	return slices.ContainsFunc(act.Unique, func(key []string) bool {
		return len(key) > 0 && !slices.ContainsFunc(key, func(column string) bool {
			v, ok := assigned(act.Set, column)
			return !ok || v == "None" || !isConstant(v) && !r.saidByProgram(v)
		})
	})
}

// saidByProgram tells whether a value is part of a constant of a module.
func (r *Race) saidByProgram(value string) bool {
	if strings.ContainsAny(value, "[(#{") || r.Trace.Mentions(value) {
		return false
	}
	return slices.ContainsFunc(effects.Names(value), func(name string) bool {
		return len(name) > 1 && !strings.ContainsFunc(name, unicode.IsLower) && strings.ContainsFunc(name, unicode.IsLetter)
	})
}
