"""As many rows as were asked for, or any at all, is no number that must be kept."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/aviary"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Cage(Base):
    __tablename__ = "cages"

    id: Mapped[int] = mapped_column(primary_key=True)
    keeper_id: Mapped[int]


@app.delete("/keepers/{keeper_id}/cages")
async def clear(keeper_id: int, ids: list[int], db: DB):
    cages = (await db.scalars(select(Cage).where(Cage.keeper_id == keeper_id))).all()
    wanted = [cage for cage in cages if cage.id in ids]
    if len(wanted) != len(ids):
        raise HTTPException(404)
    if len(cages) == 0:
        raise HTTPException(404)
    for cage in wanted:
        await db.delete(cage)
    await db.commit()


@app.delete("/keepers/{keeper_id}/cages/{cage_id}")
async def take_down(keeper_id: int, cage_id: int, db: DB):
    cages = (await db.scalars(select(Cage).where(Cage.keeper_id == keeper_id))).all()
    if len(cages) == 1:
        raise HTTPException(409)
    cage = await db.get(Cage, cage_id)
    await db.delete(cage)  # want MB116 "cages"
    await db.commit()
