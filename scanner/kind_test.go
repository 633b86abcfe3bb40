package scanner

import "testing"

// TestKind states what is told of a race, and of what only looks like one.
func TestKind(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a pass that is kept with the time it ends is fetched twice", "MB401 low", `
import httpx
from datetime import timedelta
kept = {"ticket": None, "until": None}
@app.post("/board")
async def board():
    if kept["ticket"] and kept["until"]:
        if datetime.now() < kept["until"]:
            return kept["ticket"]
    async with httpx.AsyncClient() as harbour:
        answer = await harbour.post("https://harbour.example/tickets")
        ticket = answer.json()["ticket"]
    kept["ticket"] = ticket
    kept["until"] = datetime.now() + timedelta(minutes=5)
    return ticket
`},
		{"a row is marked as taken away, and who no longer listens is left out", "MB107 medium", `
from fastapi import WebSocket
class Hub:
    def __init__(self):
        self.rooms: dict[int, set[WebSocket]] = {}
    def leave(self, room: int, ws: WebSocket):
        there = self.rooms.get(room)
        if there:
            there.discard(ws)
            if not there:
                self.rooms.pop(room, None)
    def tell(self, room: int, what: dict):
        for ws in list(self.rooms.get(room, ())):
            self.leave(room, ws)
hub = Hub()
class Letter(Base):
    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    deleted_at: Mapped[datetime | None]
@app.delete("/letters/{id}")
def drop(id: int, room: int, s: Session = Depends(db)):
    letter = s.get(Letter, id)
    if not letter or letter.deleted_at is not None:
        raise HTTPException(404)
    letter.deleted_at = datetime.now()
    s.get(Lamp, room).lit_at = s.get(Label, room).word
    s.commit()
    hub.tell(room, {"gone": id})
`},
		{"rows are looked through for one that has room", "MB103 medium", `
class Crate(Base):
    __tablename__ = "crates"
    id: Mapped[int] = mapped_column(primary_key=True)
    lamp_id: Mapped[int]
    held: Mapped[int]
@app.post("/lamps/{id}/pack")
def pack(id: int, s: Session = Depends(db)):
    for crate in s.scalars(select(Crate).where(Crate.lamp_id == id)).all():
        if crate.held < 12:
            return crate.id
    s.add(Crate(lamp_id=id, held=0))
    s.commit()
`},
		{"all rows must be of one colour", "MB103 medium", `
class Tile(Base):
    __tablename__ = "tiles"
    id: Mapped[int] = mapped_column(primary_key=True)
    wall: Mapped[int]
    colour: Mapped[str]
@app.post("/walls/{wall}/tiles")
def lay(wall: int, colour: str, s: Session = Depends(db)):
    colours = {tile.colour for tile in s.scalars(select(Tile).where(Tile.wall == wall)).all()}
    if len(colours) > 0 and colour not in colours:
        raise HTTPException(409)
    s.add(Tile(wall=wall, colour=colour))
    s.commit()
`},
		{"what was seen often enough is written down", "", `
class Seen(Base):
    __tablename__ = "seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[int]
    what: Mapped[str]
    place: Mapped[str]
def note(s, what: str, who: int):
    s.add(Seen(who=who, what=what, place="gate"))
    s.commit()
@app.post("/look/{who}")
def look(who: int, s: Session = Depends(db)):
    lately = s.scalars(select(Seen).where(Seen.who == who, Seen.what.in_(["in", "out"])).limit(5)).all()
    if len(lately) >= 3:
        places = set(one.place for one in lately)
        if len(places) >= 3:
            note(s, "odd", who)
            raise HTTPException(403)
`},
		{"only what names rows that are there is added", "", `
@app.post("/bundles")
def bundle(lamps: list[int], s: Session = Depends(db)):
    found = s.scalars(select(Lamp).where(Lamp.id.in_(lamps))).all()
    if not found or len(found) != len(lamps):
        raise HTTPException(400)
    s.add(Lamp(owner="all", fixed=False, status="new"))
    s.commit()
`},
		{"only where there are as many rows as were asked for is one added", "", `
@app.post("/bundles")
def bundle(lamps: list[int], s: Session = Depends(db)):
    found = s.scalars(select(Lamp)).all()
    if not found or len(found) != len(lamps):
        raise HTTPException(400)
    s.add(Lamp(owner="all", fixed=False, status="new"))
    s.commit()
`},
		{"the state is only asked whether there is a row", "", `
@app.put("/lamps/{id}/status")
def turn(id: int, status: str, s: Session = Depends(db)):
    old = s.execute(select(Lamp.status).where(Lamp.id == id)).scalar_one_or_none()
    if not old:
        raise HTTPException(404)
    s.execute(update(Lamp).where(Lamp.id == id).values(status=status))
    s.commit()
`},
		{"the address of the row that is found is in no two rows", "", `
from sqlalchemy.exc import IntegrityError
class Person(Base):
    __tablename__ = "persons"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
class Guest(Base):
    __tablename__ = "guests"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    invitation_token: Mapped[str | None]
    person_id: Mapped[int | None]
@app.post("/join")
def join(token: str, name: str, s: Session = Depends(db)):
    guest = s.execute(select(Guest).where(Guest.invitation_token == token)).scalar_one_or_none()
    if not guest:
        raise HTTPException(400)
    if guest.person_id:
        raise HTTPException(400)
    try:
        person = Person(email=guest.email, name=name)
        s.add(person)
        s.flush()
        guest.person_id = person.id
        guest.invitation_token = None
        s.commit()
    except IntegrityError:
        s.rollback()
        raise HTTPException(400)
`},
		{"who works in the background looks again and marks at once", "", `
import asyncio
from fastapi import BackgroundTasks
work = {"on": False, "done": 0}
async def do():
    global work
    if work["on"]:
        raise HTTPException(409)
    work = {"on": True, "done": 0}
    for i in range(10):
        await asyncio.sleep(1)
        work["done"] = i
    work["on"] = False
async def progress():
    return work.copy()
@app.post("/work")
async def start(tasks: BackgroundTasks):
    now = await progress()
    if now["on"]:
        raise HTTPException(409)
    tasks.add_task(do)
`},
		{"a directory that must not be there is made", "MB201 medium, MB201 low", `
from pathlib import Path
ROOT = Path("/srv/lamps")
@app.post("/shelves")
async def shelf(name: str):
    place = ROOT / name
    if place.exists():
        raise HTTPException(409)
    place.mkdir(parents=True, exist_ok=False)
@app.post("/papers")
async def paper(name: str, text: str):
    place = ROOT / name
    if place.exists():
        raise HTTPException(409)
    place.write_text(text)
`},
		{"a word is added to a text when the state changes", "MB107 medium", `
class Entry(Base):
    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    notes: Mapped[str | None]
    by: Mapped[int]
@app.post("/entries/{id}/cancel")
def cancel(id: int, why: str, who: int, s: Session = Depends(db)):
    entry = s.get(Entry, id)
    if entry.status == "cancelled":
        raise HTTPException(409)
    entry.status = "cancelled"
    entry.by = who
    if entry.notes:
        entry.notes += why
    else:
        entry.notes = why
    s.commit()
`},
		{"how often a row with a long name was lit is one too low", "MB101 medium", `
class Wick(Base):
    __tablename__ = "wicks"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    maker: Mapped[str | None]
    lit: Mapped[int]
@app.post("/wicks")
def light(the_street_of_the_town_in_which_the_lamp_hangs_today: str, the_number_of_the_house_before_which_it_hangs: str, the_name_that_the_maker_has_given_to_the_wick_of_it: str, s: Session = Depends(db)):
    wick = s.scalar(select(Wick).where(Wick.name == the_street_of_the_town_in_which_the_lamp_hangs_today + the_number_of_the_house_before_which_it_hangs + the_name_that_the_maker_has_given_to_the_wick_of_it))
    if wick.maker:
        wick.lit = wick.lit + 1
    s.commit()
`},
		{"each process finds out for itself how the others are, and tells it for a while", "", `
import asyncio, time
told: dict | None = None
until: float = 0.0
turn = asyncio.Lock()
async def ask():
    found = {}
    try:
        await cache.ping()
        found["cache"] = "well"
    except Exception as e:
        found["cache"] = str(e)
    ill = [name for name, how in found.items() if how != "well"]
    return {"ill": ill, **found}
@app.get("/health")
async def health():
    global told, until
    async with turn:
        now = time.monotonic()
        if told is not None and now < until:
            return told
        found = await ask()
        told = found
        until = time.monotonic() + 10
        return found
`},
		{"each process keeps count for itself of who is in", "MB405 note", `
import asyncio, time
inside: dict = {}
turn = asyncio.Lock()
@app.post("/enter/{who}")
async def enter(who: str):
    async with turn:
        if who in inside:
            return inside[who]
        with Maker() as s:
            s.add(Asked(lamp_id=1, at=datetime.now()))
            s.commit()
        await asyncio.sleep(1)
        inside[who] = {"at": time.time()}
        return inside[who]
`},
	} {
		t.Run(c.name, func(t *testing.T) { weighs(t, c.src, c.want) })
	}
}
