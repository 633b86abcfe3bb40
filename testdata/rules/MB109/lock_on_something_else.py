"""A lock that is taken when all is decided, and about something else, is none that came late: what is missing is a lock on the row."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/water"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Meter(Base):
    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class Bill(Base):
    __tablename__ = "bills"

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int]
    cents: Mapped[int]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def settle(db: AsyncSession, meter: Meter, cents: int):
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext("bills"))))
    db.add(Bill(meter_id=meter.id, cents=cents))


@app.post("/meters/{meter_id}/close")
async def close(meter_id: int, cents: int, db: DB):
    meter = await db.get(Meter, meter_id)
    if meter.state != "open":  # want MB107 "the transition happens twice"
        raise HTTPException(409)
    await settle(db, meter, cents)
    meter.state = "closed"
    await db.commit()


@app.post("/meters/{meter_id}/reopen")
async def reopen(meter_id: int, cents: int, db: DB):
    meter = await db.get(Meter, meter_id)
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext("meters"), meter_id)))
    if meter.state != "closed":  # want MB109 "before the lock"
        raise HTTPException(409)
    db.add(Bill(meter_id=meter.id, cents=cents))
    meter.state = "open"
    await db.commit()
