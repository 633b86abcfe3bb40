"""Vouchers that are good for one use, taken in five ways."""
from datetime import UTC, datetime
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import DateTime, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/cinema"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Voucher(Base):
    __tablename__ = "vouchers"

    code: Mapped[str] = mapped_column(primary_key=True)
    redeemed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class LoginCode(Base):
    __tablename__ = "login_codes"

    code: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def print_ticket(code: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://printer.example/tickets", json={"voucher": code})


@app.post("/vouchers/{code}/redeem")
async def redeem(code: str, db: DB):
    voucher = await db.get(Voucher, code)  # step MB106 read
    if voucher is None or voucher.redeemed_at is not None:  # step MB106 check
        raise HTTPException(410)
    await print_ticket(code)
    voucher.redeemed_at = datetime.now(UTC)  # want MB106 "redeemed_at"
    await db.commit()


@app.post("/vouchers/{code}/redeem/claimed")
async def redeem_claimed(code: str, db: DB):
    claimed = await db.execute(
        update(Voucher)
        .where(Voucher.code == code, Voucher.redeemed_at.is_(None))
        .values(redeemed_at=datetime.now(UTC))
    )
    if claimed.rowcount != 1:
        raise HTTPException(410)
    await print_ticket(code)
    await db.commit()


@app.post("/vouchers/{code}/redeem/locked")
async def redeem_locked(code: str, db: DB):
    voucher = await db.scalar(select(Voucher).where(Voucher.code == code).with_for_update())
    if voucher is None or voucher.redeemed_at is not None:
        raise HTTPException(410)
    await print_ticket(code)
    voucher.redeemed_at = datetime.now(UTC)
    await db.commit()


@app.post("/login/{code}")
async def login(code: str, db: DB):
    row = await db.get(LoginCode, code)
    if row is None:  # step MB106 check
        raise HTTPException(401)
    user_id = row.user_id
    await db.delete(row)  # want MB106 "LoginCode|login_codes"
    await db.commit()
    return {"user": user_id}


@app.post("/login/{code}/claimed")
async def login_claimed(code: str, db: DB):
    user_id = await db.scalar(delete(LoginCode).where(LoginCode.code == code).returning(LoginCode.user_id))
    if user_id is None:
        raise HTTPException(401)
    await db.commit()
    return {"user": user_id}
