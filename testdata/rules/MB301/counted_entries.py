"""Copies under a key that is made of a number which whoever takes a permission away counts up, and of one that he leaves alone."""
import json
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from redis.asyncio import Redis
from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/locks"), expire_on_commit=False)
cache = Redis.from_url("redis://localhost", decode_responses=True)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Guard(Base):
    __tablename__ = "guards"

    id: Mapped[int] = mapped_column(primary_key=True)
    badge: Mapped[str] = mapped_column(unique=True)
    epoch: Mapped[int] = mapped_column(default=0)
    shifts: Mapped[int] = mapped_column(default=0)


class Right(Base):
    __tablename__ = "rights"

    guard_id: Mapped[int] = mapped_column(ForeignKey("guards.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Door(Base):
    __tablename__ = "doors"

    id: Mapped[int] = mapped_column(primary_key=True)
    open: Mapped[bool] = mapped_column(default=False)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def current_guard(db: DB, x_badge: Annotated[str, Header()]) -> Guard:
    guard = await db.scalar(select(Guard).where(Guard.badge == x_badge))
    if guard is None:
        raise HTTPException(401)
    return guard


Current = Annotated[Guard, Depends(current_guard)]


async def rights(db: AsyncSession, key: str, guard_id: int) -> set[str]:
    kept = await cache.get(key)
    if kept is not None:
        return set(json.loads(kept))
    names = set(await db.scalars(select(Right.name).where(Right.guard_id == guard_id)))
    await cache.set(key, json.dumps(sorted(names)), ex=86400)
    return names


@app.post("/doors/{door_id}/open")
async def open_door(door_id: int, guard: Current, db: DB):
    if "open" not in await rights(db, f"rights:{guard.id}:{guard.epoch}", guard.id):
        raise HTTPException(403)
    await db.execute(update(Door).where(Door.id == door_id).values(open=True))
    await db.commit()


@app.post("/doors/{door_id}/close")
async def close_door(door_id: int, guard: Current, db: DB):
    if "close" not in await rights(db, f"shift:{guard.id}:{guard.shifts}", guard.id):  # want MB301 "rights"
        raise HTTPException(403)
    await db.execute(update(Door).where(Door.id == door_id).values(open=False))
    await db.commit()


@app.delete("/guards/{guard_id}/rights/{name}", status_code=204)
async def take_away(guard_id: int, name: str, db: DB):
    await db.execute(delete(Right).where(Right.guard_id == guard_id, Right.name == name))
    await db.execute(update(Guard).where(Guard.id == guard_id).values(epoch=Guard.epoch + 1))
    await db.commit()
    await cache.incr(f"rights:{guard_id}:generation")


async def generation(guard_id: int) -> str:
    return await cache.get(f"rights:{guard_id}:generation") or "0"


@app.post("/doors/{door_id}/jam")
async def jam_door(door_id: int, guard: Current, db: DB):
    if "jam" not in await rights(db, f"rights:{guard.id}:{await generation(guard.id)}", guard.id):
        raise HTTPException(403)
    await db.execute(update(Door).where(Door.id == door_id).values(open=True))
    await db.commit()
