"""A number can be a state: what is compared with one and then given it takes a step, whatever else the decision asks."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/margins"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "margin_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    margin: Mapped[float]
    budget: Mapped[float]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/accounts/{account_id}/upgrade")
async def upgrade(account_id: int, db: DB):
    account = await db.get(Account, account_id)
    if account is None:
        raise HTTPException(404)
    if account.version < 4 and account.margin != 1.0:  # step MB107 check
        account.margin = 1.0  # want MB107 "margin"
        await db.commit()
        async with httpx.AsyncClient() as client:
            await client.post("https://budgets.example/raise", json={"account": account_id})


@app.post("/accounts/{account_id}/upgrade-locked")
async def upgrade_locked(account_id: int, db: DB):
    account = await db.get(Account, account_id, with_for_update=True)
    if account is None:
        raise HTTPException(404)
    if account.version < 4 and account.margin != 1.0:
        account.margin = 1.0
        await db.commit()
        async with httpx.AsyncClient() as client:
            await client.post("https://budgets.example/raise", json={"account": account_id})
