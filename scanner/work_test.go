package scanner

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Work is measured by what a scan allocates, which hardly varies from run to run, where time does with whatever else the
// machine is at.

// work is the number of allocations of a scan.
func work(tb testing.TB, g grown) float64 {
	count, _ := allocated(tb, g)
	return count
}

// allocated is the number of allocations of a scan, and of their bytes.
func allocated(tb testing.TB, g grown) (count, bytes float64) {
	tb.Helper()
	tree := g.tree(tb)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Scan(context.Background(), tree, Options{}); err != nil {
		tb.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
}

// TestWorkGrowsAsTheProjectDoes fails when ten times the code is much more than ten times the work.
func TestWorkGrowsAsTheProjectDoes(t *testing.T) {
	small, large := ordinary(5_000), ordinary(50_000)
	_, l0 := small.size()
	_, l1 := large.size()
	slope := math.Log(work(t, large)/work(t, small)) / math.Log(float64(l1)/float64(l0))
	if slope > 1.05 {
		t.Errorf("the slope of work against lines is %.3f on the log-log plot, want at most 1.05", slope)
	}
}

// TestUnusualShapes fails when a project of an unusual shape is more than five times the work of an ordinary one of its size.
func TestUnusualShapes(t *testing.T) {
	shapes := map[string]grown{
		"5000 routes": manyRoutes(5000), "chain of 60 calls": deepChain(60), "2000 implementations": manyImplementations(2000),
		"a function of 20000 lines": longFunction(20_000), "300 migrations": manyMigrations(300), "500 routes that fill one place": manyFillers(500),
	}
	maps.Copy(shapes, crookedShapes())
	for name, g := range shapes {
		t.Run(name, func(t *testing.T) {
			bytes, lines := g.size()
			same := ordinary(min(max(lines, bytes/40), 10_000)) // lines can be long; and beyond that the work grows as the project does
			ordinaryBytes, _ := same.size()
			count, memory := allocated(t, g)
			usualCount, usualMemory := allocated(t, same)
			got, usual := count/float64(bytes), usualCount/float64(ordinaryBytes)
			t.Logf("%d lines: %.2f allocations a byte, ordinary code %.2f; %.0f bytes a byte, ordinary code %.0f", lines, got, usual, memory/float64(bytes), usualMemory/float64(ordinaryBytes))
			if got > 5*usual {
				t.Errorf("%.1f times the work of ordinary code", got/usual)
			}
			if x := memory / float64(bytes) / (usualMemory / float64(ordinaryBytes)); x > 20 {
				t.Errorf("%.1f times the memory of ordinary code", x)
			}
		})
	}
}

const grownApp = "from fastapi import Depends, FastAPI, HTTPException\n\nfrom app.db import get_db\nfrom app.models import Item\n\napp = FastAPI()\n"

func around(g grown) grown {
	g["app/__init__.py"], g["app/db.py"] = "", grownSession
	g["app/base.py"] = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
	g["app/models.py"] = strings.ReplaceAll(grownModel, "%[1]d", "")
	return g
}

func manyRoutes(n int) grown {
	var b strings.Builder
	b.WriteString(grownApp)
	for i := range n {
		fmt.Fprintf(&b, "\n\n@app.post(\"/things/%[1]d/{item_id}\")\nasync def thing_%[1]d(item_id: int, db=Depends(get_db)):\n    item = await db.get(Item, item_id)\n    if item.stock < 1:\n        raise HTTPException(409)\n    item.stock = item.stock - 1\n    await db.commit()\n", i)
	}
	return around(grown{"app/main.py": b.String()})
}

// manyFillers have routes that all fill and empty one dictionary of the process through the same few helpers, several times each.
func manyFillers(n int) grown {
	var b strings.Builder
	b.WriteString(grownApp + "from app.kept import kept, load, renew\n")
	for i := range n {
		fmt.Fprintf(&b, "\n\n@app.post(\"/kept/%[1]d/{name}\")\nasync def kept_%[1]d(name: str, other: str):\n    first = await load(name)\n    second = await load(other)\n    third = await load(\"k%[1]d\")\n    await renew(name)\n    return first, second, third\n", i)
	}
	helpers := "import asyncio\n\nkept = {}\n\n\nasync def load(name):\n    if name not in kept:\n        await asyncio.sleep(1)\n        kept[name] = len(kept)\n    return kept[name]\n\n\nasync def renew(name):\n    if name in kept:\n        await asyncio.sleep(1)\n        kept[name] = 0\n"
	return around(grown{"app/kept.py": helpers, "app/main.py": b.String()})
}

func deepChain(n int) grown {
	var b strings.Builder
	b.WriteString(grownApp)
	for i := range n {
		fmt.Fprintf(&b, "\n\nasync def step_%d(db, item_id, depth):\n    item = await db.get(Item, item_id)\n    if item.status == \"s%d\":\n        return None\n    return await step_%d(db, item_id, depth + 1)\n", i, i, i+1)
	}
	fmt.Fprintf(&b, "\n\nasync def step_%d(db, item_id, depth):\n    item = await db.get(Item, item_id)\n    item.status = \"done\"\n    await db.commit()\n", n)
	b.WriteString("\n\n@app.post(\"/step/{item_id}\")\nasync def route(item_id: int, db=Depends(get_db)):\n    return await step_0(db, item_id, 0)\n")
	return around(grown{"app/main.py": b.String()})
}

func manyImplementations(n int) grown {
	var b strings.Builder
	b.WriteString("from app.models import Item\n\n\nclass Handler:\n    async def handle(self, db, item_id):\n        raise NotImplementedError\n")
	for i := range n {
		fmt.Fprintf(&b, "\n\nclass Handler%[1]d(Handler):\n    async def handle(self, db, item_id):\n        item = await db.get(Item, item_id)\n        if item.status == \"s%[1]d\":\n            item.status = \"done\"\n            await db.commit()\n", i)
	}
	b.WriteString("\n\nHANDLERS: dict[str, Handler] = {\n")
	for i := range n {
		fmt.Fprintf(&b, "    \"h%[1]d\": Handler%[1]d(),\n", i)
	}
	b.WriteString("}\n")
	main := grownApp + "from app.handlers import HANDLERS, Handler\n"
	for i := range 20 {
		main += fmt.Sprintf("\n\n@app.post(\"/handle/%[1]d/{name}/{item_id}\")\nasync def handle_%[1]d(name: str, item_id: int, db=Depends(get_db)):\n    handler: Handler = HANDLERS[name]\n    await handler.handle(db, item_id)\n", i)
	}
	return around(grown{"app/handlers.py": b.String(), "app/main.py": main})
}

func longFunction(lines int) grown {
	var b strings.Builder
	b.WriteString(grownApp + "\n\n@app.post(\"/long/{item_id}\")\nasync def long(item_id: int, a: int, b: int, db=Depends(get_db)):\n")
	for i := 0; i < lines; i += 10 {
		fmt.Fprintf(&b, "    item_%[1]d = await db.get(Item, %[1]d)\n    x_%[1]d = a * %[1]d + b\n    y_%[1]d = [x_%[1]d, x_%[1]d + 1]\n    if x_%[1]d > b:\n        x_%[1]d = x_%[1]d - len(y_%[1]d)\n    else:\n        x_%[1]d = x_%[1]d + 1\n    if item_%[1]d.stock < x_%[1]d:\n        raise HTTPException(409)\n    item_%[1]d.stock = item_%[1]d.stock - 1\n", i)
	}
	b.WriteString("    await db.commit()\n")
	return around(grown{"app/main.py": b.String()})
}

func manyMigrations(n int) grown {
	g := ordinary(2000)
	g["alembic.ini"] = "[alembic]\nscript_location = migrations\n"
	for i := range n {
		down := "None"
		if i > 0 {
			down = fmt.Sprintf("\"r%04d\"", i-1)
		}
		g[fmt.Sprintf("migrations/versions/r%04d_change.py", i)] = fmt.Sprintf(`"""change %[1]d"""
from alembic import op
import sqlalchemy as sa

revision = "r%04[1]d"
down_revision = %[2]s
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "table_%[1]d",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.add_column("items_0", sa.Column("extra_%[1]d", sa.Integer(), nullable=True))
    op.create_index("ix_%[1]d", "table_%[1]d", ["name"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_%[1]d", table_name="table_%[1]d")
    op.drop_column("items_0", "extra_%[1]d")
    op.drop_table("table_%[1]d")
`, i, down)
	}
	return g
}

// TestTracesForget fails when the traces of a project keep what following them had in its hands: the objects of the modules, which each
// request makes for itself, would be kept once for each route by what a task of it closes over.
func TestTracesForget(t *testing.T) {
	const routes, objects = 60, 300
	var b strings.Builder
	b.WriteString(grownApp + "import asyncio\nfrom app.settings import work\nimport app.settings as settings\n")
	for i := range routes {
		fmt.Fprintf(&b, "\n\n@app.post(\"/run/%[1]d/{name}\")\nasync def run_%[1]d(name: str, db=Depends(get_db)):\n    task = asyncio.create_task(work(name))\n    if task:\n        db.add(Item(name=name, task=task))\n    await db.commit()\n", i)
	}
	settings := "class Setting:\n    def __init__(self, name, text):\n        self.name = name\n        self.text = text\n        self.both = [name, text]\n\n\n"
	used := ""
	for i := range objects {
		settings += fmt.Sprintf("S%[1]d = Setting(\"s%[1]d\", \"t%[1]d\")\n", i)
		used += fmt.Sprintf("    print(S%d.name)\n", i)
	}
	tree := around(grown{"app/settings.py": settings + "\n\nasync def work(name):\n" + used, "app/main.py": b.String()}).tree(t)
	files, configs, err := read(t.Context(), tree, finding.NewReport(".", ""), Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := analyse(t.Context(), files, configs, nil, Options{})
	if err != nil || len(a.traces) < routes {
		t.Fatal(err, len(a.traces), "traces")
	}
	a.shared, a.found, a.races = nil, nil, nil
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	with, ops := inUse(), 0
	for _, trace := range a.traces {
		ops += len(trace.Ops)
	}
	a.traces = nil
	without := inUse()
	runtime.KeepAlive(a)
	each := float64(with-without) / float64(ops)
	t.Logf("%d operations of %d routes, %.0f bytes each with all that they refer to", ops, routes, each)
	if each > 4000 {
		t.Error("an operation keeps more than it needs")
	}
}
