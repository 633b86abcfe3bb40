package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Limits of a search for references: what lies deeper, or behind more, is taken to be kept.
const (
	maxReferenceDepth = 8
	maxReferences     = 20000
)

// referenced tells whether the code still holds an object. A session knows the rows that it loaded only for as long as somebody else
// does: a row that a helper looked at and let go is loaded anew by the next query, with the attributes of that moment. A row that a
// relationship led to is held by the row that has the relationship.
func (in *interp) referenced(o *effects.Object) bool {
	for depth := 0; o != nil && depth < maxReferenceDepth; depth++ {
		if in.held(o) {
			return true
		}
		if o.Via == nil || in.expired(o) {
			return false
		}
		o = o.Via
	}
	return false
}

// expired tells whether the session has forgotten since then what the relationship that led to a row holds.
func (in *interp) expired(o *effects.Object) bool {
	for i := max(o.Load, 0); i < len(in.Ops); i++ {
		op := &in.Ops[i]
		switch op.Kind {
		case interleave.Commit, interleave.Rollback:
			if op.Session == o.Session && op.Flags&interleave.KeepOnCommit == 0 {
				return true
			}
		case interleave.Expire, interleave.Refresh:
			if op.Obj == o.Via.ID || op.Obj == 0 && op.Session == o.Session {
				return true
			}
		}
	}
	return false
}

// held tells whether a value that the code holds leads to an object.
func (in *interp) held(o *effects.Object) bool {
	for i := len(in.Ops) - 1; i >= 0; i-- {
		op := &in.Ops[i]
		if op.Obj == o.ID && op.Kind == interleave.Assign {
			return true // until it is written, the session holds what was changed
		}
		if op.Session == o.Session && (op.Kind == interleave.Flush || op.Kind == interleave.Commit || op.Kind == interleave.Rollback) {
			break
		}
	}
	s := references{of: o, seen: map[*effects.Object]bool{}, frames: map[*frame]bool{}, left: maxReferences}
	for _, f := range in.frames {
		if s.frame(f, 0) {
			return true
		}
	}
	for _, v := range in.depends {
		if s.value(v, 0) {
			return true
		}
	}
	for i := range in.tasks {
		if t := &in.tasks[i]; s.value(t.callee, 0) || s.values(t.args, 0) {
			return true
		}
	}
	return false
}

// references looks for an object among the values that the code holds.
type references struct {
	of     *effects.Object
	seen   map[*effects.Object]bool
	frames map[*frame]bool
	left   int
}

func (s *references) frame(f *frame, depth int) bool {
	for ; f != nil; f = f.up {
		if f.module || s.frames[f] {
			continue
		}
		s.frames[f] = true
		if s.value(f.self, depth) || s.value(f.ret, depth) {
			return true
		}
		for i := range f.vars.list {
			if s.value(f.vars.list[i].value, depth) {
				return true
			}
		}
	}
	return false
}

func (s *references) values(vs []*value, depth int) bool {
	for _, v := range vs {
		if s.value(v, depth) {
			return true
		}
	}
	return false
}

func (s *references) value(v *value, depth int) bool {
	if v == nil {
		return false
	}
	s.left--
	if depth > maxReferenceDepth || s.left < 0 {
		return true
	}
	switch v.Kind {
	case effects.Const, effects.ClassRef, effects.ExtRef, effects.ModuleRef, effects.Column, effects.Expr, effects.Statement:
		return false
	case effects.Entity, effects.Instance, effects.ExtObject:
		if s.object(v.Obj, depth) {
			return true
		}
	case effects.FuncRef:
		if f, ok := v.Env().(*frame); ok && s.frame(f, depth+1) {
			return true
		}
	}
	if s.value(v.Self, depth+1) || s.value(v.Elem, depth+1) || s.values(v.Items, depth+1) {
		return true
	}
	for _, p := range v.Pairs {
		if s.value(p.Key, depth+1) || s.value(p.Value, depth+1) {
			return true
		}
	}
	return false
}

func (s *references) object(o *effects.Object, depth int) bool {
	if o == s.of {
		return true
	}
	if o == nil || s.seen[o] {
		return false
	}
	s.seen[o] = true
	for _, v := range o.Attrs {
		if s.value(v, depth+1) {
			return true
		}
	}
	for _, v := range o.Kw {
		if s.value(v, depth+1) {
			return true
		}
	}
	if p, ok := o.Extra.(*partial); ok && s.values(p.args, depth+1) {
		return true
	}
	return s.values(o.Args, depth+1) || s.value(o.Source, depth+1)
}
