package scanner

import "testing"

const kept = `
import jwt, time
from fastapi import Depends, FastAPI, HTTPException
import redis

store = redis.Redis()
app = FastAPI()
things: dict[int, "Thing"] = {}
asleep_until = 0

class Thing:
    def __init__(self, id: int, word: str):
        self.id = id
        self.word = word

def found(id: int) -> Thing:
    thing: Thing | None = things.get(id)
    if not thing:
        raise HTTPException(404)
    return thing
`

const listed = `
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
import jwt, secrets

class Base(DeclarativeBase): ...
class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int]
    role: Mapped[str]
class Visitor(Base):
    __tablename__ = "visitors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    ticket: Mapped[str]
class Seat(Base):
    __tablename__ = "seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    hall_id: Mapped[int]
Maker = sessionmaker(create_engine("postgresql://localhost/lists"))
def db():
    with Maker() as session:
        yield session
app = FastAPI()
def caller(token: str = Depends(OAuth2PasswordBearer(tokenUrl="t"))):
    return jwt.decode(token, "k", algorithms=["HS256"])
`

// TestGraveEnd states when a race comes to nearly the same in the end, and when it does not.
func TestGraveEnd(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a thing is put back where it was found", "", kept + `
@app.patch("/things/{id}")
def change(id: int, word: str):
    thing = found(id)
    thing.word = word
    things[id] = thing
`},
		{"a thing is put back that somebody took away", "MB404 medium", kept + `
@app.patch("/things/{id}")
def change(id: int, word: str):
    if not things.get(id):
        raise HTTPException(404)
    things[id] = Thing(id, word)
@app.delete("/things/{id}")
def drop(id: int):
    things.pop(id, None)
`},
		{"a thing is made where there is none", "MB404 high", kept + `
@app.post("/things/{id}")
def make(id: int, word: str):
    if things.get(id):
        raise HTTPException(409)
    things[id] = Thing(id, word)
`},
		{"a thing is told again what it is", "MB404 medium", kept + `
words = {"a": "x"}
@app.put("/words/{name}")
def say(name: str, word: str):
    if words[name] == word:
        raise HTTPException(400)
    words[name] = word
`},
		{"what failed is not asked again for a while", "MB404 low", kept + `
def awake() -> bool:
    global asleep_until
    if time.time() < asleep_until:
        return False
    try:
        store.ping()
        return True
    except redis.RedisError:
        asleep_until = time.time() + 30
        return False
@app.get("/things")
def show():
    return {"fast": awake()}
`},
		{"what was done just now is not done again for a while", "MB404 medium", kept + `
@app.post("/bell")
def ring():
    global asleep_until
    if time.time() < asleep_until:
        raise HTTPException(429)
    asleep_until = time.time() + 30
    return {"rung": True}
`},
		{"a code is taken away if it is there, and nobody asks whether it was", "MB801 high, MB802 low", kept + `
def forget(phone: str):
    if store.get(f"otp:{phone}"):
        store.delete(f"otp:{phone}")
        return True
    return None
@app.post("/phones/{phone}/forget")
def leave(phone: str, code: str):
    if store.get(f"otp:{phone}") != code.encode():
        raise HTTPException(400)
    forget(phone)
    return {"token": jwt.encode({"sub": phone}, "k")}
`},
		{"one line of a list is to remain", "MB116 medium", listed + `
@app.delete("/lists/{list_id}/lines/{id}")
def drop(list_id: int, id: int, s: Session = Depends(db)):
    line = s.get(Line, id)
    if s.query(Line).filter(Line.list_id == list_id).count() <= 1:
        raise HTTPException(409)
    s.delete(line)
    s.commit()
`},
		{"one administrator of a list is to remain", "MB116 high", listed + `
@app.delete("/lists/{list_id}/lines/{id}")
def drop(list_id: int, id: int, s: Session = Depends(db)):
    line = s.get(Line, id)
    if s.query(Line).filter(Line.list_id == list_id, Line.role == "admin").count() <= 1:
        raise HTTPException(409)
    s.delete(line)
    s.commit()
`},
		{"whom the token names gets a seat more than a constant allows", "MB105 medium", listed + `
@app.post("/halls/{id}/seats")
def sit(id: int, s: Session = Depends(db), told: dict = Depends(caller)):
    me = told["data"]["id"]
    if s.query(Seat).filter(Seat.user_id == me).count() >= 5:
        raise HTTPException(409)
    s.add(Seat(user_id=me, hall_id=id))
    s.commit()
`},
		{"a hall gets a seat more than a constant allows", "MB105 high", listed + `
@app.post("/halls/{id}/seats")
def sit(id: int, s: Session = Depends(db), told: dict = Depends(caller)):
    if s.query(Seat).filter(Seat.hall_id == id).count() >= 5:
        raise HTTPException(409)
    s.add(Seat(user_id=told["data"]["id"], hall_id=id))
    s.commit()
`},
		{"a new ticket in which only the number of the row stands", "MB101 medium", listed + `
@app.post("/visitors/{id}/ticket")
def renew(id: int, ticket: str, s: Session = Depends(db)):
    visitor = s.get(Visitor, id)
    if visitor.ticket != ticket:
        raise HTTPException(403)
    visitor.ticket = f"{visitor.id}:{secrets.token_urlsafe(8)}"
    s.commit()
`},
		{"a new ticket in which the old one stands", "MB101 high", listed + `
@app.post("/visitors/{id}/ticket")
def renew(id: int, word: str, s: Session = Depends(db)):
    visitor = s.get(Visitor, id)
    visitor.ticket = f"{visitor.ticket},{word}"
    s.commit()
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, c.src, c.want) })
	}
}
