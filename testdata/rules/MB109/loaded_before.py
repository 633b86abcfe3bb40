"""Locks that come after the load: which of them read again."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/auction"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Lot(Base):
    __tablename__ = "lots"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="open")
    best_cents: Mapped[int] = mapped_column(default=0)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def lot_of_path(lot_id: int, db: DB) -> Lot:
    lot = await db.get(Lot, lot_id)
    if lot is None:
        raise HTTPException(404)
    return lot


LoadedLot = Annotated[Lot, Depends(lot_of_path)]


@app.post("/lots/{lot_id}/bids")
async def bid(cents: int, lot: LoadedLot, db: DB):
    await db.execute(select(Lot).where(Lot.id == lot.id).with_for_update())  # step MB109 lock
    if lot.state != "open" or lot.best_cents >= cents:  # step MB109 check
        raise HTTPException(409)
    lot.best_cents = cents  # want MB109 "best_cents|state"
    await db.commit()


@app.post("/lots/{lot_id}/close")
async def close(lot: LoadedLot, db: DB):
    again = await db.get(Lot, lot.id, with_for_update=True)
    if again.state != "open":
        raise HTTPException(409)
    again.state = "closed"  # want MB109 "state"
    await db.commit()


@app.post("/lots/{lot_id}/bids/key-locked")
async def bid_key_locked(cents: int, lot: LoadedLot, db: DB):
    await db.scalar(select(Lot.id).where(Lot.id == lot.id).with_for_update())
    fresh = (await db.scalars(select(Lot).where(Lot.id == lot.id))).one()
    if fresh.best_cents >= cents:
        raise HTTPException(409)
    fresh.best_cents = cents  # want MB109 "best_cents"
    await db.commit()


@app.post("/lots/{lot_id}/bids/refreshed")
async def bid_refreshed(cents: int, lot: LoadedLot, db: DB):
    await db.refresh(lot, attribute_names=["state", "best_cents"], with_for_update=True)
    if lot.state != "open" or lot.best_cents >= cents:
        raise HTTPException(409)
    lot.best_cents = cents
    await db.commit()


@app.post("/lots/{lot_id}/close/populated")
async def close_populated(lot: LoadedLot, db: DB):
    again = await db.get(Lot, lot.id, with_for_update=True, populate_existing=True)
    if again.state != "open":
        raise HTTPException(409)
    again.state = "closed"
    await db.commit()


@app.post("/lots/{lot_id}/bids/columns")
async def bid_on_columns(cents: int, lot: LoadedLot, db: DB):
    query = select(Lot.state, Lot.best_cents).where(Lot.id == lot.id).with_for_update()
    state, best = (await db.execute(query)).one()
    if state != "open" or best >= cents:
        raise HTTPException(409)
    lot.best_cents = cents
    await db.commit()


@app.post("/lots/{lot_id}/close/first-load")
async def close_first_load(lot_id: int, db: DB):
    lot = await db.get(Lot, lot_id, with_for_update=True)
    if lot is None or lot.state != "open":
        raise HTTPException(409)
    lot.state = "closed"
    await db.commit()
