"""A helper says whether there is room: what it answers rests on how many there are."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/racks"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Rack(Base):
    __tablename__ = "racks"

    id: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]
    coats: Mapped[list["Coat"]] = relationship()


class Coat(Base):
    __tablename__ = "coats"

    id: Mapped[int] = mapped_column(primary_key=True)
    rack_id: Mapped[int] = mapped_column(ForeignKey("racks.id"))
    colour: Mapped[str]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def has_room(rack: Rack, colour: str) -> bool:
    for coat in rack.coats:
        if coat.colour == colour:
            return True
    if rack.places > len(rack.coats):
        return True
    return False


def has_none(rack: Rack, colour: str) -> bool:
    for coat in rack.coats:
        if coat.colour == colour:
            return False
    return True


@app.post("/racks/{id}/coats")
def hang(id: int, colour: str, db: DB):
    rack = db.get(Rack, id)
    if not has_room(rack, colour):  # want MB105 "below the limit"
        raise HTTPException(409)
    db.add(Coat(rack_id=id, colour=colour))
    db.commit()


@app.post("/racks/{id}/colours")
def hang_another(id: int, colour: str, db: DB):
    rack = db.get(Rack, id)
    if not has_none(rack, colour):  # want MB103 "coats"
        raise HTTPException(409)
    db.add(Coat(rack_id=id, colour=colour))
    db.commit()
