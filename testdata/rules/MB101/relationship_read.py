"""A relationship is a read too: user.wallet.cents."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/bus"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Wallet(Base):
    __tablename__ = "wallets"

    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int] = mapped_column(default=0)


class Rider(Base):
    __tablename__ = "riders"

    id: Mapped[int] = mapped_column(primary_key=True)
    wallet_id: Mapped[int] = mapped_column(ForeignKey("wallets.id"))
    wallet: Mapped[Wallet] = relationship(lazy="raise")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/riders/{rider_id}/top-up")
async def top_up(rider_id: int, cents: int, db: DB):
    query = select(Rider).where(Rider.id == rider_id).options(joinedload(Rider.wallet))
    rider = (await db.execute(query)).scalar_one_or_none()
    if rider is None:
        raise HTTPException(404)
    rider.wallet.cents = rider.wallet.cents + cents  # want MB101 "cents"
    await db.commit()


@app.post("/v2/riders/{rider_id}/top-up")
async def top_up_by_expression(rider_id: int, cents: int, db: DB):
    wallet_id = await db.scalar(select(Rider.wallet_id).where(Rider.id == rider_id))
    if wallet_id is None:
        raise HTTPException(404)
    await db.execute(update(Wallet).where(Wallet.id == wallet_id).values(cents=Wallet.cents + cents))
    await db.commit()
