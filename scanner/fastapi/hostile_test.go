package fastapi

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

func TestHostileInput(t *testing.T) {
	head := "from fastapi import FastAPI, APIRouter, Depends\napp = FastAPI()\n"
	each := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	cases := map[string]struct {
		text        string
		least, most int // entries
	}{
		"five thousand routes": {head + each(5000, func(i int) string {
			return fmt.Sprintf("@app.get('/r%d')\ndef r%d(): ...\n", i, i)
		}), 5000, 5000},
		"a router that includes itself": {head + "r = APIRouter(prefix='/r')\nr.include_router(r)\n@r.get('/x')\ndef x(): ...\n", 1, 1},
		"routers in a circle":           {head + "a = APIRouter()\nb = APIRouter()\na.include_router(b)\nb.include_router(a)\n@a.get('/x')\ndef x(): ...\n", 1, 2},
		"thirty routers, each included twice in the next": {head + "r0 = APIRouter()\n@r0.get('/x')\ndef x(): ...\n" + each(30, func(i int) string {
			return fmt.Sprintf("r%d = APIRouter()\nr%d.include_router(r%d, prefix='/a')\nr%d.include_router(r%d, prefix='/b')\n", i+1, i+1, i, i+1, i)
		}), maxPaths, maxPaths},
		"functions that call themselves": {head + "def build():\n    r = APIRouter()\n    r.include_router(build())\n    return other(r)\ndef other(r):\n    return build() or other(r)\napp.include_router(build())\n@app.get('/x')\ndef x(): ...\n", 1, 1},
		"functions that each call the next twice": {head + "def f40():\n    r = APIRouter()\n    return r\n" + each(40, func(i int) string {
			return fmt.Sprintf("def f%d(x=1):\n    f%d(1)\n    return f%d(2)\n", 39-i, 40-i, 40-i)
		}) + "app.include_router(f0(1))\n", 0, 0},
		"loops in loops":                      {head + "ITEMS = [" + strings.Repeat("1, ", 300) + "]\n" + nested(6) + strings.Repeat("    ", 6) + "app.add_api_route('/x', lambda: 1)\n", 1, maxRoutes},
		"a list that grows by itself":         {head + "L = [1]\nfor x in L:\n    L.extend(L)\n    L += L\n@app.get('/x')\ndef x(): ...\n", 1, 1},
		"a prefix that is itself":             {"from fastapi import FastAPI, APIRouter\napp = FastAPI()\nP = P + '/x' + P\nQ = f'{Q}{Q}'\nr = APIRouter(prefix=P)\napp.include_router(r, prefix=Q)\n@r.get('/x')\ndef x(): ...\n", 1, 1},
		"a text that doubles":                 {head + "def b():\n    p = 'aaaaaaaaaa'\n" + strings.Repeat("    p = p + p\n", 60) + "    r = APIRouter(prefix=p)\n    @r.get('/x')\n    def x(): ...\n    return r\napp.include_router(b())\n", 1, 1},
		"a dependency that is itself":         {head + "D = D\nE = Depends(E)\nF = [F, *F] + F\n@app.get('/x', dependencies=F)\ndef x(a=D, b=E): ...\n", 1, 1},
		"a long chain of calls":               {head + "x = app" + strings.Repeat(".get('/x')(1)", 20000) + "\n@app.get('/x')\ndef y(): ...\n", 1, 1},
		"a class that routes in its own init": {head + "class A(APIRouter):\n    def __init__(self):\n        super().__init__()\n        self.include_router(A())\n        self.add_api_route('/x', self.x)\n    def x(self): ...\napp.include_router(A())\n", 1, 100},
		"nothing that is Python":              {"\x00\xff((((((", 0, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			done := make(chan int)
			go func() {
				p := program.Build([]*python.File{python.Parse("main.py", []byte(c.text))})
				app := Read(p)
				for _, f := range p.Functions {
					app.Offstage(f)
					for _, q := range f.Params {
						DependencyOf(p, f.Scope(), q)
					}
				}
				done <- len(app.Entries)
			}()
			select {
			case n := <-done:
				if n < c.least || n > c.most {
					t.Errorf("%d entries, want %d to %d", n, c.least, c.most)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("took longer than ten seconds")
			}
		})
	}
}

// nested is n loops, each in the one before.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sfor v%d in ITEMS:\n", strings.Repeat("    ", i), i)
	}
	return b.String()
}

// Damaged files: whatever the parser saves of them is read without a panic, and as fast as whole ones.
func TestDamagedCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.py.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases found", err)
	}
	entries := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(40) {
			p := program.Build(split(damage(string(text), rand.New(rand.NewPCG(seed, 7)))))
			app := Read(p)
			entries += len(app.Entries)
			for _, f := range p.Functions {
				app.Offstage(f)
				for _, q := range f.Params {
					DependencyOf(p, f.Scope(), q)
				}
			}
		}
	}
	if entries == 0 {
		t.Error("nothing is left of the damaged cases: the damage is too great to test anything")
	}
}

// damage cuts, repeats and overwrites a few places of a text.
func damage(text string, r *rand.Rand) string {
	for range 1 + r.IntN(8) {
		i := r.IntN(len(text))
		j := min(len(text), i+r.IntN(40))
		switch r.IntN(3) {
		case 0:
			text = text[:i] + text[j:]
		case 1:
			text = text[:j] + text[i:]
		case 2:
			text = text[:i] + string("()[]{}:=,.\n@*\"' "[r.IntN(16)]) + text[min(len(text), i+1):]
		}
	}
	return text
}
