"""A code is used up by emptying the column under which it was found."""
from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request
from passlib.context import CryptContext
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/choir"))
passwords = CryptContext(schemes=["bcrypt"])
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Singer(Base):
    __tablename__ = "singers"

    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]
    confirmed: Mapped[bool]
    confirmed_at: Mapped[datetime | None]
    reset_code: Mapped[str | None] = mapped_column(index=True)
    email_code: Mapped[str | None] = mapped_column(index=True)
    outer_id: Mapped[str | None] = mapped_column(index=True)
    former: Mapped[str | None]


class Robe(Base):
    __tablename__ = "robes"

    id: Mapped[int] = mapped_column(primary_key=True)
    singer_id: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


@app.post("/reset/{code}")
def reset(code: str, password: str, db: DB):
    singer = db.scalar(select(Singer).where(Singer.reset_code == code))
    if singer is None:
        raise HTTPException(410)
    singer.password = passwords.hash(password)
    singer.reset_code = None  # want MB106 "singers.reset_code"
    db.commit()


@app.post("/reset/{code}/raw")
async def reset_raw(code: str, password: str, conn: asyncpg.Connection = Depends(connection)):
    row = await conn.fetchrow("SELECT id FROM singers WHERE reset_code = $1", code)
    if row is None:
        raise HTTPException(410)
    await conn.execute(  # want MB106 "singers.reset_code"
        "UPDATE singers SET password = $1, reset_code = NULL WHERE id = $2", passwords.hash(password), row["id"]
    )


@app.post("/robes/{code}")
def fetch_robe(code: str, db: DB):
    singer = db.scalar(select(Singer).where(Singer.email_code == code))
    if singer is None:
        raise HTTPException(410)
    singer.email_code = None  # want MB106 "singers.email_code"
    db.add(Robe(singer_id=singer.id))
    db.commit()


@app.post("/reset/{code}/locked")
def reset_locked(code: str, password: str, db: DB):
    singer = db.scalar(select(Singer).where(Singer.reset_code == code).with_for_update())
    if singer is None:
        raise HTTPException(410)
    singer.password = passwords.hash(password)
    singer.reset_code = None
    db.commit()


@app.post("/reset/{code}/claimed")
def reset_claimed(code: str, password: str, db: DB):
    found = db.query(Singer).filter(Singer.reset_code == code).update(
        {"password": passwords.hash(password), "reset_code": None}
    )
    db.commit()
    if not found:
        raise HTTPException(410)


# Who is confirmed twice is confirmed.
@app.post("/confirm/{code}")
def confirm(code: str, db: DB):
    singer = db.scalar(select(Singer).where(Singer.email_code == code))
    if singer is None:
        raise HTTPException(410)
    singer.confirmed = True
    singer.confirmed_at = func.now()
    singer.email_code = None
    db.commit()


# Who is released twice is released: nothing was presented, and what is kept of the row is its own.
@app.delete("/singers/{outer_id}")
def release(outer_id: str, db: DB):
    singer = db.scalar(select(Singer).where(Singer.outer_id == outer_id))
    if singer is None:
        raise HTTPException(404)
    singer.former = singer.outer_id
    singer.outer_id = None
    db.commit()
