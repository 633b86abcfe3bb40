package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// A generic base asks at run time of which class it was made: get_args(self.__orig_bases__[0])[0] in Repository[Order] is Order.

// generics are the attributes of a class by which it is asked, and the functions.
const (
	originalBases = "__orig_bases__"
	typeArguments = "__args__"
)

// genericAttr is an attribute of a class that tells how its bases were written, nil for all others.
func (in *interp) genericAttr(class *value, name string) *value {
	switch name {
	case typeArguments:
		return argumentsOf(class)
	case originalBases:
		return in.basesOf(class.Ref().Class)
	}
	return nil
}

// basesOf are the bases of the nearest class that names one with type arguments, each with these as its items.
func (in *interp) basesOf(c *program.Class) *value {
	for _, k := range c.MRO() {
		out := &value{Kind: effects.Sequence}
		generic := false
		for i := range k.Bases {
			b := &k.Bases[i]
			base := &value{Kind: effects.ExtRef, To: &program.Ref{Kind: program.ToExternal, Qual: b.Qual}, Sym: effects.Last(b.Qual)}
			if b.Class != nil {
				base = in.classRef(b.Class)
			}
			for _, r := range in.prog.ArgRefs(b) {
				base.Items = append(base.Items, in.refValue(r))
			}
			generic = generic || len(b.Args) > 0
			out.Items = append(out.Items, base)
		}
		if generic {
			return out
		}
	}
	return nil
}

// argumentsOf are the type arguments of a base that basesOf gave, nil for all else.
func argumentsOf(base *value) *value {
	if base == nil || base.Kind != effects.ClassRef && base.Kind != effects.ExtRef || len(base.Items) == 0 {
		return nil
	}
	return &value{Kind: effects.Sequence, Items: base.Items}
}
