package scanner

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestGivenUp wants every request that is not followed to its end named, with the reason, and no other.
func TestGivenUp(t *testing.T) {
	var deep, often, long strings.Builder
	deep.WriteString("def step_40(n):\n    return n\n")
	for i := 39; i >= 0; i-- {
		fmt.Fprintf(&deep, "def step_%d(n):\n    return step_%d(n)\n", i, i+1)
	}
	often.WriteString("def work(n):\n    os.remove(n)\n") // without it nothing would be missed
	for range 200 {
		often.WriteString("    n = n.strip() + n.lower()\n")
	}
	often.WriteString("def many(n):\n")
	for range 40 {
		often.WriteString("    work(n)\n")
	}
	long.WriteString("def endless(n):\n")
	for range 12_000 {
		long.WriteString("    n = n.strip() + n.lower()\n")
	}
	g := grown{"app.py": `import os

from fastapi import FastAPI, Request

class Store:
    name = "store"

def lifespan(app):
    app.state.store = Store()
    app.state.store.name = step_0("store") # of start-up code only what it fills is asked
    yield

app = FastAPI(lifespan=lifespan)

@app.get("/filled")
def read_filled(request: Request):
    return request.app.state.store.name

@app.get("/deep")
def read_deep(n: str):
    return step_0(n)

@app.get("/often")
def read_often(n: str):
    return many(n)

@app.get("/long")
def read_long(n: str):
    return endless(n)

def again(n):
    return again(n[1:])

@app.get("/plain")
def read_plain(n: str):
    return again(n)

` + deep.String() + often.String() + long.String()}
	r, err := Scan(context.Background(), g.tree(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"GET /deep": "deeper", "GET /often": "more often", "GET /long": "more steps"}
	for _, s := range r.Summary.Skipped {
		name, why, _ := strings.Cut(s.Reason, ": ")
		if s.Kind != "given-up" || s.Path != "app.py" || s.Line == 0 || want[name] == "" || !strings.Contains(why, want[name]) {
			t.Errorf("skipped %+v", s)
			continue
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s was given up and not named", name)
	}
}
