"""Who looks once more before the act, at the row as it is then, decides on the second look; the first one only saves work."""
from typing import Annotated

import stripe
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/reloads"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    frozen: Mapped[bool]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def reload(purse_id: int):
    async with Session() as session:
        purse = (await session.execute(select(Purse).where(Purse.id == purse_id).with_for_update())).scalar_one_or_none()
        if purse is None or purse.state != "low":
            return
        purse.state = "full"
        stripe.PaymentIntent.create(amount=500, currency="eur")
        await session.commit()


@app.post("/purses/{purse_id}/reload")
async def maybe_reload(purse_id: int, db: DB):
    purse = await db.get(Purse, purse_id)
    if purse is None or purse.state != "low":
        return
    await reload(purse_id)


async def reload_unlocked(purse_id: int):
    async with Session() as session:
        purse = (await session.execute(select(Purse).where(Purse.id == purse_id))).scalar_one_or_none()
        if purse is None or purse.state != "low":  # step MB107 check
            return
        purse.state = "full"  # want MB107 "state"
        stripe.PaymentIntent.create(amount=500, currency="eur")
        await session.commit()


@app.post("/purses/{purse_id}/reload-unlocked")
async def maybe_reload_unlocked(purse_id: int, db: DB):
    purse = await db.get(Purse, purse_id)
    if purse is None or purse.state != "low":
        return
    await reload_unlocked(purse_id)


async def reload_for_another(purse_id: int):
    async with Session() as session:
        purse = (await session.execute(select(Purse).where(Purse.id == purse_id).with_for_update())).scalar_one_or_none()
        if purse is None or purse.frozen:
            return
        purse.state = "full"  # want MB107|MB117|MB110 "state"
        stripe.PaymentIntent.create(amount=500, currency="eur")
        await session.commit()


@app.post("/purses/{purse_id}/reload-for-another")
async def maybe_reload_for_another(purse_id: int, db: DB):
    purse = await db.get(Purse, purse_id)
    if purse is None or purse.state != "low":  # step MB107|MB117|MB110 check
        raise HTTPException(404)
    await reload_for_another(purse_id)
