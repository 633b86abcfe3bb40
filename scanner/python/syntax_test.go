package python

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the trees in testdata/python")

// TestTrees reads testdata/python/*.py, in which a blank line ends a case, and compares each tree with the
// line in the .tree file of the same name. The oracle reads the same files as far as an interpreter knows
// their syntax.
func TestTrees(t *testing.T) {
	files, err := filepath.Glob("../../testdata/python/syntax/*.py")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for _, c := range strings.Split(strings.TrimSpace(string(src)), "\n\n") {
				f := Parse(path, []byte(c+"\n"))
				if len(f.Errors) > 0 {
					t.Errorf("%v in\n%s", f.Errors, c)
				}
				out.WriteString(c + "\n" + strings.TrimSpace(dump(f)) + "\n\n")
			}
			golden := strings.TrimSuffix(path, ".py") + ".tree"
			if *update {
				if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			diff(t, out.String(), string(want))
		})
	}
}

func diff(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("line %d\n got %s\nwant %s", i+1, a, b)
			return
		}
	}
}

// TestLayout reads what a text file with plain newlines cannot hold.
func TestLayout(t *testing.T) {
	want := dump(Parse("", []byte("if x:\n    a = 1\n    b = 2\nelse:\n    c()\n")))
	for name, src := range map[string]string{
		"CRLF":                   "if x:\r\n    a = 1\r\n    b = 2\r\nelse:\r\n    c()\r\n",
		"CR":                     "if x:\r    a = 1\r    b = 2\relse:\r    c()\r",
		"mixed line ends":        "if x:\r    a = 1\n    b = 2\r\nelse:\n    c()",
		"tabs":                   "if x:\n\ta = 1\n\tb = 2\nelse:\n\tc()\n",
		"tab and spaces":         "if x:\n\ta = 1\n        b = 2\nelse:\n\tc()\n",
		"form feeds":             "\fif x:\n\f    a = 1\n    b = 2\n\f\nelse:\n  \f    c()\n",
		"no final newline":       "if x:\n    a = 1\n    b = 2\nelse:\n    c()",
		"comment at the end":     "if x:\n    a = 1\n    b = 2\nelse:\n    c()\n  # end",
		"byte order mark":        "\ufeffif x:\n    a = 1\n    b = 2\nelse:\n    c()\n",
		"comments anywhere":      "# 1\nif x: # 2\n# 3\n    a = 1\n        # 4\n    b = 2\n# 5\nelse:\n# 6\n    c()\n",
		"continued lines":        "if \\\nx:\n    a \\\n = 1\n    b = \\\r\n2\nelse:\n    c()\n",
		"continued indentation":  "if x:\n    a = 1\n    \\\n  b = 2\nelse:\n    c()\n",
		"semicolons":             "if x: a = 1; b = 2;\nelse: c();\n",
		"blanks at line ends":    "if x:  \n    a = 1 \t\n   \n    b = 2\n\t\nelse:\n    c()\n   ",
		"brackets across lines":  "if x:\n    a = 1\n    b = 2\nelse:\n    c(\n\n# note\n)\n",
		"latin-1 in the comment": "# -*- coding: latin-1 -*- \xe9\nif x:\n    a = 1\n    b = 2\nelse:\n    c()\n",
	} {
		f := Parse("", []byte(src))
		if len(f.Errors) > 0 {
			t.Errorf("%s: %v", name, f.Errors)
		}
		if got := dump(f); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestEncodings(t *testing.T) {
	for _, c := range []struct{ src, value, problem string }{
		{"# coding: latin-1\nx = '\xe9\xa4'\n", "é¤", ""},
		{"#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\nx = '\xa4'\n", "€", ""},
		{"# coding=cp1252\nx = '\x80'\n", "€", ""},
		{"# coding: latin-1\nx = '\xc3\xa9'\n", "Ã©", ""},
		{"x = 'é'\n", "é", ""},
		{"# coding: utf-8\nx = 'é'\n", "é", ""},
		{"# coding: koi8-r\nx = 'a'\n", "a", ""},
		{"x = '\xe9'\n", "\ufffd", "invalid UTF-8"},
		{"x = 1\n# coding: latin-1\nx = '\xe9'\n", "\ufffd", "invalid UTF-8"},
		{"# coding: koi8-r\nx = '\xe9'\n", "\ufffd", "encoding koi8-r is not supported: characters outside ASCII are unknown"},
	} {
		f := Parse("", []byte(c.src))
		problem := ""
		if len(f.Errors) > 0 {
			problem = f.Errors[0].Message
		}
		value, _ := f.Body[len(f.Body)-1].(*Assign).Value.(*Constant).Str()
		if value != c.value || problem != c.problem {
			t.Errorf("%q: %q, %q", c.src, value, problem)
		}
	}
}

func TestPosition(t *testing.T) {
	src := "\ufeffa = 'é😀' + b\r\nc\rd\n\ne"
	f := Parse("", []byte(src))
	for _, c := range []struct {
		at           string
		line, column int
	}{{"a", 1, 1}, {"'", 1, 5}, {"b", 1, 13}, {"c", 2, 1}, {"d", 3, 1}, {"e", 5, 1}} {
		line, column := f.Position(int32(strings.Index(src, c.at)))
		if line != c.line || column != c.column {
			t.Errorf("%q is at %d:%d, want %d:%d", c.at, line, column, c.line, c.column)
		}
	}
	for n, want := range []string{"", "a = 'é😀' + b", "c", "d", "", "e", ""} {
		if got := f.Line(n); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
	if line, column := f.Position(1 << 30); line != 5 || column != 2 {
		t.Errorf("behind the end: %d:%d", line, column)
	}
	if line, column := Parse("", nil).Position(0); line != 1 || column != 1 {
		t.Errorf("empty file: %d:%d", line, column)
	}
}

func TestComments(t *testing.T) {
	f := Parse("", []byte("x = 1  # noqa: E501\n# plain\n(a,  # middlebrick: ignore[MB101] reason\n b)\nmatch (x):  # noqa\n  case 1: pass\ny = '# noqa'\n"))
	var got []string
	for _, c := range f.Comments {
		line, _ := f.Position(c.Start)
		got = append(got, strings.Repeat("-", line)+c.Text)
	}
	want := "-# noqa: E501|---# middlebrick: ignore[MB101] reason|-----# noqa"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestStr(t *testing.T) {
	for src, want := range map[string]string{
		`'a' "b"`:                     "ab",
		`'''a` + "\r\n" + `b'''`:      "a\nb",
		`'a\` + "\n" + `b'`:           "ab",
		`r'a\nb'`:                     `a\nb`,
		`R"\""`:                       `\"`,
		`u'\u00e9\x41\101\0'`:         "éAA\x00",
		`'\U0001f600'`:                "😀",
		`'\N{DASH}\q'`:                `\N{DASH}\q`,
		`'\xzz'`:                      `\xzz`,
		`('a' # note` + "\n" + `'b')`: "ab",
		`f'a{{b}}\n'`:                 "a{b}\n",
		`rf'\{{'`:                     `\{`,
		`f'{x=}'`:                     "x=",
		`f'a{x = !r:>3}'`:             "ax = ",
		`f'''a''' "b{" f'}}c'`:        "ab{}c",
	} {
		f := Parse("", []byte(src+"\n"))
		e := f.Body[0].(*ExprStmt).Value
		if j, ok := e.(*JoinedStr); ok {
			e = j.Values[0]
		}
		if got, ok := e.(*Constant).Str(); !ok || got != want || len(f.Errors) > 0 {
			t.Errorf("%s: %q, want %q %v", src, got, want, f.Errors)
		}
	}
	for src, want := range map[string]int64{"0": 0, "00": 0, "1_000": 1000, "0x_ff": 255, "0b11": 3, "0o17": 15, "9223372036854775807": 1<<63 - 1} {
		if got, ok := Parse("", []byte(src)).Body[0].(*ExprStmt).Value.(*Constant).Int(); !ok || got != want {
			t.Errorf("%s: %d, want %d", src, got, want)
		}
	}
	for _, src := range []string{"9223372036854775808", "1.5", "2j", "'1'", "b'x'", "None"} {
		c := Parse("", []byte(src)).Body[0].(*ExprStmt).Value.(*Constant)
		if v, ok := c.Int(); ok {
			t.Errorf("%s is the integer %d", src, v)
		}
	}
}
