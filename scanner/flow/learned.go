package flow

import (
	"sync"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// learned is what following one entry point finds out about the program that holds for the next one too: values that never
// change, and what a class is. An entry point has one for itself while it is followed, so that nothing here needs a lock.
type learned struct {
	constants map[*python.Constant]*value
	names     map[namedIn]*value
	classes   map[*program.Class]*classFacts
	functions map[*program.Function]*value
	members   map[*python.Attribute]member
	ops       []effects.Op // the room in which a trace grows
}

// member is an attribute of a module or of something outside the project, and of which value it was one.
type member struct{ of, v *value }

// namedIn is a place where a name stands: what it means depends on the function too.
type namedIn struct {
	node *python.Name
	fn   *program.Function
}

type classFacts struct {
	data, enum bool
	elsewhere  bool // what is assigned to an object is kept somewhere else
	family     string
	fields     []string          // what an object of it holds by its annotations, from the bases on
	given      map[string]string // the field that goes by a name, by an alias, or by a name without case and underscores
	checks     []fieldCheck
	validated  bool // checks is filled in

	implementations []*program.Class
	considered      []*program.Class // for implementations
	implemented     bool             // both are filled in
}

// fieldCheck is project code that runs when an object of a data class is made: a validator, or the markers of a field.
type fieldCheck struct {
	class *program.Class
	fn    *program.Function
	field string
	typ   *program.Type
}

// shelf keeps what was learned between entry points.
type shelf struct {
	mu   sync.Mutex
	free []*learned
}

func (s *shelf) take() *learned {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		l := s.free[n-1]
		s.free = s.free[:n-1]
		return l
	}
	return &learned{constants: map[*python.Constant]*value{}, names: map[namedIn]*value{}, classes: map[*program.Class]*classFacts{},
		functions: map[*program.Function]*value{}, members: map[*python.Attribute]member{}}
}

func (s *shelf) put(l *learned) {
	s.mu.Lock()
	s.free = append(s.free, l)
	s.mu.Unlock()
}

// Followed lets go of what was learned between entry points, when all of them are followed.
func (sh *Shared) Followed() {
	sh.shelf.mu.Lock()
	defer sh.shelf.mu.Unlock()
	sh.shelf.free = nil
}

// constant returns the value of a literal.
func (in *interp) constant(c *python.Constant) *value {
	switch c.Kind {
	case python.ConstNone:
		return effects.None
	case python.ConstStr, python.ConstInt, python.ConstFloat:
	default:
		return effects.Literal(c)
	}
	v := in.learned.constants[c]
	if v == nil {
		v = effects.Literal(c)
		in.learned.constants[c] = v
	}
	return v
}

// factsOf returns what a class is.
func (in *interp) factsOf(c *program.Class) *classFacts {
	in.prog.looks.class(c)
	f := in.learned.classes[c]
	if f == nil {
		f = &classFacts{data: isData(c), enum: isEnum(c), elsewhere: keepsElsewhere(c), family: in.familyOf(c), fields: dataFields(c)}
		in.learned.classes[c] = f
	}
	return f
}

// keepsElsewhere tells whether a class puts what is assigned to its objects somewhere else than into the object: the context of a
// request, another object.
func keepsElsewhere(c *program.Class) bool {
	m := c.Method("__setattr__")
	if m == nil || m.Def == nil {
		return false
	}
	own := false
	python.Walk(m.Def, func(n python.Node) bool {
		if a, ok := n.(*python.Attribute); ok && (a.Attr == ownAttributes || a.Attr == "__setattr__") {
			own = true
		}
		return !own
	})
	return !own
}

// checksOf returns the validators of a data class in the order in which they run.
func (in *interp) checksOf(c *program.Class) []fieldCheck {
	f := in.factsOf(c)
	if f.validated {
		for i := range f.checks {
			in.prog.looks.function(f.checks[i].fn)
			in.prog.looks.typ(f.checks[i].typ)
		}
		return f.checks
	}
	f.validated = true
	for _, k := range c.MRO() {
		for _, name := range k.Order {
			b := k.Names[name]
			switch {
			case b == nil:
			case b.Function != nil && isValidator(b.Function):
				f.checks = append(f.checks, fieldCheck{class: k, fn: b.Function})
			case b.Annotation != nil && hasMarker(b.Annotation, 0):
				t := in.prog.Annotation(program.Scope{Module: k.Module, Class: k}, b.Annotation)
				if len(t.Metadata) > 0 {
					f.checks = append(f.checks, fieldCheck{class: k, field: name, typ: &t})
				}
			}
		}
	}
	return f.checks
}
