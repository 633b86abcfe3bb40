"""What is raised is an exception of the project, which its handler or its own code answers with 403: the answer rests on a copy of the row."""
import json

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse
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


class Refused(Exception):
    pass


class Invalid(Exception):
    status_code = 403


@app.exception_handler(Refused)
async def refused(request: Request, exc: Refused):
    return JSONResponse({"detail": "this badge is not valid"}, status_code=status.HTTP_403_FORBIDDEN)


@app.exception_handler(Invalid)
async def invalid(request: Request, exc: Invalid):
    return JSONResponse({"detail": "this badge is not valid"}, status_code=exc.status_code)


async def note(badge_id: int) -> None:
    async with sessions() as db:
        await db.execute(insert(Passage).values(badge_id=badge_id))
        await db.commit()


@app.post("/badges/{badge_id}/passages", status_code=204)
async def enter(badge_id: int):
    badge = await shown(badge_id)
    if badge is None or not badge["valid"]:  # want MB301 "badges"
        raise Refused(badge_id)
    await note(badge_id)


@app.post("/badges/{badge_id}/exits", status_code=204)
async def leave(badge_id: int):
    badge = await shown(badge_id)
    if badge is None or not badge["valid"]:  # want MB301 "badges"
        raise Invalid(badge_id)
    await note(badge_id)


@app.post("/v2/badges/{badge_id}/passages", status_code=204)
async def enter_by_the_row(badge_id: int):
    async with sessions() as db:
        if not await db.scalar(select(Badge.valid).where(Badge.id == badge_id).with_for_update()):
            raise Refused(badge_id)
        await db.execute(insert(Passage).values(badge_id=badge_id))
        await db.commit()


@app.delete("/badges/{badge_id}", status_code=204)
async def withdraw(badge_id: int):
    async with sessions() as db:
        await db.execute(update(Badge).where(Badge.id == badge_id).values(valid=False))
        await db.commit()
    await redis.delete(f"badge:{badge_id}")
