"""An empty column gets the time: done twice it is the same, as long as nothing else hangs on it."""
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/museum"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Exhibit(Base):
    __tablename__ = "exhibits"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int]
    seen_at: Mapped[datetime | None]


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    unseen: Mapped[int]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/exhibits/{exhibit_id}/look")
def look(exhibit_id: int, db: DB):
    exhibit = db.get_one(Exhibit, exhibit_id)
    if exhibit.seen_at is None:
        exhibit.seen_at = datetime.now(UTC)
        db.commit()
    return {"seen_at": exhibit.seen_at}


@app.post("/v2/exhibits/{exhibit_id}/look")
def look_and_count(exhibit_id: int, db: DB):
    exhibit = db.get_one(Exhibit, exhibit_id)
    if exhibit.seen_at is None:
        exhibit.seen_at = datetime.now(UTC)  # want MB107 "seen_at"
        db.execute(update(Room).where(Room.id == exhibit.room_id).values(unseen=Room.unseen - 1))
        db.commit()


@app.post("/v3/exhibits/{exhibit_id}/look")
def look_first(exhibit_id: int, db: DB):
    exhibit = db.get_one(Exhibit, exhibit_id)
    if exhibit.seen_at is not None:
        raise HTTPException(409, "somebody was here before you")
    exhibit.seen_at = datetime.now(UTC)  # want MB107 "seen_at"
    db.commit()
