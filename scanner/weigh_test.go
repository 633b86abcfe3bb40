package scanner

import (
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

const weighed = `
from datetime import datetime
from fastapi import FastAPI, Depends, HTTPException
import redis
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

class Base(DeclarativeBase): ...
class Lamp(Base):
    __tablename__ = "lamps"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str | None]
    lit_at: Mapped[datetime | None]
    fixed: Mapped[bool]
    status: Mapped[str]
class Label(Base):
    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("word", "lamp_id"), UniqueConstraint("colour", "tone"))
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    colour: Mapped[str]
    tone: Mapped[str | None]
    lamp_id: Mapped[int] = mapped_column(ForeignKey("lamps.id"))
class Payment(Base):
    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    lamp_id: Mapped[int]

class Asked(Base):
    __tablename__ = "asked"
    id: Mapped[int] = mapped_column(primary_key=True)
    lamp_id: Mapped[int]
    at: Mapped[datetime]

Maker = sessionmaker(create_engine("postgresql://localhost/lamps"))
def db():
    with Maker() as session:
        yield session
cache = redis.Redis()
app = FastAPI()

@app.put("/lamps/{id}")
def change(id: int, owner: str, fixed: bool, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    lamp.owner = owner
    lamp.fixed = fixed
    s.commit()
`

// dyed is a request that gives a row a colour unless its state or its colour forbids it.
const dyed = `
class Shade(Base):
    __tablename__ = "shades"
    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[str]
    status: Mapped[str]
@app.put("/shades/{id}/dye")
def dye(id: int, s: Session = Depends(db)):
    shade = s.get(Shade, id)
    if shade.status == "torn" or shade.colour == "black":
        raise HTTPException(409)
    shade.colour = "red"
    s.commit()
`

// versioned is a request that writes a row and puts up a number of it.
const versioned = `
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    edition: Mapped[int | None]
    editions: Mapped[int]
@app.put("/notes/{id}")
def write(id: int, text: str, s: Session = Depends(db)):
    note = s.get(Note, id)
    note.text = text
    note.edition = (note.edition or 1) + 1
    s.commit()
`

// shutOut is a request that shuts a member out, and the question whether one is.
const shutOut = `
class Member(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_active: Mapped[bool]
def active(id: int, s: Session = Depends(db)):
    member = s.get(Member, id)
    if not member.is_active:
        raise HTTPException(403)
    return member
@app.put("/members/{id}/out")
def shut_out(id: int, s: Session = Depends(db)):
    s.get(Member, id).is_active = False
    s.commit()
`

// TestWeight states how much a race weighs by what comes of it.
func TestWeight(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"what is too old is renewed by both", "MB401 low", `
import httpx
class Forecast:
    def __init__(self):
        self.hours = []
    def too_old(self):
        return datetime.now() > max(hour.end for hour in self.hours)
forecast = Forecast()
station = httpx.AsyncClient(base_url="https://station.example")
@app.get("/forecast")
async def tell():
    if forecast.too_old():
        forecast.hours = (await station.get("/hours")).json()
    return forecast.hours
`},
		{"who may no longer changes what the request names of his own row", "MB107 low", shutOut + `
@app.put("/me")
def say(said: dict, member: Member = Depends(active), s: Session = Depends(db)):
    row = s.get(Member, member.id)
    for name, value in said.items():
        setattr(row, name, value)
    s.commit()
`},
		{"who may no longer is taken for one who may", "MB107 high", shutOut + `
@app.put("/me")
def say(member: Member = Depends(active), s: Session = Depends(db)):
    row = s.get(Member, member.id)
    row.is_active = True
    s.commit()
`},
		{"of too many entries the first is taken out", "MB404 medium, MB404 low", `
import os
MOST = int(os.getenv("MOST", "5000"))
answers = {}
def trim():
    while len(answers) > MOST:
        oldest = next(iter(answers), None)
        if oldest is None:
            break
        answers.pop(oldest, None)
@app.get("/answers/{name}")
def answer(name: str):
    found = answers.get(name)
    if found and found[0] > datetime.now():
        return found[1]
    answers[name] = (datetime.now(), look_up(name))
    trim()
`},
		{"what happened is counted, and nobody asks how often", "MB404 medium", `
class Counted:
    def __init__(self):
        self.missed = 0
counted = Counted()
@app.post("/missed")
def miss():
    counted.missed += 1
@app.get("/missed")
def share(all: int):
    part = 0
    if counted.missed > 0:
        part = all / counted.missed
    return part
`},
		{"what a service failed is counted, and trips the breaker", "MB404 low", `
circuit_failures = {}
@app.post("/lamps/{id}/probe")
def probe(id: int):
    if circuit_failures.get(id, 0) >= 5:
        raise HTTPException(503)
    circuit_failures[id] = circuit_failures.get(id, 0) + 1
`},
		{"what happened is counted, and so often is enough", "MB404 high", `
class Counted:
    def __init__(self):
        self.missed = 0
counted = Counted()
@app.post("/missed")
def miss():
    counted.missed += 1
@app.get("/open")
def is_open():
    if counted.missed > 10:
        raise HTTPException(503)
`},
		{"the number of a version is only compared with what somebody was told", "MB101 medium", versioned + `
@app.get("/notes/{id}/text")
def text(id: int, told: int, s: Session = Depends(db)):
    note = s.get(Note, id)
    if note.edition != told:
        raise HTTPException(412)
    return note.text
`},
		{"who compares the number of a version and puts it up means to keep the other out", "MB101 high", `
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    edition: Mapped[int]
@app.put("/notes/{id}")
def write(id: int, text: str, told: int, s: Session = Depends(db)):
    note = s.get(Note, id)
    if note.edition != told:
        raise HTTPException(412)
    note.text = text
    note.edition += 1
    s.commit()
`},
		{"the same mark is put on a text by both", "MB101 medium", `
class Sign(Base):
    __tablename__ = "signs"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
@app.delete("/signs/{id}")
def take_down(id: int, s: Session = Depends(db)):
    sign = s.get(Sign, id)
    sign.word = f"gone-{sign.word}-{int(datetime.now().timestamp())}"
    s.add(Payment(lamp_id=id))
    s.commit()
`},
		{"both write something of their own behind a text", "MB101 high", `
class Sign(Base):
    __tablename__ = "signs"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
@app.put("/signs/{id}")
def lengthen(id: int, more: str, s: Session = Depends(db)):
    sign = s.get(Sign, id)
    sign.word = f"{sign.word} {more}"
    s.commit()
`},
		{"a state is written twice, and a copy thrown away twice", "MB107 medium", `
class Door(Base):
    __tablename__ = "doors"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
copies: dict[int, dict] = {}
@app.put("/doors/{id}/close")
def close(id: int, by: str, s: Session = Depends(db)):
    door = s.get(Door, id)
    if door.status != "open":
        raise HTTPException(409)
    door.status = f"closed by {by}"
    s.commit()
    copies.pop(id, None)
`},
		{"a number that went up far enough is one too many", "MB101 high", versioned + `
@app.get("/notes/{id}/text")
def text(id: int, told: int, s: Session = Depends(db)):
    note = s.get(Note, id)
    if note.edition >= 10:
        raise HTTPException(410)
    return note.text
`},
		{"a number that reaches what is in another column is the last one", "MB101 high", versioned + `
@app.get("/notes/{id}/text")
def text(id: int, told: int, s: Session = Depends(db)):
    note = s.get(Note, id)
    if note.edition == note.editions:
        raise HTTPException(410)
    return note.text
`},
		{"an answer that was made of what was said before is added to it", "", `
said = []
@app.post("/say")
def say(word: str):
    answer = word
    for one in said:
        answer += one["answer"]
    said.append({"word": word, "answer": answer})
`},
		{"two new entries are given one number", "MB404 high", `
said = []
@app.post("/say")
def say(word: str):
    said.append({"id": len(said) + 1, "word": word})
`},
		{"what was taken back is taken back again", "MB107 medium", `
class Voucher(Base):
    __tablename__ = "vouchers"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None]
@app.post("/vouchers/{code}/revoke")
def revoke(code: str, s: Session = Depends(db)):
    voucher = s.scalar(select(Voucher).where(Voucher.code == code))
    if voucher.revoked_at is not None:
        raise HTTPException(409)
    voucher.revoked_at = datetime.now()
    s.commit()
`},
		{"what was taken back is taken off twice", "MB106 high, MB101 high", `
class Purse(Base):
    __tablename__ = "purses"
    id: Mapped[int] = mapped_column(primary_key=True)
    held: Mapped[int]
class Voucher(Base):
    __tablename__ = "vouchers"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    worth: Mapped[int]
    purse_id: Mapped[int] = mapped_column(ForeignKey("purses.id"))
    revoked_at: Mapped[datetime | None]
@app.post("/vouchers/{code}/revoke")
def revoke(code: str, s: Session = Depends(db)):
    voucher = s.scalar(select(Voucher).where(Voucher.code == code))
    if voucher.revoked_at is not None:
        raise HTTPException(409)
    voucher.revoked_at = datetime.now()
    purse = s.get(Purse, voucher.purse_id)
    purse.held = purse.held - voucher.worth
    s.commit()
`},
		{"what is asked for whenever it is too old is asked for twice", "MB401 low", `
import httpx, time
told = {}
oracle = httpx.AsyncClient(base_url="https://oracle.example")
@app.post("/tell")
async def tell(sign: str):
    kept = told.get(sign)
    if kept:
        if time.monotonic() - kept[0] < 60:
            return kept[1]
    answer = (await oracle.post("/ask", json={"sign": sign})).json()
    told[sign] = (time.monotonic(), answer)
    return answer
`},
		{"who is asking is looked up in a copy once, whatever he then does", "MB301 medium", `
import json
class Keeper(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_admin: Mapped[bool]
class Copied:
    def __init__(self, **held):
        self.__dict__.update(held)
def who(name: str, s: Session = Depends(db)):
    held = cache.get(f"keeper:{name}")
    if held:
        return Copied(**json.loads(held))
    keeper = s.scalar(select(Keeper).where(Keeper.name == name))
    if keeper is None:
        raise HTTPException(401)
    cache.setex(f"keeper:{name}", 3600, json.dumps({"id": keeper.id, "name": keeper.name, "is_admin": keeper.is_admin}))
    return keeper
@app.post("/lamp")
def mend(keeper=Depends(who), s: Session = Depends(db)):
    if not keeper.is_admin:
        s.add(Payment(lamp_id=keeper.id))
        s.commit()
@app.post("/asked")
def ask(keeper=Depends(who), s: Session = Depends(db)):
    if not keeper.is_admin:
        s.add(Asked(lamp_id=keeper.id, at=datetime.now()))
        s.commit()
@app.delete("/keepers/{id}")
def leave(id: int, s: Session = Depends(db)):
    s.delete(s.get(Keeper, id))
    s.commit()
`},
		{"an answer is kept, and a mark that it was sent", "MB802 high, MB802 medium", `
import httpx, json
@app.post("/tide/{harbour}")
def tide(harbour: str):
    kept = cache.get(f"tide:{harbour}")
    if kept:
        return json.loads(kept)
    told = httpx.post("https://sea.example/tide", json={"harbour": harbour}).json()
    cache.setex(f"tide:{harbour}", 60, json.dumps(told))
    return told
@app.post("/signal/{harbour}")
def signal(harbour: str):
    if cache.get(f"sent:{harbour}"):
        return
    httpx.post("https://sea.example/signal", json={"harbour": harbour})
    cache.setex(f"sent:{harbour}", 60, "1")
`},
		{"what has not failed is tried, whether it was tried before or not", "", `
import socket
reached = None
@app.get("/reach")
def reach():
    global reached
    if reached is False:
        return None
    socket.create_connection(("sea.example", 80))
    reached = True
    return reached
`},
		{"what is done once is done twice", "MB404 high", `
import httpx
sent = None
@app.post("/signal")
def signal():
    global sent
    if sent is True:
        return
    httpx.post("https://sea.example/signal")
    sent = True
`},
		{"the oldest of somebody's passes is ended, and nobody has shown it", "MB101 medium", `
class Pass(Base):
    __tablename__ = "access_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    lamp_id: Mapped[int]
    is_revoked: Mapped[bool]
@app.post("/lamps/{id}/enter")
def enter(id: int, s: Session = Depends(db)):
    held = s.scalars(select(Pass).where(Pass.lamp_id == id, Pass.is_revoked == False)).all()
    if len(held) >= 5:
        for old in held[:1]:
            old.is_revoked = True
    s.add(Pass(lamp_id=id, is_revoked=False))
    s.commit()
`},
		{"who is turned away is kept out for a while", "MB802 medium", `
@app.post("/doors/{name}")
def open_door(name: str, key: str):
    if cache.get(f"shut:{name}"):
        raise HTTPException(429)
    if key != "sesame":
        cache.setex(f"shut:{name}", 60, "1")
        raise HTTPException(401)
`},
		{"a table that is named when the request runs", "MB103 medium", `
import os, psycopg2
conn = psycopg2.connect("postgresql://localhost/lamps")
@app.post("/words/{word}")
def learn(word: str):
    table = os.environ["WORDS"].lower()
    cur = conn.cursor()
    cur.execute(f"SELECT word FROM {table} WHERE word = %s", (word,))
    if cur.fetchone():
        raise HTTPException(409)
    cur.execute(f"INSERT INTO {table} (word) VALUES (%s)", (word,))
    conn.commit()
`},
		{"what was deleted elsewhere is deleted again", "MB107 medium", `
import httpx
@app.delete("/lamps/{id}/account")
def leave(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.owner is None:
        return
    httpx.delete(f"https://accounts.example/{lamp.owner}")
    s.execute(update(Lamp).where(Lamp.id == id).values(owner=None))
    s.commit()
`},
		{"when a lamp was seen last is noted twice", "MB117 medium, MB501 low", `
import asyncio
from datetime import timedelta
async def note(id: int):
    with Maker() as s:
        s.execute(update(Lamp).where(Lamp.id == id).values(lit_at=datetime.now()))
        s.commit()
@app.get("/lamps/{id}/look")
async def look(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.lit_at is None or datetime.now() - lamp.lit_at > timedelta(hours=1):
        asyncio.create_task(note(lamp.id))
    return lamp
`},
		{"a closed session takes another connection for the task", "MB502 medium", `
from fastapi import BackgroundTasks
def mark(id: int, s: Session):
    s.get(Lamp, id).fixed = True
    s.commit()
@app.post("/lamps/{id}/mark")
def mark_later(id: int, tasks: BackgroundTasks, s: Session = Depends(db, scope="function")):
    tasks.add_task(mark, id, s)
`},
		{"a closed connection of an asynchronous session is nobody's", "MB502 high", `
from fastapi import BackgroundTasks
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
Later = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/lamps"))
async def later_db():
    async with Later() as session:
        yield session
async def mark(id: int, s: AsyncSession):
    (await s.get(Lamp, id)).fixed = True
    await s.commit()
@app.post("/lamps/{id}/mark")
async def mark_later(id: int, tasks: BackgroundTasks, s: AsyncSession = Depends(later_db, scope="function")):
    tasks.add_task(mark, id, s)
`},
		{"the other request does not look at what is written", "MB107 medium, MB107 medium", dyed + `
@app.post("/shades/{id}/tear")
def tear(id: int, s: Session = Depends(db)):
    shade = s.get(Shade, id)
    if shade.status == "torn":
        raise HTTPException(409)
    shade.status = "torn"
    s.commit()
`},
		{"the other request looks at what is written", "MB107 high, MB107 medium", dyed + `
@app.post("/shades/{id}/tear")
def tear(id: int, s: Session = Depends(db)):
    shade = s.get(Shade, id)
    if shade.status == "torn" or shade.colour == "white":
        raise HTTPException(409)
    shade.status = "torn"
    s.commit()
`},
		{"somebody may be dismissed while he is at work", "MB303 low", `
import httpx
class Keeper(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
def keeper(x_id: int, s: Session = Depends(db)):
    return s.get(Keeper, x_id)
@app.post("/lamps/{id}/picture")
async def picture(id: int, me: Keeper = Depends(keeper), s: Session = Depends(db)):
    if me is None:
        raise HTTPException(401)
    async with httpx.AsyncClient(timeout=60) as client:
        drawn = (await client.post("https://painter.example", json={"lamp": id})).text
    s.add(Label(word=drawn, colour="red", tone=None, lamp_id=id))
    s.commit()
@app.delete("/keepers/{id}")
def dismiss(id: int, s: Session = Depends(db)):
    s.delete(s.get(Keeper, id))
    s.commit()
@app.put("/keepers/{id}/role")
def appoint(id: int, role: str, s: Session = Depends(db)):
    s.get(Keeper, id).role = role
    s.commit()
`},
		{"somebody may lose his role while he is at work", "MB303 medium", `
import httpx
class Keeper(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
def keeper(x_id: int, s: Session = Depends(db)):
    return s.get(Keeper, x_id)
@app.post("/lamps/{id}/picture")
async def picture(id: int, me: Keeper = Depends(keeper), s: Session = Depends(db)):
    if me.role != "head":
        raise HTTPException(403)
    async with httpx.AsyncClient(timeout=60) as client:
        drawn = (await client.post("https://painter.example", json={"lamp": id})).text
    s.add(Label(word=drawn, colour="red", tone=None, lamp_id=id))
    s.commit()
@app.delete("/keepers/{id}")
def dismiss(id: int, s: Session = Depends(db)):
    s.delete(s.get(Keeper, id))
    s.commit()
@app.put("/keepers/{id}/role")
def appoint(id: int, role: str, s: Session = Depends(db)):
    s.get(Keeper, id).role = role
    s.commit()
`},
		{"another service is asked before the state is looked at", "MB107 medium", `
import httpx
rights = httpx.AsyncClient(base_url="https://rights.example")
async def found(id, s):
    lamp = s.get(Lamp, id)
    answer = await rights.post("/check", json={"object": lamp.id})
    if not answer.json()["allowed"]:
        raise HTTPException(403)
    return lamp
@app.post("/lamps/{id}/restore")
async def restore(id: int, s: Session = Depends(db)):
    lamp = await found(id, s)
    if lamp.status != "broken":
        raise HTTPException(409)
    lamp.status = "whole"
    s.commit()
`},
		{"another service is told what follows from the state", "MB107 high", `
import httpx
shop = httpx.AsyncClient(base_url="https://shop.example")
@app.post("/lamps/{id}/replace")
async def replace(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.status != "broken":
        raise HTTPException(409)
    await shop.post("/orders", json={"lamp": lamp.id})
    lamp.status = "ordered"
    s.commit()
`},
		{"nobody else has a turn in the process while the database is asked", "MB107 medium", `
import httpx
shop = httpx.AsyncClient(base_url="https://shop.example")
@app.post("/lamps/{id}/replace")
async def replace(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.status != "broken":
        raise HTTPException(409)
    lamp.status = "ordered"
    s.commit()
    await shop.post("/orders", json={"lamp": lamp.id})
`},
		{"a date that is written out for the answer loses what is written meanwhile", "MB101 medium", `
@app.get("/lamps/{id}")
def show(id: int, s: Session = Depends(db)):
    lamp = s.scalar(select(Lamp).where(Lamp.id == id))
    lamp.lit_at = lamp.lit_at.isoformat()
    s.commit()
    return lamp
@app.post("/lamps/{id}/light")
def light(id: int, at: datetime, s: Session = Depends(db)):
    s.get(Lamp, id).lit_at = at
    s.commit()
`},
		{"a gap is filled", "MB107 medium", `
@app.post("/lamps/{id}/label")
def label(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if not lamp.owner:
        lamp.owner = "nobody"
    s.commit()
`},
		{"a setting is changed while the row goes", "MB107 medium", `
@app.delete("/lamps/{id}")
def remove(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.fixed:
        raise HTTPException(409)
    s.delete(lamp)
    s.commit()
`},
		{"only a row of another parent gets through", "MB103 medium", `
@app.post("/labels")
def stick(lamp_id: int, word: str, colour: str, s: Session = Depends(db)):
    if s.scalar(select(Label).where(Label.word == word)):
        raise HTTPException(409)
    s.add(Label(word=word, lamp_id=lamp_id, colour=colour))
    s.commit()
`},
		{"what else is in the key is chosen freely", "MB103 high", `
@app.post("/lamps/{id}/colours")
def paint(id: int, word: str, colour: str, tone: str, s: Session = Depends(db)):
    if s.scalar(select(Label).where(Label.colour == colour)):
        raise HTTPException(409)
    s.add(Label(word=word, lamp_id=id, colour=colour, tone=tone))
    s.commit()
`},
		{"an amount moves with the state", "MB107 high", `
@app.post("/lamps/{id}/sell")
def sell(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp.status != "new":
        raise HTTPException(409)
    lamp.status = "sold"
    s.add(Payment(lamp_id=id))
    s.commit()
`},
		{"a key that is there is written over", "MB802 medium", `
@app.post("/lamps/{id}/confirm")
def confirm(id: int, who: str):
    key = f"asked:{id}"
    if not cache.get(key):
        raise HTTPException(404)
    cache.set(key, who)
`},
		{"a key that is not there is set by both", "MB802 high", `
@app.post("/lamps/{id}/hold")
def hold(id: int):
    key = f"held:{id}"
    if cache.get(key):
        raise HTTPException(409)
    cache.set(key, "held")
`},
		{"two transactions hold nothing", "MB117 medium", `
def find(id):
    with Maker() as s:
        return s.get(Lamp, id)

@app.post("/lamps/{id}/light")
def light(id: int):
    lamp = find(id)
    if lamp.status == "lit":
        raise HTTPException(409)
    with Maker() as s:
        again = s.get(Lamp, id)
        again.status = "lit"
        s.commit()
`},
		{"a place is emptied and filled again", "MB401 low", `
shelf: dict = {}
gone = object()
@app.get("/shelf/{name}")
async def look(name: str):
    found = shelf.get(name, gone)
    if found is not gone:
        return found
    made = await make(name)
    shelf[name] = made
    return made
@app.delete("/shelf/{name}")
async def clear(name: str):
    shelf.pop(name, None)
`},
		{"what is kept for a time is made again", "MB401 low", `
import time
shelf: dict = {}
@app.get("/shelf/{name}")
async def look(name: str):
    found = shelf.get(name)
    if found is not None and time.time() < found[0]:
        return found[1]
    made = await make(name)
    shelf[name] = (time.time() + 60, made)
    return made
`},
		{"a lock in time refuses", "MB401 high", `
import time
barred: dict = {}
@app.post("/bar/{name}")
async def bar(name: str):
    until = barred.get(name)
    if until is not None and time.time() < until:
        raise HTTPException(429)
    await make(name)
    barred[name] = time.time() + 60
`},
		{"a helper that gives nothing does it twice", "MB401 medium", `
import time
swept: dict = {}
async def sweep(name: str):
    last = swept.get(name)
    if last is not None and time.time() - last < 60:
        return
    await make(name)
    swept[name] = time.time()
@app.get("/sweep/{name}")
async def swept_now(name: str):
    await sweep(name)
    return {}
`},
		{"a program that goes on is started twice", "MB403 medium", `
import subprocess
bell = None
@app.post("/bell/start")
async def start():
    global bell
    if bell is not None:
        return {"state": "rings"}
    await make("bell")
    bell = subprocess.Popen(["ring"])
    return {"state": "started"}
@app.post("/bell/stop")
async def stop():
    global bell
    bell = None
`},
		{"a flag is flipped", "MB404 medium", `
lit = {"now": False}
@app.post("/lit/flip")
def flip():
    lit["now"] = not lit["now"]
`},
		{"what is too old is taken out", "MB404 medium", `
import time
kept: dict = {}
@app.get("/kept/{name}")
def look(name: str):
    found = kept.get(name)
    if found is None:
        raise HTTPException(404)
    if time.time() > found:
        kept.pop(name, None)
        raise HTTPException(404)
    return {"until": found}
@app.put("/kept/{name}")
def keep(name: str):
    kept[name] = time.time() + 60
`},
		{"a flag of a row that is there is flipped", "MB101 medium", `
@app.post("/lamps/{id}/flip")
def flip(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp is None:
        raise HTTPException(404)
    lamp.fixed = not lamp.fixed
    s.commit()
`},
		{"a flag of a row is flipped by whom it belongs to", "MB101 medium", `
@app.post("/lamps/{id}/flip")
def flip(id: int, by: str, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    if lamp is None:
        raise HTTPException(404)
    if lamp.owner != by:
        raise HTTPException(403)
    lamp.fixed = not lamp.fixed
    s.commit()
`},
		{"a pace is kept on the whole", "MB105 medium", `
from datetime import timedelta
@app.post("/asked/{lamp_id}")
def ask(lamp_id: int, s: Session = Depends(db)):
    since = datetime.now() - timedelta(minutes=1)
    if s.scalar(select(func.count()).select_from(Asked).where(Asked.lamp_id == lamp_id, Asked.at > since)) >= 5:
        raise HTTPException(429)
    s.add(Asked(lamp_id=lamp_id, at=datetime.now()))
    s.commit()
`},
		{"what there may be in a day is a quota", "MB105 high", `
@app.post("/asked/{lamp_id}")
def ask(lamp_id: int, s: Session = Depends(db)):
    today = datetime.now().replace(hour=0, minute=0, second=0)
    if s.scalar(select(func.count()).select_from(Asked).where(Asked.lamp_id == lamp_id, Asked.at > today)) >= 5:
        raise HTTPException(429)
    s.add(Asked(lamp_id=lamp_id, at=datetime.now()))
    s.commit()
`},
		{"a field is taken out by both", "MB801 medium", `
@app.post("/lamps/{id}/guests")
def clear(id: int, stays: str):
    for guest in cache.hvals(f"guests:{id}"):
        if guest != stays:
            cache.hdel(f"guests:{id}", guest)
`},
		{"a code is taken away with the one that was read", "MB801 medium", `
@app.post("/lamps/{id}/password/confirm")
def confirm(id: int, code: str):
    kept = cache.get(f"password:{id}")
    if kept != code:
        raise HTTPException(403)
    cache.delete(f"password:{id}")
@app.post("/lamps/{id}/password")
def send(id: int):
    cache.set(f"password:{id}", make(id))
`},
		{"what lies in one object for all is another caller's", "MB407 high", `
class Desk:
    lamp = ""
desk = Desk()
@app.put("/desk")
async def put(lamp: str):
    desk.lamp = lamp
    await make("desk")
    return {"lamp": desk.lamp}
`},
		{"what lies in the object that both name is what the later one said", "MB407 low", `
class Desk:
    def __init__(self):
        self.lamp = ""
desks: dict[str, Desk] = {}
@app.put("/desks/{name}")
async def put(name: str, lamp: str):
    desk = desks[name]
    desk.lamp = lamp
    await make(name)
    return {"lamp": desk.lamp}
`},
		{"a list is cut where it has grown", "MB404 medium", `
lately: list = []
@app.get("/lately/cut")
def cut():
    global lately
    if len(lately) > 50:
        lately = lately[-50:]
@app.post("/lately/{word}")
def add(word: str):
    lately.append(word)
`},
		{"an object written back as a whole after the fields that were sent were changed", "MB101 high", `
class Painted:
    def __init__(self, owner: str, fixed: bool):
        self.owner = owner
        self.fixed = fixed
    def paint(self, owner: str | None = None, fixed: bool | None = None):
        if owner is not None:
            self.owner = owner
        if fixed is not None:
            self.fixed = fixed
def load(s: Session, id: int):
    row = s.scalars(select(Lamp).where(Lamp.id == id)).first()
    return Painted(row.owner, row.fixed) if row else None
@app.patch("/lamps/{id}")
def paint(id: int, owner: str | None = None, fixed: bool | None = None, s: Session = Depends(db)):
    lamp = load(s, id)
    if lamp is None:
        raise HTTPException(404)
    lamp.paint(owner, fixed)
    s.execute(update(Lamp).where(Lamp.id == id).values(owner=lamp.owner, fixed=lamp.fixed))
    s.commit()
`},
		{"the one column that may be sent, or what it held", "MB101 medium", `
class Painted:
    def __init__(self, owner: str):
        self.owner = owner
def load(s: Session, id: int):
    row = s.scalars(select(Lamp).where(Lamp.id == id)).first()
    return Painted(row.owner) if row else None
@app.patch("/lamps/{id}")
def paint(id: int, owner: str | None = None, s: Session = Depends(db)):
    lamp = load(s, id)
    if lamp is None:
        raise HTTPException(404)
    if owner is not None:
        lamp.owner = owner
    s.execute(update(Lamp).where(Lamp.id == id).values(owner=lamp.owner))
    s.commit()
`},
		{"what older rows lack filled in from their other columns", "MB107 low", `
class Draft(Base):
    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    published: Mapped[str | None]
@app.get("/drafts/{id}")
def draft(id: int, s: Session = Depends(db)):
    draft = s.get(Draft, id)
    if draft.published is None:
        draft.published = draft.text
        s.commit()
    return draft
`},
		{"a remark that is added beside what the request is for", "MB101 medium", `
class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    remarks: Mapped[str]
@app.post("/jobs/{id}/discount")
def discount(id: int, price: int, why: str, s: Session = Depends(db)):
    job = s.get(Job, id)
    job.price = price
    job.remarks = f"{job.remarks}\\n{why}"
    s.commit()
`},
		{"a text that is what the request changes", "MB101 high", `
class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    remarks: Mapped[str]
@app.post("/jobs/{id}/remarks")
def remark(id: int, text: str, s: Session = Depends(db)):
    job = s.get(Job, id)
    job.remarks = f"{job.remarks}\\n{text}"
    s.commit()
`},
		{"a constructor that refuses values of the wrong form", "", `
class Owned:
    def __init__(self, owner: str):
        self.owner = owner
        if not self.owner:
            raise ValueError("an owner has a name")
@app.put("/lamps/{id}/owned")
def owned(id: int, s: Session = Depends(db)):
    lamp = s.get(Lamp, id)
    Owned(lamp.owner)
    lamp.status = "owned"
    s.commit()
`},
		{"a thing is made where its name is not among the keys", "MB404 low", `
rooms: dict = {}
class Room: ...
@app.post("/rooms/{name}")
def enter(name: str):
    if name in rooms.keys():
        return str(rooms[name])
    rooms[name] = Room()
    return str(rooms[name])
`},
		{"a row that is known by a constant says how something is done", "MB107 medium", `
import requests
class Option(Base):
    __tablename__ = "options"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
class Riddle: ...
def option(s, kind):
    return s.scalar(select(Option).where(Option.name == kind.__name__.lower()))
@app.post("/lamps")
def add(answer: str, level: str, s: Session = Depends(db)):
    if option(s, Riddle).status != "off":
        if requests.post("https://riddles.example/check", json={"answer": answer}).json()["wrong"]:
            raise HTTPException(401)
    option(s, Riddle).status = level
    s.commit()
`},
		{"nothing comes between what one event loop asks of a store and tells it", "MB801 medium", `
@app.post("/lamps/left")
async def take(name: str):
    left = int(cache.get(name))
    if left < 1:
        raise HTTPException(409)
    cache.set(name, left - 1)
`},
		{"threads ask a store and tell it", "MB801 high", `
@app.post("/lamps/left")
def take(name: str):
    left = int(cache.get(name))
    if left < 1:
        raise HTTPException(409)
    cache.set(name, left - 1)
`},
		{"one default value for all calls", "MB404 medium", `
def note(key: str, seen: dict = {}):
    seen["n"] = seen.get("n", 0) + 1
    return seen
def count(key: str, seen: dict):
    seen["n"] = seen.get("n", 0) + 2
def both(key: str, seen: dict = {}):
    seen["n"] = seen.get("n", 0) + 1
    count(key, seen)
    return seen
@app.post("/noted/{key}")
def noted(key: str):
    return both(key)
`},
	} {
		t.Run(c.name, func(t *testing.T) { weighs(t, c.src, c.want) })
	}
}

// weighs scans the application above with further operations, and compares the rules and severities of what is found.
func weighs(t *testing.T, operations, want string) {
	t.Helper()
	ranks(t, weighed+operations, want)
}

// ranks compares the rules and severities of what is found in an application.
func ranks(t *testing.T, app, want string) {
	t.Helper()
	var got []string
	for _, f := range scanText(t, app).Findings {
		got = append(got, f.Rule+" "+string(f.Severity))
	}
	if strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// scanWeighed scans the application above with further operations.
func scanWeighed(t *testing.T, operations string) *finding.Report {
	t.Helper()
	return scanText(t, weighed+operations)
}
