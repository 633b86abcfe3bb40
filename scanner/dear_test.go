package scanner

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// mutualCalls are routes into functions that each call two of the others, deeper than anybody follows: each route alone reaches the
// limits of an entry point.
func mutualCalls(functions, routes int) grown {
	return around(grown{"app/main.py": grownApp + numbered(functions, func(i int) string {
		return fmt.Sprintf("\n\nasync def f%[1]d(db, item_id):\n    item = await db.get(Item, item_id)\n    if item.stock < %[1]d:\n        return\n    item.stock = item.stock - 1\n    await db.commit()\n    await f%[2]d(db, item_id)\n    await f%[3]d(db, item_id)\n", i, (i*7+1)%functions, (i*7+14)%functions)
	}) + numbered(routes, func(i int) string {
		return fmt.Sprintf("\n\n@app.post(\"/f%[1]d/{item_id}\")\nasync def route%[1]d(item_id: int, db=Depends(get_db)):\n    await f%[2]d(db, item_id)\n", i, i%functions)
	})})
}

// TestDearRoutesTogether wants of many routes, of which each is as dear as one may be, that all of them together cost no more than the
// size of the source allows, that each is followed all the same, that the report says what was cut, and that neither the number of
// processors nor what an earlier scan left decides what that is.
func TestDearRoutesTogether(t *testing.T) {
	const functions, routes = 60, 90
	g := mutualCalls(functions, routes)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	want, err := Scan(context.Background(), g.tree(t), Options{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	size, _ := g.size()
	if n := float64(after.TotalAlloc-before.TotalAlloc) / float64(size); n > 20_000 {
		t.Errorf("%.0f bytes allocated for each byte of source", n)
	}
	if len(want.Findings) != functions {
		t.Errorf("%d findings, want one of each function: a route calls it first", len(want.Findings))
	}
	for reason, least := range map[string]int{"the whole scan takes more steps": routes / 2, "judging what it does takes more work": 1} {
		n := 0
		for _, s := range want.Summary.Skipped {
			if s.Kind == "given-up" && strings.Contains(s.Reason, reason) {
				n++
			}
		}
		if n < least {
			t.Errorf("%d of %d routes are said to be cut because %s", n, routes, reason)
		}
	}
	same := func(how string, opts Options) {
		t.Helper()
		got, err := Scan(context.Background(), g.tree(t), opts)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Findings, want.Findings) || !reflect.DeepEqual(got.Summary.Skipped, want.Summary.Skipped) {
			t.Errorf("another report %s", how)
		}
	}
	processors := runtime.GOMAXPROCS(1)
	same("on one processor", Options{})
	runtime.GOMAXPROCS(8)
	same("with eight workers", Options{})
	runtime.GOMAXPROCS(processors)
	memory := &Memory{}
	same("with a memory", Options{Memory: memory})
	g["app/other.py"] = "x = 1\n"
	want, err = Scan(context.Background(), g.tree(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	same("with what the scan before found out", Options{Memory: memory})
	g["app/other.py"] = "x = 2\n"
	same("after an edit", Options{Memory: memory})
}

// TestDearCalls wants races found behind functions that take many steps and are called again and again, and behind dependencies
// that take more steps than there are.
func TestDearCalls(t *testing.T) {
	long := strings.Repeat("    option = {'size': 10, 'name': 'pool', 'echo': False}\n", 300)
	head := `from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


factory = sessionmaker(create_engine("postgresql://db/parcels"))

`
	race := `    parcel = db.get(Parcel, parcel_id)
    if parcel.state != "ready":
        raise HTTPException(409)
    parcel.state = "sent"
    db.commit()
`
	look := "class Store:\n    def __init__(self):\n        self.db = factory()\n\n    def send(self, parcel_id):\n        db = self.db\n" + strings.ReplaceAll(race, "    ", "        ") + "\n\ndef look():\n" + long + "    return Store()\n\n\n"
	var steps strings.Builder
	for i := range 220 {
		fmt.Fprintf(&steps, "def step_%d():\n%s\n", i, long)
	}
	var all strings.Builder
	for i := range 220 {
		fmt.Fprintf(&all, "    step_%d()\n", i)
	}
	for name, source := range map[string]string{
		"looked up for each statement": head + look + "@app.post('/parcels/{parcel_id}/send')\ndef send(parcel_id: int):\n" +
			strings.Repeat("    look().db.execute('SELECT 1')\n", 100) + "    look().send(parcel_id)\n",
		"a dear dependency": head + steps.String() + "def caller():\n" + all.String() + "    return {}\n\n\n" +
			"@app.post('/parcels/{parcel_id}/send')\ndef send(parcel_id: int, user: dict = Depends(caller)):\n    db = factory()\n" + race,
	} {
		got, err := Scan(context.Background(), grown{"app.py": source}.tree(t), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Findings) != 1 || got.Findings[0].Rule != "MB107" {
			t.Errorf("%s: %d findings, want the parcel that is sent twice; skipped: %v", name, len(got.Findings), got.Summary.Skipped)
		}
	}
}
