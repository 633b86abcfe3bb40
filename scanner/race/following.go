package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// following returns the columns in which two new rows agree if they agree in what was looked for: they are given what was asked for itself,
// by which the row was found that the question is about, or a text that is made of nothing else, as the number of an order with a letter.
func (r *Race) following() []string {
	said := r.saidBy(r.Read)
	for _, f := range r.Op(r.Read).From {
		base := baseRead(r.Trace, f)
		if base < 0 || base >= r.Read || r.Op(base).Res.Store != interleave.Table || r.Op(base).Table == nil {
			continue
		}
		var by []string
		for _, c := range r.Op(base).Res.Where {
			if c.Op == "=" && !c.SubQuery {
				by = append(by, c.Column)
			}
		}
		if _, ok := r.Op(base).Table.UniqueWhere(by, nil); ok {
			said = append(said, r.saidBy(base)...) // one row has the key, and the key is of one row
		}
	}
	var out []string
	for _, a := range r.Op(r.Act).Set {
		if parts := holes(a.Value); len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool { return !slices.Contains(said, p) }) {
			out = append(out, a.Column)
		}
	}
	return out
}

// saidBy returns the values for which a read asks.
func (r *Race) saidBy(read int) []string {
	var out []string
	for _, c := range r.Op(read).Res.Where {
		if c.Op == "=" && !c.SubQuery && c.Value != "" && !isConstant(c.Value) {
			out = append(out, c.Value)
		}
	}
	return out
}
