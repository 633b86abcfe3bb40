package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// spread gives as many arguments for `*values`, of which nobody knows how many they are, as the function has parameters for: in
// move(*MOVES[action], order_id) of move(before, after, order_id) they are two.
func spread(fn *program.Function, args []*value, kw []effects.Keyword) []*value {
	at := slices.IndexFunc(args, isSpread)
	if at < 0 || args[at].Elem == nil || slices.ContainsFunc(args[at+1:], isSpread) {
		return args
	}
	n := 1 - len(args)
	for _, p := range fn.Params {
		switch p.Kind {
		case program.PositionalOnly, program.PositionalOrKeyword:
			if slices.ContainsFunc(kw, func(k effects.Keyword) bool { return k.Name == p.Name }) {
				continue
			}
			if p.Default != nil {
				return args // it may have been given, or not
			}
			n++
		case program.VarPositional:
			return args
		}
	}
	if n < 0 || n > 16 {
		return args
	}
	given := make([]*value, n)
	for i := range given {
		given[i] = nth(args[at].Elem, i)
	}
	return slices.Concat(args[:at], given, args[at+1:])
}

func isSpread(v *value) bool { return v.Kind == effects.Sequence && v.Name == "*" }

// nth is one of the values of which an element is any.
func nth(elem *value, i int) *value {
	of, ok := strings.CutSuffix(elem.Sym, "[]")
	if !ok || elem.Kind != effects.Unknown {
		return elem
	}
	return effects.Opaque(of+"["+strconv.Itoa(i)+"]", elem.AllDeps())
}
