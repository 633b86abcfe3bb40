package python

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestRecovery damages files of the standard library and counts how many of the functions, classes and
// decorators that are still there are found.
func TestRecovery(t *testing.T) {
	budget := int64(4_000_000)
	if os.Getenv("MIDDLEBRICK_ORACLE") == "full" {
		budget = 1 << 40
	}
	sources := librarySources(t, budget)
	random := rand.New(rand.NewPCG(27, 1828))
	all := score{}
	for _, kind := range []string{"cut", "line deleted", "bracket dropped", "quote dropped"} {
		one := score{}
		for _, src := range sources {
			from, to := damage(src, kind, random)
			if from < 0 {
				continue
			}
			broken := append(append([]byte(nil), src[:from]...), src[to:]...)
			f := Parse("", broken)
			checkTree(t, f)
			one.count(Parse("", src), f, from, to)
		}
		t.Logf("%-16s %5d files, %6d of %6d found, %.2f %%", kind, one.files, one.found, one.wanted, one.percent())
		all.files += one.files
		all.found += one.found
		all.wanted += one.wanted
	}
	t.Logf("%-16s %5d files, %6d of %6d found, %.2f %%", "all", all.files, all.found, all.wanted, all.percent())
	if all.wanted == 0 || all.percent() < 99 {
		t.Errorf("%.2f %% of functions, classes and decorators found in damaged files, want at least 99", all.percent())
	}
}

// damage chooses which bytes to remove.
func damage(src []byte, kind string, random *rand.Rand) (from, to int) {
	if len(src) < 200 {
		return -1, -1
	}
	at := random.IntN(len(src))
	switch kind {
	case "cut":
		return at, len(src)
	case "line deleted":
		from = strings.LastIndexByte(string(src[:at]), '\n') + 1
		n := strings.IndexByte(string(src[from:]), '\n')
		if n < 0 {
			return -1, -1
		}
		return from, from + n + 1
	}
	chars := "()[]{}"
	if kind == "quote dropped" {
		chars = `"'`
	}
	n := strings.IndexAny(string(src[at:]), chars)
	if n < 0 {
		return -1, -1
	}
	return at + n, at + n + 1
}

type score struct{ files, found, wanted int }

func (s *score) percent() float64 { return 100 * float64(s.found) / float64(max(1, s.wanted)) }

// count compares what a file declares before and after src[from:to] was removed.
func (s *score) count(intact, broken *File, from, to int) {
	have := map[string]int{}
	for _, d := range declarations(broken) {
		have[d.name]++
	}
	s.files++
	for _, d := range declarations(intact) {
		if d.end > from && d.start < to {
			continue // it is what was damaged
		}
		s.wanted++
		if have[d.name] > 0 {
			have[d.name]--
			s.found++
		}
	}
}

type declaration struct {
	name       string
	start, end int // of the words that make it recognisable
}

// declarations lists functions, classes and decorators, the latter by what is called.
func declarations(f *File) (list []declaration) {
	decorators := func(exprs []Expr) {
		for _, e := range exprs {
			if c, ok := e.(*Call); ok {
				e = c.Func
			}
			list = append(list, declaration{"@" + f.Text(e), int(e.Pos()) - 1, int(e.Stop())})
		}
	}
	for _, s := range f.Body {
		Walk(s, func(n Node) bool {
			switch n := n.(type) {
			case *FunctionDef:
				decorators(n.Decorators)
				list = append(list, declaration{"def " + n.Name, int(n.Start), int(n.NamePos) + len(n.Name)})
			case *ClassDef:
				decorators(n.Decorators)
				list = append(list, declaration{"class " + n.Name, int(n.Start), int(n.NamePos) + len(n.Name)})
			}
			return true
		})
	}
	return list
}

// errorLines says which lines have errors.
func errorLines(f *File) string {
	var out []string
	for _, e := range f.Errors {
		line, _ := f.Position(e.Offset)
		out = append(out, fmt.Sprint(line))
	}
	return strings.Join(out, " ")
}

func TestRecoveryCases(t *testing.T) {
	for _, c := range []struct{ name, src, lines, found string }{
		{"error costs its line", "x = 1 +\ny = 2\ndef f(): pass\n", "1", "def f"},
		{"block of a broken header is kept", "if x ==:\n    def f(): pass\ndef g(): pass\n", "1", "def f,def g"},
		{"bracket never closed", "x = foo(a,\ndef f():\n    pass\n", "2", "def f"},
		{"next line is no argument", "x = foo(a\ny = 2\ndef f():\n    pass\n", "2", "def f"},
		{"header without closing bracket", "def f(a, b:\n    return a\ndef g(): pass\n", "2", "def f,def g"},
		{"header without opening bracket", "def f a, b):\n    def h(): pass\n", "1", "def f,def h"},
		{"broken class header", "class C(A, :\n    def f(self): pass\n", "1", "class C,def f"},
		{"broken decorator", "@app.get('/x'\ndef f(): pass\n", "2", "@app.get,def f"},
		{"decorator without function", "@app.get('/x')\nx = 1\ndef f(): pass\n", "2", "def f"},
		{"deeper line", "x = 1\n    def f(): pass\ny = 2\n", "2", "def f"},
		{"shallower line", "class C:\n        def f(self): pass\n    def g(self): pass\ndef h(): pass\n", "3", "class C,def f,def g,def h"},
		{"orphaned else", "else:\n    def f(): pass\n", "1", "def f"},
		{"broken except keeps the try", "try:\n    def f(): pass\nexcept (A, B:\n    def g(): pass\n", "3", "def f,def g"},
		{"unclosed string", "x = 'abc\ndef f(): pass\n", "1", "def f"},
		{"unclosed docstring", "def f():\n    '''text\n    pass\ndef g(): pass\n", "2", "def f,def g"},
		{"docstring that lost its end", "def f():\n    \"\"\"One.\n    return 1\n\ndef g():\n    \"\"\"Two.\"\"\"\n    return 2\n\ndef h():\n    return 3\n", "2", "def f,def g,def h"},
		{"broken f-string costs the string", "x = f\"{a b}\" + g(1)\ndef f(): pass\n", "1", "def f"},
		{"broken f-string in a match header", "match f\"{a b}\":\n    case 1:\n        def f(): pass\n", "1", "def f"},
		{"broken f-string in parentheses", "with (open(f\"{a b}\") as c):\n    def f(): pass\n", "1", "def f"},
		{"words that are no case", "match x:\n    case 1:\n        def f(): pass\n    oops\n    case 2:\n        def g(): pass\n", "4", "def f,def g"},
		{"end of file in a header", "def f(a,", "1", "def f"},
		{"conflict markers", "def f(): pass\n<<<<<<< HEAD\ndef g(): pass\n=======\ndef h(): pass\n>>>>>>> other\ndef i(): pass\n", "2 4 6", "def f,def g,def h,def i"},
		{"print statement", "def f():\n    print 'x'\ndef g(): pass\n", "2", "def f,def g"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("", []byte(c.src))
			if got := errorLines(f); got != c.lines {
				t.Errorf("errors on lines %q, want %q: %v", got, c.lines, f.Errors)
			}
			var names []string
			for _, d := range declarations(f) {
				names = append(names, d.name)
			}
			if got := strings.Join(names, ","); got != c.found {
				t.Errorf("found %s, want %s", got, c.found)
			}
		})
	}
}
