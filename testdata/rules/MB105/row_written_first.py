"""The row that all these requests share is written before the count: nobody else writes it until the transaction ends, as if it had been locked."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/sledge"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sledge(Base):
    __tablename__ = "sledges"

    id: Mapped[int] = mapped_column(primary_key=True)
    seats: Mapped[int]
    touched: Mapped[int] = mapped_column(default=0)


class Child(Base):
    __tablename__ = "children"

    id: Mapped[int] = mapped_column(primary_key=True)
    sledge_id: Mapped[int] = mapped_column(ForeignKey("sledges.id"))
    name: Mapped[str]


async def get_db():
    async with Maker() as db:
        yield db


DB = Annotated[AsyncSession, Depends(get_db)]


async def sitting(sledge_id: int, db: AsyncSession) -> int:
    return await db.scalar(select(func.count(Child.id)).where(Child.sledge_id == sledge_id))


def touch(sledge_id: int):
    return update(Sledge).where(Sledge.id == sledge_id).values(touched=Sledge.touched + 1).returning(Sledge.seats)


@app.post("/sledges/{sledge_id}/children")
async def sit(sledge_id: int, name: str, db: DB):
    seats = await db.scalar(touch(sledge_id))
    if await sitting(sledge_id, db) >= seats:
        raise HTTPException(409)
    db.add(Child(sledge_id=sledge_id, name=name))
    await db.commit()


@app.post("/v2/sledges/{sledge_id}/children")
async def sit_after_a_commit(sledge_id: int, name: str, db: DB):
    seats = await db.scalar(touch(sledge_id))
    await db.commit()  # and with it goes the lock
    if await sitting(sledge_id, db) >= seats:
        raise HTTPException(409)
    db.add(Child(sledge_id=sledge_id, name=name))  # want MB105 "children"
    await db.commit()


@app.post("/v3/sledges/{sledge_id}/children")
async def sit_counted_before(sledge_id: int, name: str, db: DB):
    there = await sitting(sledge_id, db)
    seats = await db.scalar(touch(sledge_id))
    if there >= seats:
        raise HTTPException(409)
    db.add(Child(sledge_id=sledge_id, name=name))  # want MB105 "children"
    await db.commit()


@app.post("/v4/sledges/{sledge_id}/children/{other_id}")
async def sit_with_another_one(sledge_id: int, other_id: int, name: str, db: DB):
    await db.execute(touch(other_id))
    seats = await db.scalar(select(Sledge.seats).where(Sledge.id == sledge_id))
    if await sitting(sledge_id, db) >= seats:
        raise HTTPException(409)
    db.add(Child(sledge_id=sledge_id, name=name))  # want MB105 "children"
    await db.commit()
