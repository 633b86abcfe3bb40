package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// asks keeps of a condition what is asked later: which names it compares with literals. A trace lives until all are judged, and a
// value keeps the objects of its request and all that they hold. It returns nil when nothing is compared with a literal.
func asks(p *effects.Pred) *effects.Pred {
	if !slices.ContainsFunc(p.Uses, comparesNamed) {
		return nil
	}
	out := &effects.Pred{Or: p.Or, Uses: make([]effects.PredUse, len(p.Uses))}
	for i, u := range p.Uses {
		out.Uses[i] = effects.PredUse{Op: u.Op, Within: u.Within}
		if comparesNamed(u) {
			out.Uses[i].Left, out.Uses[i].Right = &value{Sym: u.Left.Sym}, literal(u.Right)
		}
	}
	return out
}

func comparesNamed(u effects.PredUse) bool {
	return u.Left != nil && u.Left.Sym != "" && u.Right != nil && literal(u.Right) != nil
}

// literal returns a constant or a display of constants by itself, nil for any other value.
func literal(v *value) *value {
	switch {
	case v.Kind == effects.Const:
		return &value{Kind: v.Kind, Sym: v.Sym}
	case v.Kind == effects.Sequence && v.Elem == nil && len(v.Items) > 0:
		out := &value{Kind: v.Kind, Items: make([]*value, len(v.Items))}
		for i, it := range v.Items {
			if it == nil || it.Kind != effects.Const {
				return nil
			}
			out.Items[i] = &value{Kind: it.Kind, Sym: it.Sym}
		}
		return out
	}
	return nil
}
