"""A repository says no, and whoever asked it turns the caller away: the answer rests on a copy of the row."""
import json

from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()
redis = Redis(decode_responses=True)
sessions = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/doors"))


class Base(DeclarativeBase):
    pass


class Badge(Base):
    __tablename__ = "badges"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str]
    valid: Mapped[bool] = mapped_column(default=True)


class Passage(Base):
    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(primary_key=True)
    badge_id: Mapped[int]


async def shown(badge_id: int) -> dict | None:
    if (hit := await redis.get(f"badge:{badge_id}")) is not None:
        return json.loads(hit)
    async with sessions() as db:
        badge = await db.get(Badge, badge_id)
    if badge is None:
        return None
    view = {"holder": badge.holder, "valid": badge.valid}
    await redis.set(f"badge:{badge_id}", json.dumps(view))
    return view


async def passes(badge_id: int) -> bool:
    badge = await shown(badge_id)
    if badge is None or not badge["valid"]:  # want MB301 "badges"
        return False
    async with sessions() as db:
        await db.execute(insert(Passage).values(badge_id=badge_id))
        await db.commit()
    return True


async def passes_by_the_row(badge_id: int) -> bool:
    async with sessions() as db:
        if not await db.scalar(select(Badge.valid).where(Badge.id == badge_id).with_for_update()):
            return False
        await db.execute(insert(Passage).values(badge_id=badge_id))
        await db.commit()
    return True


@app.post("/badges/{badge_id}/passages", status_code=204)
async def enter(badge_id: int):
    if not await passes(badge_id):
        raise HTTPException(403, "this badge is not valid")


@app.post("/v2/badges/{badge_id}/passages", status_code=204)
async def enter_by_the_row(badge_id: int):
    if not await passes_by_the_row(badge_id):
        raise HTTPException(403, "this badge is not valid")


@app.delete("/badges/{badge_id}", status_code=204)
async def withdraw(badge_id: int):
    async with sessions() as db:
        await db.execute(update(Badge).where(Badge.id == badge_id).values(valid=False))
        await db.commit()
    await redis.delete(f"badge:{badge_id}")
