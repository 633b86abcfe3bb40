"""A row that is found by the code which the caller shows, and is deleted for something that is made in its place."""
import secrets
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/lamps"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Pairing(Base):
    __tablename__ = "pairings"

    code: Mapped[str] = mapped_column(primary_key=True)
    home_id: Mapped[int]
    expires: Mapped[datetime]


class Lamp(Base):
    __tablename__ = "lamps"

    id: Mapped[int] = mapped_column(primary_key=True)
    home_id: Mapped[int]
    key: Mapped[str]


def get_db():
    with SessionLocal() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


@app.post("/pair/{code}")
def pair(code: str, now: datetime, db: DB):
    found = db.get(Pairing, code)
    if found is None or found.expires < now:  # want MB106 "pairings"
        raise HTTPException(410)
    db.add(Lamp(home_id=found.home_id, key=secrets.token_hex()))
    db.delete(found)
    db.commit()


@app.post("/pair-at-once/{code}")
def pair_at_once(code: str, db: DB):
    home = db.scalar(delete(Pairing).where(Pairing.code == code).returning(Pairing.home_id))
    if home is None:
        raise HTTPException(410)
    db.add(Lamp(home_id=home, key=secrets.token_hex()))
    db.commit()
