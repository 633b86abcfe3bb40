package race

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

var relations = map[Relation]string{SameRow: "row", SetInsert: "insert", SetLeave: "leave", RowEffect: "effect", Captured: "captured", Authority: "authority"}

// races finds the races of a program in one file on PostgreSQL: "line relation", in the order of the lines of the acts.
func races(t *testing.T, src string) []string {
	t.Helper()
	file := python.Parse("main.py", []byte(src))
	if len(file.Errors) > 0 {
		t.Fatalf("main.py: %v", file.Errors)
	}
	p := program.Build([]*python.File{file})
	app := fastapi.Read(p)
	sh := flow.NewShared(p, schema.Read(p, nil), app)
	var traces []*flow.Trace
	for _, e := range app.Entries {
		if e.Kind == fastapi.Route {
			traces = append(traces, flow.TraceEntry(sh, e, 0))
		}
	}
	set := Setting{Engine: interleave.PostgresReadCommitted, Placements: []interleave.Placement{interleave.SameProcess, interleave.TwoProcesses}}
	var out []string
	for _, r := range Find(traces, set, func(n int, do func(int)) {
		for i := range n {
			do(i)
		}
	}) {
		if r.Verdict.Outcome == interleave.Race {
			out = append(out, fmt.Sprintf("%03d %s", r.Op(r.Act).Site.Line(), relations[r.Relation]))
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

var wanted = regexp.MustCompile(`#: ?([a-z ]+)$`)

// expect compares the races with the comments on the lines of their acts: `#: row`, `#: insert`, `#: leave`. A line without one wants none.
func expect(t *testing.T, before, src string) {
	t.Helper()
	var want []string
	for i, l := range strings.Split(before+src, "\n") {
		if m := wanted.FindStringSubmatch(l); m != nil {
			want = append(want, fmt.Sprintf("%03d %s", i+1, m[1]))
		}
	}
	if got := races(t, before+src); !slices.Equal(got, want) {
		t.Errorf("races at %q, want %q in\n%s", got, want, src)
	}
}

const models = `from fastapi import FastAPI, Depends, HTTPException
from pydantic import BaseModel
from sqlalchemy import select, update, func, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

class Base(DeclarativeBase): ...
class Seat(Base):
    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("room", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int]
    no: Mapped[int]
    state: Mapped[str]
    title: Mapped[str]
    price: Mapped[int]
class Guest(Base):
    __tablename__ = "guests"
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int]
    host: Mapped[bool]
class Change(BaseModel):
    title: str

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://"))
async def db():
    async with Session() as s:
        yield s
app = FastAPI()
cache = {}
taken = set()
`

func TestFind(t *testing.T) {
	for _, c := range []struct{ name, src string }{
		{"a state is checked and changed", `
@app.post("/seats/{id}/take")
async def take(id: int, s: AsyncSession = Depends(db)):
    seat = await s.get(Seat, id)
    if seat.state != "free":
        raise HTTPException(409)
    seat.state = "taken"  #: row
    await s.commit()
`},
		{"the row is locked by the first load", `
@app.post("/seats/{id}/take")
async def take(id: int, s: AsyncSession = Depends(db)):
    seat = await s.get(Seat, id, with_for_update=True)
    if seat.state != "free":
        raise HTTPException(409)
    seat.state = "taken"
    await s.commit()
`},
		{"a condition that only spares a write", `
@app.put("/seats/{id}")
async def rename(id: int, body: Change, s: AsyncSession = Depends(db)):
    seat = await s.get(Seat, id)
    if seat.title != body.title:
        seat.title = body.title
    await s.commit()
`},
		{"the same with a row that may hold nothing yet", `
@app.put("/seats/{id}")
async def rename(id: int, body: Change, s: AsyncSession = Depends(db)):
    seat = await s.get(Seat, id)
    if seat.title is None or seat.title.lower() != body.title.lower():
        seat.title = body.title
    await s.commit()
`},
		{"the first who comes fills what is empty", `
@app.post("/seats/{id}/title")
async def entitle(id: int, body: Change, s: AsyncSession = Depends(db)):
    seat = await s.get(Seat, id)
    if seat.title is None:
        seat.title = body.title  #: row
    await s.commit()
`},
		{"nobody commits", `
@app.get("/seats/{id}")
async def show(id: int, s: AsyncSession = Depends(db)):
    seat = await s.get(Seat, id)
    seat.price = seat.price * 2
    return seat
`},
		{"a look-up is no count", `
@app.post("/guests/{room}")
async def move(room: int, s: AsyncSession = Depends(db)):
    guests = (await s.scalars(select(Guest).where(Guest.room == room))).all()
    if not guests:
        raise HTTPException(404)
    for guest in guests:
        guest.room = 0
    await s.commit()
`},
		{"the last host", `
@app.post("/guests/{id}/resign")
async def resign(id: int, s: AsyncSession = Depends(db)):
    guest = await s.get(Guest, id)
    hosts = await s.scalar(select(func.count()).select_from(Guest).where(Guest.room == guest.room, Guest.host.is_(True)))
    if hosts <= 1:
        raise HTTPException(409)
    guest.host = False  #: leave
    await s.commit()
`},
		{"a key keeps it from being there twice", `
@app.post("/seats")
async def add(room: int, no: int, s: AsyncSession = Depends(db)):
    if await s.scalar(select(Seat).where(Seat.room == room, Seat.no == no)):
        raise HTTPException(409)
    s.add(Seat(room=room, no=int(no)))
    await s.commit()
`},
		{"no key does", `
@app.post("/guests")
async def add(room: int, s: AsyncSession = Depends(db)):
    if await s.scalar(select(Guest).where(Guest.room == room)):
        raise HTTPException(409)
    s.add(Guest(room=room, host=True))  #: insert
    await s.commit()
`},
		{"a name is claimed in memory after waiting", `
import asyncio
@app.post("/names/{name}")
async def claim(name: str):
    if name in taken:
        raise HTTPException(409)
    await asyncio.sleep(1)
    taken.add(name)  #: row
`},
		{"a cell is read and written without a turn in between", `
import asyncio
@app.post("/names/{name}")
async def claim(name: str):
    cache[name] = cache.get(name, 0) + 1
    await asyncio.sleep(1)
    cache[name] = cache.get(name, 0) + 1
`},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, models, c.src) })
	}
}

func TestWorksOnce(t *testing.T) {
	for name, want := range map[string]bool{"reset_tokens": true, "password_reset": true, "presets": false, "otp_codes": true, "photography": false, "invites": true, "gifts": true, "vouchers": true, "gift_vouchers": true, "payment_vouchers": false, "journalvoucher": false} {
		if got := WorksOnce(name); got != want {
			t.Errorf("WorksOnce(%q) = %v", name, got)
		}
	}
}
