"""A copy of a whole row grows old by every write, but only some of them take a right away."""
import json
from typing import Annotated

import redis.asyncio as redis
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/harbour"), expire_on_commit=False)
app = FastAPI()
r = redis.from_url("redis://localhost", decode_responses=True)


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    failed_logins: Mapped[int]
    is_active: Mapped[bool]


class Berth(Base):
    __tablename__ = "berths"

    id: Mapped[int] = mapped_column(primary_key=True)
    ship: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
Who = Annotated[int, Header(alias="X-Who")]


async def caller(who: Who, db: DB) -> int:
    raw = await r.get(f"account:{who}")
    if raw is None:
        account = await db.scalar(select(Account).where(Account.id == who))
        raw = json.dumps({"active": account.is_active})
        await r.set(f"account:{who}", raw, ex=300)
    if not json.loads(raw)["active"]:
        raise HTTPException(403)
    return who


@app.put("/berths/{berth_id}")
async def moor(berth_id: int, ship: str, who: Annotated[int, Depends(caller)], db: DB):
    await db.execute(update(Berth).where(Berth.id == berth_id).values(ship=ship))
    await db.commit()


@app.post("/accounts/{account_id}/failed-login")
async def forget_failures(account_id: int, db: DB):
    await db.execute(update(Account).where(Account.id == account_id).values(failed_logins=0))
    await db.commit()


@app.post("/accounts/{account_id}/activation")
async def activate(account_id: int, db: DB):
    await db.execute(update(Account).where(Account.id == account_id).values(is_active=True))
    await db.commit()
