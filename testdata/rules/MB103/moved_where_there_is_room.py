"""A booking is moved to other days if fewer are booked then than there are rooms: what is left is the more, the fewer are booked."""
from datetime import date

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/inn"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Kind(Base):
    __tablename__ = "kinds"

    id: Mapped[int] = mapped_column(primary_key=True)
    rooms: Mapped[int]


class Stay(Base):
    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("kinds.id"))
    begins: Mapped[date]
    ends: Mapped[date]
    state: Mapped[str]


class Hike(Base):
    __tablename__ = "hikes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("kinds.id"))
    begins: Mapped[date]
    ends: Mapped[date]


def get_db():
    with make_session() as db:
        yield db


def left(db: Session, kind_id: int, begins: date, ends: date, but: int) -> int:
    kind = db.get(Kind, kind_id)
    taken = db.query(Stay).filter(
        Stay.kind_id == kind_id, Stay.state == "booked", Stay.begins < ends, Stay.ends > begins, Stay.id != but
    )
    return kind.rooms - taken.count()


@app.post("/stays/{stay_id}/move")
def move(stay_id: int, begins: date, ends: date, db: Session = Depends(get_db)):
    stay = db.get(Stay, stay_id)
    if stay is None:
        raise HTTPException(404)
    if left(db, stay.kind_id, begins, ends, stay.id) <= 0:  # want MB103 "more are in it than it has room for"
        raise HTTPException(409)
    stay.begins = begins
    stay.ends = ends
    db.commit()


@app.post("/stays/{stay_id}/leave")
def leave(stay_id: int, db: Session = Depends(get_db)):
    stay = db.get(Stay, stay_id)
    if stay is None:
        raise HTTPException(404)
    stay.state = "left"  # there is all the more room
    db.commit()


@app.post("/hikes/{hike_id}/move")
def move_with_the_kind_ok(hike_id: int, begins: date, ends: date, db: Session = Depends(get_db)):
    hike = db.get(Hike, hike_id)
    if hike is None:
        raise HTTPException(404)
    kind = db.get(Kind, hike.kind_id, with_for_update=True)
    taken = db.query(Hike).filter(Hike.kind_id == kind.id, Hike.begins < ends, Hike.ends > begins, Hike.id != hike_id).count()
    if kind.rooms - taken <= 0:
        raise HTTPException(409)
    hike.begins = begins
    hike.ends = ends
    db.commit()
