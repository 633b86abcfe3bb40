"""New values that the database can compute from the latest ones."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/mill"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bin(Base):
    __tablename__ = "bins"

    id: Mapped[int] = mapped_column(primary_key=True)
    sacks: Mapped[int]
    share: Mapped[float]
    tickets: Mapped[int]
    label: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/bins/{bin_id}/fill")
async def fill(bin_id: int, sacks: int, db: DB):
    bin = await db.get(Bin, bin_id)
    if bin is None:
        raise HTTPException(404)
    bin.sacks += sacks
    await db.commit()
    return {"filled": bin.id}


@app.post("/bins/{bin_id}/ticket")
async def ticket(bin_id: int, db: DB):
    bin = (await db.execute(select(Bin).where(Bin.id == bin_id))).scalar_one()
    bin.tickets = bin.tickets + 1
    await db.commit()
    return {"number": bin.tickets, "of": bin.id}


@app.post("/bins/{bin_id}/halve")
async def halve(bin_id: int, db: DB):
    bin = await db.get(Bin, bin_id)
    bin.share = bin.share / 2
    await db.commit()


@app.post("/bins/{bin_id}/label")
async def label(bin_id: int, db: DB):
    bin = await db.get(Bin, bin_id)
    if bin is None:
        raise HTTPException(404)
    bin.label = bin.label + "!"
    await db.commit()
    return bin


async def weigh(db: AsyncSession, bin: Bin) -> None:
    bin.sacks = bin.sacks + 1
    await db.commit()


@app.post("/bins/{bin_id}/weigh")
async def weigh_bin(bin_id: int, db: DB):
    bin = await db.get(Bin, bin_id)
    if bin is None:
        raise HTTPException(404)
    await weigh(db, bin)
    return bin


@app.post("/bins/{bin_id}/open")
async def open_bin(bin_id: int, db: DB):
    bin = await db.get(Bin, bin_id)
    if bin is None:
        raise HTTPException(404)
    bin.sacks += 1
    db.add(bin)
    await db.commit()
    await db.refresh(bin)
    return bin
