"""Work after the response that is given a row, or what was read of it."""
import asyncio
from enum import StrEnum
from typing import Annotated

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/ferry"), expire_on_commit=False)
app = FastAPI()
running = set()


class State(StrEnum):
    BOOKED = "booked"
    GONE = "gone"


class Base(DeclarativeBase):
    pass


class Crossing(Base):
    __tablename__ = "crossings"

    id: Mapped[int] = mapped_column(primary_key=True)
    harbour: Mapped[str]
    state: Mapped[State] = mapped_column(default=State.BOOKED)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def announce(crossing: Crossing) -> None:
    """Tells the harbour."""
    async with httpx.AsyncClient() as client:
        await client.post("https://harbours.example/", json={"id": crossing.id, "at": crossing.harbour})


async def announce_at(crossing_id: int, harbour: str) -> None:
    await asyncio.sleep(1)
    async with httpx.AsyncClient() as client:
        await client.post("https://harbours.example/", json={"id": crossing_id, "at": harbour})


async def depart(crossing: Crossing, note: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://bridge.example/", json={"id": crossing.id, "at": crossing.harbour, "note": note})


async def moor(crossing: Crossing) -> None:
    async with httpx.AsyncClient() as client:
        await client.post("https://moor.example/", json={"at": crossing.harbour})


@app.post("/crossings/{crossing_id}/announce")
async def announce_soon(crossing_id: int, tasks: BackgroundTasks, db: DB):
    crossing = await db.get(Crossing, crossing_id)
    if crossing is None:
        raise HTTPException(404)
    tasks.add_task(announce, crossing)


@app.post("/crossings/{crossing_id}/announce-later")
async def announce_later(crossing_id: int, db: DB):
    crossing = await db.get(Crossing, crossing_id)
    if crossing is None:
        raise HTTPException(404)
    task = asyncio.create_task(announce_at(crossing.id, crossing.harbour))
    running.add(task)


@app.post("/crossings/{crossing_id}/depart")
async def depart_soon(crossing_id: int, note: str, tasks: BackgroundTasks, db: DB):
    crossing = await db.get(Crossing, crossing_id)
    if crossing is None:
        raise HTTPException(404)
    if crossing.state != State.BOOKED:
        raise HTTPException(409)
    tasks.add_task(depart, crossing, note=note)


@app.post("/crossings/{crossing_id}/moor")
async def moor_soon(crossing_id: int, tasks: BackgroundTasks, db: DB):
    crossing = await db.get(Crossing, crossing_id, with_for_update=True)
    if crossing is None:
        raise HTTPException(404)
    tasks.add_task(moor, crossing)


@app.put("/crossings/{crossing_id}")
async def change(crossing_id: int, harbour: str, state: State, db: DB):
    await db.execute(update(Crossing).where(Crossing.id == crossing_id).values(harbour=harbour, state=state))
    await db.commit()
