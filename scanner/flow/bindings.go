package flow

import "github.com/middlebrick/middlebrick/scanner/effects"

// bindings are the variables of a frame. Most frames have few, and each branch and each try statement copies them: a list is
// both smaller and faster than a map then.
type bindings struct {
	list []binding
	at   map[string]int // where in a long list the first names stand; never changed, for copies share it
}

type binding struct {
	name  string
	value *value
}

// fewBindings is how many variables are searched one by one.
const fewBindings = 16

func (b *bindings) len() int { return len(b.list) }

// get returns the value of a variable, nil for none.
func (b *bindings) get(name string) *value {
	if i := b.index(name); i >= 0 {
		return b.list[i].value
	}
	return nil
}

func (b *bindings) index(name string) int {
	if len(b.list) <= fewBindings {
		for i := range b.list {
			if b.list[i].name == name {
				return i
			}
		}
		return -1
	}
	if len(b.list)-len(b.at) > max(fewBindings, len(b.at)/64) { // with thousands of variables anew for each sixteen of them would be a square
		b.at = make(map[string]int, len(b.list))
		for i := range b.list {
			b.at[b.list[i].name] = i
		}
	}
	if i, ok := b.at[name]; ok {
		return i
	}
	for i := len(b.at); i < len(b.list); i++ {
		if b.list[i].name == name {
			return i
		}
	}
	return -1
}

// indexFrom is index of a name that stands at a place in another list: two arms of a branch begin with the same variables.
func (b *bindings) indexFrom(i int, name string) int {
	if i < len(b.list) && b.list[i].name == name {
		return i
	}
	return b.index(name)
}

// put gives a variable a value.
func (b *bindings) put(name string, v *value) {
	v.Lend()
	if i := b.index(name); i >= 0 {
		b.list[i].value = v
		return
	}
	b.list = append(b.list, binding{name, v})
}

// drop takes a variable away.
func (b *bindings) drop(name string) {
	if i := b.index(name); i >= 0 {
		b.list = append(b.list[:i], b.list[i+1:]...)
		b.at = nil
	}
}

// clone returns a copy, with room for another variable or two.
func (b *bindings) clone() *bindings {
	if len(b.list)+2 <= few {
		c := new(fewBound)
		c.bound.list = append(c.room[:0], b.list...)
		return &c.bound
	}
	list := make([]binding, len(b.list), len(b.list)+2)
	copy(list, b.list)
	return &bindings{list: list, at: b.at}
}

// fewBound are variables with room for few: one allocation instead of two.
type fewBound struct {
	bound bindings
	room  [few]binding
}

const few = 6

// join gives the variables of a what they can be besides in b, and returns the one of the two that has more.
func join(a, b *bindings) *bindings {
	if b.len() > a.len() {
		a, b = b, a
	}
	for i := range b.list {
		name, v := b.list[i].name, b.list[i].value
		if at := a.indexFrom(i, name); at < 0 {
			a.put(name, effects.Join(nil, v))
		} else if old := a.list[at].value; old != v {
			a.list[at].value = effects.Join(old, v)
		}
	}
	return a
}

// joinUnder joins the variables of two arms: a variable that differs tells which arm ran, and so what was decided.
func joinUnder(a, b *bindings, deps effects.Deps) *bindings {
	for i := range b.list {
		name, v := b.list[i].name, b.list[i].value
		if at := a.indexFrom(i, name); at < 0 {
			a.put(name, effects.Join(nil, v).Depending(deps))
		} else if old := a.list[at].value; old != v {
			a.list[at].value = effects.Join(old, v).Depending(deps)
		}
	}
	for i := range a.list {
		if b.indexFrom(i, a.list[i].name) < 0 {
			a.list[i].value = a.list[i].value.Depending(deps)
		}
	}
	return a
}
