package flow

import (
	"maps"
	"reflect"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// Same tells whether what all entry points have in common is what it was in an earlier scan, whose schema must be this one's: of
// functions, classes and modules those of the same name stand for each other. What the project describes of its libraries is not compared.
func (sh *Shared) Same(old *Shared) bool {
	return sh.Schema == old.Schema && sh.App.SameAround(old.App) &&
		maps.Equal(sh.outside, old.outside) && maps.Equal(sh.foreign, old.foreign) && maps.Equal(sh.changed, old.changed) &&
		sameNotes(sh.rebound, old.rebound, func(m *program.Module) string { return m.File.Path }) &&
		sameClasses(sh.singles, old.singles) && sameNotes(sh.mutable, old.mutable, classID) && sameNotes(sh.classVars, old.classVars, classID) &&
		maps.EqualFunc(sh.fillers, old.fillers, func(a, b []filler) bool { return slices.EqualFunc(a, b, sameFiller) }) &&
		maps.EqualFunc(sh.kept, old.kept, func(a, b kept) bool { return a.container == b.container && classID(a.class) == classID(b.class) }) &&
		maps.EqualFunc(sh.registrars, old.registrars, func(a, b []*program.Function) bool { return slices.EqualFunc(a, b, sameFunction) })
}

func classID(c *program.Class) string {
	if c == nil {
		return ""
	}
	return c.Module.File.Path + ":" + c.Qualname
}

// sameClasses compares what is noted of classes.
func sameClasses(a, b map[*program.Class]bool) bool {
	known := map[string]bool{}
	for c := range b {
		known[classID(c)] = true
	}
	for c := range a {
		if !known[classID(c)] {
			return false
		}
	}
	return len(a) == len(b)
}

func sameFiller(a, b filler) bool {
	return a.module.File.Path == b.module.File.Path && sameFunction(a.fn, b.fn)
}

// sameNotes compares names that are noted of classes or modules.
func sameNotes[K comparable](a, b map[K]map[string]bool, id func(K) string) bool {
	x, y := map[string]bool{}, map[string]bool{}
	for of, names := range a {
		for name := range names {
			x[id(of)+" "+name] = true
		}
	}
	for of, names := range b {
		for name := range names {
			y[id(of)+" "+name] = true
		}
	}
	return maps.Equal(x, y)
}

// Change returns an operation that a search for races is about to change. Restore gives back what following had found.
func (t *Trace) Change(i int) *effects.Op {
	if t.changed == nil {
		t.changed = map[int]effects.Op{}
	}
	if _, ok := t.changed[i]; !ok {
		t.changed[i] = t.Ops[i]
	}
	return &t.Ops[i]
}

// Searched is what a search for races made of a trace.
type Searched struct {
	changed         map[int]effects.Op
	bases           []int32
	acts, tested    []bool
	reads, rewrites map[string][]int32
	passage         *Passage
}

// Restore makes a trace what it was before it was searched for races, and returns what the search had made of it.
func (t *Trace) Restore() *Searched {
	s := &Searched{make(map[int]effects.Op, len(t.changed)), t.Bases, t.Acts, t.Tested, t.Reads, t.Rewrites, t.passage}
	for i, op := range t.changed {
		s.changed[i] = t.Ops[i]
		t.Ops[i] = op
	}
	t.changed, t.passage = nil, nil
	t.Bases, t.Acts, t.Tested, t.Reads, t.Rewrites = nil, nil, nil, nil, nil
	return s
}

// Resume tells whether a search has changed in a restored trace what an earlier one had, and takes over what that had noted.
func (t *Trace) Resume(s *Searched) bool {
	if len(s.bases) != len(t.Ops) || len(t.changed) != len(s.changed) {
		return false
	}
	for i := range t.changed {
		if old, ok := s.changed[i]; !ok || !reflect.DeepEqual(old, t.Ops[i]) {
			return false
		}
	}
	t.Bases, t.Acts, t.Tested, t.Reads, t.Rewrites, t.passage = s.bases, s.acts, s.tested, s.reads, s.rewrites, s.passage
	return true
}
