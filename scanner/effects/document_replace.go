package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A document that is stored whole in the place of another, and what the condition under which that is done asks of the old one.

// replaces tells whether a command stores a whole document in the place of another.
func replaces(c *Call) bool { return c.Name == "replace_one" || c.Name == "find_one_and_replace" }

// renewExpected makes a document that replaces another, and is built where nobody sees how, one with other values in the fields that were
// asked to be as they were read: such a condition is made for a version which each write moves on.
func renewExpected(op *Op) {
	if !slices.ContainsFunc(op.Set, func(a interleave.Assignment) bool { return a.Column == "*" }) {
		return
	}
	for _, c := range op.Res.Where {
		if c.Op == "=" && strings.HasPrefix(c.Value, op.Res.Name+"[") {
			op.Set = append(op.Set, interleave.Assignment{Column: c.Column, Value: "next " + c.Value})
		}
	}
}

// movesExpected notes what a document that replaces another holds in the fields of which the condition asks for something: it may be what makes
// the condition false.
func movesExpected(op *Op, by *Value) {
	if by == nil || by.Pick(Mapping) == nil {
		return
	}
	for _, p := range by.Pick(Mapping).Pairs {
		if p.Key == nil || p.Value == nil || p.Value.Kind != Const {
			continue
		}
		if name, ok := p.Key.Str(); ok && slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool { return c.Column == name && c.Op == "=" }) {
			op.Set = append(op.Set, interleave.Assignment{Column: name, Value: p.Value.Sym})
		}
	}
}
