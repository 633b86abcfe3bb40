"""A booking that is moved to other hours, if nobody else has the boat then: two of them can be moved to the same hours."""
from datetime import datetime

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/boats"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Boat(Base):
    __tablename__ = "boats"

    id: Mapped[int] = mapped_column(primary_key=True)


class Booking(Base):
    __tablename__ = "bookings"

    id: Mapped[int] = mapped_column(primary_key=True)
    boat_id: Mapped[int] = mapped_column(ForeignKey("boats.id"))
    begins: Mapped[datetime]
    ends: Mapped[datetime]


class Lesson(Base):
    __tablename__ = "lessons"

    id: Mapped[int] = mapped_column(primary_key=True)
    boat_id: Mapped[int] = mapped_column(ForeignKey("boats.id"))
    begins: Mapped[datetime]
    ends: Mapped[datetime]


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    boat_id: Mapped[int] = mapped_column(ForeignKey("boats.id"))


class Mooring(Base):
    __tablename__ = "moorings"
    __table_args__ = (UniqueConstraint("berth_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    berth_id: Mapped[int] = mapped_column(ForeignKey("berths.id"))


class Buoy(Base):
    __tablename__ = "buoys"

    id: Mapped[int] = mapped_column(primary_key=True)
    berth_id: Mapped[int] = mapped_column(ForeignKey("berths.id"))
    colour: Mapped[str]


def get_db():
    with make_session() as db:
        yield db


def is_free(db: Session, boat_id: int, begins: datetime, ends: datetime, but: int) -> bool:
    taken = db.query(Booking).filter(Booking.boat_id == boat_id, Booking.begins < ends, Booking.ends > begins, Booking.id != but)
    return taken.count() == 0


@app.post("/bookings/{booking_id}/move")
def move(booking_id: int, begins: datetime, ends: datetime, db: Session = Depends(get_db)):
    booking = db.get(Booking, booking_id)
    if booking is None:
        raise HTTPException(404)
    if not is_free(db, booking.boat_id, begins, ends, booking.id):  # want MB103 "both move a row there"
        raise HTTPException(409)
    booking.begins = begins
    booking.ends = ends
    db.commit()


@app.post("/lessons/{lesson_id}/move")
def move_with_the_boat(lesson_id: int, begins: datetime, ends: datetime, db: Session = Depends(get_db)):
    lesson = db.get(Lesson, lesson_id)
    if lesson is None:
        raise HTTPException(404)
    db.execute(select(Boat).where(Boat.id == lesson.boat_id).with_for_update())
    taken = db.scalar(
        select(func.count())
        .select_from(Lesson)
        .where(Lesson.boat_id == lesson.boat_id, Lesson.begins < ends, Lesson.ends > begins, Lesson.id != lesson_id)
    )
    if taken > 0:
        raise HTTPException(409)
    lesson.begins = begins
    lesson.ends = ends
    db.commit()


@app.post("/moorings/{mooring_id}/berth")
def moor(mooring_id: int, berth_id: int, db: Session = Depends(get_db)):
    mooring = db.get(Mooring, mooring_id)
    if mooring is None:
        raise HTTPException(404)
    if db.query(Mooring).filter(Mooring.berth_id == berth_id, Mooring.id != mooring_id).count() > 0:
        raise HTTPException(409)
    mooring.berth_id = berth_id  # want MB104 "moorings.berth_id"
    db.commit()


@app.post("/buoys/{buoy_id}/berth")
def lay(buoy_id: int, berth_id: int, db: Session = Depends(get_db)):
    buoy = db.get(Buoy, buoy_id)
    berth = db.get(Berth, berth_id)
    if buoy is None or berth is None:
        raise HTTPException(404)
    if db.query(Buoy).filter(Buoy.berth_id == berth_id, Buoy.id != buoy_id).count() > 0:  # want MB103 "buoys.berth_id"
        raise HTTPException(409)
    buoy.berth_id = berth.id
    db.commit()


@app.put("/buoys/{buoy_id}/colour")
def paint(buoy_id: int, colour: str, db: Session = Depends(get_db)):
    buoy = db.get(Buoy, buoy_id)
    if buoy is None:
        raise HTTPException(404)
    if db.query(Buoy).filter(Buoy.colour == colour, Buoy.id != buoy_id).count() > 0:  # want MB103 "nobody has the name"
        raise HTTPException(409)
    buoy.colour = colour
    db.commit()
