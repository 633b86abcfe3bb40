"""Credit that is decided on a copy: an object beside the moment at which it is too old, in a dictionary of the process."""
import time
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

sessions = async_sessionmaker(create_async_engine("postgresql+asyncpg://post@db/post"), expire_on_commit=False)
known: dict[int, tuple[float, "Purse"]] = {}
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sender(Base):
    __tablename__ = "senders"
    id: Mapped[int] = mapped_column(primary_key=True)
    stamps: Mapped[int]


@dataclass
class Purse:
    id: int
    stamps: int


async def purse(sender_id: int) -> Purse | None:
    entry = known.get(sender_id)
    if entry is not None and entry[0] > time.monotonic():
        return entry[1]
    async with sessions() as session:
        row = await session.scalar(select(Sender).where(Sender.id == sender_id))
    if row is None:
        return None
    found = Purse(row.id, row.stamps)
    known[sender_id] = (time.monotonic() + 60, found)
    return found


@app.get("/senders/{sender_id}")
async def show(sender_id: int):
    found = await purse(sender_id)
    if found is None:
        raise HTTPException(404)
    return {"stamps": found.stamps}


@app.post("/senders/{sender_id}/letters")
async def letter(sender_id: int):
    found = await purse(sender_id)
    if found is None:
        raise HTTPException(404)
    if found.stamps < 1:  # step MB806 check
        raise HTTPException(402)
    async with sessions() as session:
        await session.execute(update(Sender).where(Sender.id == sender_id).values(stamps=Sender.stamps - 1))  # want MB806 "senders"
        await session.commit()


@app.post("/senders/{sender_id}/parcels")
async def parcel(sender_id: int):
    async with sessions() as session:
        done = await session.execute(update(Sender).where(Sender.id == sender_id, Sender.stamps >= 3).values(stamps=Sender.stamps - 3))
        await session.commit()
    if done.rowcount == 0:
        raise HTTPException(402)
