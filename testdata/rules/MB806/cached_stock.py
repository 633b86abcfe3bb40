"""Stock from a cache decides; stock from a cache is shown."""
from typing import Annotated

import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/kiosk"))
store = redis.Redis()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_cents: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def credit(db: AsyncSession, account_id: int) -> int:
    if (known := await store.get(f"credit:{account_id}")) is not None:  # step MB806 read
        return int(known)
    cents = await db.scalar(select(Account.credit_cents).where(Account.id == account_id))
    await store.set(f"credit:{account_id}", cents or 0, ex=30)
    return cents or 0


@app.get("/accounts/{account_id}/credit")
async def show(account_id: int, db: DB):
    return {"cents": await credit(db, account_id)}


@app.post("/accounts/{account_id}/spend")
async def spend(account_id: int, cents: int, db: DB):
    if await credit(db, account_id) < cents:  # step MB806 check
        raise HTTPException(402)
    await db.execute(  # want MB806 "credit"
        update(Account).where(Account.id == account_id).values(credit_cents=Account.credit_cents - cents)
    )
    await db.commit()
    await store.delete(f"credit:{account_id}")
