package finding

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestClone fills every field of a report, copies it, and looks for anything that both still hold.
func TestClone(t *testing.T) {
	r := NewReport("x", "1")
	r.Findings = make([]Finding, 1)
	fill(reflect.ValueOf(&r.Findings[0]).Elem())
	fill(reflect.ValueOf(&r.Summary).Elem())
	r.Tests = nil
	c := r.Clone()
	want, _ := json.Marshal(r)
	if got, _ := json.Marshal(c); string(got) != string(want) {
		t.Fatalf("the copy differs:\n%s\n%s", got, want)
	}
	shared(t, "report", reflect.ValueOf(*r), reflect.ValueOf(*c))
}

// fill gives every pointer, slice and map below a value something to point at.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

func shared(t *testing.T, path string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if a.IsNil() || a.Kind() == reflect.Slice && a.Len() == 0 {
			return
		}
		if a.UnsafePointer() == b.UnsafePointer() {
			t.Errorf("%s is shared", path)
		}
		switch a.Kind() {
		case reflect.Pointer:
			shared(t, path, a.Elem(), b.Elem())
		case reflect.Slice:
			shared(t, path+"[0]", a.Index(0), b.Index(0))
		}
	case reflect.Struct:
		for i := range a.NumField() {
			shared(t, path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	}
}
