"""The row that is locked came along with another one, by an option of the statement that loaded that: it is locked, and still what it was then."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/granary"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Grain(Base):
    __tablename__ = "grains"

    id: Mapped[int] = mapped_column(primary_key=True)
    sacks: Mapped[int]


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    grain_id: Mapped[int] = mapped_column(ForeignKey("grains.id"))
    sacks: Mapped[int]
    grain: Mapped[Grain] = relationship()


class Delivery(Base):
    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    grain_id: Mapped[int] = mapped_column(ForeignKey("grains.id"))
    sacks: Mapped[int]
    grain: Mapped[Grain] = relationship()
    lines: Mapped[list[Line]] = relationship()


async def get_db():
    async with Maker() as db:
        yield db


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/deliveries/{delivery_id}/send")
async def send(delivery_id: int, db: DB):
    delivery = await db.scalar(select(Delivery).options(selectinload(Delivery.grain)).where(Delivery.id == delivery_id))
    grain = await db.scalar(select(Grain).where(Grain.id == delivery.grain_id).with_for_update())
    if grain.sacks < delivery.sacks:  # want MB109 "grains.sacks"
        raise HTTPException(409)
    grain.sacks -= delivery.sacks
    await db.commit()


@app.post("/v2/deliveries/{delivery_id}/send")
async def send_each_line(delivery_id: int, db: DB):
    statement = select(Delivery).options(selectinload(Delivery.lines).joinedload(Line.grain)).where(Delivery.id == delivery_id)
    delivery = (await db.execute(statement)).scalar_one()
    for line in delivery.lines:
        grain = await db.get(Grain, line.grain_id, with_for_update=True)
        if grain.sacks < line.sacks:  # want MB109 "grains.sacks"
            raise HTTPException(409)
        grain.sacks -= line.sacks
    await db.commit()


@app.post("/v3/deliveries/{delivery_id}/send")
async def send_what_is_loaded_anew(delivery_id: int, db: DB):
    delivery = await db.scalar(select(Delivery).options(selectinload(Delivery.grain)).where(Delivery.id == delivery_id))
    locked = select(Grain).where(Grain.id == delivery.grain_id).with_for_update()
    grain = await db.scalar(locked.execution_options(populate_existing=True))
    if grain.sacks < delivery.sacks:
        raise HTTPException(409)
    grain.sacks -= delivery.sacks
    await db.commit()


@app.post("/v4/deliveries/{delivery_id}/send")
async def send_after_a_commit(delivery_id: int, db: DB):
    delivery = await db.scalar(select(Delivery).options(joinedload(Delivery.grain)).where(Delivery.id == delivery_id))
    grain_id, sacks = delivery.grain_id, delivery.sacks
    await db.commit()  # and all that was loaded is out of date
    grain = await db.scalar(select(Grain).where(Grain.id == grain_id).with_for_update())
    if grain.sacks < sacks:
        raise HTTPException(409)
    grain.sacks -= sacks
    await db.commit()


@app.post("/v5/deliveries/{delivery_id}/send")
async def send_without_its_grain(delivery_id: int, db: DB):
    delivery = await db.scalar(select(Delivery).options(selectinload(Delivery.lines)).where(Delivery.id == delivery_id))
    grain = await db.scalar(select(Grain).where(Grain.id == delivery.grain_id).with_for_update())
    if grain.sacks < delivery.sacks:
        raise HTTPException(409)
    grain.sacks -= delivery.sacks
    await db.commit()
