"""Nobody sees what gives the session: only that a callable is declared which returns a manager of one. A row with two keys is got by both."""
from collections.abc import Callable
from contextlib import AbstractContextManager

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from wiring import Injected

engine = create_engine("postgresql://localhost/racks")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    room: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int]
    number: Mapped[int]


class Shelves:
    def __init__(self, open_session: Callable[..., AbstractContextManager[Session]]) -> None:
        self.open_session = open_session

    def put(self, room: int, number: int) -> int:
        with self.open_session() as session:
            shelf = session.get_one(Shelf, (room, number))
            used = session.scalar(select(func.count()).select_from(Crate).where(Crate.room == room, Crate.number == number))
            if used >= shelf.places:  # step MB105 check
                raise HTTPException(409)
            session.add(Crate(room=room, number=number))  # want MB105 "crates"
            session.commit()
            return used + 1

    # Whoever comes second waits for the shelf, and counts the crate of the first.
    def put_locked(self, room: int, number: int) -> int:
        with self.open_session() as session:
            shelf = session.get_one(Shelf, (room, number), with_for_update=True)
            used = session.scalar(select(func.count()).select_from(Crate).where(Crate.room == room, Crate.number == number))
            if used >= shelf.places:
                raise HTTPException(409)
            session.add(Crate(room=room, number=number))
            session.commit()
            return used + 1


@app.post("/rooms/{room}/shelves/{number}/crates")
def put(room: int, number: int, shelves: Shelves = Depends(Injected["shelves"])):
    return {"used": shelves.put(room, number)}


@app.post("/rooms/{room}/shelves/{number}/crates/locked")
def put_locked(room: int, number: int, shelves: Shelves = Depends(Injected["shelves"])):
    return {"used": shelves.put_locked(room, number)}
