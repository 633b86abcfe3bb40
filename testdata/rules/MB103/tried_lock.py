"""A lock that is only tried for: who does not look at the answer goes on without it."""
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/post"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/parcels/{code}")
async def parcel(code: str, db: DB):
    await db.execute(select(func.pg_try_advisory_xact_lock(func.hashtext(code))))
    if await db.scalar(select(Parcel.id).where(Parcel.code == code)) is not None:  # want MB103 "parcels.code"
        raise HTTPException(409)
    db.add(Parcel(code=code))
    await db.commit()


async def took(db: AsyncSession, code: str) -> bool:
    return bool((await db.execute(text("SELECT pg_try_advisory_xact_lock(hashtext(:code))"), {"code": code})).scalar())


@app.post("/letters/{code}")
async def letter(code: str, db: DB):
    if not await took(db, code):
        raise HTTPException(409)
    if await db.scalar(select(Letter.id).where(Letter.code == code)) is not None:
        raise HTTPException(409)
    db.add(Letter(code=code))
    await db.commit()


@app.post("/cards/{code}")
async def card(code: str, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", code)
        if await conn.fetchval("SELECT id FROM cards WHERE code = $1", code):  # want MB103 "cards"
            raise HTTPException(409)
        await conn.execute("INSERT INTO cards (code) VALUES ($1)", code)


@app.post("/stamps/{code}")
async def stamp(code: str, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", code):
            raise HTTPException(409)
        if await conn.fetchval("SELECT id FROM stamps WHERE code = $1", code):
            raise HTTPException(409)
        await conn.execute("INSERT INTO stamps (code) VALUES ($1)", code)


@app.post("/seals/{code}")
async def seal(code: str, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext($1))", code)
        if await conn.fetchval("SELECT id FROM seals WHERE code = $1", code):
            raise HTTPException(409)
        await conn.execute("INSERT INTO seals (code) VALUES ($1)", code)
