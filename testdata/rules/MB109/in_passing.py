"""A lock that is free again when the row is written is about something else; one that is held then, and taken after the row was loaded, comes too late."""
from typing import Annotated

import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/leaves"))
client = redis.Redis()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Leaf(Base):
    __tablename__ = "leaves"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/leaves/{leaf_id}/press")
async def press(leaf_id: int, db: DB):
    leaf = await db.get(Leaf, leaf_id)
    if leaf is None:
        raise HTTPException(404)
    async with client.lock(f"pressing:{leaf_id}", timeout=60):
        await client.set(f"pressed:{leaf_id}", "1")
    if leaf.status != "fresh":  # step MB107 check
        raise HTTPException(409)
    leaf.status = "pressed"  # want MB107
    await db.commit()


@app.post("/leaves/{leaf_id}/dry")
async def dry(leaf_id: int, db: DB):
    leaf = await db.get(Leaf, leaf_id)
    if leaf is None:
        raise HTTPException(404)
    async with client.lock(f"leaf:{leaf_id}", timeout=60):
        if leaf.status != "fresh":  # step MB109 check
            raise HTTPException(409)
        leaf.status = "dried"  # want MB109
        await db.commit()


@app.post("/leaves/{leaf_id}/burn")
async def burn(leaf_id: int, db: DB):
    leaf = await db.get(Leaf, leaf_id)
    if leaf is None:
        raise HTTPException(404)
    leaf.status = "burnt"
    await db.commit()
