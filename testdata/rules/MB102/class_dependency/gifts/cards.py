from typing import Annotated

from fastapi import Depends
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/gifts"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class GiftCard(Base):
    __tablename__ = "gift_cards"

    code: Mapped[str] = mapped_column(primary_key=True)
    balance: Mapped[int]


async def open_session():
    async with Session() as session:
        yield session


class Cards:
    """A repository that FastAPI builds for each request."""

    def __init__(self, session: Annotated[AsyncSession, Depends(open_session)]) -> None:
        self._session = session

    async def balance(self, code: str) -> int | None:
        card = await self._session.get(GiftCard, code)  # step MB102 read
        return card.balance if card else None

    async def charge(self, code: str, cents: int) -> None:
        await self._session.execute(
            update(GiftCard)  # want MB102 "balance"
            .where(GiftCard.code == code)
            .values(balance=GiftCard.balance - cents)
        )
        await self._session.commit()

    async def try_charge(self, code: str, cents: int) -> bool:
        left = await self._session.scalar(
            update(GiftCard)
            .where(GiftCard.code == code, GiftCard.balance >= cents)
            .values(balance=GiftCard.balance - cents)
            .returning(GiftCard.balance)
        )
        await self._session.commit()
        return left is not None
