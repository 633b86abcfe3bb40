package python

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

// FuzzParse checks what holds for any input: no panic, places inside the file and inside the parent's, errors
// in order, and every literal and place readable.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../../testdata/python/syntax/*.py")
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, s := range []string{
		"", "\ufeff", "\r", "\\", "f'{", "f'{a:{b}}", "def f(a, b:\n    return a\n", "x = '''\ndef f():\n  '''y\n",
		"@a(\ndef f(): pass\n", "match x:\n  case [a, *b] if c:\n    pass\n", "with (a as b, c):\n\tpass\n",
		"# coding: latin-1\nx = '\xe9'\n", "if x:\n  a\n b\nelse:\n   c\n", "x = (\n1,\ny = 2\n", "a\x00b",
		"try:\n  f'''{\n'''}\nexcept (A, B:\n  pass", "\"\"\"a\nb = 1\n\"\"\"c d\n\"\"\"",
		"!\x800", "def A(* ", "pass\nwith 0: ", "match 0():#\n    case t\"0",
		"def f():\n    \"\"\"One.\n    return 1\n\ndef g():\n    \"\"\"Two.\"\"\"\n    return 2\n",
		"def f():\n    \"\"\"\n    One two.\n    return 1\n\ndef g():\n    \"\"\"\n    Two three.\n    \"\"\"\n    return 2\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file := Parse("fuzz.py", src)
		checkTree(t, file)
	})
}

func checkTree(t *testing.T, f *File) {
	t.Helper()
	if !utf8.Valid(f.Source) {
		t.Fatal("the source is no UTF-8")
	}
	whole := Span{0, int32(len(f.Source))}
	for _, s := range f.Body {
		checkNested(t, f, s, whole)
	}
	last := int32(0)
	for _, e := range f.Errors {
		if e.Offset < last || int(e.Offset) > len(f.Source) {
			t.Fatalf("error at %d after %d: %s", e.Offset, last, e.Message)
		}
		last = e.Offset
		line, column := f.Position(e.Offset)
		if line < 1 || column < 1 {
			t.Fatalf("error at %d:%d", line, column)
		}
		f.Line(line)
	}
	for _, c := range f.Comments {
		if f.Text(c.Span) != c.Text {
			t.Fatalf("comment %q is not at %v", c.Text, c.Span)
		}
	}
}

// checkNested checks that n lies in its parent and its children in n.
func checkNested(t *testing.T, f *File, n Node, parent Span) {
	own := Span{n.Pos(), n.Stop()}
	if own.Start > own.End || own.Start < parent.Start || own.End > parent.End {
		t.Fatalf("%T %v lies outside of its parent %v", n, own, parent)
	}
	if c, ok := n.(*Constant); ok {
		c.Str()
		c.Int()
	}
	switch d := n.(type) {
	// Decorators stand before their function, defaults behind their parameter.
	case *FunctionDef:
		own.Start = parent.Start
	case *ClassDef:
		own.Start = parent.Start
	case *Arg:
		own.End = parent.End
		if d.Name != "" && f.Text(d)[:len(d.Name)] != d.Name {
			t.Fatalf("parameter %s is not at its place", d.Name)
		}
	}
	first := true
	Walk(n, func(child Node) bool {
		if first {
			first = false
			return true
		}
		checkNested(t, f, child, own)
		return false
	})
}
