package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// askedOf keeps of the decisions that look at nothing of the world what is asked later: with which literals a value is compared that is
// stored somewhere. A trace lives until all are judged, and a value keeps the objects of its request and all that they hold.
func (in *interp) askedOf() map[int]*effects.Pred {
	stored := map[string]bool{}
	for i := range in.Ops {
		for _, a := range in.Ops[i].Set {
			stored[a.Value] = true
		}
	}
	delete(stored, "")
	var out map[int]*effects.Pred
	for check, p := range in.asked {
		if !slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool { return u.Left != nil && stored[u.Left.Sym] }) {
			continue
		}
		if p = asks(p, stored); p != nil {
			if out == nil {
				out = map[int]*effects.Pred{}
			}
			out[check] = p
		}
	}
	return out
}

// asks keeps of a condition the comparisons of stored values with literals, nil when there is none.
func asks(p *effects.Pred, stored map[string]bool) *effects.Pred {
	out, any := &effects.Pred{Or: p.Or, Uses: make([]effects.PredUse, len(p.Uses))}, false
	for i, u := range p.Uses {
		out.Uses[i] = effects.PredUse{Op: u.Op, Within: u.Within}
		if u.Left == nil || u.Right == nil || !stored[u.Left.Sym] {
			continue
		}
		if right := literal(u.Right); right != nil {
			out.Uses[i].Left, out.Uses[i].Right, any = &value{Sym: u.Left.Sym}, right, true
		}
	}
	if !any {
		return nil
	}
	return out
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
