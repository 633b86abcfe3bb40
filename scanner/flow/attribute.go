package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Attributes of objects in the arms of a branch. Inside an arm an attribute is what was last put there; behind the branch it is what either
// arm left.

// slot is what an attribute of an object holds, nil for nothing. One of a row that was given something on some ways only shows on the
// others what was loaded.
type slot struct {
	value *value
	some  bool
}

// attrWrite is an attribute that an arm gave a value: what it was before, and what the arm left.
type attrWrite struct {
	object   *effects.Object
	name     string
	old, new slot
}

func slotOf(o *effects.Object, name string) slot { return slot{o.Attrs[name], o.Sometimes[name]} }

// putAttr stores v in an attribute of an object, and remembers what was there if the object is older than the arm that runs.
func (in *interp) putAttr(o *effects.Object, name string, v *value) {
	in.putSlot(o, name, slot{value: v})
}

func (in *interp) putSlot(o *effects.Object, name string, s slot) {
	if in.olderThanArm(o) && !in.wrote(in.armStart, o, name) {
		in.attrWrites = append(in.attrWrites, attrWrite{object: o, name: name, old: slotOf(o, name)})
	}
	setAttr(o, name, s)
}

// olderThanArm tells whether an object was there before the innermost arm of a branch that runs began: what the arm gives it, it may not
// have been given. That it was made in another arm, as by `Lamp() if row else None`, is no matter.
func (in *interp) olderThanArm(o *effects.Object) bool { return in.arms > 0 && o.ID <= in.armObjects }

func setAttr(o *effects.Object, name string, s slot) {
	switch {
	case s.value == nil:
		delete(o.Attrs, name)
	case o.Attrs == nil:
		o.Attrs = map[string]*value{name: s.value}
	default:
		o.Attrs[name] = s.value
	}
	if !s.some {
		delete(o.Sometimes, name)
	} else if o.Sometimes == nil {
		o.Sometimes = map[string]bool{name: true}
	} else {
		o.Sometimes[name] = true
	}
}

// wrote tells whether an attribute has been given a value since a place in the log.
func (in *interp) wrote(from int, o *effects.Object, name string) bool {
	return slices.ContainsFunc(in.attrWrites[from:], func(w attrWrite) bool { return w.object == o && w.name == name })
}

// inArm runs the inside of an arm, puts back the attributes as they were before it, and returns what it gave them.
func (in *interp) inArm(run func() exits) (exits, []attrWrite) {
	outer, older := in.armStart, in.armObjects
	in.armStart, in.armObjects = len(in.attrWrites), in.Objects()
	in.arms++
	e := run()
	in.arms--
	writes := slices.Clone(in.attrWrites[in.armStart:])
	in.attrWrites, in.armStart, in.armObjects = in.attrWrites[:in.armStart], outer, older
	for i, w := range writes {
		writes[i].new = slotOf(w.object, w.name)
		setAttr(w.object, w.name, w.old)
	}
	return e, writes
}

// takeWrites lets the attributes be what an arm left that is the only way on.
func (in *interp) takeWrites(writes []attrWrite) {
	for _, w := range writes {
		in.putSlot(w.object, w.name, w.new)
	}
}

// mayTakeWrites lets the attributes be what they were or what an arm left.
func (in *interp) mayTakeWrites(writes []attrWrite) {
	for _, w := range writes {
		in.putSlot(w.object, w.name, w.either(w.new, slotOf(w.object, w.name)))
	}
}

// joinWrites lets the attributes be what one arm of two left or the other.
func (in *interp) joinWrites(a, b []attrWrite) {
	in.mayTakeWrites(slices.DeleteFunc(slices.Clone(a), func(w attrWrite) bool { return among(b, w) != nil }))
	for _, w := range b {
		if other := among(a, w); other != nil {
			in.putSlot(w.object, w.name, w.either(other.new, w.new))
		} else {
			in.mayTakeWrites([]attrWrite{w})
		}
	}
}

// either is what an attribute is that one way left so and another one so.
func (w *attrWrite) either(a, b slot) slot {
	some := a.some || b.some || w.object.Table != nil && !w.object.Fresh && (a.value == nil || b.value == nil)
	return slot{effects.Join(a.value, b.value), some}
}

// among returns the write of the same attribute in a list, nil when there is none.
func among(list []attrWrite, w attrWrite) *attrWrite {
	i := slices.IndexFunc(list, func(x attrWrite) bool { return x.object == w.object && x.name == w.name })
	if i < 0 {
		return nil
	}
	return &list[i]
}
