package flow

import (
	"bytes"
	"reflect"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Alike tells whether two traces do the same, of one entry point in two scans of nearly the same tree: their operations differ in
// nothing but where they stand in a file. Functions, classes and modules of one name stand for each other.
func (t *Trace) Alike(old *Trace) bool {
	a, b := t.Entry, old.Entry
	if len(t.Ops) != len(old.Ops) || a.Kind != b.Kind || a.Method != b.Method || a.Path != b.Path || a.Alone != b.Alone || a.Apart != b.Apart || a.Stream != b.Stream ||
		!sameFunction(a.Function, b.Function) || t.Assumed != old.Assumed || t.Thread != old.Thread || t.Autoflush != old.Autoflush {
		return false
	}
	w := &likeness{seen: map[[2]uintptr]bool{}}
	for i := range t.Ops {
		if !w.same(reflect.ValueOf(&t.Ops[i]).Elem(), reflect.ValueOf(&old.Ops[i]).Elem()) {
			return false
		}
	}
	return w.same(reflect.ValueOf(t.Tasks), reflect.ValueOf(old.Tasks)) && w.same(reflect.ValueOf(t.Sessions), reflect.ValueOf(old.Sessions)) &&
		w.same(reflect.ValueOf(t.Asked), reflect.ValueOf(old.Asked)) && w.same(reflect.ValueOf(t.Inputs), reflect.ValueOf(old.Inputs))
}

// likeness compares what two traces hold.
type likeness struct{ seen map[[2]uintptr]bool }

var (
	siteType   = reflect.TypeFor[*effects.Site]()
	moduleType = reflect.TypeFor[*program.Module]()
	fnType     = reflect.TypeFor[*program.Function]()
	classType  = reflect.TypeFor[*program.Class]()
	frameType  = reflect.TypeFor[*frame]()
	entryType  = reflect.TypeFor[*fastapi.Entry]()
	tableType  = reflect.TypeFor[*schema.Table]()
	treePath   = reflect.TypeFor[python.Name]().PkgPath()
)

func (w *likeness) same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		return w.pointers(a, b)
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Elem().Type() == b.Elem().Type() && w.same(a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if !w.same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() || a.IsNil() != b.IsNil() {
			return false
		}
		fallthrough
	case reflect.Array:
		for i := range a.Len() {
			if !w.same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		return w.maps(a, b)
	case reflect.Func:
		return a.IsNil() && b.IsNil()
	}
	return a.Equal(b)
}

// maps compares maps; those whose keys are things of the program are of no use to a search for races.
func (w *likeness) maps(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	if k := a.Type().Key().Kind(); k == reflect.Pointer || k == reflect.Interface {
		return a.Len() == 0
	}
	for it := a.MapRange(); it.Next(); {
		other := b.MapIndex(it.Key())
		if !other.IsValid() || !w.same(it.Value(), other) {
			return false
		}
	}
	return true
}

func (w *likeness) pointers(a, b reflect.Value) bool {
	if a.IsNil() || b.IsNil() || a.Pointer() == b.Pointer() {
		return a.Pointer() == b.Pointer()
	}
	pair := [2]uintptr{a.Pointer(), b.Pointer()}
	if w.seen[pair] {
		return true
	}
	w.seen[pair] = true
	x, y := a.UnsafePointer(), b.UnsafePointer()
	switch a.Type() {
	case siteType:
		return w.sites((*effects.Site)(x), (*effects.Site)(y))
	case moduleType:
		return (*program.Module)(x).File.Path == (*program.Module)(y).File.Path
	case fnType:
		return sameFunction((*program.Function)(x), (*program.Function)(y))
	case classType:
		return classID((*program.Class)(x)) == classID((*program.Class)(y))
	case frameType, entryType:
		return true // how a value was come by
	case tableType:
		return false // those of one scan are those of the other
	}
	if a.Type().Elem().PkgPath() == treePath {
		return true // a node of the tree: its place is compared where it is one
	}
	return w.same(a.Elem(), b.Elem())
}

// sites compares places: what stands there must be the same to the letter.
func (w *likeness) sites(a, b *effects.Site) bool {
	for ; a != nil && b != nil; a, b = a.Up, b.Up {
		if a == b {
			return true
		}
		if a.Module.File.Path != b.Module.File.Path || !sameFunction(a.Function, b.Function) || reflect.TypeOf(a.Node) != reflect.TypeOf(b.Node) {
			return false
		}
		if _, whole := a.Node.(*python.FunctionDef); a.Node != nil && !whole && !bytes.Equal(textOf(a), textOf(b)) {
			return false
		}
	}
	return a == b
}

func textOf(s *effects.Site) []byte { return s.Module.File.Source[s.Node.Pos():s.Node.Stop()] }

func sameFunction(a, b *program.Function) bool {
	return a == b || a != nil && b != nil && a.Qualname == b.Qualname && a.Module.File.Path == b.Module.File.Path
}
