"""A row that is stored whole, and says again that it is one of those that are counted, leaves none of them; what is taken of a sum is taken of it."""
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/shelves"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[int]
    books: Mapped[int]
    label: Mapped[str]
    in_use: Mapped[bool]


@dataclass
class Kept:
    id: int
    books: int
    label: str
    in_use: bool


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def load(db: Session, id: int) -> Kept:
    row = db.get(Shelf, id)  # want MB101 "shelves.books"
    return Kept(row.id, row.books, row.label, row.in_use)


def store(db: Session, kept: Kept):
    row = db.get(Shelf, kept.id)
    row.books = kept.books
    row.label = kept.label
    row.in_use = kept.in_use


def there(db: Session, room: int) -> int:
    return db.scalar(select(func.sum(Shelf.books)).where(Shelf.room == room, Shelf.in_use.is_(True)))


@app.post("/rooms/{room}/shelves/{id}/lend")
def lend(room: int, id: int, books: int, db: DB):
    if there(db, room) < books:  # want MB116 "have enough in all"
        raise HTTPException(409)
    kept = load(db, id)
    kept.books = kept.books - books
    store(db, kept)
    db.commit()


@app.put("/rooms/{room}/shelves/{id}")
def name(room: int, id: int, books: int, label: str, db: DB):
    if there(db, room) < books:
        raise HTTPException(409)
    kept = load(db, id)
    kept.label = label
    store(db, kept)
    db.commit()


@app.delete("/rooms/{room}/shelves/{id}")
def retire(room: int, id: int, db: DB):
    if db.scalar(select(func.count()).select_from(Shelf).where(Shelf.room == room, Shelf.in_use.is_(True))) <= 1:  # want MB116 "shelves.in_use"
        raise HTTPException(409)
    kept = load(db, id)
    kept.in_use = False
    store(db, kept)
    db.commit()
