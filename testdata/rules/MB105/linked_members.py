"""Who is in which group stands in a table between the two, and nobody writes it but the relationship. Its key keeps a pair from being there
twice, and not one too many."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, ForeignKey, Table, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

Maker = sessionmaker(create_engine("postgresql+psycopg://localhost/choir"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


voices = Table(
    "voices",
    Base.metadata,
    Column("choir_id", ForeignKey("choirs.id"), primary_key=True),
    Column("singer_id", ForeignKey("singers.id"), primary_key=True),
)
guests = Table("guests", Base.metadata, Column("choir_id", ForeignKey("choirs.id")), Column("singer_id", ForeignKey("singers.id")))


class Singer(Base):
    __tablename__ = "singers"

    id: Mapped[int] = mapped_column(primary_key=True)


class Choir(Base):
    __tablename__ = "choirs"

    id: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]
    singers: Mapped[list[Singer]] = relationship(secondary=voices)
    guests: Mapped[list[Singer]] = relationship(secondary="guests")


def get_db():
    with Maker() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/choirs/{choir_id}/singers/{singer_id}")
def join(choir_id: int, singer_id: int, db: DB):
    choir, singer = db.get(Choir, choir_id), db.get(Singer, singer_id)
    if len(choir.singers) >= choir.places:  # want MB105 "all of them are below the limit"
        raise HTTPException(409)
    choir.singers.append(singer)
    db.commit()


@app.post("/choirs/{choir_id}/guests/{singer_id}")
def invite(choir_id: int, singer_id: int, db: DB):
    choir, singer = db.get(Choir, choir_id), db.get(Singer, singer_id)
    if singer in choir.guests:  # want MB103 "the row that must be unique exists twice"
        raise HTTPException(409)
    choir.guests.append(singer)
    db.commit()


@app.post("/choirs/{choir_id}/locked/{singer_id}")
def join_under_lock(choir_id: int, singer_id: int, db: DB):
    choir = db.get(Choir, choir_id, with_for_update=True)
    if len(choir.singers) >= choir.places:
        raise HTTPException(409)
    choir.singers.append(db.get(Singer, singer_id))
    db.commit()


@app.delete("/choirs/{choir_id}/guests/{singer_id}")
def send_home(choir_id: int, singer_id: int, db: DB):
    choir, singer = db.get(Choir, choir_id), db.get(Singer, singer_id)
    if singer not in choir.guests:
        raise HTTPException(404)
    choir.guests.remove(singer)
    db.commit()
