"""A row that is found by a token, and gives something once: what it is called does not matter."""
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/lodge"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Doorway(Base):
    __tablename__ = "doorways"

    token_digest: Mapped[str] = mapped_column(primary_key=True)
    guest_id: Mapped[int]
    until: Mapped[datetime]


class Stay(Base):
    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[int]


class Screen(Base):
    __tablename__ = "screens"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_token: Mapped[str]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/doorways/{digest}")
def enter(digest: str, db: DB):
    doorway = db.scalar(select(Doorway).where(Doorway.token_digest == digest))
    if doorway is None or doorway.until < datetime.now(UTC):
        raise HTTPException(404)
    db.add(Stay(guest_id=doorway.guest_id))
    db.delete(doorway)  # want MB106 "doorways"
    db.commit()


@app.post("/v2/doorways/{digest}")
def enter_once(digest: str, db: DB):
    guest = db.scalar(
        delete(Doorway).where(Doorway.token_digest == digest, Doorway.until > datetime.now(UTC)).returning(Doorway.guest_id)
    )
    if guest is None:
        raise HTTPException(404)
    db.add(Stay(guest_id=guest))
    db.commit()


@app.post("/screens/{token}/reset")
def reset_screen(token: str, db: DB):
    # What hangs on it goes with it: nothing new is made.
    screen = db.scalar(select(Screen).where(Screen.device_token == token))
    if screen is None:
        raise HTTPException(404)
    db.execute(delete(Stay).where(Stay.guest_id == screen.id))
    db.delete(screen)
    db.commit()


@app.delete("/screens/{token}")
def forget_screen(token: str, db: DB):
    # Nothing is given for it: to forget it twice is to forget it.
    screen = db.scalar(select(Screen).where(Screen.device_token == token))
    if screen is None:
        raise HTTPException(404)
    db.delete(screen)
    db.commit()
