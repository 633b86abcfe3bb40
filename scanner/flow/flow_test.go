package flow

import (
	"fmt"
	"regexp"
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

// trace follows the only route of a program in one file.
func trace(t *testing.T, src string) *Trace {
	t.Helper()
	file := python.Parse("main.py", []byte(src))
	if len(file.Errors) > 0 {
		t.Fatalf("main.py: %v", file.Errors)
	}
	p := program.Build([]*python.File{file})
	app := fastapi.Read(p)
	sh := NewShared(p, schema.Read(p, nil), app)
	for _, e := range app.Entries {
		if e.Kind == fastapi.Route {
			return TraceEntry(sh, e, 0)
		}
	}
	t.Fatal("main.py: no route")
	return nil
}

// kinds names the operations of a trace in the expectations.
var kinds = map[interleave.Kind]string{
	interleave.Read: "read", interleave.Attr: "attr", interleave.Refresh: "refresh", interleave.Expire: "expire", interleave.Assign: "assign",
	interleave.Add: "add", interleave.Remove: "remove", interleave.Update: "update", interleave.Insert: "insert",
	interleave.InsertWhereNotExists: "insert-where", interleave.Delete: "delete", interleave.Flush: "flush", interleave.Begin: "begin",
	interleave.Savepoint: "savepoint", interleave.ReleaseSavepoint: "release-savepoint", interleave.Commit: "commit",
	interleave.Rollback: "rollback", interleave.Close: "close", interleave.Acquire: "acquire", interleave.Release: "release",
	interleave.Suspend: "suspend", interleave.Check: "check", interleave.Effect: "effect",
}

// spell writes an operation as the expectations have it: its kind, and what it touches.
func spell(op *effects.Op) string {
	s := kinds[op.Kind]
	switch op.Kind {
	case interleave.Acquire, interleave.Release, interleave.Suspend, interleave.Check, interleave.Begin, interleave.Commit, interleave.Rollback,
		interleave.Close, interleave.Flush, interleave.Savepoint, interleave.ReleaseSavepoint, interleave.Expire:
	case interleave.Effect:
		s += " " + op.External
	case interleave.Attr, interleave.Assign:
		s += " " + op.Res.Name + "." + strings.Join(op.Res.Columns, ",")
	default:
		s += " " + op.Res.Name
	}
	if op.Lock.Strength == interleave.ForUpdate {
		s += " locked"
	}
	return s
}

var expectation = regexp.MustCompile(`#: ?(.*)$`)

// expect compares the operations of a trace with the comments of its program, which stands below some lines of which nothing is said: `#: read orders, check` on a line means that these
// happen on it in this order, at any depth of calls. Lines without a comment are free to do nothing but wait; `#:` alone wants nothing.
func expect(t *testing.T, before, src string) *Trace {
	t.Helper()
	tr := trace(t, before+src)
	skip := strings.Count(before, "\n")
	got := map[int][]string{}
	for i := range tr.Ops {
		s := tr.Ops[i].Site
		if s.Path() == "main.py" {
			got[s.Line()-skip] = append(got[s.Line()-skip], spell(&tr.Ops[i]))
		}
	}
	for i, l := range strings.Split(src, "\n") {
		m := expectation.FindStringSubmatch(l)
		here := got[i+1]
		if m == nil {
			here = slices.DeleteFunc(here, func(s string) bool { return s == "suspend" })
			if len(here) > 0 {
				t.Errorf("main.py:%d: %s: not expected: %s", i+1, strings.TrimSpace(l), strings.Join(here, ", "))
			}
			continue
		}
		if !strings.Contains(m[1], "suspend") {
			here = slices.DeleteFunc(here, func(s string) bool { return s == "suspend" })
		}
		if is := strings.Join(here, ", "); is != strings.TrimSpace(m[1]) {
			t.Errorf("main.py:%d: got %q, want %q", i+1, is, m[1])
		}
	}
	return tr
}

// dump writes a trace for people.
func dump(tr *Trace) string {
	var b strings.Builder
	for i := range tr.Ops {
		op := &tr.Ops[i]
		var ctx []string
		for c := op.Ctx; c != nil; c = c.Up {
			ctx = append(ctx, fmt.Sprintf("%d/%d%s", c.Check, c.Arm, [...]string{"", "L", "F", "R"}[c.Leaves]))
		}
		fmt.Fprintf(&b, "%3d s%d o%d %-28s key=%q set=%v where=%v from=%v ctx=%v line %d\n", i, op.Session, op.Obj, spell(op), op.Res.Key, op.Set, op.Res.Where, op.From, ctx, op.Site.Line())
	}
	return b.String()
}

const models = `
from fastapi import FastAPI, Depends, HTTPException
from sqlalchemy import select, update, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

class Base(DeclarativeBase): ...
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    title: Mapped[str]

engine = create_async_engine("postgresql+asyncpg://")
Session = async_sessionmaker(engine)
async def db():
    async with Session() as s:
        yield s
app = FastAPI()
`

func TestTrace(t *testing.T) {
	for _, c := range []struct{ name, src string }{
		{"a row is loaded, asked and written", `
@app.post("/orders/{id}/cancel")
async def cancel(id: int, s: AsyncSession = Depends(db)):
    order = await s.get(Order, id)        #: read orders
    if order is None:                     #: check
        raise HTTPException(404)
    if order.status != "new":             #: attr orders.status, check
        raise HTTPException(409)
    order.status = "cancelled"            #: assign orders.status
    await s.commit()                      #: commit
`},
		{"a helper reads and another one writes", `
async def find(s, id):
    return (await s.execute(select(Order).where(Order.id == id))).scalar_one()  #: read orders, check
async def store(s, order, value):
    order.status = value                  #: assign orders.status
    await s.flush()                       #: flush
@app.post("/orders/{id}/cancel")
async def cancel(id: int, s: AsyncSession = Depends(db)):
    order = await find(s, id)
    if order.status == "new":             #: attr orders.status, check
        await store(s, order, "cancelled")
`},
		{"a lock with the first load", `
@app.post("/orders/{id}/cancel")
async def cancel(id: int, s: AsyncSession = Depends(db)):
    async with s.begin():                 #: begin, commit
        q = select(Order).where(Order.id == id).with_for_update()
        order = (await s.scalars(q)).one()  #: read orders locked, check
        order.title = "x"                 #: assign orders.title
`},
		{"what is expunged is not written", `
@app.get("/orders/{id}")
async def show(id: int, s: AsyncSession = Depends(db)):
    order = await s.get(Order, id)        #: read orders
    order.title = order.title.upper()     #: attr orders.title, attr orders.title
    s.expunge(order)
    await s.commit()                      #: commit
`},
		{"a class that is given one of its own kind", `
from abc import ABC, abstractmethod
class Titles(ABC):
    @abstractmethod
    async def rename(self, order, title): ...
class Trimmed(Titles):
    def __init__(self, inner: Titles, above: "Trimmed"):
        self.inner = inner
    async def rename(self, order, title):
        order.title = title.strip()       #: assign orders.title
@app.post("/orders/{id}/title")
async def rename(id: int, title: str, titles: Titles, s: AsyncSession = Depends(db)):
    order = await s.get(Order, id)        #: read orders
    await titles.rename(order, title)
`},
		{"a session of which only the declaration is known", `
from typing import NewType
from fastapi import Request
ReadSession = NewType("ReadSession", AsyncSession)
async def reading(request: Request):
    maker: async_sessionmaker[ReadSession] = request.state.maker
    async with maker() as session:        #: close
        yield session
async def rename(session: ReadSession, id, title):
    order = await session.get(Order, id)  #: read orders
    order.title = title                   #: assign orders.title
@app.get("/orders/{id}")
async def show(id: int, session: ReadSession = Depends(reading)):
    await rename(session, id, "x")
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := expect(t, models, c.src)
			if t.Failed() {
				t.Log("\n" + dump(tr))
			}
		})
	}
}
