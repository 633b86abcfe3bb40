"""A version that is compared and set, and an event that is noted once: both take something only if it is still to be had."""
from email.message import EmailMessage
from typing import Annotated

import aiosmtplib
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://choir@db/choir"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Programme(Base):
    __tablename__ = "programmes"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    edition: Mapped[int]
    printer: Mapped[str]


class PaidEvent(Base):
    __tablename__ = "paid_events"
    ref: Mapped[str] = mapped_column(primary_key=True)


class Singer(Base):
    __tablename__ = "singers"
    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]
    state: Mapped[str]
    voice: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def order(printer: str) -> None:
    mail = EmailMessage()
    mail["To"] = printer
    await aiosmtplib.send(mail, hostname="mail")


@app.post("/programmes/{pid}/print")
async def print_programme(pid: int, db: DB):
    p = await db.get_one(Programme, pid)
    if p.state != "ready":
        raise HTTPException(409)
    printer = p.printer
    await db.execute(
        update(Programme).where(Programme.id == pid, Programme.edition == p.edition).values(state="printed", edition=Programme.edition + 1)
    )
    await db.commit()
    await order(printer)  # want MB112 "programmes"


@app.post("/v2/programmes/{pid}/print")
async def print_programme_once(pid: int, db: DB):
    p = await db.get_one(Programme, pid)
    if p.state != "ready":
        raise HTTPException(409)
    printer = p.printer
    done = await db.execute(
        update(Programme).where(Programme.id == pid, Programme.edition == p.edition).values(state="printed", edition=Programme.edition + 1)
    )
    await db.commit()
    if done.rowcount == 0:
        raise HTTPException(409)
    await order(printer)


@app.post("/dues/{ref}")
async def dues(ref: str, singer_id: int, cents: int, db: DB):
    await db.execute(insert(PaidEvent).values(ref=ref).on_conflict_do_nothing())
    await db.execute(update(Singer).where(Singer.id == singer_id).values(cents=Singer.cents + cents))  # want MB112 "paid_events"
    await db.commit()


@app.post("/v2/dues/{ref}")
async def dues_once(ref: str, singer_id: int, cents: int, db: DB):
    noted = await db.scalar(insert(PaidEvent).values(ref=ref).on_conflict_do_nothing().returning(PaidEvent.ref))
    if noted is None:
        return
    await db.execute(update(Singer).where(Singer.id == singer_id).values(cents=Singer.cents + cents))
    await db.commit()


@app.post("/singers/{singer_id}/leave")
async def leave(singer_id: int, db: DB):
    singer = await db.get_one(Singer, singer_id)
    if singer.state != "active":
        raise HTTPException(409)
    # Not one row by its key: whoever stands in this voice goes back to the reserve.
    await db.execute(update(Singer).where(Singer.voice == singer.voice).values(voice="reserve"))
    await db.commit()
    await order("left")
