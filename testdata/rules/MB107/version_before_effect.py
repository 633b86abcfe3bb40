"""A version column protects the row, not the mail that went out before the flush."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/loans"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Loan(Base):
    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(default="review")
    account: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Permit(Base):
    __tablename__ = "permits"

    id: Mapped[int] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(default="review")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def transfer(account: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://bank.example/transfers", json={"to": account})


@app.post("/loans/{loan_id}/pay")
async def pay(loan_id: int, db: DB):
    loan = await db.get(Loan, loan_id)
    if loan is None or loan.phase != "approved":  # step MB107 check
        raise HTTPException(409)
    await transfer(loan.account)  # want MB107 "phase"
    loan.phase = "paid"
    try:
        await db.commit()
    except StaleDataError:
        await db.rollback()
        raise HTTPException(409) from None


@app.post("/permits/{permit_id}/grant")
async def grant(permit_id: int, db: DB):
    permit = await db.get(Permit, permit_id)
    if permit is None or permit.phase != "review":
        raise HTTPException(409)
    permit.phase = "granted"
    try:
        await db.commit()
    except StaleDataError:
        await db.rollback()
        raise HTTPException(409) from None
