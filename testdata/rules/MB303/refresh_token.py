"""The session is asked again by get(): it answers from its memory."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/pay"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Clerk(Base):
    __tablename__ = "clerks"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(default="clerk")


class Voucher(Base):
    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    approved: Mapped[bool] = mapped_column(default=False)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def supervisor(x_clerk: Annotated[int, Header()], db: DB) -> Clerk:
    clerk = await db.get(Clerk, x_clerk)
    if clerk is None or clerk.role != "supervisor":
        raise HTTPException(403)
    return clerk


async def fraud_check(voucher_id: int) -> None:
    async with httpx.AsyncClient(timeout=90) as client:
        (await client.get(f"https://fraud.example/{voucher_id}")).raise_for_status()


@app.post("/vouchers/{voucher_id}/approve")
async def approve(voucher_id: int, clerk: Annotated[Clerk, Depends(supervisor)], db: DB):
    await fraud_check(voucher_id)
    again = await db.get(Clerk, clerk.id)
    if again is None or again.role != "supervisor":
        raise HTTPException(403)
    await db.execute(update(Voucher).where(Voucher.id == voucher_id).values(approved=True))  # want MB303 "role"
    await db.commit()


@app.put("/clerks/{clerk_id}/role")
async def set_role(clerk_id: int, role: str, db: DB):
    await db.execute(update(Clerk).where(Clerk.id == clerk_id).values(role=role))
    await db.commit()
