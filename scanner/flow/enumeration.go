package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// asMember gives what was read from a column the type of its enumeration, where the model declares one: order.status.is_final asks what
// the class of the status says of it.
func (in *interp) asMember(v *value, b *program.Binding, owner *program.Class) *value {
	if b == nil || v.Kind != effects.Unknown || v.Type() != nil {
		return v
	}
	if t := in.declaredMember(b, owner); t != nil {
		v.SetType(t)
	}
	return v
}

// declaredMember is the enumeration that a column of a model is declared to hold a member of: status: Mapped[Status], or
// status = Column(Enum(Status)). nil means that it is declared to hold something else.
func (in *interp) declaredMember(b *program.Binding, owner *program.Class) *program.Type {
	s := program.Scope{Module: owner.Module, Class: owner}
	if b.Annotation != nil {
		t := in.prog.Annotation(s, b.Annotation)
		if len(t.Args) == 1 && strings.HasSuffix(t.Ref.Qual, "Mapped") {
			t = t.Args[0]
		}
		return in.enumeration(t.Ref)
	}
	column, _ := b.Value.(*python.Call)
	if column == nil {
		return nil
	}
	for _, arg := range column.Args {
		if made, ok := arg.(*python.Call); ok && len(made.Args) > 0 && strings.HasSuffix(in.prog.Resolve(s, made.Func).Qual, "Enum") {
			return in.enumeration(in.prog.Resolve(s, made.Args[0]))
		}
	}
	return nil
}

func (in *interp) enumeration(r program.Ref) *program.Type {
	if r.Kind != program.ToClass || !in.isEnum(r.Class) {
		return nil
	}
	return &program.Type{Ref: r}
}

// ofMember is what an enumeration of the project says of a member of which only the class is known, nil where it says nothing: the value of a
// property, or a method.
func (in *interp) ofMember(recv *value, name string) *value {
	t := recv.Type()
	if t == nil || t.Ref.Kind != program.ToClass || !in.isEnum(t.Ref.Class) {
		return nil
	}
	b, _ := t.Ref.Class.Attr(name)
	switch {
	case b == nil || b.Function == nil || b.Function.ClassMethod || b.Function.Static:
		return nil
	case b.Function.Property:
		return in.call(bind(in.funcValue(b.Function, nil), recv), nil, nil, nil)
	}
	return bind(in.funcValue(b.Function, nil), recv)
}
