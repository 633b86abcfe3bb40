package scanner

import "testing"

const joined = `
from pydantic import BaseModel
from sqlalchemy import JSON, UniqueConstraint, and_, or_
class Call(Base):
    __tablename__ = "calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[dict] = mapped_column(JSON)
    closed: Mapped[bool]
    accepted: Mapped[bool]
    summary: Mapped[str]
class Friend(Base):
    __tablename__ = "friends"
    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    since: Mapped[str]

`

const patched = joined + `
class CallPatch(BaseModel):
    closed: bool | None = None
    lines: dict | None = None
def patch(s, row, given):
    if isinstance(given, dict):
        fields = given
    else:
        fields = given.model_dump(exclude_unset=True)
    for name, value in fields.items():
        setattr(row, name, value)
    s.commit()
@app.put("/calls/{id}/lines")
def say(id: int, lines: dict, s: Session = Depends(db)):
    call = s.get(Call, id)
    call.lines = lines
    s.commit()
`

// TestGraveTwice states what comes of it that the same thing is done twice: much, or that it is done.
func TestGraveTwice(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a helper that takes a dict or a form is given a form, and writes what was set in it", "", patched + `
@app.post("/calls/{id}/close")
def close(id: int, s: Session = Depends(db)):
    call = s.get(Call, id)
    if not call.lines:
        raise HTTPException(409)
    patch(s, call, CallPatch(closed=True))
`},
		{"a helper that takes a dict or a form writes what was looked at", "MB101 high", patched + `
@app.post("/calls/{id}/lines")
def add(id: int, line: str, s: Session = Depends(db)):
    call = s.get(Call, id)
    patch(s, call, CallPatch(lines={**call.lines, line: True}))
`},
		{"what was accepted is accepted again", "MB106 medium", joined + `
class Knock(Base):
    __tablename__ = "knocks"
    id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[bool]
@app.post("/knocks/{id}/open")
def open_door(id: int, s: Session = Depends(db)):
    knock = s.get(Knock, id)
    if knock.used:
        raise HTTPException(409)
    knock.used = True
    s.commit()
`},
		{"what was used up is good for a seat", "MB106 high", joined + `
class Knock(Base):
    __tablename__ = "knocks"
    id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[bool]
@app.post("/knocks/{id}/open")
def open_door(id: int, s: Session = Depends(db)):
    knock = s.get(Knock, id)
    if knock.used:
        raise HTTPException(409)
    knock.used = True
    s.add(Seat(tour_id=id, user_id=1, status="held"))
    s.commit()
`},
		{"a library makes a user, and his first seat is looked for", "", `
from fastapi_users import BaseUserManager
class Users(BaseUserManager): ...
@app.post("/users")
async def join(form: dict, s: Session = Depends(db)):
    made = await Users(s).create(form)
    if s.scalars(select(Seat).where(Seat.user_id == made.id)).first():
        raise HTTPException(409)
    s.add(Seat(tour_id=1, user_id=made.id, status="held"))
    s.commit()
`},
		{"a code of his own is taken by a helper that says yes or no, and he is known then", "MB106 medium", codes + `
    user.token = "known"
    s.commit()
`},
		{"a code of his own is taken by a helper that says yes or no, and he has a token then", "MB106 high", codes + `
    user.token = "known"
    s.commit()
    return JWTStrategy(secret="words", lifetime_seconds=60).write_token(user)
from fastapi_users.authentication import JWTStrategy
`},
		{"a code of his own is taken by a helper that says yes or no, and he has a seat then", "MB106 high", codes + `
    s.add(Seat(tour_id=1, user_id=user.id, status="held"))
    s.commit()
`},
		{"two codes are sent to one person", "MB103 medium", mailed + `
    if s.scalars(select(Code).where(Code.email == email)).first():
        raise HTTPException(409)
` + sent},
		{"two people get the same code", "MB103 high", mailed + `
    if s.scalars(select(Code).where(Code.code == code)).first():
        raise HTTPException(409)
` + sent},
		{"a caller whose token was not taken back gets a few more than a constant allows", "MB105 medium", `
class Revoked(Base):
    __tablename__ = "revoked_tokens"
    token: Mapped[str] = mapped_column(primary_key=True)
def known(s: Session = Depends(db), token: str = Depends(bearer)):
    user = s.scalars(select(User).where(User.token == token)).first()
    if user is None:
        raise HTTPException(401)
    if s.scalars(select(Revoked).where(Revoked.token == token)).first() is None:
        return user
    raise HTTPException(401)
@app.get("/tours/{id}/seats")
def seats(id: int, s: Session = Depends(db)):
    return s.scalars(select(Seat).where(Seat.tour_id == id)).all()
@app.post("/seats")
def hold(tour_id: int, s: Session = Depends(db), user: User = Depends(known)):
    if s.scalar(select(func.count()).select_from(Seat).where(Seat.user_id == user.id)) >= 5:
        raise HTTPException(409)
    s.add(Seat(tour_id=tour_id, user_id=user.id, status="held"))
    s.commit()
`},
		{"who signs out twice is signed out", "MB802 low", doors + `
    await store.delete(f"door:{who}")
    await store.srem("doors", who)
`},
		{"who shows his card gets a seat, and the card is taken away", "MB802 medium", doors + `
    await store.delete(f"door:{who}")
    s.add(Seat(tour_id=1, user_id=1, status="held"))
    s.commit()
`},
		{"two join from both sides, and the key is about one", "MB103 medium", `
from sqlalchemy import UniqueConstraint, and_, or_
class Friend(Base):
    __tablename__ = "friends"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
` + befriended},
		{"two join from both sides, and no key keeps them apart", "MB103 high", joined + befriended},
		{"a row is looked for by a column that is only known at run time, and a key is there", "MB103 medium", linked(`UniqueConstraint("user_id", "seat_id")`)},
		{"a row is looked for by a column that is only known at run time, and no key is there", "MB103 high", linked(`UniqueConstraint("id", "place")`)},
		{"what a text means is asked twice, and the answer is stored", "MB101 medium", asked + `
    call.summary = httpx.post("https://words.example/sum", json={"text": text}).json()["sum"]
    s.commit()
`},
		{"a loan is renewed twice, and counted so", "MB101 medium", loans + `
    loan.until += timedelta(days=14)
    loan.renewed += 1
    s.commit()
`},
		{"a loan is renewed twice by as many days as are asked for", "MB101 high", loans + `
    loan.until += timedelta(days=more)
    loan.renewed += 1
    s.commit()
`},
		{"a limit of requests is counted in memory in one step after it was asked about", "MB404 medium", paced + `
    if len(met) > 5:
        raise HTTPException(429)
    met.append(monotonic())
`},
		{"a limit of requests is asked about, and counted after a look into the database", "MB404 high", paced + `
    if len(met) > 5:
        raise HTTPException(429)
    s.get(Seat, 1)
    met.append(monotonic())
`},
		{"a thing is made elsewhere twice, and its number is stored", "MB101 high", asked + `
    call.summary = httpx.post("https://words.example/books", json={"text": text}).json()["id"]
    s.commit()
`},
		{"a letter goes out twice", "MB101 high", asked + `
    httpx.post("https://words.example/send", json={"text": text})
    call.summary = text
    s.commit()
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, booked+c.src, c.want) })
	}
}

const befriended = `
@app.post("/friends/{id}")
def befriend(id: int, s: Session = Depends(db), user: User = Depends(caller)):
    found = s.scalars(select(Friend).where(or_(
        and_(Friend.one_id == user.id, Friend.other_id == id), and_(Friend.one_id == id, Friend.other_id == user.id)))).first()
    if found:
        raise HTTPException(409)
    s.add(Friend(one_id=user.id, other_id=id))
    s.commit()
`

const loans = `
from datetime import date, timedelta
class Loan(Base):
    __tablename__ = "loans"
    id: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[date]
    renewed: Mapped[int]
@app.post("/loans/{id}/renew")
def renew(id: int, more: int, s: Session = Depends(db)):
    loan = s.get(Loan, id)
    if loan.renewed >= 3:
        raise HTTPException(409)
`

const codes = `
class Code(Base):
    __tablename__ = "login_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    user_id: Mapped[int]
def take(s, code, who):
    found = s.scalars(select(Code).where(Code.code == code, Code.user_id == who)).first()
    if not found:
        return False
    s.delete(found)
    s.commit()
    return True
def know(s, user, code):
    if not take(s, code, user.id):
        raise HTTPException(400)
@app.post("/codes")
def show(code: str, s: Session = Depends(db), user: User = Depends(caller)):
    know(s, user, code)
`

const mailed = `
class Code(Base):
    __tablename__ = "login_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    email: Mapped[str]
@app.post("/codes")
def send(code: str, email: str, s: Session = Depends(db)):
`

const sent = `
    s.add(Code(code=code, email=email))
    s.commit()
`

const doors = `
import secrets
from fastapi import Request
from redis.asyncio import Redis
store = Redis()
@app.post("/doors/open")
async def enter():
    who = secrets.token_urlsafe()
    await store.set(f"door:{who}", "in", ex=60)
    return who
@app.post("/doors")
async def leave(request: Request, s: Session = Depends(db)):
    who = request.cookies["door"]
    if not await store.exists(f"door:{who}"):
        raise HTTPException(401)
`

const paced = `
from collections import defaultdict, deque
from time import monotonic
from fastapi import Request
times = defaultdict(deque)
@app.post("/seats/free")
def free(request: Request, s: Session = Depends(db)):
    met = times[request.client.host]
`

const asked = joined + `
import httpx
@app.post("/calls/{id}/sum")
def sum_up(id: int, text: str, s: Session = Depends(db)):
    call = s.get(Call, id)
    if len(call.summary) > 10:
        raise HTTPException(409)
`

// linked is an application that joins a seat to something else.
func linked(key string) string {
	return `
from sqlalchemy import UniqueConstraint
class Link(Base):
    __tablename__ = "links"
    __table_args__ = (` + key + `,)
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
@app.post("/seats/{id}/links/{kind}/{other}")
def link(id: int, kind: str, other: int, s: Session = Depends(db)):
    column = getattr(Link, kind)
    if s.scalars(select(Link).where(Link.seat_id == id, column == other)).first():
        raise HTTPException(409)
    s.add(Link(seat_id=id, **{column.key: other}))
    s.commit()
`
}
