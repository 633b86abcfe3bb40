"""Who enters constants under some keys of a column leaves it the same, however often; who enters something else, or for another, does not."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/feeds"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Feed(Base):
    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    options: Mapped[dict] = mapped_column(JSON)


class Probe(Base):
    __tablename__ = "probes"

    id: Mapped[int] = mapped_column(primary_key=True)
    options: Mapped[dict] = mapped_column(JSON)


class Gauge(Base):
    __tablename__ = "gauges"

    id: Mapped[int] = mapped_column(primary_key=True)
    options: Mapped[dict] = mapped_column(JSON)


class Valve(Base):
    __tablename__ = "valves"

    id: Mapped[int] = mapped_column(primary_key=True)
    options: Mapped[dict] = mapped_column(JSON)


class Dial(Base):
    __tablename__ = "dials"

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[int | None]
    target_set: Mapped[bool]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def renew(account: str):
    async with httpx.AsyncClient() as client:
        await client.get(f"https://accounts.example/{account}")


@app.post("/probes/{probe_id}/renew")
async def renew_probe(probe_id: int, db: DB):
    probe = await db.get(Probe, probe_id)
    if probe is None:
        raise HTTPException(404)
    if not probe.options.get("account"):
        raise HTTPException(400)
    await renew(probe.options["account"])
    probe.options = {**probe.options, "expired": False}
    await db.commit()


# Somebody else stores all of them.
@app.post("/feeds/{feed_id}/renew")
async def renew_feed(feed_id: int, db: DB):
    feed = await db.get(Feed, feed_id)
    if feed is None:
        raise HTTPException(404)
    await renew(feed.options["account"])
    feed.options = {**feed.options, "expired": False}  # want MB101 "PUT /feeds/"
    await db.commit()


@app.put("/feeds/{feed_id}")
async def configure_feed(feed_id: int, options: dict, db: DB):
    feed = await db.get(Feed, feed_id)
    if feed is None:
        raise HTTPException(404)
    feed.options = options
    await db.commit()


# What is entered comes from the request.
@app.post("/gauges/{gauge_id}/unit")
async def set_unit(gauge_id: int, unit: str, note: str, db: DB):
    gauge = await db.get(Gauge, gauge_id)
    if gauge is None:
        raise HTTPException(404)
    gauge.options = {**gauge.options, unit: note}  # want MB101 "computed from the old value"
    await db.commit()


# Who finds it entered is turned away.
@app.post("/valves/{valve_id}/open")
async def open_valve(valve_id: int, db: DB):
    valve = await db.get(Valve, valve_id)
    if valve is None:
        raise HTTPException(404)
    if valve.options.get("open"):  # step MB101|MB107 check
        raise HTTPException(409)
    valve.options = {**valve.options, "open": True}  # want MB101|MB107
    await db.commit()


# A value that came by one of two ways is stored where it differs.
@app.post("/dials/{dial_id}/settle")
async def settle(dial_id: int, done: bool, db: DB):
    dial = await db.get(Dial, dial_id)
    if dial is None:
        raise HTTPException(404)
    kept = dial.target_set if not done else False
    if kept is not None and dial.target_set != kept:
        dial.target_set = kept
    await db.commit()
