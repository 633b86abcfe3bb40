"""What is noted of those who are kept out raises the number further, and lets nobody in: what the limit is for is noted of those who get through."""
from datetime import datetime, timedelta

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
Local = sessionmaker(create_engine("postgresql+psycopg://localhost/doors"))
MOST = 5


class Base(DeclarativeBase):
    pass


class Door(Base):
    __tablename__ = "doors"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]


class Attempt(Base):
    __tablename__ = "door_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    door_id: Mapped[int]
    why: Mapped[str]
    at: Mapped[datetime]


def db():
    with Local() as s:
        yield s


def note(s: Session, door_id: int, why: str) -> None:
    s.add(Attempt(door_id=door_id, why=why, at=datetime.now()))
    s.commit()


def too_many(s: Session, door_id: int) -> bool:
    since = datetime.now() - timedelta(minutes=15)
    at_door = s.scalar(select(func.count(Attempt.id)).where(Attempt.door_id == door_id, Attempt.at > since))
    in_all = s.scalar(select(func.count(Attempt.id)).where(Attempt.at > since))
    return at_door >= MOST or in_all >= 100 * MOST


@app.post("/doors/{door_id}/open")
def open_door(door_id: int, word: str, s: Session = Depends(db)):
    if too_many(s, door_id):  # want MB305 "door_attempts"
        note(s, door_id, "kept out")
        raise HTTPException(429)
    door = s.get(Door, door_id)
    if door is None or door.word != word:
        note(s, door_id, "wrong")  # step MB305 act
        raise HTTPException(401)
    return {}


@app.post("/doors/{door_id}/ring")
def ring(door_id: int, s: Session = Depends(db)):
    if too_many(s, door_id):
        note(s, door_id, "kept out")
        raise HTTPException(429)
    return {"rang": True}


@app.post("/doors/{door_id}/knock")
def knock(door_id: int, s: Session = Depends(db)):
    if MOST <= s.scalar(select(func.count(Attempt.id)).where(Attempt.door_id == door_id)):
        note(s, door_id, "kept out")
        return {"quiet": True}
    return {}
