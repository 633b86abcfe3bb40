"""Who asks too soon or too often is answered 429: by when and how often he asked before."""
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Local = sessionmaker(create_engine("postgresql+psycopg://localhost/bells"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bell(Base):
    __tablename__ = "bells"

    id: Mapped[int] = mapped_column(primary_key=True)
    rung_at: Mapped[datetime | None]
    rung: Mapped[int]
    held_at: Mapped[datetime | None]
    holder: Mapped[str]


def get_db():
    with Local() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/bells/{id}/ring")
def ring(id: int, db: DB):
    bell = db.get(Bell, id)
    if bell.rung_at and datetime.utcnow() - bell.rung_at < timedelta(minutes=1):  # want MB305 "enough time has passed"
        raise HTTPException(status_code=status.HTTP_429_TOO_MANY_REQUESTS)
    bell.rung_at = datetime.utcnow()
    db.commit()


@app.post("/bells/{id}/peal")
def peal(id: int, db: DB):
    bell = db.get(Bell, id)
    if bell.rung >= 12:  # want MB305 "the limit does not limit"
        raise HTTPException(429, "enough for today")
    bell.rung += 1
    db.commit()


# Who holds it has it, and nobody is told that he asks too often.
@app.post("/bells/{id}/hold")
def hold(id: int, who: str, db: DB):
    bell = db.get(Bell, id)
    if bell.held_at and datetime.utcnow() - bell.held_at < timedelta(minutes=1):  # want MB107 "bells.held_at"
        raise HTTPException(status_code=409)
    bell.held_at, bell.holder = datetime.utcnow(), who
    db.commit()


@app.post("/bells/{id}/toll")
def toll(id: int, db: DB):
    bell = db.get(Bell, id, with_for_update=True)
    if bell.rung >= 12:
        raise HTTPException(429, "enough for today")
    bell.rung += 1
    db.commit()
