package python

import (
	"fmt"
	"reflect"
	"strings"
)

// dump prints a tree in the notation of CPython's ast.dump: class names and fields, without places, contexts
// and empty fields.
func dump(f *File) string {
	var b strings.Builder
	for _, s := range f.Body {
		dumpValue(&b, reflect.ValueOf(s))
		b.WriteByte('\n')
	}
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if c, ok := v.Interface().(*Constant); ok && c != nil {
			dumpConstant(b, c)
			return
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			dumpValue(b, v.Index(i))
		}
		b.WriteByte(']')
	case reflect.Struct:
		dumpStruct(b, v)
	case reflect.Invalid:
		b.WriteString("None")
	default:
		dumpPlain(b, v.Interface())
	}
}

func dumpPlain(b *strings.Builder, v any) {
	switch v := v.(type) {
	case Operator:
		b.WriteString(operatorNames[v])
	case UnaryOperator:
		b.WriteString(unaryNames[v])
	case CmpOperator:
		b.WriteString(cmpNames[v])
	case CompKind:
		b.WriteString(compNames[v])
	case byte:
		fmt.Fprintf(b, "%q", v)
	default:
		fmt.Fprintf(b, "%#v", v)
	}
}

func dumpStruct(b *strings.Builder, v reflect.Value) {
	name := v.Type().Name()
	if name == "Name" {
		b.WriteString(v.FieldByName("ID").String())
		return
	}
	b.WriteString(name + "(")
	sep := ""
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous || !field.IsExported() || field.Name == "NamePos" {
			continue
		}
		if v.Field(i).IsZero() && (field.Type.Kind() != reflect.Uint8 || field.Type == reflect.TypeFor[byte]()) {
			continue
		}
		fmt.Fprintf(b, "%s%s=", sep, field.Name)
		dumpValue(b, v.Field(i))
		sep = ", "
	}
	b.WriteByte(')')
}

func dumpConstant(b *strings.Builder, c *Constant) {
	if s, ok := c.Str(); ok {
		fmt.Fprintf(b, "%q", s)
		return
	}
	b.WriteString(c.Raw)
}
