"""Receivers outside the project: a message to a broker that carries the new row's key tells them which row to look at."""
import json
from typing import Annotated

import aio_pika
from fastapi import Depends, FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SessionLocal = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/foundry"), expire_on_commit=False)
app = FastAPI()
queue = Redis.from_url("redis://localhost/2")


class Base(DeclarativeBase):
    pass


class Casting(Base):
    __tablename__ = "castings"

    id: Mapped[int] = mapped_column(primary_key=True)
    alloy: Mapped[str]


async def get_db():
    async with SessionLocal() as db:
        yield db


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/a/castings")
async def pushed(alloy: str, db: DB):
    casting = Casting(alloy=alloy)
    db.add(casting)
    await db.flush()
    await queue.lpush("pour", json.dumps({"casting": casting.id}))  # want MB503 "castings"
    await db.commit()


@app.post("/b/castings")
async def streamed(alloy: str, db: DB):
    casting = Casting(alloy=alloy)
    db.add(casting)
    await db.flush()
    await queue.xadd("pour", {"casting": casting.id})  # want MB503 "castings"
    await db.commit()


async def announce(number: int) -> None:
    connection = await aio_pika.connect_robust("amqp://localhost")
    async with connection:
        channel = await connection.channel()
        body = json.dumps({"id": number}).encode()
        await channel.default_exchange.publish(aio_pika.Message(body=body), routing_key="castings")  # want MB503 "castings"


@app.post("/c/castings")
async def published(alloy: str, db: DB):
    casting = Casting(alloy=alloy)
    db.add(casting)
    await db.flush()
    await announce(casting.id)
    await db.commit()


@app.post("/w/castings")
async def pushed_afterwards(alloy: str, db: DB):
    casting = Casting(alloy=alloy)
    db.add(casting)
    await db.commit()
    await queue.lpush("pour", json.dumps({"casting": casting.id}))


@app.post("/x/castings")
async def counted(alloy: str, db: DB):
    casting = Casting(alloy=alloy)
    db.add(casting)
    await db.flush()
    await queue.lpush("alloys", alloy)
    await db.commit()
