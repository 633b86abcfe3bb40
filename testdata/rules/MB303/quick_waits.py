"""What passes between the question and the act: a moment at a store that nobody knows, a pause of no stated length, real work."""
from asyncio import sleep
from typing import Annotated

import httpx
import redis.asyncio as redis
from fastapi import Depends, FastAPI, Header, HTTPException
from housekeeping import made_cache
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/orchard"), expire_on_commit=False)
app = FastAPI()
cache = made_cache()
copies = redis.Redis()


class Base(DeclarativeBase):
    pass


class TeamMember(Base):
    __tablename__ = "team_members"

    id: Mapped[int] = mapped_column(primary_key=True)


class FarmMember(Base):
    __tablename__ = "farm_members"

    id: Mapped[int] = mapped_column(primary_key=True)


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Bell:
    def __init__(self):
        self.rung = 0


bell = None


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]
Who = Annotated[int, Header(alias="X-Who")]


def the_bell() -> Bell:
    global bell
    if bell is None:
        bell = Bell()
    return bell


async def may(db: AsyncSession, who: int) -> bool:
    team = await db.scalar(select(TeamMember).where(TeamMember.id == who))
    farm = await db.scalar(select(FarmMember).where(FarmMember.id == who))
    return team is not None and farm is not None


async def rename(db: AsyncSession, tree_id: int, name: str) -> None:
    await db.execute(update(Tree).where(Tree.id == tree_id).values(name=name))
    await db.commit()


@app.put("/trees/{tree_id}/name")
async def rename_tree(tree_id: int, name: str, who: Who, db: DB):
    if not await may(db, who):
        raise HTTPException(403)
    if await cache.get(f"tree:{tree_id}") is None:
        await sleep(who / 1000)
    await rename(db, tree_id, name)


@app.get("/trees/{tree_id}/weather")
async def weather(tree_id: int, who: Who, db: DB):
    if not await may(db, who):
        raise HTTPException(403)
    async with httpx.AsyncClient() as client:
        said = await client.get("https://sky.example/weather")
    the_bell()
    return said.json()


@app.get("/trees/{tree_id}/weather-anew")
async def weather_anew(tree_id: int, who: Who, db: DB):
    if not await may(db, who):
        raise HTTPException(403)
    async with httpx.AsyncClient() as client:
        said = await client.get("https://sky.example/weather")
    await copies.delete(*await copies.keys("weather:*"))
    return said.json()


@app.put("/trees/{tree_id}/proper-name")
async def rename_properly(tree_id: int, name: str, who: Who, db: DB):
    if not await may(db, who):  # step MB303 check
        raise HTTPException(403)
    async with httpx.AsyncClient() as client:
        said = await client.get("https://names.example/proper")
    await rename(db, tree_id, said.text)  # want MB303 "members"


@app.delete("/team/{who}")
async def leave_team(who: int, db: DB):
    await db.execute(delete(TeamMember).where(TeamMember.id == who))
    await db.commit()


@app.delete("/herd/{who}")
async def leave_farm(who: int, db: DB):
    await db.execute(delete(FarmMember).where(FarmMember.id == who))
    await db.commit()
