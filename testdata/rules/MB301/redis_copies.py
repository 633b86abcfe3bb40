"""Copies of permissions in redis: with a time to live, stored as JSON, under the user's version, and dropped by who changes them."""
import json
from typing import Annotated

import redis.asyncio as redis
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/maps"), expire_on_commit=False)
app = FastAPI()
r = redis.from_url("redis://localhost", decode_responses=True)


class Base(DeclarativeBase):
    pass


class Surveyor(Base):
    __tablename__ = "surveyors"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    permissions: Mapped[str]
    suspended: Mapped[bool]
    scope: Mapped[str]
    version: Mapped[int]
    can_publish: Mapped[bool]


class Sheet(Base):
    __tablename__ = "sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
Who = Annotated[int, Header(alias="X-Who")]


async def burn(db: AsyncSession, sheet_id: int) -> None:
    await db.execute(delete(Sheet).where(Sheet.id == sheet_id))
    await db.commit()


async def permissions_of(db: AsyncSession, uid: int) -> list[str]:
    raw = await r.get(f"perms:{uid}")
    if raw:
        return json.loads(raw)
    row = await db.get(Surveyor, uid)
    await r.set(f"perms:{uid}", json.dumps(row.permissions), ex=300)
    return row.permissions


@app.delete("/sheets/{sheet_id}")
async def burn_sheet(sheet_id: int, who: Who, db: DB):
    if "burn" not in await permissions_of(db, who):  # want MB301 "permissions"
        raise HTTPException(403)
    await burn(db, sheet_id)


class RoleStore:
    def __init__(self, db: DB) -> None:
        self.db = db

    async def of(self, uid: int) -> str:
        key = f"role:{uid}"
        if (role := await r.get(key)) is None:
            role = await self.db.scalar(select(Surveyor.role).where(Surveyor.id == uid))
            await r.setex(key, 600, role)
        return role


@app.put("/sheets/{sheet_id}")
async def redraw(sheet_id: int, text: str, who: Who, db: DB, roles: Annotated[RoleStore, Depends()]):
    if await roles.of(who) != "chief":  # want MB301 "role"
        raise HTTPException(403)
    await db.execute(update(Sheet).where(Sheet.id == sheet_id).values(text=text))
    await db.commit()


async def not_suspended(who: Who, db: DB) -> int:
    kept = await r.hget(f"surveyor:{who}", "suspended")
    if kept is None:
        kept = "1" if await db.scalar(select(Surveyor.suspended).where(Surveyor.id == who)) else "0"
        await r.hset(f"surveyor:{who}", "suspended", kept)
        await r.expire(f"surveyor:{who}", 900)
    if kept == "1":  # want MB301 "suspended"
        raise HTTPException(403)
    return who


@app.post("/sheets")
async def draw(text: str, who: Annotated[int, Depends(not_suspended)], db: DB):
    db.add(Sheet(text=text))
    await db.commit()


# Sound: the version of the row is part of the key; the answer from the cache is only shown.


@app.delete("/sheets/{sheet_id}/versioned")
async def burn_versioned(sheet_id: int, who: Who, db: DB):
    version = await db.scalar(select(Surveyor.version).where(Surveyor.id == who))
    raw = await r.get(f"rights:{who}:{version}")
    if raw is None:
        raw = await db.scalar(select(Surveyor.scope).where(Surveyor.id == who))
        await r.set(f"rights:{who}:{version}", raw, ex=3600)
    if "burn" not in raw:
        raise HTTPException(403)
    await burn(db, sheet_id)


@app.get("/me/permissions")
async def mine(who: Who, db: DB):
    return await permissions_of(db, who)


@app.put("/surveyors/{uid}")
async def change(uid: int, role: str, permissions: str, suspended: bool, scope: str, db: DB):
    await db.execute(
        update(Surveyor)
        .where(Surveyor.id == uid)
        .values(role=role, permissions=permissions, suspended=suspended, scope=scope, version=Surveyor.version + 1)
    )
    await db.commit()


@app.put("/surveyors/{uid}/publishing")
async def set_publishing(uid: int, can_publish: bool, db: DB):
    await db.execute(update(Surveyor).where(Surveyor.id == uid).values(can_publish=can_publish))
    await db.commit()
    await r.delete(f"publishes:{uid}")


@app.post("/sheets/{sheet_id}/publication")
async def publish(sheet_id: int, who: Who, db: DB):
    allowed = await r.get(f"publishes:{who}")
    if allowed is None:
        allowed = str(int(await db.scalar(select(Surveyor.can_publish).where(Surveyor.id == who))))
        await r.set(f"publishes:{who}", allowed, ex=300)
    if allowed != "1":  # want MB301 "can_publish"
        raise HTTPException(403)
    await db.execute(update(Sheet).where(Sheet.id == sheet_id).values(text="published"))
    await db.commit()
