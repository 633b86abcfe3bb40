package program

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// inTime fails the test when the work takes longer than a person would wait. The goroutine is given up on, so that a hang is a
// failure with a name instead of a timeout of the whole package.
func inTime(t *testing.T, limit time.Duration, work func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); work() }()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatal("took longer than", limit)
	}
}

// touch asks everything about a program.
func touch(p *Program) {
	for _, m := range p.Modules {
		for name := range m.Names {
			r := p.Lookup(Scope{Module: m}, name)
			p.Member(r, "x")
			p.Member(r, name)
		}
		for _, st := range m.File.Body {
			if e, ok := st.(*python.ExprStmt); ok {
				p.Resolve(Scope{Module: m}, e.Value)
				p.Annotation(Scope{Module: m}, e.Value)
				p.InstanceOf(Scope{Module: m}, e.Value)
			}
		}
	}
	for i, k := range p.Classes {
		k.Method("run")
		k.Attr("x")
		if i >= 50 {
			continue // one of these may visit all classes
		}
		p.Subclasses(k)
		for _, b := range k.MRO() {
			k.TypeArg(b, "T")
		}
	}
}

func TestHostileInput(t *testing.T) {
	long := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	cases := map[string]map[string]string{
		"a class that is its own base": {"a.py": "class A(A): pass\nclass B(C, B): pass\nclass C(B): pass\nclass D(B, C, A): pass\n"},
		"a chain of ten thousand classes": {"a.py": long(10000, func(i int) string {
			return fmt.Sprintf("class C%d(C%d):\n    x%d = 1\n", i, max(i-1, 0), i)
		})},
		"a class with a thousand bases": {"a.py": long(1000, func(i int) string { return fmt.Sprintf("class C%d: pass\n", i) }) +
			"class All(" + long(1000, func(i int) string { return fmt.Sprintf("C%d, ", i) }) + "): pass\n"},
		"a diamond at every level": {"a.py": "class L0: pass\nclass R0: pass\n" + long(300, func(i int) string {
			return fmt.Sprintf("class L%d(L%d, R%d): pass\nclass R%d(R%d, L%d): pass\n", i+1, i, i, i+1, i, i)
		})},
		"aliases in a circle": {"a.py": "x = y\ny = z\nz = x\nx\nT = U\nU = T\nT\nOptional[T]\nfrom a import x as q\nq = q\nlist[q]\n"},
		"modules that import each other": {
			"a.py": "from b import *\nfrom b import v\nfrom a import w\n", "b.py": "from c import *\nfrom a import v\n", "c.py": "from a import *\nfrom b import v, w\n",
		},
		"an attribute chain of a hundred thousand": {"a.py": "import os\nos" + strings.Repeat(".path", 100000) + "\n"},
		"a union of ten thousand":                  {"a.py": "x" + strings.Repeat(" | int", 10000) + "\n"},
		"an alias that grows":                      {"a.py": "A0 = list[int]\n" + long(60, func(i int) string { return fmt.Sprintf("A%d = dict[A%d, A%d]\n", i+1, i, i) }) + "A60\n"},
		"a quoted annotation in itself":            {"a.py": "X = \"X | X\"\nX\n\"X | list[X]\"\n"},
		"relative imports out of the tree":         {"a.py": "from ....... import x\nfrom .......y import z\nz\n", "p/b.py": "from ... import q\nq\n"},
		"odd paths":                                {".py": "x = 1\n", "a/.py": "from . import x\n", "a.b/c.d.py": "import a.b.c.d\n", "a//b.py": "import b\n", "/abs.py": "x\n"},
	}
	for name, tree := range cases {
		t.Run(name, func(t *testing.T) {
			var files []*python.File
			for path, text := range tree {
				files = append(files, python.Parse(path, []byte(text)))
			}
			inTime(t, 10*time.Second, func() { touch(Build(files)) })
		})
	}
}

func TestManyStars(t *testing.T) {
	var files []*python.File
	for i := range 200 {
		text := ""
		for j := range 200 {
			text += fmt.Sprintf("from m%d import *\n", (i+j)%200)
		}
		text += fmt.Sprintf("from m%d import nothing\nv%d = 1\n", (i+7)%200, i)
		files = append(files, python.Parse(fmt.Sprintf("m%d.py", i), []byte(text)))
	}
	inTime(t, 20*time.Second, func() {
		p := Build(files)
		for _, m := range p.Modules {
			p.Lookup(Scope{Module: m}, "nothing")
			if r := p.Lookup(Scope{Module: m}, "v150"); r.Kind != ToValue {
				t.Errorf("%s: v150 is %s", m.Name, describe(r))
			}
		}
	})
}

// The same files in another order, on another number of processors, give the same answers.
func TestOrderDoesNotMatter(t *testing.T) {
	text := ""
	for _, name := range []string{"imports", "layouts", "classes", "cycles", "types"} {
		text += readCase(t, name)
	}
	answer := func(files []*python.File) string {
		p := Build(files)
		var b strings.Builder
		for _, m := range p.Modules {
			fmt.Fprintln(&b, m.Name, m.File.Path, m.Stars)
		}
		for _, f := range p.Functions {
			fmt.Fprintln(&b, f.Qualname, f.Async, f.Property)
		}
		for _, k := range p.Classes {
			fmt.Fprint(&b, k.Qualname, k.TypeVars)
			for _, c := range k.MRO() {
				fmt.Fprint(&b, " ", c.Qualname)
			}
			for _, c := range p.Subclasses(k) {
				fmt.Fprint(&b, " <", c.Qualname)
			}
			fmt.Fprintln(&b)
		}
		return b.String()
	}
	files := split(text)
	want := answer(files)
	for seed := range uint64(5) {
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1 + int(seed%2)))
		if got := answer(files); got != want {
			t.Fatalf("seed %d: the answers differ", seed)
		}
	}
}
