"""Two settings that name the beginnings of keys: copies of keepers begin otherwise than the tickets of those who sign in elsewhere."""
import json
from typing import Annotated

import redis
from fastapi import Depends, FastAPI, HTTPException
from pydantic_settings import BaseSettings
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("postgresql+psycopg://localhost/app"))
store = redis.Redis()
app = FastAPI()


class Settings(BaseSettings):
    KEEPER_PREFIX: str
    TICKET_PREFIX: str


settings = Settings()


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"

    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[str]


class Badge(Base):
    __tablename__ = "badges"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)


def get_db():
    with make_session() as session:
        yield session


DB = Annotated[Session, Depends(get_db)]


def rank_of(keeper_id: int, db: Session) -> str:
    kept = store.get(f"{settings.KEEPER_PREFIX}:{keeper_id}")
    if kept:
        return json.loads(kept)
    rank = db.get_one(Keeper, keeper_id).rank
    store.set(f"{settings.KEEPER_PREFIX}:{keeper_id}", json.dumps(rank), ex=300)
    return rank


@app.delete("/badges/{badge_id}")
def withdraw(badge_id: int, keeper_id: int, db: DB):
    if rank_of(keeper_id, db) != "head":  # want MB301 "keepers"
        raise HTTPException(403)
    db.delete(db.get_one(Badge, badge_id))
    db.commit()


@app.post("/badges")
def issue(ticket: str, number: str, db: DB):
    if not store.get(f"{settings.TICKET_PREFIX}:{ticket}"):
        raise HTTPException(403)
    db.add(Badge(number=number))
    db.commit()


@app.put("/keepers/{keeper_id}")
def promote(keeper_id: int, rank: str, db: DB):
    db.get_one(Keeper, keeper_id).rank = rank
    db.commit()
