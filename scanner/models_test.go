package scanner

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// stock are models of a client of an in-house service.
var stock = []effects.Declared{
	{Name: "acme.stock.connect", Does: "make", Resource: "acme.stock.Client"},
	{Name: "acme.stock.Client.left", Does: "read", Resource: "stock", Key: "sku"},
	{Name: "acme.stock.Client.put", Does: "write", Resource: "stock", Key: "sku"},
	{Name: "acme.stock.Client.take", Does: "step", Resource: "stock", Key: "sku"},
	{Name: "acme.stock.Client.reserve", Does: "claim", Resource: "reservation", Key: "0"},
	{Name: "acme.locks.hold", Does: "hold", Resource: "stock", Key: "0"},
}

const stockApp = `
from acme import locks, stock
from acme.stock import Client
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
client = stock.connect("stock.internal")


def get_client() -> Client:
    return client


`

func TestDeclaredModels(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"read and write", `
@app.post("/take/{sku}")
async def take(sku: str):
    left = await client.left(sku)
    if left < 1:
        raise HTTPException(409)
    await client.put(sku, left - 1)
`, "stock"},
		{"read and step, injected", `
@app.post("/take/{sku}")
async def take(sku: str, stock: Client = Depends(get_client)):
    if await stock.left(sku=sku) < 1:
        raise HTTPException(409)
    await stock.take(sku=sku)
`, "stock"},
		{"read and step", `
@app.post("/take/{sku}")
async def take(sku: str):
    if await client.left(sku) < 1:
        raise HTTPException(409)
    await client.take(sku)
`, "stock"},
		{"under the lock", `
@app.post("/take/{sku}")
async def take(sku: str):
    async with locks.hold(sku):
        left = await client.left(sku)
        if left < 1:
            raise HTTPException(409)
        await client.put(sku, left - 1)
`, ""},
		{"claim", `
@app.post("/reserve/{sku}")
async def reserve(sku: str):
    if not await client.reserve(sku):
        raise HTTPException(409)
`, ""},
	} {
		tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(stockApp + c.body)}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		report, err := Scan(context.Background(), tree, Options{Models: stock})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range report.Findings {
			got = append(got, f.Description)
		}
		if text := strings.Join(got, "; "); (c.want == "") != (text == "") || !strings.Contains(text, c.want) {
			t.Errorf("%s: got %q", c.name, text)
		}
	}
}

func TestDeclaredModelsThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		d    effects.Declared
		want string
	}{
		{effects.Declared{Name: "left", Does: "read", Resource: "stock"}, `model "left": a qualified name`},
		{effects.Declared{Name: "acme.left", Does: "look", Resource: "stock"}, `model acme.left: does "look"`},
		{effects.Declared{Name: "acme.left", Does: "read"}, `model acme.left: no resource`},
		{effects.Declared{Name: "acme.pay", Does: "send", Resource: "money"}, `model acme.pay: sends "money"`},
		{effects.Declared{Name: "acme.open", Does: "make", Resource: "Client"}, `model acme.open: makes "Client"`},
		{effects.Declared{Name: "acme..open", Does: "nothing"}, `model "acme..open"`},
	} {
		if _, err := effects.LibraryOf([]effects.Declared{c.d}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.d, err)
		}
	}
}
