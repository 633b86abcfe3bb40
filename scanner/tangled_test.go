package scanner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// TestTangled scans short programs whose parts stand in each other over and over: whoever goes through them once for each way that leads
// to a part never comes to an end. What is not followed to its end says so.
func TestTangled(t *testing.T) {
	again := func(first, line string, n int) string { return first + strings.Repeat(line, n) }
	held := func(name, text string) string { return "    " + name + " = " + text + "\n" }
	list := "    v = [" + strings.Repeat("v, ", 300) + "]\n"
	for name, c := range map[string]struct {
		before, body string // the module's, and the path operation's
		depends      string // on what the path operation depends, beside the session
		told         string // what the report says of the limit that was reached
	}{
		"lists of lists":               {body: again(held("v", "[q, item.stock]"), list, 20)},
		"tuples of tuples":             {body: again(held("v", "(item, item)"), strings.NewReplacer("[", "(", "]", ")").Replace(list), 20)},
		"dictionaries that are spread": {body: held("v", `{"q": item.stock}`) + numbered(100, func(i int) string { return held("v", fmt.Sprintf(`{"a%[1]d": v, "b%[1]d": v, **v}`, i)) })},
		"objects of objects": {before: "class Node:\n    def __init__(self, a):\n" + numbered(300, func(i int) string { return fmt.Sprintf("        self.a%d = a\n        self.b%d = self\n", i, i) }) + "\n\n",
			body: again(held("v", "item.stock"), held("v", "Node(v)"), 20)},
		"conditions of conditions":    {body: again(held("v", "item.stock"), held("v", "(v and v) or (v and not v)"), 40)},
		"functions that return pairs": {body: again(held("v", "item.name"), held("v", "(lambda a: (a, a, v))(v)"), 60)},
		"texts of texts":              {body: again(held("v", "item.name"), held("v", `f"{v}{v}" + v`), 60)},
		"queries of queries":          {body: again(held("v", "select(Item)"), held("v", "v.where(Item.id.in_(v)).union(v)"), 60)},
		"dependencies that each need two more": {
			before: "async def d0(db=Depends(get_db)):\n    yield db\n\n\n" + numbered(40, func(i int) string {
				return fmt.Sprintf("async def d%d(a=Depends(d%[2]d, use_cache=False), b=Depends(d%[2]d, use_cache=False)):\n    yield a\n\n\n", i+1, i)
			}),
			body: held("v", "item.name"), depends: "d40", told: "it takes more steps than are followed",
		},
		"thousands of parameters": {before: "def f(" + numbered(20_000, func(i int) string { return fmt.Sprintf("p%d=1, ", i) }) + "): ...\n\n\n",
			body: held("v", "item.name") + "    f(" + numbered(20_000, func(i int) string { return fmt.Sprintf("p%d=v, ", 19_999-i) }) + ")\n"},
		"routers that include the next one twice": {before: "r30 = APIRouter()\n\n\n@r30.get(\"/x\")\nasync def x(): ...\n\n\n" + numbered(30, func(i int) string {
			return fmt.Sprintf("r%[1]d = APIRouter()\nr%[1]d.include_router(r%[2]d, prefix=\"/a\")\nr%[1]d.include_router(r%[2]d, prefix=\"/b\")\n", 29-i, 30-i)
		}) + "app.include_router(r0)\n", body: held("v", "item.name"), told: "a handler has more paths, or the application more routes, than are followed"},
	} {
		t.Run(name, func(t *testing.T) {
			depends := ""
			if c.depends != "" {
				depends = "given=Depends(" + c.depends + "), "
			}
			main := grownApp + "import json\nfrom fastapi import APIRouter, BackgroundTasks\nfrom sqlalchemy import select, update\n\nkept = {}\n\n\nasync def job(v, db):\n    item = await db.get(Item, v[0])\n    item.name = v\n    await db.commit()\n\n\n" +
				c.before + "@app.post(\"/tangled/{item_id}\")\nasync def tangled(item_id: int, q: str, tasks: BackgroundTasks, " + depends + "db=Depends(get_db)):\n    item = await db.get(Item, item_id)\n    if item.stock < 1:\n        raise HTTPException(409)\n" +
				c.body + "    item.name = v\n    if v or not v == v:\n        item.stock = item.stock - 1\n    if q in v:\n        item.status = str(v)\n    kept[q] = v\n    kept[v] = q\n    tasks.add_task(job, v, db)\n" +
				"    db.add(Item(name=v, status=f\"{v}\"))\n    await db.execute(update(Item).where(Item.name == v).values(name=v))\n    open(str(v), \"w\").write(json.dumps(v))\n    await db.commit()\n    return [e for e in v]\n"
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			done := make(chan *finding.Report, 1)
			go func() {
				r, err := Scan(ctx, around(grown{"app/main.py": main}).tree(t), Options{})
				if err != nil {
					t.Error(err)
				}
				done <- r
			}()
			select {
			case r := <-done:
				if r != nil && c.told != "" && !slices.ContainsFunc(r.Summary.Skipped, func(s finding.Skip) bool { return strings.Contains(s.Reason, c.told) }) {
					t.Errorf("the report does not say %q: %v", c.told, r.Summary.Skipped)
				}
			case <-time.After(60 * time.Second):
				t.Fatal("it goes on for longer than a minute")
			}
		})
	}
}
