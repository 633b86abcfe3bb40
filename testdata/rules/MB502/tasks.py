"""Tasks that outlive the request's session: services that keep it, blocks that end before the task, and tasks with their own."""
import asyncio
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, WebSocket, WebSocketDisconnect
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/photos"), expire_on_commit=False)
app = FastAPI()
running: set[asyncio.Task] = set()


class Base(DeclarativeBase):
    pass


class Photo(Base):
    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    seen: Mapped[bool] = mapped_column(default=False)


async def get_db():
    session = Session()
    try:
        yield session
    finally:
        await session.close()


DB = Annotated[AsyncSession, Depends(get_db)]


class Gallery:
    def __init__(self, db: DB) -> None:
        self.db = db

    async def mark(self, photo_id: int) -> None:
        await asyncio.sleep(1)
        await self.db.execute(update(Photo).where(Photo.id == photo_id).values(seen=True))
        await self.db.commit()


async def mark_with(db: AsyncSession, photo_id: int) -> None:
    await db.execute(update(Photo).where(Photo.id == photo_id).values(seen=True))
    await db.commit()


async def mark_again(db: AsyncSession, photo_id: int) -> None:
    while True:
        await asyncio.sleep(60)
        await mark_with(db, photo_id)


async def mark_own(photo_id: int) -> None:
    async with Session() as db:
        await mark_with(db, photo_id)


def remember(task: asyncio.Task) -> None:
    running.add(task)
    task.add_done_callback(running.discard)


@app.post("/photos/{photo_id}/seen")
async def seen(photo_id: int, gallery: Annotated[Gallery, Depends()]):
    remember(asyncio.create_task(gallery.mark(photo_id)))  # want MB502 "session|db"


@app.post("/photos/{photo_id}/seen/loop")
async def seen_on_loop(photo_id: int, db: DB):
    loop = asyncio.get_running_loop()
    running.add(loop.create_task(mark_with(db, photo_id)))  # want MB502 "session|db"


@app.post("/photos/{photo_id}/seen/future")
async def seen_future(photo_id: int, db: DB):
    asyncio.ensure_future(mark_with(db, photo_id))  # want MB502 "session|db"


@app.post("/photos/{photo_id}/seen/block")
async def seen_in_block(photo_id: int):
    async with Session() as db:
        running.add(asyncio.create_task(mark_with(db, photo_id)))  # want MB502 "session|db"


@app.post("/photos/seen")
async def all_seen(ids: list[int], db: DB):
    for photo_id in ids:
        remember(asyncio.create_task(mark_with(db, photo_id)))  # want MB502 "session|db"


# Sound.


@app.post("/v2/photos/{photo_id}/seen")
async def seen_own(photo_id: int):
    remember(asyncio.create_task(mark_own(photo_id)))


@app.post("/v3/photos/{photo_id}/seen")
async def seen_awaited(photo_id: int, db: DB):
    task = asyncio.create_task(mark_with(db, photo_id))
    await asyncio.sleep(0)
    await task


@app.post("/v4/photos/{photo_id}/seen")
async def seen_after(photo_id: int, tasks: BackgroundTasks):
    tasks.add_task(mark_own, photo_id)


async def ring(photo_id: int) -> None:
    await asyncio.sleep(photo_id % 3)


@app.post("/v5/photos/{photo_id}/seen")
async def seen_and_ring(photo_id: int, db: DB):
    await mark_with(db, photo_id)
    running.add(asyncio.create_task(ring(photo_id)))


@app.post("/v6/photos/{photo_id}/seen")
async def seen_grouped(photo_id: int, db: DB):
    async with asyncio.TaskGroup() as group:
        group.create_task(mark_with(db, photo_id))


class Batch(asyncio.TaskGroup):
    def create_task(self, coro):
        return super().create_task(coro)


@app.post("/v7/photos/{photo_id}/seen")
async def seen_in_batch(photo_id: int, db: DB):
    async with Batch() as batch:
        batch.create_task(mark_with(db, photo_id))


@app.websocket("/albums/{photo_id}")
async def watched_ok(socket: WebSocket, photo_id: int, db: DB):
    await socket.accept()
    marking = asyncio.create_task(mark_again(db, photo_id))
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        marking.cancel()


@app.websocket("/albums/{photo_id}/left")
async def watched(socket: WebSocket, photo_id: int, db: DB):
    await socket.accept()
    marking = asyncio.create_task(mark_again(db, photo_id))  # want MB502 "session|db"
    running.add(marking)
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        running.discard(marking)
