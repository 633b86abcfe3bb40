"""A cache of the process in front of a table: shown, or decided on."""
from typing import Annotated

from cachetools import TTLCache
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/club"))
account_cache: TTLCache[int, dict] = TTLCache(maxsize=1000, ttl=60)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    credit: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def view(db: AsyncSession, account_id: int) -> dict:
    if account_id in account_cache:  # step MB806 read
        return account_cache[account_id]
    account = await db.get(Account, account_id)
    if account is None:
        raise HTTPException(404)
    account_cache[account_id] = {"owner": account.owner, "left": account.credit}
    return account_cache[account_id]


@app.get("/accounts/{account_id}")
async def show(account_id: int, db: DB):
    return await view(db, account_id)


@app.post("/accounts/{account_id}/buy")
async def buy(account_id: int, cost: int, db: DB):
    if (await view(db, account_id))["left"] < cost:  # step MB806 check
        raise HTTPException(402)
    await db.execute(update(Account).where(Account.id == account_id).values(credit=Account.credit - cost))  # want MB806 "credit"
    await db.commit()
    account_cache.pop(account_id, None)


@app.post("/v2/accounts/{account_id}/buy")
async def buy_guarded(account_id: int, cost: int, db: DB):
    if (await view(db, account_id))["left"] < cost:  # only spares the database a statement
        raise HTTPException(402)
    done = await db.execute(
        update(Account).where(Account.id == account_id, Account.credit >= cost).values(credit=Account.credit - cost)
    )
    if done.rowcount == 0:
        raise HTTPException(402)
    await db.commit()
