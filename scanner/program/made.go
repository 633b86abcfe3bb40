package program

import "sync"

// made is what others have found out about a module by looking at nothing else, one value of each type.
type made struct {
	mu  sync.Mutex
	all []any
}

// Made returns what is found out about a module by looking at its text and tree only, and finds it out where nobody has yet. It stays with
// the module, also in a later program that takes the module over. What T is tells one finding from another.
func Made[T any](m *Module, find func(*Module) T) T {
	m.made.mu.Lock()
	defer m.made.mu.Unlock()
	for _, have := range m.made.all {
		if v, ok := have.(T); ok {
			return v
		}
	}
	v := find(m)
	m.made.all = append(m.made.all, v)
	return v
}
