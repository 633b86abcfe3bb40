package scanner

import (
	"strings"
	"testing"
)

const tried = `
import httpx
from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey, create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
class Base(DeclarativeBase): ...
class Wish(Base):
    __tablename__ = "wishes"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int]
    status: Mapped[str]
Maker = sessionmaker(create_engine("postgresql://localhost/wishes"))
def db():
    with Maker() as session:
        yield session
app = FastAPI()
`

// TestBesideOthers states what a request does beside what others do: to entries and documents that are its own.
func TestBesideOthers(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"the oldest entries go when there are too many", "", counted + `
from collections import OrderedDict
class Kept:
    def __init__(self, most: int = 100):
        self.entries = OrderedDict()
        self.most = most
    def put(self, key, value):
        self.entries[key] = value
        while len(self.entries) > self.most:
            self.entries.popitem(last=False)
kept: dict[str, Kept] = {}
def drawer(name):
    return kept.setdefault(name, Kept())
@app.get("/words/{a}/{b}")
async def both(a: str, b: str):
    drawer("words").put(a, 1)
    await store.ping()
    drawer("words").put(b, 2)
`},
		{"an entry of its own beside those that are looked at", "", counted + `
listening: dict[str, dict[str, list]] = {}
@app.get("/listen/{hall}")
async def listen(hall: str):
    gone, fresh = [], []
    for who, heard in listening[hall].items():
        if not heard:
            gone.append(who)
            fresh.append(who)
    for who in gone:
        await store.ping()
        if who in listening[hall]:
            del listening[hall][who]
    listening[hall][str(uuid.uuid4())] = fresh
`},
		{"a document that this request has just made", "", counted + `
def one(id):
    return jobs.find_one({"_id": id})
@app.post("/jobs")
def start(word: str):
    job = one(jobs.insert_one({"word": word, "done": 0}).inserted_id)
    if job is None:
        raise HTTPException(500)
    jobs.update_one({"_id": job["_id"]}, {"$set": {"done": job["done"] + 1}})
`},
		{"whatever is open of a parent is closed, and something else is done", "", tried + `
@app.post("/rooms/{room_id}/clear")
def clear(room_id: int, s: Session = Depends(db)):
    s.execute(update(Wish).where(Wish.room_id == room_id, Wish.status == "open").values(status="dropped"))
    s.commit()
    httpx.post("https://doors.example/open", json={"room": room_id})
`},
		{"one that is open is taken, and nobody looks whether it was", "MB112 high", tried + `
@app.post("/wishes/{id}/grant")
def grant(id: int, s: Session = Depends(db)):
    s.execute(update(Wish).where(Wish.id == id, Wish.status == "open").values(status="granted"))
    s.commit()
    httpx.post("https://shops.example/buy", json={"wish": id})
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, c.src, c.want) })
	}
}

// TestTwoTransactions states what is said of a row that is read in one transaction and written in another where neither locks it.
func TestTwoTransactions(t *testing.T) {
	for _, c := range []struct{ name, set, want string }{
		{"a sum is written whole", "shelf.room_id + 1", "computed from the old value"},
		{"the row is only asked about", "7", "may be otherwise"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range scanText(t, shelf+`
def one(id):
    with Maker() as s:
        return s.scalars(select(Shelf).where(Shelf.id == id)).first()
@app.post("/shelves/{id}/move")
def move(id: int):
    shelf = one(id)
    if shelf is None or shelf.room_id > 5:
        raise HTTPException(409)
    with Maker() as s:
        s.execute(update(Shelf).where(Shelf.id == id).values(room_id=`+c.set+`))
        s.commit()
from sqlalchemy import update
`).Findings {
				if f.Rule == "MB117" {
					if !strings.Contains(f.Description, c.want) {
						t.Errorf("got %s, want %s", f.Description, c.want)
					}
					return
				}
			}
			t.Error("not found")
		})
	}
}
