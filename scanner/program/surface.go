package program

import (
	"reflect"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// sameSurface tells whether two states of a file differ in nothing but places and the bodies of functions.
func sameSurface(a, b *python.File) bool {
	return sameTree(reflect.ValueOf(a.Body), reflect.ValueOf(b.Body))
}

var (
	spanType     = reflect.TypeFor[python.Span]()
	functionType = reflect.TypeFor[*python.FunctionDef]()
)

// sameTree compares two parts of syntax trees.
func sameTree(a, b reflect.Value) bool {
	if a.Kind() != b.Kind() || a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		if a.Type() == functionType {
			return sameFunction(a.Interface().(*python.FunctionDef), b.Interface().(*python.FunctionDef))
		}
		return sameTree(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameTree(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		return a.Type() == spanType || sameFields(a, b)
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

// sameFields compares two structs field by field, all but places.
func sameFields(a, b reflect.Value) bool {
	for i := range a.NumField() {
		if f := a.Type().Field(i); f.Name == "NamePos" {
			continue
		}
		if !sameTree(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

// sameFunction compares two functions by what others see of them without running them.
func sameFunction(a, b *python.FunctionDef) bool {
	same := func(x, y any) bool { return sameTree(reflect.ValueOf(x), reflect.ValueOf(y)) }
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
