package scanner

import "testing"

const owned = `
from datetime import datetime
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import JSON, ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    confirmed: Mapped[bool]
    version: Mapped[int]
class Tour(Base):
    __tablename__ = "tours"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    title: Mapped[str]
class Mark(Base):
    __tablename__ = "marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tours.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    extensions: Mapped[int]
    looks: Mapped[dict] = mapped_column(JSON)
class Basket(Base):
    __tablename__ = "baskets"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
class Piece(Base):
    __tablename__ = "pieces"
    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id"))
    tour_id: Mapped[int]
    wanted: Mapped[int]
class ResetCode(Base):
    __tablename__ = "reset_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    email: Mapped[str]
    used: Mapped[bool]
class Pass(Base):
    __tablename__ = "passes"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
` + signedIn

const marked = `
@app.post("/tours/{id}/mark")
def mark(id: int, s: Session = Depends(db), me: User = Depends(caller)):
    if s.scalars(select(Mark).where(Mark.user_id == me.id, Mark.tour_id == id)).first():
        raise HTTPException(409)
    s.add(Mark(user_id=me.id, tour_id=id, extensions=0, looks={}))
    s.commit()
`

// What two requests of one person spoil of his own is no more than medium, as long as nobody else sees it and nothing is given for it.
func TestPersonal(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"an own list holds something twice", marked, "MB103 medium"},
		{"and others are shown how many there are", marked + `
@app.get("/tours/{id}")
def show(id: int, s: Session = Depends(db)):
    return {"marks": s.scalar(select(func.count()).select_from(Mark).where(Mark.tour_id == id))}
`, "MB103 high"},
		{"and a pass is given for it", `
@app.post("/tours/{id}/mark")
def mark(id: int, s: Session = Depends(db), me: User = Depends(caller)):
    if s.scalars(select(Mark).where(Mark.user_id == me.id, Mark.tour_id == id)).first():
        raise HTTPException(409)
    s.add(Mark(user_id=me.id, tour_id=id, extensions=0, looks={}))
    s.add(Pass(email=me.email))
    s.commit()
`, "MB103 high"},
		{"a piece of a basket that its owner has", `
@app.post("/basket/{tour_id}")
def put(tour_id: int, wanted: int, s: Session = Depends(db), me: User = Depends(caller)):
    basket = s.scalars(select(Basket).where(Basket.user_id == me.id)).one()
    piece = s.scalars(select(Piece).where(Piece.basket_id == basket.id, Piece.tour_id == tour_id)).first()
    if piece:
        piece.wanted += wanted
        s.commit()
@app.post("/basket/{tour_id}/new")
def first(tour_id: int, wanted: int, s: Session = Depends(db), me: User = Depends(caller)):
    basket = s.scalars(select(Basket).where(Basket.user_id == me.id)).one()
    s.add(Piece(basket_id=basket.id, tour_id=tour_id, wanted=1))
    s.commit()
`, "MB101 high"},
		{"how his own mark looks", `
@app.put("/tours/{id}/mark")
def paint(id: int, part: str, colour: str, s: Session = Depends(db), me: User = Depends(caller)):
    mine = s.scalars(select(Mark).where(Mark.user_id == me.id, Mark.tour_id == id)).first()
    if mine:
        mine.looks = {**mine.looks, part: colour}
        s.commit()
`, "MB101 medium"},
		{"how often he may have something", `
@app.post("/tours/{id}/extend")
def extend(id: int, s: Session = Depends(db), me: User = Depends(caller)):
    mine = s.scalars(select(Mark).where(Mark.user_id == me.id, Mark.tour_id == id)).first()
    if mine.extensions >= 3:
        raise HTTPException(409)
    mine.extensions += 1
    s.commit()
`, "MB101 high"},
		{"his own password is set twice with one code", `
@app.post("/reset/{code}")
def reset(code: str, password: str, s: Session = Depends(db)):
    found = s.scalars(select(ResetCode).where(ResetCode.code == code)).first()
    if found is None or found.used:
        raise HTTPException(404)
    user = s.scalars(select(User).where(User.email == found.email)).one()
    user.password = password
    found.used = True
    s.commit()
`, "MB106 medium"},
		{"a pass is had twice with one code", `
@app.post("/passes/{code}")
def get(code: str, s: Session = Depends(db)):
    found = s.scalars(select(ResetCode).where(ResetCode.code == code)).first()
    if found is None or found.used:
        raise HTTPException(404)
    s.add(Pass(email=found.email))
    found.used = True
    s.commit()
`, "MB106 high"},
		{"whoever comes second is refused by a key of the row, and nothing is lost", `
@app.post("/join/{code}")
def join(code: str, password: str, s: Session = Depends(db)):
    found = s.scalars(select(ResetCode).where(ResetCode.code == code)).first()
    if found is None or found.used:
        raise HTTPException(404)
    s.add(User(email=found.email, password=password, confirmed=True))
    s.add(Pass(email=found.email))
    found.used = True
    s.commit()
`, ""},
		{"by one that the code was compared with", `
@app.post("/join/{code}")
def join(code: str, email: str, password: str, s: Session = Depends(db)):
    found = s.scalars(select(ResetCode).where(ResetCode.code == code)).first()
    if found is None or found.used:
        raise HTTPException(404)
    if found.email != email:
        raise HTTPException(403)
    s.add(User(email=email, password=password, confirmed=True))
    s.add(Pass(email=email))
    found.used = True
    s.commit()
`, ""},
		{"and not by one of the client's choice", `
@app.post("/join/{code}")
def join(code: str, email: str, password: str, s: Session = Depends(db)):
    found = s.scalars(select(ResetCode).where(ResetCode.code == code)).first()
    if found is None or found.used:
        raise HTTPException(404)
    s.add(User(email=email, password=password, confirmed=True))
    found.used = True
    s.commit()
`, "MB106 high"},
		{"the next version is the same for both", `
@app.put("/tours/{id}")
def rename(id: int, title: str, s: Session = Depends(db)):
    tour = s.get(Tour, id)
    tour.title = title
    tour.version += 1
    s.commit()
`, "MB101 medium"},
		{"a version that was asked about", `
@app.put("/tours/{id}")
def rename(id: int, title: str, seen: int, s: Session = Depends(db)):
    tour = s.get(Tour, id)
    if tour.version != seen:
        raise HTTPException(409)
    tour.title = title
    tour.version += 1
    s.commit()
`, "MB101 high"},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, owned+c.src, c.want) })
	}
}

// TestLooked wants no more said than is known of what was looked for.
func TestLooked(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a column is compared with itself, and a key keeps the rows apart", `
@app.post("/users")
def add(email: str, token: str, s: Session = Depends(db)):
    if s.scalars(select(User).where(User.email == User.email)).first():
        raise HTTPException(409)
    s.add(User(email=email, token=token, password="", confirmed=False, version=1))
    s.commit()
`, "MB103 medium"},
		{"which of several rows it is, and not whether there is one", `
def found(s: Session, wanted: str):
    for tour in s.scalars(select(Tour).where(Tour.version == 1)).all():
        if tour.title == wanted:
            return "known"
    return "new"
@app.post("/tours")
def add(title: str, wanted: str, s: Session = Depends(db)):
    if found(s, wanted) in ("odd", "known"):
        raise HTTPException(409)
    s.add(Tour(title=title, version=1))
    s.commit()
`, "MB103 medium"},
		{"an answer that is kept to be found", `
import json, redis
kept = redis.Redis()
@app.get("/tours/{id}/answer")
def answer(id: int, s: Session = Depends(db)):
    found = kept.get(f"tour:{id}")
    if found:
        return json.loads(found)
    s.add(Pass(email="seen"))
    s.commit()
    made = {"title": s.get(Tour, id).title}
    kept.set(f"tour:{id}", json.dumps(made), ex=60)
    return made
`, "MB802 medium"},
		{"what the request does itself stops the merge, and not also what it leaves for later", `
from fastapi import BackgroundTasks
def finish(id: int):
    with Maker() as s:
        tour = s.get(Tour, id)
        tour.title = "closed"
        s.commit()
@app.post("/tours/{id}/close")
def close(id: int, tasks: BackgroundTasks, s: Session = Depends(db)):
    tour = s.get(Tour, id)
    if tour.title != "open":
        raise HTTPException(409)
    tour.title = "closing"
    s.add(Pass(email="all"))
    s.commit()
    tasks.add_task(finish, id)
@app.post("/tours/{id}/reopen")
def reopen(id: int, s: Session = Depends(db)):
    s.get(Tour, id).title = "open"
    s.commit()
`, "MB107 high, MB501 medium"},
		{"what is only reckoned sets no limit", `
@app.post("/tours/{id}/marks")
def count(id: int, s: Session = Depends(db)):
    there = s.scalar(select(func.sum(Mark.extensions)).where(Mark.tour_id == id))
    s.add(Mark(tour_id=id, user_id=1, extensions=there, looks={}))
    s.commit()
`, ""},
		{"an answer that is kept so that it is given once", `
import json, redis
kept = redis.Redis()
@app.post("/tours/{id}/passes")
def give(id: int, s: Session = Depends(db)):
    found = kept.get(f"dedup:{id}")
    if found:
        return json.loads(found)
    s.add(Pass(email="seen"))
    s.commit()
    kept.set(f"dedup:{id}", json.dumps({"id": id}), ex=60)
    return {"id": id}
`, "MB802 high"},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, owned+c.src, c.want) })
	}
}
