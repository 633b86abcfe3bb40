"""A lock that is taken and given back between the look and the write guards something else: it is no lock that came too late."""
import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/app")
Session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()
_client_lock = asyncio.Lock()
_clients: dict[str, object] = {}


class Base(DeclarativeBase):
    pass


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]


class Visit(Base):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    purse_id: Mapped[int] = mapped_column(ForeignKey("purses.id"))
    times: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def count_visit(purse_id: int) -> None:
    async with Session() as own, own.begin():
        visit = (await own.execute(select(Visit).where(Visit.purse_id == purse_id).with_for_update())).scalar_one()
        visit.times = visit.times + 1


async def client_for(name: str) -> object:
    async with _client_lock:
        if name not in _clients:
            _clients[name] = object()
    return _clients[name]


@app.post("/purses/{purse_id}/spend")
async def spend(purse_id: int, cents: int, db: DB):
    purse = await db.get(Purse, purse_id)
    if purse is None or purse.cents < cents:
        raise HTTPException(409)
    await count_visit(purse_id)
    await client_for("bank")
    purse.cents = purse.cents - cents  # want MB101 "cents"
    await db.commit()


@app.post("/purses/{purse_id}/spend-under-lock")
async def spend_under_lock(purse_id: int, cents: int, db: DB):
    purse = await db.get(Purse, purse_id, with_for_update=True)
    if purse is None or purse.cents < cents:
        raise HTTPException(409)
    await count_visit(purse_id)
    purse.cents = purse.cents - cents
    await db.commit()
