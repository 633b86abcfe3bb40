package effects

import (
	"cmp"
)

// Pred is what a boolean value says about other values: the leaves of a condition with their sense.
type Pred struct {
	Uses []PredUse
	// Or tells that the leaves are alternatives: none of them is certain when the whole is true.
	Or bool
}

// Asking returns what a value says that is one comparison: the leaf lies beside it, so that both are one allocation.
func Asking(u PredUse) *Pred {
	p := &struct {
		pred Pred
		leaf [1]PredUse
	}{leaf: [1]PredUse{u}}
	p.pred.Uses = p.leaf[:]
	return &p.pred
}

// PredUse is one leaf: Left Op Right.
type PredUse struct {
	Left  *Value
	Op    string // "=", "!=", "<", "<=", ">", ">=", "in", "not in", "exists", "not exists", "true", "false", "?"
	Right *Value
	// Within is the comparison of a leaf whose Op is "?" because it is one of several alternatives inside the condition.
	Within string
	// Of tells of how many that were gone through it holds, where it is not asked of one value.
	Of Quantifier
}

// Opposite is the leaf that holds when this one does not.
func (u PredUse) Opposite() PredUse {
	u.Op, u.Of = Opposite(u.Op), u.Of.Opposite()
	return u
}

// Quantifier is any() or all() over what is compared.
type Quantifier uint8

// Of how many a comparison holds.
const (
	One Quantifier = iota
	Some
	Every
)

// Opposite is the quantifier of the comparison that holds when this one does not.
func (q Quantifier) Opposite() Quantifier {
	switch q {
	case Some:
		return Every
	case Every:
		return Some
	}
	return q
}

// Leaves returns the leaves for a condition that joins p with others by or, or by and. Of a part that is joined the other way
// no leaf is certain, whatever the whole is.
func (p *Pred) Leaves(or bool) []PredUse {
	if len(p.Uses) < 2 || p.Or == or {
		return p.Uses
	}
	out := make([]PredUse, len(p.Uses))
	for i, u := range p.Uses {
		out[i] = PredUse{Left: u.Left, Op: "?", Right: u.Right, Within: cmp.Or(u.Within, u.Op), Of: u.Of}
	}
	return out
}

// On returns the relation that holds on an arm of the decision: its opposite where the leaf fails.
func (u PredUse) On(arm int8) string {
	if arm == 1 {
		return u.Op
	}
	return Opposite(u.Op)
}

// Certain tells whether every leaf holds (or fails, on the arm 0) on an arm of the decision.
func (p *Pred) Certain(arm int8) bool {
	return len(p.Uses) < 2 || p.Or == (arm == 0)
}
