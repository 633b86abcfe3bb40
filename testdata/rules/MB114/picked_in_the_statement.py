"""One statement picks the job and takes it. PostgreSQL picks by the statement's snapshot, waits for the row, and asks again only for its key."""
import os
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://presses@db/presses")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Print(Base):
    __tablename__ = "prints"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    press: Mapped[str | None]


async def connection():
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    yield conn
    await conn.close()


Conn = Annotated[asyncpg.Connection, Depends(connection)]


@app.post("/prints/one")
async def one(press: str, conn: Conn):
    row = await conn.fetchrow(  # want MB114 "prints"
        "UPDATE prints SET state = 'running', press = $1 WHERE id = (SELECT id FROM prints WHERE state = 'waiting' ORDER BY id LIMIT 1) RETURNING id, state",
        press,
    )
    return dict(row) if row else None


@app.post("/prints/common")
async def common(press: str, conn: Conn):
    rows = await conn.fetch(  # want MB114 "prints"
        """WITH picked AS (SELECT id FROM prints WHERE state = 'waiting' ORDER BY id LIMIT 5)
        UPDATE prints p SET state = 'running', press = $1 FROM picked WHERE p.id = picked.id RETURNING p.id, p.state""",
        press,
    )
    return [dict(r) for r in rows]


@app.post("/prints/among")
async def among(press: str, conn: Conn):
    rows = await conn.fetch(  # want MB114 "prints"
        """WITH picked AS (SELECT id FROM prints WHERE state = 'waiting' ORDER BY id LIMIT 5)
        UPDATE prints SET state = 'running', press = $1 WHERE id IN (SELECT id FROM picked) RETURNING id, state""",
        press,
    )
    return [dict(r) for r in rows]


@app.post("/prints/expression")
def expression(press: str):
    first = select(Print.id).where(Print.state == "waiting").order_by(Print.id).limit(1).scalar_subquery()
    with Session(engine) as session:
        taken = session.execute(update(Print).where(Print.id == first).values(state="running", press=press).returning(Print.id)).first()  # want MB114 "prints"
        session.commit()
    if taken is None:
        raise HTTPException(404)
    return taken.id


@app.post("/prints/skipping")
async def skipping_ok(press: str, conn: Conn):
    rows = await conn.fetch(
        """WITH picked AS (SELECT id FROM prints WHERE state = 'waiting' ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED)
        UPDATE prints p SET state = 'running', press = $1 FROM picked WHERE p.id = picked.id RETURNING p.id, p.state""",
        press,
    )
    return [dict(r) for r in rows]


@app.post("/prints/asked-again")
async def asked_again_ok(press: str, conn: Conn):
    row = await conn.fetchrow(
        "UPDATE prints SET state = 'running', press = $1 WHERE state = 'waiting' AND id = (SELECT id FROM prints WHERE state = 'waiting' ORDER BY id LIMIT 1) RETURNING id, state",
        press,
    )
    return dict(row) if row else None


@app.post("/prints/locked-expression")
def locked_expression_ok(press: str):
    first = select(Print.id).where(Print.state == "waiting").order_by(Print.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    with Session(engine) as session:
        taken = session.execute(update(Print).where(Print.id == first).values(state="running", press=press).returning(Print.id)).first()
        session.commit()
    if taken is None:
        raise HTTPException(404)
    return taken.id
