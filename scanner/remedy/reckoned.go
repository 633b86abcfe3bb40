package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// halves are the attribute that a statement assigns by itself, and what it is assigned; nil for other statements.
func halves(s python.Stmt) (target *python.Attribute, value python.Expr) {
	switch s := s.(type) {
	case *python.Assign:
		if len(s.Targets) == 1 {
			target, _ = s.Targets[0].(*python.Attribute)
			value = s.Value
		}
	case *python.AugAssign:
		target, _ = s.Target.(*python.Attribute)
		value = s.Value
	}
	return target, value
}

// sum is an assignment as one that the database can make; ok is false where it computes otherwise than Python does.
func (c *counted) sum(st python.Stmt, target *python.Attribute) (out sum, ok bool) {
	out = sum{st: st, target: target, plain: true}
	column := columnOf(c.r, target.Attr)
	switch s := st.(type) {
	case *python.AugAssign:
		if !summed(s.Op) || c.mentions(s.Value) || !adds(c.r.Table, column, true) {
			return out, false
		}
		_, out.value = assigned(c.f, st, c.model)
		return out, out.value != ""
	case *python.Assign:
		if not, is := s.Value.(*python.UnaryOp); is && not.Op == python.Not && c.asks(not.Operand, target.Attr) {
			out.value = c.turned(column, target.Attr)
			return out, out.value != ""
		}
		if !adds(c.r.Table, column, true) {
			return out, false
		}
		if _, copied := s.Value.(*python.Attribute); copied {
			return out, false // it assigns what is there
		}
		r := reckoner{c: c, out: &out, attr: target.Attr}
		out.value, ok = r.spell(s.Value)
		return out, ok && strings.Contains(out.value, c.model+"."+target.Attr)
	}
	return out, false
}

// turned is the opposite of a column of truth values: where it may hold NULL, as Python says it, which finds it false.
func (c *counted) turned(column, attr string) string {
	t := c.r.Table
	if t.Columns[column] == nil || !strings.Contains(strings.ToLower(t.Columns[column].Type), "bool") {
		return ""
	}
	if mayBeNull(t, column) {
		if c.m.oldAlchemy() {
			return ""
		}
		return c.model + "." + attr + ".is_not(True)"
	}
	return "~" + c.model + "." + attr
}

// asks tells whether an expression is an attribute of the object: row.count, getattr(row, "count", 0).
func (c *counted) asks(e python.Expr, attr string) bool {
	switch e := e.(type) {
	case *python.Attribute:
		return e.Attr == attr && c.f.Text(e.Value) == c.object
	case *python.Call:
		return c.f.Text(e.Func) == "getattr" && len(e.Args) >= 2 && c.f.Text(e.Args[0]) == c.object && strings.Trim(c.f.Text(e.Args[1]), `"'`) == attr
	}
	return false
}

// reckoner writes the new value of a column as the database computes it.
type reckoner struct {
	c    *counted
	out  *sum
	attr string // the column's
}

// spell writes an expression on the table; ok is false where the database computes something else than Python, or where it looks at another
// column of the object.
func (r *reckoner) spell(e python.Expr) (text string, ok bool) {
	c := r.c
	switch {
	case !c.mentions(e):
		return c.f.Text(e), true
	case c.asks(e, r.attr):
		return c.model + "." + r.attr, true
	}
	switch e := e.(type) {
	case *python.BoolOp:
		return r.orNothing(e)
	case *python.BinOp:
		if !summed(e.Op) {
			return "", false
		}
		left, fine := r.spell(e.Left)
		right, too := r.spell(e.Right)
		before, between := string(c.f.Source[e.Pos():e.Left.Pos()]), string(c.f.Source[e.Left.Stop():e.Right.Pos()])
		after := string(c.f.Source[e.Right.Stop():e.Stop()])
		if _, either := e.Left.(*python.BoolOp); either && strings.HasPrefix(between, ")") {
			// The brackets around what was a choice.
			between = strings.TrimPrefix(between, ")")
			before = strings.TrimSuffix(before, "(")
		}
		return before + left + between + right + after, fine && too
	case *python.Call:
		return r.bounded(e)
	}
	return "", false
}

// orNothing is `row.count or 0`: the column, or 0 where it is empty.
func (r *reckoner) orNothing(e *python.BoolOp) (text string, ok bool) {
	c := r.c
	if !e.Or || len(e.Values) != 2 || !c.asks(e.Values[0], r.attr) {
		return "", false
	}
	nothing := c.f.Text(e.Values[1])
	if !slices.Contains([]string{"0", "0.0", `""`, "''"}, nothing) {
		return "", false
	}
	column := c.model + "." + r.attr
	if !mayBeNull(c.r.Table, columnOf(c.r, r.attr)) {
		return column, true
	}
	r.out.plain = false
	return "func.coalesce(" + column + ", " + nothing + ")", r.needs("func")
}

// bounded is `max(0, row.count - n)`, as a CASE: each engine calls the greater of two values something else.
func (r *reckoner) bounded(e *python.Call) (text string, ok bool) {
	name := r.c.f.Text(e.Func)
	op := map[string]string{"max": " > ", "min": " < "}[name]
	if op == "" || len(e.Args) != 2 || len(e.Keywords) > 0 || r.c.m.oldAlchemy() {
		return "", false
	}
	bound, reckoned := e.Args[0], e.Args[1]
	if r.c.mentions(bound) {
		bound, reckoned = reckoned, bound
	}
	if _, number := bound.(*python.Constant); !number {
		return "", false
	}
	value, ok := r.spell(reckoned)
	limit := r.c.f.Text(bound)
	r.out.plain = false
	return "case((" + value + op + limit + ", " + value + "), else_=" + limit + ")", ok && r.needs("case")
}

// needs imports a name of SQLAlchemy; it is false where the name means something else.
func (r *reckoner) needs(name string) bool {
	imports, ok := imported(r.c.fn.Module, "sqlalchemy", name)
	r.c.imports = merge(r.c.imports, imports)
	return ok
}

// modelIn is how a module calls a model: by its name, or by the module that has it. One that it does not know is imported.
func (m *Mender) modelIn(module *program.Module, k *program.Class) (name string, imports []change, ok bool) {
	if b := module.Names[k.Name]; b != nil {
		return k.Name, nil, true
	}
	if m.Program == nil {
		return "", nil, false
	}
	var known []string
	for alias, b := range module.Names {
		if b.Import == nil {
			continue
		}
		switch ref := m.Program.Follow(module, b); {
		case ref.Kind == program.ToClass && ref.Class == k:
			known = append(known, alias)
		case ref.Kind == program.ToModule && (ref.Module == k.Module || ref.Module.Package):
			if of := m.Program.Member(ref, k.Name); of.Kind == program.ToClass && of.Class == k {
				known = append(known, alias+"."+k.Name)
			}
		}
	}
	if len(known) > 0 {
		return slices.Min(known), nil, true
	}
	imports, ok = m.reach(module, k.Module, k.Name)
	return k.Name, imports, ok
}
