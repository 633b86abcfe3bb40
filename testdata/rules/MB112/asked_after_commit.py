from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/pool"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    payer_id: Mapped[int]
    spent: Mapped[int]
    ceiling: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def charge(account: Account, cost: int, db: AsyncSession):
    payer = await db.get(Account, account.payer_id)
    if payer.ceiling - payer.spent < cost:
        raise HTTPException(402)
    return await db.execute(update(Account).where(Account.id == payer.id, Account.ceiling - Account.spent >= cost).values(spent=Account.spent + cost))


@app.post("/asked-late")
async def asked_late(account_id: int, cost: int, db: DB):
    account = await db.get(Account, account_id)
    if account.spent + cost > account.ceiling:  # want MB112 "accounts"
        raise HTTPException(402)
    paid = await charge(account, cost, db)
    await db.execute(update(Account).where(Account.id == account_id).values(spent=Account.spent + cost))
    await db.commit()
    if paid.rowcount == 0:
        raise HTTPException(402)


@app.post("/asked-in-time")
async def asked_in_time(account_id: int, cost: int, db: DB):
    account = await db.get(Account, account_id)
    paid = await charge(account, cost, db)
    spent = await db.execute(update(Account).where(Account.id == account_id, Account.spent + cost <= Account.ceiling).values(spent=Account.spent + cost))
    if paid.rowcount == 0 or spent.rowcount == 0:
        raise HTTPException(402)
    await db.commit()
