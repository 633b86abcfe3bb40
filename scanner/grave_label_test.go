package scanner

import "testing"

const shelf = `
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
class Room(Base):
    __tablename__ = "rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    name: Mapped[str]
class Wish(Base):
    __tablename__ = "wishes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    status: Mapped[str]
` + signedIn + `
@app.post("/rooms/{room_id}/shelves")
def put_up(room_id: int, name: str, s: Session = Depends(db)):
    if s.scalars(select(Shelf).where(Shelf.room_id == room_id, Shelf.name == name)).first():
        raise HTTPException(409)
    s.add(Shelf(room_id=room_id, name=name))
    s.commit()
@app.patch("/shelves/{id}")
def rename(id: int, name: str, s: Session = Depends(db)):
    other = s.scalars(select(Shelf).where(Shelf.name == name)).first()
    if other and other.id != id:
        raise HTTPException(409)
    s.get(Shelf, id).name = name
    s.commit()
`

const wished = shelf + `
@app.post("/rooms/{room_id}/wishes")
def wish(room_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    if s.scalars(select(Wish).where(Wish.user_id == user.id, Wish.room_id == room_id, Wish.status == STATUS)).first():
        raise HTTPException(409)
    s.add(Wish(user_id=user.id, room_id=room_id, status=STATUS))
    s.commit()
@app.get("/rooms/{room_id}/wishes")
def wishes(room_id: int, s: Session = Depends(db)):
    return s.scalars(select(Wish).where(Wish.room_id == room_id)).all()
`

const counted = `
import time, uuid
from fastapi import Depends, FastAPI, HTTPException, WebSocket
from fastapi_mail import FastMail, MessageSchema
from pymongo import MongoClient
import httpx, redis.asyncio

store = redis.asyncio.Redis()
jobs = MongoClient().db.jobs
mail = FastMail(None)
app = FastAPI()
`

// TestGraveLabel states when what there is once too often is only called the same, asked for twice, or a little more of a burden.
func TestGraveLabel(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"two shelves of one name, by which nobody finds one", "MB103 medium, MB103 low", shelf},
		{"two shelves of one name, by which they are found", "MB103 high, MB103 medium", shelf + `
@app.get("/shelves/{name}/room")
def where(name: str, s: Session = Depends(db)):
    found = s.scalars(select(Shelf).where(Shelf.name == name)).first()
    if not found:
        raise HTTPException(404)
    return found.room_id
`},
		{"a wish that somebody else has to grant", "MB103 medium, MB103 medium, MB103 low", `STATUS = "pending"` + wished},
		{"a wish that is granted with that", "MB103 high, MB103 medium, MB103 low", `STATUS = "granted"` + wished},
		{"one question comes a moment after the last one", "MB801 medium", counted + `
@app.post("/questions")
async def ask(who: str, text: str):
    last = await store.get(f"last:{who}")
    if last and time.time() - float(last) < 60:
        raise HTTPException(429)
    async with httpx.AsyncClient() as client:
        await client.post("https://answers.example/ask", json={"text": text})
    await store.set(f"last:{who}", time.time())
`},
		{"one letter more than in an hour", "MB801 medium", counted + `
@app.post("/letters")
async def write(to: str):
    n = int(await store.get(f"letters:{to}") or 0)
    if n >= 3:
        raise HTTPException(429)
    await mail.send_message(MessageSchema(recipients=[to]))
    await store.set(f"letters:{to}", n + 1)
`},
		{"one paid question more than in an hour", "MB801 high", counted + `
@app.post("/questions")
async def ask(who: str, text: str):
    n = int(await store.get(f"questions:{who}") or 0)
    if n >= 3:
        raise HTTPException(429)
    async with httpx.AsyncClient() as client:
        await client.post("https://answers.example/ask", json={"text": text})
    await store.set(f"questions:{who}", n + 1)
`},
		{"one connection more than a process is to have", "MB401 medium", counted + `
open_ones: dict[str, WebSocket] = {}
@app.websocket("/ws")
async def listen(ws: WebSocket):
    if len(open_ones) >= 500:
        raise HTTPException(503)
    await ws.accept()
    open_ones[str(uuid.uuid4())] = ws
`},
		{"one player more than a table has seats", "MB401 high", counted + `
tables: dict[str, list[WebSocket]] = {}
@app.websocket("/tables/{table}")
async def sit(ws: WebSocket, table: str):
    if len(tables[table]) >= 2:
        raise HTTPException(409)
    await ws.accept()
    tables[table].append(ws)
`},
		{"a wish that is paid for while only somebody withdraws it whom nobody calls", "MB103 medium, MB107 medium, MB107 medium, MB103 low", shelf + `
import httpx
class Grant(Base):
    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(primary_key=True)
    wish_id: Mapped[int] = mapped_column(unique=True)
@app.post("/wishes/{id}/grant")
def grant(id: int, s: Session = Depends(db)):
    s.add(Grant(wish_id=id))
    s.flush()
    wish = s.get(Wish, id)
    if wish.status != "open":
        raise HTTPException(409)
    wish.status = "granted"
    s.add(Transfer(amount=1))
    s.commit()
class Transfer(Base):
    __tablename__ = "transfers"
    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
def withdraw(s: Session, id: int):
    wish = s.get(Wish, id)
    if wish.status == "open":
        wish.status = "withdrawn"
        s.commit()
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, c.src, c.want) })
	}
}
