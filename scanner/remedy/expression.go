package remedy

import (
	"slices"
	"strings"
	"unicode"

	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// assigned is the attribute that a statement assigns by itself, and its new value: as an expression on the columns of the model where it is
// sums and products, or else as Python computes it; nil for other statements.
func assigned(f *python.File, s python.Stmt, model string) (target *python.Attribute, value string) {
	switch s := s.(type) {
	case *python.Assign:
		if target, _ = s.Targets[0].(*python.Attribute); target != nil && len(s.Targets) == 1 {
			return target, onTheTable(f, s.Value, target.Value, model)
		}
	case *python.AugAssign:
		if target, _ = s.Target.(*python.Attribute); target != nil {
			sign := signOf(f, s)
			column := f.Text(target)
			if summed(s.Op) && computable(f, s.Value, target.Value) {
				column = model + "." + target.Attr
			}
			right := onTheTable(f, s.Value, target.Value, model)
			if !atom(s.Value) {
				right = "(" + right + ")"
			}
			return target, column + " " + sign + " " + right
		}
	}
	return nil, ""
}

// signOf is the operator of an assignment that changes what is there.
func signOf(f *python.File, s *python.AugAssign) string {
	sign, _, _ := strings.Cut(string(f.Source[s.Target.Stop():s.Value.Pos()]), "=")
	return strings.TrimSpace(sign)
}

// atom tells whether an expression can stand beside an operator without brackets.
func atom(e python.Expr) bool {
	switch e.(type) {
	case *python.Name, *python.Attribute, *python.Subscript, *python.Call, *python.Constant, *python.JoinedStr:
		return true
	}
	return false
}

// adds tells whether the database adds to a column as Python does: to numbers and, where texts is set, to texts. What a date and a length of
// time make together each engine says otherwise.
func adds(t *schema.Table, column string, texts bool) bool {
	if t == nil || t.Columns[column] == nil {
		return false
	}
	kind := strings.ToLower(t.Columns[column].Type)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(kind, w) })
	}
	if has("interval", "point", "date", "time", "json", "array", "list", "dict", "enum") {
		return false
	}
	return has("int", "numeric", "decimal", "float", "double", "real", "number") || texts && has("str", "text", "char", "unicode")
}

// ofColumns tells whether an expression asks a model for nothing but columns.
func ofColumns(r *race.Race, expression, model string) bool {
	parts := strings.Split(expression, model+".")
	return !slices.ContainsFunc(parts[1:], func(rest string) bool {
		end := strings.IndexFunc(rest, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
		if end >= 0 {
			rest = rest[:end]
		}
		return r.Table.Columns[columnOf(r, rest)] == nil
	})
}

// asPython is the new value as Python computes it from the object.
func asPython(f *python.File, s python.Stmt) string {
	switch s := s.(type) {
	case *python.Assign:
		return f.Text(s.Value)
	case *python.AugAssign:
		value := f.Text(s.Value)
		if !atom(s.Value) {
			value = "(" + value + ")"
		}
		return f.Text(s.Target) + " " + signOf(f, s) + " " + value
	}
	return ""
}

// summed are the operators that mean the same to Python and to SQL.
func summed(op python.Operator) bool {
	return op == python.Add || op == python.Sub || op == python.Mult
}

// computable tells whether the database can compute an expression: sums and products of what the object has, and of what has nothing to do
// with it.
func computable(f *python.File, value, object python.Expr) bool {
	name := f.Text(object)
	switch e := value.(type) {
	case *python.Attribute:
		_, plain := e.Value.(*python.Name)
		return plain || !mentions(e, name)
	case *python.BinOp:
		return summed(e.Op) && computable(f, e.Left, object) && computable(f, e.Right, object)
	case *python.UnaryOp:
		return e.Op != python.Not && computable(f, e.Operand, object)
	case *python.List, *python.Dict, *python.Set, *python.Tuple, *python.Comp, *python.JoinedStr:
		return false
	}
	return !mentions(value, name)
}

// onTheTable writes an expression on an object's attributes as one on the columns of its model.
func onTheTable(f *python.File, value, object python.Expr, model string) string {
	if !computable(f, value, object) {
		return f.Text(value)
	}
	var changes []change
	name := f.Text(object)
	python.Walk(value, func(n python.Node) bool {
		if a, ok := n.(*python.Attribute); ok && f.Text(a.Value) == name {
			changes = append(changes, change{f, a.Value.Pos(), a.Value.Stop(), model})
			return false
		}
		return true
	})
	text, at := "", value.Pos()
	for _, c := range changes {
		text += string(f.Source[at:c.start]) + c.text
		at = c.end
	}
	return text + string(f.Source[at:value.Stop()])
}
