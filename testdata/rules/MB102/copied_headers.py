"""A dictionary made of something unknown may hold any key: whether there is a header is a question, and the request goes on."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/laundry"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Card(Base):
    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    washes: Mapped[int]


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    washes: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


def must_carry_a_badge(headers: dict) -> None:
    if badge := headers.get("x-badge", None):
        number = badge
    elif headers.get("authorization", None):
        return
    else:
        raise HTTPException(401)
    if not number.isdigit():
        raise HTTPException(401)


@app.post("/cards/{card_id}/wash")
async def wash(card_id: int, request: Request, db: DB):
    must_carry_a_badge(dict(request.headers))
    card = await db.get(Card, card_id)
    if card.washes < 1:  # step MB102 check
        raise HTTPException(402)
    await db.execute(update(Card).where(Card.id == card_id).values(washes=Card.washes - 1))  # want MB102 "washes"
    await db.commit()


@app.post("/vouchers/{voucher_id}/wash")
async def wash_on_voucher(voucher_id: int, request: Request, db: DB):
    must_carry_a_badge(dict(request.headers))
    taken = await db.execute(update(Voucher).where(Voucher.id == voucher_id, Voucher.washes > 0).values(washes=Voucher.washes - 1))
    if taken.rowcount == 0:
        raise HTTPException(402)
    await db.commit()
