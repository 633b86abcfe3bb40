"""Rows that get a name which nobody else was found to have: a unique key refuses the second of two that get it at once."""
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql://localhost/library"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Reader(Base):
    __tablename__ = "readers"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    street: Mapped[str]


class Shelf(Base):
    __tablename__ = "shelves"
    __table_args__ = (UniqueConstraint("room_id", "label"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    label: Mapped[str]
    width: Mapped[int]


class Room(Base):
    __tablename__ = "rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    floor: Mapped[int]


class ReaderIn(BaseModel):
    email: str
    street: str


class ShelfIn(BaseModel):
    label: str
    width: int


def get_db():
    with SessionLocal() as db:
        yield db


@app.put("/readers/{reader_id}")
def change_reader(reader_id: int, given: ReaderIn, db: Session = Depends(get_db)):
    reader = db.get(Reader, reader_id)
    if reader is None:
        raise HTTPException(404)
    other = db.scalar(select(Reader).where(Reader.email == given.email.lower(), Reader.id != reader_id))
    if other is not None:  # step MB104 check
        raise HTTPException(409)
    reader.street = given.street
    reader.email = given.email.lower()  # want MB104 "readers.email"
    db.commit()


@app.put("/rooms/{room_id}/shelves/{shelf_id}")
def change_shelf(room_id: int, shelf_id: int, given: ShelfIn, db: Session = Depends(get_db)):
    shelf = db.scalar(select(Shelf).where(Shelf.id == shelf_id, Shelf.room_id == room_id))
    if shelf is None:
        raise HTTPException(404)
    if db.scalar(select(Shelf).where(Shelf.room_id == room_id, Shelf.label == given.label, Shelf.id != shelf_id)):  # step MB104 check
        raise HTTPException(409)
    for name, value in given.model_dump().items():
        setattr(shelf, name, value)  # want MB104 "shelves.label"
    db.commit()


@app.put("/rooms/{room_id}")
def change_room(room_id: int, number: str, db: Session = Depends(get_db)):
    if db.scalar(select(Room).where(Room.number == number, Room.id != room_id)):  # step MB104 check
        raise HTTPException(409)
    done = db.execute(update(Room).where(Room.id == room_id).values(number=number))  # want MB104 "rooms.number"
    if done.rowcount == 0:
        raise HTTPException(404)
    db.commit()


@app.patch("/readers/{reader_id}/email")
def change_email(reader_id: int, email: str, db: Session = Depends(get_db)):
    reader = db.get(Reader, reader_id)
    if reader is None:
        raise HTTPException(404)
    if db.scalar(select(Reader).where(Reader.email == email, Reader.id != reader_id)):
        raise HTTPException(409)
    reader.email = email
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409)


@app.patch("/rooms/{room_id}/number")
def renumber(room_id: int, number: str, db: Session = Depends(get_db)):
    room = db.get(Room, room_id)
    if room is None:
        raise HTTPException(404)
    if db.scalar(select(Room).where(Room.number == number, Room.id != room_id)):
        raise HTTPException(409)
    room.number = number
    try:
        db.flush()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409)
    db.commit()


@app.patch("/rooms/{room_id}/floor")
def move_room(room_id: int, floor: int, db: Session = Depends(get_db)):
    room = db.get(Room, room_id)
    if room is None:
        raise HTTPException(404)
    room.floor = floor
    db.commit()
