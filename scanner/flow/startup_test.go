package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

const served = `
from fastapi import FastAPI
import redis.asyncio as redis

app = FastAPI()

async def open_stock():
    app.state.stock = redis.Redis()

@app.post("/take")
async def take():
    left = await app.state.stock.get("left")
    if int(left) > 0:
        await app.state.stock.set("left", int(left) - 1)
`

// TestFilledByTests: tests that put something of their own into a place of the service neither say what requests find there nor keep
// the service's own function from saying it; where the tests are the application they do.
func TestFilledByTests(t *testing.T) {
	var tests strings.Builder
	for i := range 2 * maxFillers {
		fmt.Fprintf(&tests, "def test_%d(holder):\n    holder.app.state.stock = dict()\n\n", i)
	}
	for _, c := range []struct {
		service, tests string
		read           bool
	}{
		{served, tests.String(), true},
		{strings.Replace(served, "app.state.stock = redis.Redis()", "pass", 1), "import redis.asyncio as redis\nfrom main import app\n\ndef test_it():\n    app.state.stock = redis.Redis()\n", false},
		{"", "import redis.asyncio as redis\n" + served, true},
	} {
		p := program.Build([]*python.File{python.Parse("a_test.py", []byte(c.tests)), python.Parse("main.py", []byte(c.service))})
		app := fastapi.Read(p)
		sh := NewShared(p, schema.Read(p, nil), app)
		i := slices.IndexFunc(app.Entries, func(e *fastapi.Entry) bool { return e.Kind == fastapi.Route })
		tr := TraceEntry(sh, app.Entries[i], 0)
		if got := slices.ContainsFunc(tr.Ops, func(o effects.Op) bool { return o.Res.Store == interleave.KeyValue }); got != c.read {
			t.Errorf("known as a store: %v, want %v", got, c.read)
		}
	}
}
