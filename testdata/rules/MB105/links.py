"""Rows that only link two others: a key of both keeps each from existing twice, and how many were found is no limit."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/trails"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Hut(Base):
    __tablename__ = "huts"

    id: Mapped[int] = mapped_column(primary_key=True)


class Stop(Base):
    __tablename__ = "stops"

    trail_id: Mapped[int] = mapped_column(primary_key=True)
    hut_id: Mapped[int] = mapped_column(primary_key=True)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.put("/trails/{trail_id}/huts")
async def add_huts(trail_id: int, hut_ids: list[int], db: DB):
    there = (await db.scalars(select(Stop.hut_id).where(Stop.trail_id == trail_id))).all()
    missing = set(hut_ids) - set(there)
    huts = (await db.scalars(select(Hut).where(Hut.id.in_(missing)))).all()
    if len(huts) != len(missing):
        raise HTTPException(404)
    for hut in huts:
        db.add(Stop(trail_id=trail_id, hut_id=hut.id))
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409) from None


@app.post("/trails/{trail_id}/huts/{hut_id}")
async def add_hut(trail_id: int, hut_id: int, db: DB):
    there = (await db.scalars(select(Stop.hut_id).where(Stop.trail_id == trail_id))).all()
    if len(there) >= 8:  # want MB105 "below the limit"
        raise HTTPException(409)
    db.add(Stop(trail_id=trail_id, hut_id=hut_id))
    await db.commit()
