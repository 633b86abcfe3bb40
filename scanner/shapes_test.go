package scanner

import (
	"fmt"
	"strings"
)

// numbered joins n texts that are made of their numbers.
func numbered(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// oneRoute is a project of one path operation, which is racy whatever stands before it and in it.
func oneRoute(before, body string) grown {
	return around(grown{"app/main.py": grownApp + before + "\n\n@app.post(\"/one/{item_id}\")\nasync def one(item_id: int, q: str, db=Depends(get_db)):\n    item = await db.get(Item, item_id)\n    if item.stock < 1:\n        raise HTTPException(409)\n" +
		body + "    item.stock = item.stock - 1\n    await db.commit()\n"})
}

// crookedShapes are projects that people do not write, and programs and attackers do.
func crookedShapes() map[string]grown {
	step := func(name string, i int) string {
		return fmt.Sprintf("async def %s%d(db, item_id):\n    item = await db.get(Item, item_id)\n    if item.stock < %d:\n        return\n    item.stock = item.stock - 1\n    await db.commit()\n\n\n", name, i, i)
	}
	circle := grown{}
	for i := range 300 {
		circle[fmt.Sprintf("app/m%d.py", i)] = "from app.models import Item\n" + numbered(3, func(k int) string {
			return fmt.Sprintf("from app.m%[1]d import *\nfrom app.m%[1]d import f%[1]d as g%[2]d\n", (i+1+k*7)%300, k)
		}) +
			"\n\n" + step("f", i)
	}
	circle["app/main.py"] = oneRoute("from app.m0 import *\nfrom app import m299\n", "    await f0(db, item_id)\n    await m299.g2(db, item_id)\n")["app/main.py"]
	rows := manyMigrations(1)
	rows["migrations/versions/r0001_rows.py"] = "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"r0001\"\ndown_revision = \"r0000\"\n\n\ndef upgrade():\n    op.bulk_insert(sa.table(\"items_0\"), [\n" +
		numbered(50_000, func(i int) string { return fmt.Sprintf("        {\"id\": %d, \"name\": \"name %d\"},\n", i, i) }) + "    ])\n"
	return map[string]grown{
		"a chain of 15000 attributes": oneRoute("", "    z = q"+strings.Repeat(".a", 15_000)+"\n"),
		"a literal of 10000 parts":    oneRoute("PARTS = [\n"+numbered(10_000, func(i int) string { return fmt.Sprintf("    {\"n\": %d},\n", i) })+"]\n", "    for part in PARTS:\n        if item.stock == part[\"n\"]:\n            item.name = q\n"),
		"a line of 1 MB":              oneRoute("x = ["+strings.Repeat("1,", 500_000)+"]\n", ""),
		"a query of 1 MB":             oneRoute("from sqlalchemy import text\n", "    await db.execute(text(\"UPDATE items SET stock = 1 WHERE "+strings.Repeat("(id = 1 AND name = 'a') OR ", 40_000)+"id = 2\"))\n"),
		"3000 methods of one class": oneRoute("class Large:\n    def __init__(self, db):\n        self.db = db\n\n"+numbered(3000, func(i int) string {
			return fmt.Sprintf("    async def m%[1]d(self, item_id):\n        item = await self.db.get(Item, item_id)\n        if item.stock < %[1]d:\n            return await self.m%[2]d(item_id)\n        item.stock = item.stock - 1\n\n", i, (i+1)%3000)
		}), "    await Large(db).m0(item_id)\n"),
		"200 classes in one": oneRoute(numbered(200, func(i int) string {
			return fmt.Sprintf("class Part%[1]d:\n    async def m(self, item_id):\n        await self.m%[1]d(item_id)\n        await super().m(item_id)\n\n    async def m%[1]d(self, item_id):\n        await self.m%[2]d(item_id)\n\n\n", i, (i+1)%200)
		})+"class All("+numbered(200, func(i int) string { return fmt.Sprintf("Part%d, ", i) })+"):\n    pass\n", "    await All().m(item_id)\n"),
		"500 decorators": oneRoute("import functools\n\n\n"+numbered(500, func(i int) string {
			return fmt.Sprintf("def d%d(f):\n    @functools.wraps(f)\n    async def inner(*args, **kw):\n        return await f(*args, **kw)\n\n    return inner\n\n\n", i)
		})+numbered(500, func(i int) string { return fmt.Sprintf("@d%d\n", i) })+step("decorated", 0), "    await decorated0(db, item_id)\n"),
		"5000 functions in a dictionary": oneRoute(numbered(5000, func(i int) string { return step("h", i) })+"HANDLERS = {\n"+numbered(5000, func(i int) string { return fmt.Sprintf("    \"h%[1]d\": h%[1]d,\n", i) })+"}\n", "    await HANDLERS[q](db, item_id)\n"),
		"100 arms in three loops": oneRoute("", "    for a in q:\n        for b in a:\n            for c in b:\n                if c == 0:\n                    pass\n"+numbered(100, func(i int) string {
			return fmt.Sprintf("                elif c == %d:\n                    item.status = \"s%d\"\n", i, i)
		})),
		"modules that import each other": around(circle),
		"50000 rows in a migration":      rows,
	}
}
