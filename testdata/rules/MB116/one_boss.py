"""How many owners there are is asked of those of whom the store lets only one exist, and of others."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ranch"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


class Hand(Base):
    __tablename__ = "hands"
    __table_args__ = (Index("one_boss", "ranch_id", unique=True, postgresql_where=text("role = 'boss'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ranch_id: Mapped[int]
    role: Mapped[str]


@app.delete("/hands/{hand_id}")
async def dismiss(hand_id: int, db: DB):
    hand = await db.get(Hand, hand_id)
    if hand is None:
        raise HTTPException(404)
    if hand.role == "boss":
        hands = (await db.scalars(select(Hand).where(Hand.ranch_id == hand.ranch_id))).all()
        if sum(1 for h in hands if h.role == "boss") <= 1:
            raise HTTPException(409)
    await db.delete(hand)
    await db.commit()


# Of the cooks there may be several, and one must stay.
@app.delete("/cooks/{hand_id}")
async def dismiss_cook(hand_id: int, db: DB):
    hand = await db.get(Hand, hand_id)
    if hand is None:
        raise HTTPException(404)
    hands = (await db.scalars(select(Hand).where(Hand.ranch_id == hand.ranch_id))).all()
    if len([h for h in hands if h.role == "cook"]) <= 1:
        raise HTTPException(409)
    await db.delete(hand)  # want MB116 "hands"
    await db.commit()
