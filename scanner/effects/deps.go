package effects

import (
	"slices"
)

// Deps is a set of operations, sorted.
type Deps []int32

// With returns the union of d and others.
func (d Deps) With(others ...Deps) Deps {
	out := d
	for _, o := range others {
		switch {
		case len(o) == 0:
		case len(out) == 0:
			out = o
		default:
			out = union(out, o)
		}
	}
	return out
}

// union is the set of both: one of the two where that holds the other, as it mostly does.
func union(a, b Deps) Deps {
	if len(a) < len(b) {
		a, b = b, a
	}
	missing := len(b) - common(a, b)
	if missing == 0 {
		return a
	}
	out := make(Deps, 0, len(a)+missing)
	i := 0
	for _, op := range b {
		for i < len(a) && a[i] < op {
			out = append(out, a[i])
			i++
		}
		if i == len(a) || a[i] != op {
			out = append(out, op)
		}
	}
	return append(out, a[i:]...)
}

// common counts what two sets share, of which the second is the smaller one.
func common(a, b Deps) int {
	n := 0
	if len(b) == 1 {
		if a.Has(int(b[0])) {
			n++
		}
		return n
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// Without returns what d holds and the other does not.
func (d Deps) Without(other Deps) Deps {
	out := make(Deps, 0, len(d))
	for _, op := range d {
		if !other.Has(int(op)) {
			out = append(out, op)
		}
	}
	return out
}

// Has tells whether the set holds op.
func (d Deps) Has(op int) bool {
	_, ok := slices.BinarySearch(d, int32(op))
	return ok
}

// Ints returns the set as ints.
func (d Deps) Ints() []int {
	if len(d) == 0 {
		return nil
	}
	out := make([]int, len(d))
	for i, v := range d {
		out[i] = int(v)
	}
	return out
}

// AllDeps returns everything that v and its visible parts derive from.
func (v *Value) AllDeps() Deps {
	var seen Seen
	return v.allDeps(&seen, 0)
}

func (v *Value) allDeps(seen *Seen, depth int) Deps {
	if v == nil || depth > 4 || seen.Again(v, depth) {
		return nil
	}
	d := v.Deps
	for _, it := range v.Items {
		d = d.With(it.allDeps(seen, depth+1))
	}
	for _, p := range v.Pairs {
		d = d.With(p.Value.allDeps(seen, depth+1))
	}
	if v.Elem != nil {
		d = d.With(v.Elem.allDeps(seen, depth+1))
	}
	if v.Query != nil {
		d = d.With(v.Query.Deps)
	}
	return d
}

// DerivesFrom tells whether an operation is among AllDeps.
func (v *Value) DerivesFrom(op int) bool {
	var seen Seen
	return v.derivesFrom(op, &seen, 0)
}

func (v *Value) derivesFrom(op int, seen *Seen, depth int) bool {
	if v == nil || depth > 4 || seen.Again(v, depth) {
		return false
	}
	return v.Deps.Has(op) || v.Query != nil && v.Query.Deps.Has(op) ||
		slices.ContainsFunc(v.Items, func(it *Value) bool { return it.derivesFrom(op, seen, depth+1) }) ||
		slices.ContainsFunc(v.Pairs, func(p Pair) bool { return p.Value.derivesFrom(op, seen, depth+1) }) ||
		v.Elem.derivesFrom(op, seen, depth+1)
}

// PresenceDeps returns what it derives from that v is something and not None, or with truth that it is true. A dictionary or an object
// that is surely there does not rest on what lies in it: only on the way by which it came.
func (v *Value) PresenceDeps(truth bool) Deps {
	if v == nil || v.Kind != Union {
		return v.AllDeps()
	}
	d := v.Deps
	for _, it := range v.Items {
		if it.SurelyThere(truth) {
			d = d.With(it.Deps)
		} else {
			d = d.With(it.AllDeps())
		}
	}
	return d
}

// Record is the row or document that v is as it was read, or None or False in its place; nil when v is none.
func (v *Value) Record() *Value {
	if v.Kind == Union {
		var row *Value
		for _, it := range v.Items {
			r := it.Record()
			if from := copiedFrom(it); from != nil {
				r = from.Record() // the row, entry by entry
			}
			switch {
			case r != nil && (row == nil || row.Src == r.Src):
				row = r
			case r != nil || it.Kind != Const || it.Sym != "None" && it.Sym != "False":
				return nil
			}
		}
		return row
	}
	if v.Kind != Unknown || v.Src == 0 || v.SrcCol != "" {
		return nil
	}
	return v
}

// RecordOf tells whether v is the row or document that an operation read, or None or False in its place.
func (v *Value) RecordOf(read int) bool {
	row := v.Record()
	return row != nil && int(row.Src)-1 == read
}

// NoneOrThere tells that v is None or something that is surely there: to ask which of the two asks by which way it came, and nothing of
// what lies in it.
func (v *Value) NoneOrThere(truth bool) bool {
	return v != nil && v.Kind == Union && v.Src == 0 && !slices.ContainsFunc(v.Items, func(it *Value) bool {
		return !it.SurelyThere(truth) && (it.Kind != Const || it.Sym != "None")
	})
}

// SurelyThere tells whether v is a thing that was made here, and as a truth value true.
func (v *Value) SurelyThere(truth bool) bool {
	switch v.Kind {
	case Mapping:
		return v.Src == 0 && (!truth || len(v.Pairs) > 0)
	case Sequence:
		return v.Src == 0 && (!truth || len(v.Items) > 0)
	case Instance:
		return v.Src == 0 && v.Obj != nil && v.Obj.Extra != Maybe
	}
	return false
}
