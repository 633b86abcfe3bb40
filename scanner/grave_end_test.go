package scanner

import "testing"

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
