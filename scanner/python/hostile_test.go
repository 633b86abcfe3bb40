package python

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// TestHostile reads what nobody writes by accident. It must end soon, say what is wrong and leave a tree
// that can be walked with a small stack.
func TestHostile(t *testing.T) {
	const million = 1_000_000
	chain := func(link string) string { return "x = a" + strings.Repeat(link, million) + "\n" }
	nest := func(open, inner, closing string, n int) string {
		return "x = " + strings.Repeat(open, n) + inner + strings.Repeat(closing, n) + "\n"
	}
	indented := func(header string, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i))
			b.WriteString(header)
		}
		b.WriteString(strings.Repeat(" ", n) + "pass\n")
		return b.String()
	}
	for name, src := range map[string]string{
		"open parentheses":     strings.Repeat("(", million),
		"open brackets":        "x = " + strings.Repeat("[", million) + "\ndef f(): pass\n",
		"open braces":          strings.Repeat("{", million),
		"closing brackets":     strings.Repeat(")", million),
		"balanced parentheses": nest("(", "1", ")", million),
		"balanced lines":       strings.Repeat("(\n", million) + strings.Repeat(")\n", million),
		"nested calls":         nest("f(", "1", ")", million),
		"nested lists":         nest("[", "1", "]", 2000),
		"nested dicts":         nest("{1:", "1", "}", 2000),
		"nested patterns":      "match x:\n  case " + strings.Repeat("[", million) + ":\n    pass\n",
		"nested or patterns":   "match x:\n  case " + strings.Repeat("(1|", million) + "\n",
		"minus":                "x = " + strings.Repeat("-", million) + "1\n",
		"not":                  "x = " + strings.Repeat("not ", million) + "1\n",
		"await":                "x = " + strings.Repeat("await ", million) + "y\n",
		"lambda":               "x = " + strings.Repeat("lambda:", million) + "1\n",
		"lambda default":       "x = " + strings.Repeat("lambda x=", million) + "1\n",
		"power":                chain("**a"),
		"conditional":          chain(" if b else c"),
		"walrus":               "(" + strings.Repeat("a:=", million) + "1)\n",
		"yield":                "x = " + strings.Repeat("yield ", million) + "\n",
		"star":                 "x = " + strings.Repeat("*", million) + "y\n",
		"attributes":           chain(".b"),
		"calls":                chain("()"),
		"subscripts":           chain("[0]"),
		"sum":                  chain("+a"),
		"comparison":           chain("<a"),
		"or":                   chain(" or a"),
		"assignments":          chain(" = a"),
		"tuple":                chain(", a"),
		"dotted import":        "import a" + strings.Repeat(".b", million) + "\n",
		"spaced dotted import": "import a" + strings.Repeat(" . b", million) + "\n",
		"import dots":          "from " + strings.Repeat(".", million) + " import a\n",
		"strings":              "x = " + strings.Repeat("'a' ", million) + "\n",
		"f-strings":            "x = " + strings.Repeat("f'{a}' ", 300_000) + "\n",
		"nested f-strings":     "x = " + strings.Repeat("f'{", million) + "\n",
		"closed f-strings":     nest("f'{", "1", "}'", 5000),
		"nested formats":       "x = f'" + strings.Repeat("{a:", million) + "\n",
		"unclosed f-strings":   strings.Repeat("f'{a\n", 200_000),
		"triple f-strings":     strings.Repeat("f'''{\n", 400_000),
		"f-string ladder":      strings.Repeat("f'{f\"{\n", 400_000),
		"blocks":               indented("if x:\n", 2000),
		"classes":              indented("class A:\n", 2000),
		"matches":              indented("match x:\n", 2000),
		"one-line blocks":      strings.Repeat("if x: ", million) + "pass\n",
		"elif":                 "if x:\n pass\n" + strings.Repeat("elif x:\n pass\n", 300_000),
		"decorators":           strings.Repeat("@a\n", million) + "def f(): pass\n",
		"broken decorators":    strings.Repeat("@a(\n", 300_000) + "def f(): pass\n",
		"comprehension":        "x = [a " + strings.Repeat("for a in b ", million) + "]\n",
		"with parentheses":     strings.Repeat("with (a,\n", 200_000),
		"match is a name":      strings.Repeat("match (a) + b\n", 200_000),
		"match chain":          strings.Repeat("match ", million) + "\n",
		"type chain":           strings.Repeat("type ", million) + "\n",
		"lazy chain":           strings.Repeat("lazy ", million) + "\n",
		"async chain":          strings.Repeat("async ", million) + "\n",
		"type parameters":      "def f[" + strings.Repeat("T:", million) + "](): pass\n",
		"errors":               strings.Repeat("=\n", million),
		"NULs":                 strings.Repeat("\x00", 10*million),
		"NUL in names":         strings.Repeat("a\x00", million),
		"backslashes":          "x = '" + strings.Repeat("\\", 5*million),
		"continued lines":      strings.Repeat("\\\n", million) + "x",
		"invalid UTF-8":        strings.Repeat("\xff\n", million),
		"triple quotes":        strings.Repeat("'''", million),
		"reopened strings":     strings.Repeat("x '''\ndef f():\n\"\"\" y\n", 100_000),
		"escaped quotes":       "'''" + strings.Repeat("\\'", million),
		"deeper and deeper":    staircase(2000),
		"long line":            "x = '" + strings.Repeat("a", 50*million) + "'\n",
		"long line of code":    "x = [" + strings.Repeat("a, ", 10*million) + "]\n",
		"spaces in brackets":   strings.Repeat("(", 300) + strings.Repeat(" ", 20*million) + strings.Repeat("(", 300),
		"long comment":         "#" + strings.Repeat("a", 50*million),
		"carriage returns":     strings.Repeat("\r", million),
	} {
		t.Run(name, func(t *testing.T) {
			defer debug.SetMaxStack(debug.SetMaxStack(64 << 20))
			start := time.Now()
			f := Parse("", []byte(src))
			took := time.Since(start)
			nodes := 0
			for _, s := range f.Body {
				Walk(s, func(Node) bool { nodes++; return true })
			}
			if limit := 8 * time.Second; took > limit && !testing.Short() {
				t.Errorf("%d bytes took %v", len(src), took)
			}
			if len(f.Errors) > maxErrors+1 {
				t.Errorf("%d errors are listed", len(f.Errors))
			}
			t.Logf("%d bytes, %d nodes, %d errors, %v", len(src), nodes, len(f.Errors), took)
		})
	}
}

// staircase is a file of ever deeper lines that belong to no header.
func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sx = 1\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func TestLimitsAreErrors(t *testing.T) {
	for name, src := range map[string]string{
		"brackets":   strings.Repeat("(", 201) + "1" + strings.Repeat(")", 201),
		"unary":      strings.Repeat("-", 2000) + "1",
		"blocks":     strings.Join(ladder(101), ""),
		"attributes": "a" + strings.Repeat(".b", maxLinks+freeLinks+10),
		"NUL":        "x = 1\x00\n",
	} {
		if f := Parse("", []byte(src)); len(f.Errors) == 0 {
			t.Errorf("%s: no error", name)
		}
	}
	for name, src := range map[string]string{
		"brackets":   strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200),
		"unary":      strings.Repeat("-", 900) + "1",
		"blocks":     strings.Join(ladder(99), ""),
		"attributes": "a" + strings.Repeat(".b", 5000),
		"sum":        "a" + strings.Repeat("+b", 5000),
		"elif":       "if x: pass\n" + strings.Repeat("elif x: pass\n", 1500),
	} {
		if f := Parse("", []byte(src)); len(f.Errors) != 0 {
			t.Errorf("%s: %v", name, f.Errors)
		}
	}
}

func ladder(n int) (lines []string) {
	for i := range n {
		lines = append(lines, strings.Repeat(" ", i)+"if x:\n")
	}
	return append(lines, strings.Repeat(" ", n)+"pass\n")
}
