"""Services, repositories and task groups of two libraries: one session for several tasks, and a session for each."""
import asyncio
from typing import Annotated

import anyio
import asyncpg
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/hotel"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    cleaned: Mapped[bool] = mapped_column(default=False)
    price: Mapped[int] = mapped_column(default=0)


async def get_db():
    async with Session() as session:
        yield session


class RoomRepository:
    def __init__(self, session: Annotated[AsyncSession, Depends(get_db)]) -> None:
        self.session = session

    async def count(self) -> int:
        return await self.session.scalar(select(func.count(Room.id))) or 0

    async def price(self, room_id: int) -> int:
        room = await self.session.get(Room, room_id)
        return room.price if room else 0

    async def clean(self, room_id: int) -> None:
        await self.session.execute(update(Room).where(Room.id == room_id).values(cleaned=True))


Rooms = Annotated[RoomRepository, Depends()]


@app.get("/summary")
async def summary(rooms: Rooms):
    count, price = await asyncio.gather(rooms.count(), rooms.price(1))  # want MB406 "session"
    return {"count": count, "price": price}


@app.post("/clean")
async def clean_all(ids: list[int], rooms: Rooms):
    await asyncio.gather(*[rooms.clean(i) for i in ids])  # want MB406 "session"
    await rooms.session.commit()


@app.post("/clean/listed")
async def clean_listed(ids: list[int], rooms: Rooms):
    jobs = []
    for i in ids:
        jobs.append(rooms.clean(i))  # want MB406 "session"
    await asyncio.gather(*jobs)
    await rooms.session.commit()


@app.post("/clean/spawned")
async def clean_spawned(a: int, rooms: Rooms):
    task = asyncio.create_task(rooms.clean(a))  # want MB406 "session"
    count = await rooms.count()
    await task
    await rooms.session.commit()
    return count


@app.post("/clean/anyio")
async def clean_anyio(a: int, b: int, rooms: Rooms):
    async with anyio.create_task_group() as group:
        group.start_soon(rooms.clean, a)  # want MB406 "session"
        group.start_soon(rooms.clean, b)
    await rooms.session.commit()


@app.get("/raw")
async def raw():
    conn = await asyncpg.connect("postgresql://localhost/hotel")
    rows = await asyncio.gather(conn.fetchval("SELECT count(*) FROM rooms"), conn.fetchval("SELECT max(price) FROM rooms"))  # want MB406 "conn"
    await conn.close()
    return rows


# Sound: one after the other, a session for each task, a pool, and work that does not touch the session.


@app.post("/v2/clean")
async def clean_in_turn(ids: list[int], rooms: Rooms):
    for i in ids:
        await rooms.clean(i)
    await rooms.session.commit()


async def clean_alone(room_id: int) -> None:
    async with Session.begin() as session:
        await RoomRepository(session).clean(room_id)


@app.post("/v3/clean")
async def clean_apart(ids: list[int]):
    async with asyncio.TaskGroup() as group:
        for i in ids:
            group.create_task(clean_alone(i))


@app.post("/v4/clean")
async def clean_one_and_wait(a: int, rooms: Rooms):
    task = asyncio.create_task(rooms.clean(a))
    await task
    await rooms.session.commit()


async def weather() -> int:
    await asyncio.sleep(0.1)
    return 20


@app.get("/v2/summary")
async def summary_and_weather(rooms: Rooms):
    count, degrees = await asyncio.gather(rooms.count(), weather())
    return {"count": count, "degrees": degrees}


pool = asyncpg.create_pool("postgresql://localhost/hotel")


@app.get("/pooled")
async def pooled():
    return await asyncio.gather(pool.fetchval("SELECT count(*) FROM rooms"), pool.fetchval("SELECT max(price) FROM rooms"))


@app.get("/v2/pooled/{room_id}")
async def with_timeout(room_id: int, rooms: Rooms):
    price = await asyncio.wait_for(rooms.price(room_id), timeout=2)
    if price == 0:
        raise HTTPException(404)
    return price
