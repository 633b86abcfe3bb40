"""The lock ends before the act: a begin block that closes, another session, another table."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/grants"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Fund(Base):
    __tablename__ = "funds"

    id: Mapped[int] = mapped_column(primary_key=True)
    left: Mapped[int]


class Award(Base):
    __tablename__ = "awards"

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds.id"))
    cents: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def lock_fund(fund_id: int) -> None:
    async with Session() as own, own.begin():
        await own.execute(select(Fund.id).where(Fund.id == fund_id).with_for_update())


@app.post("/funds/{fund_id}/awards/block")
async def award_after_block(fund_id: int, cents: int, db: DB):
    async with db.begin():
        fund = await db.get(Fund, fund_id, with_for_update=True)
        if fund is None or fund.left < cents:  # step MB110|MB117 check
            raise HTTPException(409)
    async with db.begin():
        fund.left = fund.left - cents  # want MB110|MB117 "left"


@app.post("/funds/{fund_id}/awards/dependency", dependencies=[Depends(lock_fund)])
async def award_under_foreign_lock(fund_id: int, cents: int, db: DB):
    fund = await db.get(Fund, fund_id)
    if fund is None or fund.left < cents:
        raise HTTPException(409)
    fund.left = fund.left - cents  # want MB110 "left"
    await db.commit()


@app.post("/awards/{award_id}/raise")
async def raise_award(award_id: int, cents: int, db: DB):
    query = (
        select(Fund)
        .join(Award, Award.fund_id == Fund.id)
        .where(Award.id == award_id)
        .with_for_update(of=Award)
    )
    fund = (await db.scalars(query)).one()
    if fund.left < cents:
        raise HTTPException(409)
    fund.left = fund.left - cents  # want MB110 "left"
    await db.commit()


@app.post("/funds/{fund_id}/awards/one-block")
async def award_in_one_block(fund_id: int, cents: int, db: DB):
    async with db.begin():
        fund = await db.get(Fund, fund_id, with_for_update=True)
        if fund is None or fund.left < cents:
            raise HTTPException(409)
        fund.left = fund.left - cents
