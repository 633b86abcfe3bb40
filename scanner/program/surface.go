package program

import (
	"reflect"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// surface compares two states of a file by what others see of them.
type surface struct {
	// private tells of a name at the top level of the file, or of one in a class there, that no other file can mean it.
	private func(name string, member bool) bool
}

var (
	spanType     = reflect.TypeFor[python.Span]()
	functionType = reflect.TypeFor[*python.FunctionDef]()
	classType    = reflect.TypeFor[*python.ClassDef]()
)

// body tells whether two lists of statements differ in nothing but places, the bodies of functions, and what is bound to names that nobody
// else can mean. Statements that only one of them has are such bindings.
func (s surface) body(a, b []python.Stmt, member bool) bool {
	for len(a) > 0 && len(b) > 0 {
		if s.statement(a[0], b[0], member) {
			a, b = a[1:], b[1:]
			continue
		}
		n := slices.IndexFunc(b[:min(len(b), maxAdded)], func(x python.Stmt) bool { return s.statement(a[0], x, member) })
		if n < 0 {
			a, b, n = b, a, 1 // one that is gone
		}
		if !s.ownAll(b[:n], member) {
			return false
		}
		b = b[n:]
	}
	return s.ownAll(a, member) && s.ownAll(b, member)
}

// maxAdded bounds how many statements in a row may be new.
const maxAdded = 16

func (s surface) ownAll(list []python.Stmt, member bool) bool {
	return !slices.ContainsFunc(list, func(st python.Stmt) bool { return !s.own(st, member) })
}

// own tells whether a statement does nothing but bind names that no other file can mean. A decorator may do more.
func (s surface) own(st python.Stmt, member bool) bool {
	switch st := st.(type) {
	case *python.FunctionDef:
		return len(st.Decorators) == 0 && s.private(st.Name, member)
	case *python.Assign:
		return !slices.ContainsFunc(st.Targets, func(t python.Expr) bool { return !s.ownName(t, member) })
	case *python.AnnAssign:
		return s.ownName(st.Target, member)
	case *python.Import:
		return !member && !slices.ContainsFunc(st.Names, func(a python.Alias) bool { return !s.private(boundBy(a), false) })
	case *python.ImportFrom:
		return !member && !slices.ContainsFunc(st.Names, func(a python.Alias) bool { return a.Name == "*" || !s.private(boundBy(a), false) })
	case *python.ExprStmt:
		c, ok := st.Value.(*python.Constant)
		return ok && c.Kind == python.ConstStr
	}
	return false
}

func (s surface) ownName(e python.Expr, member bool) bool {
	n, ok := e.(*python.Name)
	return ok && s.private(n.ID, member)
}

// statement compares two statements of the top level, or of the body of a class there.
func (s surface) statement(a, b python.Stmt, member bool) bool {
	f, ok := a.(*python.FunctionDef)
	if !ok {
		return s.tree(reflect.ValueOf(a), reflect.ValueOf(b))
	}
	g, ok := b.(*python.FunctionDef)
	return ok && (s.function(f, g) || f.Name == g.Name && s.tree(reflect.ValueOf(f.Decorators), reflect.ValueOf(g.Decorators)) && s.private(f.Name, member))
}

// tree compares two parts of syntax trees.
func (s surface) tree(a, b reflect.Value) bool {
	if a.Kind() != b.Kind() || a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		if a.Type() == functionType {
			return s.function(a.Interface().(*python.FunctionDef), b.Interface().(*python.FunctionDef))
		}
		if a.Type() == classType {
			return s.class(a.Interface().(*python.ClassDef), b.Interface().(*python.ClassDef))
		}
		return s.tree(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !s.tree(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		return a.Type() == spanType || s.fields(a, b)
	case reflect.String:
		return a.String() == b.String()
	case reflect.Bool:
		return a.Bool() == b.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return a.Int() == b.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return a.Uint() == b.Uint()
	}
	return false // whatever a tree comes to hold beside these is taken to differ
}

// fields compares two structs field by field, all but places.
func (s surface) fields(a, b reflect.Value) bool {
	for i := range a.NumField() {
		if f := a.Type().Field(i); f.Name == "NamePos" {
			continue
		}
		if !s.tree(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

// class compares two classes: names in their bodies may be private, too.
func (s surface) class(a, b *python.ClassDef) bool {
	x, y := *a, *b
	x.Body, y.Body = nil, nil
	return s.fields(reflect.ValueOf(x), reflect.ValueOf(y)) && s.body(a.Body, b.Body, true)
}

// function compares two functions by what others see of them without running them.
func (s surface) function(a, b *python.FunctionDef) bool {
	same := func(x, y any) bool { return s.tree(reflect.ValueOf(x), reflect.ValueOf(y)) }
	return a.Name == b.Name && a.Async == b.Async && same(a.TypeParams, b.TypeParams) && same(a.Args, b.Args) && same(&a.Returns, &b.Returns) &&
		same(a.Decorators, b.Decorators) && same(seen(a.Body), seen(b.Body))
}

// seen are the statements of a body that say what a function is for those who do not run it: what it returns, which classes it makes,
// and all of one that does nothing.
func seen(body []python.Stmt) []python.Stmt {
	idle := true
	var out []python.Stmt
	for i, s := range body {
		switch s := s.(type) {
		case *python.Pass, *python.Raise:
		case *python.ExprStmt:
			_, text := s.Value.(*python.Constant)
			idle = idle && text
		case *python.Return, *python.ClassDef:
			idle = false
			out = append(out, s)
		default:
			idle = false
		}
		if i == len(body)-1 && len(out) > 0 && out[len(out)-1] != s {
			out = append(out, nil) // the last one is no return
		}
	}
	if idle {
		return body
	}
	return out
}
