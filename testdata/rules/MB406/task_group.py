"""Tasks that share a session, and tasks that each have one."""
import asyncio
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/sync"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Feed(Base):
    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    seen: Mapped[bool] = mapped_column(default=False)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def mark(db: AsyncSession, feed_id: int) -> None:
    await db.execute(update(Feed).where(Feed.id == feed_id).values(seen=True))


async def mark_alone(feed_id: int) -> None:
    async with Session() as db:
        await mark(db, feed_id)
        await db.commit()


@app.post("/feeds/mark")
async def mark_all(ids: list[int], db: DB):
    async with asyncio.TaskGroup() as group:
        for feed_id in ids:
            group.create_task(mark(db, feed_id))  # want MB406 "db|session"
    await db.commit()


@app.get("/feeds/pair")
async def pair(a: int, b: int, db: DB):
    return await asyncio.gather(  # want MB406 "db|session"
        db.scalar(select(Feed.seen).where(Feed.id == a)), db.scalar(select(Feed.seen).where(Feed.id == b))
    )


@app.post("/v2/feeds/mark")
async def mark_all_alone(ids: list[int]):
    await asyncio.gather(*(mark_alone(feed_id) for feed_id in ids))


@app.post("/v3/feeds/mark")
async def mark_listed(ids: list[int], db: DB):
    async with asyncio.TaskGroup() as group:
        marks = [group.create_task(mark(db, feed_id)) for feed_id in ids]  # want MB406 "db|session"
    await db.commit()
    return len(marks)


@app.post("/v4/feeds/mark")
async def mark_in_turn(ids: list[int], db: DB):
    marks = [await asyncio.create_task(mark(db, feed_id)) for feed_id in ids]
    await db.commit()
    return len(marks)


@app.post("/v5/feeds/mark")
async def mark_mapped(ids: list[int], db: DB):
    await asyncio.gather(*map(partial(mark, db), ids))  # want MB406 "db|session"
    await db.commit()


@app.post("/v6/feeds/mark")
async def mark_mapped_alone(ids: list[int], db: DB):
    await asyncio.gather(*map(mark_alone, ids))
    await db.commit()
