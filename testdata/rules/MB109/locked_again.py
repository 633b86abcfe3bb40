"""A row that is locked, claimed and committed, and locked once more when the work is done: nobody else gets past the claim."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/bakery"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Batch(Base):
    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str]
    oven: Mapped[int | None]


class Tray(Base):
    __tablename__ = "trays"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str]
    oven: Mapped[int | None]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def heat(batch_id: int):
    async with httpx.AsyncClient() as client:
        await client.post("http://oven/heat", json={"batch": batch_id})


@app.post("/batches/{batch_id}/bake")
async def bake(batch_id: int, db: DB):
    batch = (await db.execute(select(Batch).where(Batch.id == batch_id).with_for_update())).scalar_one()
    if batch.stage != "risen":
        raise HTTPException(409)
    batch.stage = "baking"
    await db.commit()
    await heat(batch_id)
    again = (await db.execute(select(Batch).where(Batch.id == batch_id).with_for_update())).scalar_one()
    again.stage = "baked"
    await db.commit()


# What is noted in between is another column: the stage still says to everybody that the tray is risen.
@app.post("/trays/{tray_id}/rush")
async def rush(tray_id: int, db: DB):
    tray = (await db.execute(select(Tray).where(Tray.id == tray_id).with_for_update())).scalar_one()
    if tray.stage != "risen":  # want MB109|MB110|MB117 "stage"
        raise HTTPException(409)
    tray.oven = 1
    await db.commit()
    await heat(tray_id)
    again = (await db.execute(select(Tray).where(Tray.id == tray_id).with_for_update())).scalar_one()
    again.stage = "baked"
    await db.commit()
