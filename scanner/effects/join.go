package effects

import (
	"slices"
)

// Values that may be one thing or another.

// Join returns a value that is one of the two.
func Join(a, b *Value) *Value {
	switch {
	case a == b || b == nil:
		return a
	case a == nil:
		return b
	case same(a, b):
		return a.Depending(b.Deps).looseAs(b)
	}
	var room [maxAlternatives]*Value
	items := addAlternatives(addAlternatives(room[:0], a), b)
	deps := a.Deps.With(b.Deps)
	if len(items) == 1 {
		return items[0].Depending(deps)
	}
	// Most have two: they lie beside the value, in the same allocation.
	u := &struct {
		value Value
		two   [2]*Value
	}{value: Value{Kind: Union, Deps: deps, Sym: symOf(items)}}
	u.value.Items = append(u.two[:0], items...)
	return &u.value
}

// maxAlternatives is how many things a value may be.
const maxAlternatives = 4

// addAlternatives adds to items, for which there is room, what v can be.
func addAlternatives(items []*Value, v *Value) []*Value {
	if v.Kind != Union {
		return addAlternative(items, v)
	}
	for _, it := range v.Items {
		items = addAlternative(items, it)
	}
	return items
}

func addAlternative(items []*Value, v *Value) []*Value {
	for i, it := range items {
		if same(it, v) {
			items[i] = it.looseAs(v)
			return items
		}
	}
	if len(items) == maxAlternatives {
		crowd(items, v)
		return items
	}
	return append(items, v)
}

// crowd keeps of a tuple for which there is no more room what each of its parts may be: a function that says (False, why) in many places
// and (True, None) in the end does not always say no.
func crowd(items []*Value, v *Value) {
	for i, it := range items {
		if v.Kind != Sequence || it.Kind != Sequence || it.Elem != nil || v.Elem != nil || len(it.Items) != len(v.Items) {
			continue
		}
		wide := *it
		wide.Deps, wide.Items = it.Deps.With(v.Deps), make([]*Value, len(it.Items))
		for n := range it.Items {
			wide.Items[n] = Join(it.Items[n], v.Items[n])
		}
		items[i] = &wide
		return
	}
}

// Both returns a value that two values are, nil when they are not the same object.
func Both(a, b *Value) *Value {
	if a.Kind != Entity && a.Kind != Instance || a.Obj == nil || !same(a, b) {
		return nil
	}
	return a.Depending(b.Deps)
}

// symOf spells alternatives by the first that has a spelling, and by what was just made only where nothing else has one: two
// requests can meet only on the row that was found. A constant stands for constants only: something or None is not None.
func symOf(items []*Value) string {
	var constant, made string
	others := false
	for _, it := range items {
		switch {
		case it.Kind != Const && it.Sym != "" && it.ofNewRow():
			if made == "" {
				made = it.Sym
			}
		case it.Kind != Const && it.Sym != "":
			return it.Sym
		case it.Kind != Const:
			others = true
		case constant == "":
			constant = it.Sym
		}
	}
	if made != "" {
		return made
	}
	if others {
		return ""
	}
	return constant
}

// spelledRow returns the row whose primary key a value is spelled as: of alternatives that of the one by which they are spelled.
func (v *Value) spelledRow() *Object {
	if v.Kind != Union {
		return v.KeyOf()
	}
	for _, it := range v.Items {
		if it.Sym == v.Sym {
			return it.KeyOf()
		}
	}
	return nil
}

// ofNewRow tells that a value is a row that was just made, or its key.
func (v *Value) ofNewRow() bool {
	return v.Kind == Entity && v.Obj.Fresh || v.KeyOf() != nil && v.KeyOf().Fresh
}

func same(a, b *Value) bool {
	if a.Kind != b.Kind || a.Sym != b.Sym || a.Obj != b.Obj || a.Query != b.Query || a.Name != b.Name || a.Col != b.Col || a.Pred != b.Pred {
		return false
	}
	switch a.Kind {
	case Const, Entity, Instance, ExtObject, Unknown:
		return a.KeyOf() == b.KeyOf()
	case ClassRef, FuncRef, ExtRef, ModuleRef:
		return a.Ref().Kind == b.Ref().Kind && a.Ref().Qual == b.Ref().Qual && a.Ref().Function == b.Ref().Function && a.Self == b.Self
	}
	return false
}

// Alternatives returns the values that v can be; v itself unless it is a union.
func (v *Value) Alternatives() []*Value {
	if v != nil && v.Kind == Union {
		return v.Items
	}
	return []*Value{v}
}

// Only returns what a value is where it is anything, of alternatives of which some are nothing; nil where it may be several things.
func (v *Value) Only(nothing func(*Value) bool) *Value {
	var one *Value
	for _, it := range v.Alternatives() {
		switch {
		case it == nil:
			return nil
		case nothing(it):
		case one != nil:
			return nil
		default:
			one = it
		}
	}
	return one
}

// Pick returns the first alternative of one of the kinds, or nil.
func (v *Value) Pick(kinds ...Kind) *Value {
	for _, it := range v.Alternatives() {
		if it != nil && slices.Contains(kinds, it.Kind) {
			if len(v.Deps) > 0 {
				return it.Depending(v.Deps)
			}
			return it
		}
	}
	return nil
}
