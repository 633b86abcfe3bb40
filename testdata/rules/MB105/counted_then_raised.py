"""What is counted is counted once more by a number in the row above, which is raised only below the same limit: that decides."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Mooring(Base):
    __tablename__ = "moorings"

    id: Mapped[int] = mapped_column(primary_key=True)
    pier_id: Mapped[int] = mapped_column(ForeignKey("piers.id"))
    boat: Mapped[str]


class Pier(Base):
    __tablename__ = "piers"

    id: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    fees: Mapped[int] = mapped_column(default=0)
    highest_fees: Mapped[int]
    moorings: Mapped[list[Mooring]] = relationship()


async def get_db():
    async with Maker() as db:
        yield db


DB = Annotated[AsyncSession, Depends(get_db)]


async def pier_of(pier_id: int, db: AsyncSession) -> Pier:
    pier = await db.scalar(select(Pier).options(selectinload(Pier.moorings)).where(Pier.id == pier_id))
    if pier is None:
        raise HTTPException(404)
    return pier


@app.post("/piers/{pier_id}/moorings")
async def moor(pier_id: int, boat: str, db: DB):
    pier = await pier_of(pier_id, db)
    if len(pier.moorings) >= pier.places:
        raise HTTPException(409)
    raised = await db.execute(
        update(Pier).where(Pier.id == pier.id, Pier.taken < Pier.places).values(taken=Pier.taken + 1)
    )
    if raised.rowcount != 1:
        raise HTTPException(409)
    db.add(Mooring(pier_id=pier.id, boat=boat))
    await db.commit()


@app.post("/v2/piers/{pier_id}/moorings")
async def moor_at_most_nine(pier_id: int, boat: str, db: DB):
    moored = await db.scalar(select(func.count(Mooring.id)).where(Mooring.pier_id == pier_id))
    if moored >= 9:
        raise HTTPException(409)
    raised = await db.execute(update(Pier).where(Pier.id == pier_id, Pier.taken < 9).values(taken=Pier.taken + 1))
    if raised.rowcount:
        db.add(Mooring(pier_id=pier_id, boat=boat))
    await db.commit()


@app.post("/v3/piers/{pier_id}/moorings")
async def moor_by_another_number(pier_id: int, boat: str, db: DB):
    pier = await pier_of(pier_id, db)
    if len(pier.moorings) >= pier.places:
        raise HTTPException(409)
    raised = await db.execute(
        update(Pier).where(Pier.id == pier.id, Pier.fees < Pier.highest_fees).values(fees=Pier.fees + 1)
    )
    if raised.rowcount != 1:
        raise HTTPException(409)
    db.add(Mooring(pier_id=pier.id, boat=boat))  # want MB105 "moorings"
    await db.commit()
