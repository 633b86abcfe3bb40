"""The key of the row comes from what was read, the value does not: nothing is computed from the old one."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/crews"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Hand(Base):
    __tablename__ = "hands"

    id: Mapped[int] = mapped_column(primary_key=True)
    crew_id: Mapped[int]
    badge: Mapped[str]
    shifts: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/hands/{hand_id}/badge")
async def badge(hand_id: int, db: DB):
    hand = await db.get(Hand, hand_id)
    if hand is None:
        raise HTTPException(404)
    await db.execute(update(Hand).where(Hand.id == hand.id).values(badge="green"))
    await db.commit()


@app.post("/hands/{hand_id}/shifts")
async def shifts(hand_id: int, more: int, db: DB):
    hand = await db.get(Hand, hand_id)
    if hand is None:
        raise HTTPException(404)
    await db.execute(update(Hand).where(Hand.id == hand.id).values(shifts=hand.shifts + more))  # want MB101 "computed from the old value"
    await db.commit()
