"""A payment at the end of a request is about the row that it is made for, and not about each row that was asked on the way."""
from typing import Annotated

import stripe
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/dyes"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Vat(Base):
    __tablename__ = "vats"

    id: Mapped[int] = mapped_column(primary_key=True)
    heated: Mapped[bool]


class Purse(Base):
    __tablename__ = "purses"

    id: Mapped[int] = mapped_column(primary_key=True)
    refill: Mapped[int]


class Dyeing(Base):
    __tablename__ = "dyeings"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    price: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/vats/{vat_id}/dip/{purse_id}")
async def dip_ok(vat_id: int, purse_id: int, db: DB):
    vat = await db.scalar(select(Vat).where(Vat.id == vat_id))
    if vat is None:
        raise HTTPException(404)
    if not vat.heated:
        raise HTTPException(409)
    await db.commit()
    purse = await db.scalar(select(Purse).where(Purse.id == purse_id).with_for_update())
    stripe.Charge.create(amount=purse.refill, currency="eur")
    await db.commit()


@app.delete("/vats/{vat_id}")
async def drop_vat_ok(vat_id: int, db: DB):
    await db.execute(delete(Vat).where(Vat.id == vat_id))
    await db.commit()


@app.post("/dyeings/{dyeing_id}/pay")
async def pay(dyeing_id: int, db: DB):
    dyeing = await db.scalar(select(Dyeing).where(Dyeing.id == dyeing_id))
    if dyeing is None or dyeing.state != "done":  # step MB107 check
        raise HTTPException(409)
    price = dyeing.price
    await db.commit()
    stripe.Charge.create(amount=price, currency="eur")  # want MB107 "state"


@app.post("/dyeings/{dyeing_id}/cancel")
async def cancel_ok(dyeing_id: int, db: DB):
    dyeing = await db.scalar(select(Dyeing).where(Dyeing.id == dyeing_id).with_for_update())
    if dyeing is None or dyeing.state == "cancelled":
        raise HTTPException(409)
    dyeing.state = "cancelled"
    await db.commit()
