"""awaitable_attrs is the row itself: what is awaited of it is what it refers to, read without a lock."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://fair@db/fair"), expire_on_commit=False)
app = FastAPI()


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Visitor(Base):
    __tablename__ = "visitors"
    id: Mapped[int] = mapped_column(primary_key=True)
    purse: Mapped["Purse"] = relationship(back_populates="visitor", uselist=False)


class Purse(Base):
    __tablename__ = "purses"
    id: Mapped[int] = mapped_column(primary_key=True)
    visitor_id: Mapped[int] = mapped_column(ForeignKey("visitors.id"), unique=True)
    chips: Mapped[int]
    visitor: Mapped[Visitor] = relationship(back_populates="purse")


async def session():
    async with Maker() as s:
        yield s


S = Annotated[AsyncSession, Depends(session)]


@app.post("/visitors/{id}/rides")
async def ride(id: int, price: int, s: S):
    visitor = await s.get_one(Visitor, id)
    purse = await visitor.awaitable_attrs.purse
    if purse.chips < price:  # want MB101 "chips"
        raise HTTPException(402)
    purse.chips -= price
    await s.commit()


@app.post("/visitors/{id}/rides/locked")
async def ride_ok(id: int, price: int, s: S):
    purse = (await s.scalars(select(Purse).where(Purse.visitor_id == id).with_for_update())).one()
    if purse.chips < price:
        raise HTTPException(402)
    purse.chips -= price
    await s.commit()
