package scanner

import (
	"strings"
	"testing"
)

const booked = `
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from fastapi_mail import FastMail, MessageSchema
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
class Tour(Base):
    __tablename__ = "tours"
    id: Mapped[int] = mapped_column(primary_key=True)
    seats: Mapped[int]
class Seat(Base):
    __tablename__ = "seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tours.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str]
class Pass(Base):
    __tablename__ = "passes"
    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int]

mail = FastMail(None)
` + signedIn

// signedIn is who calls, for models that have users with a token.
const signedIn = `
Maker = sessionmaker(create_engine("postgresql://localhost/tours"))
def db():
    with Maker() as session:
        yield session
bearer = OAuth2PasswordBearer(tokenUrl="token")
def caller(s: Session = Depends(db), token: str = Depends(bearer)):
    user = s.scalars(select(User).where(User.token == token)).first()
    if user is None:
        raise HTTPException(401)
    return user
app = FastAPI()
`

const givenUp = `
@app.post("/seats/{id}/give-up")
def give_up(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id)
    if seat.status != "held":
        raise HTTPException(409)
    seat.status = "free"
    s.commit()
`

const named = `
import logging
from fastapi import BackgroundTasks
log = logging.getLogger(__name__)
class Name(Base):
    __tablename__ = "names"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(unique=True)
`

// TestGrave states which races somebody is stopped by, and which are told as medium at most.
func TestGrave(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"somebody takes a few more than a constant allows of what is his own", "MB105 medium", `
@app.post("/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.user_id == user.id)) >= 5:
        raise HTTPException(409)
    s.add(Seat(tour_id=tour_id, user_id=user.id, status="held"))
    s.commit()
`},
		{"somebody asks for more of what he has put together for himself", "MB101 medium, MB104 low", `
class Pick(Base):
    __tablename__ = "Picks"
    __table_args__ = (UniqueConstraint("user_id", "word"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    word: Mapped[str]
    pieces: Mapped[int]
@app.post("/Picks")
def put(word: str, n: int, s: Session = Depends(db), user: User = Depends(caller)):
    item = s.scalars(select(Pick).where(Pick.user_id == user.id, Pick.word == word)).first()
    if item:
        item.pieces += n
    else:
        s.add(Pick(user_id=user.id, word=word, pieces=n))
    s.commit()
`},
		{"somebody has his credits filled up", "MB101 high, MB104 low", `
class Purse(Base):
    __tablename__ = "Purses"
    __table_args__ = (UniqueConstraint("user_id", "word"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    word: Mapped[str]
    credits: Mapped[int]
@app.post("/Purses")
def put(word: str, n: int, s: Session = Depends(db), user: User = Depends(caller)):
    item = s.scalars(select(Purse).where(Purse.user_id == user.id, Purse.word == word)).first()
    if item:
        item.credits += n
    else:
        s.add(Purse(user_id=user.id, word=word, credits=n))
    s.commit()
`},
		{"more seats are given away than there are", "MB105 high", `
@app.post("/tours/{tour_id}/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    tour = s.get(Tour, tour_id)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == tour.id)) >= tour.seats:
        raise HTTPException(409)
    s.add(Seat(tour_id=tour.id, user_id=user.id, status="held"))
    s.commit()
`},
		{"two ways into the tour lock it, each by the name that it has for it", "", `
def take(s, tour, user):
    s.refresh(tour, with_for_update=True)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == tour.id, Seat.status == "held")) >= tour.seats:
        raise HTTPException(409)
    free = s.scalars(select(Seat).where(Seat.tour_id == tour.id, Seat.status == "free")).first()
    if free:
        free.status = "held"
    else:
        s.add(Seat(tour_id=tour.id, user_id=user.id, status="held"))
    s.commit()
@app.post("/tours/{tour_id}/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    take(s, s.get(Tour, tour_id), user)
@app.post("/passes/{pass_id}/again")
def again(pass_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    seat = s.get(Seat, s.get(Pass, pass_id).seat_id)
    take(s, s.get(Tour, seat.tour_id), user)
`},
		{"who looks too early for something else is told of it, and not who does it right", "MB103 high", `
def take(s, tour, user):
    s.refresh(tour, with_for_update=True)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == tour.id, Seat.status == "held")) >= tour.seats:
        raise HTTPException(409)
    free = s.scalars(select(Seat).where(Seat.tour_id == tour.id, Seat.status == "free")).first()
    if free:
        free.status = "held"
        free.user_id = user.id
    else:
        s.add(Seat(tour_id=tour.id, user_id=user.id, status="held"))
    s.commit()
@app.post("/tours/{tour_id}/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    take(s, s.get(Tour, tour_id), user)
@app.post("/passes/{pass_id}/again")
def again(pass_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    if s.scalars(select(Seat).where(Seat.user_id == user.id)).first():
        raise HTTPException(409)
    seat = s.get(Seat, s.get(Pass, pass_id).seat_id)
    take(s, s.get(Tour, seat.tour_id), user)
`},
		{"a seat that is confirmed was counted before", "MB107 medium", `
@app.post("/tours/{tour_id}/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    tour = s.get(Tour, tour_id, with_for_update=True)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == tour.id, Seat.status.in_(["held", "confirmed"]))) >= tour.seats:
        raise HTTPException(409)
    s.add(Seat(tour_id=tour.id, user_id=user.id, status="held"))
    s.commit()
@app.post("/seats/{id}/confirm")
def confirm(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id)
    if seat.status == "free" or seat.status == "confirmed":
        raise HTTPException(409)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == seat.tour_id, Seat.status.in_(["held", "confirmed"]))) > 100:
        raise HTTPException(409)
    seat.status = "confirmed"
    s.commit()
@app.post("/seats/{id}/give-up")
def give_up(id: int, s: Session = Depends(db)):
    s.get(Seat, id).status = "free"
    s.commit()
`},
		{"one of two ways into the tour does not lock it", "MB105 high", `
@app.post("/tours/{tour_id}/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    tour = s.get(Tour, tour_id, with_for_update=True)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == tour.id)) >= tour.seats:
        raise HTTPException(409)
    s.add(Seat(tour_id=tour.id, user_id=user.id, status="held"))
    s.commit()
@app.post("/passes/{pass_id}/again")
def again(pass_id: int, s: Session = Depends(db), user: User = Depends(caller)):
    seat = s.get(Seat, s.get(Pass, pass_id).seat_id)
    tour = s.get(Tour, seat.tour_id)
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.tour_id == tour.id)) >= tour.seats:
        raise HTTPException(409)
    s.add(Seat(tour_id=tour.id, user_id=user.id, status="held"))
    s.commit()
`},
		{"a seat is confirmed twice, and twice a letter tells of it", "MB107 medium", `
@app.post("/seats/{id}/confirm")
async def confirm(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id)
    if seat.status != "held":
        raise HTTPException(409)
    seat.status = "confirmed"
    s.commit()
    await mail.send_message(MessageSchema(subject="yours", recipients=[], body="", subtype="plain"))
`},
		{"a seat is confirmed twice, and two passes come of it", "MB107 high", `
@app.post("/seats/{id}/confirm")
def confirm(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id)
    if seat.status != "held":
        raise HTTPException(409)
    seat.status = "confirmed"
    s.add(Pass(seat_id=seat.id))
    s.commit()
`},
		{"a seat is confirmed and given up at once", "MB107 medium, MB107 medium", `
@app.post("/seats/{id}/confirm")
def confirm(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id)
    if seat.status != "held":
        raise HTTPException(409)
    seat.status = "confirmed"
    s.commit()
` + givenUp},
		{"a seat is given up while a pass is made for it", "MB107 high, MB107 high", `
@app.post("/seats/{id}/confirm")
def confirm(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id)
    if seat.status != "held":
        raise HTTPException(409)
    seat.status = "confirmed"
    s.add(Pass(seat_id=seat.id))
    s.commit()
` + givenUp},
		{"a row that is looked for by its key is none of those that are made because it is there", "", `
@app.post("/seats/{id}/beside")
def beside(id: int, s: Session = Depends(db), user: User = Depends(caller)):
    seat = s.scalars(select(Seat).where(Seat.id == id, Seat.user_id == user.id)).first()
    if seat is None or seat.status != "held":
        raise HTTPException(404)
    s.add(Seat(tour_id=seat.tour_id, user_id=user.id, status="held"))
    s.commit()
`},
		{"an address is confirmed twice by one code", "MB106 medium", `
class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    verification_code: Mapped[str | None]
    verified: Mapped[bool]
@app.post("/addresses/verify")
async def verify(code: str, s: Session = Depends(db)):
    address = s.scalars(select(Address).where(Address.verification_code == code)).first()
    if address is None:
        raise HTTPException(400)
    address.verified = True
    address.verification_code = None
    s.commit()
    await mail.send_message(MessageSchema(subject="welcome", recipients=[], body="", subtype="plain"))
`},
		{"one number is given to two bills", "MB101 high", `
class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    next_number: Mapped[int]
class Bill(Base):
    __tablename__ = "bills"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
@app.post("/books/{id}/bills")
def bill(id: int, s: Session = Depends(db)):
    book = s.get(Book, id)
    s.add(Bill(number=f"B-{book.next_number:04d}"))
    book.next_number = book.next_number + 1
    s.commit()
`},
		{"who takes over what is free or held could as well have come after the one who holds it", "", takenOver("held")},
		{"who takes over what is free or given up could not", "MB107 medium", takenOver("given up")},
		{"a place in memory is promised twice, and the second is to be refused", "MB401 high", `
import httpx
promised = {}
desk = httpx.AsyncClient()
@app.post("/rooms/{room}")
async def promise(room: str, guest: str):
    if room in promised:
        raise HTTPException(409)
    seen = (await desk.get("https://desk.example/guests")).json()
    promised[room] = guest
    return seen
`},
		{"what is missing in memory is fetched twice", "MB401 medium", `
import httpx
rates = {"at": 0, "eur": None}
desk = httpx.AsyncClient()
@app.get("/rates")
async def rate(fresh: bool):
    if fresh or rates["at"] < 10:
        rates["eur"] = (await desk.get("https://desk.example/eur")).json()
        rates["at"] = 11
    return rates["eur"]
`},
		{"work that nobody waits for ends at a key, in the clause that is around all of it", "MB104 low", named + `
def note(name: str):
    with Maker() as s:
        try:
            if s.scalars(select(Name).where(Name.word == name)).first() is None:
                s.add(Name(word=name))
                s.commit()
        except Exception:
            log.exception("not noted")
@app.post("/names")
def tell(name: str, tasks: BackgroundTasks):
    tasks.add_task(note, name)
`},
		{"work that ends at a key is done again", "", named + `
def note(name: str):
    with Maker() as s:
        try:
            if s.scalars(select(Name).where(Name.word == name)).first() is None:
                s.add(Name(word=name))
                s.commit()
        except Exception:
            retry(note, name)
@app.post("/names")
def tell(name: str, tasks: BackgroundTasks):
    tasks.add_task(note, name)
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, booked+c.src, c.want) })
	}
}

// takenOver is an application in which a free seat is taken over while it is held; so is one of another status.
func takenOver(other string) string {
	return strings.ReplaceAll(`
@app.post("/seats/{id}/take")
def take_over(id: int, s: Session = Depends(db), user: User = Depends(caller)):
    seat = s.get(Seat, id)
    if seat.status not in ("free", "OTHER"):
        raise HTTPException(409)
    seat.user_id = user.id
    s.commit()
@app.post("/seats/{id}/hold")
def hold(id: int, s: Session = Depends(db)):
    seat = s.get(Seat, id, with_for_update=True)
    if seat.status != "free":
        raise HTTPException(409)
    seat.status = "held"
    s.commit()
`, "OTHER", other)
}
