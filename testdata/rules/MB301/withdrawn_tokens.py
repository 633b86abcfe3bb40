"""A mark under a key says that a token was withdrawn, and by whom: it is no copy of the row that it names. What stands for the row is one."""
import json
from typing import Annotated

import redis.asyncio as redis
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/orchard"), expire_on_commit=False)
app = FastAPI()
store = redis.from_url("redis://localhost", decode_responses=True)


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"

    id: Mapped[int] = mapped_column(primary_key=True)
    roles: Mapped[str]


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def unspent(x_token: Annotated[str, Header()]) -> str:
    if await store.get(f"withdrawn:{x_token}"):
        raise HTTPException(401)
    return x_token


async def roles(x_keeper: Annotated[int, Header()], db: DB) -> str:
    raw = await store.get(f"keeper:{x_keeper}")
    if raw is None:
        keeper = await db.scalar(select(Keeper).where(Keeper.id == x_keeper))
        raw = json.dumps({"roles": keeper.roles})
        await store.set(f"keeper:{x_keeper}", raw, ex=300)
    return json.loads(raw)["roles"]


@app.post("/leave")
async def leave(token: Annotated[str, Depends(unspent)], x_keeper: Annotated[int, Header()], db: DB):
    keeper = await db.scalar(select(Keeper).where(Keeper.id == x_keeper))
    await store.setex(f"withdrawn:{token}", 3600, json.dumps({"keeper": keeper.id, "roles": keeper.roles}))


@app.put("/trees/{tree_id}")
async def graft(tree_id: int, kind: str, token: Annotated[str, Depends(unspent)], db: DB):
    await db.execute(update(Tree).where(Tree.id == tree_id).values(kind=kind))
    await db.commit()


@app.put("/trees/{tree_id}/name")
async def graft_kept(tree_id: int, kind: str, roles: Annotated[str, Depends(roles)], db: DB):
    if "grafter" not in roles:  # want MB301 "keepers.roles"
        raise HTTPException(403)
    await db.execute(update(Tree).where(Tree.id == tree_id).values(kind=kind))
    await db.commit()


@app.put("/keepers/{keeper_id}")
async def appoint(keeper_id: int, names: str, db: DB):
    await db.execute(update(Keeper).where(Keeper.id == keeper_id).values(roles=names))
    await db.commit()
