package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Who does to a value what was done to it already leaves it as it is: f(f(x)) = f(x). Two requests that both bring a path into its full form,
// or both put the same entry among those that a column holds, lose nothing of each other's, whoever comes later.

// bringers are the last names of calls without an argument that bring a value into a form, and of functions of one argument that do.
var (
	bringers = []string{"expanduser", "absolute", "resolve", "as_posix", "strip", "lstrip", "rstrip", "lower", "upper", "casefold", "copy"}
	shapers  = []string{"Path", "PurePath", "PosixPath", "str", "int", "float", "bool", "list", "tuple", "set", "frozenset", "dict", "sorted", "abspath", "realpath", "normpath", "normcase", "expanduser", "fspath", "UUID", "Decimal"}
)

// bringsIntoForm tells whether all that is stored in a place of memory is what was read there, brought into a form.
func (r *Race) bringsIntoForm() bool {
	act := r.Op(r.Act)
	if act.Kind != interleave.Update || act.Flags&interleave.Atomic != 0 || len(r.Checks) > 0 || act.Site == nil || act.Site.Function == nil {
		return false
	}
	stored, ok := act.Site.Node.(*python.Assign)
	return ok && len(stored.Targets) == 1 && inForm(act.Site.Function, stored.Value, stored.Targets[0], 0)
}

// inForm tells whether an expression is what lies in a place, brought into a form; a local name, whether all that it is given is that, or is
// made of nothing that lies there, as where nothing was found.
func inForm(fn *program.Function, e, place python.Expr, depth int) bool {
	e = unformed(e)
	if dotted(place) != "" && dotted(e) == dotted(place) {
		return true
	}
	name, ok := e.(*python.Name)
	if !ok || depth > 1 || fn.Def == nil {
		return false
	}
	formed, other := false, false
	python.Walk(fn.Def, func(n python.Node) bool {
		if to, value := namedBy(n); to == name.ID {
			is := value != nil && inForm(fn, value, place, depth+1)
			formed, other = formed || is, other || !is && (value == nil || mentionsPlace(value, dotted(place)))
		}
		return true
	})
	return formed && !other
}

// namedBy returns the local name that a statement gives a value, and the value; nil where the value is made of the old one.
func namedBy(n python.Node) (string, python.Expr) {
	switch n := n.(type) {
	case *python.Assign:
		if name, ok := n.Targets[0].(*python.Name); ok && len(n.Targets) == 1 {
			return name.ID, n.Value
		}
	case *python.AnnAssign:
		if name, ok := n.Target.(*python.Name); ok && n.Value != nil {
			return name.ID, n.Value
		}
	case *python.AugAssign:
		if name, ok := n.Target.(*python.Name); ok {
			return name.ID, nil
		}
	}
	return "", nil
}

// mentionsPlace tells whether an expression looks at a place.
func mentionsPlace(e python.Expr, place string) bool {
	found := false
	python.Walk(e, func(n python.Node) bool {
		part, ok := n.(python.Expr)
		found = found || ok && dotted(part) == place
		return !found
	})
	return found
}

// dotted is an attribute of an attribute of a name as it is spelled, "" for anything else.
func dotted(e python.Expr) string {
	switch e := e.(type) {
	case *python.Name:
		return e.ID
	case *python.Attribute:
		if of := dotted(e.Value); of != "" {
			return of + "." + e.Attr
		}
	}
	return ""
}

// unformed strips the calls that only bring something into a form.
func unformed(e python.Expr) python.Expr {
	for {
		call, ok := e.(*python.Call)
		if !ok || len(call.Keywords) > 0 {
			return e
		}
		method, isMethod := call.Func.(*python.Attribute)
		switch {
		case isMethod && len(call.Args) == 0 && slices.Contains(bringers, method.Attr):
			e = method.Value
		case len(call.Args) == 1 && slices.Contains(shapers, call.Name()):
			e = call.Args[0]
		default:
			return e
		}
	}
}

// entersSame tells whether all that is stored in a column is what it held with constants for some of its keys, `{**row.options, "on": True}`:
// who does the same leaves it the same. A request that is turned away where it finds such a key is another matter.
func (r *Race) entersSame() bool {
	act := r.Op(r.Act)
	if r.Relation != SameRow || act.Kind != interleave.Assign || act.Res.Store != interleave.Table || len(act.Set) != 1 || act.Value == nil || act.Value.Kind != effects.Mapping {
		return false
	}
	var keys []string
	own := false
	for _, p := range act.Value.Pairs {
		switch {
		case p.Value == nil:
			return false
		case p.Key == nil:
			own = columnOf(r.Trace, p.Value, act) == act.Set[0].Column
			if !own {
				return false
			}
		case p.Key.Kind == effects.Const && p.Value.Kind == effects.Const:
			keys = append(keys, p.Key.Sym)
		default:
			return false
		}
	}
	return own && !slices.ContainsFunc(r.Checks, func(c int) bool { return r.refusesBy(c, keys) })
}

// refusesBy tells whether a decision that turns the request away may be one on some of the keys of a column.
func (r *Race) refusesBy(check int, keys []string) bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check != check || c.Leaves == effects.Stays {
			continue
		}
		p := r.Op(check).Pred
		return p == nil || slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			return slices.ContainsFunc([]*effects.Value{u.Left, u.Right}, func(v *effects.Value) bool {
				if v == nil || !r.lookedAt(v) && !slices.ContainsFunc(r.Uses, v.DerivesFrom) {
					return false
				}
				return !strings.Contains(v.Sym, "'") || slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(v.Sym, k) })
			})
		})
	}
	return false
}

// reckonsAnew tells whether a function of which nothing is known makes the new value of a column from the old one. It may give the same to
// whoever asks twice, as when something is put into a newer form; what somebody stores who does not ask for the old value is lost for certain.
func (r *Race) reckonsAnew() bool {
	act := r.Op(r.Act)
	return r.Relation == SameRow && r.Derived && act.Kind == interleave.Assign && act.Res.Store == interleave.Table && len(act.Set) == 1 &&
		!act.Set[0].Relative && called(act.Set[0].Value) &&
		slices.ContainsFunc(act.From, func(f int) bool {
			return slices.Contains(r.Uses, f) && slices.Contains(r.Op(f).Res.Columns, act.Set[0].Column)
		})
}

// called tells whether a value is what a function returned, or an element of that.
func called(sym string) bool {
	name, _, ok := strings.Cut(sym, "(")
	return ok && name != "" && !strings.ContainsAny(name, " [+-*/")
}

// setsOutright tells whether a write gives the column that the act gives anew a value that does not come from the old one.
func (r *Race) setsOutright(w writer) bool {
	op, column := &w.trace.Ops[w.op], r.Op(r.Act).Set[0].Column
	_, sets := assigned(op.Set, column)
	return sets && !slices.ContainsFunc(op.From, func(f int) bool {
		from := &w.trace.Ops[f]
		return from.Res.Name == op.Res.Name && (from.Kind != interleave.Attr || slices.Contains(from.Res.Columns, column))
	})
}
